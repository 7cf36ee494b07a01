//! What a client says about itself: log lines, errors, health.
//!
//! librdkafka repeats itself at every attempt to connect. Lines of one kind are let through once in a
//! while, with the number of those that were not.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use tokio::time::Instant;

use crate::pipeline::observer::Observer;

/// How often a line of one kind may be logged.
const REPEAT_AFTER: Duration = Duration::from_secs(30);

/// Kinds of lines that are remembered; librdkafka has a few dozen.
const MAX_KINDS: usize = 128;

/// Lets a line of one kind through once in a while.
#[derive(Debug, Default)]
pub(crate) struct Sampler {
    kinds: Mutex<BTreeMap<String, (Instant, u64)>>,
}

impl Sampler {
    /// How many lines of this kind were held back since the last one; `None`: hold this one back, too.
    pub(crate) fn admit(&self, kind: &str, now: Instant) -> Option<u64> {
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((last, held_back)) = kinds.get_mut(kind) {
            if now.duration_since(*last) < REPEAT_AFTER {
                *held_back += 1;
                return None;
            }
            *last = now;
            return Some(std::mem::take(held_back));
        }
        if kinds.len() < MAX_KINDS {
            kinds.insert(kind.to_owned(), (now, 0));
        }
        Some(0)
    }
}

/// Reports for one client.
pub(crate) struct Reporter {
    /// Which client: `consumer` or `producer`.
    pub(crate) part: &'static str,
    observer: Arc<dyn Observer>,
    brokers: String,
    sampler: Sampler,
    /// Whether the last word to the observer was a good one.
    healthy: AtomicBool,
    /// The last cause that librdkafka named: calls that fail just say "transport failure".
    last_cause: Mutex<Option<String>>,
}

impl Reporter {
    pub(crate) fn new(part: &'static str, brokers: &[String], observer: Arc<dyn Observer>) -> Self {
        Self {
            part,
            observer,
            brokers: brokers.join(","),
            sampler: Sampler::default(),
            healthy: AtomicBool::new(false),
            last_cause: Mutex::new(None),
        }
    }

    /// The brokers, as configured.
    pub(crate) fn brokers(&self) -> &str {
        &self.brokers
    }

    pub(crate) fn observer(&self) -> &dyn Observer {
        self.observer.as_ref()
    }

    /// The broker answers. Cheap to call often.
    pub(crate) fn healthy(&self) {
        if !self.healthy.load(Ordering::Relaxed) && !self.healthy.swap(true, Ordering::Relaxed) {
            self.observer.broker_state(self.part, Ok(()));
        }
    }

    /// It does not, or not as it should.
    pub(crate) fn unhealthy(&self, cause: &str) {
        self.healthy.store(false, Ordering::Relaxed);
        self.observer.broker_state(self.part, Err(cause));
        if let Some(held_back) = self.sampler.admit(cause, Instant::now()) {
            tracing::warn!(part = self.part, brokers = %self.brokers, cause, held_back, "kafka is not available");
        }
    }

    /// The last cause that librdkafka named, or `otherwise`.
    pub(crate) fn cause_or(&self, otherwise: &dyn std::fmt::Display) -> String {
        let cause = self.last_cause.lock().unwrap_or_else(PoisonError::into_inner).clone();
        cause.map_or_else(|| otherwise.to_string(), |cause| format!("{otherwise}: {cause}"))
    }

    /// librdkafka's error callback.
    pub(crate) fn error(&self, error: &KafkaError, reason: &str) {
        let code = error.rdkafka_error_code();
        if code == Some(RDKafkaErrorCode::AllBrokersDown) {
            // It follows the cause, and would hide it.
            self.healthy.store(false, Ordering::Relaxed);
            self.observer.broker_state(self.part, Err(&self.cause_or(&reason)));
        } else {
            let mut cause = self.last_cause.lock().unwrap_or_else(PoisonError::into_inner);
            *cause = Some(reason.to_owned());
        }
        if code.is_some_and(says_unavailable) {
            self.healthy.store(false, Ordering::Relaxed);
            self.observer.broker_state(self.part, Err(reason));
        }
        let kind = code.map_or_else(|| error.to_string(), |code| format!("{code:?}"));
        if let Some(held_back) = self.sampler.admit(&kind, Instant::now()) {
            tracing::warn!(
                part = self.part, brokers = %self.brokers, code = %kind, cause = reason, held_back, "kafka error"
            );
        }
    }

    /// librdkafka's log callback.
    pub(crate) fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        let part = self.part;
        match level {
            // One set of properties serves consumer and producer: each warns of the other's.
            _ if facility == "CONFWARN" => {
                tracing::debug!(target: "librdkafka", part, facility, "{line}");
            }
            // A coordinator that has only just begun, or moves, is asked again at once; if it takes longer, the
            // call that waits for it tells.
            _ if facility == "GETPID" && line.ends_with(": retrying") => {
                tracing::debug!(target: "librdkafka", part, facility, "{line}");
            }
            // It is told to leave while it joins, and does.
            _ if facility == "REBALANCE" && line.contains("unexpected instruction to revoke") => {
                tracing::debug!(target: "librdkafka", part, facility, "{line}");
            }
            RDKafkaLogLevel::Emerg
            | RDKafkaLogLevel::Alert
            | RDKafkaLogLevel::Critical
            | RDKafkaLogLevel::Error
            | RDKafkaLogLevel::Warning => {
                if let Some(held_back) = self.sampler.admit(facility, Instant::now()) {
                    tracing::warn!(target: "librdkafka", part, facility, held_back, "{line}");
                }
            }
            RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info => {
                tracing::info!(target: "librdkafka", part, facility, "{line}");
            }
            RDKafkaLogLevel::Debug => tracing::debug!(target: "librdkafka", part, facility, "{line}"),
        }
    }
}

/// Errors that mean that nothing goes in or out until they end.
fn says_unavailable(code: RDKafkaErrorCode) -> bool {
    use RDKafkaErrorCode as E;
    matches!(
        code,
        E::Authentication
            | E::SaslAuthenticationFailed
            | E::SSL
            | E::Resolve
            | E::GroupAuthorizationFailed
            | E::TopicAuthorizationFailed
            | E::UnknownTopicOrPartition
            | E::UnknownTopic
            | E::UnsupportedSASLMechanism
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Watch(Mutex<Vec<Result<(), String>>>);

    impl Observer for Watch {
        fn broker_state(&self, _part: &'static str, healthy: Result<(), &str>) {
            self.0.lock().unwrap().push(healthy.map_err(str::to_owned));
        }
    }

    #[test]
    fn lines_of_one_kind_come_once_in_a_while_with_their_number() {
        let sampler = Sampler::default();
        let start = Instant::now();
        assert_eq!(sampler.admit("FAIL", start), Some(0));
        assert_eq!(sampler.admit("FAIL", start), None);
        assert_eq!(sampler.admit("FAIL", start + REPEAT_AFTER / 2), None);
        assert_eq!(sampler.admit("OTHER", start), Some(0));
        assert_eq!(sampler.admit("FAIL", start + REPEAT_AFTER), Some(2));
    }

    #[test]
    fn the_cause_is_kept_and_health_is_told_once() {
        let watch = Arc::new(Watch::default());
        let reporter = Reporter::new("consumer", &["b:9092".to_owned()], watch.clone());
        reporter.healthy();
        reporter.healthy();
        reporter.error(&KafkaError::Global(RDKafkaErrorCode::BrokerTransportFailure), "b:9092: refused");
        reporter.error(&KafkaError::Global(RDKafkaErrorCode::AllBrokersDown), "1/1 brokers are down");
        reporter.healthy();
        let told = watch.0.lock().unwrap().clone();
        assert_eq!(told, [Ok(()), Err("1/1 brokers are down: b:9092: refused".to_owned()), Ok(())]);
        assert_eq!(reporter.cause_or(&"no metadata"), "no metadata: b:9092: refused");
    }
}
