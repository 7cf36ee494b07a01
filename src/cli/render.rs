//! A record as a person would like to see it: headline, date and how it was read, entities in colour
//! inside the text, what was cut.

use std::io::{self, IsTerminal};

use copydesk::article::OtherDate;
use copydesk::decode::HeadlineCandidate;
use copydesk::enrich::Explanation;
use serde_json::Value;

/// Whether to colour. Without colours an entity is `[Serbia|GPE Q403]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Palette {
    /// ANSI colours.
    Colour,
    /// Plain text.
    Plain,
}

/// How much of a cut is shown, in code points.
const MAX_CUT: usize = 60;
/// How many titles are shown that the headline was chosen from, and how much of each, in code points.
const MAX_TITLES: usize = 6;
const MAX_TITLE: usize = 120;

impl Palette {
    /// Colours if a person looks at standard output.
    pub(crate) fn of_stdout() -> Self {
        if io::stdout().is_terminal() { Self::Colour } else { Self::Plain }
    }

    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Self::Colour => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            Self::Plain => text.to_owned(),
        }
    }

    fn entity(self, kind: &str, qid: Option<&str>, text: &str) -> String {
        match self {
            Self::Plain => match qid {
                Some(qid) => format!("[{text}|{kind} {qid}]"),
                None => format!("[{text}|{kind}]"),
            },
            Self::Colour => {
                let code = match kind {
                    "PERSON" => "1;33",
                    "ORG" => "1;36",
                    "GPE" | "LOC" | "FAC" => "1;32",
                    "NORP" => "1;35",
                    "DATE" | "TIME" | "MONEY" | "PERCENT" | "QUANTITY" => "2;37",
                    _ => "1;34",
                };
                self.paint(code, text)
            }
        }
    }
}

/// A mention: start, end, type and QID, in code points of its field.
type Marked<'r> = (usize, usize, &'r str, Option<&'r str>);

fn marks<'r>(record: &'r Value, field: &str) -> Vec<Marked<'r>> {
    let mut found = Vec::new();
    for entity in record["entities"].as_array().into_iter().flatten() {
        for mention in entity["mentions"].as_array().into_iter().flatten() {
            let place = |key: &str| mention[key].as_u64().and_then(|at| usize::try_from(at).ok());
            if mention["in"] == field
                && let (Some(start), Some(end)) = (place("start"), place("end"))
            {
                found.push((start, end, entity["type"].as_str().unwrap_or_default(), entity["qid"].as_str()));
            }
        }
    }
    found.sort_unstable();
    found
}

/// `text` with its entities marked.
fn marked(text: &str, marks: &[Marked<'_>], palette: Palette) -> String {
    let mut shown = String::with_capacity(text.len() * 2);
    let mut marks = marks.iter().peekable();
    let mut inside = String::new();
    for (at, c) in text.chars().enumerate() {
        match marks.peek() {
            Some((start, end, kind, qid)) if at >= *start => {
                inside.push(c);
                if at + 1 == *end {
                    shown.push_str(&palette.entity(kind, *qid, &inside));
                    inside.clear();
                    marks.next();
                }
            }
            _ => shown.push(c),
        }
    }
    shown + &inside
}

fn one_line(text: &str) -> String {
    shortened(text, MAX_CUT)
}

fn shortened(text: &str, most: usize) -> String {
    let mut shown: String = text.replace('\n', "␤").chars().take(most).collect();
    if text.chars().count() > most {
        shown.push('…');
    }
    shown
}

/// One enriched record, several lines, the last one ended.
pub(crate) fn record(record: &Value, explanation: &Explanation, sample: &str, palette: Palette) -> String {
    let dim = |text: &str| palette.paint("2", text);
    let mut page = String::new();
    let headline = record["headline"].as_str();
    let title = headline.map_or_else(
        || dim("(no headline)"),
        |headline| {
            palette.paint("1", &marked(headline, &marks(record, "headline"), Palette::colour_in(palette)))
        },
    );
    let mut line = |text: String| {
        page.push_str(&text);
        page.push('\n');
    };
    line(format!("━━ {} {}", title, dim(&format!("({sample})"))));
    for title in headlines(&explanation.headlines) {
        line(dim(&title));
    }
    date(&record["published"], "", &mut line, palette);
    for other in &explanation.undated {
        line(dim(&not_taken(other)));
    }
    if record["modified"].is_object() {
        date(&record["modified"], "changed ", &mut line, palette);
    }
    let credits = record["credits"].as_array().into_iter().flatten();
    let credits: Vec<String> = credits
        .filter_map(|credit| {
            let (kind, role) = (credit["kind"].as_str()?, credit["role"].as_str()?);
            let what = if role == "author" { kind.to_owned() } else { format!("{kind}, {role}") };
            Some(format!("{} {}", credit["name"].as_str()?, dim(&format!("({what})"))))
        })
        .collect();
    if !credits.is_empty() {
        line(format!("   by {}", credits.join(", ")));
    }
    if let Some(place) = record.pointer("/dateline/place").and_then(Value::as_str) {
        let agency = record
            .pointer("/dateline/agency")
            .and_then(Value::as_str)
            .map(|agency| format!(" ({agency})"))
            .unwrap_or_default();
        line(format!("   from {place}{agency}"));
    }
    for (name, key) in [
        ("site", "/source/site"),
        ("section", "/section"),
        ("language", "/language/tag"),
        ("access", "/access"),
        ("url", "/url"),
        ("canonical", "/canonical_url"),
        ("image", "/image_url"),
    ] {
        if let Some(value) = record.pointer(key).and_then(Value::as_str) {
            line(format!("   {} {value}", dim(name)));
        }
    }
    if let Some(used) = record.pointer("/source/encoding/used").and_then(Value::as_str) {
        let declared = record.pointer("/source/encoding/declared").and_then(Value::as_str);
        let declared = declared.map_or_else(|| "none declared".to_owned(), |name| format!("declared {name}"));
        let format = record.pointer("/source/format").and_then(Value::as_str).unwrap_or_default();
        line(format!("   {} {format} in {used}, {declared}", dim("read as")));
    }
    let text = record["text"].as_str().unwrap_or_default();
    for paragraph in marked(text, &marks(record, "text"), palette).split('\n') {
        line(format!("   {paragraph}"));
    }
    for edit in record["edits"].as_array().into_iter().flatten() {
        let (rule, cut) =
            (edit["rule"].as_str().unwrap_or_default(), edit["cut"].as_str().unwrap_or_default());
        let put = edit["put"].as_str().filter(|put| !put.is_empty());
        let put = put.map(|put| format!(" → “{}”", one_line(put))).unwrap_or_default();
        line(format!(
            "   {} {}{put}",
            palette.paint("31", "cut"),
            dim(&format!("“{}” ({rule})", one_line(cut)))
        ));
    }
    for related in record["related"].as_array().into_iter().flatten() {
        line(format!(
            "   {} {}",
            palette.paint("34", "see also"),
            related["text"].as_str().unwrap_or_default()
        ));
    }
    let flags: Vec<_> = record["flags"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if !flags.is_empty() {
        line(format!("   {} {}", palette.paint("33", "flags"), flags.join(", ")));
    }
    page
}

/// The titles that the headline was chosen from, with who votes for each.
fn headlines(candidates: &[HeadlineCandidate]) -> Vec<String> {
    let mut lines = Vec::new();
    if let [_, ..] = candidates {
        lines.push("   headline chosen by votes:".to_owned());
    }
    for HeadlineCandidate { text, votes, sources } in candidates.iter().take(MAX_TITLES) {
        let sources: Vec<String> = sources.iter().map(|(name, votes)| format!("{name} {votes:.2}")).collect();
        lines.push(format!("     {votes:.2} “{}” ({})", shortened(text, MAX_TITLE), sources.join(" + ")));
    }
    if candidates.len() > MAX_TITLES {
        lines.push(format!("     and {} more titles with fewer votes", candidates.len() - MAX_TITLES));
    }
    lines
}

/// A date where none was taken.
fn not_taken(other: &OtherDate) -> String {
    let place = other.place.as_ref().map(|place| format!(" {place}")).unwrap_or_default();
    let reading = other.reading.as_deref().unwrap_or("?");
    let (kind, text, because) = (&other.kind, one_line(&other.text), &other.because);
    format!("     not taken: {kind}{place}: “{text}” → {reading}, {because} (trust {:.2})", other.weight)
}

/// A date, what speaks for it, and what was not taken.
fn date(found: &Value, what: &str, line: &mut impl FnMut(String), palette: Palette) {
    let dim = |text: &str| palette.paint("2", text);
    let Some(at) = found["at"].as_str() else { return line(dim("   no date found")) };
    let text = |key: &str| found[key].as_str().unwrap_or_default();
    let ambiguous = if found["ambiguous"] == true { ", ambiguous" } else { "" };
    let how = format!(
        "read from “{}”, to the {}, zone {}{ambiguous}",
        text("raw"),
        text("precision"),
        text("zone")
    );
    line(format!("   {what}{at} {}", dim(&how)));
    for reading in found["readings"].as_array().into_iter().flatten() {
        let text = |key: &str| reading[key].as_str().unwrap_or_default();
        line(dim(&format!("     = {}, {}", text("at"), text("because"))));
    }
    for (key, sign) in [("evidence", "fits"), ("against", "not taken")] {
        for evidence in found[key].as_array().into_iter().flatten() {
            let text = |key: &str| evidence[key].as_str();
            let place = text("place").map(|place| format!(" {place}")).unwrap_or_default();
            let because = text("because").map(|because| format!(", {because}")).unwrap_or_default();
            let weight = evidence["weight"].as_f64().unwrap_or_default();
            line(dim(&format!(
                "     {sign}: {}{place}: “{}” → {}{because} (trust {weight:.2})",
                text("kind").unwrap_or_default(),
                one_line(text("text").unwrap_or_default()),
                text("reading").unwrap_or("?"),
            )));
        }
    }
}

/// One dead letter.
pub(crate) fn dead_letter(stage: &str, code: &str, message: &str, sample: &str, palette: Palette) -> String {
    let title = palette.paint("1;31", "rejected");
    format!("━━ {title} {}\n   {stage}: {message} ({code})\n", palette.paint("2", &format!("({sample})")))
}

impl Palette {
    /// The headline is painted as a whole: colours inside would end it.
    fn colour_in(self) -> Self {
        Self::Plain
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_plain_page_shows_all_that_matters() {
        let title = |text: &str, sources: &[(&'static str, f64)]| HeadlineCandidate {
            text: text.to_owned(),
            votes: sources.iter().map(|(_, votes)| votes).sum(),
            sources: sources.to_vec(),
        };
        let explanation = Explanation {
            headlines: vec![
                title("Čačak waits", &[("JSON-LD", 1.1), ("og:title", 0.7)]),
                title("Čačak", &[("title", 0.25)]),
            ],
            undated: Vec::new(),
        };
        let page = record(
            &json!({
                "headline": "Čačak waits",
                "published": {"at": "2023-01-08T10:33", "raw": "2023.01.08 10:33", "precision": "minute",
                    "zone": "assumed", "ambiguous": false,
                    "evidence": [{"kind": "weekday", "text": "on Sunday", "reading": "2023-01-08 is a Sunday",
                        "weight": 0.2}],
                    "against": [{"kind": "meta", "place": "date", "text": "2022", "reading": "2022",
                        "weight": 0.9, "because": "another day"}]},
                "credits": [{"name": "Mara Lindqvist", "kind": "person", "role": "author"},
                    {"name": "Tom Okoro", "kind": "person", "role": "editing"}],
                "section": "World",
                "dateline": {"place": "ČAČAK", "agency": null},
                "text": "Čačak asked Serbia.",
                "entities": [
                    {"type": "GPE", "qid": "Q403", "mentions": [{"in": "text", "start": 12, "end": 18}]},
                    {"type": "PERSON", "qid": null, "mentions": [{"in": "text", "start": 0, "end": 5}]}
                ],
                "edits": [{"rule": "teaser", "cut": "\nMore ", "put": ""}],
                "related": [{"text": "Ferry line closes"}],
                "flags": ["unbalanced_quotes"]
            }),
            &explanation,
            "01.txt",
            Palette::Plain,
        );
        for part in [
            "Čačak waits (01.txt)",
            "2023-01-08T10:33 read from “2023.01.08 10:33”, to the minute, zone assumed",
            "fits: weekday: “on Sunday” → 2023-01-08 is a Sunday (trust 0.20)",
            "headline chosen by votes:",
            "1.80 “Čačak waits” (JSON-LD 1.10 + og:title 0.70)",
            "0.25 “Čačak” (title 0.25)",
            "not taken: meta date: “2022” → 2022, another day (trust 0.90)",
            "by Mara Lindqvist (person), Tom Okoro (person, editing)",
            "section World",
            "from ČAČAK",
            "[Čačak|PERSON] asked [Serbia|GPE Q403].",
            "cut “␤More ” (teaser)",
            "see also Ferry line closes",
            "flags unbalanced_quotes",
        ] {
            assert!(page.contains(part), "{part} in\n{page}");
        }
    }

    #[test]
    fn without_a_date_it_shows_why() {
        let undated = vec![OtherDate {
            kind: "meta".to_owned(),
            place: Some("date".to_owned()),
            text: "soon".to_owned(),
            reading: None,
            weight: 0.9,
            because: "unread",
        }];
        let explanation = Explanation { undated, ..Explanation::default() };
        let page = record(&json!({"headline": "A", "text": "B"}), &explanation, "01.html", Palette::Plain);
        let expected = "   no date found\n     not taken: meta date: “soon” → ?, unread (trust 0.90)\n";
        assert!(page.contains(expected), "{page}");
    }
}
