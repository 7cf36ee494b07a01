//! The command line: what was typed, and one module a command.

pub(crate) mod args;
mod candidates;
pub(crate) mod demo;
pub(crate) mod enrich;
pub(crate) mod exit;
mod moment;
mod ordered;
mod render;
pub(crate) mod replay;
pub(crate) mod run;
pub(crate) mod settings;
pub(crate) mod tag;
