//! Bytes to a [`Document`]: compression, envelope, format, encoding, fields. Knows no Kafka, no
//! clock and no environment.
//!
//! The format is what the caller insists on, else what the content type says, else what the value
//! looks like; formats that share a syntax (JSON, XML) are told apart by their keys or their root. One
//! value is one article: a feed, a list or an archive of several is refused. All that is refused says what
//! was expected and what was found ([`DecodeError`]).

mod address;
mod authors;
mod charset;
mod compression;
mod content_type;
mod desk;
mod document;
mod envelope;
mod error;
mod family;
mod html;
mod json;
mod limits;
mod sniff;
mod story;
mod warc;
mod xml;

pub(crate) use address::without_tracking;
pub use document::{Document, Fields, Layout, Stated, StatedDate};
pub use error::DecodeError;
pub(crate) use html::FOREIGN_PLACE;
pub use html::{HeadlineCandidate, PageLine, trait_names};
pub use limits::DecodeLimits;

use crate::article::RawArticle;
use crate::budget::Budget;
use charset::Declaration;
use content_type::{MediaType, header};
use desk::{Desk, Wrapping};

/// Decodes a raw article.
///
/// Spends one step a byte after expansion, and some more for each element of a page or of XML.
///
/// # Errors
/// [`DecodeError`]: the value is empty, binary, damaged, over a limit, or holds no text.
///
/// ```
/// use copydesk::article::{Format, RawArticle};
/// use copydesk::budget::Budget;
/// use copydesk::decode::{DecodeLimits, decode};
///
/// let value = br#"{"title": "Ferry runs aground", "text": "It sailed at noon."}"#;
/// let raw = RawArticle { value: value[..].into(), ..RawArticle::default() };
/// let document = decode(&raw, &DecodeLimits::default(), &mut Budget::default())?;
/// assert_eq!(document.format, Format::Json);
/// assert_eq!(document.layout.text, "Ferry runs aground\nIt sailed at noon.");
/// # Ok::<(), copydesk::decode::DecodeError>(())
/// ```
pub fn decode(raw: &RawArticle, limits: &DecodeLimits, budget: &mut Budget) -> Result<Document, DecodeError> {
    if raw.value.is_empty() {
        return Err(DecodeError::EmptyValue);
    }
    let media = header(&raw.headers, "content-type").map(MediaType::parse);
    let content_encoding = header(&raw.headers, "content-encoding");
    let mut desk = Desk { limits, budget };
    let mut document = desk.read(&raw.value, content_encoding, raw.format, media.as_ref(), Wrapping::None)?;
    if let Some(text) = header(&raw.headers, "last-modified") {
        document.stated.served(text);
    }
    Ok(document)
}

/// The lines of a page of HTML that may be its article's, with what is seen of each: what the weights that choose
/// among them are fitted with (`cargo run -p xtask -- fit`).
///
/// # Errors
/// [`DecodeError`] as for [`decode`].
pub fn page_lines(
    page: &[u8],
    limits: &DecodeLimits,
    budget: &mut Budget,
) -> Result<Vec<PageLine>, DecodeError> {
    let page = charset::decode(page.into(), None, Declaration::OfPage)?;
    html::lines_to_fit(&page.text, limits, budget)
}

#[cfg(test)]
mod tests;
