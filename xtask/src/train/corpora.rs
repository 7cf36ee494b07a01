//! The labelled texts: what each corpus annotates, and how its labels are read.

use std::path::Path;

use anyhow::{Context, ensure};
use copydesk::tag::model::label::Class;
use serde_json::Value;

use crate::fit::unpacked;

/// What a stretch of text may be: a bit for each class, by its number, and one for "no name".
pub(super) type Allowed = u8;
/// No name.
pub(super) const NOTHING: Allowed = 1 << 7;

/// The bit of a class.
pub(super) const fn bit(class: Class) -> Allowed {
    1 << class as u8
}

const PERSON: Allowed = bit(Class::Person);
const ORG: Allowed = bit(Class::Org);
const PLACE: Allowed = bit(Class::Place);
const NORP: Allowed = bit(Class::Norp);
const MISC: Allowed = bit(Class::Misc);

/// A labelled stretch, in bytes of its text.
pub(super) struct Gold {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) allowed: Allowed,
}

/// A labelled text.
pub(super) struct Text {
    pub(super) text: String,
    pub(super) gold: Vec<Gold>,
    /// Classes that may stand where nothing is labelled: what the corpus does not annotate is unknown.
    pub(super) unknown: Allowed,
    /// How much it counts.
    pub(super) weight: f32,
}

/// A file of labelled texts to train on.
pub(super) struct Corpus {
    pub(super) file: &'static str,
    unknown: Allowed,
    weight: f32,
    /// What a label of the corpus may be; `None` for what is no name.
    read: fn(&str) -> Option<Allowed>,
}

fn worldwide(label: &str) -> Option<Allowed> {
    Some(match label {
        "Person" => PERSON,
        "Organization" => ORG,
        "Location" | "Facility" => PLACE,
        "NORP" => NORP,
        "Misc" | "Product" => MISC,
        _ => return None,
    })
}

fn three_classes(label: &str) -> Option<Allowed> {
    Some(match label {
        "PER" => PERSON,
        "ORG" => ORG,
        "LOC" => PLACE,
        // Wikigold's MISC holds nationalities, too.
        "MISC" => NORP | MISC,
        _ => return None,
    })
}

fn politics(label: &str) -> Option<Allowed> {
    Some(match label {
        "Person" => PERSON,
        "Organization" => ORG,
        "Location" => PLACE,
        "Event" => MISC,
        "Misc" => NORP | MISC | NOTHING,
        _ => return None,
    })
}

fn gum(label: &str) -> Option<Allowed> {
    Some(match label {
        "person" => PERSON,
        "organization" => ORG,
        "place" => PLACE,
        "NORP" => NORP,
        "time" => NOTHING,
        _ => MISC | NORP | NOTHING,
    })
}

/// All that is trained on, in this order.
pub(super) const CORPORA: [Corpus; 6] = [
    Corpus { file: "worldwide-train", unknown: 0, weight: 1.0, read: worldwide },
    Corpus { file: "wikigold", unknown: NORP | MISC, weight: 1.0, read: three_classes },
    Corpus { file: "ewt-dev", unknown: NORP | MISC, weight: 1.2, read: three_classes },
    Corpus { file: "ewt-test", unknown: NORP | MISC, weight: 1.2, read: three_classes },
    Corpus { file: "crossner-politics", unknown: NORP | MISC, weight: 0.7, read: politics },
    Corpus { file: "gum", unknown: NORP | MISC, weight: 0.7, read: gum },
];

/// What a model is measured on, never trained on: the first to tune, the others only to report.
pub(super) const MEASURED: [Corpus; 3] = [
    Corpus { file: "worldwide-dev", unknown: 0, weight: 1.0, read: worldwide },
    Corpus { file: "pud", unknown: NORP | MISC, weight: 1.0, read: three_classes },
    Corpus { file: "conll2003-testb", unknown: NORP | MISC, weight: 1.0, read: three_classes },
];

impl Corpus {
    /// Reads the corpus from the folder `ner`.
    ///
    /// # Errors
    /// When the file is not there or not as its README says.
    pub(super) fn texts(&self, ner: &Path) -> anyhow::Result<Vec<Text>> {
        let path = ner.join(format!("{}.jsonl.gz", self.file));
        let lines = String::from_utf8(unpacked(&path)?).with_context(|| format!("in {}", path.display()))?;
        let texts = lines.lines().map(|line| self.text(line)).collect::<anyhow::Result<Vec<_>>>()?;
        ensure!(!texts.is_empty(), "expected labelled texts in {}, found none", path.display());
        Ok(texts)
    }

    fn text(&self, line: &str) -> anyhow::Result<Text> {
        let value: Value = serde_json::from_str(line)?;
        let text = value.get("text").and_then(Value::as_str).context("expected `text` in each line")?;
        let source = value.get("source").and_then(Value::as_str).unwrap_or_default();
        let bytes: Vec<usize> =
            text.char_indices().map(|(at, _)| at).chain(std::iter::once(text.len())).collect();
        let place = |entity: &Value, key: &str| {
            let at = entity.get(key).and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok())?;
            bytes.get(at).copied()
        };
        let mut gold = Vec::new();
        for entity in value.get("entities").and_then(Value::as_array).into_iter().flatten() {
            let label = entity.get("type").and_then(Value::as_str).unwrap_or_default();
            let (Some(from), Some(to)) = (place(entity, "start"), place(entity, "end")) else { continue };
            if let Some(allowed) = (self.read)(label) {
                gold.push(Gold { from, to, allowed });
            }
        }
        // Of names that overlap the one that opens first stays, of these the longest.
        gold.sort_by_key(|gold| (gold.from, std::cmp::Reverse(gold.to)));
        let mut end = 0;
        gold.retain(|gold| {
            let apart = gold.from >= end;
            if apart {
                end = gold.to;
            }
            apart
        });
        let weight = if source == "gum:voyage" { self.weight * 0.4 } else { self.weight };
        Ok(Text { text: text.to_owned(), gold, unknown: self.unknown, weight })
    }
}

impl Text {
    /// The same with `Mumbai, India` as two places: of five such pairs the corpora label four as two.
    pub(super) fn with_places_apart(mut self) -> Self {
        let Self { text, gold, .. } = &mut self;
        *gold = std::mem::take(gold)
            .into_iter()
            .flat_map(|whole| {
                let parts = text.get(whole.from..whole.to).unwrap_or_default().split(", ");
                let parts = parts.scan(whole.from, |at, part| {
                    let from = std::mem::replace(at, *at + part.len() + ", ".len());
                    Some(Gold { from, to: from + part.len(), allowed: whole.allowed })
                });
                let apart: Vec<Gold> = parts.collect();
                if whole.allowed == PLACE { apart } else { vec![whole] }
            })
            .collect();
        self
    }

    /// The same as if all that its corpus does not label were no name.
    pub(super) fn without_mask(self) -> Self {
        Self { unknown: 0, ..self }
    }
}

/// One text in so many has a copy with headlines.
const EVERY: usize = 4;

/// A copy of a text with some lines in capitals and some with a capital on each long word: headlines
/// are written so. None for most texts.
pub(super) fn with_headlines(number: usize, text: &Text) -> Option<Text> {
    if !number.is_multiple_of(EVERY) || text.unknown != 0 {
        return None;
    }
    let mut changed = String::with_capacity(text.text.len());
    for (line_number, line) in text.text.split_inclusive('\n').enumerate() {
        match (number / EVERY + line_number) % 4 {
            0 if line.len() < 400 => changed.extend(line.chars().map(capital)),
            1 if line.len() < 200 => {
                for word in line.split_inclusive(' ') {
                    let mut letters = word.chars();
                    let first = letters.next().filter(|_| word.len() > 4).map(capital);
                    changed.extend(first);
                    changed.push_str(if first.is_some() { letters.as_str() } else { word });
                }
            }
            _ => changed.push_str(line),
        }
    }
    let gold =
        text.gold.iter().map(|gold| Gold { from: gold.from, to: gold.to, allowed: gold.allowed }).collect();
    Some(Text { text: changed, gold, unknown: text.unknown, weight: text.weight * 0.4 })
}

/// The capital of a letter, where it takes as many bytes.
fn capital(letter: char) -> char {
    let mut upper = letter.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) if one.len_utf8() == letter.len_utf8() => one,
        _ => letter,
    }
}
