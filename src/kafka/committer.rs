//! The committer: makes the offsets of seals durable, on a thread of its own.
//!
//! A commit waits for the broker, so it belongs neither on the thread that polls nor on the one that
//! serves deliveries. Seals that fell due meanwhile share the next commit.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use rdkafka::consumer::{CommitMode, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::{Offset, TopicPartitionList};
use tokio::time::Instant;

use super::backoff::Backoff;
use super::consumer::Consumer;
use super::deliveries::Deliveries;
use crate::pipeline::assignment::Assignment;
use crate::pipeline::observer::Observer;
use crate::pipeline::seam::{NextOffset, PartitionId, Seal, SinkEvent};

/// How long a commit that fails is tried again while the offsets are still ours.
const GIVE_UP_AFTER: Duration = Duration::from_mins(2);

/// How the offsets of some seals ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Durable,
    /// Not ours any more.
    Stale,
    Failed(String),
}

/// The committer's thread.
pub(crate) struct Committer {
    /// Gone once the source has ended: then nothing is ours any more.
    pub(crate) consumer: Weak<Consumer>,
    pub(crate) due: Receiver<Seal>,
    /// Nothing ever comes; it closes when the worker lets go of the threads.
    pub(crate) stop: Receiver<()>,
    pub(crate) assignment: Arc<Assignment>,
    pub(crate) deliveries: Arc<Deliveries>,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) brokers: String,
}

impl Committer {
    /// Runs until the sink is gone or has failed.
    pub(crate) fn run(self) {
        loop {
            let first = crossbeam_channel::select! {
                recv(self.due) -> seal => match seal {
                    Ok(seal) => seal,
                    Err(_) => return,
                },
                recv(self.stop) -> _ => return,
            };
            let seals: Vec<Seal> = std::iter::once(first).chain(self.due.try_iter()).collect();
            let started = Instant::now();
            let outcome = self.commit(merge(&seals));
            for seal in seals {
                match &outcome {
                    Outcome::Durable => {
                        self.deliveries.answer(SinkEvent::Sealed { id: seal.id, lost: Vec::new() });
                    }
                    Outcome::Stale => {
                        self.deliveries.answer(SinkEvent::Stale { id: seal.id });
                    }
                    Outcome::Failed(message) => {
                        self.observer.committed("failed", started.elapsed());
                        self.deliveries.fail(message.clone());
                        return;
                    }
                }
            }
        }
    }

    fn commit(&self, offsets: Vec<NextOffset>) -> Outcome {
        if offsets.is_empty() {
            return Outcome::Durable;
        }
        let started = Instant::now();
        let mut backoff = Backoff::new(Duration::from_millis(20), Duration::from_secs(1));
        let mut offsets = offsets;
        loop {
            offsets = self.assignment.current(offsets);
            let Some(consumer) = self.consumer.upgrade() else { return Outcome::Stale };
            if offsets.is_empty() {
                return Outcome::Stale;
            }
            let list = match list(&offsets) {
                Ok(list) => list,
                Err(error) => {
                    return Outcome::Failed(format!("offsets cannot be told to the broker: {error}"));
                }
            };
            let Err(error) = consumer.commit(&list, CommitMode::Sync) else {
                self.assignment.sealed(&offsets);
                return Outcome::Durable;
            };
            drop(consumer);
            let topics = topics(&offsets);
            let brokers = &self.brokers;
            if !may_pass(&error) {
                return Outcome::Failed(format!(
                    "cannot commit offsets of {topics} (brokers {brokers}): {error}"
                ));
            }
            if started.elapsed() > GIVE_UP_AFTER {
                return Outcome::Failed(format!(
                    "offsets of {topics} could not be committed for {GIVE_UP_AFTER:?} (brokers {brokers}): {error}"
                ));
            }
            tracing::info!(%error, %topics, "offsets not committed yet");
            match self.stop.recv_timeout(backoff.next_wait()) {
                Err(RecvTimeoutError::Timeout) => {}
                _ => return Outcome::Stale,
            }
        }
    }
}

/// Whether a commit may succeed later, or turn out to be stale: the assignment tells which.
fn may_pass(error: &KafkaError) -> bool {
    use RDKafkaErrorCode as E;
    let Some(code) = error.rdkafka_error_code() else { return false };
    matches!(
        code,
        // The group moved on: either the partition is lost, and the epoch says so in a moment, or we join again.
        E::UnknownMemberId | E::IllegalGeneration | E::RebalanceInProgress | E::StaleMemberEpoch
        // The broker or the coordinator is away, or new.
        | E::CoordinatorNotAvailable | E::NotCoordinator | E::CoordinatorLoadInProgress
        | E::RequestTimedOut | E::OperationTimedOut | E::MessageTimedOut | E::TimedOutQueue
        | E::WaitingForCoordinator | E::BrokerTransportFailure | E::AllBrokersDown | E::NetworkException
        | E::BrokerNotAvailable | E::NotEnoughReplicas | E::UnstableOffsetCommit
        // The consumer is closing.
        | E::BrokerDestroy | E::State | E::NoOffset
    )
}

/// The last word of some seals about each partition. A later seal covers an earlier one.
fn merge(seals: &[Seal]) -> Vec<NextOffset> {
    let mut merged: BTreeMap<&PartitionId, &NextOffset> = BTreeMap::new();
    for offset in seals.iter().flat_map(|seal| &seal.offsets) {
        let last = merged.entry(&offset.partition).or_insert(offset);
        if (offset.epoch, offset.next) > (last.epoch, last.next) {
            *last = offset;
        }
    }
    merged.into_values().cloned().collect()
}

fn list(offsets: &[NextOffset]) -> Result<TopicPartitionList, KafkaError> {
    let mut list = TopicPartitionList::with_capacity(offsets.len());
    for offset in offsets {
        let partition = &offset.partition;
        list.add_partition_offset(&partition.topic, partition.number, Offset::Offset(offset.next))?;
    }
    Ok(list)
}

fn topics(offsets: &[NextOffset]) -> String {
    let mut topics: Vec<&str> = offsets.iter().map(|offset| offset.partition.topic.as_ref()).collect();
    topics.dedup();
    topics.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::seam::{Epoch, SealId};

    fn next(number: i32, epoch: u64, next: i64) -> NextOffset {
        NextOffset { partition: PartitionId::new("raw", number), epoch: Epoch(epoch), next }
    }

    #[test]
    fn seals_share_a_commit_and_the_last_word_counts() {
        let seals = [
            Seal { id: SealId(1), offsets: vec![next(0, 1, 5), next(1, 1, 50)] },
            Seal { id: SealId(2), offsets: vec![next(0, 1, 9)] },
            Seal { id: SealId(3), offsets: vec![next(1, 2, 10)] },
        ];
        assert_eq!(merge(&seals), [next(0, 1, 9), next(1, 2, 10)]);
    }

    #[test]
    fn a_refused_permission_ends_it_and_a_rebalance_does_not() {
        let passes = |code| may_pass(&KafkaError::ConsumerCommit(code));
        assert!(passes(RDKafkaErrorCode::RebalanceInProgress));
        assert!(passes(RDKafkaErrorCode::UnknownMemberId));
        assert!(passes(RDKafkaErrorCode::NotCoordinator));
        assert!(!passes(RDKafkaErrorCode::GroupAuthorizationFailed));
        assert!(!passes(RDKafkaErrorCode::FencedInstanceId));
    }
}
