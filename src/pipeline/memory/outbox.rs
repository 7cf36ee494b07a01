//! A member's way out: a bounded queue of orders, the publisher, and its producer.

use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;

use super::broker::Broker;
use super::member::MemberId;
use super::producer::{Guarantee, Membership, MemoryProducer};
use crate::pipeline::observer::Observer;
use crate::pipeline::publisher::{Fault, Next, Order, Policy, Producer, Publisher};
use crate::pipeline::seam::{Full, Outgoing, Seal, Sink, SinkEvent};

/// How an outbox publishes.
#[derive(Debug, Clone)]
pub struct Manner {
    /// Orders that wait for the publisher.
    pub capacity: usize,
    /// What is promised.
    pub guarantee: Guarantee,
    /// The producer's name: of two with one name the older is fenced.
    pub name: String,
    /// What the publisher does in cases of taste.
    pub policy: Policy,
}

/// A member's orders to the broker.
pub struct Outbox {
    orders: VecDeque<Order>,
    capacity: usize,
    publisher: Publisher<Membership>,
    producer: MemoryProducer,
    was_assigned: Box<dyn Fn() -> bool + Send>,
    /// Somebody was sent away.
    owes_room: bool,
    /// There is no going on.
    ended: bool,
}

impl Outbox {
    /// An empty one.
    #[must_use]
    pub fn new(broker: &Broker, member: MemberId, manner: Manner, observer: Arc<dyn Observer>) -> Self {
        let Manner { capacity, guarantee, name, policy } = manner;
        let assignment = broker.assignment(member);
        Self {
            orders: VecDeque::new(),
            capacity,
            publisher: Publisher::new(policy, observer),
            producer: MemoryProducer::new(broker.clone(), member, guarantee, name),
            was_assigned: Box::new(move || assignment.was_assigned()),
            owes_room: false,
            ended: false,
        }
    }

    /// Whether an order has to wait; whoever is told so is owed a word when there is room.
    fn is_full(&mut self) -> bool {
        let full = self.orders.len() >= self.capacity;
        self.owes_room |= full;
        full
    }

    /// Hands all orders to the publisher, and lets it make a step. Gives when the next one is due, and what
    /// the pipeline has to know.
    pub fn step(&mut self) -> (Next, Vec<SinkEvent>) {
        if self.ended {
            return (Next::End(Fault::Fatal("it has ended".to_owned())), Vec::new());
        }
        let mut events = Vec::new();
        for order in self.orders.drain(..) {
            self.publisher.order(order);
        }
        if mem::take(&mut self.owes_room) {
            events.push(SinkEvent::Room);
        }
        if (self.was_assigned)() {
            self.publisher.assigned();
        }
        let next = self.publisher.step(&mut self.producer);
        while let Some(event) = self.publisher.next_event() {
            events.push(event);
        }
        if let Next::End(fault) = &next {
            self.ended = true;
            events.push(SinkEvent::Failed { message: fault.to_string() });
        }
        (next, events)
    }

    /// Takes back what is open: nothing will be ordered any more.
    pub fn close(&mut self) {
        if !self.ended && self.publisher.is_open() {
            drop(self.producer.abort());
        }
        self.ended = true;
    }

    /// How many records the publisher holds.
    #[must_use]
    pub fn held(&self) -> usize {
        self.publisher.held()
    }

    /// The producer, to let things go wrong.
    pub fn producer(&mut self) -> &mut MemoryProducer {
        &mut self.producer
    }
}

impl Sink for Outbox {
    fn produce(&mut self, record: Outgoing) -> Result<(), Full<Outgoing>> {
        if self.is_full() {
            return Err(Full(record));
        }
        self.orders.push_back(Order::Produce(record));
        Ok(())
    }

    fn seal(&mut self, seal: Seal) -> Result<(), Full<Seal>> {
        if self.is_full() {
            return Err(Full(seal));
        }
        self.orders.push_back(Order::Seal(seal));
        Ok(())
    }
}
