//! The sink: a bounded queue of orders, and the steps that carry them out.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, mpsc};

use super::Connection;
use super::broker::Broker;
use super::group::MemberId;
use crate::pipeline::seam::{Destination, Full, Outgoing, Position, Seal, Sink, SinkEvent};

#[derive(Debug)]
enum Item {
    Record(Outgoing),
    Seal(Seal),
}

/// A member's orders to the broker, at least once: each record is delivered by itself, a seal
/// commits when all before it is delivered.
#[derive(Debug)]
pub struct Outbox {
    broker: Broker,
    member: MemberId,
    capacity: usize,
    queue: VecDeque<Item>,
    /// Refused outputs whose dead letter has not come yet.
    unanswered: BTreeSet<Position>,
    /// Waits for them.
    held: Option<Seal>,
    /// Somebody was sent away.
    owes_room: bool,
}

impl Outbox {
    /// An empty one that takes `capacity` orders.
    #[must_use]
    pub fn new(broker: Broker, member: MemberId, capacity: usize) -> Self {
        Self {
            broker,
            member,
            capacity,
            queue: VecDeque::new(),
            unanswered: BTreeSet::new(),
            held: None,
            owes_room: false,
        }
    }

    /// Whether an order has to wait; whoever is told so is owed a word when there is room.
    fn is_full(&mut self) -> bool {
        let full = self.queue.len() >= self.capacity;
        self.owes_room |= full;
        full
    }

    /// Carries out one order; `None` if there is nothing to do.
    pub fn step(&mut self) -> Option<Vec<SinkEvent>> {
        let mut events = Vec::new();
        if self.unanswered.is_empty()
            && let Some(seal) = self.held.take()
        {
            return Some(vec![self.commit(&seal)]);
        }
        match self.queue.pop_front()? {
            Item::Seal(seal) if self.unanswered.is_empty() => events.push(self.commit(&seal)),
            Item::Seal(seal) => self.held = Some(seal),
            Item::Record(record) => {
                let answers =
                    (record.destination == Destination::DeadLetter).then(|| record.position.clone());
                match self.broker.deliver(record) {
                    Ok(()) => {
                        if let Some(position) = answers {
                            self.unanswered.remove(&position);
                        }
                    }
                    Err((refused, code, message)) => {
                        self.unanswered.insert(refused.position.clone());
                        events.push(SinkEvent::Refused { record: Box::new(refused), code, message });
                    }
                }
            }
        }
        if self.queue.len() < self.capacity && std::mem::take(&mut self.owes_room) {
            events.push(SinkEvent::Room);
        }
        Some(events)
    }

    fn commit(&self, seal: &Seal) -> SinkEvent {
        if self.broker.commit(self.member, &seal.offsets) {
            SinkEvent::Sealed { id: seal.id, lost: Vec::new() }
        } else {
            SinkEvent::Stale { id: seal.id }
        }
    }
}

impl Sink for Outbox {
    fn produce(&mut self, record: Outgoing) -> Result<(), Full<Outgoing>> {
        if self.is_full() {
            return Err(Full(record));
        }
        self.queue.push_back(Item::Record(record));
        Ok(())
    }

    fn seal(&mut self, seal: Seal) -> Result<(), Full<Seal>> {
        if self.is_full() {
            return Err(Full(seal));
        }
        self.queue.push_back(Item::Seal(seal));
        Ok(())
    }
}

/// An [`Outbox`] that a task works off.
#[derive(Debug)]
pub struct MemorySink {
    outbox: Arc<Mutex<Outbox>>,
    offered: Arc<Notify>,
}

impl Sink for MemorySink {
    fn produce(&mut self, record: Outgoing) -> Result<(), Full<Outgoing>> {
        let result = self.outbox.lock().unwrap_or_else(PoisonError::into_inner).produce(record);
        self.offered.notify_one();
        result
    }

    fn seal(&mut self, seal: Seal) -> Result<(), Full<Seal>> {
        let result = self.outbox.lock().unwrap_or_else(PoisonError::into_inner).seal(seal);
        self.offered.notify_one();
        result
    }
}

/// Orders carried out in one go.
const HANDFUL: usize = 32;

pub(super) fn start(
    broker: Broker,
    member: MemberId,
    connection: Connection,
) -> (MemorySink, mpsc::Receiver<SinkEvent>) {
    let (events, received) = mpsc::channel(connection.sink_capacity.max(HANDFUL));
    let outbox = Arc::new(Mutex::new(Outbox::new(broker, member, connection.sink_capacity)));
    let offered = Arc::new(Notify::new());
    let sink = MemorySink { outbox: Arc::clone(&outbox), offered: Arc::clone(&offered) };
    tokio::spawn(async move {
        loop {
            let mut happened = Vec::new();
            let mut idle = false;
            for _ in 0..HANDFUL {
                match outbox.lock().unwrap_or_else(PoisonError::into_inner).step() {
                    Some(more) => happened.extend(more),
                    None => {
                        idle = true;
                        break;
                    }
                }
            }
            for event in happened {
                if events.send(event).await.is_err() {
                    return;
                }
            }
            if idle {
                tokio::select! {
                    () = offered.notified() => {}
                    () = events.closed() => return,
                }
            }
            if !connection.delivery.is_zero() {
                tokio::time::sleep(connection.delivery).await;
            }
        }
    });
    (sink, received)
}
