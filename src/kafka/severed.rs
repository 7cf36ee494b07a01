//! Whether a client still knows any broker to turn to.
//!
//! librdkafka from 2.10 on forgets brokers that an answer to its question for metadata does not name, even
//! those it was configured with. A broker that has just been started may name none at all; if the client
//! forgets the last one at the wrong moment, it never asks anybody again and waits for ever
//! (<https://github.com/confluentinc/librdkafka/issues/5301>). Its statistics tell: a client that merely
//! reaches nobody still lists whom it tries. Or it lists one and still asks nobody: then all records time out, while
//! every call goes well. Of a consumer, which has none, another client is asked (`witness`). The only cure is
//! a new client.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::consumer::Statistics;

/// A client that starts over has no broker for a moment: so many statistics in a row must name none.
const IN_A_ROW: u32 = 2;

/// How long a client may reach nobody after another one has: several times its longest pause between two attempts.
const AFTER_OTHERS: Duration = Duration::from_secs(10);

/// What a client is said to be.
pub(crate) const CAUSE: &str = "the client knows no broker any more, or reaches none that others reach, and will not ask again, only a new one can go on (librdkafka issue 5301)";

/// What a client's statistics say of it.
#[derive(Debug, Default)]
pub(crate) struct Severed {
    without_brokers: AtomicU32,
    /// A record was not sent in time, or others reach brokers that this client does not.
    left_out: AtomicBool,
    alone: Mutex<Alone>,
}

/// Since when no broker is connected, and when another client has reached them meanwhile.
#[derive(Debug, Default, Clone, Copy)]
struct Alone {
    since: Option<Instant>,
    others: Option<Instant>,
}

impl Severed {
    /// A record could not be sent within its time.
    pub(crate) fn record_timed_out(&self) {
        self.left_out.store(true, Ordering::Relaxed);
    }

    /// Another client has reached the brokers just now.
    pub(crate) fn others_reach_them(&self, now: Instant) {
        self.alone.lock().unwrap_or_else(PoisonError::into_inner).others = Some(now);
    }

    /// How long no broker has been connected.
    pub(crate) fn alone_for(&self, now: Instant) -> Duration {
        let since = self.alone.lock().unwrap_or_else(PoisonError::into_inner).since;
        since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since))
    }

    /// Takes note of the next statistics.
    pub(crate) fn learn(&self, statistics: &Statistics, now: Instant) {
        let mut alone = self.alone.lock().unwrap_or_else(PoisonError::into_inner);
        if statistics.any_broker_up() {
            *alone = Alone::default();
        } else {
            alone.since.get_or_insert(now);
            if alone.others.is_some_and(|at| now.saturating_duration_since(at) >= AFTER_OTHERS) {
                self.left_out.store(true, Ordering::Relaxed);
            }
        }
        if statistics.knows_a_broker() {
            self.without_brokers.store(0, Ordering::Relaxed);
        } else {
            self.without_brokers.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whether the client is, or has to be taken for, cut off for good.
    pub(crate) fn is_so(&self) -> bool {
        self.without_brokers.load(Ordering::Relaxed) >= IN_A_ROW || self.left_out.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_severed_once_it_has_listed_no_broker_twice() {
        let statistics = |text: &str| serde_json::from_str::<Statistics>(text).unwrap();
        let alone = statistics(
            r#"{"brokers":{":0/internal":{"nodeid":-1,"state":"UP","source":"internal"},
                "GroupCoordinator":{"nodeid":-1,"state":"DOWN","source":"logical"}}}"#,
        );
        let trying = statistics(
            r#"{"brokers":{"b:9092/bootstrap":{"nodeid":-1,"state":"DOWN","source":"configured"}}}"#,
        );
        let severed = Severed::default();
        let now = Instant::now();
        severed.learn(&alone, now);
        assert!(!severed.is_so());
        severed.learn(&trying, now);
        severed.learn(&alone, now);
        assert!(!severed.is_so());
        severed.learn(&alone, now);
        assert!(severed.is_so());
    }

    #[test]
    fn a_client_is_severed_once_others_reach_what_it_does_not() {
        let broker = |state: &str| {
            let text = format!(
                r#"{{"brokers":{{"b:9092/1":{{"nodeid":1,"state":"{state}","source":"learned"}}}}}}"#
            );
            serde_json::from_str::<Statistics>(&text).unwrap()
        };
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let severed = Severed::default();
        severed.learn(&broker("UP"), at(0));
        assert_eq!(severed.alone_for(at(5)), Duration::ZERO);
        severed.learn(&broker("TRY_CONNECT"), at(5));
        assert_eq!(severed.alone_for(at(40)), Duration::from_secs(35));
        severed.others_reach_them(at(40));
        severed.learn(&broker("DOWN"), at(45));
        assert!(!severed.is_so(), "its next attempt may go well");
        severed.learn(&broker("UP"), at(49));
        severed.learn(&broker("DOWN"), at(54));
        assert!(!severed.is_so(), "that was another time");
        severed.others_reach_them(at(84));
        severed.learn(&broker("DOWN"), at(94));
        assert!(severed.is_so());
    }

    #[test]
    fn a_client_whose_record_timed_out_is_taken_for_severed() {
        let severed = Severed::default();
        severed.record_timed_out();
        assert!(severed.is_so());
    }
}
