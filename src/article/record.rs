//! The record, `copydesk.article/1`. `docs/record.md` explains it, `copydesk schema` is its JSON
//! Schema. Within `/1` keys are only added.
//!
//! `None` is written as `null` (looked for, not found); the few keys that are absent when a stage is
//! off say so. The order of the fields is the order of the JSON keys, which is part of "the same
//! input gives the same bytes".

use serde::Serialize;

use super::Format;
use crate::offsets::{CodePoints, Span};

/// The value of `schema`.
pub const SCHEMA_NAME: &str = "copydesk.article/1";
/// The value of `offset_unit`: Unicode code points, end exclusive.
pub const OFFSET_UNIT: &str = "code_point";

/// An enriched article.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    /// [`SCHEMA_NAME`].
    pub schema: &'static str,
    /// [`OFFSET_UNIT`].
    pub offset_unit: &'static str,
    /// `urn:sha256:` of the raw value as it came.
    pub id: String,
    /// `urn:sha256:` of headline, LF, text: stable over re-crawls.
    pub content_id: String,
    /// Where the article was found, as stated by the input.
    pub url: Option<String>,
    /// The address that the page itself calls canonical.
    pub canonical_url: Option<String>,
    /// Where the raw value came from and how it was read.
    pub source: Source,
    /// The headline.
    pub headline: Option<String>,
    /// Who wrote it, as written; agencies and organisations too.
    pub authors: Vec<String>,
    /// Everybody who is credited, one by one, with what each is and did.
    pub credits: Vec<Credit>,
    /// `PRISTINA, Jan 8 (Reuters) -`.
    pub dateline: Option<Dateline>,
    /// When it was published, and how that was read.
    pub published: Option<Published>,
    /// When it was last changed, as the source states it.
    pub modified: Option<Published>,
    /// The part of the site that it stands in, as the source states it.
    pub section: Option<String>,
    /// Address of its picture.
    pub image_url: Option<String>,
    /// Whether it is free to read, if the source says so.
    pub access: Option<Access>,
    /// The language of the text.
    pub language: Option<Language>,
    /// The clean text: paragraphs joined by one LF.
    pub text: String,
    /// Paragraphs of `text`, without the LF between.
    pub paragraphs: Vec<Span<CodePoints>>,
    /// Sentences of `text`; none crosses a paragraph.
    pub sentences: Vec<Span<CodePoints>>,
    /// Which slices of the raw text became which field, sorted and disjoint.
    pub parts: Vec<Part>,
    /// What was cut or repaired, sorted and disjoint; each lies inside one part or outside all.
    pub edits: Vec<Edit>,
    /// Teasers of other articles, cut from the text.
    pub related: Vec<Related>,
    /// Entities; absent when tagging is off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entities: Option<Vec<Entity>>,
    /// What a reader should know: see [`Flag`].
    pub flags: Vec<Flag>,
    /// Counts of the text.
    pub stats: Stats,
    /// What made this record.
    pub processing: Processing,
}

/// Where the raw value came from and how it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Input topic.
    pub topic: Option<String>,
    /// Input partition.
    pub partition: Option<i32>,
    /// Offset in the partition.
    pub offset: Option<i64>,
    /// Kafka timestamp, RFC 3339 in UTC.
    pub timestamp: Option<String>,
    /// When it was fetched, for all that is known, RFC 3339 in UTC: `WARC-Date`, else the Kafka timestamp, or
    /// `--as-of`. No date more than a day after it is believed, and ages (`2 hours ago`) count from it.
    pub as_of: Option<String>,
    /// Key, if it is UTF-8.
    pub key: Option<String>,
    /// Key in base64, only where it is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_base64: Option<String>,
    /// Path as given on the command line.
    pub file: Option<String>,
    /// The format it was read as.
    pub format: Format,
    /// Declared and used encoding.
    pub encoding: EncodingUsed,
    /// Bytes of the raw value as it came.
    pub bytes: usize,
    /// Site name as the page or the scraper states it.
    pub site: Option<String>,
}

/// The encoding a source declared and the one that read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EncodingUsed {
    /// As declared by BOM, header or `meta`, lower case; null if none was.
    pub declared: Option<String>,
    /// WHATWG name, lower case.
    pub used: String,
}

/// Someone credited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Credit {
    /// Name as written.
    pub name: String,
    /// What it is.
    pub kind: CreditKind,
    /// `author`, `reporting`, `editing`, `writing`, `additional reporting`, `contributing`, `source` …
    pub role: String,
}

/// What is credited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CreditKind {
    /// A person.
    Person,
    /// A paper, broadcaster, ministry …
    Organisation,
    /// A news agency.
    Agency,
}

/// `PRISTINA, Jan 8 (Reuters) -`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dateline {
    /// The place as written.
    pub place: Option<String>,
    /// Its Wikidata id, if the tables hold it.
    pub qid: Option<String>,
    /// The agency in brackets, as written.
    pub agency: Option<String>,
}

/// Whether an article is free to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// To all.
    Free,
    /// To those who pay, or a few articles only.
    Paid,
}

/// When an article was published (or last changed), and how that was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Published {
    /// ISO 8601 local time as written, cut to its precision; offset appended only if stated.
    pub at: String,
    /// RFC 3339 in UTC; null if coarser than a minute.
    pub instant: Option<String>,
    /// How the zone is known.
    pub zone: ZoneKnowledge,
    /// How fine the date is.
    pub precision: Precision,
    /// As written.
    pub raw: String,
    /// Where in the raw text; null if it came from a field or a page's metadata.
    pub span: Option<Span<CodePoints>>,
    /// What speaks for this reading.
    pub evidence: Vec<Evidence>,
    /// Dates that were found and not taken.
    pub against: Vec<OtherDate>,
    /// Whether another reading remains.
    pub ambiguous: bool,
    /// All readings that remain when it is ambiguous.
    pub readings: Vec<Reading>,
}

/// How the zone of a date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ZoneKnowledge {
    /// Written beside the date.
    Stated,
    /// From the settings.
    Configured,
    /// UTC, for want of anything better.
    Assumed,
}

/// How fine a date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Only the year.
    Year,
    /// Year and month.
    Month,
    /// A day.
    Day,
    /// Hours and minutes.
    Minute,
    /// Seconds, or finer.
    Second,
}

/// One thing that speaks for a date.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// `date_line`, `dateline`, `weekday`, `field`, `json_ld`, `meta`, `microdata`, `time_element`, `url`,
    /// `visible` (a short text of the page), `script`.
    pub kind: String,
    /// The name of the field, the key or the `meta` there.
    pub place: Option<String>,
    /// The text that says it.
    pub text: String,
    /// How it was read.
    pub reading: String,
    /// How far that kind of place is trusted: 0 to 1, two decimals. The most trusted is taken.
    pub weight: f64,
}

/// A date that was not taken.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OtherDate {
    /// As [`Evidence::kind`]; also `http_header`.
    pub kind: String,
    /// As [`Evidence::place`].
    pub place: Option<String>,
    /// As written.
    pub text: String,
    /// How it was read; null if it could not be.
    pub reading: Option<String>,
    /// As [`Evidence::weight`].
    pub weight: f64,
    /// Why it was not taken: `another day`, `after as_of`, `unread`.
    pub because: &'static str,
}

/// One possible reading of a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// As [`Published::at`].
    pub at: String,
    /// The order it assumes, or what else makes it differ.
    pub because: String,
}

/// The language of a text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Language {
    /// BCP 47 tag (ISO 639-1 where there is one); `und` if it cannot be said.
    pub tag: String,
    /// 0 to 1, two decimals.
    pub confidence: f64,
}

/// A field of the record that is made of slices of the raw text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// `headline`.
    Headline,
    /// `text`.
    Text,
    /// One item of `related`.
    Related,
}

/// A slice of the raw text that became (part of) a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The field.
    pub field: Field,
    /// The slice.
    pub raw: Span<CodePoints>,
}

/// A cut or a repair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// The rule's name; `docs/rules.md` lists them.
    pub rule: &'static str,
    /// Where in the raw text.
    pub raw: Span<CodePoints>,
    /// What stood there: exactly that slice.
    pub cut: String,
    /// What stands there now; empty outside the parts.
    pub put: String,
    /// What else a reader may want to know.
    pub note: Option<String>,
}

/// A teaser of another article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Related {
    /// Its text.
    pub text: String,
    /// Its address, where the input gives one.
    pub url: Option<String>,
}

/// An entity: all its mentions together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entity {
    /// The QID, else `nil:TYPE:folded-name` or `nil:TYPE:value`.
    pub id: String,
    /// The table's label, else the longest mention.
    pub name: String,
    /// `PERSON`, `ORG`, `GPE`, `LOC`, `FAC`, `NORP`, `DATE`, `MONEY` …
    #[serde(rename = "type")]
    pub kind: String,
    /// Wikidata id; null if unlinked.
    pub qid: Option<String>,
    /// ISO 3166-1 alpha-2 (XK for Kosovo), where the tables say one.
    pub country: Option<String>,
    /// That the span and the type are right: 0 to 1, two decimals.
    pub confidence: f64,
    /// That the link is right; null if unlinked.
    pub link_confidence: Option<f64>,
    /// What a `DATE`, `TIME`, `MONEY`, `PERCENT` or `QUANTITY` says; absent for a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<EntityValue>,
    /// Where it is named, sorted; never overlapping.
    pub mentions: Vec<Mention>,
}

/// What an entity that is no name says. Amounts are exact decimals, as strings; null where the text
/// does not say how many (`millions of dollars`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum EntityValue {
    /// Of a `DATE` or a `TIME`.
    Time {
        /// What the words say by themselves: ISO 8601, `X` for a digit that they leave open
        /// (`XXXX-01-08`, `XXXX-WXX-7`), or a distance from the day of the article (`-P1D`).
        stated: String,
        /// ISO 8601, with the day of the article as anchor; null if it does not follow.
        iso: Option<String>,
    },
    /// Of a `MONEY`.
    Money {
        /// How much; the lower end of a range.
        amount: Option<String>,
        /// The upper end of a range; absent where there is none.
        #[serde(skip_serializing_if = "Option::is_none")]
        to: Option<String>,
        /// ISO 4217; null where the text leaves more than one reading.
        currency: Option<String>,
        /// The sign, the letters or the name of the currency (`$`, `Rs`, `peso`).
        unit: String,
    },
    /// Of a `PERCENT` or a `QUANTITY`.
    Number {
        /// How many; the lower end of a range.
        amount: Option<String>,
        /// The upper end of a range; absent where there is none.
        #[serde(skip_serializing_if = "Option::is_none")]
        to: Option<String>,
        /// `%`, `pp` (percentage points), or the symbol of the unit.
        unit: String,
        /// Of a length of time: ISO 8601 (`P5Y`); absent for all else and for a range.
        #[serde(skip_serializing_if = "Option::is_none")]
        duration: Option<String>,
    },
}

/// One place that names an entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mention {
    /// The field that `start` and `end` count in.
    #[serde(rename = "in")]
    pub field: MentionField,
    /// First code point.
    pub start: usize,
    /// First code point after.
    pub end: usize,
    /// That slice of the field.
    pub text: String,
}

/// A field that holds mentions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MentionField {
    /// `headline`.
    Headline,
    /// `text`.
    Text,
}

/// What a reader should know about a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// Curly or guillemet quotes that do not pair up; they stay as they came.
    UnbalancedQuotes,
    /// No headline could be told from the text.
    NoHeadline,
    /// No date was found.
    NoDate,
    /// Bytes that the encoding does not know became U+FFFD.
    UndecodableBytes,
    /// Text that was decoded with the wrong encoding was repaired.
    MojibakeRepaired,
    /// The declared encoding could not be right; another one was used.
    EncodingMismatch,
    /// The page holds no article.
    NoArticle,
    /// The page was read without a tree, since it passed a limit.
    Degraded,
    /// A limit cut the input short.
    Truncated,
}

/// Counts of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Code points of `text`.
    pub characters: usize,
    /// Words of `text`.
    pub words: usize,
}

/// What made a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Processing {
    /// Version of copydesk.
    pub version: &'static str,
    /// The recogniser; null when tagging is off.
    pub model: Option<String>,
    /// The knowledge base; null when tagging is off.
    pub kb: Option<String>,
}
