//! Bytes to a [`Document`]: compression, envelope, format, encoding, fields. Knows no Kafka, no
//! clock and no environment.
//!
//! The format is what the caller insists on, else what the content type says, else what the value
//! looks like. All that is refused says what was expected and what was found ([`DecodeError`]).

mod address;
mod authors;
mod charset;
mod compression;
mod content_type;
mod document;
mod envelope;
mod error;
mod html;
mod json;
mod limits;
mod sniff;

pub(crate) use address::without_tracking;
pub use document::{Document, Fields, Layout, Stated, StatedDate};
pub use error::DecodeError;
pub(crate) use html::FOREIGN_PLACE;
pub use html::{PageLine, trait_names};
pub use limits::DecodeLimits;

use crate::article::{Flag, Format, RawArticle};
use crate::budget::Budget;
use charset::Decoded;
use content_type::{Kind, MediaType, header};
use envelope::Data;
use serde_json::Value;
use sniff::Looks;

/// Decodes a raw article.
///
/// Spends one step a byte after expansion, and some more for each element of a page.
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
    let mut document =
        desk.read(&raw.value, content_encoding, raw.format, media.as_ref(), Envelope::MayCome)?;
    if let Some(text) = header(&raw.headers, "last-modified") {
        let date = StatedDate {
            kind: "http_header",
            place: Some("last-modified".into()),
            text: text.trim().to_owned(),
        };
        document.stated.dates.push(date.clone());
        document.stated.modified.push(date);
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
    let page = charset::decode(page.into(), None, true)?;
    html::lines_to_fit(&page.text, limits, budget)
}

/// Whether a CloudEvent may still wrap the article: one envelope is taken off, not two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Envelope {
    MayCome,
    TakenOff,
}

/// What every step of decoding needs.
struct Desk<'a> {
    limits: &'a DecodeLimits,
    budget: &'a mut Budget,
}

impl Desk<'_> {
    fn read(
        &mut self,
        value: &[u8],
        content_encoding: Option<&str>,
        wanted: Option<Format>,
        media: Option<&MediaType>,
        envelope: Envelope,
    ) -> Result<Document, DecodeError> {
        let value = compression::expand(value, content_encoding, self.limits.max_expanded)?;
        if value.is_empty() {
            return Err(DecodeError::EmptyValue);
        }
        self.budget.spend(value.len())?;
        let charset = media.and_then(|media| media.charset.as_deref());
        let (decoded, format) = if let Some((bom, is_marked)) = charset::wide(&value, charset) {
            let decoded = charset::decode_wide(&value, bom, is_marked, charset)?;
            let format = format_of(decoded.text.as_bytes(), wanted, media)?;
            (decoded, format)
        } else {
            if let Some(found) = sniff::binary_kind(&value) {
                return Err(DecodeError::BinaryValue { found, bytes: value.len() });
            }
            let format = format_of(charset::past_bom(&value), wanted, media)?;
            (charset::decode(value, charset, format == Format::Html)?, format)
        };
        let is_event =
            envelope == Envelope::MayCome && media.is_some_and(|media| media.kind == Kind::CloudEvent);
        match format {
            Format::Text => text(decoded),
            Format::Html => self.html(decoded),
            Format::Json => {
                let parsed = json::parse(&decoded.text, self.limits.max_json_depth)?;
                let notes = Notes::of(decoded, parsed.repaired);
                let is_event = is_event
                    || envelope == Envelope::MayCome
                        && parsed.value.as_object().is_some_and(envelope::is_event);
                if is_event { self.event(parsed.value, notes) } else { self.json(parsed.value, notes) }
            }
        }
    }

    /// The article in the data of a CloudEvent.
    fn event(&mut self, value: Value, notes: Notes) -> Result<Document, DecodeError> {
        let event = envelope::unwrap(value)?;
        let media = event.media.as_ref();
        match event.data {
            Data::Json(value) => self.json(value, notes),
            Data::Binary(bytes) => self.read(&bytes, None, None, media, Envelope::TakenOff),
            Data::Text(data) => {
                // A string is Unicode already; its charset was the envelope's. JSON may hold a string,
                // so only the look of it tells whether that string is JSON once more.
                let media = media.filter(|media| media.kind != Kind::Known(Format::Json));
                let format = format_of(data.as_bytes(), None, media)?;
                let decoded = notes.with_text(data);
                match format {
                    Format::Text => text(decoded),
                    Format::Html => self.html(decoded),
                    Format::Json => {
                        let parsed = json::parse(&decoded.text, self.limits.max_json_depth)?;
                        let notes = Notes::of(decoded, parsed.repaired);
                        self.json(parsed.value, notes)
                    }
                }
            }
        }
    }

    fn html(&mut self, decoded: Decoded) -> Result<Document, DecodeError> {
        let page = html::read(&decoded.text, self.limits, self.budget)?;
        let notes = Notes::of(decoded, false);
        let layout = Layout::of_fields(page.headline.as_deref(), &page.body);
        Ok(notes.document(Format::Html, layout, page.stated, page.flags))
    }

    fn json(&mut self, value: Value, notes: Notes) -> Result<Document, DecodeError> {
        let mut fields = json::find(value)?;
        let mut flags = Vec::new();
        // A body that is a whole page is a page.
        if fields.body.as_deref().is_some_and(sniff::is_page) {
            fields.html = fields.body.take();
        }
        let body = match (fields.body.take(), fields.html.take()) {
            (Some(body), _) if sniff::is_markup(body.as_bytes()) => {
                self.budget.spend(body.len())?;
                Some(html::fragment_text(&body))
            }
            (Some(body), _) => Some(body),
            (None, Some(markup)) => match html::read(&markup, self.limits, self.budget) {
                Ok(page) => {
                    fields.headline = fields.headline.or(page.headline);
                    fields.fill_stated(page.stated);
                    flags = page.flags;
                    Some(page.body)
                }
                Err(DecodeError::NoText { .. }) => None,
                Err(error) => return Err(error),
            },
            (None, None) => None,
        };
        let summary = fields.summary.take().map(|summary| {
            if sniff::is_markup(summary.as_bytes()) { html::fragment_text(&summary) } else { summary }
        });
        let body = body.filter(|body| !body.trim().is_empty()).or(summary);
        let Some(body) = body.filter(|body| !body.trim().is_empty()) else {
            return Err(DecodeError::NoText {
                found: format!(
                    "an object with the keys {}, and none of `text`, `body`, `content`, `maintext`, \
                     `articleBody`, `content_text`, `html` holds any",
                    fields.keys
                ),
            });
        };
        let layout = Layout::of_fields(fields.headline.as_deref(), &body);
        Ok(notes.document(Format::Json, layout, fields.stated, flags))
    }
}

fn text(decoded: Decoded) -> Result<Document, DecodeError> {
    if decoded.text.trim_ascii().is_empty() || decoded.text.trim().is_empty() {
        return Err(DecodeError::NoText { found: format!("{} bytes of white space", decoded.text.len()) });
    }
    let (text, notes) = Notes::split(decoded);
    Ok(notes.document(Format::Text, Layout { text, fields: Fields::Scraped }, Stated::default(), Vec::new()))
}

/// The format to read a value as; its bytes keep ASCII as it is and have no BOM.
fn format_of(value: &[u8], wanted: Option<Format>, media: Option<&MediaType>) -> Result<Format, DecodeError> {
    if let Some(format) = wanted {
        return Ok(format);
    }
    match media.map(|media| media.kind) {
        Some(Kind::Known(format)) => return Ok(format),
        Some(Kind::CloudEvent) => return Ok(Format::Json),
        Some(Kind::Unsupported) => {
            let name = media.map(|media| media.name.clone()).unwrap_or_default();
            return Err(DecodeError::UnsupportedShape {
                expected: "a content type of text, HTML or JSON",
                found: name,
            });
        }
        Some(Kind::Unknown) | None => {}
    }
    match sniff::looks(value) {
        Looks::Like(format) => Ok(format),
        Looks::JsonList => Ok(Format::Json),
        Looks::Xml => Err(DecodeError::UnsupportedShape {
            expected: "text, HTML or JSON",
            found: "XML that is no page (a feed, NewsML …)".to_owned(),
        }),
    }
}

/// What was noticed on the way to the text.
#[derive(Debug)]
struct Notes {
    encoding: crate::article::EncodingUsed,
    mismatch: bool,
    undecodable: bool,
}

impl Notes {
    fn split(decoded: Decoded) -> (String, Self) {
        let Decoded { text, encoding, mismatch, undecodable } = decoded;
        (text, Self { encoding, mismatch, undecodable })
    }

    fn of(decoded: Decoded, repaired: bool) -> Self {
        let (_, mut notes) = Self::split(decoded);
        notes.undecodable |= repaired;
        notes
    }

    fn with_text(self, text: String) -> Decoded {
        let Self { encoding, mismatch, undecodable } = self;
        Decoded { text, encoding, mismatch, undecodable }
    }

    fn document(self, format: Format, layout: Layout, stated: Stated, mut flags: Vec<Flag>) -> Document {
        if self.mismatch {
            flags.push(Flag::EncodingMismatch);
        }
        if self.undecodable {
            flags.push(Flag::UndecodableBytes);
        }
        flags.sort_unstable();
        Document { format, encoding: self.encoding, layout, stated, flags }
    }
}

#[cfg(test)]
mod tests;
