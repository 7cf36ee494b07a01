//! What the publisher asks of a broker: a producer that can take back what it has not committed.
//!
//! Kafka's transactional producer is one, and so is the broker in memory. A producer that delivers at
//! least once is one as well: what it "aborts" stays where it is, and comes again.

use std::time::Duration;

use crate::pipeline::seam::{Epoch, NextOffset, Outgoing, PartitionId};

/// Why a call failed, by what there is to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The same call may go well later.
    #[error("{0}")]
    Retry(String),
    /// The transaction has to be aborted, and can be done again.
    #[error("{0}")]
    Abort(String),
    /// The broker gave the transaction up, since it took too long: only a new producer can go on.
    #[error("{0}")]
    Expired(String),
    /// Another producer of the same name has taken over.
    #[error("{0}")]
    Fenced(String),
    /// There is no going on.
    #[error("{0}")]
    Fatal(String),
}

/// A topic refuses a record for good, and the fault is the record's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// A stable code: `output_too_large`, `output_refused`.
    pub code: &'static str,
    /// The cause in words, with topic and limit.
    pub message: String,
    /// How many bytes too many it has, if that is the cause and the limit is known.
    pub excess: Option<usize>,
}

/// Why a record that was sent was not delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The topic refuses the record, or another one that travelled with it: brokers refuse whole batches.
    Refused(Refusal),
    /// The topic takes no record at all: no permission, or it is gone.
    Blocked(String),
    /// Something else; it may go well the next time.
    Failed(String),
    /// It went down with the transaction, through no fault of its own.
    Withdrawn(String),
}

/// How a record that was sent ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// As given to [`Producer::send`].
    pub sequence: u64,
    /// Whether the broker has it.
    pub outcome: Result<(), Failure>,
}

/// Whether a record was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handed {
    /// A [`Report`] will come.
    Over,
    /// There is no room: offer it again after some reports.
    Full,
}

/// A producer whose records and offsets become visible together. Calls may block for as long as they
/// are allowed to, one at a time.
pub trait Producer {
    /// Who the worker is in its group, at one moment.
    type Membership;

    /// Makes ready for the first transaction: what a predecessor of the same name left open is aborted,
    /// and whoever else has the name is fenced.
    ///
    /// # Errors
    /// As [`Fault`] says; so do all calls.
    fn init(&mut self) -> Result<(), Fault>;

    /// Begins a transaction.
    ///
    /// # Errors
    /// See [`init`](Self::init).
    fn begin(&mut self) -> Result<(), Fault>;

    /// Why the record's topic would refuse it, as far as that is known before it is sent.
    fn unfit(&self, record: &Outgoing) -> Option<Refusal>;

    /// Sends a record. Records of one input partition arrive in the order in which they are sent.
    ///
    /// # Errors
    /// See [`init`](Self::init).
    fn send(&mut self, sequence: u64, record: &Outgoing) -> Result<Handed, Fault>;

    /// Waits for reports, at most for `longest`, and adds them.
    fn reports(&mut self, longest: Duration, reports: &mut Vec<Report>);

    /// Whether a partition is still ours, under that epoch. Once it is not, it never is again.
    fn holds(&self, partition: &PartitionId, epoch: Epoch) -> bool;

    /// Who we are now. Offsets are offered with what this said **before** the publisher looked whether
    /// their partitions are still ours: so a partition that goes in between takes its generation with it,
    /// and the broker refuses.
    ///
    /// # Errors
    /// See [`init`](Self::init).
    fn membership(&mut self) -> Result<Self::Membership, Fault>;

    /// Adds the offsets to the transaction.
    ///
    /// # Errors
    /// See [`init`](Self::init).
    fn offer(&mut self, membership: &Self::Membership, offsets: &[NextOffset]) -> Result<(), Fault>;

    /// Makes all of it visible at once; gives the offsets that are committed now. Nothing that was sent
    /// is unreported when this is called.
    ///
    /// # Errors
    /// See [`init`](Self::init).
    fn commit(&mut self) -> Result<Vec<NextOffset>, Fault>;

    /// Takes back all that is not committed. No report of it comes any more.
    ///
    /// # Errors
    /// See [`init`](Self::init).
    fn abort(&mut self) -> Result<(), Fault>;

    /// After a refusal, with no transaction open: looks again at what the topics take.
    ///
    /// # Errors
    /// See [`init`](Self::init).
    fn review(&mut self) -> Result<(), Fault>;

    /// After [`Fault::Expired`]: a new producer of the same name takes the place of the old one.
    ///
    /// # Errors
    /// See [`init`](Self::init).
    fn renew(&mut self) -> Result<(), Fault>;
}
