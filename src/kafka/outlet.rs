//! What both guarantees share: the topics that are written to, and how a client for them is made.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rdkafka::error::KafkaError;
use rdkafka::{Offset, TopicPartitionList};

use super::client::Client;
use super::destinations::Topics;
use super::limits;
use super::properties::{self, Shares};
use super::report::Reporter;
use crate::pipeline::assignment::Assignment;
use crate::pipeline::publisher::Fault;
use crate::pipeline::seam::NextOffset;
use crate::settings::Settings;

/// The way out.
pub(crate) struct Outlet {
    pub(crate) topics: Arc<Topics>,
    pub(crate) reporter: Arc<Reporter>,
    pub(crate) assignment: Arc<Assignment>,
    /// `kafka.call_timeout`
    pub(crate) call_timeout: Duration,
    settings: Settings,
    /// Whether the brokers tell the limits of topics; the mock never answers that question.
    describes: bool,
    transactional_id: Option<String>,
    /// The largest batch of the client that was made last.
    batch: AtomicUsize,
}

impl Outlet {
    pub(crate) fn new(
        settings: &Settings,
        topics: Arc<Topics>,
        reporter: Arc<Reporter>,
        assignment: Arc<Assignment>,
        describes: bool,
        transactional_id: Option<String>,
    ) -> Self {
        Self {
            topics,
            reporter,
            assignment,
            call_timeout: settings.kafka.call_timeout,
            settings: settings.clone(),
            describes,
            transactional_id,
            batch: AtomicUsize::new(0),
        }
    }

    /// The transactional id; empty without transactions.
    pub(crate) fn name(&self) -> &str {
        self.transactional_id.as_deref().unwrap_or_default()
    }

    /// A new client, whose batches keep to what the topics take now.
    pub(crate) fn client(&self) -> Result<Client, Fault> {
        let (narrowest, largest) = self.topics.narrowest_and_largest();
        let config =
            properties::producer(&self.settings, narrowest, largest, self.transactional_id.as_deref());
        self.batch.store(narrowest.max_message_bytes, Ordering::Relaxed);
        let shares = Shares::of(self.settings.limits.memory);
        Client::new(&config, shares, &self.reporter, Some(Arc::clone(&self.topics)))
            .map_err(|error| Fault::Fatal(format!("cannot make a producer: {error}")))
    }

    /// Asks again what the topics take. True: the client's batches could outgrow that, or it refuses by
    /// itself what they take now; it has to be made anew.
    pub(crate) fn review(&self) -> bool {
        if !self.describes {
            return false;
        }
        let (_, largest_before) = self.topics.narrowest_and_largest();
        let topics = [&self.topics.output, &self.topics.dead_letter];
        match limits::describe(&self.settings, &topics.map(|topic| topic.name.as_str())) {
            Ok(found) => {
                for topic in topics {
                    let Some(limits) = found.get(&topic.name) else { continue };
                    if topic.limits() != *limits {
                        let max_message_bytes = limits.max_message_bytes;
                        tracing::info!(topic = %topic.name, max_message_bytes, "limits of a topic have changed");
                        topic.set_limits(*limits);
                    }
                }
            }
            Err(cause) => tracing::warn!(%cause, "limits of the topics are not known"),
        }
        let (narrowest, largest) = self.topics.narrowest_and_largest();
        narrowest.max_message_bytes < self.batch.load(Ordering::Relaxed) || largest > largest_before
    }
}

/// The transactional id of a worker: that of a named one stays over restarts, so that the new one aborts
/// at once what the old one left open; and no other pipeline has it.
pub(crate) fn transactional_id(settings: &Settings, random: u64) -> String {
    let group = &settings.kafka.group_id;
    match &settings.kafka.instance_id {
        Some(instance_id) => format!("{group}.{instance_id}"),
        None => format!("{group}.{random:016x}"),
    }
}

/// Offsets as librdkafka takes them.
pub(crate) fn list(offsets: &[NextOffset]) -> Result<TopicPartitionList, KafkaError> {
    let mut list = TopicPartitionList::with_capacity(offsets.len());
    for offset in offsets {
        let partition = &offset.partition;
        list.add_partition_offset(&partition.topic, partition.number, Offset::Offset(offset.next))?;
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::fixture;

    #[test]
    fn a_named_worker_keeps_its_transactional_id() {
        let mut settings = fixture::settings();
        assert_eq!(transactional_id(&settings, 0xabc), "desk.0000000000000abc");
        settings.kafka.instance_id = Some("desk-1".to_owned());
        assert_eq!(transactional_id(&settings, 0xabc), "desk.desk-1");
    }
}
