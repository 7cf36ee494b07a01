//! A JSON object to fields: parsed with the faults of scrapers in mind ([`parse`]), then read in its
//! vocabulary ([`vocabulary`]): by the names that scrapers and APIs use ([`fields`]), as ninjs or as an
//! article of schema.org.

mod fields;
mod linked;
mod ninjs;
mod parse;
mod vocabulary;

pub(super) use fields::{Fields, find, named_keys, names};
pub(super) use linked::linked;
pub(super) use ninjs::ninjs;
pub(super) use parse::parse;
pub(super) use vocabulary::vocabulary;
