//! A broker in memory, behind the same seam as Kafka: partitions, several members that rebalance,
//! transactions, fencing, committed offsets, refusals. For tests and benches; everything that it does is
//! a function of its seed and of the calls that it gets.
//!
//! What it does as Kafka does:
//!
//! - **Generations.** Offsets are accepted if the member and its generation are the group's; whether the
//!   partition is the member's is not looked at. A member hears of a generation in the background; one that
//!   was expelled hears of nothing until it polls the news.
//! - **Transactions** by name and epoch: who comes later under a name aborts what the earlier one left
//!   open, and fences it. An open transaction is aborted when it takes too long.
//! - **Readers** are `read_committed`: they skip what was aborted and never pass what is undecided. Where
//!   offsets are undecided, the next owner of the partition does not learn where to begin.
//!
//! [`Broker`] and [`Outbox`] know no tokio: a test that wants to hold every step in its hands calls
//! [`Broker::poll`] and [`Outbox::step`] itself. [`connect`] puts tasks and channels round them.

mod broker;
mod faults;
mod group;
mod member;
mod outbox;
mod producer;
mod sink;
mod source;
mod topics;
mod transactions;
mod whims;

pub use broker::Broker;
pub use faults::{Call, Mishap};
pub use group::Protocol;
pub use member::{GroupEvent, MemberId, Polled};
pub use outbox::{Manner, Outbox};
pub use producer::{Guarantee, Membership, MemoryProducer};
pub use sink::MemorySink;
pub use source::MemoryControl;
pub use topics::Delivered;

use std::time::Duration;

use super::driver::Ends;

/// How a member is connected.
#[derive(Debug, Clone, Copy)]
pub struct Connection {
    /// Events between source and pipeline.
    pub source_capacity: usize,
    /// Orders between pipeline and sink.
    pub sink_capacity: usize,
    /// How long the source waits for a drain.
    pub drain_deadline: Duration,
    /// How long the sink needs for a handful of steps.
    pub delivery: Duration,
    /// What is promised.
    pub guarantee: Guarantee,
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            source_capacity: 64,
            sink_capacity: 64,
            drain_deadline: Duration::from_secs(10),
            delivery: Duration::ZERO,
            guarantee: Guarantee::ExactlyOnce,
        }
    }
}

/// A new member of the broker's group, with the ends that a pipeline wants. Needs a tokio runtime.
#[must_use]
pub fn connect(broker: &Broker, connection: Connection) -> (MemberId, Ends<MemoryControl, MemorySink>) {
    let member = broker.join();
    let (control, source_events) = source::start(broker.clone(), member, connection);
    let (sink, sink_events) = sink::start(broker, member, connection);
    (member, Ends { source_events, control, sink_events, sink })
}
