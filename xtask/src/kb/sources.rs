//! The source tables, as they lie in the folder.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::Context;
use flate2::read::GzDecoder;

/// A table: its rows with access by the name of the column.
pub(crate) struct SourceTable {
    columns: HashMap<String, usize>,
    lines: Vec<String>,
}

/// One line of a table.
#[derive(Clone, Copy)]
pub(crate) struct Line<'t> {
    table: &'t SourceTable,
    line: &'t str,
}

impl SourceTable {
    fn read(path: &Path) -> anyhow::Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
        let reader: Box<dyn Read> = if path.extension().is_some_and(|extension| extension == "gz") {
            Box::new(GzDecoder::new(file))
        } else {
            Box::new(file)
        };
        let mut lines = BufReader::new(reader).lines();
        let header = lines.next().with_context(|| format!("{} is empty", path.display()))??;
        let columns = header.split('\t').enumerate().map(|(i, name)| (name.to_owned(), i)).collect();
        let lines = lines.collect::<Result<Vec<_>, _>>().with_context(|| format!("in {}", path.display()))?;
        Ok(Self { columns, lines })
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.lines.iter().map(|line| Line { table: self, line })
    }
}

impl<'t> Line<'t> {
    /// The value of a column; empty where the table has no such column.
    pub(crate) fn get(self, column: &str) -> &'t str {
        self.table.columns.get(column).and_then(|&index| self.line.split('\t').nth(index)).unwrap_or_default()
    }

    /// The items of a column that holds a list.
    pub(crate) fn list(self, column: &str) -> impl Iterator<Item = &'t str> {
        self.get(column).split('|').filter(|item| !item.is_empty())
    }

    /// The number of the Wikidata id in `column`; 0 for none.
    pub(crate) fn qid(self, column: &str) -> u32 {
        qid(self.get(column))
    }
}

/// The number of a Wikidata id; 0 for none.
pub(crate) fn qid(text: &str) -> u32 {
    text.strip_prefix('Q').and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// All tables.
pub(crate) struct Sources {
    pub(crate) people: SourceTable,
    pub(crate) organisations: SourceTable,
    pub(crate) places: SourceTable,
    pub(crate) demonyms: SourceTable,
    pub(crate) titles: SourceTable,
    pub(crate) more: SourceTable,
    /// Ids with a label, for checking rows that we wrote.
    pub(crate) checks: SourceTable,
    /// Further names by QID.
    pub(crate) aliases: HashMap<u32, Vec<String>>,
    /// How well known a QID is, 0 to 1.
    pub(crate) prior: HashMap<u32, f64>,
}

impl Sources {
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Self> {
        let table = |name: &str| SourceTable::read(&folder.join(name));
        let mut aliases: HashMap<u32, Vec<String>> = HashMap::new();
        for line in table("aliases.tsv.gz")?.lines() {
            aliases.entry(line.qid("qid")).or_default().push(line.get("alias").to_owned());
        }
        let prior = table("popularity.tsv.gz")?
            .lines()
            .filter(|line| line.get("kind") == "prior")
            .filter_map(|line| Some((line.qid("qid"), line.get("value").parse().ok()?)))
            .collect();
        Ok(Self {
            people: table("people.tsv.gz")?,
            organisations: table("organisations.tsv.gz")?,
            places: table("places.tsv.gz")?,
            demonyms: table("demonyms.tsv")?,
            titles: table("titles.tsv")?,
            more: table("more.tsv.gz")?,
            checks: table("qid_check.tsv.gz")?,
            aliases,
            prior,
        })
    }

    /// The prior of a QID on the scale of a row, 0 to 255.
    pub(crate) fn prior_of(&self, qid: u32) -> u8 {
        scaled(self.prior.get(&qid).copied().unwrap_or(0.0))
    }
}

/// 0 to 1 on the scale of a row.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=255 just before")]
pub(crate) fn scaled(prior: f64) -> u8 {
    (prior * 255.0).round().clamp(0.0, 255.0) as u8
}
