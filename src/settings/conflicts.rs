//! Settings that are fine one by one and wrong together.

use std::collections::BTreeSet;
use std::time::Duration;

use super::fault::Fault;
use super::types::{GroupProtocol, Settings};
use super::values::{write_duration, write_size};

/// All conflicts between settings whose keys are not in `faulty` already.
///
/// Checks of more than one key belong here; those that need to know librdkafka are handed to
/// [`load_with`](super::load_with).
pub(super) fn conflicts(settings: &Settings, faulty: &BTreeSet<String>) -> Vec<Fault> {
    let mut found = Conflicts { faulty, faults: Vec::new() };
    found.times(settings);
    found.sizes(settings);
    found.topics(settings);
    found.faults
}

struct Conflicts<'s> {
    faulty: &'s BTreeSet<String>,
    faults: Vec<Fault>,
}

/// A key and its value.
type Setting<'k, T> = (&'k str, T);

impl Conflicts<'_> {
    fn push(&mut self, keys: &[&str], message: String) {
        if keys.iter().any(|key| self.faulty.contains(*key)) {
            return;
        }
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        self.faults.push(Fault::Conflict { keys, message });
    }

    fn less(&mut self, small: Setting<'_, Duration>, large: Setting<'_, Duration>, why: &str) {
        if small.1 >= large.1 {
            let message = format!(
                "expected {} ({}) to be less than {} ({}): {why}",
                small.0,
                write_duration(small.1),
                large.0,
                write_duration(large.1)
            );
            self.push(&[small.0, large.0], message);
        }
    }

    fn times(&mut self, settings: &Settings) {
        let kafka = &settings.kafka;
        let drain = ("delivery.drain_deadline", settings.delivery.drain_deadline);
        let commit = ("delivery.commit_interval", settings.delivery.commit_interval);
        let transaction = ("kafka.transaction_timeout", kafka.transaction_timeout);
        let poll = ("kafka.max_poll_interval", kafka.max_poll_interval);
        self.less(drain, transaction, "a drain must end while its commit still can");
        self.less(commit, transaction, "a commit must end in time");
        self.less(transaction, poll, "the worker must not be thrown out while it waits for a commit");
        // With the other protocol the session is the broker's to set.
        let classic = kafka.protocol == GroupProtocol::Classic;
        if classic {
            let session = ("kafka.session_timeout", kafka.session_timeout);
            self.less(drain, session, "a worker that leaves sends no heartbeats while it drains");
        }
        if classic && kafka.session_timeout > kafka.max_poll_interval {
            let message = format!(
                "expected kafka.session_timeout ({}) to be at most kafka.max_poll_interval ({}), as librdkafka asks",
                write_duration(kafka.session_timeout),
                write_duration(kafka.max_poll_interval)
            );
            self.push(&["kafka.session_timeout", "kafka.max_poll_interval"], message);
        }
    }

    fn sizes(&mut self, settings: &Settings) {
        let limits = &settings.limits;
        if limits.partition_records > limits.in_flight_records {
            let message = format!(
                "expected the records of one partition ({}) to be at most those of all ({})",
                limits.partition_records, limits.in_flight_records
            );
            self.push(&["limits.partition_records", "limits.in_flight_records"], message);
        }
        let parts = [
            ("delivery.batch_bytes", settings.delivery.batch_bytes),
            ("decode.max_expanded", settings.decode.max_expanded),
        ];
        for (key, bytes) in parts {
            if bytes > limits.memory {
                let message = format!(
                    "expected {key} ({}) to be at most limits.memory ({})",
                    write_size(bytes as u64),
                    write_size(limits.memory as u64)
                );
                self.push(&[key, "limits.memory"], message);
            }
        }
    }

    fn topics(&mut self, settings: &Settings) {
        let output = ("output.topic", settings.output.topic.as_str());
        let dead_letter = ("dead_letter.topic", settings.dead_letter.topic.as_str());
        if output.1 == dead_letter.1 {
            let message = format!("expected two topics, found `{}` twice", output.1);
            self.push(&[output.0, dead_letter.0], message);
        }
        for (key, topic) in [output, dead_letter] {
            for input in &settings.input.topics {
                if reads(input, topic) {
                    let message = format!(
                        "expected a topic that the input does not read, found `{topic}`, which the input `{input}` \
                         takes in: the worker would read what it wrote"
                    );
                    self.push(&[key, "input.topics"], message);
                }
            }
        }
    }
}

/// Whether the input `topics` item takes in `topic`.
fn reads(input: &str, topic: &str) -> bool {
    if !input.starts_with('^') {
        return input == topic;
    }
    regex::Regex::new(input).is_ok_and(|pattern| pattern.is_match(topic))
}
