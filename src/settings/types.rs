//! The settings, typed and valid. `config/default.toml` documents every key.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// All settings of the worker.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// `[kafka]`
    pub kafka: Kafka,
    /// `[input]`
    pub input: Input,
    /// `[output]`
    pub output: Output,
    /// `[dead_letter]`
    pub dead_letter: DeadLetter,
    /// `[delivery]`
    pub delivery: Delivery,
    /// `[decode]`
    pub decode: Decode,
    /// `[normalize]`
    pub normalize: Normalize,
    /// `[stages]`
    pub stages: Stages,
    /// `[kb]`
    pub kb: Kb,
    /// `[limits]`
    pub limits: Limits,
    /// `[admin]`
    pub admin: Admin,
    /// `[log]`
    pub log: Log,
}

/// How to reach Kafka.
#[derive(Debug, Clone, PartialEq)]
pub struct Kafka {
    /// `kafka.brokers`: `host:port`, with commas.
    pub brokers: Vec<String>,
    /// `kafka.group_id`
    pub group_id: String,
    /// `kafka.instance_id`: names this worker; static membership with the classic protocol.
    pub instance_id: Option<String>,
    /// `kafka.protocol`
    pub protocol: GroupProtocol,
    /// `kafka.session_timeout`
    pub session_timeout: Duration,
    /// `kafka.max_poll_interval`
    pub max_poll_interval: Duration,
    /// `kafka.transaction_timeout`
    pub transaction_timeout: Duration,
    /// `kafka.call_timeout`: how long one call to a broker may block.
    pub call_timeout: Duration,
    /// `kafka.security_protocol`, `kafka.sasl.*`, and so on go through here: any librdkafka property.
    pub properties: BTreeMap<String, PropertyValue>,
}

/// The group protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupProtocol {
    /// The one that every broker speaks.
    Classic,
    /// KIP-848.
    Consumer,
}

/// A librdkafka property; `Debug` and `Display` mask what is secret.
#[derive(Clone, PartialEq, Eq)]
pub struct PropertyValue {
    /// The value.
    pub value: String,
    /// Whether it must never be shown.
    pub secret: bool,
}

impl fmt::Display for PropertyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.secret { "********" } else { &self.value })
    }
}

impl fmt::Debug for PropertyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// `input.topics`: names, or one `^regex`.
    pub topics: Vec<String>,
}

/// Where records go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// `output.topic`
    pub topic: String,
    /// `output.key`
    pub key: OutputKey,
}

/// Which key a record gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputKey {
    /// As it came.
    Keep,
    /// The record's `id`.
    Id,
    /// The record's `url`, else its `id`.
    Url,
}

/// Where rejected records go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// `dead_letter.topic`
    pub topic: String,
    /// `dead_letter.on_refusal`
    pub on_refusal: RefusedLetter,
}

/// What to do with a dead letter that its topic refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusedLetter {
    /// Stop publishing, say why, and try again from time to time.
    Stop,
    /// Cut its value to what the topic takes, and say so in a header.
    Truncate,
}

/// What is promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// `delivery.guarantee`
    pub guarantee: Guarantee,
    /// `delivery.commit_interval`
    pub commit_interval: Duration,
    /// `delivery.drain_deadline`: how long a revoke or the end may wait for work in flight.
    pub drain_deadline: Duration,
    /// `delivery.batch_records`: records that make a commit due before its time.
    pub batch_records: usize,
    /// `delivery.batch_bytes`: bytes of output that make a commit due before its time.
    pub batch_bytes: usize,
    /// `delivery.record_attempts`: how often a record may fail by itself until it is a dead letter.
    pub record_attempts: u32,
}

/// The guarantee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guarantee {
    /// A `read_committed` reader sees the answer to each record once, whatever crashes.
    ExactlyOnce,
    /// Nothing is lost; after a crash some records may come twice.
    AtLeastOnce,
}

/// Limits of decoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decode {
    /// `decode.max_expanded`: bytes that a compressed value may expand to.
    pub max_expanded: usize,
    /// `decode.max_html_depth`: nesting of a page.
    pub max_html_depth: usize,
    /// `decode.max_html_nodes`: elements of a page.
    pub max_html_nodes: usize,
}

/// How text is normalized.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normalize {
    /// `normalize.time_zone`: IANA name of the zone for dates that state none; `None`: UTC, assumed.
    pub time_zone: Option<String>,
}

/// Which stages run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stages {
    /// `stages.tag.enabled`
    pub tag_enabled: bool,
}

/// The tables of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kb {
    /// `kb.extra`: a table of the user's own; `None`: none.
    pub extra: Option<PathBuf>,
    /// `kb.share_alike`: whether the rows under share-alike terms are loaded.
    pub share_alike: bool,
}

/// What may be in memory at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// `limits.memory`: the budget that librdkafka's queues and the work in flight are cut from.
    pub memory: usize,
    /// `limits.in_flight_records`: records between arrival and seal.
    pub in_flight_records: usize,
    /// `limits.partition_records`: of these, of one partition.
    pub partition_records: usize,
    /// `limits.steps`: counted steps that one record may cost.
    pub steps: u64,
    /// `limits.workers`: threads of the CPU pool; `None`: one a core.
    pub workers: Option<usize>,
}

/// The admin port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admin {
    /// `admin.listen`; `None` when empty: no admin port.
    pub listen: Option<String>,
    /// `admin.stall_after`: no progress for so long, with work at hand, fails `/livez`.
    pub stall_after: Duration,
    /// `admin.request_timeout`: for the head of a request, and again for its answer.
    pub request_timeout: Duration,
    /// `admin.connections`: served at once; more wait.
    pub connections: usize,
}

/// Logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// `log.format`
    pub format: LogFormat,
    /// `log.level`: a level, or directives (`info,copydesk::kafka=debug`).
    pub level: String,
    /// `log.rejected_per_second`: log lines on rejected records, for each stage and code.
    pub rejected_per_second: u32,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// JSON lines.
    Json,
    /// For people.
    Pretty,
}
