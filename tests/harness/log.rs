//! What a worker wrote to its log: all of it, or the end and the sums of a long run.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use serde_json::Value;

/// Different complaints that are told apart; beyond it they are counted together.
const DISTINCT: usize = 200;

/// The lines of a log.
#[derive(Debug)]
pub struct Log {
    lines: VecDeque<String>,
    /// How many of the last lines are kept.
    keep: usize,
    /// Lines worse than INFO, by level and message with its digits masked.
    complaints: BTreeMap<String, u64>,
    last_error: Option<String>,
    /// Where all lines go, however many are kept here.
    file: Option<File>,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            lines: VecDeque::new(),
            keep: usize::MAX,
            complaints: BTreeMap::new(),
            last_error: None,
            file: None,
        }
    }
}

impl Log {
    /// Of a long run: the last `keep` lines, and all of them at the end of `file`.
    pub fn long(keep: usize, file: &Path) -> Self {
        let file = File::options().create(true).append(true).open(file).expect("a log file");
        Self { keep, file: Some(file), ..Self::default() }
    }

    pub fn push(&mut self, line: String) {
        let parsed: Value = serde_json::from_str(&line).unwrap_or_default();
        let level = parsed["level"].as_str().unwrap_or("no JSON");
        if level != "INFO" {
            let message = parsed["message"].as_str().unwrap_or(&line);
            let masked = message.replace(|c: char| c.is_ascii_digit(), "#");
            let known = self.complaints.len() < DISTINCT;
            let mut name = format!("{level} {masked}");
            if !known && !self.complaints.contains_key(&name) {
                name = format!("{level} and others");
            }
            *self.complaints.entry(name).or_default() += 1;
        }
        if level == "ERROR" || level == "no JSON" {
            let cause = parsed["error"].as_str().or(parsed["message"].as_str()).unwrap_or(&line);
            self.last_error = Some(cause.to_owned());
        }
        if let Some(file) = &mut self.file {
            writeln!(file, "{line}").expect("a log file");
        }
        self.lines.push_back(line);
        if self.lines.len() > self.keep {
            self.lines.pop_front();
        }
    }

    pub fn lines(&self) -> impl Iterator<Item = &String> {
        self.lines.iter()
    }

    pub fn complaints(&self) -> &BTreeMap<String, u64> {
        &self.complaints
    }

    /// The cause that the last error named.
    pub fn last_error(&self) -> Option<&str> {
        self.last_error.as_deref()
    }
}
