//! Rows written by us for gaps of the sources: `data/kb/written.tsv`. An id stands there only if the
//! table of checks has it under that very name, and not from labelled articles alone; the build refuses
//! it else.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use copydesk::tag::{Kind, domain, key_of};

use super::choose::{self, Chosen};
use super::sources::{Sources, qid, scaled};

/// Prior of a row that the sources say nothing of.
const PRIOR: f64 = 0.4;

/// Adds the rows of the file.
pub(super) fn add(sources: &Sources, root: &Path, chosen: &mut Vec<Chosen>) -> anyhow::Result<()> {
    let path = root.join("data/kb/written.tsv");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut checks: HashMap<u32, Vec<String>> = HashMap::new();
    let benchmark = |source: &str| source.contains("elevant");
    for line in sources.checks.lines() {
        if !line.get("conflict").is_empty() || line.list("sources").all(benchmark) {
            continue;
        }
        checks.entry(line.qid("qid")).or_default().push(key_of(line.get("label")));
    }
    for (number, line) in (1..).zip(text.lines()) {
        if line.is_empty() || line.starts_with('#') || line.starts_with("qid\t") {
            continue;
        }
        let cells: Vec<&str> = line.split('\t').collect();
        let [id, label, kind, country, description, aliases] = cells.as_slice() else {
            anyhow::bail!("{} line {number}: expected six columns, found {}", path.display(), cells.len());
        };
        let kind = Kind::NAMES
            .into_iter()
            .find(|known| known.as_str() == *kind)
            .with_context(|| format!("{} line {number}: no type {kind}", path.display()))?;
        let key = key_of(label);
        let confirmed = checks.get(&qid(id)).is_some_and(|labels| labels.contains(&key));
        ensure!(
            id.is_empty() || confirmed,
            "{} line {number}: nothing confirms {id} as {label}",
            path.display()
        );
        if qid(id) != 0 && chosen.iter().any(|row| row.qid == qid(id) && row.kind != Kind::Norp) {
            continue;
        }
        chosen.push(Chosen {
            qid: qid(id),
            label: (*label).to_owned(),
            aliases: aliases.split('|').filter(|alias| !alias.is_empty()).map(str::to_owned).collect(),
            kind,
            prior: sources.prior_of(qid(id)).max(scaled(PRIOR)),
            country: choose::country(country),
            flags: 0,
            share_alike: false,
            sources: vec!["own list".to_owned()],
            common_word: false,
            domain: domain::of_description(description),
            years: [0; 2],
            linker_only: false,
        });
    }
    Ok(())
}
