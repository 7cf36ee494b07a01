//! Why a replay is not begun, or ends before its end.

use std::time::Duration;

use rdkafka::error::KafkaError;

/// What is wrong with an order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// The worker reads that topic, so it holds raw articles, or the worker would read dead letters.
    #[error("`{topic}` is read by input.topics (`{input}`): expected a topic of dead letters")]
    ReadByInput {
        /// The topic.
        topic: String,
        /// The item of `input.topics` that covers it.
        input: String,
    },
    /// A name that cannot stand in a group id.
    #[error("--name `{name}`: expected 1 to {longest} of a-z, A-Z, 0-9, `_`, `-`")]
    Name {
        /// The name.
        name: String,
        /// Bytes that it may have.
        longest: usize,
    },
}

/// Why a replay failed. What it had committed stays; started again, it goes on behind that.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// librdkafka refuses the properties.
    #[error("librdkafka refuses the settings: {0}")]
    Client(#[from] KafkaError),
    /// Brokers or topics are missing.
    #[error("cannot begin: {cause}")]
    NotReady {
        /// What is missing.
        cause: String,
    },
    /// The brokers did not do what was asked, however often.
    #[error("cannot {what}: gave up after {} s: {cause}", .waited.as_secs())]
    GaveUp {
        /// What was asked, in words: `commit the transaction`.
        what: &'static str,
        /// How long it was tried.
        waited: Duration,
        /// The last answer.
        cause: String,
    },
    /// A call failed in a way that no repeat mends.
    #[error("cannot {what}: {cause}")]
    Failed {
        /// What was asked, in words.
        what: &'static str,
        /// The answer.
        cause: String,
    },
    /// The broker takes nothing from this process any more.
    #[error(
        "fenced: another replay of `{topic}` under the name `{name}` has begun (or one transaction of this one took \
         longer than kafka.transaction_timeout): {cause}"
    )]
    Fenced {
        /// The dead-letter topic.
        topic: String,
        /// The name.
        name: String,
        /// The broker's words.
        cause: String,
    },
    /// The progress is ahead of the topic: it is not the topic that it was kept for.
    #[error(
        "progress under the name `{name}` stands at offset {progress} of `{topic}` partition {partition}, which ends \
         at {end}: was the topic made anew? choose another --name"
    )]
    Ahead {
        /// The name.
        name: String,
        /// The dead-letter topic.
        topic: String,
        /// The partition.
        partition: i32,
        /// The committed offset.
        progress: i64,
        /// The end of the partition, for a reader of committed records.
        end: i64,
    },
}
