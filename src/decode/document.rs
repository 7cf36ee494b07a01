//! What decoding gives to normalization: a text laid out in fields, and what the source says of it.

use std::borrow::Cow;

use crate::article::{Access, EncodingUsed, Flag, Format};
use crate::offsets::{Bytes, Span};

/// A decoded article: Unicode text, laid out, not yet cleaned.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The format it was read as.
    pub format: Format,
    /// Declared and used encoding.
    pub encoding: EncodingUsed,
    /// The raw text and its fields. For plain text: the decoded value itself, without its BOM. For
    /// JSON and HTML: the headline, an LF, and the body, laid out from the fields or the page.
    pub layout: Layout,
    /// What the source says about the article.
    pub stated: Stated,
    /// What decoding noticed.
    pub flags: Vec<Flag>,
}

/// The raw text that parts and edits of the record count in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The raw text.
    pub text: String,
    /// Which of it is known to be what.
    pub fields: Fields,
}

impl Document {
    /// A document of UTF-8 text about which nothing else is known.
    #[must_use]
    pub fn of_layout(layout: Layout) -> Self {
        Self {
            format: Format::Text,
            encoding: EncodingUsed { declared: None, used: "utf-8".to_owned() },
            layout,
            stated: Stated::default(),
            flags: Vec::new(),
        }
    }
}

impl Layout {
    /// A scraped text.
    #[must_use]
    pub fn scraped(text: impl Into<String>) -> Self {
        Self { text: text.into(), fields: Fields::Scraped }
    }
}

/// What is known about the fields of a raw text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fields {
    /// Nothing: normalization looks for headline and date line itself.
    Scraped,
    /// The source names them. What lies outside both (the LF between) is an edit.
    Named {
        /// The headline, if there is one.
        headline: Option<Span<Bytes>>,
        /// The body.
        body: Span<Bytes>,
    },
}

impl Layout {
    /// Lays out a headline and a body as `headline LF body`.
    #[must_use]
    pub fn of_fields(headline: Option<&str>, body: &str) -> Self {
        let mut text = String::with_capacity(headline.map_or(0, str::len) + 1 + body.len());
        let headline_span = headline.map(|headline| {
            text.push_str(headline);
            let span = Span::new(0, text.len());
            text.push('\n');
            span
        });
        let start = text.len();
        text.push_str(body);
        let body_span = Span::new(start, text.len());
        Self { text, fields: Fields::Named { headline: headline_span, body: body_span } }
    }
}

/// What the source says about its article, as written: nothing is judged yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stated {
    /// `url`, `link`.
    pub url: Option<String>,
    /// `canonical_url`, `<link rel=canonical>`.
    pub canonical_url: Option<String>,
    /// Site name.
    pub site: Option<String>,
    /// Names of authors, one an element where the source lists them.
    pub authors: Vec<String>,
    /// Bylines as the page shows them, the surest first; used where `authors` names nobody but the site.
    pub bylines: Vec<String>,
    /// Language as stated (`en-GB`).
    pub language: Option<String>,
    /// The part of the site that it stands in (`World`).
    pub section: Option<String>,
    /// Address of its picture.
    pub image: Option<String>,
    /// Whether it is free to read.
    pub access: Option<Access>,
    /// Dates of publication, in the order of the page.
    pub dates: Vec<StatedDate>,
    /// Dates of the last change.
    pub modified: Vec<StatedDate>,
}

/// A date that the source states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedDate {
    /// Where it stood: becomes `evidence.kind` (`field`, `json_ld`, `meta`, `time_element` …).
    pub kind: &'static str,
    /// The name of the field, the key or the `meta` there.
    pub place: Option<Cow<'static, str>>,
    /// As written.
    pub text: String,
}
