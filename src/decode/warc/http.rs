//! The HTTP response in the block of a record: status, headers, and the content without its framing.

use std::borrow::Cow;

use super::headers::{Headers, head};
use super::record::shown;
use crate::decode::DecodeError;

/// A response.
#[derive(Debug)]
pub(super) struct Response<'v> {
    /// Its fields.
    pub(super) headers: Headers,
    /// Its content, put together if it came in chunks; maybe still compressed.
    pub(super) content: Cow<'v, [u8]>,
    /// Whether the last chunk is missing.
    pub(super) truncated: bool,
}

/// Reads a response; `offset` is where it stands in the value, for errors.
///
/// # Errors
/// [`DecodeError::BadWarc`], [`DecodeError::UnsupportedShape`] for a response that brought no page.
pub(super) fn read(block: &[u8], offset: usize, limit: usize) -> Result<Response<'_>, DecodeError> {
    let first = block.get(..memchr::memchr(b'\n', block).unwrap_or(block.len())).unwrap_or_default();
    let status = status(first).ok_or_else(|| DecodeError::BadWarc {
        expected: "an HTTP response",
        found: shown(first),
        offset,
    })?;
    if !(200..300).contains(&status) {
        // The page that tells of an error is not the article.
        return Err(DecodeError::UnsupportedShape {
            expected: "a response with the status 2xx",
            found: status.to_string(),
        });
    }
    let head = head(block, offset)?;
    let content = block.get(head.length..).unwrap_or_default();
    let coding = head.headers.get("transfer-encoding").unwrap_or_default().to_ascii_lowercase();
    let is_chunked = coding.rsplit(',').next().is_some_and(|last| last.trim() == "chunked");
    // Crawlers put chunks together and leave the header.
    let joined = if is_chunked { join_chunks(content, limit) } else { None };
    let (content, truncated) = match joined {
        Some((content, whole)) => (Cow::Owned(content), !whole),
        None => (Cow::Borrowed(content), false),
    };
    Ok(Response { headers: head.headers, content, truncated })
}

/// The status of `HTTP/1.1 200 OK`.
fn status(line: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(line).ok()?.strip_prefix("HTTP/")?;
    let code = line.split_ascii_whitespace().nth(1)?;
    (code.len() == 3).then(|| code.parse().ok())?
}

/// Chunks put together, and whether the last one is there. `None` if `content` does not open with a chunk.
fn join_chunks(content: &[u8], limit: usize) -> Option<(Vec<u8>, bool)> {
    let mut joined = Vec::new();
    let mut rest = content;
    let mut is_first = true;
    loop {
        let Some((size, after)) = chunk_size(rest) else {
            return (!is_first).then_some((joined, false));
        };
        is_first = false;
        if size == 0 {
            return Some((joined, true));
        }
        let chunk = after.get(..size).unwrap_or(after);
        if joined.len().saturating_add(chunk.len()) > limit || chunk.len() < size {
            joined.extend_from_slice(chunk.get(..limit - joined.len().min(limit)).unwrap_or(chunk));
            return Some((joined, false));
        }
        joined.extend_from_slice(chunk);
        rest = after.get(size..).unwrap_or_default();
        rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
    }
}

/// The size of the chunk that `rest` opens with, and what follows that line.
fn chunk_size(rest: &[u8]) -> Option<(usize, &[u8])> {
    // Sixteen digits and an extension; a longer line is no size.
    let window = rest.get(..256).unwrap_or(rest);
    let end = memchr::memchr(b'\n', window)?;
    let line = std::str::from_utf8(rest.get(..end)?).ok()?;
    let digits = line.split(';').next()?.trim();
    let size = usize::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?;
    Some((size, rest.get(end + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(response: &str) -> (Vec<u8>, bool) {
        let read = read(response.as_bytes(), 0, 1 << 20).unwrap();
        (read.content.into_owned(), read.truncated)
    }

    #[test]
    fn chunks_are_put_together() {
        let chunked = |body: &str| {
            content(&format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n{body}"))
        };
        let cases = [
            ("3;ext=1\r\nIt \r\n6\r\nsails.\r\n0\r\nTrailer: x\r\n\r\n", "It sails.", false),
            ("3\nIt \n6\nsails.\n0\n\n", "It sails.", false),
            ("3\r\nIt \r\n6\r\nsai", "It sai", true),
            ("3\r\nIt \r\n", "It ", true),
            ("<p>Not in chunks at all.", "<p>Not in chunks at all.", false),
            ("ffffffffffffffff\r\nIt", "It", true),
            ("0\r\n\r\n", "", false),
        ];
        for (body, expected, truncated) in cases {
            assert_eq!(chunked(body), (expected.as_bytes().to_vec(), truncated), "{body}");
        }
        assert_eq!(content("HTTP/2 200\n\nIt sails."), (b"It sails.".to_vec(), false));
    }

    #[test]
    fn joined_chunks_end_at_the_limit() {
        let response =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nghijkl\r\n0\r\n\r\n";
        let read = read(response.as_bytes(), 0, 8).unwrap();
        assert_eq!((&*read.content, read.truncated), (&b"abcdefgh"[..], true));
    }

    #[test]
    fn only_a_page_that_was_served_is_read() {
        for (line, code) in
            [("HTTP/1.1 404 Not Found", "unsupported_shape"), ("HTTP/1.1 OK", "bad_warc"), ("", "bad_warc")]
        {
            assert_eq!(read(format!("{line}\r\n\r\n").as_bytes(), 0, 9).unwrap_err().code(), code, "{line}");
        }
    }
}
