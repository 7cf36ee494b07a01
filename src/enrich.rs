//! The core put together: a raw article in, a record or a rejection out. Pure and deterministic; the
//! command line and the worker both call it.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::article::{
    Access, OFFSET_UNIT, OtherDate, Processing, RawArticle, Record, Rejection, SCHEMA_NAME, Source,
    StageName, rfc3339,
};
use crate::budget::Budget;
use crate::decode::{self, DecodeLimits, Document, HeadlineCandidate, without_tracking};
use crate::normalize::{Article, Normalizer};
use crate::tag::{TagInput, Tagger};

/// The version that records carry.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Everything that enriching needs and that is the same for every record. Cheap to share.
#[derive(Clone)]
pub struct Enricher {
    /// Limits of decoding.
    limits: DecodeLimits,
    /// Normalization.
    normalizer: Normalizer,
    /// Tagging; `None` when it is off.
    tagger: Option<Arc<Tagger>>,
}

/// A normalized article with its provenance, before tagging.
#[derive(Debug)]
pub struct Normalized {
    article: Article,
    id: String,
    content_id: String,
    url: Option<String>,
    canonical_url: Option<String>,
    section: Option<String>,
    image_url: Option<String>,
    access: Option<Access>,
    source: Source,
    headlines: Vec<HeadlineCandidate>,
}

/// What a person may want to know beyond a record.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Explanation {
    /// The titles of a page that its headline was chosen from, the most votes first.
    pub headlines: Vec<HeadlineCandidate>,
    /// Where no date of publication was found: what was looked at, and why it is none.
    pub undated: Vec<OtherDate>,
}

impl Normalized {
    /// What is known of it beyond its record.
    pub fn take_explanation(&mut self) -> Explanation {
        Explanation {
            headlines: std::mem::take(&mut self.headlines),
            undated: std::mem::take(&mut self.article.undated),
        }
    }

    /// The record's `id`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl Enricher {
    /// Enriches with these limits and this normalizer, and tags if there is a tagger.
    #[must_use]
    pub fn new(limits: DecodeLimits, normalizer: Normalizer, tagger: Option<Arc<Tagger>>) -> Self {
        Self { limits, normalizer, tagger }
    }

    /// Decode and normalize.
    ///
    /// # Errors
    /// [`Rejection`] of either stage.
    pub fn normalize(&self, raw: &RawArticle, budget: &mut Budget) -> Result<Normalized, Rejection> {
        let document = decode::decode(raw, &self.limits, budget)?;
        // An archive knows when the page was fetched; the record that brought it may be years younger.
        let as_of_ms = document.fetched_ms.or(raw.as_of_ms);
        let article = self.normalizer.normalize(&document, as_of_ms, budget)?;
        let Document { format, encoding, stated, headlines, .. } = document;
        let key = raw.key.as_deref();
        let key_text = key.and_then(|key| std::str::from_utf8(key).ok());
        let source = Source {
            topic: raw.topic.clone(),
            partition: raw.partition,
            offset: raw.offset,
            timestamp: raw.timestamp_ms.and_then(rfc3339),
            as_of: as_of_ms.and_then(rfc3339),
            key: key_text.map(str::to_owned),
            key_base64: key.filter(|_| key_text.is_none()).map(|key| STANDARD.encode(key)),
            file: raw.file.clone(),
            format,
            encoding,
            bytes: raw.value.len(),
            site: stated.site,
        };
        let content = [article.headline.as_deref().unwrap_or_default(), "\n", &article.text];
        Ok(Normalized {
            id: urn([raw.value.as_ref()]),
            content_id: urn(content.map(str::as_bytes)),
            url: stated.url,
            canonical_url: stated.canonical_url.as_deref().map(without_tracking),
            section: stated.section,
            image_url: stated.image,
            access: stated.access,
            source,
            headlines,
            article,
        })
    }

    /// Tags a normalized article, if tagging is on, and makes its record.
    ///
    /// # Errors
    /// [`Rejection`] of the stage.
    pub fn tag(&self, normalized: Normalized, budget: &mut Budget) -> Result<Record, Rejection> {
        let Normalized {
            mut article,
            id,
            content_id,
            url,
            canonical_url,
            section,
            image_url,
            access,
            source,
            headlines: _,
        } = normalized;
        let mut entities = None;
        let mut processing = Processing { version: VERSION, model: None, kb: None };
        if let Some(tagger) = &self.tagger {
            let date = article.published.as_ref().and_then(|published| published.at.get(..10)?.parse().ok());
            let input = TagInput {
                headline: article.headline.as_deref(),
                text: &article.text,
                language: article.language.as_ref().map(|language| language.tag.as_str()),
                date,
            };
            entities = Some(tagger.tag(&input, budget)?);
            if let Some(dateline) = &mut article.dateline {
                dateline.qid = dateline.place.as_deref().and_then(|place| tagger.place_qid(place));
            }
            processing.model = Some(tagger.model_name(input.language).to_owned());
            processing.kb = Some(tagger.kb_name().to_owned());
        }
        Ok(Record {
            schema: SCHEMA_NAME,
            offset_unit: OFFSET_UNIT,
            id,
            content_id,
            url,
            canonical_url,
            source,
            headline: article.headline,
            authors: article.authors,
            credits: article.credits,
            dateline: article.dateline,
            published: article.published,
            modified: article.modified,
            section,
            image_url,
            access,
            language: article.language,
            text: article.text,
            paragraphs: article.paragraphs,
            sentences: article.sentences,
            parts: article.parts,
            edits: article.edits,
            related: article.related,
            entities,
            flags: article.flags,
            stats: article.stats,
            processing,
        })
    }

    /// Both in one go.
    ///
    /// # Errors
    /// [`Rejection`] of the stage that refused.
    pub fn enrich(&self, raw: &RawArticle, budget: &mut Budget) -> Result<Record, Rejection> {
        let normalized = self.normalize(raw, budget)?;
        self.tag(normalized, budget)
    }
}

/// The bytes of a record: compact JSON, UTF-8, keys in the schema's order.
///
/// # Errors
/// A [`Rejection`] if it cannot be written, which no record is known to cause.
pub fn to_json(record: &Record) -> Result<Vec<u8>, Rejection> {
    // A record is some three times as long as its text: growing to that costs more copies than the text.
    let mut json = Vec::with_capacity(3 * record.text.len() + 2048);
    serde_json::to_writer(&mut json, record)
        .map_err(|error| Rejection::new(StageName::Publish, "unserializable", error.to_string()))?;
    Ok(json)
}

/// The `id` of a raw value.
#[must_use]
pub fn raw_id(value: &[u8]) -> String {
    urn([value])
}

fn urn<'b>(pieces: impl IntoIterator<Item = &'b [u8]>) -> String {
    let mut hasher = Sha256::new();
    for piece in pieces {
        hasher.update(piece);
    }
    let mut urn = String::with_capacity("urn:sha256:".len() + 64);
    urn.push_str("urn:sha256:");
    for byte in hasher.finalize() {
        for nibble in [byte >> 4, byte & 15] {
            urn.extend(char::from_digit(u32::from(nibble), 16));
        }
    }
    urn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_digests_of_what_came() {
        assert_eq!(
            raw_id(b"abc"),
            "urn:sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(urn([b"a".as_slice(), b"bc"]), raw_id(b"abc"));
    }
}
