//! The source: a task that polls the broker and sends what it gets. It goes on polling while the pipeline
//! has no room, or drains: what it hears of the group must reach the publisher.

use std::collections::VecDeque;

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::Connection;
use super::broker::Broker;
use super::member::{GroupEvent, MemberId, Polled};
use crate::pipeline::seam::{Epoch, PartitionId, SourceControl, SourceEvent};

/// Orders to a member's source.
#[derive(Debug)]
pub struct MemoryControl {
    broker: Broker,
    member: MemberId,
}

impl SourceControl for MemoryControl {
    fn pause(&self, partition: &PartitionId) {
        self.broker.set_paused(self.member, partition, true);
    }

    fn resume(&self, partition: &PartitionId) {
        self.broker.set_paused(self.member, partition, false);
    }

    fn leave(&self) {
        self.broker.leave(self.member);
    }
}

pub(super) fn start(
    broker: Broker,
    member: MemberId,
    connection: Connection,
) -> (MemoryControl, mpsc::Receiver<SourceEvent>) {
    let (events, received) = mpsc::channel(connection.source_capacity);
    let control = MemoryControl { broker: broker.clone(), member };
    let source = Source { broker, member, connection, events, waiting: VecDeque::new(), draining: None };
    tokio::spawn(source.run());
    (control, received)
}

/// A revocation that the pipeline drains.
struct Draining {
    revoked: Vec<(PartitionId, Epoch)>,
    reply: oneshot::Receiver<()>,
    deadline: Instant,
}

struct Source {
    broker: Broker,
    member: MemberId,
    connection: Connection,
    events: mpsc::Sender<SourceEvent>,
    /// What the pipeline has no room for yet.
    waiting: VecDeque<SourceEvent>,
    draining: Option<Draining>,
}

impl Source {
    async fn run(mut self) {
        let broker = self.broker.clone();
        loop {
            let changed = broker.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            broker.heartbeat(self.member);
            self.look_at_drain();
            if !self.flush() {
                return;
            }
            if self.draining.is_none() {
                let room = if self.waiting.is_empty() { self.connection.source_capacity } else { 0 };
                match broker.poll(self.member, room) {
                    Polled::Ended => return self.end().await,
                    Polled::Nothing => {}
                    Polled::Records(records) => {
                        self.waiting.extend(records.into_iter().map(SourceEvent::Record));
                        continue;
                    }
                    Polled::Group(event) => {
                        self.take(event);
                        continue;
                    }
                }
            }
            let has_waiting = !self.waiting.is_empty();
            let deadline = self.draining.as_ref().map(|draining| draining.deadline);
            let reply = self.draining.as_mut().map(|draining| &mut draining.reply);
            let was_drained = tokio::select! {
                () = changed => None,
                // `flush` sends: this waits for room, or for the end.
                _ = self.events.reserve(), if has_waiting => None,
                () = drained(reply) => Some(true),
                () = passed(deadline) => Some(false),
            };
            if let Some(was_drained) = was_drained {
                self.give_up(was_drained);
            }
        }
    }

    /// False: nobody listens any more.
    fn flush(&mut self) -> bool {
        while let Some(event) = self.waiting.pop_front() {
            match self.events.try_send(event) {
                Ok(()) => {}
                Err(TrySendError::Full(event)) => {
                    self.waiting.push_front(event);
                    return true;
                }
                Err(TrySendError::Closed(_)) => return false,
            }
        }
        true
    }

    fn take(&mut self, event: GroupEvent) {
        let event = match event {
            GroupEvent::Assigned(epoch, partitions) => SourceEvent::Assigned { epoch, partitions },
            GroupEvent::Lost(partitions) => SourceEvent::Lost { partitions },
            GroupEvent::Revoking(revoked) => {
                let (drained, reply) = oneshot::channel();
                let partitions = names(&revoked);
                let deadline = Instant::now() + self.connection.drain_deadline;
                self.draining = Some(Draining { revoked, reply, deadline });
                SourceEvent::Revoking { partitions, drained }
            }
        };
        self.waiting.push_back(event);
    }

    /// The group does not wait for a drain of a member that it has given up.
    fn look_at_drain(&mut self) {
        if self.draining.is_some() && self.broker.is_expelled(self.member) {
            self.draining = None;
        }
    }

    /// Tells the group that what drains may go; and the pipeline, if it was not done.
    fn give_up(&mut self, was_drained: bool) {
        let Some(draining) = self.draining.take() else { return };
        self.broker.drained(self.member, &draining.revoked);
        if !was_drained {
            tracing::warn!("the drain deadline passed, the partitions go to their next owner");
            self.waiting.push_back(SourceEvent::Lost { partitions: names(&draining.revoked) });
        }
    }

    /// Sends what waits, then ends.
    async fn end(self) {
        for event in self.waiting {
            if self.events.send(event).await.is_err() {
                return;
            }
        }
    }
}

fn names(revoked: &[(PartitionId, Epoch)]) -> Vec<PartitionId> {
    revoked.iter().map(|(partition, _)| partition.clone()).collect()
}

/// When a drain is answered; a sender that is gone is an answer, too.
async fn drained(reply: Option<&mut oneshot::Receiver<()>>) {
    match reply {
        Some(reply) => drop(reply.await),
        None => std::future::pending().await,
    }
}

async fn passed(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
