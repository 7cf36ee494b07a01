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
    /// Of these, repeats by the writer.
    pub(crate) repeats: u64,
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
    /// Those whose number was there before: an idempotent writer whose broker was restarted may repeat
    /// itself, and each of both is an input record.
    again: BTreeMap<usize, Vec<Origin>>,
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
            again: BTreeMap::new(),
            highest: BTreeMap::new(),
            stepped_back: Vec::new(),
            verdict: Verdict::default(),
        }
    }

    /// Takes a record of the input.
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
        if self.origins[number].is_none() {
            self.origins[number] = Some(origin);
        } else {
            self.again.entry(number).or_default().push(origin);
            self.verdict.repeats += 1;
        }
        self.verdict.records += 1;
    }

    /// Takes an answer.
    pub(crate) fn answer(&mut self, topic: Topic, stored: &Stored) {
        let place = format!("{topic:?} [{}] {}", stored.partition, stored.offset);
        let source = source(topic, stored);
        let known = number(stored).and_then(|number| Some((number, self.origin(number, &source)?)));
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
        // A repeated tombstone does not say which of both it answers.
        let certain = !matches!(source, Ok(None)) || !self.again.contains_key(&number);
        let highest = self.highest.entry((topic, stored.partition, origin.partition)).or_insert(i64::MIN);
        if certain && origin.offset <= *highest {
            // The broker refuses an output when later answers are on their way: only an output that is
            // part of a transaction can still be taken back with them.
            let refused = text(stored, "copydesk.error.code") == Some("output_too_large");
            self.stepped_back.push((number, topic, refused));
        }
        if certain {
            *highest = origin.offset.max(*highest);
        }
        let altered = match (topic, &stored.value) {
            (Topic::DeadLetter, _) => {
                let code = text(stored, "copydesk.error.code").unwrap_or("none").to_owned();
                self.deserved(&code, &origin, number);
                *self.verdict.dead_letters.entry(code).or_default() += 1;
                dead_letter(&origin, stored)
            }
            (Topic::Output, None) => {
                self.verdict.tombstones += 1;
                tombstone(&origin, stored)
            }
            (Topic::Output, Some(_)) => {
                self.verdict.outputs += 1;
                if origin.value.is_some() { Ok(()) } else { Err("a record for a tombstone".to_owned()) }
            }
        };
        let altered = altered
            .and_then(|()| same_frame(&origin, stored))
            .and_then(|()| same_source(&self.topic, &origin, source));
        if let Err(what) = altered {
            self.verdict.altered += 1;
            self.tell(format!("altered: {place}, the answer to {number}: {what}"));
        }
    }

    /// The record that an answer with this number and this source answers.
    fn origin(&mut self, number: usize, source: &Result<Option<Source>, String>) -> Option<&mut Origin> {
        let first = self.origins.get_mut(number)?.as_mut()?;
        let again = self.again.get_mut(&number).map(Vec::as_mut_slice).unwrap_or_default();
        let meant = again.iter_mut().find(|origin| match source {
            Ok(Some(source)) => (source.partition, source.offset) == (origin.partition, origin.offset),
            // A tombstone names none: each takes one.
            _ => first.answers > origin.answers,
        });
        Some(meant.unwrap_or(first))
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
        let again =
            self.again.iter().flat_map(|(number, again)| again.iter().map(|origin| (*number, origin)));
        let first = self.origins.iter().enumerate();
        let first = first.filter_map(|(number, origin)| Some((number, origin.as_ref()?)));
        let mut lost = Vec::new();
        for (number, origin) in first.chain(again) {
            match origin.answers {
                0 => lost.push(format!("lost: {number}, input [{}] {}", origin.partition, origin.offset)),
                answers => self.verdict.twice += u64::from(answers - 1),
            }
        }
        self.verdict.lost = lost.len() as u64;
        lost.into_iter().for_each(|lost| self.tell(lost));
        for (number, topic, refused) in std::mem::take(&mut self.stepped_back) {
            let answered = |origin: &Origin| origin.answers > 1;
            let repeated = self.origins[number].as_ref().is_some_and(answered)
                || self.again.get(&number).is_some_and(|again| again.iter().any(answered));
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

fn dead_letter(origin: &Origin, stored: &Stored) -> Result<(), String> {
    if stored.value.as_deref().map(|value| hash(&value)) != origin.value {
        return Err("other bytes than it came with".to_owned());
    }
    let own = stored.headers.get(origin.headers..).unwrap_or_default();
    match own.iter().find(|(name, _)| !name.starts_with("copydesk.")) {
        Some((name, _)) => Err(format!("the header {name} was not there")),
        None => Ok(()),
    }
}

fn tombstone(origin: &Origin, stored: &Stored) -> Result<(), String> {
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

/// The record that an answer says it answers; `None` for a tombstone, which cannot say.
fn source(topic: Topic, stored: &Stored) -> Result<Option<Source>, String> {
    match (topic, &stored.value) {
        (Topic::DeadLetter, _) => {
            let part = |name: &str| text(stored, &format!("copydesk.original.{name}"));
            let (topic, partition, offset) = (part("topic"), part("partition"), part("offset"));
            let named = || {
                Some(Source {
                    topic: topic?.to_owned(),
                    partition: partition?.parse().ok()?,
                    offset: offset?.parse().ok()?,
                })
            };
            named().map(Some).ok_or_else(|| format!("it names {topic:?} [{partition:?}] {offset:?}"))
        }
        (Topic::Output, None) => Ok(None),
        (Topic::Output, Some(value)) => match serde_json::from_slice::<Output>(value) {
            Ok(output) => Ok(Some(output.source)),
            Err(error) => Err(format!("no record: {error}")),
        },
    }
}

fn same_source(topic: &str, origin: &Origin, named: Result<Option<Source>, String>) -> Result<(), String> {
    let own = Source { topic: topic.to_owned(), partition: origin.partition, offset: origin.offset };
    match named? {
        Some(named) if named != own => Err(format!("it names {named:?}, it was {own:?}")),
        _ => Ok(()),
    }
}
