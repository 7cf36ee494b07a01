//! Labelled texts as the trainer takes them in: features as numbers, and which labels each token may
//! have.

use std::collections::HashMap;

use copydesk::budget::Budget;
use copydesk::tag::Words;
use copydesk::tag::kb::KnowledgeBase;
use copydesk::tag::model::article::Article;
use copydesk::tag::model::clusters::ClusterTable;
use copydesk::tag::model::document::Ballot;
use copydesk::tag::model::features::{token_keys, vote_keys, word_keys};
use copydesk::tag::model::label::{ALONE, Class, FIRST, INSIDE, LABELS, LAST, OUTSIDE, label};
use copydesk::tag::model::viterbi::Labels;
use copydesk::tag::model::word::Lexis;

use super::corpora::{Allowed, NOTHING, Text, bit};

/// Labels that a token may have, a bit each.
pub(super) type LabelSet = u32;
const ANY: LabelSet = (1 << LABELS) - 1;

/// Words of titles that corpora at times take into the name of a person.
const TITLES: &str = "mr mrs ms dr president prime minister general secretary senator king queen vice chancellor pope \
                      foreign defense interior judge justice colonel sheikh ayatollah prince princess premier governor lord";

/// One stretch of a text.
pub(super) struct Example {
    /// Where its tokens are in [`Examples`].
    pub(super) tokens: std::ops::Range<usize>,
    pub(super) weight: f32,
    /// Which text it is of.
    pub(super) text: usize,
}

/// Lists of features, one for each token, end to end.
#[derive(Default)]
pub(super) struct Lists {
    keys: Vec<u32>,
    ends: Vec<u32>,
}

impl Lists {
    fn close(&mut self) -> anyhow::Result<()> {
        self.ends.push(u32::try_from(self.keys.len())?);
        Ok(())
    }

    /// The features of a token.
    pub(super) fn get(&self, token: usize) -> &[u32] {
        let from = token.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let to = self.ends.get(token).copied().unwrap_or(from);
        self.keys.get(from as usize..to as usize).unwrap_or_default()
    }

    pub(super) fn all(&self) -> &[u32] {
        &self.keys
    }

    pub(super) fn all_mut(&mut self) -> &mut [u32] {
        &mut self.keys
    }
}

/// All stretches of all texts.
#[derive(Default)]
pub(super) struct Examples {
    pub(super) examples: Vec<Example>,
    pub(super) keys: Lists,
    /// Features of the second pass.
    pub(super) votes: Lists,
    pub(super) allowed: Vec<LabelSet>,
}

fn labels_of(allowed: Allowed, part: usize) -> LabelSet {
    let classes = Class::ALL.into_iter().filter(|class| allowed & bit(*class) != 0);
    let outside = if allowed & NOTHING != 0 { 1 << OUTSIDE } else { 0 };
    classes.fold(outside, |set, class| set | 1 << label(class, part))
}

/// The labels that each token of a text may have.
fn allowed(text: &Text, words: &Words<'_>, article: &Article<'_, '_>) -> Vec<LabelSet> {
    let unlabelled = [FIRST, INSIDE, LAST, ALONE]
        .into_iter()
        .fold(1 << OUTSIDE, |set, part| set | labels_of(text.unknown, part));
    let mut sets = vec![unlabelled; words.len()];
    let mut stretch_of = vec![usize::MAX; words.len()];
    for (number, stretch) in article.stretches.iter().enumerate() {
        stretch_of.get_mut(stretch.clone()).unwrap_or_default().fill(number);
    }
    let mut at = 0;
    for gold in &text.gold {
        while at < words.len() && words.bytes(at, at + 1).end() <= gold.from {
            at += 1;
        }
        let mut from = at;
        while at < words.len() && words.bytes(at, at + 1).start() < gold.to {
            at += 1;
        }
        let mut to = at;
        let in_stretch = |index: usize| stretch_of.get(index).is_some_and(|&number| number != usize::MAX);
        while from < to && !in_stretch(from) {
            from += 1;
        }
        while from < to && !in_stretch(to - 1) {
            to -= 1;
        }
        if from < to && gold.allowed == bit(Class::Person) {
            let titles = (from..to - 1)
                .take_while(|&index| TITLES.split(' ').any(|title| title == words.folded(index)))
                .count();
            from += titles;
        }
        if from < to
            && words.folded(to - 1) == "'s"
            && gold.to < words.bytes(from, to).end() + 1
            && to - from > 1
        {
            // A possessive ending that the corpus took into the name stays only where it is part of it.
            let kept = gold.allowed == bit(Class::Org);
            to -= usize::from(!kept);
        }
        if from >= to {
            continue;
        }
        let span = words.bytes(from, to);
        let one_stretch = stretch_of.get(from) == stretch_of.get(to - 1);
        let whole = span.start() >= gold.from && span.end() <= gold.to.max(span.end().min(gold.to + 1));
        for index in from..to {
            let part = match (index == from, index + 1 == to) {
                (true, true) => ALONE,
                (true, false) => FIRST,
                (false, true) => LAST,
                (false, false) => INSIDE,
            };
            if let Some(set) = sets.get_mut(index) {
                *set = if one_stretch && whole { labels_of(gold.allowed, part) } else { ANY };
            }
        }
    }
    sets
}

/// What takes texts in.
pub(super) struct Reader<'k> {
    pub(super) kb: &'k KnowledgeBase,
    pub(super) clusters: &'k ClusterTable,
    pub(super) lexis: Lexis,
}

impl Reader<'_> {
    /// Takes in all texts; `first_pass` gives the labels of a text's first pass.
    pub(super) fn read(&mut self, texts: &[Text], first_pass: &[Option<Labels>]) -> anyhow::Result<Examples> {
        let mut examples = Examples::default();
        for (number, text) in texts.iter().enumerate() {
            let words = Words::new(None, &text.text, &mut Budget::new(u64::MAX))?;
            let article = Article::new(&words, self.kb, self.clusters, &mut self.lexis);
            let sets = allowed(text, &words, &article);
            let labels = first_pass.get(number).and_then(Option::as_ref);
            let ballot = labels.map(|labels| Ballot::new(&article, labels));
            let mut at = 0;
            for stretch in &article.stretches {
                let from = examples.allowed.len();
                for index in stretch.clone() {
                    let Examples { keys, votes, .. } = &mut examples;
                    let lexis = &self.lexis;
                    for (place, word) in article.words_around(index).into_iter().enumerate() {
                        word_keys(&lexis.get(word), place, &mut |key| keys.keys.push(key));
                    }
                    token_keys(&article, index, &|id| lexis.get(id), &mut |key| keys.keys.push(key));
                    keys.close()?;
                    if let (Some(ballot), Some(labels)) = (&ballot, labels) {
                        vote_keys(&ballot.votes(&article, labels, index, &mut at), &mut |key| {
                            votes.keys.push(key);
                        });
                    }
                    votes.close()?;
                    examples.allowed.push(sets.get(index).copied().unwrap_or(ANY));
                }
                let tokens = from..examples.allowed.len();
                examples.examples.push(Example { tokens, weight: text.weight, text: number });
            }
        }
        Ok(examples)
    }
}

/// Numbers of the features that are seen often enough; the others share number 0.
pub(super) fn number(examples: &mut Examples, least: u32) -> Vec<u32> {
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for &key in examples.keys.all().iter().chain(examples.votes.all()) {
        *counts.entry(key).or_default() += 1;
    }
    let mut kept: Vec<u32> =
        counts.iter().filter(|(_, count)| **count >= least).map(|(&key, _)| key).collect();
    kept.sort_unstable();
    kept.insert(0, 0);
    let numbers: HashMap<u32, u32> = (0_u32..).zip(&kept).map(|(number, &key)| (key, number)).collect();
    let Examples { keys, votes, .. } = examples;
    for key in keys.all_mut().iter_mut().chain(votes.all_mut()) {
        *key = numbers.get(key).copied().unwrap_or(0);
    }
    kept
}
