//! From merged layers to [`Settings`]: every key is read once, and every fault is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read as _;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use tracing_subscriber::EnvFilter;

use super::conflicts::conflicts;
use super::fault::{Fault, Faults, Origin};
use super::keys::{PROPERTIES, PROPERTIES_FILES};
use super::layers::{Merged, Sources, merge};
use super::secrets::{MASK, is_secret};
use super::types::{
    Admin, DeadLetter, Decode, Delivery, GroupProtocol, Guarantee, Input, Kafka, Kb, Limits, Log, LogFormat,
    Normalize, Output, OutputKey, PropertyValue, RefusedLetter, Settings, Stages,
};
use super::values::{self, Given};

/// Settings, and where each came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// Every key with its value as understood and its origin.
    pub effective: BTreeMap<String, Effective>,
}

/// A key's value, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    /// As it would stand in TOML; masked if secret.
    pub value: String,
    /// Where it came from.
    pub origin: Origin,
}

impl Loaded {
    /// Where the value of `key` came from.
    #[must_use]
    pub fn origin(&self, key: &str) -> Option<&Origin> {
        self.effective.get(key).map(|effective| &effective.origin)
    }
}

/// Reads the settings of all `sources`.
///
/// # Errors
/// All faults at once: unreadable files, unknown keys, values that do not fit, values that do not
/// go together.
pub fn load(sources: &Sources) -> Result<Loaded, Faults> {
    load_with(sources, |_| Vec::new())
}

/// Reads the settings of all `sources`, with one more check: `refusals` gives key and reason of what
/// another part of the program does not take. This is the place for librdkafka's properties, which
/// only the Kafka side can judge; the settings know nothing of it.
///
/// What `refusals` says of a key of `kafka.properties` always counts. What it says of others counts
/// only if nothing is wrong yet: a value that could not be read stands in the settings as a
/// placeholder, and must not be judged.
///
/// # Errors
/// As [`load`], and the refusals.
pub fn load_with(
    sources: &Sources,
    refusals: impl FnOnce(&Settings) -> Vec<(String, String)>,
) -> Result<Loaded, Faults> {
    let mut faults = Vec::new();
    let merged = merge(sources, &mut faults);
    let mut reader = Reader::new(merged, faults);
    let settings = reader.settings();
    reader.faults.extend(conflicts(&settings, &reader.faulty));
    let sound = reader.faults.is_empty();
    for (key, message) in refusals(&settings) {
        if sound || (key.starts_with(PROPERTIES) && !reader.faulty.contains(&key)) {
            let origin = reader.effective.get(&key).map_or(Origin::Default, |found| found.origin.clone());
            reader.faults.push(Fault::Refused { key, origin, message });
        }
    }
    if !reader.faults.is_empty() {
        return Err(Faults(reader.faults));
    }
    Ok(Loaded { settings, effective: reader.effective })
}

/// Reads keys one by one. A key that cannot be read gives a placeholder, and the load fails.
#[derive(Debug)]
pub(super) struct Reader {
    values: BTreeMap<String, (Given, Origin)>,
    effective: BTreeMap<String, Effective>,
    faults: Vec<Fault>,
    /// Keys that hold a placeholder: no conflict is looked for between them and others.
    faulty: BTreeSet<String>,
    /// The range of each key that has one, as the documentation must say it.
    ranges: BTreeMap<&'static str, String>,
}

const NAME: &str = "a name of letters, digits, `.`, `_` and `-`, at most 249";

impl Reader {
    fn new(merged: Merged, faults: Vec<Fault>) -> Self {
        Self {
            values: merged.values,
            effective: BTreeMap::new(),
            faults,
            faulty: BTreeSet::new(),
            ranges: BTreeMap::new(),
        }
    }

    fn settings(&mut self) -> Settings {
        Settings {
            kafka: self.kafka(),
            input: Input { topics: self.topics("input.topics") },
            output: Output {
                topic: self.topic("output.topic"),
                key: self.choice(
                    "output.key",
                    &[("keep", OutputKey::Keep), ("id", OutputKey::Id), ("url", OutputKey::Url)],
                    OutputKey::Keep,
                ),
            },
            dead_letter: DeadLetter {
                topic: self.topic("dead_letter.topic"),
                on_refusal: self.choice(
                    "dead_letter.on_refusal",
                    &[("stop", RefusedLetter::Stop), ("truncate", RefusedLetter::Truncate)],
                    RefusedLetter::Stop,
                ),
            },
            delivery: Delivery {
                guarantee: self.choice(
                    "delivery.guarantee",
                    &[("exactly_once", Guarantee::ExactlyOnce), ("at_least_once", Guarantee::AtLeastOnce)],
                    Guarantee::ExactlyOnce,
                ),
                commit_interval: self.duration("delivery.commit_interval", MS..=MINUTE),
                drain_deadline: self.duration("delivery.drain_deadline", MS * 10..=MINUTE * 10),
                batch_records: self.count("delivery.batch_records", 1..=100_000),
                batch_bytes: self.size("delivery.batch_bytes", 64 * KIB..=GIB),
                record_attempts: u32::try_from(self.number("delivery.record_attempts", 1..=100))
                    .unwrap_or(u32::MAX),
            },
            decode: Decode {
                max_expanded: self.size("decode.max_expanded", 64 * KIB..=GIB),
                max_html_depth: self.count("decode.max_html_depth", 16..=10_000),
                max_html_nodes: self.count("decode.max_html_nodes", 1000..=10_000_000),
            },
            normalize: Normalize { time_zone: self.time_zone("normalize.time_zone") },
            stages: Stages {
                tag_enabled: self.choice("stages.tag.enabled", &[("true", true), ("false", false)], true),
            },
            kb: Kb {
                extra: self
                    .optional("kb.extra", "the path of a file", |text| Some(text.to_owned()))
                    .map(PathBuf::from),
                share_alike: self.choice("kb.share_alike", &[("true", true), ("false", false)], true),
            },
            limits: Limits {
                memory: self.size("limits.memory", 16 * MIB..=64 * GIB),
                in_flight_records: self.count("limits.in_flight_records", 1..=1_000_000),
                partition_records: self.count("limits.partition_records", 1..=1_000_000),
                steps: self.number("limits.steps", 10_000..=1_000_000_000_000),
                workers: self.workers("limits.workers"),
            },
            admin: Admin {
                listen: self.listen("admin.listen"),
                stall_after: self.duration("admin.stall_after", SECOND..=MINUTE * 60),
                request_timeout: self.duration("admin.request_timeout", MS * 100..=MINUTE),
                connections: self.count("admin.connections", 1..=1000),
            },
            log: Log {
                format: self.choice(
                    "log.format",
                    &[("json", LogFormat::Json), ("pretty", LogFormat::Pretty)],
                    LogFormat::Json,
                ),
                level: self.level("log.level"),
                rejected_per_second: u32::try_from(self.number("log.rejected_per_second", 0..=10_000))
                    .unwrap_or(u32::MAX),
            },
        }
    }

    fn kafka(&mut self) -> Kafka {
        Kafka {
            brokers: self.brokers("kafka.brokers"),
            group_id: self.non_empty("kafka.group_id", "a name that is not empty"),
            instance_id: self
                .optional("kafka.instance_id", NAME, |text| is_name(text).then(|| text.to_owned())),
            protocol: self.choice(
                "kafka.protocol",
                &[("classic", GroupProtocol::Classic), ("consumer", GroupProtocol::Consumer)],
                GroupProtocol::Classic,
            ),
            session_timeout: self.duration("kafka.session_timeout", SECOND..=MINUTE * 30),
            max_poll_interval: self.duration("kafka.max_poll_interval", SECOND..=MINUTE * 60 * 24),
            transaction_timeout: self.duration("kafka.transaction_timeout", SECOND..=MINUTE * 15),
            call_timeout: self.duration("kafka.call_timeout", SECOND..=MINUTE * 5),
            properties: self.properties(),
        }
    }

    /// Reads one key: `parse` gives the value and how it would stand in TOML.
    fn read<T>(
        &mut self,
        key: &str,
        expected: &str,
        placeholder: T,
        parse: impl FnOnce(&Given) -> Option<(T, String)>,
    ) -> T {
        let Some((given, origin)) = self.values.remove(key) else {
            // Only a broken default file leaves a key without a value.
            self.fault(key, "nothing".into(), Origin::Default, expected);
            return placeholder;
        };
        let Some((value, toml)) = parse(&given) else {
            self.fault(key, given.to_toml(), origin, expected);
            return placeholder;
        };
        self.effective.insert(key.to_owned(), Effective { value: toml, origin });
        value
    }

    fn fault(&mut self, key: &str, value: String, origin: Origin, expected: &str) {
        self.faulty.insert(key.to_owned());
        self.faults.push(Fault::Value { key: key.to_owned(), value, origin, expected: expected.to_owned() });
    }

    fn duration(&mut self, key: &'static str, range: RangeInclusive<Duration>) -> Duration {
        let limits = between(&values::write_duration(*range.start()), &values::write_duration(*range.end()));
        let expected = format!("a duration with its unit, {limits}");
        self.ranges.insert(key, limits);
        self.read(key, &expected, Duration::ZERO, |given| {
            let value = values::duration(given.text()?).filter(|value| range.contains(value))?;
            Some((value, values::quote(&values::write_duration(value))))
        })
    }

    fn size(&mut self, key: &'static str, range: RangeInclusive<u64>) -> usize {
        let limits = between(&values::write_size(*range.start()), &values::write_size(*range.end()));
        let expected = format!("a size such as `64MiB`, {limits}");
        self.ranges.insert(key, limits);
        self.read(key, &expected, 0, |given| {
            let bytes = values::size(given.text()?).filter(|bytes| range.contains(bytes))?;
            Some((usize::try_from(bytes).ok()?, values::quote(&values::write_size(bytes))))
        })
    }

    fn number(&mut self, key: &'static str, range: RangeInclusive<u64>) -> u64 {
        let limits = between(&range.start().to_string(), &range.end().to_string());
        let expected = format!("a whole number, {limits}");
        self.ranges.insert(key, limits);
        self.read(key, &expected, 0, |given| {
            let value = given.text()?.replace('_', "").parse().ok().filter(|value| range.contains(value))?;
            Some((value, value.to_string()))
        })
    }

    fn count(&mut self, key: &'static str, range: RangeInclusive<u64>) -> usize {
        usize::try_from(self.number(key, range)).unwrap_or(usize::MAX)
    }

    fn choice<T: Copy>(&mut self, key: &'static str, choices: &[(&str, T)], placeholder: T) -> T {
        let names: Vec<String> = choices.iter().map(|(name, _)| format!("`{name}`")).collect();
        self.read(key, &names.join(" or "), placeholder, |given| {
            let text = given.text()?;
            let (name, value) = choices.iter().find(|(name, _)| *name == text)?;
            let bare = ["true", "false"].contains(name);
            Some((*value, if bare { (*name).to_owned() } else { values::quote(name) }))
        })
    }

    fn non_empty(&mut self, key: &'static str, expected: &str) -> String {
        self.read(key, expected, String::new(), |given| {
            let text = given.text().filter(|text| !text.is_empty())?;
            Some((text.to_owned(), values::quote(text)))
        })
    }

    /// Empty means none.
    fn optional(
        &mut self,
        key: &'static str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<String>,
    ) -> Option<String> {
        self.read(key, &format!("{expected}; or nothing"), None, |given| {
            let text = given.text()?;
            if text.is_empty() {
                return Some((None, values::quote("")));
            }
            let value = parse(text)?;
            let toml = values::quote(&value);
            Some((Some(value), toml))
        })
    }

    fn topic(&mut self, key: &'static str) -> String {
        self.read(key, NAME, String::new(), |given| {
            let text = given.text().filter(|text| is_name(text))?;
            Some((text.to_owned(), values::quote(text)))
        })
    }

    fn topics(&mut self, key: &'static str) -> Vec<String> {
        const MOST: usize = 1000;
        let limits = between("1", &MOST.to_string());
        let expected = format!("topic names, or one regular expression that starts with `^`; {limits} items");
        self.ranges.insert(key, limits);
        self.read(key, &expected, Vec::new(), |given| {
            let topics = given.items();
            let valid = match topics.as_slice() {
                [one] if one.starts_with('^') => regex::Regex::new(one).is_ok(),
                many => (1..=MOST).contains(&many.len()) && many.iter().all(|topic| is_name(topic)),
            };
            let toml = values::list(&topics);
            valid.then_some((topics, toml))
        })
    }

    fn brokers(&mut self, key: &'static str) -> Vec<String> {
        self.read(key, "one or more `host:port`", Vec::new(), |given| {
            let brokers = given.items();
            let toml = values::list(&brokers);
            (!brokers.is_empty() && brokers.iter().all(|broker| is_host_and_port(broker)))
                .then_some((brokers, toml))
        })
    }

    fn listen(&mut self, key: &'static str) -> Option<String> {
        self.optional(
            key,
            "`address:port`, such as `127.0.0.1:9464`, `[::1]:9464` or `localhost:9464`",
            |text| (text.parse::<SocketAddr>().is_ok() || is_host_and_port(text)).then(|| text.to_owned()),
        )
    }

    fn time_zone(&mut self, key: &'static str) -> Option<String> {
        self.optional(key, "the IANA name of a time zone, such as `Europe/Belgrade`", |text| {
            // The database gives the name in its own spelling.
            jiff::tz::TimeZone::get(text).ok()?.iana_name().map(str::to_owned)
        })
    }

    fn level(&mut self, key: &'static str) -> String {
        let expected = "a level (`error`, `warn`, `info`, `debug`, `trace`, `off`), or directives such as \
                        `info,copydesk::kafka=debug`";
        self.read(key, expected, String::new(), |given| {
            // In a list the directives stand one by one.
            let text = match given {
                Given::Text(text) => text.trim().to_owned(),
                Given::List(items) => items.join(","),
            };
            (!text.is_empty() && EnvFilter::try_new(&text).is_ok()).then(|| {
                let toml = values::quote(&text);
                (text, toml)
            })
        })
    }

    fn workers(&mut self, key: &'static str) -> Option<usize> {
        const MOST: usize = 1024;
        let limits = between("1", &MOST.to_string());
        let expected = format!("`auto`, or a whole number, {limits}");
        self.ranges.insert(key, limits);
        self.read(key, &expected, None, |given| {
            let text = given.text()?;
            if text == "auto" {
                return Some((None, values::quote(text)));
            }
            let workers = text.parse().ok().filter(|workers| (1..=MOST).contains(workers))?;
            Some((Some(workers), workers.to_string()))
        })
    }

    /// The librdkafka properties, given and from files.
    fn properties(&mut self) -> BTreeMap<String, PropertyValue> {
        let mut properties = BTreeMap::new();
        for key in self.keys_under(PROPERTIES) {
            let name = key.strip_prefix(PROPERTIES).unwrap_or(&key).to_owned();
            let secret = is_secret(&name);
            let Some((given, origin)) = self.values.remove(&key) else { continue };
            let Given::Text(text) = given else {
                let shown = if secret { MASK.to_owned() } else { given.to_toml() };
                self.fault(&key, shown, origin, "one text, number, true or false");
                continue;
            };
            let value = PropertyValue { value: text, secret };
            self.effective.insert(key, Effective { value: values::quote(&value.to_string()), origin });
            properties.insert(name, value);
        }
        for key in self.keys_under(PROPERTIES_FILES) {
            let name = key.strip_prefix(PROPERTIES_FILES).unwrap_or(&key).to_owned();
            let both = format!("{PROPERTIES}{name}");
            let Some((given, origin)) = self.values.remove(&key) else { continue };
            if properties.contains_key(&name) {
                self.faults.push(Fault::Conflict {
                    keys: vec![both, key],
                    message: "expected the value of a property in one place, found it in two".into(),
                });
                continue;
            }
            let read = given.text().filter(|path| !path.is_empty()).ok_or("it is not a path".into());
            match read.and_then(secret_of) {
                Ok(value) => {
                    self.effective.insert(key, Effective { value: given.to_toml(), origin });
                    properties.insert(name, PropertyValue { value, secret: true });
                }
                Err(cause) => {
                    let expected = format!("a readable file of at most 64 KiB of UTF-8: {cause}");
                    self.fault(&key, given.to_toml(), origin, &expected);
                }
            }
        }
        properties
    }

    fn keys_under(&self, prefix: &str) -> Vec<String> {
        self.values.keys().filter(|key| key.starts_with(prefix)).cloned().collect()
    }
}

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

fn between(least: &str, most: &str) -> String {
    format!("from {least} to {most}")
}

/// A legal name of a Kafka topic.
fn is_name(text: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    (1..=249).contains(&text.len()) && text.chars().all(legal) && text != "." && text != ".."
}

fn is_host_and_port(text: &str) -> bool {
    // librdkafka takes a protocol in front: `SASL_SSL://host:9093`.
    let address = text.split_once("://").map_or(text, |(_, address)| address);
    address.rsplit_once(':').is_some_and(|(host, port)| {
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let host_is_fine = bare.map_or(!host.contains(':'), |v6| v6.parse::<std::net::Ipv6Addr>().is_ok());
        !host.is_empty() && !host.contains(char::is_whitespace) && host_is_fine && port.parse::<u16>().is_ok()
    })
}

/// The secret in the file at `path`, without one line break at its end.
fn secret_of(path: &str) -> Result<String, String> {
    const MOST: u64 = 64 * KIB;
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    file.take(MOST + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MOST {
        return Err("it is larger".into());
    }
    let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}

#[cfg(test)]
mod tests;
