//! What becomes of a record, by its place and its nature: the stages and the checks know it both.

use bytes::Bytes;
use copydesk::article::{Rejection, StageName};
use copydesk::pipeline::machine::Outcome;
use copydesk::pipeline::seam::{Incoming, PartitionId, Position};
use copydesk::publish::Finished;

/// Outputs over this are refused.
pub(super) const TOPIC_LIMIT: usize = 100;
/// How often a record may fail by itself.
pub(super) const RECORD_ATTEMPTS: u32 = 3;

fn mark(partition: &PartitionId, offset: i64) -> i64 {
    offset * 7 + i64::from(partition.number)
}

/// What the stages make of it.
pub(super) fn outcome(incoming: &Incoming) -> Outcome {
    let Position { partition, offset, .. } = &incoming.position;
    let mark = mark(partition, *offset);
    let key = (mark % 3 == 0).then(|| Bytes::from(format!("key-{}", mark % 5)));
    if incoming.value.is_none() {
        return Outcome::Finished(Finished { key, value: None, headers: Vec::new() });
    }
    if mark % 11 == 0 {
        return Outcome::Rejected(Rejection::new(StageName::Normalize, "toy", "rejected"));
    }
    let mut value = answer(&incoming.position);
    if mark % 13 == 0 {
        value.resize(TOPIC_LIMIT + 1, b'.');
    }
    Outcome::Finished(Finished { key, value: Some(Bytes::from(value)), headers: Vec::new() })
}

/// How a record's output begins.
pub(super) fn answer(position: &Position) -> Vec<u8> {
    format!("{}@{}", position.partition, position.offset).into_bytes()
}

/// What a reader has to find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expected {
    Output,
    Tombstone,
    DeadLetter,
    /// It failed so often that both are right.
    OutputOrDeadLetter,
}

/// What the schedule made of a record when it was appended.
#[derive(Debug, Clone)]
pub(super) struct Appended {
    pub(super) value: Option<Bytes>,
    /// Its output is refused.
    pub(super) refused: bool,
    /// So often delivering its output fails.
    pub(super) failures: u32,
}

impl Appended {
    pub(super) fn expected(&self, partition: &PartitionId, offset: i64) -> Expected {
        let mark = mark(partition, offset);
        let has_bad_output = self.value.is_some() && (mark % 11 == 0 || mark % 13 == 0);
        if has_bad_output || self.refused {
            Expected::DeadLetter
        } else if self.failures >= RECORD_ATTEMPTS {
            Expected::OutputOrDeadLetter
        } else if self.value.is_none() {
            Expected::Tombstone
        } else {
            Expected::Output
        }
    }
}
