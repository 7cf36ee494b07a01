//! The raw article: bytes as they came, and what is known about them.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// Headers of a Kafka record, in their order; a name may come twice, a value may be null.
pub type Headers = Vec<(String, Option<Bytes>)>;

/// The format of a raw article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Plain text as scraped: headline, date line, lead …
    Text,
    /// An HTML page.
    Html,
    /// One JSON object with the field names of the common scrapers. As what a caller insists on: any JSON,
    /// whose keys tell ninjs and JSON-LD.
    Json,
    /// One object of ninjs, the IPTC's news in JSON, 1.0 to 3.1.
    Ninjs,
    /// One article of schema.org in JSON-LD.
    #[serde(rename = "json-ld")]
    JsonLd,
    /// NewsML-G2 with one text item.
    #[serde(rename = "newsml-g2")]
    #[value(name = "newsml-g2")]
    NewsMlG2,
    /// One NITF document.
    Nitf,
    /// RSS with one item, or that item alone.
    Rss,
    /// Atom with one entry, or that entry alone.
    Atom,
    /// WARC with one response or resource record.
    Warc,
}

/// A raw article as it came, before anything was read.
#[derive(Debug, Clone, Default)]
pub struct RawArticle {
    /// The bytes of the value: maybe compressed, in any encoding.
    pub value: Bytes,
    /// The format that the caller insists on; `None`: content type, else sniffed.
    pub format: Option<Format>,
    /// Kafka headers (`content-type`, `ce_*`, `traceparent` …); empty for a file.
    pub headers: Headers,
    /// Input topic, if it came from one.
    pub topic: Option<String>,
    /// Input partition.
    pub partition: Option<i32>,
    /// Offset in the input partition.
    pub offset: Option<i64>,
    /// Kafka timestamp, milliseconds since 1970 UTC.
    pub timestamp_ms: Option<i64>,
    /// Kafka key.
    pub key: Option<Bytes>,
    /// Path as given on the command line, if it came from a file.
    pub file: Option<String>,
    /// The moment to read relative dates against, milliseconds since 1970 UTC: the Kafka timestamp,
    /// or `--as-of`. `None`: relative dates stay unread, future dates are not ruled out.
    pub as_of_ms: Option<i64>,
}

/// Milliseconds since 1970 UTC, as Kafka counts, in RFC 3339; `None` outside the calendar.
#[must_use]
pub fn rfc3339(milliseconds: i64) -> Option<String> {
    Some(jiff::Timestamp::from_millisecond(milliseconds).ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kafka_timestamps_are_rfc_3339() {
        assert_eq!(rfc3339(1_673_173_980_123).as_deref(), Some("2023-01-08T10:33:00.123Z"));
        assert_eq!(rfc3339(i64::MAX), None);
    }
}
