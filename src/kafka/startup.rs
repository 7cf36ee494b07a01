//! Before the first record: are the topics there, and what do they take?

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, ConfigResource, ResourceSpecifier};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::KafkaError;
use rdkafka::producer::Producer as _;

use super::backoff::Backoff;
use super::deliveries::{Context, Deliveries};
use super::properties::{self, TopicLimits};
use super::report::Reporter;
use super::sink::{Producer, Ready, Topic, Topics};
use super::topics::{self, Wanted};
use crate::settings::Settings;

/// How long the broker may take to describe topics.
const DESCRIBE: Duration = Duration::from_secs(5);

/// Waits for output and dead-letter topic and makes the producer. `None`: told to stop meanwhile.
///
/// # Errors
/// When librdkafka refuses to make a client, in words.
pub(crate) fn prepare(
    settings: &Settings,
    reporter: &Arc<Reporter>,
    deliveries: &Arc<Deliveries>,
    describes: bool,
) -> Result<Option<Ready>, String> {
    let defaults = TopicLimits::default();
    let config = properties::producer(settings, defaults, defaults.max_message_bytes);
    let scout = producer(&config, reporter, deliveries, None)?;
    let serve = || scout.poll(Duration::ZERO);
    let mut pause = |wait: Duration| {
        let deadline = tokio::time::Instant::now() + wait;
        while tokio::time::Instant::now() < deadline {
            if deliveries.closed.load(Ordering::Acquire) {
                return false;
            }
            scout.poll(wait.min(Duration::from_millis(50)));
        }
        !deliveries.closed.load(Ordering::Acquire)
    };
    let Some(found) = topics::wait(scout.client(), &Wanted::output(settings), reporter, &serve, &mut pause)
    else {
        return Ok(None);
    };
    let (output, dead_letter) = (settings.output.topic.as_str(), settings.dead_letter.topic.as_str());
    let limits =
        if describes { describe(&config, [output, dead_letter], &mut pause) } else { BTreeMap::new() };
    let topic = |name: &str| Topic {
        name: name.to_owned(),
        limits: limits.get(name).copied().unwrap_or_default(),
        partitions: AtomicI32::new(found.get(name).copied().unwrap_or(0)),
    };
    let topics = Arc::new(Topics { output: topic(output), dead_letter: topic(dead_letter) });
    let (first, second) = (topics.output.limits, topics.dead_letter.limits);
    let narrowest = if first.max_message_bytes <= second.max_message_bytes { first } else { second };
    let largest = first.max_message_bytes.max(second.max_message_bytes);
    let config = properties::producer(settings, narrowest, largest);
    let producer = producer(&config, reporter, deliveries, Some(Arc::clone(&topics)))?;
    tracing::info!(
        output,
        output_partitions = topics.output.partitions.load(Ordering::Relaxed),
        output_max_message_bytes = first.max_message_bytes,
        dead_letter,
        dead_letter_max_message_bytes = second.max_message_bytes,
        "producer is ready"
    );
    reporter.healthy();
    Ok(Some(Ready { producer, topics }))
}

fn producer(
    config: &ClientConfig,
    reporter: &Arc<Reporter>,
    deliveries: &Arc<Deliveries>,
    topics: Option<Arc<Topics>>,
) -> Result<Producer, String> {
    let context = Context { reporter: Arc::clone(reporter), deliveries: Arc::clone(deliveries), topics };
    config.create_with_context(context).map_err(|error| format!("cannot make a producer: {error}"))
}

/// Asks for the topics' limits. A broker that will not tell (no permission, too old) leaves the defaults.
fn describe(
    config: &ClientConfig,
    names: [&str; 2],
    pause: &mut dyn FnMut(Duration) -> bool,
) -> BTreeMap<String, TopicLimits> {
    const ATTEMPTS: usize = 3;
    let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(2));
    for attempt in 1..=ATTEMPTS {
        match describe_once(config, names) {
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

fn describe_once(config: &ClientConfig, names: [&str; 2]) -> Result<BTreeMap<String, TopicLimits>, String> {
    let in_words = |error: KafkaError| error.to_string();
    let admin: AdminClient<DefaultClientContext> = config.create().map_err(in_words)?;
    let specifiers = names.map(ResourceSpecifier::Topic);
    let options = AdminOptions::new().request_timeout(Some(DESCRIBE));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| format!("cannot wait for the answer: {error}"))?;
    let answers = runtime.block_on(async {
        tokio::time::timeout(DESCRIBE * 2, admin.describe_configs(&specifiers, &options)).await
    });
    let answers = answers.map_err(|_| format!("no answer within {DESCRIBE:?}"))?.map_err(in_words)?;
    let mut limits = BTreeMap::new();
    for (name, answer) in names.into_iter().zip(answers) {
        let resource = answer.map_err(|code| format!("topic `{name}`: {code}"))?;
        limits.insert(name.to_owned(), read(&resource));
    }
    Ok(limits)
}

fn read(resource: &ConfigResource) -> TopicLimits {
    let value = |name: &str| resource.get(name).and_then(|entry| entry.value.as_deref());
    let defaults = TopicLimits::default();
    TopicLimits {
        max_message_bytes: value("max.message.bytes")
            .and_then(|bytes| bytes.parse().ok())
            .unwrap_or(defaults.max_message_bytes),
        compacted: value("cleanup.policy")
            .is_some_and(|policy| policy.split(',').any(|part| part.trim() == "compact")),
    }
}
