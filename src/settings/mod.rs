//! The settings: where they come from, what they mean, and what is wrong with them.

mod types;

pub use types::*;
