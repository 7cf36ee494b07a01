//! At least once: records are visible as they arrive, and the offsets of a unit are committed once all of
//! them have. What is "aborted" stays, and comes again.

use std::sync::{Arc, Weak};
use std::time::Duration;

use rdkafka::consumer::{CommitMode, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use super::client::Client;
use super::consumer::Consumer;
use super::outlet::{Outlet, list};
use super::severed;
use super::watchdog::Watchdog;
use crate::pipeline::publisher::{Fault, Handed, Producer, Refusal, Report};
use crate::pipeline::seam::{Epoch, NextOffset, Outgoing, PartitionId};

/// An idempotent producer, and the consumer's own commits.
pub(crate) struct AtLeastOnce {
    outlet: Outlet,
    /// Gone once the source has ended: then nothing is ours any more.
    consumer: Weak<Consumer>,
    client: Client,
    watchdog: Arc<Watchdog>,
    offered: Vec<NextOffset>,
}

impl AtLeastOnce {
    pub(crate) fn new(
        outlet: Outlet,
        client: Client,
        consumer: Weak<Consumer>,
        watchdog: Arc<Watchdog>,
    ) -> Self {
        Self { outlet, consumer, client, watchdog, offered: Vec::new() }
    }

    fn fault(&self, call: &str, error: &KafkaError) -> Fault {
        let fatal = self.client.fatal_fault(call, error);
        fatal.unwrap_or_else(|| Fault::Abort(self.client.words(call, error)))
    }
}

impl Producer for AtLeastOnce {
    type Membership = ();

    fn init(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    fn begin(&mut self) -> Result<(), Fault> {
        if self.client.is_severed() {
            tracing::warn!(cause = severed::CAUSE, "going on with a new producer");
            self.client = self.outlet.client()?;
        }
        self.offered.clear();
        Ok(())
    }

    fn unfit(&self, record: &Outgoing) -> Option<Refusal> {
        self.outlet.topics.unfit(record)
    }

    fn send(&mut self, sequence: u64, record: &Outgoing) -> Result<Handed, Fault> {
        let sent = self.client.send(&self.outlet.topics, sequence, record);
        sent.map_err(|error| self.fault("produce", &error))
    }

    fn reports(&mut self, longest: Duration, reports: &mut Vec<Report>) {
        self.client.reports(longest, reports);
    }

    fn holds(&self, partition: &PartitionId, epoch: Epoch) -> bool {
        self.outlet.assignment.holds(partition, epoch)
    }

    fn membership(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    fn offer(&mut self, (): &(), offsets: &[NextOffset]) -> Result<(), Fault> {
        self.offered = offsets.to_vec();
        Ok(())
    }

    fn commit(&mut self) -> Result<Vec<NextOffset>, Fault> {
        // What is not ours any more is read again by its next owner.
        let offsets = self.outlet.assignment.current(std::mem::take(&mut self.offered));
        let Some(consumer) = self.consumer.upgrade().filter(|_| !offsets.is_empty()) else {
            return Ok(Vec::new());
        };
        let list =
            list(&offsets).map_err(|error| Fault::Fatal(format!("offsets cannot be told: {error}")))?;
        let _watched = self.watchdog.watch("commit");
        if let Err(error) = consumer.commit(&list, CommitMode::Sync) {
            let words = self.client.words("commit", &error);
            self.offered = offsets;
            return Err(if may_pass(&error) { Fault::Retry(words) } else { Fault::Fatal(words) });
        }
        self.outlet.assignment.sealed(&offsets);
        Ok(offsets)
    }

    fn abort(&mut self) -> Result<(), Fault> {
        let timeout = self.outlet.call_timeout;
        if let Some((_, cause)) = self.client.fatal_cause() {
            return Err(Fault::Fatal(format!("the producer cannot go on: {cause}")));
        }
        // Nobody is left who could still answer for what is on its way.
        if !self.client.purge(self.client.is_severed(), timeout) {
            return Err(Fault::Retry(format!("records are still in flight after {timeout:?}")));
        }
        Ok(())
    }

    fn review(&mut self) -> Result<(), Fault> {
        if self.outlet.review() {
            self.client = self.outlet.client()?;
        }
        Ok(())
    }

    fn renew(&mut self) -> Result<(), Fault> {
        self.client = self.outlet.client()?;
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

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
