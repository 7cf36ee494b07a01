//! The model at work: a first pass, a second one with the article's votes, and names with their types.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::ModelError;
use super::article::Article;
use super::clusters::ClusterTable;
use super::document::Ballot;
use super::features::{PLACES, token_keys, vote_keys, word_keys};
use super::kinds::kind_of;
use super::label::{Class, LABELS, LANES, class_of, closes, opens};
use super::viterbi::{Labels, Paths, Steps};
use super::weights::{Scores, Sifted, Weights};
use super::word::Lexis;
use crate::budget::Budget;
use crate::tag::TagError;
use crate::tag::kb::KnowledgeBase;
use crate::tag::kind::Kind;
use crate::tag::lexicon;
use crate::tag::recognise::GazetteerRecognizer;
use crate::tag::span::{Recognizer, TypedSpan};
use crate::tag::token::{Token, Words};

/// Words that one memory keeps from article to article: some 26 MiB. A word that is met anew costs ten
/// times what a known one does.
const KEPT_WORDS: usize = 1 << 16;
/// Tokens of one article that it keeps room for.
const KEPT_TOKENS: usize = 1 << 15;
/// Steps of the budget that a token of a stretch costs, both passes.
const STEPS_PER_TOKEN: usize = 8;

/// The sums of a word's weights at each place, on as few lines of the processor's cache as they take.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Sums([Scores; PLACES]);

/// What is kept between articles: words with the sums of their weights, and room.
#[derive(Debug, Default)]
pub struct Memory {
    lexis: Lexis,
    sums: Vec<Sums>,
    /// The scores of the tokens of all stretches, end to end.
    scores: Vec<Scores>,
    paths: Paths,
    /// The features of one token.
    sifted: Sifted,
}

/// Weights and clusters.
pub struct Model {
    weights: Weights,
    steps: Steps,
    clusters: ClusterTable,
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").field("name", &self.weights.name()).finish_non_exhaustive()
    }
}

impl Model {
    /// A model of these weights and clusters.
    #[must_use]
    pub fn new(weights: Weights, clusters: ClusterTable) -> Self {
        Self { steps: Steps::of(&weights), weights, clusters }
    }

    /// The model that is built into the program.
    ///
    /// # Errors
    /// [`ModelError`] if the program was built with a damaged file.
    pub fn embedded() -> Result<Self, ModelError> {
        let weights = Bytes::from_static(include_bytes!("../../../data/model/ner.bin"));
        Ok(Self::new(Weights::load(&weights)?, embedded_clusters()?))
    }

    /// The clusters.
    #[must_use]
    pub fn clusters(&self) -> &ClusterTable {
        &self.clusters
    }

    /// An article and its labels after one pass or two. A memory serves one model only.
    pub fn labels<'a, 't>(
        &self,
        words: &'a Words<'t>,
        kb: &KnowledgeBase,
        memory: &mut Memory,
        passes: usize,
    ) -> (Article<'a, 't>, Labels) {
        let article = Article::new(words, kb, &self.clusters, &mut memory.lexis);
        while memory.sums.len() < memory.lexis.len() {
            let word = memory.lexis.get(u32::try_from(memory.sums.len()).unwrap_or(0));
            let mut sums = [[0; LANES]; PLACES];
            for (place, scores) in sums.iter_mut().enumerate() {
                word_keys(&word, place, &mut |key| self.weights.add(key, scores));
            }
            memory.sums.push(Sums(sums));
        }
        let mut labels = Labels::new(words.len());
        memory.scores.clear();
        for stretch in &article.stretches {
            let from = memory.scores.len();
            for index in stretch.clone() {
                let mut scores: Scores = [0; LANES];
                for (place, word) in article.words_around(index).into_iter().enumerate() {
                    let Some(sums) = memory.sums.get(word as usize).and_then(|sums| sums.0.get(place)) else {
                        continue;
                    };
                    for (score, sum) in scores.iter_mut().zip(sums) {
                        *score = score.wrapping_add(*sum);
                    }
                }
                let Memory { lexis, sifted, .. } = &mut *memory;
                sifted.clear();
                token_keys(&article, index, &|id| lexis.get(id), &mut |key| self.weights.sift(key, sifted));
                self.weights.add_sifted(sifted, &mut scores);
                memory.scores.push(scores);
            }
            let scores = memory.scores.get(from..).unwrap_or_default();
            memory.paths.label(scores, &self.steps, stretch.start, &mut labels);
        }
        if passes > 1 {
            self.second_pass(&article, &mut labels, memory);
        }
        (article, labels)
    }

    fn second_pass(&self, article: &Article<'_, '_>, labels: &mut Labels, memory: &mut Memory) {
        let ballot = Ballot::new(article, labels);
        let before = labels.clone();
        let (mut from, mut at) = (0, 0);
        for stretch in &article.stretches {
            let scores = memory.scores.get_mut(from..from + stretch.len()).unwrap_or_default();
            from += stretch.len();
            let mut settled = true;
            for (index, scores) in stretch.clone().zip(scores.iter_mut()) {
                let sifted = &mut memory.sifted;
                sifted.clear();
                let votes = ballot.votes(article, &before, index, &mut at);
                vote_keys(&votes, &mut |key| self.weights.sift(key, sifted));
                if sifted.is_empty() {
                    continue;
                }
                let first = *scores;
                self.weights.add_sifted(sifted, scores);
                settled &= speaks_for(before.get(index), &first, scores);
            }
            // Where no token gained more for another label than for its own, the path stays the best.
            if !settled {
                memory.paths.label(scores, &self.steps, stretch.start, labels);
            }
        }
    }
}

/// Whether no label gained more than `label` did.
fn speaks_for(label: usize, before: &Scores, after: &Scores) -> bool {
    let mut gains: Scores = [0; LANES];
    for (gain, (after, before)) in gains.iter_mut().zip(after.iter().zip(before)) {
        *gain = after.wrapping_sub(*before);
    }
    let most = gains.iter().take(LABELS).copied().max();
    gains.get(label).copied() == most
}

/// The clusters that are built into the program.
///
/// # Errors
/// [`ModelError`] if the program was built with a damaged file.
pub fn embedded_clusters() -> Result<ClusterTable, ModelError> {
    ClusterTable::load(&Bytes::from_static(include_bytes!("../../../data/model/clusters.bin")))
}

/// The model for English; the names of the knowledge base where the text is in another language.
pub struct ModelRecognizer {
    kb: Arc<KnowledgeBase>,
    model: Model,
    other_languages: GazetteerRecognizer,
    /// One for each article that is under way at once.
    memories: Mutex<Vec<Memory>>,
}

impl fmt::Debug for ModelRecognizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelRecognizer").field("model", &self.model).finish_non_exhaustive()
    }
}

impl ModelRecognizer {
    /// A recogniser of that model on that knowledge base.
    #[must_use]
    pub fn new(kb: Arc<KnowledgeBase>, model: Model) -> Self {
        let other_languages = GazetteerRecognizer::new(Arc::clone(&kb));
        Self { kb, model, other_languages, memories: Mutex::default() }
    }

    fn spans(
        &self,
        words: &Words<'_>,
        article: &Article<'_, '_>,
        labels: &Labels,
        scores: &[Scores],
    ) -> Vec<TypedSpan> {
        let mut spans = Vec::new();
        let tokens = article.stretches.iter().flat_map(Clone::clone);
        let mut from = 0;
        let mut heads = 0;
        let mut margin = i16::MAX;
        for (index, scores) in tokens.zip(scores) {
            let label = labels.get(index);
            let Some(class) = class_of(label) else { continue };
            if opens(label) {
                (from, margin) = (index, i16::MAX);
            }
            margin = margin.min(lead(scores, class));
            if !closes(label) {
                continue;
            }
            let entry = article
                .entry(from..index + 1, &mut heads)
                .unwrap_or_else(|| self.kb.entry(words.folded_range(from, index + 1)));
            if let Some(kind) = kind_of(&self.kb, words, entry, from..index + 1, class) {
                let lead = f64::from(margin) / f64::from(self.model.weights.scale());
                // The year of an event that no table holds is a date.
                let year = kind == Kind::Event
                    && entry.is_empty()
                    && from < index
                    && words.get(from).is_some_and(Token::number);
                let mut span = TypedSpan::new(from + usize::from(year), index + 1, kind, confidence(lead));
                span.entry = entry;
                spans.push(span);
            }
        }
        spans
    }
}

/// By how much the class leads all else at a token.
fn lead(scores: &Scores, class: Class) -> i16 {
    let (mut own, mut other) = (i16::MIN, i16::MIN);
    for (label, &score) in scores.iter().enumerate().take(LABELS) {
        let best = if class_of(label) == Some(class) { &mut own } else { &mut other };
        *best = score.max(*best);
    }
    own.saturating_sub(other)
}

/// How often names with that lead were right, on articles that were not trained on.
fn confidence(lead: f64) -> f64 {
    (1.0 / (1.0 + (-(0.5 + 0.55 * lead)).exp())).clamp(0.3, 0.99)
}

impl Recognizer for ModelRecognizer {
    fn name(&self, language: Option<&str>) -> &str {
        if lexicon::is_for(language) {
            self.model.weights.name()
        } else {
            self.other_languages.name(language)
        }
    }

    fn reads_whole_article(&self, language: Option<&str>) -> bool {
        lexicon::is_for(language)
    }

    fn recognize(
        &self,
        words: &Words<'_>,
        language: Option<&str>,
        budget: &mut Budget,
    ) -> Result<Vec<TypedSpan>, TagError> {
        if !lexicon::is_for(language) {
            return self.other_languages.recognize(words, language, budget);
        }
        budget.spend(words.len())?;
        let spare = self.memories.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut memory = spare.unwrap_or_default();
        let (article, labels) = self.model.labels(words, &self.kb, &mut memory, 2);
        let tokens: usize = article.stretches.iter().map(ExactSizeIterator::len).sum();
        let spent = budget.spend(tokens * STEPS_PER_TOKEN + article.walked);
        let spans = self.spans(words, &article, &labels, &memory.scores);
        if memory.lexis.len().max(memory.lexis.names()) > KEPT_WORDS || memory.scores.capacity() > KEPT_TOKENS
        {
            memory = Memory::default();
        }
        self.memories.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
        spent?;
        Ok(spans)
    }
}
