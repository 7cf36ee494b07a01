//! Which lines of a labelled page are its article's.

use std::collections::{HashMap, HashSet};

use copydesk::decode::PageLine;
use serde_json::Value;

/// Words in a row that are compared.
const RUN: usize = 4;
/// A shorter line must be a whole line of the article.
const MIN_RUN: usize = 3;
/// What one marked string counts, as a share of a page.
const OF_STRING: f64 = 0.15;
/// The power of a line's share of the article that it counts: long paragraphs are no whole article.
const POWER: f64 = 0.6;
/// The shortest line, in code points, that may lie within a marked string.
const MIN_WITHIN: usize = 15;

/// Whether a line is the article's and what it counts; `None` where the page does not say.
pub(super) type Label = Option<(bool, f64)>;

/// The labels of `lines`, in their order.
pub(super) fn labels(gold: &Value, lines: &[PageLine]) -> Vec<Label> {
    match (gold.get("with"), gold.get("without")) {
        (Some(with), Some(without)) => of_strings(&strings(with), &strings(without), lines),
        _ => of_body(&body(gold), lines),
    }
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(flat).collect()
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of the article, a paragraph a line.
fn body(gold: &Value) -> String {
    if let Some(body) = gold.get("articleBody").and_then(Value::as_str) {
        return body.to_owned();
    }
    let body = gold.get("body").unwrap_or(&Value::Null);
    let list = |value: &Value, key: &str| value.get(key).map(strings).unwrap_or_default();
    let mut parts = list(body, "summary");
    for section in body.get("sections").and_then(Value::as_array).into_iter().flatten() {
        parts.extend(list(section, "headline"));
        parts.extend(list(section, "paragraphs"));
    }
    parts.join("\n")
}

fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    parts.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// What was taken already comes first: a line that stands twice on a page is the article's once.
fn likeliest_first(lines: &[PageLine]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|at| lines.get(*at).map(|line| (!line.ruled, !line.found)));
    order
}

fn exact(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn of_body(body: &str, lines: &[PageLine]) -> Vec<Label> {
    let gold = words(body);
    let whole: HashSet<Vec<String>> = body.split('\n').map(words).collect();
    let mut left: HashMap<&[String], usize> = HashMap::new();
    for length in 1..=RUN {
        gold.windows(length).for_each(|run| *left.entry(run).or_default() += 1);
    }
    let mut labels = vec![None; lines.len()];
    for at in likeliest_first(lines) {
        let (Some(line), Some(label)) = (lines.get(at), labels.get_mut(at)) else { continue };
        let words = words(&line.text);
        let length = words.len().min(RUN);
        if length == 0 {
            continue;
        }
        let runs: Vec<&[String]> = words.windows(length).collect();
        let hit = runs.iter().filter(|run| left.get(**run).is_some_and(|left| *left > 0)).count();
        let is = if length < MIN_RUN { hit > 0 && whole.contains(&words) } else { hit * 2 > runs.len() };
        if is {
            for run in runs {
                if let Some(left) = left.get_mut(run) {
                    *left = left.saturating_sub(1);
                }
            }
        }
        *label = Some((is, (exact(words.len()) / exact(gold.len().max(1))).powf(POWER)));
    }
    labels
}

fn of_strings(with: &[String], without: &[String], lines: &[PageLine]) -> Vec<Label> {
    let order = likeliest_first(lines);
    let holds = |at: usize, string: &String| lines.get(at).is_some_and(|line| line.text.contains(string));
    let within = |at: usize, string: &String| {
        lines
            .get(at)
            .is_some_and(|line| line.text.chars().count() > MIN_WITHIN && string.contains(&line.text))
    };
    let mut wanted = vec![0_usize; lines.len()];
    let mut unwanted = vec![0_usize; lines.len()];
    let add =
        |counts: &mut Vec<usize>, at: usize| counts.get_mut(at).into_iter().for_each(|count| *count += 1);
    for string in with {
        match order.iter().find(|at| holds(**at, string)) {
            Some(at) => add(&mut wanted, *at),
            None => order.iter().filter(|at| within(**at, string)).for_each(|at| add(&mut wanted, *at)),
        }
    }
    for string in without {
        let found = order.iter().filter(|at| holds(**at, string) || within(**at, string));
        found.for_each(|at| add(&mut unwanted, *at));
    }
    let label = |(wanted, unwanted): (usize, usize)| match (wanted, unwanted) {
        (0, 0) => None,
        (wanted, 0) => Some((true, OF_STRING * exact(wanted))),
        (0, unwanted) => Some((false, OF_STRING * exact(unwanted))),
        _ => None,
    };
    wanted.into_iter().zip(unwanted).map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, found: bool) -> PageLine {
        PageLine { text: text.to_owned(), traits: vec![1.0], found, ruled: found }
    }

    fn answers(gold: &Value, lines: &[PageLine]) -> Vec<Option<bool>> {
        labels(gold, lines).into_iter().map(|label| label.map(|(is, _)| is)).collect()
    }

    #[test]
    fn a_line_is_the_articles_once() {
        let gold = serde_json::json!({"articleBody": "The ferry ran aground at noon.\nAll safe"});
        let lines = [
            line("The ferry ran aground at noon.", false),
            line("The ferry ran aground at noon.", true),
            line("All safe", true),
            line("All", true),
            line("– –", true),
        ];
        assert_eq!(answers(&gold, &lines), [Some(false), Some(true), Some(true), Some(false), None]);
    }

    #[test]
    fn strings_mark_the_lines_that_hold_them() {
        let gold = serde_json::json!({"with": ["ran aground"], "without": ["Share this"]});
        let lines =
            [line("The ferry ran aground.", true), line("Share this story", true), line("It sank.", true)];
        assert_eq!(answers(&gold, &lines), [Some(true), Some(false), None]);
    }
}
