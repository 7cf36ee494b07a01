//! What became of the numbers: each is to be answered once.

use std::time::Duration;

use anyhow::{Context, ensure};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;
use rdkafka::message::{Headers as _, Message as _};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use tokio::time::Instant;

use super::Line;
use super::scene::{PATIENCE, Route, Scene};
use crate::bench::topics;

/// Counts of a part.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Account {
    records: usize,
    lost: usize,
    twice: usize,
}

impl Account {
    /// Reads both topics as a `read_committed` reader does. No worker may run any more.
    pub(super) fn of(scene: &Scene, route: &Route, records: usize) -> anyhow::Result<Self> {
        let mut answers = vec![0_usize; records];
        for topic in [&route.output, &route.dead] {
            read(&scene.broker, topic, &mut answers)?;
        }
        let lost = answers.iter().filter(|count| **count == 0).count();
        let twice = answers.iter().map(|count| count.saturating_sub(1)).sum();
        Ok(Self { records, lost, twice })
    }

    /// As lines of the table.
    pub(super) fn lines(self, part: &str) -> Vec<Line> {
        let line = |name: &str, count: usize| (format!("{part}: {name}"), count.to_string());
        vec![line("records", self.records), line("lost", self.lost), line("twice", self.twice)]
    }
}

fn read(broker: &str, topic: &str, answers: &mut [usize]) -> anyhow::Result<()> {
    let reader = |isolation: &str| -> anyhow::Result<BaseConsumer> {
        let consumer = ClientConfig::new()
            .set("bootstrap.servers", broker)
            .set("group.id", "recovery-reader-without-commits")
            .set("enable.auto.commit", "false")
            .set("enable.partition.eof", "true")
            .set("isolation.level", isolation)
            .create()?;
        Ok(consumer)
    };
    let (consumer, plain) = (reader("read_committed")?, reader("read_uncommitted")?);
    let mut list = TopicPartitionList::new();
    let deadline = Instant::now() + PATIENCE;
    for partition in 0..topics::PARTITIONS {
        // What an open transaction holds back would be missed.
        let end = plain.fetch_watermarks(topic, partition, PATIENCE)?.1;
        while consumer.fetch_watermarks(topic, partition, PATIENCE)?.1 < end {
            ensure!(Instant::now() < deadline, "a transaction hangs on {topic} [{partition}]");
            std::thread::park_timeout(Duration::from_millis(100));
        }
        list.add_partition_offset(topic, partition, Offset::Beginning)?;
    }
    consumer.assign(&list)?;
    let mut left = topics::PARTITIONS;
    let mut last = Instant::now();
    while left > 0 {
        ensure!(last.elapsed() < PATIENCE, "{topic} cannot be read to its end");
        match consumer.poll(Duration::from_millis(200)) {
            None => continue,
            Some(Err(KafkaError::PartitionEOF(_))) => left -= 1,
            Some(message) => {
                let message = message?;
                let headers = message.headers().context("an answer without headers")?;
                let number =
                    headers.iter().find(|header| header.key == "number").and_then(|header| header.value);
                let number: usize =
                    std::str::from_utf8(number.context("an answer without its number")?)?.parse()?;
                *answers.get_mut(number).context("an answer to no record")? += 1;
            }
        }
        last = Instant::now();
    }
    Ok(())
}
