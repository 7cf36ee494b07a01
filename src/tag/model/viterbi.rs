//! The best labels of a stretch under the model (Viterbi 1967), in room that is kept from stretch to
//! stretch.

use super::label::{LABELS, LANES, OUTSIDE, closes, may_follow};
use super::weights::{Scores, Weights};

/// The label of each token of an article; outside of stretches none is in a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels(Vec<u8>);

impl Labels {
    /// `tokens` tokens in no name.
    #[must_use]
    pub fn new(tokens: usize) -> Self {
        Self(vec![0; tokens])
    }

    /// The label of a token.
    #[must_use]
    pub fn get(&self, index: usize) -> usize {
        self.0.get(index).map_or(OUTSIDE, |&label| usize::from(label))
    }

    /// Sets the label of a token.
    pub fn set(&mut self, index: usize, label: usize) {
        if let Some(place) = self.0.get_mut(index) {
            *place = u8::try_from(label).unwrap_or(0);
        }
    }
}

/// What no path may be; far enough from the end of the numbers to be added to.
const NEVER: i16 = -16_000;

/// Room for the best paths: for each token and label, the label before.
#[derive(Debug, Default)]
pub struct Paths {
    from: Vec<[i16; LANES]>,
}

/// The weights of labels that follow each other; what may not follow is out of reach.
#[derive(Debug, Clone)]
pub struct Steps([[i16; LANES]; LABELS]);

impl Steps {
    /// The steps of a model.
    #[must_use]
    pub fn of(weights: &Weights) -> Self {
        let mut steps = [[NEVER; LANES]; LABELS];
        for ((from, row), trained) in steps.iter_mut().enumerate().zip(weights.transitions()) {
            for ((to, step), &weight) in row.iter_mut().enumerate().zip(trained).take(LABELS) {
                if may_follow(from, to) {
                    *step = weight;
                }
            }
        }
        Self(steps)
    }
}

impl Paths {
    /// Labels the tokens from `at` on whose `scores` are given, one for each.
    pub fn label(&mut self, scores: &[Scores], steps: &Steps, at: usize, labels: &mut Labels) {
        self.from.clear();
        // What stands before a stretch is in no name.
        let mut best = [NEVER; LANES];
        if let Some(outside) = best.first_mut() {
            *outside = 0;
        }
        for scores in scores {
            let mut next = [i16::MIN; LANES];
            let mut from = [0_i16; LANES];
            for ((label, &before), steps) in (0_i16..).zip(&best).zip(&steps.0) {
                for ((next, from), step) in next.iter_mut().zip(&mut from).zip(steps) {
                    let score = before.saturating_add(*step);
                    let better = score > *next;
                    *next = if better { score } else { *next };
                    *from = if better { label } else { *from };
                }
            }
            let mut most = i16::MIN;
            for (score, &own) in next.iter_mut().zip(scores).take(LABELS) {
                *score = score.saturating_add(own);
                most = most.max(*score);
            }
            // Only differences count: so the numbers stay small however long the stretch is.
            for score in &mut next {
                *score = score.saturating_sub(most).max(NEVER);
            }
            best = next;
            self.from.push(from);
        }
        let last = (0..LABELS).filter(|&label| closes(label));
        let Some(mut label) = last.max_by_key(|&label| (best.get(label), std::cmp::Reverse(label))) else {
            return;
        };
        for (index, from) in self.from.iter().enumerate().rev() {
            labels.set(at + index, label);
            label = from.get(label).and_then(|&from| usize::try_from(from).ok()).unwrap_or(OUTSIDE);
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::tag::model::label::{ALONE, Class, FIRST, INSIDE, LAST, label};
    use crate::tag::model::weights::write;

    #[test]
    fn a_path_is_legal_and_does_not_wear_out() {
        let file = write("none", 1.0, &[[0; LABELS]; LABELS], &[]);
        let steps = Steps::of(&Weights::load(&Bytes::from(file)).unwrap());
        let (first, inside, last) =
            (label(Class::Org, FIRST), label(Class::Org, INSIDE), label(Class::Org, LAST));
        // Each token by itself is best inside of a name; the ends have to give way.
        let mut scores = vec![[0_i16; LANES]; 40_000];
        scores.iter_mut().for_each(|row| row[inside] = 90);
        let mut labels = Labels::new(scores.len());
        Paths::default().label(&scores, &steps, 0, &mut labels);
        assert_eq!(
            (labels.get(0), labels.get(1), labels.get(39_998), labels.get(39_999)),
            (first, inside, inside, last)
        );
        Paths::default().label(&scores[..1], &steps, 0, &mut labels);
        assert!(labels.get(0) == OUTSIDE || labels.get(0) == label(Class::Person, ALONE));
    }
}
