//! Bytes to a [`Document`]: compression, envelope, format, encoding, fields. Knows no Kafka, no
//! clock and no environment.

mod document;

pub use document::{Document, Fields, Layout, Stated, StatedDate};
