//! The layers that settings come in, each brought to flat keys, and what wins.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use config::{Config, File, FileFormat, Map, Source, Value, ValueKind};

use super::fault::{Fault, Origin};
use super::keys::{Keys, PROPERTIES, PROPERTIES_FILES, Variable};
use super::secrets::{MASK, is_secret};
use super::values::Given;

/// Where settings are taken from, beside the defaults.
#[derive(Clone, Default)]
pub struct Sources {
    /// The file of `--config`.
    pub file: Option<PathBuf>,
    /// The environment, all of it: the caller passes `std::env::vars()`.
    pub environment: Vec<(String, String)>,
    /// `key=value`, one for each `--set`, in order.
    pub sets: Vec<String>,
}

impl fmt::Debug for Sources {
    /// Without values: the environment of a process is full of secrets, and not all are ours.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources")
            .field("file", &self.file)
            .field("variables", &self.environment.len())
            .field("sets", &self.sets.len())
            .finish()
    }
}

/// One layer: flat keys and their values, all of one origin or each with its own.
#[derive(Debug, Clone, Default)]
struct Layer {
    values: BTreeMap<String, (Value, Origin)>,
}

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    /// Nested as the sections are; names of properties hold dots and stay whole.
    fn collect(&self) -> Result<Map<String, Value>, config::ConfigError> {
        let mut root = Map::new();
        for (key, (value, _)) in &self.values {
            insert(&mut root, &path(key), value.clone());
        }
        Ok(root)
    }
}

/// The path of a flat key: at every dot, but for the name of a property.
fn path(key: &str) -> Vec<String> {
    for prefix in [PROPERTIES, PROPERTIES_FILES] {
        if let Some(name) = key.strip_prefix(prefix) {
            let mut path: Vec<String> = prefix.trim_end_matches('.').split('.').map(str::to_owned).collect();
            path.push(name.to_owned());
            return path;
        }
    }
    key.split('.').map(str::to_owned).collect()
}

fn insert(table: &mut Map<String, Value>, path: &[String], value: Value) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        table.insert(first.clone(), value);
        return;
    }
    let child = table.entry(first.clone()).or_insert_with(|| Value::new(None, Map::<String, Value>::new()));
    if let ValueKind::Table(inner) = &mut child.kind {
        insert(inner, rest, value);
    }
}

/// Flattens `table` into `into`: one entry for each value that is not a table.
fn flatten(prefix: &str, table: Map<String, Value>, into: &mut Vec<(String, Value)>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        match value.kind {
            ValueKind::Table(inner) => flatten(&key, inner, into),
            _ => into.push((key, value)),
        }
    }
}

fn flat(table: Map<String, Value>) -> Vec<(String, Value)> {
    let mut pairs = Vec::new();
    flatten("", table, &mut pairs);
    pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
    pairs
}

/// What holds after all layers.
#[derive(Debug)]
pub(super) struct Merged {
    /// The value of every key, and where it came from.
    pub(super) values: BTreeMap<String, (Given, Origin)>,
}

/// Reads and merges all layers; what cannot be used goes to `faults` and is left out.
pub(super) fn merge(sources: &Sources, faults: &mut Vec<Fault>) -> Merged {
    let defaults =
        file_layer(&File::from_str(super::DEFAULT_TOML, FileFormat::Toml), "config/default.toml", faults);
    let keys = Keys::new(defaults.iter().map(|(key, _)| key.as_str()));
    let mut layers = vec![Layer {
        values: defaults.into_iter().map(|(key, value)| (key, (value, Origin::Default))).collect(),
    }];
    if let Some(path) = &sources.file {
        let shown = path.display().to_string();
        let file = File::from(path.as_path()).format(FileFormat::Toml);
        let pairs = file_layer(&file, &shown, faults);
        let origin = Origin::File(path.clone());
        layers.push(known(&keys, pairs.into_iter().map(|(key, value)| (key, value, origin.clone())), faults));
    }
    layers.push(environment_layer(&keys, &sources.environment, faults));
    layers.push(set_layer(&keys, &sources.sets, faults));

    let mut origins: BTreeMap<String, Origin> = BTreeMap::new();
    let mut builder = Config::builder();
    for layer in layers {
        origins.extend(layer.values.iter().map(|(key, (_, origin))| (key.clone(), origin.clone())));
        builder = builder.add_source(layer);
    }
    let merged = match builder.build().and_then(|config| config.collect()) {
        Ok(table) => flat(table),
        Err(error) => {
            faults.push(Fault::File { path: "settings".into(), cause: error.to_string() });
            Vec::new()
        }
    };
    let mut values = BTreeMap::new();
    for (key, value) in merged {
        let origin = origins.get(&key).cloned().unwrap_or(Origin::Default);
        match given(value) {
            Ok(given) => {
                values.insert(key, (given, origin));
            }
            Err(found) => faults.push(Fault::Value {
                key,
                value: found,
                origin,
                expected: "a text, a number, true or false, or a list of texts".into(),
            }),
        }
    }
    Merged { values }
}

fn file_layer(source: &impl Source, path: &str, faults: &mut Vec<Fault>) -> Vec<(String, Value)> {
    match source.collect() {
        Ok(table) => flat(table),
        Err(error) => {
            faults.push(Fault::File { path: path.to_owned(), cause: cause(&error.to_string()) });
            Vec::new()
        }
    }
}

/// The cause without the excerpt of the file that a parse error brings along: the line may hold a
/// password.
fn cause(error: &str) -> String {
    let is_excerpt = |line: &&str| {
        line.trim_start_matches([' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']).starts_with('|')
    };
    let lines: Vec<&str> = error.lines().filter(|line| !is_excerpt(line)).map(str::trim).collect();
    lines.join(": ")
}

fn environment_layer(keys: &Keys, environment: &[(String, String)], faults: &mut Vec<Fault>) -> Layer {
    // Sorted: the environment comes in no order, and faults should.
    let mut variables: Vec<&(String, String)> = environment.iter().collect();
    variables.sort();
    let mut pairs = Vec::new();
    for (name, value) in variables {
        match keys.variable(name) {
            Variable::Foreign => {}
            Variable::Key(key) => {
                pairs.push((key, Value::from(value.as_str()), Origin::Environment(name.clone())));
            }
            Variable::Misspelt(right) => faults.push(Fault::UnknownKey {
                key: name.clone(),
                origin: Origin::Environment(name.clone()),
                nearest: Some(right),
            }),
        }
    }
    known(keys, pairs.into_iter(), faults)
}

fn set_layer(keys: &Keys, sets: &[String], faults: &mut Vec<Fault>) -> Layer {
    let mut pairs = Vec::new();
    for argument in sets {
        match argument.split_once('=') {
            Some((key, value)) => pairs.push((key.trim().to_owned(), Value::from(value), Origin::Set)),
            None => {
                let shown = if is_secret(argument) { MASK } else { argument };
                faults.push(Fault::Set { argument: shown.to_owned() });
            }
        }
    }
    known(keys, pairs.into_iter(), faults)
}

/// Keeps the known keys; the others are faults.
fn known(
    keys: &Keys,
    pairs: impl Iterator<Item = (String, Value, Origin)>,
    faults: &mut Vec<Fault>,
) -> Layer {
    let mut layer = Layer::default();
    for (key, value, origin) in pairs {
        if keys.knows(&key) {
            layer.values.insert(key, (value, origin));
        } else if keys.is_section(&key) {
            let found = if PROPERTIES.starts_with(&key) || PROPERTIES_FILES.starts_with(&key) {
                MASK.to_owned()
            } else {
                given(value).map_or_else(|found| found, |given| given.to_toml())
            };
            faults.push(Fault::Value {
                key,
                value: found,
                origin,
                expected: "a section with keys of its own".into(),
            });
        } else {
            let nearest = keys.nearest(&key);
            faults.push(Fault::UnknownKey { key, origin, nearest });
        }
    }
    layer
}

/// The value as text or list; else what it is.
fn given(value: Value) -> Result<Given, String> {
    match value.kind {
        ValueKind::Array(items) => {
            let texts: Result<Vec<String>, String> = items
                .into_iter()
                .map(|item| match given(item)? {
                    Given::Text(text) => Ok(text),
                    Given::List(_) => Err("a list in a list".to_owned()),
                })
                .collect();
            texts.map(Given::List)
        }
        ValueKind::Nil => Ok(Given::Text(String::new())),
        ValueKind::Table(_) => Err("a table".to_owned()),
        _ => value.into_string().map(Given::Text).map_err(|error| error.to_string()),
    }
}
