//! Exit codes, documented in `copydesk --help` and the README.

/// All went well.
pub(crate) const OK: u8 = 0;
/// The command failed; the cause is on standard error.
pub(crate) const FAILED: u8 = 1;
/// The command line or the settings are wrong (clap's own code).
pub(crate) const USAGE: u8 = 2;
/// The command ran to its end, but some records were rejected.
pub(crate) const SOME_REJECTED: u8 = 3;

/// What `--help` says about them.
pub(crate) const HELP: &str = "Exit codes:
  0  all went well
  1  the command failed; the cause is on standard error
  2  the command line or the settings are wrong
  3  the command ran to its end, but some records were rejected";
