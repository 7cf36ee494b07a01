//! The known keys: those of `config/default.toml`, and their names in the environment.

use std::collections::BTreeMap;

/// The free map of librdkafka properties.
pub(super) const PROPERTIES: &str = "kafka.properties.";
/// The same, with values in files.
pub(super) const PROPERTIES_FILES: &str = "kafka.properties_files.";

/// All variables of copydesk start so.
const PREFIX: &str = "COPYDESK_";
/// Variables that are no settings, though they look like one: the test harness's.
const FOREIGN: [&str; 1] = ["COPYDESK_TEST_"];

/// The keys that may be given.
#[derive(Debug)]
pub(super) struct Keys {
    /// By the name of their variable.
    by_variable: BTreeMap<String, String>,
}

/// What a variable of the environment is to the settings.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Variable {
    /// Not ours.
    Foreign,
    /// The value of this key, known or not.
    Key(String),
    /// A known key's variable but for the underscores; holds the right name.
    Misspelt(String),
}

impl Keys {
    /// The keys of the defaults.
    pub(super) fn new<'k>(defaults: impl Iterator<Item = &'k str>) -> Self {
        Self { by_variable: defaults.map(|key| (variable(key), key.to_owned())).collect() }
    }

    /// Whether `key` may be given.
    pub(super) fn knows(&self, key: &str) -> bool {
        let free = [PROPERTIES, PROPERTIES_FILES]
            .iter()
            .any(|prefix| key.strip_prefix(prefix).is_some_and(|name| !name.is_empty()));
        free || self.by_variable.values().any(|known| known == key)
    }

    /// The known key that looks most like `key`, if any does.
    pub(super) fn nearest(&self, key: &str) -> Option<String> {
        const ALIKE: f64 = 0.75;
        let last = key.rsplit('.').next().unwrap_or(key);
        self.by_variable
            .values()
            .map(|known| {
                let whole = strsim::jaro_winkler(known, key);
                // The right name in the wrong section (`topic.output`, `brokers`) is near, too.
                let tail = known.rsplit('.').next().unwrap_or(known);
                let moved = if tail == last { 0.8 } else { 0.0 };
                (known, whole.max(moved) + strsim::normalized_levenshtein(known, key) / 10.0)
            })
            .filter(|(_, likeness)| *likeness > ALIKE)
            .max_by(|(_, one), (_, other)| one.total_cmp(other))
            .map(|(known, _)| known.clone())
    }

    /// The section that `key` is, if it is one.
    pub(super) fn is_section(&self, key: &str) -> bool {
        let prefix = format!("{key}.");
        self.by_variable.values().any(|known| known.starts_with(&prefix))
            || PROPERTIES.starts_with(&prefix)
            || PROPERTIES_FILES.starts_with(&prefix)
    }

    /// What the variable `name` means.
    ///
    /// Only names of the form `COPYDESK_A__B` are settings. Others under the prefix are left alone
    /// (an orchestrator makes some up for a service of this name: `COPYDESK_SERVICE_HOST`), unless
    /// they are a setting's but for the number of underscores.
    pub(super) fn variable(&self, name: &str) -> Variable {
        let Some(rest) = name.strip_prefix(PREFIX) else { return Variable::Foreign };
        if FOREIGN.iter().any(|foreign| name.starts_with(foreign)) {
            return Variable::Foreign;
        }
        if rest.contains("__") {
            return Variable::Key(key_of(rest));
        }
        let flat = |variable: &&String| variable.replace("__", "_") == name;
        match self.by_variable.keys().find(flat) {
            Some(right) => Variable::Misspelt(right.clone()),
            None => Variable::Foreign,
        }
    }
}

/// The variable of a key.
pub(super) fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "__").to_ascii_uppercase())
}

/// The key of a variable, without the prefix.
fn key_of(rest: &str) -> String {
    let key = rest.replace("__", ".").to_ascii_lowercase();
    for prefix in [PROPERTIES, PROPERTIES_FILES] {
        if let Some(name) = key.strip_prefix(prefix) {
            // No property of librdkafka has an underscore in its name but this one.
            let name = if name == "log_level" { name.to_owned() } else { name.replace('_', ".") };
            return format!("{prefix}{name}");
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::new(["kafka.brokers", "kafka.group_id", "output.topic", "input.topics"].into_iter())
    }

    #[test]
    fn variables_are_told_apart() {
        let key = |key: &str| Variable::Key(key.to_owned());
        for (name, expected) in [
            ("COPYDESK_KAFKA__GROUP_ID", key("kafka.group_id")),
            ("COPYDESK_KAFKA__PROPERTIES__SASL_USERNAME", key("kafka.properties.sasl.username")),
            ("COPYDESK_KAFKA__PROPERTIES_FILES__SASL_PASSWORD", key("kafka.properties_files.sasl.password")),
            ("COPYDESK_KAFKA__PROPERTIES__LOG_LEVEL", key("kafka.properties.log_level")),
            ("COPYDESK_NO__SUCH_KEY", key("no.such_key")),
            ("COPYDESK_KAFKA_BROKERS", Variable::Misspelt("COPYDESK_KAFKA__BROKERS".into())),
            ("COPYDESK_SERVICE_HOST", Variable::Foreign),
            ("COPYDESK_PORT_9464_TCP_ADDR", Variable::Foreign),
            ("COPYDESK_TEST_KAFKA__X", Variable::Foreign),
            ("PATH", Variable::Foreign),
        ] {
            assert_eq!(keys().variable(name), expected, "{name}");
        }
    }

    #[test]
    fn the_nearest_name_is_offered_only_if_it_is_near() {
        for (key, nearest) in [
            ("kafka.broker", Some("kafka.brokers")),
            ("kafka.groupid", Some("kafka.group_id")),
            ("brokers", Some("kafka.brokers")),
            ("topic.output", None),
            ("weather", None),
        ] {
            assert_eq!(keys().nearest(key).as_deref(), nearest, "{key}");
        }
    }

    #[test]
    fn properties_are_free_but_need_a_name() {
        assert!(keys().knows("kafka.properties.linger.ms"));
        assert!(!keys().knows("kafka.properties."));
        assert!(!keys().knows("kafka.property.linger.ms"));
    }
}
