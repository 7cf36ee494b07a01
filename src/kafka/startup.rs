//! Before the first record: are the topics there, and what do they take?

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rdkafka::producer::Producer as _;

use super::backoff::Backoff;
use super::client::Client;
use super::destinations::{Topic, Topics};
use super::limits;
use super::properties::{self, Shares, TopicLimits};
use super::report::Reporter;
use super::severed;
use super::topics::{self, Wanted};
use crate::settings::Settings;

/// Waits for output and dead-letter topic. `None`: told to stop meanwhile, by `closed`.
///
/// # Errors
/// When librdkafka refuses to make a client, in words.
pub(crate) fn prepare(
    settings: &Settings,
    reporter: &Arc<Reporter>,
    closed: &AtomicBool,
    describes: bool,
) -> Result<Option<Arc<Topics>>, String> {
    let defaults = TopicLimits::default();
    let config = properties::producer(settings, defaults, defaults.max_message_bytes, None);
    let scout = Client::new(&config, Shares::of(settings.limits.memory), reporter, None)
        .map_err(|error| format!("cannot make a producer: {error}"))?;
    let serve = || scout.serve();
    let mut pause = |wait: Duration| {
        let deadline = tokio::time::Instant::now() + wait;
        while tokio::time::Instant::now() < deadline {
            if closed.load(Ordering::Acquire) || scout.is_severed() {
                return false;
            }
            scout.producer().poll(wait.min(Duration::from_millis(50)));
        }
        !closed.load(Ordering::Acquire)
    };
    let client = scout.producer().client();
    let Some(found) = topics::wait(client, &Wanted::output(settings), reporter, &serve, &mut pause) else {
        if scout.is_severed() {
            return Err(format!(
                "cannot ask for topics (brokers {}): {}",
                reporter.brokers(),
                severed::CAUSE
            ));
        }
        return Ok(None);
    };
    let (output, dead_letter) = (settings.output.topic.as_str(), settings.dead_letter.topic.as_str());
    let limits =
        if describes { describe(settings, &[output, dead_letter], &mut pause) } else { BTreeMap::new() };
    let topic = |name: &str| {
        let limits = limits.get(name).copied().unwrap_or_default();
        Topic::new(name, limits, found.get(name).copied().unwrap_or(0))
    };
    let topics = Topics { output: topic(output), dead_letter: topic(dead_letter) };
    tracing::info!(
        output,
        output_partitions = topics.output.partitions.load(Ordering::Relaxed),
        output_max_message_bytes = topics.output.limits().max_message_bytes,
        dead_letter,
        dead_letter_max_message_bytes = topics.dead_letter.limits().max_message_bytes,
        "topics are ready"
    );
    reporter.healthy();
    Ok(Some(Arc::new(topics)))
}

/// Asks for the topics' limits. A broker that will not tell (no permission, too old) leaves the defaults.
pub(crate) fn describe(
    settings: &Settings,
    names: &[&str],
    pause: &mut dyn FnMut(Duration) -> bool,
) -> BTreeMap<String, TopicLimits> {
    const ATTEMPTS: usize = 3;
    let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(2));
    for attempt in 1..=ATTEMPTS {
        match limits::describe(settings, names) {
            Ok(limits) => return limits,
            Err(cause) => {
                tracing::warn!(%cause, attempt, topics = ?names, "limits of the topics are not known");
            }
        }
        if !pause(backoff.next_wait()) {
            break;
        }
    }
    BTreeMap::new()
}
