//! The core, as the two stages of the pipeline.

use bytes::Bytes;

use crate::article::{RawArticle, Rejection};
use crate::budget::Budget;
use crate::enrich::{Enricher, Normalized, to_json};
use crate::pipeline::Stages;
use crate::pipeline::seam::Incoming;
use crate::publish::{self, Finished};
use crate::settings::OutputKey;

/// Enriches records and puts them into their envelopes.
pub struct Desk {
    enricher: Enricher,
    /// Which key a record gets.
    key: OutputKey,
}

impl Desk {
    /// A desk that enriches with `enricher`.
    #[must_use]
    pub fn new(enricher: Enricher, key: OutputKey) -> Self {
        Self { enricher, key }
    }
}

impl Stages for Desk {
    /// `None` for a tombstone.
    type Normalized = Option<Box<Normalized>>;

    fn normalize(&self, incoming: &Incoming, budget: &mut Budget) -> Result<Self::Normalized, Rejection> {
        let Some(value) = &incoming.value else { return Ok(None) };
        let position = &incoming.position;
        let raw = RawArticle {
            value: value.clone(),
            format: None,
            headers: incoming.headers.clone(),
            topic: Some(position.partition.topic.to_string()),
            partition: Some(position.partition.number),
            offset: Some(position.offset),
            timestamp_ms: incoming.timestamp_ms,
            key: incoming.key.clone(),
            file: None,
            as_of_ms: incoming.timestamp_ms,
        };
        Ok(Some(Box::new(self.enricher.normalize(&raw, budget)?)))
    }

    fn tag(
        &self,
        incoming: &Incoming,
        normalized: Self::Normalized,
        budget: &mut Budget,
    ) -> Result<Finished, Rejection> {
        let Some(normalized) = normalized else { return publish::tombstone(incoming, self.key) };
        let record = self.enricher.tag(*normalized, budget)?;
        let value = Bytes::from(to_json(&record)?);
        Ok(publish::envelope(incoming, &record.id, record.url.as_deref(), self.key, value))
    }

    fn id<'a>(&self, normalized: &'a Self::Normalized) -> Option<&'a str> {
        normalized.as_ref().map(|normalized| normalized.id())
    }
}
