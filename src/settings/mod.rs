//! The settings: where they come from, what they mean, and what is wrong with them.
//!
//! ```
//! use copydesk::settings::{self, Origin, Sources};
//!
//! let sources = Sources {
//!     environment: vec![("COPYDESK_KAFKA__BROKERS".into(), "a:9092,b:9092".into())],
//!     sets: vec!["limits.memory=128MiB".into()],
//!     ..Sources::default()
//! };
//! let loaded = settings::load(&sources)?;
//! assert_eq!(loaded.settings.kafka.brokers, ["a:9092", "b:9092"]);
//! assert_eq!(loaded.settings.limits.memory, 128 << 20);
//! assert_eq!(loaded.origin("limits.memory"), Some(&Origin::Set));
//!
//! let typo = Sources { sets: vec!["kafka.broker=a:9092".into()], ..Sources::default() };
//! let faults = settings::load(&typo).unwrap_err();
//! assert!(faults.to_string().contains("did you mean `kafka.brokers`?"));
//! # Ok::<(), settings::Faults>(())
//! ```
//!
//! The environment is handed in: nothing below reads it. Files are read here: the one of `--config`
//! and those of `kafka.properties_files`.

mod conflicts;
mod fault;
mod keys;
mod layers;
mod read;
mod reference;
mod render;
mod secrets;
mod types;
mod values;

pub use fault::{Fault, Faults, Origin};
pub use layers::Sources;
pub use read::{Effective, Loaded, load, load_with};
#[cfg(test)]
pub(crate) use reference::assert_generated;
pub use reference::reference;
pub use render::{check, show};
pub use secrets::is_secret;
pub use types::*;

/// `config/default.toml`: every key, documented, with its default.
pub const DEFAULT_TOML: &str = include_str!("../../config/default.toml");
