//! What can be wrong with settings, said so that the reader can mend it at once.

use std::fmt;
use std::path::PathBuf;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// `config/default.toml`, embedded.
    Default,
    /// The file of `--config`.
    File(PathBuf),
    /// This environment variable.
    Environment(String),
    /// `--set`.
    Set,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Set => f.write_str("--set"),
        }
    }
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A value that does not fit its key.
    #[error("`{key}` = {value} ({origin}): expected {expected}")]
    Value {
        /// The key.
        key: String,
        /// The value as given, quoted; masked if secret.
        value: String,
        /// Where it came from.
        origin: Origin,
        /// What fits.
        expected: String,
    },
    /// A key that does not exist.
    #[error("`{key}` ({origin}): expected a known key{}", or_rather(.nearest.as_ref()))]
    UnknownKey {
        /// The key as given.
        key: String,
        /// Where it came from.
        origin: Origin,
        /// The known key (or name of a variable) that looks most like it.
        nearest: Option<String>,
    },
    /// Keys whose values do not go together.
    #[error("{}: {message}", quoted(.keys))]
    Conflict {
        /// The keys.
        keys: Vec<String>,
        /// Their values, and what was expected of them.
        message: String,
    },
    /// A value that another part of the program refuses, with its reason.
    #[error("`{key}` ({origin}): {message}")]
    Refused {
        /// The key.
        key: String,
        /// Where its value came from.
        origin: Origin,
        /// The value (masked if secret), what is wrong with it, what to do.
        message: String,
    },
    /// A `--set` that is not `key=value`.
    #[error("`--set {argument}`: expected `key=value`, such as `--set kafka.brokers=host:9092`")]
    Set {
        /// The argument; masked if it speaks of a secret.
        argument: String,
    },
    /// A file that cannot be read, or is not TOML.
    #[error("{path}: expected a readable TOML file: {cause}")]
    File {
        /// The file.
        path: String,
        /// What went wrong, with line and column if it is known.
        cause: String,
    },
}

fn or_rather(name: Option<&String>) -> String {
    name.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

fn quoted(keys: &[String]) -> String {
    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}

/// All faults of one load, in the order of the sources; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        write!(f, "{count} fault{} in the settings", if count == 1 { "" } else { "s" })?;
        for fault in &self.0 {
            write!(f, "\n  {fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
