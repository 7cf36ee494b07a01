//! A JSON object to fields: parsed with the faults of scrapers in mind ([`parse`]), then read by the
//! names that scrapers and APIs use ([`fields`]).

mod fields;
mod parse;

pub(super) use fields::{find, named_keys, names};
pub(super) use parse::parse;
