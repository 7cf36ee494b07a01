//! What a replay did, counted by code.

use std::collections::BTreeMap;
use std::fmt;

use super::letter::Outbound;

/// Codes that are counted apart. Ours are some two dozen; headers may hold anything.
const MAX_CODES: usize = 100;

/// Where codes beyond [`MAX_CODES`] are counted.
const OTHER_CODES: &str = "(others)";

/// Refusals that are told one by one; more are only counted.
const MAX_REFUSALS: usize = 20;

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It went to its input topic (in a dry run: it would).
    Sent,
    /// Its last code is none of those that were asked for.
    OtherCode,
    /// Its timestamp is older than asked for, or it has none.
    Older,
    /// It lacks the headers of a dead letter.
    NoLetter,
    /// Its value is not whole, so the original article cannot be sent.
    Truncated,
    /// It was rejected too often.
    TooManyRounds,
    /// Its topic is none that `input.topics` reads and that is there.
    Foreign,
    /// The input topic does not take it now.
    Refused,
}

impl Outcome {
    /// The name as it stands in tables.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::OtherCode => "other_code",
            Self::Older => "older",
            Self::NoLetter => "no_letter",
            Self::Truncated => "truncated",
            Self::TooManyRounds => "too_many_rounds",
            Self::Foreign => "foreign",
            Self::Refused => "refused",
        }
    }
}

/// Letters by code and by what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<String, BTreeMap<Outcome, u64>>);

impl Counts {
    pub(super) fn add(&mut self, code: &str, outcome: Outcome) {
        self.add_many(code, outcome, 1);
    }

    fn add_many(&mut self, code: &str, outcome: Outcome, count: u64) {
        let known = self.0.contains_key(code) || self.0.len() < MAX_CODES;
        let row = self.0.entry(if known { code } else { OTHER_CODES }.to_owned()).or_default();
        *row.entry(outcome).or_default() += count;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (code, row) in &other.0 {
            for (outcome, count) in row {
                self.add_many(code, *outcome, *count);
            }
        }
    }

    /// The codes, in their order, each with what became of its letters.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &BTreeMap<Outcome, u64>)> {
        self.0.iter().map(|(code, row)| (code.as_str(), row))
    }

    /// How many letters, of all codes.
    #[must_use]
    pub fn totals(&self) -> BTreeMap<Outcome, u64> {
        let mut totals = BTreeMap::new();
        for (outcome, count) in self.0.values().flatten() {
            *totals.entry(*outcome).or_default() += count;
        }
        totals
    }

    /// How many letters became this.
    #[must_use]
    pub fn total(&self, outcome: Outcome) -> u64 {
        self.totals().get(&outcome).copied().unwrap_or(0)
    }
}

/// A letter that the input topic does not take, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The dead-letter topic.
    pub from: String,
    /// The letter's partition there.
    pub partition: i32,
    /// The letter's offset there.
    pub offset: i64,
    /// The input topic.
    pub topic: String,
    /// Bytes of key, value and headers.
    pub bytes: usize,
    /// The broker's words.
    pub cause: String,
}

impl Refusal {
    pub(super) fn new(from: &str, letter: &Outbound, cause: &str) -> Self {
        Self {
            from: from.to_owned(),
            partition: letter.letter.partition,
            offset: letter.letter.offset,
            topic: letter.destination.topic.clone(),
            bytes: letter.letter.weight(),
            cause: cause.to_owned(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, partition, offset, topic, bytes, cause } = self;
        write!(
            f,
            "topic `{topic}` refuses the letter at `{from}` partition {partition} offset {offset} (about {bytes} \
             bytes): {cause}; it stays where it is: raise max.message.bytes of `{topic}`, or mend what is said, \
             then replay under another --name"
        )
    }
}

/// What a replay did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Letters by code and outcome.
    pub counts: Counts,
    /// The first letters that were refused.
    pub refusals: Vec<Refusal>,
    /// Whether it was stopped before the end of the topic.
    pub stopped: bool,
    /// Whether no progress was kept under its name, so that it began at the beginning.
    pub begins_anew: bool,
}

impl Summary {
    pub(super) fn refuse(&mut self, code: &str, refusal: Refusal) {
        self.counts.add(code, Outcome::Refused);
        if self.refusals.len() < MAX_REFUSALS {
            self.refusals.push(refusal);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_bounded() {
        let mut counts = Counts::default();
        for number in 0..250 {
            counts.add(&format!("code_{number:03}"), Outcome::NoLetter);
        }
        counts.add("code_000", Outcome::Sent);
        assert_eq!(counts.rows().count(), MAX_CODES + 1);
        let mut twice = counts.clone();
        twice.merge(&counts);
        assert_eq!(twice.totals(), BTreeMap::from([(Outcome::Sent, 2), (Outcome::NoLetter, 500)]));
        assert_eq!(twice.rows().count(), MAX_CODES + 1);
        assert_eq!(twice.rows().next().unwrap().0, OTHER_CODES);
    }
}
