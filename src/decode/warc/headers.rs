//! Header fields as WARC and HTTP both write them.

use crate::decode::DecodeError;

/// The most bytes of one block of headers.
const MAX_BYTES: usize = 64 << 10;

/// Header fields, in their order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Headers(Vec<(String, String)>);

impl Headers {
    /// The first value of a field, by its name in lower case; `None` if it is absent or empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(key, _)| key == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }
}

/// The headers below a first line.
#[derive(Debug)]
pub(super) struct Head {
    /// The fields.
    pub(super) headers: Headers,
    /// Bytes up to the end of the empty line that closes them.
    pub(super) length: usize,
}

/// Reads the head that `value` opens with; its lines end in CRLF, or LF alone. `offset` is where it stands,
/// for errors.
///
/// # Errors
/// [`DecodeError::BadWarc`].
pub(super) fn head(value: &[u8], offset: usize) -> Result<Head, DecodeError> {
    let bad = |expected, found: &str, at: usize| DecodeError::BadWarc {
        expected,
        found: found.to_owned(),
        offset: offset + at,
    };
    let window = value.get(..MAX_BYTES).unwrap_or(value);
    let mut headers: Vec<(String, String)> = Vec::new();
    let mut is_first = true;
    let mut at = 0;
    loop {
        let rest = window.get(at..).unwrap_or_default();
        let Some(end) = memchr::memchr(b'\n', rest) else {
            let whole = window.len() == value.len();
            let found =
                if whole { "the end of the value within the headers" } else { "more than 64 KiB of headers" };
            return Err(bad("headers that an empty line ends", found, window.len()));
        };
        let line = rest.get(..end).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let here = at;
        at += end + 1;
        if std::mem::take(&mut is_first) {
            continue;
        }
        if line.is_empty() {
            return Ok(Head { headers: Headers(headers), length: at });
        }
        let text = String::from_utf8_lossy(line);
        if text.starts_with([' ', '\t']) {
            // The value goes on.
            if let Some((_, value)) = headers.last_mut() {
                value.push(' ');
                value.push_str(text.trim());
            }
            continue;
        }
        let Some((name, value)) = text.split_once(':') else {
            return Err(bad("a header field", "a line without a colon", here));
        };
        headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_with_either_line_end() {
        for end in ["\r\n", "\n"] {
            let text = format!("First{end}A: 1{end}b :two{end}  three{end}A: 2{end}empty:{end}{end}rest");
            let head = head(text.as_bytes(), 0).unwrap();
            let of = |name| head.headers.get(name);
            assert_eq!((of("a"), of("b"), of("empty"), of("c")), (Some("1"), Some("two three"), None, None));
            assert_eq!(&text[head.length..], "rest");
        }
    }

    #[test]
    fn headers_end_at_their_limit() {
        let text = format!("First\n{}", "a: b\n".repeat(20_000));
        let error = head(text.as_bytes(), 7).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected headers that an empty line ends, found more than 64 KiB of headers at byte 65543"
        );
    }
}
