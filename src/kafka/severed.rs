//! Whether a client still knows any broker to turn to.
//!
//! librdkafka from 2.10 on forgets brokers that an answer to its question for metadata does not name, even
//! those it was configured with. A broker that has just been started may name none at all; if the client
//! forgets the last one at the wrong moment, it never asks anybody again and waits for ever
//! (<https://github.com/confluentinc/librdkafka/issues/5301>). Its statistics tell: a client that merely
//! reaches nobody still lists whom it tries. Or it lists one and still asks nobody: then all records time out, while
//! every call goes well. The only cure is a new client.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::consumer::Statistics;

/// A client that starts over has no broker for a moment: so many statistics in a row must name none.
const IN_A_ROW: u32 = 2;

/// What a client is said to be.
pub(crate) const CAUSE: &str = "the client knows no broker any more, or could send nothing in time, and will not ask again, only a new one can go on (librdkafka issue 5301)";

/// What a client's statistics say of it.
#[derive(Debug, Default)]
pub(crate) struct Severed {
    without_brokers: AtomicU32,
    timed_out: AtomicBool,
}

impl Severed {
    /// A record could not be sent within its time.
    pub(crate) fn record_timed_out(&self) {
        self.timed_out.store(true, Ordering::Relaxed);
    }

    /// Takes note of the next statistics.
    pub(crate) fn learn(&self, statistics: &Statistics) {
        if statistics.knows_a_broker() {
            self.without_brokers.store(0, Ordering::Relaxed);
        } else {
            self.without_brokers.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whether the client is, or has to be taken for, cut off for good.
    pub(crate) fn is_so(&self) -> bool {
        self.without_brokers.load(Ordering::Relaxed) >= IN_A_ROW || self.timed_out.load(Ordering::Relaxed)
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
        severed.learn(&alone);
        assert!(!severed.is_so());
        severed.learn(&trying);
        severed.learn(&alone);
        assert!(!severed.is_so());
        severed.learn(&alone);
        assert!(severed.is_so());
    }

    #[test]
    fn a_client_whose_record_timed_out_is_taken_for_severed() {
        let severed = Severed::default();
        severed.record_timed_out();
        assert!(severed.is_so());
    }
}
