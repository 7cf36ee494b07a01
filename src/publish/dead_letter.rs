//! A dead letter: the record as it came, byte for byte, and why it was rejected.
//!
//! What is said goes into headers behind the original ones. A record that was a dead letter before
//! (it was replayed) keeps the headers of its earlier rounds: of two with one name the last counts.

use bytes::Bytes;

use crate::article::{Headers, Rejection};
use crate::pipeline::seam::{Destination, Incoming, Outgoing};

/// The stage that rejected it.
pub const ERROR_STAGE: &str = "copydesk.error.stage";
/// The stable code of the rejection.
pub const ERROR_CODE: &str = "copydesk.error.code";
/// The cause in words, at most [`MAX_MESSAGE_BYTES`].
pub const ERROR_MESSAGE: &str = "copydesk.error.message";
/// The topic it was read from.
pub const ORIGINAL_TOPIC: &str = "copydesk.original.topic";
/// The partition it was read from.
pub const ORIGINAL_PARTITION: &str = "copydesk.original.partition";
/// The offset it was read from.
pub const ORIGINAL_OFFSET: &str = "copydesk.original.offset";
/// The timestamp it came with, milliseconds since 1970 UTC; null if it had none.
pub const ORIGINAL_TIMESTAMP: &str = "copydesk.original.timestamp";
/// How many times it was rejected, this one included.
pub const ATTEMPTS: &str = "copydesk.attempts";
/// The version of copydesk that rejected it.
pub const VERSION: &str = "copydesk.version";

/// How many bytes the value had before it was cut to what the dead-letter topic takes. Such a letter is
/// not whole: it cannot be replayed.
pub const TRUNCATED: &str = "copydesk.truncated";

/// The longest message that goes into a header, in bytes of UTF-8; a longer one ends with `…`.
pub const MAX_MESSAGE_BYTES: usize = 1024;

/// The dead letter that answers `incoming`: original key, value bytes, headers and timestamp, plus
/// the headers named in this module.
#[must_use]
pub fn dead_letter(incoming: &Incoming, rejection: &Rejection) -> Outgoing {
    let position = &incoming.position;
    let mut headers = Headers::with_capacity(incoming.headers.len() + 9);
    headers.extend(incoming.headers.iter().cloned());
    let mut say = |name: &str, value: Option<String>| headers.push((name.to_owned(), value.map(Bytes::from)));
    say(ERROR_STAGE, Some(rejection.stage.as_str().to_owned()));
    say(ERROR_CODE, Some(rejection.code.to_owned()));
    say(ERROR_MESSAGE, Some(bounded(&rejection.message)));
    say(ORIGINAL_TOPIC, Some(position.partition.topic.to_string()));
    say(ORIGINAL_PARTITION, Some(position.partition.number.to_string()));
    say(ORIGINAL_OFFSET, Some(position.offset.to_string()));
    say(ORIGINAL_TIMESTAMP, incoming.timestamp_ms.map(|moment| moment.to_string()));
    say(ATTEMPTS, Some(attempts_before(&incoming.headers).saturating_add(1).to_string()));
    say(VERSION, Some(env!("CARGO_PKG_VERSION").to_owned()));
    Outgoing {
        position: position.clone(),
        destination: Destination::DeadLetter,
        timestamp_ms: incoming.timestamp_ms,
        key: incoming.key.clone(),
        value: incoming.value.clone(),
        headers,
    }
}

/// The dead letter with `excess` bytes less, taken from the end of its value, and a header [`TRUNCATED`]
/// that says so. `None` if there is not that much to take.
#[must_use]
pub fn truncated(letter: &Outgoing, excess: usize) -> Option<Outgoing> {
    /// The header's name, lengths and digits.
    const HEADER: usize = TRUNCATED.len() + 32;
    let value = letter.value.as_ref()?;
    if letter.headers.iter().any(|(name, _)| name == TRUNCATED) {
        return None;
    }
    let kept = value.len().checked_sub(excess.checked_add(HEADER)?)?;
    let mut cut = letter.clone();
    cut.value = Some(value.slice(..kept));
    cut.headers.push((TRUNCATED.to_owned(), Some(Bytes::from(value.len().to_string()))));
    Some(cut)
}

/// What the last [`ATTEMPTS`] header says; 0 without one that is a number.
fn attempts_before(headers: &Headers) -> u32 {
    headers
        .iter()
        .rev()
        .find(|(name, _)| name == ATTEMPTS)
        .and_then(|(_, value)| std::str::from_utf8(value.as_ref()?).ok()?.parse().ok())
        .unwrap_or(0)
}

/// `message` in at most [`MAX_MESSAGE_BYTES`], cut between code points.
fn bounded(message: &str) -> String {
    const ELLIPSIS: &str = "…";
    if message.len() <= MAX_MESSAGE_BYTES {
        return message.to_owned();
    }
    let end = message.floor_char_boundary(MAX_MESSAGE_BYTES - ELLIPSIS.len());
    format!("{}{ELLIPSIS}", message.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::StageName;
    use crate::pipeline::seam::{Epoch, PartitionId, Position};

    /// Every number differs from every other, so that no header can hold another's value unseen.
    fn incoming() -> Incoming {
        Incoming {
            position: Position { partition: PartitionId::new("raw", 7), epoch: Epoch(3), offset: 41 },
            timestamp_ms: Some(1_673_173_980_250),
            key: Some(Bytes::from_static(&[0xff, 1])),
            value: Some(Bytes::from_static(&[0xde, 0xad, 0])),
            headers: vec![
                ("a".to_owned(), None),
                ("content-type".to_owned(), Some(Bytes::from_static(b"x"))),
            ],
        }
    }

    fn text<'a>(letter: &'a Outgoing, name: &str) -> &'a str {
        let (_, value) = letter.headers.iter().rfind(|(found, _)| found == name).unwrap();
        std::str::from_utf8(value.as_ref().unwrap()).unwrap()
    }

    #[test]
    fn each_header_has_its_own_value() {
        let letter = dead_letter(&incoming(), &Rejection::new(StageName::Decode, "not_text", "found noise"));
        let rows = [
            ("copydesk.error.stage", "decode"),
            ("copydesk.error.code", "not_text"),
            ("copydesk.error.message", "found noise"),
            ("copydesk.original.topic", "raw"),
            ("copydesk.original.partition", "7"),
            ("copydesk.original.offset", "41"),
            ("copydesk.original.timestamp", "1673173980250"),
            ("copydesk.attempts", "1"),
            ("copydesk.version", env!("CARGO_PKG_VERSION")),
        ];
        for (name, expected) in rows {
            assert_eq!(text(&letter, name), expected, "{name}");
        }
        assert_eq!(letter.headers.len(), 2 + rows.len(), "and no more");
    }

    #[test]
    fn the_record_itself_is_untouched() {
        let arrived = incoming();
        let letter = dead_letter(&arrived, &Rejection::new(StageName::Tag, "c", "m"));
        assert_eq!(letter.destination, Destination::DeadLetter);
        assert_eq!(letter.position, arrived.position);
        assert_eq!(letter.key, arrived.key);
        assert_eq!(letter.value, arrived.value);
        assert_eq!(letter.timestamp_ms, arrived.timestamp_ms);
        assert_eq!(letter.headers[..2], arrived.headers[..]);
    }

    #[test]
    fn a_truncated_letter_says_how_long_it_was_and_is_cut_once() {
        let mut arrived = incoming();
        arrived.value = Some(Bytes::from(vec![b'x'; 1000]));
        let letter = dead_letter(&arrived, &Rejection::new(StageName::Tag, "c", "m"));
        let cut = truncated(&letter, 100).unwrap();
        let (before, after) = (letter.value.as_ref().unwrap().len(), cut.value.as_ref().unwrap().len());
        assert_eq!(before - after, 100 + TRUNCATED.len() + 32);
        assert_eq!(text(&cut, TRUNCATED), "1000");
        assert_eq!(cut.headers[..letter.headers.len()], letter.headers[..]);
        assert!(truncated(&cut, 1).is_none(), "it was cut before");
        assert!(truncated(&letter, 1000).is_none(), "there is not that much");
        arrived.value = None;
        let tombstone = dead_letter(&arrived, &Rejection::new(StageName::Tag, "c", "m"));
        assert!(truncated(&tombstone, 1).is_none());
    }

    #[test]
    fn a_replayed_letter_counts_its_attempts() {
        let rows: [(&[&str], &str); 5] = [
            (&[], "1"),
            (&["1"], "2"),
            (&["1", "2"], "3"),
            (&["many"], "1"),
            (&["4294967295"], "4294967295"),
        ];
        for (before, expected) in rows {
            let mut arrived = incoming();
            for count in before {
                arrived.headers.push((ATTEMPTS.to_owned(), Some(Bytes::copy_from_slice(count.as_bytes()))));
            }
            let letter = dead_letter(&arrived, &Rejection::new(StageName::Tag, "c", "m"));
            assert_eq!(text(&letter, ATTEMPTS), expected, "{before:?}");
        }
    }

    #[test]
    fn a_missing_timestamp_is_null() {
        let mut arrived = incoming();
        arrived.timestamp_ms = None;
        let letter = dead_letter(&arrived, &Rejection::new(StageName::Tag, "c", "m"));
        assert!(letter.headers.contains(&(ORIGINAL_TIMESTAMP.to_owned(), None)));
    }

    #[test]
    fn a_message_is_bounded_between_code_points() {
        let fits = "é".repeat(MAX_MESSAGE_BYTES / 2);
        let rejected =
            |message: &str| dead_letter(&incoming(), &Rejection::new(StageName::Tag, "c", message));
        assert_eq!(text(&rejected(&fits), ERROR_MESSAGE), fits);
        let cut = rejected(&format!("{fits}é"));
        let message = text(&cut, ERROR_MESSAGE);
        assert!(
            message.len() <= MAX_MESSAGE_BYTES && message.len() > MAX_MESSAGE_BYTES - 6,
            "{}",
            message.len()
        );
        assert!(message.ends_with("é…"));
    }
}
