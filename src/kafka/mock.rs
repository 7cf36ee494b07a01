//! A cluster inside the process, for `copydesk demo`: librdkafka's mock.
//!
//! It keeps 5 MiB a partition and drops the oldest beyond it, so topics get many partitions; it lets
//! transactions pass without keeping them, so it shows no more than at least once; and it needs a short
//! session, or rebalances wait for ever.

mod traffic;

use std::sync::Arc;
use std::time::Duration;

use rdkafka::error::KafkaError;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};

pub use traffic::{Feed, ReadBack, Reader};

use super::{ConnectError, Connected};
use crate::pipeline::observer::Observer;
use crate::settings::{Guarantee, PropertyValue, Settings};

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

    /// The next requests of this kind are answered with these errors, one each.
    pub fn answer_with(&self, request: RDKafkaApiKey, errors: &[RDKafkaRespErr]) {
        self.mock.request_errors(request, errors);
    }

    /// What [`super::connect`] is to a real cluster: the settings' brokers and timeouts give way to this
    /// one's, and it is at least once: this broker lets transactions pass without keeping them, and
    /// nothing may look as if it did. Free of the cluster, which cannot leave its thread.
    pub fn connector(
        &self,
    ) -> impl FnOnce(&Settings, Arc<dyn Observer>) -> Result<Connected, ConnectError> + Send + use<> {
        let connect = self.connector_as_set();
        move |settings, observer| {
            let mut adapted = settings.clone();
            adapted.delivery.guarantee = Guarantee::AtLeastOnce;
            connect(&adapted, observer)
        }
    }

    /// The same with the guarantee that the settings name: for tests of what the calls of a transaction
    /// may be answered with.
    pub fn connector_as_set(
        &self,
    ) -> impl FnOnce(&Settings, Arc<dyn Observer>) -> Result<Connected, ConnectError> + Send + use<> {
        let brokers = self.brokers();
        move |settings, observer| {
            let mut adapted = settings.clone();
            adapted.kafka.brokers = brokers;
            adapted.kafka.session_timeout = adapted.kafka.session_timeout.min(SESSION);
            // An empty fetch waits that long at the mock, whatever comes in meanwhile.
            let wait = PropertyValue { value: "50".to_owned(), secret: false };
            adapted.kafka.properties.entry("fetch.wait.max.ms".to_owned()).or_insert(wait);
            super::connect_to(&adapted, observer, false)
        }
    }
}
