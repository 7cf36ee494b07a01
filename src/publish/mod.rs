//! What leaves: the envelope of an output, and the dead letter of a rejected record. Pure functions
//! from an input record to the key, the value and the headers that answer it.

mod dead_letter;
mod envelope;
mod tombstone;

pub use dead_letter::{
    ATTEMPTS, ERROR_CODE, ERROR_MESSAGE, ERROR_STAGE, MAX_MESSAGE_BYTES, ORIGINAL_OFFSET, ORIGINAL_PARTITION,
    ORIGINAL_TIMESTAMP, ORIGINAL_TOPIC, TRUNCATED, VERSION, dead_letter, truncated,
};
pub use envelope::{CE_SPEC_VERSION, CE_TYPE, CONTENT_TYPE, INPUT_PREFIX, envelope};
pub use tombstone::{TOMBSTONE_REJECTED, tombstone};

use bytes::Bytes;

use crate::article::Headers;

/// The answer to one record, ready to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// The key of the output.
    pub key: Option<Bytes>,
    /// The value; `None` is a tombstone.
    pub value: Option<Bytes>,
    /// The headers, in order.
    pub headers: Headers,
}

impl Finished {
    /// Bytes that it holds in memory.
    #[must_use]
    pub fn weight(&self) -> usize {
        let headers: usize =
            self.headers.iter().map(|(name, value)| name.len() + value.as_ref().map_or(0, Bytes::len)).sum();
        headers + self.key.as_ref().map_or(0, Bytes::len) + self.value.as_ref().map_or(0, Bytes::len)
    }
}
