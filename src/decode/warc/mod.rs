//! Web archives: the one record of a WARC that holds a page or another resource.
//!
//! Crawlers write a request, a response and metadata of one capture together: all but the response (or a
//! resource that was archived without HTTP) are passed over. Two captures are two articles, and one record
//! is one article: such a value is refused.
//!
//! Source: ISO 28500, WARC/1.0 and WARC/1.1; RFC 9110 and RFC 9112 for what stands in a response.

mod headers;
mod http;
mod record;

use std::borrow::Cow;

use self::record::Record;
use super::story::address;
use super::{DecodeError, DecodeLimits};

/// How many kinds of records an error names.
const KINDS_NAMED: usize = 6;

/// What was captured.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Capture<'v> {
    /// `WARC-Target-URI`.
    pub(super) url: Option<String>,
    /// `WARC-Date`, milliseconds since 1970 UTC.
    pub(super) fetched_ms: Option<i64>,
    /// The content type of the resource, as served.
    pub(super) content_type: Option<String>,
    /// The content encoding of the resource, as served.
    pub(super) content_encoding: Option<String>,
    /// The last change of the resource, as served.
    pub(super) last_modified: Option<String>,
    /// The resource, without the framing of its transfer, maybe compressed.
    pub(super) content: Cow<'v, [u8]>,
    /// Whether the crawler, or the transfer, cut it short.
    pub(super) truncated: bool,
}

/// Whether a value opens as a WARC record does.
pub(super) fn looks(value: &[u8]) -> bool {
    value.starts_with(b"WARC/1.") && value.get(7).is_some_and(u8::is_ascii_digit)
}

/// Reads the one capture in a value.
///
/// # Errors
/// [`DecodeError::BadWarc`] with the byte at fault, [`DecodeError::UnsupportedShape`] if there is no
/// capture, several, or one that failed.
pub(super) fn read<'v>(value: &'v [u8], limits: &DecodeLimits) -> Result<Capture<'v>, DecodeError> {
    let mut captures = 0_usize;
    let mut found: Option<Record<'v>> = None;
    let mut passed: Vec<String> = Vec::new();
    for record in record::records(value) {
        let record = record?;
        match record.kind().as_str() {
            "response" | "resource" => {
                captures += 1;
                found.get_or_insert(record);
            }
            other => {
                if passed.len() < KINDS_NAMED && passed.iter().all(|known| known != other) {
                    passed.push(other.to_owned());
                }
            }
        }
    }
    let expected = "one response or resource record";
    match found {
        Some(record) if captures == 1 => capture(&record, limits),
        Some(_) => Err(DecodeError::UnsupportedShape { expected, found: format!("{captures} of them") }),
        None => {
            Err(DecodeError::UnsupportedShape { expected, found: format!("only `{}`", passed.join("`, `")) })
        }
    }
}

fn capture<'v>(record: &Record<'v>, limits: &DecodeLimits) -> Result<Capture<'v>, DecodeError> {
    let fields = &record.headers;
    // WARC/1.0 has the address in angle brackets.
    let url = fields.get("warc-target-uri").map(|uri| uri.trim_matches(['<', '>'])).and_then(address);
    let fetched_ms = fields
        .get("warc-date")
        .and_then(|date| Some(date.trim().parse::<jiff::Timestamp>().ok()?.as_millisecond()));
    let truncated = fields.get("warc-truncated").is_some();
    if record.kind() == "resource" {
        return Ok(Capture {
            url,
            fetched_ms,
            content_type: fields.get("content-type").map(str::to_owned),
            content_encoding: None,
            last_modified: None,
            content: Cow::Borrowed(record.block),
            truncated,
        });
    }
    let media = fields.get("content-type").unwrap_or("application/http");
    if !media.trim_start().to_ascii_lowercase().starts_with("application/http") {
        return Err(DecodeError::UnsupportedShape {
            expected: "the response of a web server",
            found: format!("a response of type `{media}`"),
        });
    }
    let response = http::read(record.block, record.offset, limits.max_expanded)?;
    Ok(Capture {
        url,
        fetched_ms,
        content_type: response.headers.get("content-type").map(str::to_owned),
        content_encoding: response.headers.get("content-encoding").map(str::to_owned),
        last_modified: response.headers.get("last-modified").map(str::to_owned),
        content: response.content,
        truncated: truncated || response.truncated,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(version: &str, kind: &str, headers: &str, block: &str) -> String {
        format!(
            "WARC/{version}\r\nWARC-Type: {kind}\r\n{headers}Content-Length: {}\r\n\r\n{block}\r\n\r\n",
            block.len()
        )
    }

    fn response(headers: &str, http: &str) -> String {
        record(
            "1.1",
            "response",
            &format!("Content-Type: application/http;msgtype=response\r\n{headers}"),
            http,
        )
    }

    fn read(value: &str) -> Result<Capture<'_>, DecodeError> {
        super::read(value.as_bytes(), &DecodeLimits::default())
    }

    const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=x\r\nContent-Encoding: gzip\r\n\
         Last-Modified: Tue, 05 Mar 2024 08:00:00 GMT\r\n\r\n<p>It sails.";

    #[test]
    fn a_response_among_its_records_is_the_capture() {
        let value = [
            record("1.0", "warcinfo", "", "software: crawler"),
            record("1.0", "request", "", "GET / HTTP/1.1\r\n\r\n"),
            response("WARC-Target-URI: <https://post.example/1>\r\nWARC-Date: 2024-03-05T08:15:00Z\r\n", OK),
            record("1.0", "metadata", "", "fetchTimeMs: 12"),
        ]
        .concat();
        assert!(looks(value.as_bytes()));
        assert_eq!(
            read(&value).unwrap(),
            Capture {
                url: Some("https://post.example/1".to_owned()),
                fetched_ms: Some(1_709_626_500_000),
                content_type: Some("text/html; charset=x".to_owned()),
                content_encoding: Some("gzip".to_owned()),
                last_modified: Some("Tue, 05 Mar 2024 08:00:00 GMT".to_owned()),
                content: Cow::Borrowed(b"<p>It sails."),
                truncated: false,
            }
        );
    }

    #[test]
    fn a_resource_is_the_thing_itself() {
        let value = record(
            "1.1",
            "resource",
            "Content-Type: text/plain\r\nWARC-Truncated: length\r\nWARC-Date: 2024\r\n",
            "It sails.",
        );
        let capture = read(&value).unwrap();
        assert_eq!(
            (capture.content_type.as_deref(), &*capture.content),
            (Some("text/plain"), &b"It sails."[..])
        );
        assert_eq!((capture.truncated, capture.fetched_ms, capture.url), (true, None, None));
    }

    #[test]
    fn what_is_no_one_capture_is_refused() {
        let revisit = record("1.1", "revisit", "", OK) + &record("1.1", "request", "", "GET /");
        let dns = record("1.0", "response", "Content-Type: text/dns\r\n", "x");
        let moved = response("", "HTTP/1.1 301 Moved\r\nLocation: /2\r\n\r\n");
        let cases = [
            (response("", OK).repeat(2), "expected one response or resource record, found 2 of them"),
            (revisit, "expected one response or resource record, found only `revisit`, `request`"),
            (dns, "expected the response of a web server, found a response of type `text/dns`"),
            (moved, "expected a response with the status 2xx, found 301"),
        ];
        for (value, message) in cases {
            let error = read(&value).unwrap_err();
            assert_eq!(error.to_string(), message);
            assert_eq!(error.code(), "unsupported_shape");
        }
    }

    #[test]
    fn faults_say_at_which_byte() {
        let short = response("", OK);
        let length = short.len();
        let cases = [
            (&short[..length - 20], "bytes of the block: it is cut short at byte "),
            ("WARC/1.1\r\nWARC-Type: response\r\n", "the end of the value within the headers at byte 31"),
            ("WARC/1.1\r\nWARC-Type response\r\n\r\n", "a line without a colon at byte 10"),
            ("WARC/1.1\r\nWARC-Type: response\r\nContent-Length: many\r\n\r\n", "`many` at byte 55"),
            ("WARC/1.1\r\nWARC-Type: response\r\n\r\n", "none at byte 33"),
            ("WARX\r\n\r\n", "`WARX` at byte 0"),
        ];
        for (value, message) in cases {
            let error = read(value).unwrap_err();
            assert!(error.to_string().contains(message), "{error}");
            assert_eq!(error.code(), "bad_warc");
        }
        let no_http = response("", "It sails.");
        assert_eq!(
            read(&no_http).unwrap_err().to_string(),
            "expected an HTTP response, found `It sails.` at byte 101"
        );
    }
}
