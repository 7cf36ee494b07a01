//! What `config show` and `config check` print.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::fault::Origin;
use super::keys::{PROPERTIES, PROPERTIES_FILES};
use super::read::{Effective, Loaded};
use super::reference::sections;
use super::types::{GroupProtocol, Guarantee};
use super::values::{write_duration, write_size};

/// The effective settings as TOML, the origin of each as a comment, secrets masked.
///
/// Without secrets it is a file that `--config` takes and that gives the same settings.
#[must_use]
pub fn show(loaded: &Loaded) -> String {
    let mut out = String::new();
    for section in sections() {
        let entries = entries_of(&section.name, &loaded.effective);
        if entries.is_empty() {
            continue;
        }
        let gap = if out.is_empty() { "" } else { "\n" };
        line(&mut out, format_args!("{gap}[{}]", section.name));
        for (name, effective) in entries {
            line(&mut out, format_args!("{name} = {} # {}", effective.value, effective.origin));
        }
    }
    out
}

/// The keys of a section, as they stand below its header.
fn entries_of<'l>(section: &str, effective: &'l BTreeMap<String, Effective>) -> Vec<(String, &'l Effective)> {
    let prefix = format!("{section}.");
    let free = prefix == PROPERTIES || prefix == PROPERTIES_FILES;
    effective
        .iter()
        .filter_map(|(key, effective)| Some((key.strip_prefix(&prefix)?, effective)))
        .filter(|(name, _)| free || !name.contains('.'))
        .map(|(name, effective)| (if free { super::values::quote(name) } else { name.to_owned() }, effective))
        .collect()
}

/// What the worker would do with these settings, in words.
#[must_use]
pub fn check(loaded: &Loaded) -> String {
    let settings = &loaded.settings;
    let kafka = &settings.kafka;
    let mut out = String::from("the settings are valid\n");
    let explained = [
        ("sources", origins(loaded)),
        (
            "reads",
            format!(
                "{} from {} as group {}",
                settings.input.topics.join(", "),
                kafka.brokers.join(", "),
                kafka.group_id
            ),
        ),
        ("member", member(loaded)),
        (
            "writes",
            format!(
                "enriched records to {}, rejected ones to {}",
                settings.output.topic, settings.dead_letter.topic
            ),
        ),
        (
            "promises",
            match settings.delivery.guarantee {
                Guarantee::ExactlyOnce => {
                    "a read_committed reader sees each record's answer once, whatever crashes".to_owned()
                }
                Guarantee::AtLeastOnce => {
                    "nothing is lost; after a crash some records may come twice".to_owned()
                }
            },
        ),
        (
            "commits",
            format!(
                "every {}, or after {} records or {} of output",
                write_duration(settings.delivery.commit_interval),
                settings.delivery.batch_records,
                write_size(settings.delivery.batch_bytes as u64)
            ),
        ),
        (
            "stops",
            format!(
                "within {} (drain) < {} (commit) < {} (poll)",
                write_duration(settings.delivery.drain_deadline),
                write_duration(kafka.transaction_timeout),
                write_duration(kafka.max_poll_interval)
            ),
        ),
        (
            "holds",
            format!(
                "at most {} records ({} of one partition) and {} at once",
                settings.limits.in_flight_records,
                settings.limits.partition_records,
                write_size(settings.limits.memory as u64)
            ),
        ),
        (
            "tags",
            if settings.stages.tag_enabled { "entities" } else { "nothing: the stage is off" }.to_owned(),
        ),
        (
            "admin",
            match &settings.admin.listen {
                Some(listen) => format!("http://{listen}/metrics, /livez, /readyz"),
                None => "no admin port".to_owned(),
            },
        ),
    ];
    for (what, words) in explained {
        line(&mut out, format_args!("{what:>9}  {words}"));
    }
    out
}

/// How the worker stands in its group.
fn member(loaded: &Loaded) -> String {
    let kafka = &loaded.settings.kafka;
    match (&kafka.instance_id, kafka.protocol) {
        (None, GroupProtocol::Classic) => "dynamic, classic protocol".to_owned(),
        (None, GroupProtocol::Consumer) => "dynamic, consumer protocol (KIP-848)".to_owned(),
        (Some(name), GroupProtocol::Classic) => {
            format!(
                "static as {name}: its partitions wait {} for its return",
                write_duration(kafka.session_timeout)
            )
        }
        (Some(name), GroupProtocol::Consumer) => {
            format!("{name}, but dynamic: the consumer protocol locks a static member out after a crash")
        }
    }
}

/// From where values came, and how many.
fn origins(loaded: &Loaded) -> String {
    let given: Vec<&Origin> = loaded.effective.values().map(|effective| &effective.origin).collect();
    let defaults = given.iter().filter(|origin| ***origin == Origin::Default).count();
    let named: BTreeSet<String> =
        given.iter().filter(|origin| ***origin != Origin::Default).map(ToString::to_string).collect();
    let mut words = vec![format!("{defaults} of {} values are defaults", given.len())];
    words.extend(named);
    words.join("; ")
}

/// Writes one line. A `String` takes everything.
fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    if out.write_fmt(text).is_ok() {
        out.push('\n');
    }
}
