//! A watch over every call that may block: librdkafka's own time-outs do not always hold.
//!
//! A call that takes longer than it was given makes the worker not ready, with the call's name; one that
//! never returns ends it, since a restart is the only cure, and loses nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError};
use tokio::time::Instant;

use crate::pipeline::observer::Observer;

/// How often it looks.
const LOOK: Duration = Duration::from_millis(250);
/// What a call may take beyond its own time-out before that is told: its last attempt, and a busy machine.
const GRACE: Duration = Duration::from_secs(2);
/// After so many time-outs it is not expected to return any more.
const GIVE_UP_AFTER: u32 = 3;
/// The part that the observer hears of.
const PART: &str = "call";

/// The calls that are on their way.
pub(crate) struct Watchdog {
    calls: Mutex<BTreeMap<&'static str, Call>>,
    /// `kafka.call_timeout`
    timeout: Duration,
    observer: Arc<dyn Observer>,
}

struct Call {
    since: Instant,
    told: bool,
}

/// A call that is watched until this is dropped.
pub(crate) struct Watched<'w> {
    watchdog: &'w Watchdog,
    call: &'static str,
}

impl Watchdog {
    pub(crate) fn new(timeout: Duration, observer: Arc<dyn Observer>) -> Self {
        Self { calls: Mutex::default(), timeout, observer }
    }

    /// Watches a call, by its name. One of each name at a time.
    pub(crate) fn watch(&self, call: &'static str) -> Watched<'_> {
        self.lock().insert(call, Call { since: Instant::now(), told: false });
        Watched { watchdog: self, call }
    }

    /// Looks at all calls; gives the cause when one will not return.
    fn look(&self, now: Instant) -> Option<String> {
        let mut overdue = None;
        for (name, call) in self.lock().iter_mut() {
            let took = now.saturating_duration_since(call.since);
            if took <= self.timeout + GRACE {
                continue;
            }
            let found =
                format!("{name} has not returned for {} s, expected {:?}", took.as_secs(), self.timeout);
            if !std::mem::replace(&mut call.told, true) {
                tracing::warn!(call = name, ?took, "a call does not return");
                self.observer.broker_state(PART, Err(&found));
            }
            if took > self.timeout * GIVE_UP_AFTER {
                overdue = Some(found);
            }
        }
        overdue
    }

    /// Looks until `stop` closes; `give_up` hears the cause when a call will not return.
    pub(crate) fn run(&self, stop: &Receiver<()>, give_up: impl FnOnce(String)) {
        while stop.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
            if let Some(cause) = self.look(Instant::now()) {
                give_up(cause);
                return;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Call>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        let ended = self.watchdog.lock().remove(self.call);
        if ended.is_some_and(|call| call.told) {
            self.watchdog.observer.broker_state(PART, Ok(()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Ear(Mutex<Vec<Result<(), String>>>);

    impl Observer for Ear {
        fn broker_state(&self, part: &'static str, healthy: Result<(), &str>) {
            assert_eq!(part, PART);
            self.0.lock().unwrap().push(healthy.map_err(str::to_owned));
        }
    }

    #[test]
    fn a_slow_call_is_told_once_and_one_that_never_returns_ends_the_worker() {
        let ear = Arc::new(Ear::default());
        let watchdog = Watchdog::new(Duration::from_secs(10), ear.clone());
        let call = watchdog.watch("commit_transaction");
        let begun = Instant::now();
        assert_eq!(watchdog.look(begun + Duration::from_secs(11)), None);
        assert_eq!(*ear.0.lock().unwrap(), []);
        for seconds in [13, 20, 29] {
            assert_eq!(watchdog.look(begun + Duration::from_secs(seconds)), None);
        }
        let cause = watchdog.look(begun + Duration::from_secs(31)).unwrap();
        assert!(cause.starts_with("commit_transaction has not returned for 3"), "{cause}");
        drop(call);
        assert_eq!(watchdog.look(begun + Duration::from_secs(100)), None);
        let told = ear.0.lock().unwrap();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].is_err() && told[1].is_ok());
    }
}
