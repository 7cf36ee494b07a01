//! Settings that would break a guarantee, and the reason why each is refused.

use regex::Regex;

use super::properties::{self, TopicLimits};
use crate::settings::{GroupProtocol, Settings};

/// A setting that cannot stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The setting, as it is written: `kafka.properties.acks`.
    pub key: String,
    /// What was found, what is wrong with it, what to do.
    pub message: String,
}

/// Which values of a property are taken.
enum Taken {
    /// Only these.
    Only(&'static [&'static str]),
    /// None: the property belongs to a setting of its own, or to copydesk.
    Never,
}

/// Property, values that are taken, and why others are not.
const GUARDED: &[(&str, Taken, &str)] = &[
    (
        "enable.auto.commit",
        Taken::Only(FALSE),
        "offsets would be committed before their records are published, and a crash would lose them",
    ),
    (
        "auto.commit.enable",
        Taken::Only(FALSE),
        "offsets would be committed before their records are published",
    ),
    (
        "enable.auto.offset.store",
        Taken::Only(FALSE),
        "offsets would be stored when records are fetched, not when they are published",
    ),
    (
        "isolation.level",
        Taken::Only(&["read_committed"]),
        "records of aborted transactions would be published as news",
    ),
    ("acks", Taken::Only(ALL), "a record would count as published before every in-sync replica has it"),
    (
        "request.required.acks",
        Taken::Only(ALL),
        "a record would count as published before every replica has it",
    ),
    (
        "enable.idempotence",
        Taken::Only(&["true", "t", "1"]),
        "a retry could publish a record twice or change the order",
    ),
    ("delivery.report.only.error", Taken::Only(FALSE), "nobody would know that a record was published"),
    ("queuing.strategy", Taken::Only(&["fifo"]), "newer records would overtake older ones"),
    ("retries", Taken::Never, "a record that meets a busy broker must be sent again, as often as it takes"),
    ("message.send.max.retries", Taken::Never, "a record must be sent again, as often as it takes"),
    ("message.timeout.ms", Taken::Never, "a record has as long as its transaction, or as long as it takes"),
    ("delivery.timeout.ms", Taken::Never, "a record has as long as its transaction, or as long as it takes"),
    ("bootstrap.servers", Taken::Never, "set kafka.brokers instead"),
    ("metadata.broker.list", Taken::Never, "set kafka.brokers instead"),
    ("group.id", Taken::Never, "set kafka.group_id instead"),
    ("group.instance.id", Taken::Never, "set kafka.instance_id instead"),
    ("group.protocol", Taken::Never, "set kafka.protocol instead"),
    ("session.timeout.ms", Taken::Never, "set kafka.session_timeout instead"),
    ("max.poll.interval.ms", Taken::Never, "set kafka.max_poll_interval instead"),
    ("transaction.timeout.ms", Taken::Never, "set kafka.transaction_timeout instead"),
    ("transactional.id", Taken::Never, "it is made of kafka.group_id and kafka.instance_id"),
];

const FALSE: &[&str] = &["false", "f", "0"];
const ALL: &[&str] = &["all", "-1"];

/// Every fault of `settings` as far as Kafka is concerned, all in one go.
///
/// Librdkafka's own check of names and values is part of it, so that a misspelt property is found
/// before a client is made.
#[must_use]
pub fn faults(settings: &Settings) -> Vec<Fault> {
    let mut faults = Vec::new();
    guarded(settings, &mut faults);
    names(settings, &mut faults);
    loops(settings, &mut faults);
    deadlines(settings, &mut faults);
    if faults.is_empty() {
        unknown_properties(settings, &mut faults);
    }
    faults
}

fn fault(faults: &mut Vec<Fault>, key: impl Into<String>, message: impl Into<String>) {
    faults.push(Fault { key: key.into(), message: message.into() });
}

fn guarded(settings: &Settings, faults: &mut Vec<Fault>) {
    for (name, property) in &settings.kafka.properties {
        let Some((_, taken, reason)) = GUARDED.iter().find(|(guarded, ..)| guarded == name) else { continue };
        let key = format!("kafka.properties.{name}");
        match taken {
            Taken::Only(values) => {
                let value = property.value.to_ascii_lowercase();
                if !values.contains(&value.as_str()) {
                    let wanted = values.first().copied().unwrap_or_default();
                    fault(
                        faults,
                        key,
                        format!("`{property}` is refused, only `{wanted}` is taken: {reason}"),
                    );
                }
            }
            Taken::Never => fault(faults, key, format!("cannot be set here: {reason}")),
        }
    }
}

fn names(settings: &Settings, faults: &mut Vec<Fault>) {
    if settings.kafka.brokers.iter().all(|broker| broker.trim().is_empty()) {
        fault(faults, "kafka.brokers", "expected at least one `host:port`, found none");
    }
    if settings.kafka.group_id.trim().is_empty() {
        fault(faults, "kafka.group_id", "expected the name of a consumer group, found nothing");
    }
    if settings.input.topics.is_empty() {
        fault(faults, "input.topics", "expected at least one topic or a `^regex`, found none");
    }
    let several = settings.input.topics.len() > 1;
    for topic in &settings.input.topics {
        if topic.starts_with('^') {
            if several {
                fault(faults, "input.topics", format!("`{topic}` is a pattern, and a pattern stands alone"));
            }
            if let Err(error) = Regex::new(topic) {
                fault(faults, "input.topics", format!("`{topic}` is no regular expression: {error}"));
            }
        } else {
            topic_name("input.topics", topic, faults);
        }
    }
    topic_name("output.topic", &settings.output.topic, faults);
    topic_name("dead_letter.topic", &settings.dead_letter.topic, faults);
}

/// Kafka's own rule for names of topics.
fn topic_name(key: &str, topic: &str, faults: &mut Vec<Fault>) {
    const LONGEST: usize = 249;
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if topic.is_empty() || topic.len() > LONGEST || topic == "." || topic == ".." || !topic.chars().all(legal)
    {
        fault(
            faults,
            key,
            format!(
                "`{topic}` is no name of a topic: expected 1 to {LONGEST} of a-z, A-Z, 0-9, `.`, `_`, `-`"
            ),
        );
    }
}

/// A worker that reads what it writes never ends.
fn loops(settings: &Settings, faults: &mut Vec<Fault>) {
    for (key, topic) in
        [("output.topic", &settings.output.topic), ("dead_letter.topic", &settings.dead_letter.topic)]
    {
        for input in &settings.input.topics {
            if reads(input, topic) {
                let message = format!(
                    "`{topic}` is read by input.topics (`{input}`): the worker would read what it writes"
                );
                fault(faults, key, message);
            }
        }
    }
    if settings.output.topic == settings.dead_letter.topic {
        let topic = &settings.output.topic;
        fault(
            faults,
            "dead_letter.topic",
            format!("`{topic}` is the output topic: readers would see dead letters"),
        );
    }
}

/// Whether an entry of `input.topics` covers `topic`.
#[must_use]
pub fn reads(input: &str, topic: &str) -> bool {
    if input.starts_with('^') {
        return Regex::new(input).is_ok_and(|pattern| pattern.is_match(topic));
    }
    input == topic
}

/// `drain deadline < transaction timeout < max.poll.interval`, session ≤ max.poll.interval.
fn deadlines(settings: &Settings, faults: &mut Vec<Fault>) {
    let kafka = &settings.kafka;
    let drain = settings.delivery.drain_deadline;
    if drain >= kafka.transaction_timeout {
        let message = format!(
            "must be less than kafka.transaction_timeout, found {drain:?} and {:?}: the broker would abort what \
             a rebalance still waits for",
            kafka.transaction_timeout
        );
        fault(faults, "delivery.drain_deadline", message);
    }
    if kafka.transaction_timeout >= kafka.max_poll_interval {
        let message = format!(
            "must be less than kafka.max_poll_interval, found {:?} and {:?}: the group would give partitions \
             away while a transaction on them is open",
            kafka.transaction_timeout, kafka.max_poll_interval
        );
        fault(faults, "kafka.transaction_timeout", message);
    }
    if kafka.protocol == GroupProtocol::Classic && kafka.session_timeout > kafka.max_poll_interval {
        let message = format!(
            "must not be more than kafka.max_poll_interval, found {:?} and {:?}",
            kafka.session_timeout, kafka.max_poll_interval
        );
        fault(faults, "kafka.session_timeout", message);
    }
}

fn unknown_properties(settings: &Settings, faults: &mut Vec<Fault>) {
    let both = [
        properties::consumer(settings),
        properties::producer(
            settings,
            TopicLimits::default(),
            TopicLimits::default().max_message_bytes,
            Some("probe"),
        ),
    ];
    for config in both {
        let Err(error) = config.create_native_config() else { continue };
        let found = match error {
            rdkafka::error::KafkaError::ClientConfig(_, cause, key, _) => {
                Fault { key: format!("kafka.properties.{key}"), message: cause }
            }
            other => Fault { key: "kafka.properties".to_owned(), message: other.to_string() },
        };
        if !faults.contains(&found) {
            faults.push(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::kafka::fixture;
    use crate::settings::PropertyValue;

    fn with(name: &str, value: &str) -> Vec<Fault> {
        let mut settings = fixture::settings();
        let value = PropertyValue { value: value.to_owned(), secret: false };
        settings.kafka.properties.insert(name.to_owned(), value);
        faults(&settings)
    }

    #[test]
    fn good_settings_have_no_fault() {
        assert_eq!(faults(&fixture::settings()), []);
    }

    #[test]
    fn properties_that_break_a_guarantee_are_refused_with_the_reason() {
        let rows = [
            ("enable.auto.commit", "true", "a crash would lose them"),
            ("enable.auto.offset.store", "TRUE", "not when they are published"),
            ("isolation.level", "read_uncommitted", "aborted transactions"),
            ("acks", "1", "every in-sync replica"),
            ("acks", "0", "every in-sync replica"),
            ("request.required.acks", "1", "every replica"),
            ("enable.idempotence", "false", "twice"),
            ("delivery.report.only.error", "true", "nobody would know"),
            ("queuing.strategy", "lifo", "overtake"),
            ("retries", "0", "as often as it takes"),
            ("group.id", "other", "kafka.group_id"),
            ("bootstrap.servers", "x:1", "kafka.brokers"),
            ("group.instance.id", "x", "kafka.instance_id"),
            ("transactional.id", "x", "kafka.group_id"),
        ];
        for (name, value, reason) in rows {
            let found = with(name, value);
            assert_eq!(found.len(), 1, "{name}={value}: {found:?}");
            assert_eq!(found[0].key, format!("kafka.properties.{name}"));
            assert!(found[0].message.contains(reason), "{name}={value}: {}", found[0].message);
        }
    }

    #[test]
    fn properties_that_say_what_holds_anyway_are_taken() {
        for (name, value) in [
            ("enable.auto.commit", "false"),
            ("acks", "-1"),
            ("acks", "all"),
            ("isolation.level", "read_committed"),
            ("linger.ms", "20"),
            ("security.protocol", "SASL_SSL"),
            ("partition.assignment.strategy", "range"),
        ] {
            assert_eq!(with(name, value), [], "{name}={value}");
        }
    }

    #[test]
    fn a_misspelt_property_is_found() {
        let found = with("lingr.ms", "5");
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].key, "kafka.properties.lingr.ms");
        let found = with("linger.ms", "soon");
        assert_eq!(found[0].key, "kafka.properties.linger.ms");
    }

    #[test]
    fn a_secret_is_not_shown_in_a_fault() {
        let mut settings = fixture::settings();
        let value = PropertyValue { value: "hunter2".to_owned(), secret: true };
        settings.kafka.properties.insert("acks".to_owned(), value);
        assert!(!faults(&settings)[0].message.contains("hunter2"));
    }

    #[test]
    fn a_loop_is_refused() {
        for (input, output, dead, key) in [
            ("raw", "raw", "dead", "output.topic"),
            ("raw", "enriched", "raw", "dead_letter.topic"),
            ("^news\\..*", "news.enriched", "dead", "output.topic"),
            ("^news\\..*", "enriched", "news.dead", "dead_letter.topic"),
            ("raw", "out", "out", "dead_letter.topic"),
        ] {
            let mut settings = fixture::settings();
            settings.input.topics = vec![input.to_owned()];
            settings.output.topic = output.to_owned();
            settings.dead_letter.topic = dead.to_owned();
            let found = faults(&settings);
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(found[0].key, key);
        }
    }

    #[test]
    fn names_and_patterns_are_checked() {
        for (topics, cause) in [
            (vec!["a b"], "no name of a topic"),
            (vec!["^("], "no regular expression"),
            (vec!["raw", "^x"], "stands alone"),
            (vec![], "at least one topic"),
        ] {
            let mut settings = fixture::settings();
            settings.input.topics = topics.into_iter().map(str::to_owned).collect();
            let found = faults(&settings);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].message.contains(cause), "{}", found[0].message);
        }
    }

    #[test]
    fn all_faults_come_in_one_go() {
        let mut settings = fixture::settings();
        settings.delivery.drain_deadline = Duration::from_secs(60);
        settings.kafka.transaction_timeout = Duration::from_secs(60);
        settings.kafka.max_poll_interval = Duration::from_secs(60);
        settings.kafka.session_timeout = Duration::from_secs(90);
        settings.kafka.brokers.clear();
        let keys: Vec<_> = faults(&settings).into_iter().map(|fault| fault.key).collect();
        assert_eq!(
            keys,
            [
                "kafka.brokers",
                "delivery.drain_deadline",
                "kafka.transaction_timeout",
                "kafka.session_timeout"
            ]
        );
    }
}
