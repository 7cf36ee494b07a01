//! Waiting for topics: a worker that starts before its broker or its topics says what is missing, and
//! goes on as soon as it is there.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use rdkafka::ClientContext;
use rdkafka::client::Client;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use regex::Regex;

use super::backoff::Backoff;
use super::report::Reporter;
use crate::settings::Settings;

/// How long one question to the broker may take.
const ANSWER: Duration = Duration::from_secs(1);

/// Topics that have to be there.
#[derive(Clone)]
pub(crate) enum Wanted {
    /// All of these.
    Names {
        /// What they are for, in words.
        role: &'static str,
        /// Names.
        topics: Vec<String>,
    },
    /// At least one that matches.
    Pattern(Regex),
}

impl fmt::Debug for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Names { topics, .. } => write!(f, "{}", topics.join(",")),
            Self::Pattern(pattern) => write!(f, "{pattern}"),
        }
    }
}

impl Wanted {
    /// What `input.topics` names. A pattern that is no regular expression was refused before.
    pub(crate) fn input(settings: &Settings) -> Self {
        if let [pattern] = settings.input.topics.as_slice()
            && pattern.starts_with('^')
            && let Ok(pattern) = Regex::new(pattern)
        {
            return Self::Pattern(pattern);
        }
        Self::Names { role: "input", topics: settings.input.topics.clone() }
    }

    /// What the worker writes to.
    pub(crate) fn output(settings: &Settings) -> Self {
        let topics = vec![settings.output.topic.clone(), settings.dead_letter.topic.clone()];
        Self::Names { role: "output or dead-letter", topics }
    }

    /// Whether this topic is one of them.
    pub(crate) fn holds(&self, topic: &str) -> bool {
        match self {
            Self::Names { topics, .. } => topics.iter().any(|name| name == topic),
            Self::Pattern(pattern) => pattern.is_match(topic),
        }
    }

    /// As a subscription wants it.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let (names, pattern) = match self {
            Self::Names { topics, .. } => (topics.as_slice(), None),
            Self::Pattern(pattern) => (&[] as &[String], Some(pattern.as_str())),
        };
        names.iter().map(String::as_str).chain(pattern)
    }
}

/// Why topics cannot be used yet.
#[derive(Debug, thiserror::Error)]
enum Missing {
    #[error("cannot reach the brokers")]
    Broker(#[source] KafkaError),
    #[error("{role} topic `{topic}` does not exist")]
    Topic { role: &'static str, topic: String },
    #[error("{role} topic `{topic}` cannot be used: {code}")]
    Refused { role: &'static str, topic: String, code: RDKafkaErrorCode },
    #[error("no topic matches `{pattern}`")]
    Match { pattern: String },
}

/// Waits until all of `wanted` is there and gives the number of partitions of each topic.
///
/// `serve` lets the client tell its log lines and errors, `pause` waits and says whether to go on.
/// `None`: it said no.
pub(crate) fn wait<C: ClientContext>(
    client: &Client<C>,
    wanted: &Wanted,
    reporter: &Reporter,
    serve: &dyn Fn(),
    pause: &mut dyn FnMut(Duration) -> bool,
) -> Option<BTreeMap<String, i32>> {
    let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(5));
    loop {
        let missing = match probe(client, wanted) {
            Ok(found) => return Some(found),
            Err(missing) => missing,
        };
        serve();
        let cause = match &missing {
            Missing::Broker(error) => {
                format!("{missing} {}: {}", reporter.brokers(), reporter.cause_or(error))
            }
            _ => format!("{missing} (brokers {})", reporter.brokers()),
        };
        reporter.unhealthy(&cause);
        if !pause(backoff.next_wait()) {
            return None;
        }
    }
}

fn probe<C: ClientContext>(client: &Client<C>, wanted: &Wanted) -> Result<BTreeMap<String, i32>, Missing> {
    let mut found = BTreeMap::new();
    match wanted {
        Wanted::Names { role, topics } => {
            for topic in topics {
                found.insert(topic.clone(), partition_count(client, role, topic)?);
            }
        }
        Wanted::Pattern(pattern) => {
            let metadata = client.fetch_metadata(None, ANSWER).map_err(Missing::Broker)?;
            for topic in metadata.topics() {
                if topic.error().is_none() && wanted.holds(topic.name()) {
                    found.insert(topic.name().to_owned(), count(topic.partitions().len()));
                }
            }
            if found.is_empty() {
                return Err(Missing::Match { pattern: pattern.as_str().to_owned() });
            }
        }
    }
    Ok(found)
}

fn partition_count<C: ClientContext>(
    client: &Client<C>,
    role: &'static str,
    topic: &str,
) -> Result<i32, Missing> {
    let metadata = client.fetch_metadata(Some(topic), ANSWER).map_err(Missing::Broker)?;
    let missing = || Missing::Topic { role, topic: topic.to_owned() };
    let answer = metadata.topics().iter().find(|answer| answer.name() == topic).ok_or_else(missing)?;
    match answer.error().map(RDKafkaErrorCode::from) {
        None if answer.partitions().is_empty() => Err(missing()),
        None => Ok(count(answer.partitions().len())),
        Some(RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic) => Err(missing()),
        Some(code) => Err(Missing::Refused { role, topic: topic.to_owned(), code }),
    }
}

fn count(partitions: usize) -> i32 {
    i32::try_from(partitions).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::fixture;

    #[test]
    fn names_and_patterns_go_to_the_subscription_as_they_are() {
        let mut settings = fixture::settings();
        settings.input.topics = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(Wanted::input(&settings).names().collect::<Vec<_>>(), ["a", "b"]);
        settings.input.topics = vec!["^news\\.".to_owned()];
        assert_eq!(Wanted::input(&settings).names().collect::<Vec<_>>(), ["^news\\."]);
    }
}
