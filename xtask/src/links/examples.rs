//! The mentions of a labelled set as the linker sees them, and how they are scored: as `score.py
//! linking` does, every link that is no marked mention's counts against it.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context;
use copydesk::budget::Budget;
use copydesk::tag::{Explained, TRAITS, TagInput, Tagger};
use serde_json::Value;

use super::softmax::Example;
use crate::fit::unpacked;

/// What a found mention that the set does not mark counts: some sets mark only a part.
const UNMARKED: f64 = 0.25;
/// A set of this many mentions counts as it is; the larger counts less a mention.
const USUAL_SIZE: f64 = 500.0;

/// What the set says of a found mention.
enum Gold {
    /// Its id.
    Is(String),
    /// That nothing has an id there.
    Nothing,
    /// Nothing at all, or another border.
    Unmarked,
}

struct Mention {
    /// Number of the article in its set.
    article: usize,
    ids: Vec<Option<String>>,
    traits: Vec<[f32; TRAITS]>,
    gold: Gold,
    own: bool,
}

/// A labelled set.
pub(super) struct Set {
    pub(super) name: &'static str,
    mentions: Vec<Mention>,
    /// Marked mentions with an id.
    marked: usize,
    found: usize,
    reachable: usize,
    weight: f64,
}

/// What came of a set.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    right: usize,
    wrong: usize,
    marked: usize,
}

pub(super) fn exact(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

impl Counts {
    /// Both together, of one set.
    pub(super) fn with(self, other: Self) -> Self {
        Self { right: self.right + other.right, wrong: self.wrong + other.wrong, marked: self.marked }
    }

    pub(super) fn precision(&self) -> f64 {
        exact(self.right) / exact((self.right + self.wrong).max(1))
    }

    pub(super) fn f(&self) -> f64 {
        2.0 * exact(self.right) / exact((self.right + self.wrong + self.marked).max(1))
    }
}

impl Set {
    pub(super) fn read(folder: &Path, name: &'static str, tagger: &Tagger) -> anyhow::Result<Self> {
        let text = String::from_utf8(unpacked(&folder.join(format!("{name}.jsonl.gz")))?)?;
        let mut set = Self { name, mentions: Vec::new(), marked: 0, found: 0, reachable: 0, weight: 1.0 };
        for (article, line) in text.lines().enumerate() {
            set.add(article, &serde_json::from_str(line)?, tagger)?;
        }
        set.weight = (USUAL_SIZE / exact(set.marked.max(1))).sqrt();
        Ok(set)
    }

    fn add(&mut self, article: usize, document: &Value, tagger: &Tagger) -> anyhow::Result<()> {
        let text = document.get("text").and_then(Value::as_str).context("expected a `text`")?;
        let number = |value: &Value, key: &str| value.get(key).and_then(Value::as_u64).unwrap_or(u64::MAX);
        let mut gold: HashMap<(u64, u64), Option<&str>> = HashMap::new();
        for entity in document.get("entities").and_then(Value::as_array).into_iter().flatten() {
            let qid = entity.get("qid").and_then(Value::as_str);
            gold.insert((number(entity, "start"), number(entity, "end")), qid);
        }
        self.marked += gold.values().flatten().count();
        let bound =
            |place: usize| document.get("evaluate").and_then(|span| span.get(place)).and_then(Value::as_u64);
        let (low, high) = (bound(0).unwrap_or(0), bound(1).unwrap_or(u64::MAX));
        let input = TagInput { text, ..TagInput::default() };
        for mention in tagger.explain(&input, &mut Budget::default())? {
            let start = u64::try_from(mention.span.start())?;
            if start < low || start >= high {
                continue;
            }
            let gold = match gold.get(&(start, u64::try_from(mention.span.end())?)) {
                Some(Some(qid)) => Gold::Is((*qid).to_owned()),
                Some(None) => Gold::Nothing,
                None => Gold::Unmarked,
            };
            self.mentions.push(seen(article, &mention, gold));
        }
        let is = |mention: &&Mention| matches!(mention.gold, Gold::Is(_));
        self.found = self.mentions.iter().filter(is).count();
        self.reachable = self.mentions.iter().filter(|mention| mention.right().is_some()).count();
        Ok(())
    }

    /// How many mentions are found, and how many have the right row among their candidates.
    pub(super) fn reach(&self) -> String {
        format!(
            "{} marked with an id; {} found ({:.3}), of these {} with the right row among the candidates ({:.3})",
            self.marked,
            self.found,
            exact(self.found) / exact(self.marked),
            self.reachable,
            exact(self.reachable) / exact(self.marked)
        )
    }

    /// What there is to learn from in the articles that `kept` keeps.
    pub(super) fn examples(&self, kept: impl Fn(usize) -> bool) -> impl Iterator<Item = Example<'_>> {
        let own =
            move |mention: &&Mention| mention.own && !mention.traits.is_empty() && kept(mention.article);
        self.mentions.iter().filter(own).map(|mention| Example {
            candidates: &mention.traits,
            right: mention.right(),
            counts: self.weight * if matches!(mention.gold, Gold::Unmarked) { UNMARKED } else { 1.0 },
        })
    }

    /// How weights and a least certainty do on the articles that `kept` keeps; marked are all.
    pub(super) fn counts(&self, weights: &[f64], threshold: f64, kept: impl Fn(usize) -> bool) -> Counts {
        let mut counts = Counts { right: 0, wrong: 0, marked: self.marked };
        for mention in self.mentions.iter().filter(|mention| kept(mention.article)) {
            match mention.chosen(weights, threshold) {
                Some(id) if matches!(&mention.gold, Gold::Is(gold) if gold == id) => counts.right += 1,
                Some(_) => counts.wrong += 1,
                None => {}
            }
        }
        counts
    }
}

fn seen(article: usize, mention: &Explained, gold: Gold) -> Mention {
    Mention {
        article,
        own: mention.same_as.is_none(),
        ids: mention.candidates.iter().map(|candidate| candidate.id.clone()).collect(),
        traits: mention.candidates.iter().map(|candidate| candidate.traits).collect(),
        gold,
    }
}

impl Mention {
    /// The place of the right candidate.
    fn right(&self) -> Option<usize> {
        let Gold::Is(gold) = &self.gold else { return None };
        self.ids.iter().position(|id| id.as_deref() == Some(gold))
    }

    fn chosen(&self, weights: &[f64], threshold: f64) -> Option<&str> {
        let (place, certainty) = super::softmax::best(&self.traits, weights)?;
        self.ids.get(place)?.as_deref().filter(|_| certainty >= threshold)
    }
}
