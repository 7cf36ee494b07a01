//! How bytes are taken apart before anything is looked for in them: what a content type or the look of
//! a value tells. Which format it is, of those that share a syntax, its root or its keys tell.

use crate::article::Format;

/// The syntax of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// Plain text.
    Text,
    /// A page.
    Html,
    /// JSON: of a scraper, ninjs, JSON-LD.
    Json,
    /// XML that is no page: NewsML-G2, NITF, RSS, Atom.
    Xml,
    /// Records of a web archive.
    Warc,
}

impl Family {
    /// The syntax of a format.
    pub(super) fn of(format: Format) -> Self {
        match format {
            Format::Text => Self::Text,
            Format::Html => Self::Html,
            Format::Json | Format::Ninjs | Format::JsonLd => Self::Json,
            Format::NewsMlG2 | Format::Nitf | Format::Rss | Format::Atom => Self::Xml,
            Format::Warc => Self::Warc,
        }
    }
}
