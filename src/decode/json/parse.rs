//! Text to a JSON value, with the place of a fault.

use serde_json::Value;
use serde_json::error::Category;

use crate::decode::DecodeError;

/// A parsed value.
#[derive(Debug, PartialEq)]
pub(in crate::decode) struct Parsed {
    /// The value.
    pub(in crate::decode) value: Value,
    /// Whether lone surrogates (`\ud83d` without its other half) became U+FFFD.
    pub(in crate::decode) repaired: bool,
}

/// Parses `text` as one JSON value that nests at most `max_depth` deep.
///
/// # Errors
/// [`DecodeError::BadJson`], [`DecodeError::NestingLimit`].
pub(in crate::decode) fn parse(text: &str, max_depth: usize) -> Result<Parsed, DecodeError> {
    let too_deep = || DecodeError::NestingLimit { what: "a JSON value", limit: max_depth };
    let parsed = match serde_json::from_str::<Value>(text) {
        Ok(value) => Parsed { value, repaired: false },
        Err(error) => {
            // Its only error that a lone surrogate can cause; an escape that is no escape stays wrong.
            let repaired = repair_surrogates(text).ok_or(error);
            let retried = repaired.and_then(|text| serde_json::from_str::<Value>(&text));
            match retried {
                Ok(value) => Parsed { value, repaired: true },
                Err(error) if error.to_string().starts_with("recursion limit") => return Err(too_deep()),
                Err(error) => return Err(bad_json(&error)),
            }
        }
    };
    if is_deeper_than(&parsed.value, max_depth) {
        return Err(too_deep());
    }
    Ok(parsed)
}

fn bad_json(error: &serde_json::Error) -> DecodeError {
    let (line, column) = (error.line(), error.column());
    let words = error.to_string();
    let place = format!(" at line {line} column {column}");
    let words = words.strip_suffix(&place).unwrap_or(&words);
    let found = match error.classify() {
        Category::Eof => format!("the end of the value ({words}): it is cut short"),
        _ if words == "trailing characters" => "something after it (one record is one object)".to_owned(),
        _ => words.to_owned(),
    };
    DecodeError::BadJson { found, line, column }
}

/// Parsing bounds the depth already, so this recursion is bounded too.
fn is_deeper_than(value: &Value, limit: usize) -> bool {
    match value {
        Value::Array(items) => limit == 0 || items.iter().any(|item| is_deeper_than(item, limit - 1)),
        Value::Object(object) => limit == 0 || object.values().any(|item| is_deeper_than(item, limit - 1)),
        _ => false,
    }
}

/// `text` with each lone surrogate escape as `\ufffd` (the same length, so that places stay right);
/// `None` if there is none.
fn repair_surrogates(text: &str) -> Option<String> {
    let mut repaired: Option<Vec<u8>> = None;
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        let escape = at + found;
        let Some(unit) = unit_at(bytes, escape) else {
            at = escape + 2;
            continue;
        };
        let follower = unit_at(bytes, escape + 6);
        at = escape + 6;
        match unit {
            0xD800..=0xDBFF if follower.is_some_and(|low| (0xDC00..=0xDFFF).contains(&low)) => at += 6,
            0xD800..=0xDFFF => {
                let copy = repaired.get_or_insert_with(|| bytes.to_vec());
                if let Some(place) = copy.get_mut(escape + 2..escape + 6) {
                    place.copy_from_slice(b"fffd");
                }
            }
            _ => {}
        }
    }
    repaired.and_then(|bytes| String::from_utf8(bytes).ok())
}

/// The UTF-16 unit that a `\uXXXX` at `at` stands for.
fn unit_at(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    let digits = std::str::from_utf8(digits).ok()?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn faults_say_where_they_are() {
        let cases = [
            (
                "{\"title\": \"Fer",
                "expected one JSON object, found the end of the value (EOF while parsing a string): it is cut \
                 short at line 1 column 14",
            ),
            (
                "{\"a\": 1}\n{\"a\": 2}",
                "expected one JSON object, found something after it (one record is one object) at line 2 column 1",
            ),
            ("{\"a\": NaN}", "expected one JSON object, found expected value at line 1 column 7"),
        ];
        for (text, message) in cases {
            assert_eq!(parse(text, 64).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn lone_surrogates_become_replacement_characters() {
        let cases = [
            (r#"{"a":"x\ud83dy"}"#, json!({"a": "x\u{FFFD}y"})),
            (r#"{"a":"\ud83d\ud83d\ude00"}"#, json!({"a": "\u{FFFD}😀"})),
            (r#"{"a":"\ude00\\ud83d"}"#, json!({"a": "\u{FFFD}\\ud83d"})),
        ];
        for (text, value) in cases {
            assert_eq!(parse(text, 64), Ok(Parsed { value, repaired: true }), "{text}");
        }
        assert!(!parse(r#"{"a":"\ud83d\ude00"}"#, 64).unwrap().repaired);
        assert_eq!(parse(r#"{"a":"\ud83"}"#, 64).unwrap_err().code(), "bad_json");
    }

    #[test]
    fn depth_is_limited_by_the_setting_and_by_the_parser() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&nested(8), 8).is_ok());
        for depth in [9, 127, 128, 100_000] {
            assert_eq!(parse(&nested(depth), 8).unwrap_err().code(), "nesting_limit", "{depth}");
        }
    }
}
