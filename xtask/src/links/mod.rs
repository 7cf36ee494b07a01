//! `fit-links`: weighs the traits of what a name may stand for on articles whose mentions have their
//! Wikidata ids, and writes the table of weights. Data is no part of the project; where it is is given.
//! Nothing is drawn by chance: the same articles give the same table, given the weights that the program was
//! built with: by them the long forms of names are linked, which is a trait of their short forms. Each build and
//! fit changes less than the one before.

mod examples;
mod softmax;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context;
use copydesk::tag::{TRAITS, Tagger, trait_names};

use self::examples::{Counts, Set, exact};
use crate::options::options;

const USAGE: &str = "usage: xtask fit-links --data FOLDER [--out FILE] [--ablate yes]

  --data FOLDER     labelled data, with linking/
  --out FILE        the table (src/tag/link/weights.rs)
  --ablate yes      say too what each group of traits gives, and write no table";

const SETS: [&str; 4] = ["aida-conll-dev", "kore50", "reuters-128", "rss-500"];
/// Holds the weights small. Of 1, 2, 5, 10 and 20, with [`examples`]' share for what a set does not mark, 10 does best
/// on sets that were not fitted on, and on articles that were not it does about as well as any.
const PENALTY: f64 = 10.0;
/// Least certainties of a link that are tried.
const THRESHOLDS: [f64; 16] =
    [0.1, 0.125, 0.15, 0.175, 0.2, 0.225, 0.25, 0.275, 0.3, 0.325, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6];
/// Of two least certainties whose mean F differs by less, the higher is taken: a wrong link costs a reader more than
/// a missing one.
const AS_GOOD: f64 = 0.002;
/// Every so-manieth article of each set is left out at a time.
const FOLDS: usize = 5;
/// Traits that no labelled article shows, for they carry no date, or that only a few show (`Paris, Texas`): weighed
/// by hand.
const BY_HAND: [(&str, f64); 3] = [
    ("in office on the day", 0.5),
    ("lies in the place that follows", 2.0),
    ("lies elsewhere than the place that follows", -1.0),
];

/// Groups of traits that are left out together, by words of their names.
const GROUPS: [(&str, &[&str]); 9] = [
    (
        "prior",
        &[
            "prior",
            "prior share",
            "best known",
            "little known",
            "many candidates",
            "prior of a person",
            "prior of an organisation",
            "prior of a place",
            "prior share of a person",
            "prior share of an organisation",
            "prior share of a place",
            "no other candidate",
            "another candidate is so well known",
        ],
    ),
    (
        "type",
        &[
            "same type",
            "another sort of place",
            "place for organisation",
            "organisation for place",
            "not a person",
            "not the person",
            "people for country",
            "type guessed",
        ],
    ),
    ("size and office", &["a country", "a region or capital", "of office"]),
    (
        "countries and states",
        &[
            "country spoken of",
            "country known, not spoken of",
            "name alone, country spoken of",
            "state spoken of",
            "state known, not spoken of",
        ],
    ),
    (
        "what stands beside it",
        &[
            "place after in, at, from",
            "team after in, at, from",
            "organisation after in, at, from",
            "team before a number",
            "place before a number",
            "its field spoken of beside",
            "sport beside",
            "field known, another beside",
            "team beside a word of teams",
            "place beside a word of teams",
            "of office after a title",
            "person after a title",
            "lies in the place that follows",
            "lies elsewhere than the place that follows",
            "place in a dateline",
            "team in a dateline",
            "first word of a sentence",
        ],
    ),
    (
        "fields",
        &[
            "field spoken of",
            "field known, not spoken of",
            "team in sports",
            "team of this sport",
            "name alone, field spoken of",
            "in a sport not played here",
            "country's team of this sport",
            "team of the chief sport",
            "team of the chief sport before a number",
            "place in sports, not after in, at, from",
            "of the chief sport",
            "first name alone, field spoken of",
        ],
    ),
    (
        "how it is named",
        &[
            "its label",
            "an acronym",
            "a common word",
            "also a person's name",
            "last name alone",
            "first name alone",
            "short for a team",
            "shortened by rule",
            "several words",
            "capitals",
            "several words, its label",
            "several words, not its label",
            "person of several words",
            "its label, a person",
            "its label, an organisation",
            "its label, a place",
            "last name alone, prior",
            "first name alone, prior",
            "a first name",
            "shortened by rule, prior",
            "team in capitals",
            "the label of another",
        ],
    ),
    ("long forms", &["short for a name before", "its long form has no row"]),
    ("the recogniser's certainty", &["surely a name"]),
];

/// Weights and least certainty.
struct Fitted {
    weights: Vec<f64>,
    threshold: f64,
}

/// Fits on `sets`; the least certainty is the one that gives the best mean F on articles that were not fitted on.
/// Gives how that does, too.
fn fitted(sets: &[&Set], without: &[&str]) -> anyhow::Result<(Fitted, Vec<Counts>)> {
    let kept: Vec<bool> = trait_names().iter().map(|name| !without.contains(name)).collect();
    let fit = |start: Vec<f64>, fold: usize| {
        let examples: Vec<_> =
            sets.iter().flat_map(|set| set.examples(move |article| article % FOLDS != fold)).collect();
        softmax::fit(&examples, start, &kept, PENALTY)
    };
    let weights = fit(vec![0.0; TRAITS], FOLDS)?;
    let folds: Vec<Vec<f64>> = (0..FOLDS).map(|fold| fit(weights.clone(), fold)).collect::<Result<_, _>>()?;
    let left_out = |threshold: f64| -> Vec<Counts> {
        sets.iter()
            .map(|set| {
                (0..).zip(&folds).fold(Counts::default(), |all, (fold, weights)| {
                    set.counts(weights, threshold, |article| article % FOLDS == fold).with(all)
                })
            })
            .collect()
    };
    let means = THRESHOLDS
        .map(|threshold| left_out(threshold).iter().map(Counts::f).sum::<f64>() / exact(sets.len().max(1)));
    let best = means.iter().copied().fold(0.0, f64::max);
    let as_good = THRESHOLDS.into_iter().zip(means).rfind(|(_, mean)| *mean >= best - AS_GOOD);
    let threshold = as_good.map_or(0.5, |(threshold, _)| threshold);
    Ok((Fitted { weights, threshold }, left_out(threshold)))
}

/// How well weights that were fitted on the other sets do on each.
fn left_out(sets: &[Set], without: &[&str]) -> anyhow::Result<Vec<Counts>> {
    sets.iter()
        .map(|own| {
            let others: Vec<&Set> = sets.iter().filter(|set| set.name != own.name).collect();
            let (fitted, _) = fitted(&others, without)?;
            Ok(own.counts(&fitted.weights, fitted.threshold, |_| true))
        })
        .collect()
}

fn line(name: &str, counts: &[Counts]) -> String {
    let figures: Vec<String> =
        counts.iter().map(|counts| format!("{:.3} (p {:.2})", counts.f(), counts.precision())).collect();
    format!("{name:32} {}", figures.join("  "))
}

fn table(fitted: &Fitted) -> anyhow::Result<String> {
    let mut table = format!(
        "//! What each trait of a candidate speaks for or against it. Made by `cargo run --release -p xtask -- fit-links`, not by\n\
         //! hand: logistic regression over the mentions of labelled articles.\n\n\
         /// The least certainty of a link.\n\
         pub(super) const LEAST_CONFIDENCE: f64 = {:?};\n\n\
         /// The traits by their names, in their order, and their weights; \"none of these\" scores 0.\n\
         #[allow(clippy::approx_constant, reason = \"a weight may be near one\")]\n\
         pub(super) const WEIGHTS: [(&str, f64); {TRAITS}] = [\n",
        fitted.threshold
    );
    for (name, weight) in trait_names().iter().zip(&fitted.weights) {
        let weight = BY_HAND.iter().find(|(known, _)| known == name).map_or(*weight, |(_, weight)| *weight);
        writeln!(table, "    (\"{name}\", {weight:.3}),")?;
    }
    table.push_str("];\n");
    Ok(table)
}

/// Fits the weights, says how well they do on sets that they were not fitted on, and writes the table.
///
/// # Errors
/// When the data is not where it is said to be, or cannot be read.
#[expect(clippy::print_stdout, reason = "how well the weights do is what is asked for")]
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let [data, out, ablate] = options(arguments, USAGE, ["--data", "--out", "--ablate"])?;
    let out = PathBuf::from(out.as_deref().unwrap_or("src/tag/link/weights.rs"));
    let ablate = ablate.as_deref() == Some("yes");
    let data = data.with_context(|| format!("expected --data FOLDER\n{USAGE}"))?;
    let folder = Path::new(&data).join("linking");
    let tagger = Tagger::embedded()?;
    let mut sets = Vec::new();
    for name in SETS {
        let set = Set::read(&folder, name, &tagger)?;
        println!("{name:16} {}", set.reach());
        sets.push(set);
    }
    println!("{:32} {}", "left out set", SETS.join("  "));
    println!("{}", line("all traits, fitted on the others", &left_out(&sets, &[])?));
    if ablate {
        for (name, traits) in GROUPS {
            println!("{}", line(&format!("without {name}"), &left_out(&sets, traits)?));
        }
        return Ok(());
    }
    let all: Vec<&Set> = sets.iter().collect();
    let (fitted, articles) = fitted(&all, &[])?;
    println!("{}", line("each fifth, fitted on the rest", &articles));
    let own: Vec<Counts> =
        sets.iter().map(|set| set.counts(&fitted.weights, fitted.threshold, |_| true)).collect();
    println!("{}", line("fitted on all, seen", &own));
    std::fs::write(&out, table(&fitted)?).with_context(|| format!("{} cannot be written", out.display()))?;
    Ok(())
}
