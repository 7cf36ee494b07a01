//! What goes in and what comes out: the raw article, the record, and the reasons to reject one.

mod raw;
mod record;
mod rejection;

pub use raw::{Format, Headers, RawArticle, rfc3339};
pub use record::{
    Access, Credit, CreditKind, Dateline, Edit, EncodingUsed, Entity, EntityValue, Evidence, Field, Flag,
    Language, Mention, MentionField, OFFSET_UNIT, OtherDate, Part, Precision, Processing, Published, Reading,
    Record, Related, SCHEMA_NAME, Source, Stats, ZoneKnowledge,
};
pub use rejection::{Rejection, StageName};

/// The JSON Schema (draft 2020-12) of the record: what `copydesk schema` prints.
pub const SCHEMA: &str = include_str!("schema.json");
