//! Trying again: with growing pauses, and not for ever.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::error::ReplayError;
use crate::kafka::backoff::Backoff;

/// How long one call may take before it is called again.
pub(crate) const CALL: Duration = Duration::from_secs(10);

/// How long the brokers may keep a replay waiting in one place.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// The same once somebody wants it to stop.
const LAST_PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait in one place, now that `stop` is set or not.
pub(crate) fn patience(stop: &AtomicBool) -> Duration {
    if stop.load(Ordering::Acquire) { LAST_PATIENCE } else { PATIENCE }
}

/// Attempts at one thing.
pub(crate) struct Attempts<'r> {
    what: &'static str,
    stop: &'r AtomicBool,
    began: Instant,
    backoff: Backoff,
}

impl<'r> Attempts<'r> {
    /// Attempts to `what`, in words such as `commit the transaction`.
    pub(crate) fn new(what: &'static str, stop: &'r AtomicBool) -> Self {
        let backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));
        Self { what, stop, began: Instant::now(), backoff }
    }

    /// Waits before the next attempt, the last having failed with `cause`.
    ///
    /// # Errors
    /// When there have been enough.
    pub(crate) fn wait(&mut self, cause: &str) -> Result<(), ReplayError> {
        let waited = self.began.elapsed();
        if waited >= patience(self.stop) {
            return Err(ReplayError::GaveUp { what: self.what, waited, cause: cause.to_owned() });
        }
        tracing::warn!(what = self.what, cause, "kafka did not do it, trying again");
        std::thread::park_timeout(self.backoff.next_wait());
        Ok(())
    }
}
