//! A decoded document to a clean article: fields, dates, language, and an account of every change.
//!
//! The order of work: lines are cleaned one by one (`clean`), told apart (`structure`), put
//! together (`assemble`); then dates, language and sentences are read from the clean text. All
//! inner offsets are bytes; the record's code points are made once, at the end.

mod assemble;
mod boilerplate;
mod byline;
mod cells;
mod clean;
mod credits;
mod dateline;
mod dates;
mod duplicates;
mod headline;
mod kicker;
mod language;
mod mojibake;
mod quotes;
mod reference;
pub mod rules;
mod sentences;
mod spelling;
mod structure;
mod teaser;
mod wraps;

use jiff::tz::TimeZone;

use crate::article::{
    Credit, Dateline, Edit, Field, Flag, Language, OtherDate, Part, Published, Rejection, Related, StageName,
    Stats,
};
use crate::budget::{Budget, BudgetExceeded};
use crate::decode::{Document, Fields};
use crate::offsets::{Bytes, CodePointIndex, CodePoints, Span};

/// Why a document gives no article.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NormalizeError {
    /// There is nothing to read in it.
    #[error("expected text, found {code_points} code points of white space and control characters")]
    NoText {
        /// How long the raw text is.
        code_points: usize,
    },
    /// It asked for too much work.
    #[error(transparent)]
    Budget(#[from] BudgetExceeded),
}

impl From<NormalizeError> for Rejection {
    fn from(error: NormalizeError) -> Self {
        match error {
            NormalizeError::NoText { .. } => Self::new(StageName::Normalize, "no_text", error.to_string()),
            NormalizeError::Budget(exceeded) => Self::over_budget(StageName::Normalize, &exceeded),
        }
    }
}

/// The name of a time zone that is in no table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected the IANA name of a time zone (`Europe/Belgrade`), found `{name}`")]
pub struct UnknownZone {
    /// As given.
    pub name: String,
}

/// How text is normalized: the same for every record.
#[derive(Debug, Clone, Default)]
pub struct Normalizer {
    zone: Option<TimeZone>,
}

/// A clean article: what the record says of it, entities and provenance aside.
#[derive(Debug, Clone, PartialEq)]
pub struct Article {
    /// The headline.
    pub headline: Option<String>,
    /// Who wrote it, as written.
    pub authors: Vec<String>,
    /// Everybody who is credited, with what each is and did.
    pub credits: Vec<Credit>,
    /// The dateline; its QID is left to the tables.
    pub dateline: Option<Dateline>,
    /// When it was published.
    pub published: Option<Published>,
    /// Where no date of publication was found: what was looked at, and why it is none.
    pub undated: Vec<OtherDate>,
    /// When it was last changed.
    pub modified: Option<Published>,
    /// The language of the text.
    pub language: Option<Language>,
    /// Paragraphs joined by one LF.
    pub text: String,
    /// Paragraphs of `text`.
    pub paragraphs: Vec<Span<CodePoints>>,
    /// Sentences of `text`.
    pub sentences: Vec<Span<CodePoints>>,
    /// Slices of the raw text that became fields.
    pub parts: Vec<Part>,
    /// Cuts and repairs.
    pub edits: Vec<Edit>,
    /// Teasers.
    pub related: Vec<Related>,
    /// What a reader should know.
    pub flags: Vec<Flag>,
    /// Counts.
    pub stats: Stats,
}

impl Normalizer {
    /// Normalizes with the zone `time_zone` for dates that state none (`None`: UTC, said to be
    /// assumed).
    ///
    /// # Errors
    /// [`UnknownZone`] if the name is no IANA time zone.
    pub fn new(time_zone: Option<&str>) -> Result<Self, UnknownZone> {
        let zone = match time_zone {
            None => None,
            Some(name) => Some(TimeZone::get(name).map_err(|_| UnknownZone { name: name.to_owned() })?),
        };
        Ok(Self { zone })
    }

    /// Normalizes `document`. `as_of_ms` (milliseconds since 1970 UTC) bounds the dates that are
    /// believed.
    ///
    /// ```
    /// use copydesk::article::RawArticle;
    /// use copydesk::budget::Budget;
    /// use copydesk::decode::{Document, Layout};
    /// use copydesk::normalize::Normalizer;
    ///
    /// let layout = Layout::of_fields(Some("Harbour bridge reopens"), "OSLO, Jan 8 - Traffic is back.");
    /// let document = Document::of_layout(layout);
    /// let article = Normalizer::default().normalize(&document, None, &mut Budget::default())?;
    /// assert_eq!(article.text, "Traffic is back.");
    /// assert_eq!(article.edits[0].rule, "dateline");
    /// # Ok::<(), copydesk::normalize::NormalizeError>(())
    /// ```
    ///
    /// # Errors
    /// [`NormalizeError`] if there is nothing to read, or too much.
    pub fn normalize(
        &self,
        document: &Document,
        as_of_ms: Option<i64>,
        budget: &mut Budget,
    ) -> Result<Article, NormalizeError> {
        let raw = document.layout.text.as_str();
        budget.spend(raw.len())?;
        let structure = match document.layout.fields {
            Fields::Scraped => {
                structure::Structure::of_scraped(raw, lines(raw, Span::new(0, raw.len()), budget)?)
            }
            Fields::Named { headline, body } => {
                let headline = headline.map(|span| clean::clean(raw, span, budget)).transpose()?.flatten();
                structure::Structure::of_body(raw, headline, lines(raw, body, budget)?)
            }
        };
        let index = CodePointIndex::new(raw);
        let done = assemble::assemble(raw, structure.items);
        if done.parts.is_empty() {
            return Err(NormalizeError::NoText { code_points: index.code_points() });
        }
        budget.spend(done.text.len())?;

        let stated = &document.stated;
        let mut credits = byline::credits(stated.authors.iter().map(String::as_str));
        byline::sign(&mut credits, &stated.bylines, stated.site.as_deref());
        for credit in structure.byline.into_iter().chain(structure.credits) {
            if !credits.iter().any(|known| known.name.eq_ignore_ascii_case(&credit.name)) {
                credits.push(credit);
            }
        }
        let language = language::detect(&done.text, stated.language.as_deref());
        let tag = stated.language.as_deref().or(language.as_ref().map(|language| language.tag.as_str()));
        // What the text itself opens with is what readers saw.
        let dateline =
            structure.dateline.or_else(|| dateline::of_field(stated.dateline.as_deref().unwrap_or_default()));
        let around = dates::Surroundings {
            text: &done.text,
            dateline_date: dateline.as_ref().and_then(|dateline| dateline.date.as_deref()),
            language: tag,
            zone: self.zone.as_ref(),
            as_of_ms,
        };
        let mut candidates: Vec<dates::Candidate<'_>> =
            stated.dates.iter().map(dates::Candidate::stated).collect();
        let addresses = [("canonical_url", &stated.canonical_url), ("url", &stated.url)];
        candidates.extend(addresses.into_iter().filter_map(|(place, address)| {
            Some(dates::Candidate { kind: "url", place: Some(place), text: address.as_deref()?, span: None })
        }));
        let of_line = |span: Span<Bytes>| dates::Candidate {
            kind: "date_line",
            place: None,
            text: span.of(raw),
            span: Some(span),
        };
        // Where an update has a date, too, it is that of the update.
        candidates.extend([structure.date_line, structure.update_line].into_iter().flatten().map(of_line));
        let (published, undated) = match dates::publish(candidates, around, &index) {
            Ok(published) => (Some(published), Vec::new()),
            Err(undated) => (None, undated),
        };
        // What the text says of days is said of the day of publication.
        let around = dates::Surroundings { text: "", dateline_date: None, ..around };
        let modified = stated.modified.iter().map(dates::Candidate::stated);
        let modified = modified.chain(structure.update_line.map(of_line)).collect();
        let modified = dates::publish(modified, around, &index).ok();

        let text_index = CodePointIndex::new(&done.text);
        let mut sentence_spans = Vec::with_capacity(done.text.len() / 100 + 1);
        for paragraph in &done.paragraphs {
            sentences::split(paragraph.of(&done.text), paragraph.start(), &mut sentence_spans);
        }
        let words = count_words(&done.text);

        let mut flags = document.flags.clone();
        flags.extend(done.headline.is_none().then_some(Flag::NoHeadline));
        flags.extend(published.is_none().then_some(Flag::NoDate));
        let repaired = done.edits.iter().any(|edit| edit.rule == rules::Rule::Mojibake);
        flags.extend(repaired.then_some(Flag::MojibakeRepaired));
        let unbalanced = quotes::unbalanced(done.paragraphs.iter().map(|paragraph| paragraph.of(&done.text)));
        flags.extend(unbalanced.then_some(Flag::UnbalancedQuotes));
        flags.sort_unstable();
        flags.dedup();

        Ok(Article {
            authors: authors(&credits),
            credits,
            dateline: dateline.map(|found| Dateline { place: found.place, qid: None, agency: found.agency }),
            published,
            undated,
            modified,
            language,
            paragraphs: done.paragraphs.iter().map(|&span| text_index.span(span)).collect(),
            sentences: sentence_spans.iter().map(|&span| text_index.span(span)).collect(),
            stats: Stats { characters: text_index.code_points(), words },
            parts: done
                .parts
                .iter()
                .map(|part| Part { field: part.field, raw: index.span(part.span) })
                .collect(),
            edits: done
                .edits
                .into_iter()
                .map(|edit| Edit {
                    rule: edit.rule.name(),
                    raw: index.span(edit.span),
                    cut: edit.span.of(raw).to_owned(),
                    put: edit.put.into_owned(),
                    note: None,
                })
                .collect(),
            related: done.related.into_iter().map(|text| Related { text, url: None }).collect(),
            flags,
            headline: done.headline,
            text: done.text,
        })
    }
}

/// How many words parted by white space hold a letter or a digit.
fn count_words(text: &str) -> usize {
    let mut words = 0;
    let mut counted = false;
    for letter in text.chars() {
        if letter.is_whitespace() {
            counted = false;
        } else if !counted && letter.is_alphanumeric() {
            counted = true;
            words += 1;
        }
    }
    words
}

/// Who wrote an article: its authors; where none is named, who reported and wrote.
fn authors(credits: &[Credit]) -> Vec<String> {
    let named = |is: fn(&str) -> bool| -> Vec<String> {
        credits.iter().filter(|credit| is(&credit.role)).map(|credit| credit.name.clone()).collect()
    };
    let authors = named(|role| role == "author");
    if !authors.is_empty() {
        return authors;
    }
    named(|role| role.starts_with("reporting") || role.starts_with("writing"))
}

/// The lines of `span` that show anything, cleaned.
fn lines<'r>(
    raw: &'r str,
    span: Span<Bytes>,
    budget: &mut Budget,
) -> Result<Vec<clean::CleanLine<'r>>, BudgetExceeded> {
    let body = span.of(raw);
    let mut found = Vec::with_capacity(body.len() / 120 + 1);
    let mut start = 0;
    let ends = memchr::memchr3_iter(b'\n', b'\r', 0x0C, body.as_bytes()).chain([body.len()]);
    for at in ends {
        let line = Span::new(span.start() + start, span.start() + at);
        found.extend(clean::clean(raw, line, budget)?);
        start = at + 1;
    }
    Ok(found)
}

/// Replays one field of an article from its parts and edits over the raw text: what the record
/// promises. One string a part for [`Field::Related`], else one string in all.
///
/// `raw` is the decoded raw text that the spans count in.
#[must_use]
pub fn replay(raw: &str, parts: &[Part], edits: &[Edit], field: Field) -> Vec<String> {
    let index = CodePointIndex::new(raw);
    let mut fields = Vec::new();
    for part in parts.iter().filter(|part| part.field == field) {
        let mut replayed = String::new();
        let mut at = part.raw.start();
        for edit in edits.iter().filter(|edit| part.raw.contains(edit.raw)) {
            replayed.push_str(index.byte_span(Span::new(at, edit.raw.start())).of(raw));
            replayed.push_str(&edit.put);
            at = edit.raw.end();
        }
        replayed.push_str(index.byte_span(Span::new(at, part.raw.end())).of(raw));
        match fields.last_mut() {
            Some(last) if field != Field::Related => String::push_str(last, &replayed),
            _ => fields.push(replayed),
        }
    }
    fields
}

#[cfg(test)]
mod tests;
