//! Which of a page's titles is the headline: the one that the others agree with.

use super::sweep::Facts;

/// Between a headline and the name of the site.
const SEPARATORS: [&str; 10] = [" | ", " - ", " – ", " — ", " :: ", " » ", " › ", " · ", " • ", "｜"];
/// A segment of more words is no site name.
const MAX_SITE_WORDS: usize = 5;

/// The headline, from what JSON-LD says and what the page's tags say.
///
/// Each candidate gets a vote from each other source that has the same words; the first of the most
/// voted wins: JSON-LD, `h1`, OpenGraph, Twitter, `title` without its site.
pub(super) fn choose(linked: Option<&str>, facts: &Facts, site: Option<&str>) -> Option<String> {
    let mut candidates: Vec<&str> = Vec::new();
    candidates.extend(linked);
    candidates.extend(facts.headings.iter().map(String::as_str));
    let open_graph = facts.meta(&["og:title"]);
    let others = [open_graph, facts.meta(&["twitter:title", "dc.title", "parsely-title", "sailthru.title"])];
    candidates.extend(others.into_iter().flatten());
    candidates.extend(facts.title.as_deref());

    let mut trimmed: Vec<(&str, String)> = candidates
        .iter()
        .map(|candidate| {
            let headline = without_site(candidate, site, &candidates);
            (headline, folded(headline))
        })
        .filter(|(_, words)| !words.is_empty())
        .collect();
    // A heading that is the site's name heads every page of it.
    let site_words = site.map(folded);
    if trimmed.len() > 1 {
        trimmed.retain(|(_, words)| Some(words) != site_words.as_ref());
    }
    let votes = |words: &str| trimmed.iter().filter(|(_, other)| other == words).count();
    let mut best: Option<(&str, usize)> = None;
    for (headline, words) in &trimmed {
        let votes = votes(words);
        if best.is_none_or(|(_, most)| votes > most) {
            best = Some((headline, votes));
        }
    }
    best.map(|(headline, _)| headline.to_owned())
}

/// `Ferry runs aground | Harbour Post` without the site: what follows the last separator is cut if
/// it names the site, or if another candidate is exactly what is left.
fn without_site<'c>(candidate: &'c str, site: Option<&str>, candidates: &[&str]) -> &'c str {
    let mut headline = candidate;
    let last = |text: &'c str| {
        SEPARATORS
            .iter()
            .filter_map(|separator| {
                text.rsplit_once(separator).map(|(left, right)| (left.trim(), right.trim()))
            })
            .min_by_key(|(_, right)| right.len())
    };
    while let Some((left, right)) = last(headline) {
        let names_site = site.is_some_and(|site| {
            let (site, right) = (folded(site), folded(right));
            !right.is_empty() && (site == right || site.starts_with(&right) || right.starts_with(&site))
        });
        let short = right.split_whitespace().count() <= MAX_SITE_WORDS;
        let agreed = candidates.iter().any(|other| folded(other) == folded(left));
        if left.is_empty() || !(names_site || short && agreed) {
            break;
        }
        headline = left;
    }
    headline
}

/// Letters and digits in lower case, words parted by one space.
fn folded(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_alphanumeric() {
            words.extend(character.to_lowercase());
        } else if character != '\'' && character != '’' && !words.ends_with(' ') && !words.is_empty() {
            words.push(' ');
        }
    }
    words.truncate(words.trim_end().len());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(headings: &[&str], open_graph: Option<&str>, title: Option<&str>) -> Facts {
        Facts {
            headings: headings.iter().map(|&heading| heading.to_owned()).collect(),
            metas: open_graph.map(|title| ("og:title".to_owned(), title.to_owned())).into_iter().collect(),
            title: title.map(str::to_owned),
            ..Facts::default()
        }
    }

    #[test]
    fn titles_that_agree_win() {
        let cases = [
            (
                "a heading and a title agree against JSON-LD",
                Some("Ferry: the tale"),
                facts(
                    &["Harbour Post", "Ferry runs aground"],
                    None,
                    Some("Ferry runs aground - Harbour Post"),
                ),
                Some("Harbour Post"),
                Some("Ferry runs aground"),
            ),
            (
                "nobody agrees: JSON-LD first",
                Some("Ferry runs aground"),
                facts(&["Sport"], Some("A ferry, aground"), None),
                None,
                Some("Ferry runs aground"),
            ),
            (
                "a title alone, without its site",
                None,
                facts(&[], None, Some("Ferry runs aground – again | Harbour Post")),
                Some("Harbour Post"),
                Some("Ferry runs aground – again"),
            ),
            (
                "quotes do not matter for agreement",
                Some("Captain: 'it’s fine'"),
                facts(&["Captain: “It's fine”"], None, None),
                None,
                Some("Captain: 'it’s fine'"),
            ),
            ("nothing at all", None, facts(&[], None, None), None, None),
        ];
        for (name, linked, facts, site, expected) in cases {
            assert_eq!(choose(linked, &facts, site).as_deref(), expected, "{name}");
        }
    }
}
