//! A broker in memory, behind the same seam as Kafka: partitions, several members that rebalance,
//! committed offsets, refusals. For tests and benches; everything that it does is a function of its
//! seed and of the calls that it gets.
//!
//! [`Broker`] and [`Outbox`] know no tokio: a test that wants to hold every step in its hands calls
//! [`Broker::poll`] and [`Outbox::step`] itself. [`connect`] puts tasks and channels round them.

mod broker;
mod group;
mod sink;
mod source;

pub use broker::{Broker, Delivered};
pub use group::{GroupEvent, MemberId, Polled};
pub use sink::{MemorySink, Outbox};
pub use source::MemoryControl;

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
    /// How long the sink needs for a handful of deliveries.
    pub delivery: Duration,
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            source_capacity: 64,
            sink_capacity: 64,
            drain_deadline: Duration::from_secs(10),
            delivery: Duration::ZERO,
        }
    }
}

/// A new member of the broker's group, with the ends that a pipeline wants. Needs a tokio runtime.
#[must_use]
pub fn connect(broker: &Broker, connection: Connection) -> (MemberId, Ends<MemoryControl, MemorySink>) {
    let member = broker.join();
    let (control, source_events) = source::start(broker.clone(), member, connection);
    let (sink, sink_events) = sink::start(broker.clone(), member, connection);
    (member, Ends { source_events, control, sink_events, sink })
}
