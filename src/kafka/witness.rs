//! A second opinion on a consumer that reaches no broker.
//!
//! An outage is waited for, however long it takes. But if a client that is made anew reaches the leader of an
//! input partition, and the old one still reaches nobody, the old one will not recover (see `severed`).

use std::io;
use std::thread::JoinHandle;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaResult;
use tokio::time::Instant;

use super::severed::Severed;
use super::topics::Wanted;

/// How long the consumer may reach nobody before another is asked, and how long until the next is.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long one question of the new client may take.
const ANSWER: Duration = Duration::from_secs(5);

/// Asks a new client now and then, on a thread of its own, while the consumer is alone.
pub(crate) struct Witness {
    config: ClientConfig,
    asked: Option<JoinHandle<bool>>,
    /// When the last one was asked.
    last: Option<Instant>,
}

impl Witness {
    /// `config`: how the new client connects.
    pub(crate) fn new(config: ClientConfig) -> Self {
        Self { config, asked: None, last: None }
    }

    /// Asks if it is time to, and passes an answer on. Blocks never.
    pub(crate) fn mind(&mut self, severed: &Severed, wanted: &Wanted, now: Instant) -> io::Result<()> {
        if let Some(asked) = self.asked.take_if(|asked| asked.is_finished())
            && asked.join().unwrap_or(false)
        {
            severed.others_reach_them(now);
        }
        let lately = self.last.is_some_and(|last| now.saturating_duration_since(last) < PATIENCE);
        if self.asked.is_some() || lately || severed.alone_for(now) < PATIENCE {
            return Ok(());
        }
        self.last = Some(now);
        let (config, wanted) = (self.config.clone(), wanted.clone());
        let ask = move || match reaches(&config, &wanted) {
            Ok(reached) => reached,
            Err(error) => {
                tracing::debug!(%error, "another client reaches no broker either");
                false
            }
        };
        self.asked = Some(std::thread::Builder::new().name("kafka-witness".to_owned()).spawn(ask)?);
        Ok(())
    }
}

/// Whether the leader of an input topic's first partition answers: the broker that gave the list may be
/// reached by another address than it names itself.
fn reaches(config: &ClientConfig, wanted: &Wanted) -> KafkaResult<bool> {
    let client: BaseConsumer = config.create()?;
    let metadata = client.fetch_metadata(None, ANSWER)?;
    let Some(topic) = metadata.topics().iter().find(|topic| wanted.holds(topic.name())) else {
        return Ok(false);
    };
    client.fetch_watermarks(topic.name(), 0, ANSWER).map(|_| true)
}
