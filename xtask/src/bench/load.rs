//! The articles that the worker is measured with, laid out as scraped text: headline, date line, a body
//! that begins with the headline and a dash, a teaser at the end.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::Context;
use flate2::read::GzDecoder;
use serde_json::Value;

/// Characters of the stories that are taken.
const LENGTHS: std::ops::RangeInclusive<usize> = 2_000..=4_000;

/// Sentences of our own, for a machine without the stories.
const SENTENCES: [&str; 8] = [
    "The government of Peru asked the World Bank for a loan last week, the finance ministry in Lima said.",
    "“We would rather lose a day than a lorry,” said Ingrid Halvorsen, who runs the port of Bergen.",
    "Shipping through the ports of Kenya slowed after the rains, although NATO and Germany sent engineers.",
    "The river stood at 6.4 metres in the morning – the highest since 1994 – and fell to 5.9 by nightfall.",
    "President Maria Novakova told reporters in Vienna that the talks with Japan would go on until summer.",
    "Farmers near Toulouse blamed the European Union for prices that fell again, the papers wrote on Monday.",
    "A court in Nairobi freed the editor, and the United Nations thanked Ghana for the part it had played.",
    "Shopkeepers complained that the notice came late, at 5 a.m., and that nobody answered the telephone.",
];

struct Story {
    headline: String,
    paragraphs: Vec<String>,
}

/// Stories to repeat as often as needed.
pub(crate) struct Load {
    stories: Vec<Story>,
    /// What it is, for the head of the table.
    pub(super) origin: String,
}

impl Load {
    /// The stories in `wire/` of the folder `data`.
    ///
    /// # Errors
    /// When a file cannot be read, or none of the stories is long enough.
    pub(super) fn wire(data: &Path) -> anyhow::Result<Self> {
        let mut stories = Vec::new();
        for name in ["reuters", "bbc"] {
            let path = data.join(format!("wire/{name}.jsonl.gz"));
            let file = File::open(&path).with_context(|| format!("cannot open {}", path.display()))?;
            for line in BufReader::new(GzDecoder::new(file)).lines() {
                let line = line.with_context(|| format!("cannot read {}", path.display()))?;
                let row: Value = serde_json::from_str(&line)
                    .with_context(|| format!("{}: expected one object a line", path.display()))?;
                stories.extend(Story::of(&row));
            }
        }
        anyhow::ensure!(!stories.is_empty(), "expected stories of 2,000 to 4,000 characters, found none");
        let origin = format!("{} wire stories of 2,000 to 4,000 characters", stories.len());
        Ok(Self { stories, origin })
    }

    /// Stories of our own, all about the same length.
    pub(crate) fn generated() -> Self {
        let story = |number: usize| {
            let sentence = |at: usize| SENTENCES.get(at % SENTENCES.len()).copied().unwrap_or_default();
            let paragraph =
                |at: usize| (0..3).map(|next| sentence(number + 3 * at + next)).collect::<Vec<_>>();
            Story {
                headline: format!("Ports stay closed as the river rises for day {number}"),
                paragraphs: (0..10).map(|at| paragraph(at).join(" ")).collect(),
            }
        };
        let stories: Vec<_> = (0..100).map(story).collect();
        let origin = format!(
            "{} GENERATED stories of about 3,000 characters (no --data FOLDER with wire stories was given)",
            stories.len()
        );
        Self { stories, origin }
    }

    fn pick(&self, number: usize) -> Option<&Story> {
        self.stories.get(number % self.stories.len())
    }

    /// Article `number` as scraped text. No two are equal.
    pub(crate) fn scraped(&self, number: usize) -> String {
        let Some(story) = self.pick(number) else { return String::new() };
        let date = date_line(number);
        let (headline, rest) = (&story.headline, self.rest(story, number));
        format!("{headline}\n{date}\n{headline} – {rest}\n")
    }

    /// The same article as one line of JSON.
    pub(super) fn json(&self, number: usize) -> String {
        let Some(story) = self.pick(number) else { return String::new() };
        let text = format!("{} – {}", story.headline, self.rest(story, number));
        serde_json::json!({ "title": story.headline, "published": date_line(number), "text": text })
            .to_string()
    }

    /// The body without the headline, with the counter and the teaser.
    fn rest(&self, story: &Story, number: usize) -> String {
        let next = self.pick(number + 1).map_or("", |next| next.headline.as_str());
        format!("{}\nThis is number {number} of the load.\nMore {next}", story.paragraphs.join("\n"))
    }
}

impl Story {
    fn of(row: &Value) -> Option<Self> {
        let text = row.get("text")?.as_str()?;
        let headline = row.get("headline")?.as_str()?.trim();
        if headline.is_empty() || !LENGTHS.contains(&text.chars().count()) {
            return None;
        }
        let mut paragraphs: Vec<String> = Vec::new();
        let mut open = false;
        for line in text.lines() {
            // A paragraph ends with an empty line, or the next one is indented; other lines are wrapped.
            open &= !line.trim().is_empty() && !line.starts_with("  ");
            let line = line.trim();
            match paragraphs.last_mut() {
                Some(last) if open => {
                    last.push(' ');
                    last.push_str(line);
                }
                _ if line.is_empty() => {}
                _ => {
                    paragraphs.push(line.to_owned());
                    open = true;
                }
            }
        }
        if paragraphs.first().is_some_and(|first| first == headline) {
            paragraphs.remove(0);
        }
        Some(Self { headline: headline.to_owned(), paragraphs })
    }
}

fn date_line(number: usize) -> String {
    let (day, hour, minute) = (number % 28 + 1, number % 24, number % 60);
    format!("2023.01.{day:02} {hour:02}:{minute:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_articles_are_equal_and_both_forms_hold_the_same() {
        let load = Load::generated();
        assert_ne!(load.scraped(0), load.scraped(load.stories.len()));
        let json: Value = serde_json::from_str(&load.json(7)).unwrap();
        let field = |name: &str| json[name].as_str().unwrap().to_owned();
        let (title, date, text) = (field("title"), field("published"), field("text"));
        assert_eq!(load.scraped(7), format!("{title}\n{date}\n{text}\n"));
    }

    #[test]
    fn wrapped_lines_become_paragraphs() {
        let body = "Ferry is late\n\nThe ferry was late,\nagain.\n    Nobody waved.\n".to_owned();
        let text = format!("{body}{}", "It rained. ".repeat(200));
        let story = Story::of(&serde_json::json!({ "headline": "Ferry is late", "text": text })).unwrap();
        assert_eq!(story.paragraphs[0], "The ferry was late, again.");
        assert!(story.paragraphs[1].starts_with("Nobody waved. It rained."));
        assert_eq!(story.paragraphs.len(), 2);
    }
}
