//! The order of decoding: each value goes through the steps that its look or its content type asks for.

use serde_json::Value;

use super::charset::{self, Declaration, Decoded};
use super::content_type::{Kind, MediaType};
use super::envelope::{self, Data};
use super::family::Family;
use super::sniff::{self, Looks};
use super::story::Story;
use super::{
    DecodeError, DecodeLimits, Document, Fields, Layout, Stated, compression, html, json, warc, xml,
};
use crate::article::{EncodingUsed, Flag, Format};
use crate::budget::Budget;

/// What was taken off already: one envelope may wrap an article, and one archive, not two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapping {
    /// Nothing yet.
    None,
    /// A CloudEvent.
    Event,
    /// An archive.
    Archive,
}

/// What every step of decoding needs.
pub(super) struct Desk<'a> {
    pub(super) limits: &'a DecodeLimits,
    pub(super) budget: &'a mut Budget,
}

impl Desk<'_> {
    pub(super) fn read(
        &mut self,
        value: &[u8],
        content_encoding: Option<&str>,
        wanted: Option<Format>,
        media: Option<&MediaType>,
        wrapping: Wrapping,
    ) -> Result<Document, DecodeError> {
        let value = compression::expand(value, content_encoding, self.limits.max_expanded)?;
        if value.is_empty() {
            return Err(DecodeError::EmptyValue);
        }
        self.budget.spend(value.len())?;
        // The bytes of an archive are those of its records: no one encoding, and maybe compressed.
        if wrapping != Wrapping::Archive && is_archive(&value, wanted, media) {
            return self.archive(&value);
        }
        let charset = media.and_then(|media| media.charset.as_deref());
        let (decoded, family) = if let Some((bom, is_marked)) = charset::wide(&value, charset) {
            let decoded = charset::decode_wide(&value, bom, is_marked, charset)?;
            let family = family_of(decoded.text.as_bytes(), wanted, media)?;
            (decoded, family)
        } else {
            if let Some(found) = sniff::binary_kind(&value) {
                return Err(DecodeError::BinaryValue { found, bytes: value.len() });
            }
            let family = family_of(charset::past_bom(&value), wanted, media)?;
            let declaration = match family {
                Family::Html => Declaration::OfPage,
                Family::Xml => Declaration::OfXml,
                Family::Text | Family::Json | Family::Warc => Declaration::Nowhere,
            };
            (charset::decode(value, charset, declaration)?, family)
        };
        let is_event = media.is_some_and(|media| media.kind == Kind::CloudEvent);
        self.decoded(decoded, family, wanted, is_event, wrapping)
    }

    /// Reads what is text by now.
    fn decoded(
        &mut self,
        decoded: Decoded,
        family: Family,
        wanted: Option<Format>,
        is_event: bool,
        wrapping: Wrapping,
    ) -> Result<Document, DecodeError> {
        match family {
            Family::Text => text(decoded),
            Family::Html => self.html(decoded),
            Family::Xml => self.xml(decoded, wanted),
            Family::Warc => Err(DecodeError::UnsupportedShape {
                expected: "an article in an archive",
                found: "an archive in an archive".to_owned(),
            }),
            Family::Json => {
                let parsed = json::parse(&decoded.text, self.limits.max_json_depth)?;
                let notes = Notes::of(decoded, parsed.repaired);
                let may_come = wrapping == Wrapping::None;
                let is_event =
                    may_come && (is_event || parsed.value.as_object().is_some_and(envelope::is_event));
                if is_event {
                    self.event(parsed.value, notes, wanted)
                } else {
                    self.json(parsed.value, notes, wanted)
                }
            }
        }
    }

    /// The article in the data of a CloudEvent.
    fn event(&mut self, value: Value, notes: Notes, wanted: Option<Format>) -> Result<Document, DecodeError> {
        let event = envelope::unwrap(value)?;
        let media = event.media.as_ref();
        match event.data {
            Data::Json(value) => self.json(value, notes, wanted),
            Data::Binary(bytes) => self.read(&bytes, None, None, media, Wrapping::Event),
            Data::Text(data) => {
                // A string is Unicode already; its charset was the envelope's. JSON may hold a string,
                // so only the look of it tells whether that string is JSON once more.
                let media = media.filter(|media| media.kind != Kind::Known(Family::Json));
                if is_archive(data.as_bytes(), None, media) {
                    return self.archive(data.as_bytes());
                }
                let family = family_of(data.as_bytes(), None, media)?;
                self.decoded(notes.with_text(data), family, None, false, Wrapping::Event)
            }
        }
    }

    /// The article in the one record of an archive that holds any.
    fn archive(&mut self, value: &[u8]) -> Result<Document, DecodeError> {
        let capture = warc::read(value, self.limits)?;
        let media = capture.content_type.as_deref().map(MediaType::parse);
        let encoding = capture.content_encoding.as_deref();
        let mut document = self.read(&capture.content, encoding, None, media.as_ref(), Wrapping::Archive)?;
        document.format = Format::Warc;
        document.stated.url = capture.url.or(document.stated.url);
        document.fetched_ms = capture.fetched_ms;
        if let Some(text) = &capture.last_modified {
            document.stated.served(text);
        }
        if capture.truncated {
            document.flags.push(Flag::Truncated);
            document.flags.sort_unstable();
        }
        Ok(document)
    }

    fn html(&mut self, decoded: Decoded) -> Result<Document, DecodeError> {
        let page = html::read(&decoded.text, self.limits, self.budget)?;
        let notes = Notes::of(decoded, false);
        let layout = Layout::of_fields(page.headline.as_deref(), &page.body);
        let document = notes.document(Format::Html, layout, page.stated, page.flags);
        Ok(Document { headlines: page.headlines, ..document })
    }

    fn xml(&mut self, decoded: Decoded, wanted: Option<Format>) -> Result<Document, DecodeError> {
        let root = xml::parse(&decoded.text, self.limits, self.budget)?;
        match xml::read(&root, wanted, self.limits, self.budget)? {
            xml::Found::Page => self.html(decoded),
            xml::Found::Story(format, mut story) => {
                let text = story.text(|| format!("a `{}` without the text of one", root.name()))?;
                Ok(Notes::of(decoded, false).story(format, *story, &text))
            }
        }
    }

    fn json(&mut self, value: Value, notes: Notes, wanted: Option<Format>) -> Result<Document, DecodeError> {
        let format = wanted
            .filter(|format| matches!(format, Format::Ninjs | Format::JsonLd))
            .unwrap_or_else(|| json::vocabulary(&value));
        if format == Format::Ninjs {
            let mut story = json::ninjs(value, self.limits, self.budget)?;
            let text = story.text(|| "a ninjs object without a body or a description".to_owned())?;
            return Ok(notes.story(format, story, &text));
        }
        let fields = if format == Format::JsonLd { json::linked(value)? } else { json::find(value)? };
        let keys = fields.keys.clone();
        let mut story = self.fields(fields)?;
        let text = story.text(|| {
            format!(
                "an object with the keys {keys}, and none of `text`, `body`, `content`, `maintext`, \
                 `articleBody`, `content_text`, `html` holds any"
            )
        })?;
        Ok(notes.story(format, story, &text))
    }

    /// The body out of the fields of a scraper, which may be text, markup or a whole page.
    fn fields(&mut self, mut fields: json::Fields) -> Result<Story, DecodeError> {
        let mut flags = Vec::new();
        // A body that is a whole page is a page.
        if fields.body.as_deref().is_some_and(sniff::is_page) {
            fields.html = fields.body.take();
        }
        let body = match (fields.body.take(), fields.html.take()) {
            (Some(body), _) if sniff::is_markup(body.as_bytes()) => {
                self.budget.spend(body.len())?;
                html::fragment_text(&body)
            }
            (Some(body), _) => body,
            (None, Some(markup)) => match html::read(&markup, self.limits, self.budget) {
                Ok(page) => {
                    fields.headline = fields.headline.or(page.headline);
                    fields.stated.fill_from(page.stated);
                    flags = page.flags;
                    page.body
                }
                Err(DecodeError::NoText { .. }) => String::new(),
                Err(error) => return Err(error),
            },
            (None, None) => String::new(),
        };
        let summary = fields.summary.take().map(|summary| {
            if sniff::is_markup(summary.as_bytes()) { html::fragment_text(&summary) } else { summary }
        });
        Ok(Story { headline: fields.headline, body, summary, stated: fields.stated, flags })
    }
}

fn text(decoded: Decoded) -> Result<Document, DecodeError> {
    if decoded.text.trim_ascii().is_empty() || decoded.text.trim().is_empty() {
        return Err(DecodeError::NoText { found: format!("{} bytes of white space", decoded.text.len()) });
    }
    let (text, notes) = Notes::split(decoded);
    Ok(notes.document(Format::Text, Layout { text, fields: Fields::Scraped }, Stated::default(), Vec::new()))
}

/// Whether to read a value as an archive.
fn is_archive(value: &[u8], wanted: Option<Format>, media: Option<&MediaType>) -> bool {
    match wanted {
        Some(wanted) => wanted == Format::Warc,
        None => match media.map(|media| media.kind) {
            Some(Kind::Known(family)) => family == Family::Warc,
            Some(Kind::CloudEvent | Kind::Unsupported) => false,
            Some(Kind::Unknown) | None => warc::looks(value),
        },
    }
}

/// The syntax to read a value in; its bytes keep ASCII as it is and have no BOM.
fn family_of(value: &[u8], wanted: Option<Format>, media: Option<&MediaType>) -> Result<Family, DecodeError> {
    if let Some(format) = wanted {
        return Ok(Family::of(format));
    }
    match media.map(|media| media.kind) {
        // Pages are served as XML too, and need not be well-formed to be read.
        Some(Kind::Known(Family::Xml)) if sniff::looks(value) == Looks::Like(Family::Html) => {
            Ok(Family::Html)
        }
        Some(Kind::Known(family)) => Ok(family),
        Some(Kind::CloudEvent) => Ok(Family::Json),
        Some(Kind::Unsupported) => {
            let name = media.map(|media| media.name.clone()).unwrap_or_default();
            Err(DecodeError::UnsupportedShape {
                expected: "a content type of text, HTML, JSON, XML or WARC",
                found: name,
            })
        }
        Some(Kind::Unknown) | None => match sniff::looks(value) {
            Looks::Like(family) => Ok(family),
            Looks::JsonList => Ok(Family::Json),
        },
    }
}

/// What was noticed on the way to the text.
#[derive(Debug)]
struct Notes {
    encoding: EncodingUsed,
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

    fn story(self, format: Format, story: Story, text: &str) -> Document {
        let layout = Layout::of_fields(story.headline.as_deref(), text);
        self.document(format, layout, story.stated, story.flags)
    }

    fn document(self, format: Format, layout: Layout, stated: Stated, mut flags: Vec<Flag>) -> Document {
        if self.mismatch {
            flags.push(Flag::EncodingMismatch);
        }
        if self.undecodable {
            flags.push(Flag::UndecodableBytes);
        }
        flags.sort_unstable();
        Document {
            format,
            encoding: self.encoding,
            layout,
            stated,
            headlines: Vec::new(),
            flags,
            fetched_ms: None,
        }
    }
}
