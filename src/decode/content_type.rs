//! What the headers of a record say about its value.

use super::family::Family;
use crate::article::Headers;

/// The last value of header `name` (any case) that is UTF-8.
pub(super) fn header<'h>(headers: &'h Headers, name: &str) -> Option<&'h str> {
    headers
        .iter()
        .rev()
        .filter(|(candidate, _)| candidate.eq_ignore_ascii_case(name))
        .find_map(|(_, value)| std::str::from_utf8(value.as_deref()?).ok())
        .map(str::trim)
        .filter(|value| !value.is_empty())
}

/// What a media type says of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The syntax; the formats that share one are told apart by what they hold.
    Known(Family),
    /// A CloudEvent in structured mode.
    CloudEvent,
    /// Something that is never an article.
    Unsupported,
    /// Nothing that helps (`application/octet-stream`, unknown): sniff.
    Unknown,
}

/// A parsed `content-type`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MediaType {
    /// As written, without parameters, lower case.
    pub(super) name: String,
    /// What it says of the value.
    pub(super) kind: Kind,
    /// The `charset` parameter, lower case.
    pub(super) charset: Option<String>,
}

impl MediaType {
    /// Reads `text/html; charset="utf-8"`.
    pub(super) fn parse(written: &str) -> Self {
        let mut pieces = written.split(';');
        let name = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
        let charset = pieces
            .filter_map(|parameter| parameter.split_once('='))
            .find(|(key, _)| key.trim().eq_ignore_ascii_case("charset"))
            .map(|(_, value)| value.trim().trim_matches(['"', '\'']).trim().to_ascii_lowercase())
            .filter(|charset| !charset.is_empty());
        let kind = kind_of(&name);
        Self { name, kind, charset }
    }
}

fn kind_of(name: &str) -> Kind {
    let family = name.split('/').next().unwrap_or_default();
    match name {
        "text/plain" | "text/markdown" => Kind::Known(Family::Text),
        "text/html" | "application/xhtml+xml" => Kind::Known(Family::Html),
        "application/json" | "text/json" | "application/ld+json" => Kind::Known(Family::Json),
        "application/xml" | "text/xml" | "text/vnd.iptc.nitf" | "text/vnd.iptc.newsml" => {
            Kind::Known(Family::Xml)
        }
        "application/warc" => Kind::Known(Family::Warc),
        "application/cloudevents+json" => Kind::CloudEvent,
        "application/cloudevents-batch+json" | "application/pdf" => Kind::Unsupported,
        _ if matches!(family, "image" | "audio" | "video" | "font") => Kind::Unsupported,
        _ if name.ends_with("+json") => Kind::Known(Family::Json),
        _ if name.ends_with("+xml") => Kind::Known(Family::Xml),
        _ => Kind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn media_types_say_what_the_value_is() {
        let cases = [
            ("text/html; charset=\"Windows-1252\"", Kind::Known(Family::Html), Some("windows-1252")),
            ("application/json", Kind::Known(Family::Json), None),
            ("application/vnd.paper+json;v=1; Charset = utf-8 ", Kind::Known(Family::Json), Some("utf-8")),
            ("TEXT/PLAIN;charset=", Kind::Known(Family::Text), None),
            ("application/cloudevents+json", Kind::CloudEvent, None),
            ("image/png", Kind::Unsupported, None),
            ("image/svg+xml", Kind::Unsupported, None),
            ("application/rss+xml; charset=UTF-8", Kind::Known(Family::Xml), Some("utf-8")),
            ("application/vnd.iptc.g2.newsitem+xml", Kind::Known(Family::Xml), None),
            ("text/vnd.IPTC.NITF", Kind::Known(Family::Xml), None),
            ("application/warc", Kind::Known(Family::Warc), None),
            ("application/octet-stream", Kind::Unknown, None),
            ("", Kind::Unknown, None),
        ];
        for (written, kind, charset) in cases {
            let parsed = MediaType::parse(written);
            assert_eq!((parsed.kind, parsed.charset.as_deref()), (kind, charset), "{written}");
        }
    }

    #[test]
    fn the_last_header_that_has_a_value_counts() {
        let headers = vec![
            ("Content-Type".to_owned(), Some(Bytes::from_static(b"text/html"))),
            ("content-type".to_owned(), Some(Bytes::from_static(b" text/plain "))),
            ("content-type".to_owned(), None),
        ];
        assert_eq!(header(&headers, "content-type"), Some("text/plain"));
        assert_eq!(header(&headers, "content-encoding"), None);
    }
}
