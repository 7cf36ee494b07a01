//! Says what became of every record: lost, twice, out of order, altered. It knows nothing of the worker
//! but what `docs/delivery.md` promises, and keeps hashes only, so that a run may be long.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher as _};

use serde::Deserialize;

use super::topics::LOWERED;
use crate::harness::client::Stored;

/// How many cases of a fault are told in words.
const TOLD: usize = 12;
/// The output of a record is at most so much larger, its own frame apart: text and offsets.
const GROWTH: usize = 8;
const FRAME: usize = 8 * 1024;
/// Codes that the records of a run deserve.
const DESERVED: [&str; 6] =
    ["bad_json", "binary_value", "empty_value", "no_text", "output_too_large", "undecodable"];

/// What is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guarantee {
    ExactlyOnce,
    /// Answers may come again, and where they do, offsets step back.
    AtLeastOnce,
}

/// Where an answer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    Output,
    DeadLetter,
}

/// An input record.
#[derive(Debug, Clone)]
struct Origin {
    partition: i32,
    offset: i64,
    /// Of key, timestamp and headers.
    frame: u64,
    /// Of the value; `None` for a tombstone.
    value: Option<u64>,
    length: usize,
    headers: usize,
    answers: u32,
}

/// Counts by what is wrong.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) records: u64,
    pub(crate) outputs: u64,
    pub(crate) tombstones: u64,
    pub(crate) dead_letters: BTreeMap<String, u64>,
    pub(crate) lost: u64,
    pub(crate) twice: u64,
    pub(crate) disorder: u64,
    pub(crate) altered: u64,
    /// Dead letters that their record did not deserve.
    pub(crate) undeserved: u64,
    /// Some cases in words.
    pub(crate) told: Vec<String>,
}

impl Verdict {
    /// Whether what was promised was kept.
    pub(crate) fn holds(&self, guarantee: Guarantee) -> bool {
        let kept = self.lost + self.disorder + self.altered == 0;
        match guarantee {
            Guarantee::ExactlyOnce => kept && self.twice + self.undeserved == 0,
            Guarantee::AtLeastOnce => kept,
        }
    }
}

/// Reads the input first, then both topics of answers, each partition in its order.
pub(crate) struct Checker {
    topic: String,
    guarantee: Guarantee,
    /// By their number.
    origins: Vec<Option<Origin>>,
    /// The highest source offset so far, by topic, its partition, and the input's partition.
    highest: BTreeMap<(Topic, i32, i32), i64>,
    /// Numbers whose offset did not rise, and whether that was to be expected of their answer.
    stepped_back: Vec<(usize, Topic, bool)>,
    verdict: Verdict,
}

impl Checker {
    /// A checker of the answers to the input topic of this name.
    pub(crate) fn new(topic: &str, guarantee: Guarantee) -> Self {
        Self {
            topic: topic.to_owned(),
            guarantee,
            origins: Vec::new(),
            highest: BTreeMap::new(),
            stepped_back: Vec::new(),
            verdict: Verdict::default(),
        }
    }

    /// Takes a record of the input. The writer's own mistake stops the test.
    pub(crate) fn input(&mut self, stored: &Stored) {
        let number = number(stored).expect("a record of the writer");
        if self.origins.len() <= number {
            self.origins.resize(number + 1, None);
        }
        let origin = Origin {
            partition: stored.partition,
            offset: stored.offset,
            frame: frame(stored, stored.headers.len()),
            value: stored.value.as_deref().map(|value| hash(&value)),
            length: stored.value.as_ref().map_or(0, Vec::len),
            headers: stored.headers.len(),
            answers: 0,
        };
        assert!(self.origins[number].replace(origin).is_none(), "{number} was written twice");
        self.verdict.records += 1;
    }

    /// Takes an answer.
    pub(crate) fn answer(&mut self, topic: Topic, stored: &Stored) {
        let place = format!("{topic:?} [{}] {}", stored.partition, stored.offset);
        let known = number(stored).and_then(|number| Some((number, self.origins.get_mut(number)?.as_mut()?)));
        let Some((number, origin)) = known else {
            self.verdict.altered += 1;
            self.tell(format!("altered: {place} answers no record of the input"));
            return;
        };
        origin.answers += 1;
        let origin = origin.clone();
        if origin.answers > 1 {
            self.tell(format!("twice: {place} answers {number} again, {} times so far", origin.answers));
        }
        let highest = self.highest.entry((topic, stored.partition, origin.partition)).or_insert(i64::MIN);
        if origin.offset <= *highest {
            // The broker refuses an output when later answers are on their way: only an output that is
            // part of a transaction can still be taken back with them.
            let refused = text(stored, "copydesk.error.code") == Some("output_too_large");
            self.stepped_back.push((number, topic, refused));
        }
        *highest = origin.offset.max(*highest);
        let altered = match (topic, &stored.value) {
            (Topic::DeadLetter, _) => {
                let code = text(stored, "copydesk.error.code").unwrap_or("none").to_owned();
                self.deserved(&code, &origin, number);
                *self.verdict.dead_letters.entry(code).or_default() += 1;
                dead_letter(&self.topic, &origin, stored)
            }
            (Topic::Output, None) => {
                self.verdict.tombstones += 1;
                tombstone(&origin, stored)
            }
            (Topic::Output, Some(value)) => {
                self.verdict.outputs += 1;
                output(&self.topic, &origin, stored, value)
            }
        };
        if let Err(what) = altered {
            self.verdict.altered += 1;
            self.tell(format!("altered: {place}, the answer to {number}: {what}"));
        }
    }

    /// Whether a dead letter is what the record deserves, as far as that can be known from its size.
    fn deserved(&mut self, code: &str, origin: &Origin, number: usize) {
        let fits = origin.length * GROWTH + FRAME < usize::try_from(LOWERED).expect("a size");
        if !DESERVED.contains(&code) || (code == "output_too_large" && fits) {
            self.verdict.undeserved += 1;
            self.tell(format!(
                "undeserved: {number}, of {} bytes, became a dead letter: {code}",
                origin.length
            ));
        }
    }

    fn tell(&mut self, what: String) {
        let kind = what.split(':').next().unwrap_or_default();
        if self.verdict.told.iter().filter(|told| told.starts_with(kind)).count() < TOLD {
            self.verdict.told.push(what);
        }
    }

    /// The end of the account.
    pub(crate) fn verdict(mut self) -> Verdict {
        for number in 0..self.origins.len() {
            let Some(origin) = &self.origins[number] else { continue };
            let (answers, partition, offset) = (origin.answers, origin.partition, origin.offset);
            match answers {
                0 => {
                    self.verdict.lost += 1;
                    self.tell(format!("lost: {number}, input [{partition}] {offset}"));
                }
                _ => self.verdict.twice += u64::from(answers - 1),
            }
        }
        for (number, topic, refused) in std::mem::take(&mut self.stepped_back) {
            let repeated = self.origins[number].as_ref().is_some_and(|origin| origin.answers > 1);
            if self.guarantee == Guarantee::ExactlyOnce || !(repeated || refused) {
                self.verdict.disorder += 1;
                self.tell(format!(
                    "disorder: {number} comes after a later one of its partition in {topic:?}"
                ));
            }
        }
        self.verdict
    }
}

fn number(stored: &Stored) -> Option<usize> {
    text(stored, "number")?.parse().ok()
}

fn text<'s>(stored: &'s Stored, name: &str) -> Option<&'s str> {
    std::str::from_utf8(stored.header(name)?).ok()
}

fn hash(what: &impl std::hash::Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

fn frame(stored: &Stored, headers: usize) -> u64 {
    hash(&(&stored.key, stored.timestamp, stored.headers.get(..headers)))
}

fn same_frame(origin: &Origin, stored: &Stored) -> Result<(), String> {
    if frame(stored, origin.headers) == origin.frame {
        return Ok(());
    }
    Err("another key, timestamp or header than it came with".to_owned())
}

fn dead_letter(topic: &str, origin: &Origin, stored: &Stored) -> Result<(), String> {
    same_frame(origin, stored)?;
    if stored.value.as_deref().map(|value| hash(&value)) != origin.value {
        return Err("other bytes than it came with".to_owned());
    }
    let own = stored.headers.get(origin.headers..).unwrap_or_default();
    if let Some((name, _)) = own.iter().find(|(name, _)| !name.starts_with("copydesk.")) {
        return Err(format!("the header {name} was not there"));
    }
    let found =
        ["topic", "partition", "offset"].map(|part| text(stored, &format!("copydesk.original.{part}")));
    let (partition, offset) = (origin.partition.to_string(), origin.offset.to_string());
    let expected = [Some(topic), Some(partition.as_str()), Some(offset.as_str())];
    if found == expected { Ok(()) } else { Err(format!("it names {found:?}, it was {expected:?}")) }
}

fn tombstone(origin: &Origin, stored: &Stored) -> Result<(), String> {
    same_frame(origin, stored)?;
    if origin.value.is_some() {
        return Err("a tombstone for a record with a value".to_owned());
    }
    if stored.headers.len() != origin.headers {
        return Err("a tombstone with more headers than it came with".to_owned());
    }
    Ok(())
}

/// What an output says of where it comes from.
#[derive(Debug, Deserialize)]
struct Output {
    source: Source,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
struct Source {
    topic: String,
    partition: i32,
    offset: i64,
}

fn output(topic: &str, origin: &Origin, stored: &Stored, value: &[u8]) -> Result<(), String> {
    same_frame(origin, stored)?;
    if origin.value.is_none() {
        return Err("a record for a tombstone".to_owned());
    }
    let output: Output = serde_json::from_slice(value).map_err(|error| format!("no record: {error}"))?;
    let expected = Source { topic: topic.to_owned(), partition: origin.partition, offset: origin.offset };
    if output.source == expected {
        Ok(())
    } else {
        Err(format!("it names {:?}, it was {expected:?}", output.source))
    }
}
