//! Rebalances: what librdkafka asks for is answered one change after the other, while the poll loop goes on.
//!
//! Partitions come in once it is known where to go on with them, and go once the pipeline has drained them, or
//! must be taken for lost.

use std::collections::BTreeMap;
use std::sync::Arc;

use rdkafka::TopicPartitionList;
use rdkafka::consumer::Consumer as _;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::Source;
use crate::kafka::consumer::{Change, make};
use crate::kafka::resume::Resume;
use crate::pipeline::seam::{PartitionId, Position, SourceEvent};

/// A revoke that the pipeline drains.
pub(super) struct Draining {
    pub(super) change: Change,
    partitions: Vec<PartitionId>,
    drained: oneshot::Receiver<()>,
    deadline: Instant,
}

impl Source {
    /// Whether no change is on its way.
    pub(super) fn is_steady(&self) -> bool {
        self.draining.is_none() && self.resuming.is_none()
    }

    /// Answers changes that librdkafka waits for, one after the other.
    pub(super) fn answer_changes(&mut self) -> Result<(), String> {
        self.mind_standing();
        self.finish_drain();
        self.finish_resume()?;
        while self.is_steady() {
            let context = self.consumer.context();
            let Some(change) = context.next_change() else { break };
            context.standing.renew(self.consumer.group_metadata());
            self.place.changes();
            match change {
                Change::Assign(list) if list.count() == 0 => self.assign(list),
                Change::Assign(list) => {
                    self.assignment.expect();
                    self.resuming = Some(Resume::new(list, &self.offset_reset, self.call_timeout));
                    self.finish_resume()?;
                }
                Change::Revoke(_) => self.revoke(change),
            }
        }
        Ok(())
    }

    /// Takes partitions in once it is known where to go on with them.
    fn finish_resume(&mut self) -> Result<(), String> {
        let Some(mut resume) = self.resuming.take() else { return Ok(()) };
        if self.leave_by.is_some() || self.place.rejoining || self.consumer.assignment_lost() {
            // librdkafka waits for an answer before it asks for what comes next: to give them back. Nothing
            // of them is taken in until then.
            self.make(&Change::Assign(resume.at_the_end()));
            return Ok(());
        }
        match resume.settle(&self.consumer, &self.watchdog) {
            Ok(Some(list)) => self.assign(list),
            Ok(None) => self.resuming = Some(resume),
            Err(error) => return Err(format!("cannot start thread `kafka-resume`: {error}")),
        }
        Ok(())
    }

    fn assign(&mut self, list: TopicPartitionList) {
        let partitions = self.partitions(&list);
        self.make(&Change::Assign(list));
        self.consumer.context().reporter.healthy();
        // A rebalance that brings nothing to add is no news; but to one that holds nothing it is: there are
        // more workers than partitions, and this one is a member that stands by.
        if partitions.is_empty() && !self.assignment.is_empty() {
            return;
        }
        let epoch = self.assignment.add(&partitions);
        for partition in &partitions {
            let position = Position { partition: partition.clone(), epoch, offset: 0 };
            self.held.entry(partition.number).or_default().push(position);
        }
        // librdkafka remembers a pause from the last time that the partition was ours.
        self.fetch(&partitions, !self.held_back);
        tracing::info!(epoch = epoch.0, partitions = %names(&partitions), "partitions assigned");
        self.send(SourceEvent::Assigned { epoch, partitions });
    }

    fn revoke(&mut self, change: Change) {
        let Change::Revoke(list) = &change else { return };
        let mut partitions = self.partitions(list);
        // Some may never have been taken in.
        let ours = self.assignment.partitions();
        partitions.retain(|partition| ours.contains(partition));
        for partition in &partitions {
            if let Some(held) = self.held.get_mut(&partition.number) {
                held.retain(|position| position.partition != *partition);
            }
        }
        // Records that the pipeline has not seen are the next owner's.
        self.outbox.retain(
            |event| !matches!(event, SourceEvent::Record(record) if partitions.contains(&record.position.partition)),
        );
        if partitions.is_empty() {
            self.make(&change);
            return;
        }
        if self.consumer.assignment_lost() {
            self.lose(&change, partitions, "lost");
            return;
        }
        tracing::debug!(partitions = %names(&partitions), "partitions are to be revoked, draining");
        self.consumer.context().standing.begin_drain(self.consumer.group_metadata());
        let (reply, drained) = oneshot::channel();
        self.send(SourceEvent::Revoking { partitions: partitions.clone(), drained: reply });
        let deadline = Instant::now() + self.drain_deadline;
        self.draining = Some(Draining { change, partitions, drained, deadline });
    }

    /// Ends a drain that was answered, or that came to nothing.
    fn finish_drain(&mut self) {
        let Some(mut draining) = self.draining.take() else { return };
        let answered = !matches!(draining.drained.try_recv(), Err(oneshot::error::TryRecvError::Empty));
        if answered {
            self.end(&draining.change, &draining.partitions, "revoke");
            return;
        }
        let lost = self.consumer.assignment_lost() || self.consumer.context().standing.is_drain_refused();
        if !lost && Instant::now() < draining.deadline {
            self.draining = Some(draining);
            return;
        }
        if !lost {
            let waited = self.drain_deadline;
            tracing::warn!(?waited, partitions = %names(&draining.partitions), "drain deadline passed");
        }
        self.lose(&draining.change, draining.partitions, if lost { "lost" } else { "revoke" });
    }

    /// Gives partitions up and tells the pipeline that it is too late for them.
    fn lose(&mut self, change: &Change, partitions: Vec<PartitionId>, kind: &'static str) {
        self.end(change, &partitions, kind);
        self.send(SourceEvent::Lost { partitions });
    }

    fn end(&mut self, change: &Change, partitions: &[PartitionId], kind: &'static str) {
        // First the epoch, so that no commit of it starts after the partition is another's.
        self.assignment.remove(partitions);
        self.make(change);
        self.consumer.context().standing.end_drain();
        for partition in partitions {
            self.paused.remove(partition);
        }
        let partitions = names(partitions);
        if kind == "lost" {
            tracing::warn!(%partitions, "partitions lost, work in flight discarded");
        } else {
            tracing::info!(%partitions, "partitions given up");
        }
    }

    /// Makes a change, and has an eye on it: it may wait for librdkafka's own threads.
    pub(super) fn make(&self, change: &Change) {
        let _watched = self.watchdog.watch("assign");
        make(&self.consumer, change);
    }

    /// The list's partitions, sharing the names of topics.
    fn partitions(&self, list: &TopicPartitionList) -> Vec<PartitionId> {
        let mut topics: BTreeMap<String, Arc<str>> = BTreeMap::new();
        let elements = list.elements();
        let mut partitions = Vec::with_capacity(elements.len());
        for element in elements {
            let topic = topics
                .entry(element.topic().to_owned())
                .or_insert_with(|| Arc::from(element.topic()))
                .clone();
            partitions.push(PartitionId { topic, number: element.partition() });
        }
        partitions
    }
}

pub(super) fn names(partitions: &[PartitionId]) -> String {
    partitions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
