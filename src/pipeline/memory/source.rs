//! The source: a task that polls the broker and sends what it gets.

use tokio::sync::{mpsc, oneshot};

use super::Connection;
use super::broker::Broker;
use super::group::{GroupEvent, MemberId, Polled};
use crate::pipeline::seam::{PartitionId, SourceControl, SourceEvent};

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
    tokio::spawn(async move {
        loop {
            let changed = broker.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            match broker.poll(member, connection.source_capacity) {
                Polled::Ended => return,
                Polled::Nothing => changed.await,
                Polled::Records(records) => {
                    for record in records {
                        if events.send(SourceEvent::Record(record)).await.is_err() {
                            return;
                        }
                    }
                }
                Polled::Group(event) => {
                    if !pass_on(&broker, member, event, &events, connection).await {
                        return;
                    }
                }
            }
        }
    });
    (control, received)
}

/// False: nobody listens any more.
async fn pass_on(
    broker: &Broker,
    member: MemberId,
    event: GroupEvent,
    events: &mpsc::Sender<SourceEvent>,
    connection: Connection,
) -> bool {
    match event {
        GroupEvent::Assigned(epoch, partitions) => {
            events.send(SourceEvent::Assigned { epoch, partitions }).await.is_ok()
        }
        GroupEvent::Lost(partitions) => events.send(SourceEvent::Lost { partitions }).await.is_ok(),
        GroupEvent::Revoking(revoked) => {
            let (drained, reply) = oneshot::channel();
            let partitions = revoked.iter().map(|(partition, _)| partition.clone()).collect();
            let sent = events.send(SourceEvent::Revoking { partitions, drained }).await.is_ok();
            if sent && tokio::time::timeout(connection.drain_deadline, reply).await.is_err() {
                tracing::warn!("the drain deadline passed, the partitions go to their next owner");
            }
            broker.drained(member, &revoked);
            sent
        }
    }
}
