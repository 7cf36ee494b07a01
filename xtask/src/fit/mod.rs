//! `fit`: weighs the traits of lines on labelled pages and writes the table of weights. Data is no part of the
//! project; where it is is given. Nothing is drawn by chance: the same pages give the same table.

mod labels;
pub(crate) mod regression;

use std::fmt::Write as _;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use copydesk::budget::Budget;
use copydesk::decode::{DecodeLimits, page_lines, trait_names};
use flate2::read::GzDecoder;
use regression::Example;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::options::options;

const USAGE: &str = "usage: xtask fit --data FOLDER [--out FILE]

  --data FOLDER     labelled data, with html/
  --out FILE        the table (src/decode/html/weights.rs)";

const SETS: [&str; 3] = ["aeb", "fundus", "trafilatura"];
/// Holds the weights small: by it, folds of sites that were left out came out best.
const PENALTY: f64 = 50.0;
/// How much more than even must speak for a line: what is kept in vain is worse than what is missed.
const CAUTION: f64 = 0.2;
/// Sites are left out in so many parts to see how well the weights do on others.
const FOLDS: u8 = 6;

/// The labelled lines of one page.
struct Page {
    fold: u8,
    examples: Vec<Example>,
}

pub(crate) fn unpacked(path: &Path) -> anyhow::Result<Vec<u8>> {
    let file = std::fs::File::open(path).with_context(|| format!("expected {}", path.display()))?;
    let mut bytes = Vec::new();
    GzDecoder::new(file).read_to_end(&mut bytes).with_context(|| format!("{} is no gzip", path.display()))?;
    Ok(bytes)
}

/// The site of a page: its host without `www`, else the part of its id before the date.
fn site(gold: &Value, id: &str) -> String {
    let host = gold.get("url").and_then(Value::as_str).and_then(|url| url.split('/').nth(2));
    match host {
        Some(host) => host.trim_start_matches("www.").to_owned(),
        None => id.split('_').next().unwrap_or(id).to_lowercase(),
    }
}

fn page(folder: &Path, gold: &Value) -> anyhow::Result<Page> {
    let id = gold.get("id").and_then(Value::as_str).context("expected an `id` in each line of the labels")?;
    let paths = [folder.join(format!("{id}.html.gz")), folder.join(format!("{id}.gz"))];
    let path =
        paths.iter().find(|path| path.is_file()).with_context(|| format!("expected a page for {id}"))?;
    let lines = page_lines(&unpacked(path)?, &DecodeLimits::default(), &mut Budget::default())?;
    let labels = labels::labels(gold, &lines);
    let fold = Sha256::digest(site(gold, id)).first().copied().unwrap_or_default() % FOLDS;
    let examples = lines
        .into_iter()
        .zip(labels)
        .filter_map(|(line, label)| label.map(|(is, counts)| Example { traits: line.traits, is, counts }))
        .collect();
    Ok(Page { fold, examples })
}

/// The share of what counts that `weights` tell right.
fn right<'e>(examples: impl Iterator<Item = &'e Example>, weights: &[f64]) -> (f64, f64) {
    examples.fold((0.0, 0.0), |(right, all), example| {
        let told = regression::score(&example.traits, weights) > 0.0;
        (right + if told == example.is { example.counts } else { 0.0 }, all + example.counts)
    })
}

fn table(names: &[&str], weights: &[f64]) -> anyhow::Result<String> {
    let mut table = format!(
        "//! What each trait of a line speaks for or against it being the article's. Made by `cargo run --release -p xtask --\n\
         //! fit`, not by hand: logistic regression over the lines of the labelled pages that `docs/quality.md` names.\n\n\
         /// The traits by their names, in the order of `TRAITS`, and their weights.\n\
         pub(super) const WEIGHTS: [(&str, f64); {}] = [\n",
        names.len()
    );
    for (name, weight) in names.iter().zip(weights) {
        writeln!(table, "    (\"{name}\", {weight:.3}),")?;
    }
    table.push_str("];\n");
    Ok(table)
}

/// Fits the weights, says how well they do on sites that they were not fitted on, and writes the table.
///
/// # Errors
/// When the data is not where it is said to be, or cannot be read.
#[expect(clippy::print_stdout, reason = "how well the weights do is what is asked for")]
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let [data, out] = options(arguments, USAGE, ["--data", "--out"])?;
    let out = PathBuf::from(out.as_deref().unwrap_or("src/decode/html/weights.rs"));
    let data = data.with_context(|| format!("expected --data FOLDER\n{USAGE}"))?;
    let folder = Path::new(&data).join("html");
    let mut pages = Vec::new();
    for set in SETS {
        let labels = String::from_utf8(unpacked(&folder.join(format!("{set}.gold.jsonl.gz")))?)?;
        for line in labels.lines() {
            pages.push(page(&folder.join(set), &serde_json::from_str(line)?)?);
        }
    }
    ensure!(!pages.is_empty(), "expected labelled pages in {}, found none", folder.display());
    let (mut told, mut all) = (0.0, 0.0);
    for fold in 0..FOLDS {
        let of_others = pages.iter().filter(|page| page.fold != fold);
        let examples: Vec<Example> = of_others.flat_map(|page| page.examples.iter().cloned()).collect();
        let weights = regression::fit(&examples, PENALTY)?;
        let own = pages.iter().filter(|page| page.fold == fold).flat_map(|page| &page.examples);
        let (right, counts) = right(own, &weights);
        (told, all) = (told + right, all + counts);
    }
    println!("on sites that were left out, {:.4} of what counts is told right", told / all);
    let examples: Vec<Example> = pages.into_iter().flat_map(|page| page.examples).collect();
    let mut weights = regression::fit(&examples, PENALTY)?;
    if let Some(first) = weights.first_mut() {
        *first -= CAUTION;
    }
    std::fs::write(&out, table(&trait_names(), &weights)?)
        .with_context(|| format!("{} cannot be written", out.display()))?;
    Ok(())
}
