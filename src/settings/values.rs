//! Values as people write them, and back.

use std::time::Duration;

use bytesize::ByteSize;

/// A value as it was given: text, or a list of texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Given {
    /// `"text"`, `45`, `true`, and everything of the environment and of `--set`.
    Text(String),
    /// `["a", "b"]`, from a file.
    List(Vec<String>),
}

impl Given {
    /// As a list: text is split at commas, but for one `^regex`. Items are trimmed, empty ones left out.
    pub(super) fn items(&self) -> Vec<String> {
        let parts: Vec<&str> = match self {
            Self::List(items) => items.iter().map(String::as_str).collect(),
            Self::Text(text) if text.trim_start().starts_with('^') => vec![text],
            Self::Text(text) => text.split(',').collect(),
        };
        parts.into_iter().map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }

    /// As one text, trimmed.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.trim()),
            Self::List(_) => None,
        }
    }

    /// As it would stand in TOML.
    pub(super) fn to_toml(&self) -> String {
        match self {
            Self::Text(text) => quote(text),
            Self::List(items) => list(items),
        }
    }
}

/// A duration with its unit.
pub(super) fn duration(text: &str) -> Option<Duration> {
    humantime::parse_duration(text).ok()
}

/// A size in bytes. A unit beyond what fits a `u64` gives `None`.
pub(super) fn size(text: &str) -> Option<u64> {
    let bytes = text.parse::<ByteSize>().ok()?.as_u64();
    (bytes < u64::MAX).then_some(bytes)
}

/// A duration as [`duration`] reads it back, in the shortest exact form: `45s`, `1m 30s`.
pub(super) fn write_duration(value: Duration) -> String {
    humantime::format_duration(value).to_string()
}

/// A size as [`size`] reads it back: the largest unit that divides it, so that nothing is rounded.
pub(super) fn write_size(bytes: u64) -> String {
    const UNITS: [(&str, u32); 4] = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)];
    for (unit, shift) in UNITS {
        let count = bytes >> shift;
        if count > 0 && count << shift == bytes {
            return format!("{count}{unit}");
        }
    }
    format!("{bytes}B")
}

/// A TOML string.
pub(super) fn quote(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A TOML list of strings.
pub(super) fn list(items: &[String]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| quote(item)).collect();
    format!("[{}]", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn people_write_sizes_in_many_ways() {
        for (text, bytes) in [
            ("64MiB", 64 << 20),
            ("1 GiB", 1 << 30),
            ("1.5KiB", 1536),
            ("2MB", 2_000_000),
            ("100", 100),
            ("7B", 7),
        ] {
            assert_eq!(size(text), Some(bytes), "{text}");
        }
        for text in ["", "MiB", "-1", "64 parsecs", "99999999999999999999 EiB"] {
            assert_eq!(size(text), None, "{text}");
        }
    }

    #[test]
    fn a_duration_needs_its_unit() {
        assert_eq!(duration("250ms"), Some(Duration::from_millis(250)));
        assert_eq!(duration("1m 30s"), Some(Duration::from_secs(90)));
        for text in ["", "45", "-1s", "5 apples"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn a_regex_is_one_item() {
        assert_eq!(Given::Text("^a{1,2}".into()).items(), ["^a{1,2}"]);
        assert_eq!(Given::Text(" a, b ,,".into()).items(), ["a", "b"]);
        assert_eq!(Given::List(vec!["a,b".into()]).items(), ["a,b"]);
    }

    proptest! {
        #[test]
        fn sizes_and_durations_read_back(bytes in 0..u64::MAX / 2, nanos in 0..u64::MAX / 2) {
            prop_assert_eq!(size(&write_size(bytes)), Some(bytes));
            let took = Duration::from_nanos(nanos);
            prop_assert_eq!(duration(&write_duration(took)), Some(took));
        }

        #[test]
        fn quoted_text_reads_back(text in "\\PC*") {
            let line = format!("a = {}", quote(&text));
            let table: toml::Table = line.parse().unwrap();
            prop_assert_eq!(table["a"].as_str(), Some(text.as_str()));
        }
    }
}
