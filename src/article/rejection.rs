//! Why a record was rejected, in the form that a dead letter and a JSON line carry.

use std::fmt;

use serde::Serialize;

use crate::budget::BudgetExceeded;

/// The stage that a record was in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StageName {
    /// Bytes to a document.
    Decode,
    /// Document to a clean article.
    Normalize,
    /// Entities.
    Tag,
    /// Envelope, size limits, the broker's answer.
    Publish,
}

impl StageName {
    /// The name as it stands in headers, metrics and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Normalize => "normalize",
            Self::Tag => "tag",
            Self::Publish => "publish",
        }
    }
}

impl fmt::Display for StageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A record that cannot be enriched: where it failed, a stable code, and the cause in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{stage}: {message} ({code})")]
pub struct Rejection {
    /// The stage that refused.
    pub stage: StageName,
    /// Stable and low in number: good as a metric label and for `replay --code`.
    pub code: &'static str,
    /// What was expected, what was found, and where.
    pub message: String,
}

impl Rejection {
    /// A rejection by `stage`.
    #[must_use]
    pub fn new(stage: StageName, code: &'static str, message: impl Into<String>) -> Self {
        Self { stage, code, message: message.into() }
    }

    /// The record asked for more steps than its budget holds.
    #[must_use]
    pub fn over_budget(stage: StageName, exceeded: &BudgetExceeded) -> Self {
        Self::new(stage, "budget_exceeded", exceeded.to_string())
    }

    /// The stage panicked; the record is at fault as far as the worker is concerned.
    #[must_use]
    pub fn panicked(stage: StageName, message: &str) -> Self {
        Self::new(stage, "stage_panicked", format!("the stage panicked: {message}"))
    }
}
