//! Time, handed in from outside so that tests can hold it.

#![expect(clippy::disallowed_types, reason = "the one place where the real clock is read")]

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A clock of the worker.
pub trait Clock: Send + Sync + 'static {
    /// Time since some fixed moment; never goes back.
    fn now(&self) -> Duration;
    /// Milliseconds since 1970 UTC, for latencies against a record's timestamp.
    fn unix_ms(&self) -> i64;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct RealClock {
    started: std::time::Instant,
}

impl RealClock {
    /// A clock that starts now.
    #[must_use]
    pub fn start() -> Self {
        Self { started: std::time::Instant::now() }
    }
}

impl Clock for RealClock {
    fn now(&self) -> Duration {
        self.started.elapsed()
    }
    fn unix_ms(&self) -> i64 {
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands still until it is told to advance.
#[derive(Debug, Default)]
pub struct TestClock {
    nanos: AtomicU64,
}

impl TestClock {
    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        self.nanos.fetch_add(u64::try_from(by.as_nanos()).unwrap_or(u64::MAX), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Duration {
        Duration::from_nanos(self.nanos.load(Ordering::SeqCst))
    }

    fn unix_ms(&self) -> i64 {
        i64::try_from(self.now().as_millis()).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_clock_moves_only_when_told() {
        let clock = TestClock::default();
        assert_eq!(clock.now(), Duration::ZERO);
        clock.advance(Duration::from_millis(1500));
        assert_eq!((clock.now(), clock.unix_ms()), (Duration::from_millis(1500), 1500));
    }

    #[test]
    fn the_real_clock_does_not_go_back_and_knows_the_year() {
        let clock = RealClock::start();
        let first = clock.now();
        assert!(clock.now() >= first);
        assert!(clock.unix_ms() > 1_700_000_000_000, "after 2023");
    }
}
