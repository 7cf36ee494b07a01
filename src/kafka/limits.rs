//! What topics take, as their broker tells it.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, ConfigResource, ResourceSpecifier};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::KafkaError;

use super::properties::{self, TopicLimits};
use crate::settings::Settings;

/// How long the broker may take to describe topics.
const DESCRIBE: Duration = Duration::from_secs(5);

/// Asks for the limits of topics.
///
/// # Errors
/// Why they are not told (no permission, too old a broker, no answer), in words.
pub(crate) fn describe(settings: &Settings, names: &[&str]) -> Result<BTreeMap<String, TopicLimits>, String> {
    let in_words = |error: KafkaError| error.to_string();
    let defaults = TopicLimits::default();
    let config: ClientConfig = properties::producer(settings, defaults, defaults.max_message_bytes, None);
    let admin: AdminClient<DefaultClientContext> = config.create().map_err(in_words)?;
    let specifiers: Vec<_> = names.iter().map(|name| ResourceSpecifier::Topic(name)).collect();
    let options = AdminOptions::new().request_timeout(Some(DESCRIBE));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| format!("cannot wait for the answer: {error}"))?;
    let answers = runtime.block_on(async {
        tokio::time::timeout(DESCRIBE * 2, admin.describe_configs(&specifiers, &options)).await
    });
    let answers = answers.map_err(|_| format!("no answer within {DESCRIBE:?}"))?.map_err(in_words)?;
    let mut limits = BTreeMap::new();
    for (name, answer) in names.iter().zip(answers) {
        let resource = answer.map_err(|code| format!("topic `{name}`: {code}"))?;
        limits.insert((*name).to_owned(), read(&resource));
    }
    Ok(limits)
}

fn read(resource: &ConfigResource) -> TopicLimits {
    let value = |name: &str| resource.get(name).and_then(|entry| entry.value.as_deref());
    let defaults = TopicLimits::default();
    TopicLimits {
        max_message_bytes: value("max.message.bytes")
            .and_then(|bytes| bytes.parse().ok())
            .unwrap_or(defaults.max_message_bytes),
        compacted: value("cleanup.policy")
            .is_some_and(|policy| policy.split(',').any(|part| part.trim() == "compact")),
    }
}
