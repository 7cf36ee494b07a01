//! The one table of metrics: the registry and `docs/metrics.md` are both made from it.
//!
//! Names follow Prometheus' conventions (base units, `_total` for counters) and, where it has a word
//! for it, OpenTelemetry's.

use std::fmt::Write as _;

use prometheus_client::registry::{Metric, Registry, Unit};

/// What a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only rises; starts at nothing with the worker.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts by bucket, with sum and count.
    Histogram,
    /// Always 1; the labels say something.
    Info,
}

impl Kind {
    /// As the exposition's `# TYPE` says it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Info => "info",
        }
    }
}

/// One metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The name, as a query has it (a histogram adds `_bucket`, `_sum`, `_count`).
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// What it counts in: `records`, `bytes`, `seconds` …
    pub unit: &'static str,
    /// Its labels.
    pub labels: &'static [&'static str],
    /// What it says.
    pub help: &'static str,
}

impl Row {
    /// The name without what the exposition adds by itself, and the unit that it adds.
    pub(super) fn stem(&self) -> (&'static str, Option<Unit>) {
        let stem = self.name.strip_suffix("_total").unwrap_or(self.name);
        let stem = stem.strip_suffix("_info").unwrap_or(stem);
        for (suffix, unit) in [("_seconds", Unit::Seconds), ("_bytes", Unit::Bytes)] {
            if let Some(stem) = stem.strip_suffix(suffix) {
                return (stem, Some(unit));
            }
        }
        (stem, None)
    }

    /// Registers `metric` under this row's name.
    pub(super) fn register(&self, registry: &mut Registry, metric: impl Metric) {
        let (stem, unit) = self.stem();
        // The registry ends the help text with a full stop of its own.
        let help = self.help.trim_end_matches('.');
        match unit {
            Some(unit) => registry.register_with_unit(stem, help, unit, metric),
            None => registry.register(stem, help, metric),
        }
    }
}

macro_rules! table {
    ($($constant:ident = $kind:ident $name:literal in $unit:literal by [$($label:literal),*]: $help:literal;)*) => {
        $(pub(super) const $constant: Row = Row {
            name: $name, kind: Kind::$kind, unit: $unit, labels: &[$($label),*], help: $help,
        };)*
        /// All metrics, in the order of the documentation.
        pub const TABLE: &[Row] = &[$($constant),*];
    };
}

table! {
    BUILD = Info "copydesk_build_info" in "" by ["version", "target"]:
        "The build that runs.";
    RECORDS_IN = Counter "copydesk_records_in_total" in "records" by ["topic"]:
        "Records that came in, tombstones too, by input topic.";
    RECORDS_IN_BYTES = Counter "copydesk_records_in_bytes_total" in "bytes" by ["topic"]:
        "Bytes of the records that came in, with keys and headers, by input topic.";
    RECORDS_OUT = Counter "copydesk_records_out_total" in "records" by ["topic"]:
        "Records delivered to the output topic and committed, tombstones too, by input topic.";
    DEAD_LETTERS = Counter "copydesk_dead_letters_total" in "records" by ["topic"]:
        "Records delivered to the dead-letter topic and committed, by input topic. In, less out, less dead letters, is in flight, or was read again.";
    TOMBSTONES = Counter "copydesk_tombstones_total" in "records" by ["topic"]:
        "Of the records delivered, those without a value (dead letters too), by input topic.";
    REJECTIONS = Counter "copydesk_rejections_total" in "records" by ["stage", "code"]:
        "Records rejected, by stage and cause. They become dead letters; one that is read again counts again.";
    REJECTIONS_NOT_LOGGED = Counter "copydesk_rejections_not_logged_total" in "records" by []:
        "Rejections beyond log.rejected_per_second: counted, without a log line of their own.";
    STAGE_DURATION = Histogram "copydesk_stage_duration_seconds" in "seconds" by ["stage"]:
        "Time that one record took in one stage, without waiting: normalize (with decoding) and tag (with the envelope).";
    QUEUE_DEPTH = Gauge "copydesk_queue_depth" in "items" by ["queue"]:
        "What waits in each queue.";
    QUEUE_CAPACITY = Gauge "copydesk_queue_capacity" in "items" by ["queue"]:
        "What each queue can hold.";
    IN_FLIGHT_RECORDS = Gauge "copydesk_in_flight_records" in "records" by []:
        "Records between arrival and commit.";
    IN_FLIGHT_RECORDS_LIMIT = Gauge "copydesk_in_flight_limit_records" in "records" by []:
        "Their limit: limits.in_flight_records.";
    IN_FLIGHT_BYTES = Gauge "copydesk_in_flight_bytes" in "bytes" by []:
        "Bytes of the records between arrival and commit.";
    IN_FLIGHT_BYTES_LIMIT = Gauge "copydesk_in_flight_limit_bytes" in "bytes" by []:
        "Their limit, cut from limits.memory.";
    ASSIGNED = Gauge "copydesk_assigned_partitions" in "partitions" by []:
        "Input partitions assigned to this worker.";
    PAUSED = Gauge "copydesk_paused_partitions" in "partitions" by []:
        "Of these, those paused since a limit is reached.";
    PARTITION_LAG = Gauge "copydesk_partition_lag_records" in "records" by ["topic", "partition"]:
        "How far the end of the partition is ahead of what was committed.";
    PARTITION_AGE = Gauge "copydesk_partition_oldest_age_seconds" in "seconds" by ["topic", "partition"]:
        "How long the oldest record in flight of the partition has been there; 0 without one.";
    PARTITION_IN_FLIGHT = Gauge "copydesk_partition_in_flight_records" in "records" by ["topic", "partition"]:
        "Records in flight of the partition.";
    PARTITION_PAUSED = Gauge "copydesk_partition_paused" in "" by ["topic", "partition"]:
        "1 while the partition is paused, else 0.";
    COMMITS = Counter "copydesk_commits_total" in "commits" by ["outcome"]:
        "Commits: ok; stale, when the partitions had moved on to another worker.";
    COMMIT_DURATION = Histogram "copydesk_commit_duration_seconds" in "seconds" by ["outcome"]:
        "Time from the order to commit to its answer, deliveries included.";
    ABORTED = Counter "copydesk_aborted_transactions_total" in "transactions" by ["cause"]:
        "Transactions taken back, to be published again: partition_lost, refused (a topic refused a record), blocked (a topic takes nothing), failed, expired.";
    FENCED = Counter "copydesk_fenced_total" in "times" by []:
        "Whether another worker with the same kafka.instance_id has taken over; this one ends then.";
    LETTERS_TRUNCATED = Counter "copydesk_dead_letters_truncated_total" in "records" by []:
        "Dead letters cut to what their topic takes (dead_letter.on_refusal).";
    REBALANCES = Counter "copydesk_rebalances_total" in "rebalances" by ["kind"]:
        "Rebalances of the group that this worker took part in: assign, revoke, lost.";
    END_TO_END = Histogram "copydesk_end_to_end_duration_seconds" in "seconds" by []:
        "Time from a record's own timestamp to its commit.";
    POLLS = Counter "copydesk_polls_total" in "rounds" by []:
        "Rounds of the source's poll loop.";
    BROKER_HEALTHY = Gauge "copydesk_broker_healthy" in "" by ["part"]:
        "1 while the consumer's or the producer's connection to the broker works, the publisher gets on, and each call returns in time; else 0.";
    PROCESS_CPU = Counter "process_cpu_seconds_total" in "seconds" by []:
        "Processor time that the process has used, user and system.";
    PROCESS_RESIDENT = Gauge "process_resident_memory_bytes" in "bytes" by []:
        "Memory that the process holds in RAM.";
    PROCESS_OPEN_FDS = Gauge "process_open_fds" in "files" by []:
        "Open file descriptors.";
    PROCESS_MAX_FDS = Gauge "process_max_fds" in "files" by []:
        "How many file descriptors the process may open.";
    PROCESS_THREADS = Gauge "process_threads" in "threads" by []:
        "Threads of the process.";
    PROCESS_START = Gauge "process_start_time_seconds" in "seconds" by []:
        "When the process began, in seconds since 1970 UTC.";
}

/// `docs/metrics.md`.
#[must_use]
pub fn reference() -> String {
    let mut out = String::from(INTRODUCTION);
    for row in TABLE {
        let labels: Vec<String> = row.labels.iter().map(|label| format!("`{label}`")).collect();
        // A `String` takes everything: there is no error to lose.
        _ = writeln!(
            out,
            "| `{}` | {} | {} | {} | {} |",
            row.name,
            row.kind.as_str(),
            row.unit,
            labels.join(", "),
            row.help
        );
    }
    out
}

const INTRODUCTION: &str = "\
<!-- Made from src/observe/metrics/table.rs. After a change there:
COPYDESK_TEST_REGENERATE=1 cargo test --lib metrics -->

# Metrics

`GET /metrics` on the admin port (`admin.listen`) gives these in the OpenMetrics text format, which Prometheus
reads. A series with a `partition` label exists only while the partition is assigned to this worker. `code` is
one of a fixed, small set. The `process_` metrics come from `/proc`, and are absent where there is none.

`deploy/alerts.yml` has rules for what is worth an alert: records that age, transactions that are aborted again and
again, fencing, dead letters beyond the usual, and `copydesk_broker_healthy == 0`. Also worth a look:
`copydesk_partition_lag_records` that rises.

| name | kind | unit | labels | what it says |
|---|---|---|---|---|
";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_follow_the_conventions() {
        let mut names = BTreeSet::new();
        for row in TABLE {
            assert!(names.insert(row.name), "{} stands twice", row.name);
            assert!(row.name.starts_with("copydesk_") || row.name.starts_with("process_"), "{}", row.name);
            assert!(row.name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{}", row.name);
            assert_eq!(row.name.ends_with("_total"), row.kind == Kind::Counter, "{}", row.name);
            assert_eq!(row.name.ends_with("_info"), row.kind == Kind::Info, "{}", row.name);
            let stem = row.name.trim_end_matches("_total");
            for unit in ["seconds", "bytes"] {
                assert_eq!(stem.ends_with(unit), row.unit == unit, "{}", row.name);
            }
            assert!(row.help.ends_with('.') && !row.help.contains('|'), "{}", row.name);
        }
    }

    #[test]
    fn the_reference_in_docs_is_the_one_made_from_the_table() {
        crate::settings::assert_generated("docs/metrics.md", &reference());
    }

    /// Every metric's name that a file speaks of.
    fn names_in(text: &str) -> BTreeSet<&str> {
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .filter(|word| word.starts_with("copydesk_") || word.starts_with("process_"))
            .collect()
    }

    #[test]
    fn the_dashboard_asks_only_for_metrics_that_there_are() {
        let mut known: BTreeSet<String> = BTreeSet::new();
        for row in TABLE {
            known.insert(row.name.to_owned());
            if row.kind == Kind::Histogram {
                known.extend(["_bucket", "_sum", "_count"].map(|suffix| format!("{}{suffix}", row.name)));
            }
        }
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = root.join("deploy/grafana/dashboards/copydesk.json");
        let text = std::fs::read_to_string(path).unwrap();
        let dashboard: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut asked = BTreeSet::new();
        let panels = dashboard["panels"].as_array().unwrap();
        for target in panels.iter().filter_map(|panel| panel["targets"].as_array()).flatten() {
            let names = names_in(target["expr"].as_str().unwrap());
            assert!(!names.is_empty(), "{target}");
            for name in names {
                assert!(known.contains(name), "the dashboard asks for `{name}`");
                asked.insert(name.to_owned());
            }
        }
        assert!(asked.len() > 15, "{asked:?}");
    }

    #[test]
    fn the_alerts_ask_only_for_metrics_that_there_are() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/alerts.yml");
        let text = std::fs::read_to_string(path).unwrap();
        let asked = names_in(&text);
        let known: BTreeSet<&str> = TABLE.iter().map(|row| row.name).collect();
        assert!(asked.is_subset(&known), "{:?}", asked.difference(&known));
        for wanted in [
            "aborted_transactions_total",
            "fenced_total",
            "partition_oldest_age_seconds",
            "dead_letters_total",
        ] {
            assert!(asked.contains(format!("copydesk_{wanted}").as_str()), "no alert on {wanted}");
        }
    }
}
