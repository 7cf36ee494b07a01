//! The recogniser for English: a linear model over sequences of tokens, trained on labelled news.
//!
//! Names stand only in stretches from capital to capital ([`article`]). Each token of one has
//! features ([`features`]); weights ([`weights`]) say how much each speaks for which label
//! ([`label`]); the best sequence of labels wins ([`viterbi`]). A second pass sees what the same words
//! were elsewhere in the article ([`document`]). `cargo run --release -p xtask -- train` makes the weights,
//! `docs/model-card.md` says from what and how well they do.

pub mod article;
pub mod clusters;
pub mod document;
pub mod features;
mod kinds;
pub mod label;
mod listed;
mod recognise;
pub mod viterbi;
pub mod weights;
pub mod word;

pub use recognise::{Memory, Model, ModelRecognizer, embedded_clusters};

/// A model that cannot be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Not such a file, or another version of the format.
    #[error("expected the model's {part} to open with the magic of this version, found other bytes")]
    Magic {
        /// Which file.
        part: &'static str,
    },
    /// Cut off, or too long.
    #[error("expected {expected} bytes of the model's {part}, found {found}")]
    Length {
        /// Which file.
        part: &'static str,
        /// Bytes by its own head.
        expected: usize,
        /// Bytes there are.
        found: usize,
    },
}
