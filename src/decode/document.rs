//! What decoding gives to normalization: a text laid out in fields, and what the source says of it.

use std::borrow::Cow;

use super::HeadlineCandidate;
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
    /// all others: the headline, an LF, and the body, laid out from the fields or the page.
    pub layout: Layout,
    /// What the source says about the article.
    pub stated: Stated,
    /// The titles of a page that its headline was chosen from, the most votes first.
    pub headlines: Vec<HeadlineCandidate>,
    /// What decoding noticed.
    pub flags: Vec<Flag>,
    /// When the value was fetched, if it says so itself (WARC), milliseconds since 1970 UTC.
    pub fetched_ms: Option<i64>,
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
            headlines: Vec::new(),
            flags: Vec::new(),
            fetched_ms: None,
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
    /// The dateline, or only its place, where the source names it: used where the text has none.
    pub dateline: Option<String>,
    /// Dates of publication, in the order of the source: of those trusted alike the first wins.
    pub dates: Vec<StatedDate>,
    /// Dates of the last change.
    pub modified: Vec<StatedDate>,
}

impl Stated {
    /// Fills what is open from `other`, which is trusted less: its dates come behind the own ones.
    pub(super) fn fill_from(&mut self, other: Self) {
        self.url = self.url.take().or(other.url);
        self.canonical_url = self.canonical_url.take().or(other.canonical_url);
        self.site = self.site.take().or(other.site);
        self.language = self.language.take().or(other.language);
        self.section = self.section.take().or(other.section);
        self.image = self.image.take().or(other.image);
        self.access = self.access.or(other.access);
        self.dateline = self.dateline.take().or(other.dateline);
        if self.authors.is_empty() {
            self.authors = other.authors;
        }
        self.bylines = other.bylines;
        self.dates.extend(other.dates);
        self.modified.extend(other.modified);
    }

    /// Takes the header `last-modified` of what was served: it speaks for either date.
    pub(super) fn served(&mut self, last_modified: &str) {
        let text = last_modified.trim().to_owned();
        let date = StatedDate { kind: "http_header", place: Some("last-modified".into()), text };
        self.dates.push(date.clone());
        self.modified.push(date);
    }
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
