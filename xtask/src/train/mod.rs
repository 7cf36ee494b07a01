//! `train`: makes the weights of the recogniser from labelled texts. The texts are no part of the
//! project; where they are is given. The same texts give the same bytes.

mod corpora;
mod examples;
mod field;
mod score;

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use bytes::Bytes;
use copydesk::budget::Budget;
use copydesk::tag::Words;
use copydesk::tag::kb::KnowledgeBase;
use copydesk::tag::model::clusters::ClusterTable;
use copydesk::tag::model::label::{LABELS, LANES};
use copydesk::tag::model::viterbi::Labels;
use copydesk::tag::model::weights::{self, Weights};
use copydesk::tag::model::word::Lexis;
use copydesk::tag::model::{Memory, Model, embedded_clusters};
use tokio::time::Instant;

use corpora::{CORPORA, MEASURED, Text};
use examples::{Examples, Reader};
use field::{Field, Settings};

use crate::options::options;

const USAGE: &str = "usage: xtask train --data FOLDER [--out FILE | --without PART]

  --data FOLDER    labelled data, with ner/
  --out FILE       the weights (data/model/ner.bin)
  --without PART   only says how well it does without clusters, tables or masks";

/// Times that a feature has to be seen.
const LEAST: u32 = 2;
/// Steps of a weight that are 1.
const SCALE: f32 = 24.0;
/// Rows whose weights add up to less are left out.
const LEAST_ROW: i32 = 4;
/// Rounds through all texts: for the halves, and for the model.
const EPOCHS: (usize, usize) = (3, 7);
/// Fields whose mean the model is.
const FIELDS: u64 = 4;
/// What records say of the model.
const NAME: &str = "news-crf-1";

fn settings(epochs: usize) -> Settings {
    Settings { epochs, alpha: 0.1, l1: 0.05, l2: 0.5, drop: 0.2 }
}

/// The mean weights of fields that were trained by different lots: better than any of them.
struct Mean {
    transitions: [[f32; LANES]; LABELS],
    rows: Vec<[f32; LANES]>,
}

impl Mean {
    fn trained(
        examples: &Examples,
        features: usize,
        epochs: usize,
        fields: u64,
        chosen: impl Fn(usize) -> bool,
    ) -> Self {
        let mut mean = Self { transitions: [[0.0; LANES]; LABELS], rows: vec![[0.0; LANES]; features] };
        #[expect(clippy::cast_precision_loss, reason = "a handful")]
        let share = 1.0 / fields as f32;
        for seed in 0..fields {
            let mut field = Field::new(features, settings(epochs), 2 * seed + 1);
            field.train(examples, &chosen);
            let trained = (0..features).map(|feature| field.weights(feature));
            let rows = mean.rows.iter_mut().chain(&mut mean.transitions);
            for (row, trained) in rows.zip(trained.chain(field.transitions())) {
                row.iter_mut().zip(trained).for_each(|(sum, weight)| *sum += share * weight);
            }
        }
        mean
    }

    /// The bytes of the model's file.
    fn bytes(&self, keys: &[u32]) -> Vec<u8> {
        let mut transitions = [[0_i16; LABELS]; LABELS];
        for (row, trained) in transitions.iter_mut().zip(&self.transitions) {
            for (step, weight) in row.iter_mut().zip(trained) {
                #[expect(clippy::cast_possible_truncation, reason = "clamped to what the type holds")]
                let rounded = (weight * SCALE).round().clamp(-2000.0, 2000.0) as i16;
                *step = rounded;
            }
        }
        let mut rows: Vec<(u32, [i8; LABELS])> = Vec::new();
        for (&key, trained) in keys.iter().zip(&self.rows).skip(1) {
            let mut row = [0_i8; LABELS];
            for (weight, trained) in row.iter_mut().zip(trained) {
                #[expect(clippy::cast_possible_truncation, reason = "clamped to what the type holds")]
                let rounded = (trained * SCALE).round().clamp(-127.0, 127.0) as i8;
                *weight = rounded;
            }
            if row.iter().map(|weight| i32::from(*weight).abs()).sum::<i32>() >= LEAST_ROW {
                rows.push((key, row));
            }
        }
        rows.sort_unstable_by_key(|(key, _)| *key);
        weights::write(NAME, SCALE, &transitions, &rows)
    }
}

/// What a model stands on.
struct Tables {
    kb: KnowledgeBase,
    clusters: ClusterTable,
}

impl Tables {
    fn without(part: Option<&str>) -> anyhow::Result<Self> {
        let kb =
            if part == Some("tables") { KnowledgeBase::load(&[])? } else { KnowledgeBase::embedded(true)? };
        let clusters = if part == Some("clusters") { ClusterTable::default() } else { embedded_clusters()? };
        Ok(Self { kb, clusters })
    }

    fn model(&self, file: &[u8]) -> anyhow::Result<Model> {
        Ok(Model::new(Weights::load(&Bytes::copy_from_slice(file))?, self.clusters.clone()))
    }

    /// Labels the chosen texts by a first pass of a model.
    fn first_passes(
        &self,
        file: &[u8],
        texts: &[Text],
        into: &mut [Option<Labels>],
        chosen: impl Fn(usize) -> bool,
    ) -> anyhow::Result<()> {
        let model = self.model(file)?;
        let mut memory = Memory::default();
        for (number, (text, slot)) in texts.iter().zip(into).enumerate() {
            if chosen(number) {
                let words = Words::new(None, &text.text, &mut Budget::new(u64::MAX))?;
                *slot = Some(model.labels(&words, &self.kb, &mut memory, 1).1);
            }
        }
        Ok(())
    }
}

/// Trains and writes the weights.
///
/// # Errors
/// When the data is not where it is said to be, or cannot be read.
#[expect(clippy::print_stdout, reason = "how it goes is what is asked for")]
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let [data, out, without] = options(arguments, USAGE, ["--data", "--out", "--without"])?;
    let without = without.as_deref();
    ensure!(
        without.is_none_or(|part| ["clusters", "tables", "masks"].contains(&part)),
        "expected clusters, tables or masks after --without, found {}",
        without.unwrap_or_default()
    );
    let data = data.with_context(|| format!("expected --data FOLDER\n{USAGE}"))?;
    let ner = Path::new(&data).join("ner");
    let began = Instant::now();
    let tables = Tables::without(without)?;
    let mut texts = Vec::new();
    for corpus in &CORPORA {
        texts.extend(corpus.texts(&ner)?.into_iter().map(Text::with_places_apart));
    }
    let copies: Vec<Text> =
        texts.iter().enumerate().filter_map(|(n, text)| corpora::with_headlines(n, text)).collect();
    texts.extend(copies);
    if without == Some("masks") {
        texts = texts.into_iter().map(Text::without_mask).collect();
    }
    let mut reader = Reader { kb: &tables.kb, clusters: &tables.clusters, lexis: Lexis::default() };
    let mut examples = reader.read(&texts, &[])?;
    let keys = examples::number(&mut examples, LEAST);
    println!(
        "{} texts, {} tokens, {} features, {:?}",
        texts.len(),
        examples.allowed.len(),
        keys.len(),
        began.elapsed()
    );
    // Each half is labelled by a model of the other, as the second pass will find new texts labelled.
    let mut first_pass: Vec<Option<Labels>> = texts.iter().map(|_| None).collect();
    for half in 0..2 {
        let mean = Mean::trained(&examples, keys.len(), EPOCHS.0, 1, |text| text % 2 == half);
        tables.first_passes(&mean.bytes(&keys), &texts, &mut first_pass, |text| text % 2 != half)?;
    }
    println!("halves {:?}", began.elapsed());
    let mut examples = reader.read(&texts, &first_pass)?;
    let keys = examples::number(&mut examples, LEAST);
    let file = Mean::trained(&examples, keys.len(), EPOCHS.1, FIELDS, |_| true).bytes(&keys);
    println!("{} bytes, {:?}", file.len(), began.elapsed());
    let model = tables.model(&file)?;
    for corpus in &MEASURED {
        let texts = corpus.texts(&ner)?;
        for passes in [1, 2] {
            let score = score::score(&model, &texts, &tables.kb, passes)?;
            println!("{}, passes {passes}: {score}", corpus.file);
        }
    }
    if without.is_none() {
        let out = PathBuf::from(out.as_deref().unwrap_or("data/model/ner.bin"));
        std::fs::write(&out, &file).with_context(|| format!("{} cannot be written", out.display()))?;
    }
    Ok(())
}
