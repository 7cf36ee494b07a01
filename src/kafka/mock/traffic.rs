//! Who else talks to the mock cluster in a demo: a scraper that feeds it, and a reader of what comes out.

use std::time::Duration;

use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{Offset, TopicPartitionList};

use super::{Cluster, PARTITIONS};

/// Produces to a [`Cluster`], as a scraper would.
pub struct Feed {
    producer: BaseProducer,
    topic: String,
}

impl Feed {
    /// Produces to `topic`.
    ///
    /// # Errors
    /// When the client cannot be made.
    pub fn start(cluster: &Cluster, topic: &str) -> Result<Self, KafkaError> {
        let producer = ClientConfig::new().set("bootstrap.servers", cluster.brokers().join(",")).create()?;
        Ok(Self { producer, topic: topic.to_owned() })
    }

    /// Sends `value` under the key `sample/round`, and says both in headers.
    ///
    /// # Errors
    /// When the client's queue refuses it.
    pub fn send(&self, sample: &str, round: &str, value: &[u8]) -> Result<(), KafkaError> {
        let key = format!("{sample}/{round}");
        let headers = OwnedHeaders::new()
            .insert(Header { key: "sample", value: Some(sample) })
            .insert(Header { key: "round", value: Some(round) });
        let record = BaseRecord::to(&self.topic).key(&key).payload(value).headers(headers);
        self.producer.send(record).map_err(|(error, _)| error)?;
        self.producer.poll(Duration::ZERO);
        Ok(())
    }

    /// Waits until all is delivered.
    ///
    /// # Errors
    /// When something is not, after `longest`.
    pub fn finish(self, longest: Duration) -> Result<(), KafkaError> {
        self.producer.flush(longest)
    }
}

/// A record as it stands in a topic.
#[derive(Debug, Clone)]
pub struct ReadBack {
    /// Its topic.
    pub topic: String,
    /// Its timestamp, milliseconds since 1970 UTC.
    pub timestamp_ms: Option<i64>,
    /// Its value.
    pub value: Option<Vec<u8>>,
    headers: Vec<(String, Vec<u8>)>,
}

impl ReadBack {
    /// The header `name`, if it is there and is UTF-8.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let (_, value) = self.headers.iter().find(|(header, _)| header == name)?;
        String::from_utf8(value.clone()).ok()
    }
}

/// Reads all of some topics of a [`Cluster`], from their beginning.
pub struct Reader {
    consumer: BaseConsumer,
}

impl Reader {
    /// Reads `topics`.
    ///
    /// # Errors
    /// When the client cannot be made.
    pub fn start(cluster: &Cluster, topics: &[&str]) -> Result<Self, KafkaError> {
        let consumer: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", cluster.brokers().join(","))
            .set("group.id", "copydesk-demo-reader")
            .set("enable.auto.commit", "false")
            .set("fetch.wait.max.ms", "20")
            .create()?;
        let mut partitions = TopicPartitionList::new();
        for topic in topics {
            for number in 0..PARTITIONS {
                partitions.add_partition_offset(topic, number, Offset::Beginning)?;
            }
        }
        consumer.assign(&partitions)?;
        Ok(Self { consumer })
    }

    /// The next record; `None` after `longest` without one.
    ///
    /// # Errors
    /// When the broker cannot be read.
    pub fn next(&mut self, longest: Duration) -> Result<Option<ReadBack>, KafkaError> {
        let Some(message) = self.consumer.poll(longest).transpose()? else { return Ok(None) };
        let headers = message.headers().into_iter().flat_map(|headers| {
            headers.iter().map(|header| (header.key.to_owned(), header.value.unwrap_or_default().to_vec()))
        });
        Ok(Some(ReadBack {
            topic: message.topic().to_owned(),
            timestamp_ms: message.timestamp().to_millis(),
            value: message.payload().map(<[u8]>::to_vec),
            headers: headers.collect(),
        }))
    }
}
