//! How long to wait before the next attempt: doubling up to a ceiling, with jitter, so that workers that
//! lost the same broker do not come back in step.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// A rising series of waits.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
    ceiling: Duration,
    /// Where the jitter comes from: keyed at random for each process and each series.
    random: RandomState,
    attempts: u64,
}

impl Backoff {
    pub(crate) fn new(first: Duration, ceiling: Duration) -> Self {
        Self { next: first, ceiling, random: RandomState::new(), attempts: 0 }
    }

    /// The next wait: between half of the present step and all of it.
    pub(crate) fn next_wait(&mut self) -> Duration {
        let step = self.next;
        self.next = (step * 2).min(self.ceiling);
        self.attempts += 1;
        spread(step, self.random.hash_one(self.attempts))
    }
}

/// Between half of `step` and all of it.
pub(crate) fn jitter(step: Duration) -> Duration {
    spread(step, RandomState::new().hash_one(step))
}

fn spread(step: Duration, random: u64) -> Duration {
    step / 2 + step / 2000 * u32::try_from(random % 1000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_ceiling() {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(1));
        for step in [100, 200, 400, 800, 1000, 1000] {
            let wait = backoff.next_wait();
            assert!(
                wait >= Duration::from_millis(step / 2) && wait <= Duration::from_millis(step),
                "{wait:?}"
            );
        }
    }
}
