//! A dead letter, and what becomes of it: pure, so that every case is a row of a test.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bytes::Bytes;

use super::summary::Outcome;
use crate::article::Headers;
use crate::publish::{
    ATTEMPTS, ERROR_CODE, ORIGINAL_PARTITION, ORIGINAL_TIMESTAMP, ORIGINAL_TOPIC, TRUNCATED,
};

/// What stands in a summary for a record that tells no code.
const NO_CODE: &str = "-";

/// The longest code that is told as it is, in characters; ours are shorter.
const MAX_CODE: usize = 64;

/// Which letters are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selection {
    /// The last code has to be one of these; empty: any.
    pub(super) codes: BTreeSet<String>,
    /// The timestamp has to be this or later, milliseconds since 1970 UTC.
    pub(super) since_ms: Option<i64>,
    /// Rejected so often, a letter is not tried again.
    pub(super) max_rounds: u32,
}

/// A record of the dead-letter topic.
#[derive(Debug, Clone, Default)]
pub(super) struct Letter {
    pub(super) partition: i32,
    pub(super) offset: i64,
    /// Milliseconds since 1970 UTC.
    pub(super) timestamp_ms: Option<i64>,
    pub(super) key: Option<Bytes>,
    pub(super) value: Option<Bytes>,
    pub(super) headers: Headers,
}

impl Letter {
    /// The last header of this name, if it is UTF-8: of two with one name the last counts.
    fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().rfind(|(found, _)| found == name)?;
        std::str::from_utf8(value.as_ref()?).ok()
    }

    fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.header(name)?.parse().ok()
    }

    /// The input's time: what the worker noted, which a dead-letter topic with
    /// `message.timestamp.type=LogAppendTime` has lost; else the letter's own.
    pub(super) fn input_time_ms(&self) -> Option<i64> {
        self.number(ORIGINAL_TIMESTAMP).or(self.timestamp_ms)
    }

    /// How many times it was rejected.
    fn rounds(&self) -> u32 {
        self.number(ATTEMPTS).unwrap_or(0)
    }

    /// Bytes that it holds in memory, with a flat charge for what surrounds them.
    pub(super) fn weight(&self) -> usize {
        const OVERHEAD: usize = 256;
        let length = |value: &Option<Bytes>| value.as_ref().map_or(0, Bytes::len);
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() + length(value)).sum();
        OVERHEAD + headers + length(&self.key) + length(&self.value)
    }
}

/// What becomes of a letter.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decision {
    /// The letter's code, fit to be shown.
    pub(super) code: String,
    /// Where it goes; otherwise why it stays.
    pub(super) destination: Result<Destination, Outcome>,
}

/// Where a letter goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Destination {
    pub(super) topic: String,
    /// `None`: wherever its key belongs.
    pub(super) partition: Option<i32>,
}

/// Decides. `inputs`: the topics that the worker reads, and how many partitions each has.
///
/// What the operator asked for comes first: a letter of another code counts as that, whatever else
/// would keep it.
pub(super) fn decide(letter: &Letter, selection: &Selection, inputs: &BTreeMap<String, i32>) -> Decision {
    let code = letter.header(ERROR_CODE);
    let stays = |outcome| Err(outcome);
    let destination = match (code, letter.header(ORIGINAL_TOPIC), letter.number(ORIGINAL_PARTITION)) {
        (Some(code), Some(topic), Some(partition)) => {
            if !selection.codes.is_empty() && !selection.codes.contains(code) {
                stays(Outcome::OtherCode)
            } else if selection.since_ms.is_some_and(|since| letter.input_time_ms() < Some(since)) {
                stays(Outcome::Older)
            } else if letter.headers.iter().any(|(name, _)| name == TRUNCATED) {
                stays(Outcome::Truncated)
            } else if letter.rounds() >= selection.max_rounds {
                stays(Outcome::TooManyRounds)
            } else {
                destination(letter, topic, partition, inputs).ok_or(Outcome::Foreign)
            }
        }
        _ => stays(Outcome::NoLetter),
    };
    Decision { code: code.map_or_else(|| NO_CODE.to_owned(), shown), destination }
}

/// The partition as it was. If the topic has fewer now, the key says where; without a key, the rest of a
/// division, so that the same letter always goes to the same place.
fn destination(
    letter: &Letter,
    topic: &str,
    partition: i32,
    inputs: &BTreeMap<String, i32>,
) -> Option<Destination> {
    let count = inputs.get(topic).copied().filter(|count| *count > 0)?;
    let partition = if (0..count).contains(&partition) {
        Some(partition)
    } else {
        letter.key.is_none().then(|| partition.rem_euclid(count))
    };
    Some(Destination { topic: topic.to_owned(), partition })
}

/// A code from a header, which anybody may have written, fit for a terminal.
fn shown(code: &str) -> String {
    code.chars().take(MAX_CODE).map(|c| if c.is_ascii_graphic() { c } else { '?' }).collect()
}

/// A letter that is to be sent.
#[derive(Debug, Clone)]
pub(super) struct Outbound {
    pub(super) letter: Letter,
    pub(super) code: String,
    pub(super) destination: Destination,
}

impl Outbound {
    pub(super) fn planned(&self, from: &str) -> Planned {
        Planned {
            from: from.to_owned(),
            from_partition: self.letter.partition,
            from_offset: self.letter.offset,
            topic: self.destination.topic.clone(),
            partition: self.destination.partition,
            code: self.code.clone(),
            attempts: self.letter.rounds(),
        }
    }
}

/// What a dry run would send, in a line: `dead 0@17 -> raw 3: bad_json, rejected 1 time`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The dead-letter topic.
    pub from: String,
    /// The letter's partition there.
    pub from_partition: i32,
    /// The letter's offset there.
    pub from_offset: i64,
    /// The input topic.
    pub topic: String,
    /// Its partition; `None`: wherever the key belongs.
    pub partition: Option<i32>,
    /// The letter's code.
    pub code: String,
    /// How many times it was rejected.
    pub attempts: u32,
}

impl fmt::Display for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, from_partition, from_offset, topic, partition, code, attempts } = self;
        write!(f, "{from} {from_partition}@{from_offset} -> {topic} ")?;
        match partition {
            Some(partition) => write!(f, "{partition}")?,
            None => f.write_str("by key")?,
        }
        let times = if *attempts == 1 { "time" } else { "times" };
        write!(f, ": {code}, rejected {attempts} {times}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is special, the headers that say so, what comes of it.
    type Row = (&'static str, &'static [(&'static str, &'static str)], Result<Destination, Outcome>);

    fn letter(headers: &[(&str, &str)]) -> Letter {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Some(Bytes::copy_from_slice(value.as_bytes()))))
            .collect();
        Letter { partition: 4, offset: 17, timestamp_ms: Some(5000), headers, ..Letter::default() }
    }

    const WHOLE: &[(&str, &str)] = &[
        ("copydesk.error.code", "bad_json"),
        ("copydesk.original.topic", "raw"),
        ("copydesk.original.partition", "2"),
        ("copydesk.attempts", "1"),
    ];

    fn all() -> Selection {
        Selection { codes: BTreeSet::new(), since_ms: None, max_rounds: 3 }
    }

    fn inputs() -> BTreeMap<String, i32> {
        BTreeMap::from([("raw".to_owned(), 3), ("wire".to_owned(), 1)])
    }

    fn to(topic: &str, partition: Option<i32>) -> Result<Destination, Outcome> {
        Ok(Destination { topic: topic.to_owned(), partition })
    }

    #[test]
    fn headers_say_where_a_letter_goes_or_why_it_stays() {
        let rows: [Row; 11] = [
            ("as it was", &[], to("raw", Some(2))),
            (
                "the last topic counts",
                &[("copydesk.original.topic", "wire"), ("copydesk.original.partition", "0")],
                to("wire", Some(0)),
            ),
            ("a partition that is gone", &[("copydesk.original.partition", "7")], to("raw", Some(1))),
            ("another topic", &[("copydesk.original.topic", "old")], Err(Outcome::Foreign)),
            ("a partition that is none", &[("copydesk.original.partition", "two")], Err(Outcome::NoLetter)),
            ("two rounds", &[("copydesk.attempts", "2")], to("raw", Some(2))),
            ("three rounds", &[("copydesk.attempts", "3")], Err(Outcome::TooManyRounds)),
            ("rounds that are no number", &[("copydesk.attempts", "many")], to("raw", Some(2))),
            ("cut", &[("copydesk.truncated", "1048576")], Err(Outcome::Truncated)),
            (
                "cut, and of another topic",
                &[("copydesk.truncated", ""), ("copydesk.original.topic", "old")],
                Err(Outcome::Truncated),
            ),
            ("an older round's code", &[("copydesk.error.code", "no_text")], to("raw", Some(2))),
        ];
        for (what, more, expected) in rows {
            let decision = decide(&letter(&[WHOLE, more].concat()), &all(), &inputs());
            assert_eq!(decision.destination, expected, "{what}");
        }
    }

    #[test]
    fn a_key_says_where_when_the_partition_is_gone() {
        let mut keyed = letter(&[WHOLE, &[("copydesk.original.partition", "7")]].concat());
        keyed.key = Some(Bytes::from_static(b"k"));
        assert_eq!(decide(&keyed, &all(), &inputs()).destination, to("raw", None));
    }

    #[test]
    fn what_lacks_a_header_of_ours_is_no_letter() {
        for missing in 0..3 {
            let mut headers = WHOLE.to_vec();
            headers.remove(missing);
            let decision = decide(&letter(&headers), &all(), &inputs());
            assert_eq!(decision.destination, Err(Outcome::NoLetter), "{headers:?}");
        }
        let mut null = letter(WHOLE);
        null.headers.push((ORIGINAL_TOPIC.to_owned(), None));
        assert_eq!(decide(&null, &all(), &inputs()).destination, Err(Outcome::NoLetter));
        assert_eq!(decide(&letter(&[]), &all(), &inputs()).code, "-");
    }

    #[test]
    fn filters_come_before_what_else_keeps_a_letter() {
        let cut = letter(&[WHOLE, &[("copydesk.truncated", ""), ("copydesk.attempts", "9")]].concat());
        let codes = Selection { codes: BTreeSet::from(["no_text".to_owned()]), ..all() };
        assert_eq!(decide(&cut, &codes, &inputs()).destination, Err(Outcome::OtherCode));
        let again = letter(&[WHOLE, &[("copydesk.error.code", "no_text")]].concat());
        assert_eq!(decide(&again, &codes, &inputs()).destination, to("raw", Some(2)), "the last code counts");
        let since = |since_ms| Selection { since_ms: Some(since_ms), ..all() };
        assert_eq!(decide(&cut, &since(5001), &inputs()).destination, Err(Outcome::Older));
        assert_eq!(decide(&letter(WHOLE), &since(5000), &inputs()).destination, to("raw", Some(2)));
        let timeless = Letter { timestamp_ms: None, ..letter(WHOLE) };
        assert_eq!(decide(&timeless, &since(0), &inputs()).destination, Err(Outcome::Older));
    }

    #[test]
    fn the_inputs_time_is_what_the_worker_noted() {
        let noted = letter(&[("copydesk.original.timestamp", "4000")]);
        assert_eq!(noted.input_time_ms(), Some(4000));
        assert_eq!(letter(WHOLE).input_time_ms(), Some(5000));
    }

    #[test]
    fn a_code_is_fit_to_be_shown() {
        let odd = letter(&[WHOLE, &[("copydesk.error.code", "a\x1b[2J ü")]].concat());
        assert_eq!(decide(&odd, &all(), &inputs()).code, "a?[2J??");
        let long = letter(&[WHOLE, &[("copydesk.error.code", &"x".repeat(1000))]].concat());
        assert_eq!(decide(&long, &all(), &inputs()).code, "x".repeat(64));
    }

    #[test]
    fn a_plan_is_a_line() {
        let outbound = |partition| Outbound {
            letter: letter(WHOLE),
            code: "bad_json".to_owned(),
            destination: Destination { topic: "raw".to_owned(), partition },
        };
        let line = |partition| outbound(partition).planned("dead").to_string();
        assert_eq!(line(Some(2)), "dead 4@17 -> raw 2: bad_json, rejected 1 time");
        assert_eq!(line(None), "dead 4@17 -> raw by key: bad_json, rejected 1 time");
    }
}
