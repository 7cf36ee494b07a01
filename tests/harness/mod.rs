//! A real Apache Kafka for the tests of one test binary.
//!
//! `COPYDESK_TEST_KAFKA=host:port` names one that runs already; else [`broker`] starts one.

#![allow(dead_code, reason = "every test binary uses another part of the harness")]
#![allow(unreachable_pub, reason = "a module of several test binaries")]

#[path = "broker.rs"]
pub mod real;

pub mod client;
pub mod desk;
pub mod forgetful;
pub mod log;
pub mod proxy;
pub mod stories;
pub mod worker;

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use real::Broker;
pub use real::random;

/// How long a test waits for anything before it fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// `host:port` of the broker that all tests of this binary share.
pub fn broker() -> &'static str {
    static BROKER: OnceLock<Broker> = OnceLock::new();
    let start = || Broker::start(root(), target()).unwrap_or_else(|failure| panic!("{failure}"));
    &BROKER.get_or_init(start).address
}

/// A name that no other test, and no other run on the same broker, uses.
pub fn unique(name: &str) -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("{name}-{:08x}-{number}", random() & 0xffff_ffff)
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of what is built.
pub fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("target")
}
