//! A cluster inside the process, for `copydesk demo`: librdkafka's mock.
//!
//! It keeps 5 MiB a partition and drops the oldest beyond it, so topics get many partitions; it lets
//! transactions pass without keeping them, so it shows no more than at least once; and it needs a short
//! session, or rebalances wait for ever.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::error::KafkaError;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;

use super::{ConnectError, Connected};
use crate::pipeline::observer::Observer;
use crate::settings::Settings;

/// Partitions of a topic, unless told otherwise.
pub const PARTITIONS: i32 = 16;

/// The longest session that the mock does not stall with.
const SESSION: Duration = Duration::from_secs(3);

/// A running mock cluster of one broker; it ends when dropped.
pub struct Cluster {
    mock: MockCluster<'static, DefaultProducerContext>,
}

impl Cluster {
    /// Starts a cluster with these topics.
    ///
    /// # Errors
    /// When no port is free, or a topic cannot be made.
    pub fn start(topics: &[&str], partitions: i32) -> Result<Self, KafkaError> {
        let mock = MockCluster::new(1)?;
        for topic in topics {
            mock.create_topic(topic, partitions, 1)?;
        }
        Ok(Self { mock })
    }

    /// `host:port` of its brokers.
    #[must_use]
    pub fn brokers(&self) -> Vec<String> {
        self.mock.bootstrap_servers().split(',').map(str::to_owned).collect()
    }

    /// As [`super::connect`], to this cluster: the settings' brokers and timeouts give way to its own.
    ///
    /// # Errors
    /// As [`super::connect`].
    pub fn connect(
        &self,
        settings: &Settings,
        observer: Arc<dyn Observer>,
    ) -> Result<Connected, ConnectError> {
        let mut adapted = settings.clone();
        self.adapt(&mut adapted);
        super::connect_to(&adapted, observer, false)
    }

    fn adapt(&self, settings: &mut Settings) {
        settings.kafka.brokers = self.brokers();
        settings.kafka.session_timeout = settings.kafka.session_timeout.min(SESSION);
        // An empty fetch waits that long at the mock, whatever comes in meanwhile.
        let wait = crate::settings::PropertyValue { value: "50".to_owned(), secret: false };
        settings.kafka.properties.entry("fetch.wait.max.ms".to_owned()).or_insert(wait);
    }
}
