//! Order, concurrency and limits; knows no Kafka.
//!
//! [`run`] connects a source and a sink (the [`seam`]) with the CPU pool and the state machine:
//! records come in, [`Stages`] turn each into its answer on the pool's threads, the [`machine`] puts
//! the answers back into order and says what is published, sealed, paused or dropped; the [`publisher`]
//! makes them visible in whole units.

pub mod assignment;
pub mod clock;
mod driver;
pub mod machine;
pub mod memory;
pub mod observer;
pub mod pool;
pub mod publisher;
pub mod seam;
mod stages;

pub use driver::{Ends, Options, Stopped, Summary, run};
pub use machine::{Limits, Sealing};
pub use stages::Stages;
