//! The sink: an outbox that a task works off.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, mpsc};

use super::Connection;
use super::broker::Broker;
use super::member::MemberId;
use super::outbox::{Manner, Outbox};
use crate::pipeline::observer::Unobserved;
use crate::pipeline::publisher::{Next, Policy, RefusedLetter};
use crate::pipeline::seam::{Full, Outgoing, Seal, Sink, SinkEvent};

/// An [`Outbox`] that a task works off.
pub struct MemorySink {
    outbox: Arc<Mutex<Outbox>>,
    offered: Arc<Notify>,
}

fn lock(outbox: &Mutex<Outbox>) -> MutexGuard<'_, Outbox> {
    outbox.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sink for MemorySink {
    fn produce(&mut self, record: Outgoing) -> Result<(), Full<Outgoing>> {
        let result = lock(&self.outbox).produce(record);
        self.offered.notify_one();
        result
    }

    fn seal(&mut self, seal: Seal) -> Result<(), Full<Seal>> {
        let result = lock(&self.outbox).seal(seal);
        self.offered.notify_one();
        result
    }
}

/// Steps made in one go.
const HANDFUL: usize = 32;

pub(super) fn start(
    broker: &Broker,
    member: MemberId,
    connection: Connection,
) -> (MemorySink, mpsc::Receiver<SinkEvent>) {
    let (events, received) = mpsc::channel(connection.sink_capacity.max(HANDFUL));
    let manner = Manner {
        capacity: connection.sink_capacity,
        guarantee: connection.guarantee,
        name: format!("member-{}", member.0),
        policy: Policy { refused_letter: RefusedLetter::Stop, record_attempts: 5 },
    };
    let outbox = Arc::new(Mutex::new(Outbox::new(broker, member, manner, Arc::new(Unobserved))));
    let offered = Arc::new(Notify::new());
    let sink = MemorySink { outbox: Arc::clone(&outbox), offered: Arc::clone(&offered) };
    let changed = Arc::clone(&broker.changed);
    tokio::spawn(async move {
        loop {
            let change = changed.notified();
            tokio::pin!(change);
            change.as_mut().enable();
            let mut happened = Vec::new();
            let mut next = Next::Now;
            for _ in 0..HANDFUL {
                let (due, more) = lock(&outbox).step();
                happened.extend(more);
                next = due;
                if next != Next::Now {
                    break;
                }
            }
            for event in happened {
                if events.send(event).await.is_err() {
                    lock(&outbox).close();
                    return;
                }
            }
            match next {
                Next::Now => {}
                Next::End(_) => return,
                Next::Pause(pause) => tokio::time::sleep(pause).await,
                // A change of the assignment is a reason to look, too.
                Next::Order => tokio::select! {
                    () = offered.notified() => {}
                    () = change => {}
                    () = events.closed() => {}
                },
            }
            if events.is_closed() {
                lock(&outbox).close();
                return;
            }
            if !connection.delivery.is_zero() {
                tokio::time::sleep(connection.delivery).await;
            }
        }
    });
    (sink, received)
}
