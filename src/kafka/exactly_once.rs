//! Exactly once: records, dead letters and offsets of a unit in one Kafka transaction (KIP-98, KIP-447).

use std::sync::{Arc, Weak};
use std::time::Duration;

use rdkafka::consumer::{Consumer as _, ConsumerGroupMetadata};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::Producer as _;
use tokio::time::Instant;

use super::client::Client;
use super::consumer::Consumer;
use super::outlet::{Outlet, list};
use super::severed;
use super::standing::Commits;
use super::watchdog::Watchdog;
use crate::pipeline::publisher::{Fault, Handed, Producer, Refusal, Report};
use crate::pipeline::seam::{Epoch, NextOffset, Outgoing, PartitionId};

/// A transactional producer.
pub(crate) struct ExactlyOnce {
    outlet: Outlet,
    consumer: Weak<Consumer>,
    client: Client,
    watchdog: Arc<Watchdog>,
    /// When the open transaction began.
    began: Option<Instant>,
    transaction_timeout: Duration,
    offered: Vec<NextOffset>,
    /// The client cannot be used any more: the next try begins with a new one.
    spent: bool,
    /// The client may begin transactions.
    initialised: bool,
}

impl ExactlyOnce {
    pub(crate) fn new(
        outlet: Outlet,
        client: Client,
        consumer: Weak<Consumer>,
        watchdog: Arc<Watchdog>,
        transaction_timeout: Duration,
    ) -> Self {
        Self {
            outlet,
            consumer,
            client,
            watchdog,
            began: None,
            transaction_timeout,
            offered: Vec::new(),
            spent: false,
            initialised: false,
        }
    }

    fn timeout(&self) -> Duration {
        self.outlet.call_timeout
    }

    /// What a failed call means.
    fn fault(&self, call: &str, error: &KafkaError) -> Fault {
        let words = self.client.words(call, error);
        if self.client.is_severed() {
            return Fault::Expired(words);
        }
        let KafkaError::Transaction(cause) = error else {
            return match self.client.fatal_fault(call, error) {
                Some(fatal) => self.or_expired(fatal),
                None if error.rdkafka_error_code() == Some(RDKafkaErrorCode::OperationTimedOut) => {
                    Fault::Retry(words)
                }
                None => Fault::Abort(words),
            };
        };
        if cause.is_fatal() {
            let fatal = self.client.fatal_fault(call, error).unwrap_or(Fault::Fatal(words));
            return self.or_expired(fatal);
        }
        if cause.txn_requires_abort() {
            return Fault::Abort(words);
        }
        if cause.is_retriable() { Fault::Retry(words) } else { Fault::Abort(words) }
    }

    /// A broker fences a producer whose transaction took too long just as one that has a successor. It can
    /// only be that if the transaction is about as old as that.
    fn or_expired(&self, fault: Fault) -> Fault {
        let expired = self.began.is_some_and(|began| began.elapsed() >= self.transaction_timeout / 10 * 8);
        match fault {
            Fault::Fenced(words) | Fault::Fatal(words) if expired => Fault::Expired(words),
            fault => fault,
        }
    }

    /// A new client in the place of the old one.
    fn remake(&mut self) -> Result<(), Fault> {
        self.client = self.outlet.client()?;
        self.spent = false;
        self.initialised = false;
        self.began = None;
        Ok(())
    }
}

impl Producer for ExactlyOnce {
    type Membership = Arc<ConsumerGroupMetadata>;

    fn init(&mut self) -> Result<(), Fault> {
        if self.spent || self.client.is_severed() {
            self.remake()?;
        }
        let started = Instant::now();
        let _watched = self.watchdog.watch("init_transactions");
        match self.client.producer().init_transactions(self.timeout()) {
            Ok(()) => {
                let took = started.elapsed();
                tracing::info!(
                    transactional_id = self.outlet.name(),
                    ?took,
                    "producer is ready for transactions"
                );
                self.outlet.reporter.healthy();
                self.initialised = true;
                Ok(())
            }
            Err(error) => match self.fault("init_transactions", &error) {
                // Permissions may come; the client that was told no does not ask again.
                Fault::Fatal(words) | Fault::Expired(words) => {
                    self.spent = true;
                    self.outlet.reporter.unhealthy(&words);
                    Err(Fault::Retry(words))
                }
                fault => Err(fault),
            },
        }
    }

    fn begin(&mut self) -> Result<(), Fault> {
        if self.client.is_severed() {
            tracing::warn!(cause = severed::CAUSE, "going on with a new producer");
            self.remake()?;
        }
        if !self.initialised {
            // A client that was made anew, and was not let in at its first try.
            self.init()?;
        }
        self.client
            .producer()
            .begin_transaction()
            .map_err(|error| self.fault("begin_transaction", &error))?;
        self.began = Some(Instant::now());
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

    fn membership(&mut self) -> Result<Self::Membership, Fault> {
        let _watched = self.watchdog.watch("consumer_group_metadata");
        let metadata =
            self.consumer.upgrade().and_then(|consumer| match consumer.context().standing.commits() {
                Commits::Under(membership) => Some(membership),
                Commits::UnderThePresent => consumer.group_metadata().map(Arc::new),
                Commits::Not => None,
            });
        metadata.ok_or_else(|| Fault::Abort("the worker is no member of its group".to_owned()))
    }

    fn offer(&mut self, membership: &Self::Membership, offsets: &[NextOffset]) -> Result<(), Fault> {
        let list = list(offsets).map_err(|error| Fault::Fatal(format!("offsets cannot be told: {error}")))?;
        let _watched = self.watchdog.watch("send_offsets_to_transaction");
        self.client.producer().send_offsets_to_transaction(&list, membership, self.timeout()).map_err(
            |error| {
                let fault = self.fault("send_offsets_to_transaction", &error);
                if matches!(fault, Fault::Abort(_))
                    && let Some(consumer) = self.consumer.upgrade()
                {
                    consumer.context().standing.refuse();
                }
                fault
            },
        )?;
        self.offered = offsets.to_vec();
        Ok(())
    }

    fn commit(&mut self) -> Result<Vec<NextOffset>, Fault> {
        let _watched = self.watchdog.watch("commit_transaction");
        self.client
            .producer()
            .commit_transaction(self.timeout())
            .map_err(|error| self.fault("commit_transaction", &error))?;
        self.began = None;
        let committed = std::mem::take(&mut self.offered);
        self.outlet.assignment.sealed(&committed);
        Ok(committed)
    }

    fn abort(&mut self) -> Result<(), Fault> {
        let _watched = self.watchdog.watch("abort_transaction");
        let timeout = self.timeout();
        if !self.client.purge(true, timeout) {
            return Err(Fault::Retry(format!("records are still in flight after {timeout:?}")));
        }
        match self.client.producer().abort_transaction(timeout) {
            Ok(()) => {
                self.began = None;
                Ok(())
            }
            // None was begun: nothing is to be taken back.
            Err(KafkaError::Transaction(error))
                if error.code() == RDKafkaErrorCode::State && self.began.is_none() =>
            {
                Ok(())
            }
            Err(error) => Err(match self.fault("abort_transaction", &error) {
                // Nothing was committed, and a new producer takes back whatever is left.
                Fault::Fatal(words) => Fault::Expired(words),
                fault => fault,
            }),
        }
    }

    fn review(&mut self) -> Result<(), Fault> {
        if self.outlet.review() {
            // Its batches could outgrow what a topic takes now.
            self.remake()?;
            self.init()?;
        }
        Ok(())
    }

    fn renew(&mut self) -> Result<(), Fault> {
        tracing::warn!(
            transactional_id = self.outlet.name(),
            timeout = ?self.transaction_timeout,
            "transaction expired, going on with a new producer"
        );
        self.remake()?;
        self.init()
    }
}
