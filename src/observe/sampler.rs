//! The log of rejected records: the first few a second in full, the rest as a count.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustc_hash::FxHashMap;

use crate::article::{Rejection, StageName};
use crate::pipeline::seam::PartitionId;

/// How much of a cause goes into the log, in code points: it may quote the article.
const CAUSE_LENGTH: usize = 500;
/// The window in which lines are counted.
const WINDOW: Duration = Duration::from_secs(1);

/// What a line is counted under: a flood of one cause must not hide another. Codes are a small,
/// fixed set, so the windows are as few.
type Cause = (StageName, &'static str);

#[derive(Debug, Default, Clone, Copy)]
struct Window {
    opened: Duration,
    logged: u32,
    withheld: u64,
}

/// Logs rejections, at most so many a second for each stage and code.
#[derive(Debug)]
pub(super) struct RejectionLog {
    per_second: u32,
    windows: Mutex<FxHashMap<Cause, Window>>,
    /// Whether any window withholds lines: spares the poll loop the lock.
    withholds: AtomicBool,
}

impl RejectionLog {
    pub(super) fn new(per_second: u32) -> Self {
        Self { per_second, windows: Mutex::default(), withholds: AtomicBool::new(false) }
    }

    fn windows(&self) -> MutexGuard<'_, FxHashMap<Cause, Window>> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Logs the rejection, or counts it as withheld and returns `false`.
    pub(super) fn tell(
        &self,
        partition: &PartitionId,
        offset: i64,
        rejection: &Rejection,
        now: Duration,
    ) -> bool {
        let cause = (rejection.stage, rejection.code);
        let (logged, ended) = self.count(cause, now);
        if let Some(withheld) = ended {
            tell_count(cause, withheld);
        }
        if logged {
            let text: String = rejection.message.chars().take(CAUSE_LENGTH).collect();
            tracing::warn!(
                topic = &*partition.topic,
                partition = partition.number,
                offset,
                stage = rejection.stage.as_str(),
                code = rejection.code,
                cause = text,
                "record rejected"
            );
        }
        logged
    }

    /// Whether this rejection is logged, and how many were withheld in the window that it ends.
    fn count(&self, cause: Cause, now: Duration) -> (bool, Option<u64>) {
        let mut windows = self.windows();
        let window = windows.entry(cause).or_insert(Window { opened: now, ..Window::default() });
        let mut ended = None;
        if now.saturating_sub(window.opened) >= WINDOW {
            ended = Some(window.withheld).filter(|withheld| *withheld > 0);
            *window = Window { opened: now, ..Window::default() };
        }
        let logged = window.logged < self.per_second;
        if logged {
            window.logged += 1;
        } else {
            window.withheld += 1;
            self.withholds.store(true, Ordering::Relaxed);
        }
        (logged, ended)
    }

    /// Whether some lines are withheld and not yet told of.
    pub(super) fn withholds(&self) -> bool {
        self.withholds.load(Ordering::Relaxed)
    }

    /// Tells how many were withheld in the windows that have ended.
    pub(super) fn tell_withheld(&self, now: Duration) {
        for (cause, withheld) in self.ended(now) {
            tell_count(cause, withheld);
        }
    }

    fn ended(&self, now: Duration) -> Vec<(Cause, u64)> {
        let mut ended = Vec::new();
        let mut windows = self.windows();
        for (cause, window) in windows.iter_mut() {
            if window.withheld > 0 && now.saturating_sub(window.opened) >= WINDOW {
                ended.push((*cause, window.withheld));
                *window = Window { opened: now, ..Window::default() };
            }
        }
        let withholds = windows.values().any(|window| window.withheld > 0);
        self.withholds.store(withholds, Ordering::Relaxed);
        ended
    }
}

fn tell_count((stage, code): Cause, withheld: u64) {
    tracing::warn!(stage = stage.as_str(), code, withheld, "more records were rejected than are logged");
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Cause = (StageName::Decode, "one");
    const OTHER: Cause = (StageName::Decode, "other");

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn the_first_few_of_each_cause_are_logged_and_the_rest_is_counted() {
        let log = RejectionLog::new(2);
        let logged: Vec<bool> = (0..5).map(|i| log.count(ONE, ms(i)).0).collect();
        assert_eq!(logged, [true, true, false, false, false]);
        assert_eq!(log.count(OTHER, ms(5)), (true, None), "one cause does not hide another");
        assert_eq!(log.count(ONE, ms(999)), (false, None));
        assert_eq!(log.count(ONE, ms(1000)), (true, Some(4)));
    }

    #[test]
    fn what_was_withheld_is_told_though_no_more_comes() {
        let log = RejectionLog::new(0);
        assert!(!log.withholds());
        log.count(ONE, ms(0));
        assert!(log.withholds());
        assert_eq!(log.ended(ms(999)), []);
        assert!(log.withholds());
        assert_eq!(log.ended(ms(1000)), [(ONE, 1)]);
        assert!(!log.withholds());
        assert_eq!(log.ended(ms(5000)), []);
    }
}
