//! The best labels of a stretch under the model (Viterbi 1967), in room that is kept from stretch to
//! stretch.

use super::label::{ALONE, CLASSES, Class, FIRST, INSIDE, LABELS, LAST, OUTSIDE, label};
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

/// Where the labels stand while paths are sought: those that open first, then what may only follow
/// within a class, so that each lot is one or two of the processor's vectors.
const OPENING: usize = 0;
const INSIDES: usize = 16;
const LASTS: usize = 24;
const PLACES: usize = 32;

/// The place of each label.
#[expect(clippy::indexing_slicing, reason = "worked out when the program is built")]
const PLACE_OF: [usize; LABELS] = {
    let mut places = [OPENING; LABELS];
    let mut class = 0;
    while class < CLASSES {
        places[1 + 4 * class + FIRST] = OPENING + 1 + class;
        places[1 + 4 * class + ALONE] = OPENING + 1 + CLASSES + class;
        places[1 + 4 * class + INSIDE] = INSIDES + class;
        places[1 + 4 * class + LAST] = LASTS + class;
        class += 1;
    }
    places
};

/// The label at each place.
#[expect(clippy::indexing_slicing, reason = "worked out when the program is built")]
const LABEL_AT: [usize; PLACES] = {
    let mut labels = [OUTSIDE; PLACES];
    let mut label = 0;
    while label < LABELS {
        labels[PLACE_OF[label]] = label;
        label += 1;
    }
    labels
};

/// How many labels close.
const CLOSING: usize = 1 + 2 * CLASSES;

/// The places of the labels that close, in the order of labels: of two paths as good, the first wins.
#[expect(clippy::indexing_slicing, reason = "worked out when the program is built")]
const CLOSING_AT: [usize; CLOSING] = {
    let mut places = [OPENING; CLOSING];
    let mut class = 0;
    while class < CLASSES {
        places[1 + 2 * class] = LASTS + class;
        places[2 + 2 * class] = OPENING + 1 + CLASSES + class;
        class += 1;
    }
    places
};

/// A number for each place.
type Row = [i16; PLACES];
/// One for each label that opens, and room.
type Opening = [i16; 16];
/// One for each class, and room.
type Classes = [i16; 8];

/// Room for the best paths: for each token and place, which label comes before: the place of it in
/// `CLOSING_AT` for one that opens; else 0 for the first of its class, 1 for an inner one.
#[derive(Debug, Default)]
pub struct Paths {
    from: Vec<Row>,
}

/// The weights of labels that follow each other.
#[derive(Debug, Clone)]
pub struct Steps {
    /// From each label that closes to each that opens.
    opening: [Opening; CLOSING],
    /// Within each class, from its first and from its inner tokens.
    first_to_inside: Classes,
    inside_to_inside: Classes,
    first_to_last: Classes,
    inside_to_last: Classes,
}

impl Steps {
    /// The steps of a model.
    #[must_use]
    pub fn of(weights: &Weights) -> Self {
        let step = |from: usize, to: usize| {
            weights.transitions().get(from).and_then(|row| row.get(to)).copied().unwrap_or(NEVER)
        };
        let mut opening = [[NEVER; 16]; CLOSING];
        for (row, place) in opening.iter_mut().zip(CLOSING_AT) {
            let from = LABEL_AT.get(place).copied().unwrap_or(OUTSIDE);
            for (step_to, &to) in row.iter_mut().zip(&LABEL_AT).take(CLOSING) {
                *step_to = step(from, to);
            }
        }
        let within = |from: usize, to: usize| {
            let mut steps = [NEVER; 8];
            for (slot, class) in steps.iter_mut().zip(Class::ALL) {
                *slot = step(label(class, from), label(class, to));
            }
            steps
        };
        Self {
            opening,
            first_to_inside: within(FIRST, INSIDE),
            inside_to_inside: within(INSIDE, INSIDE),
            first_to_last: within(FIRST, LAST),
            inside_to_last: within(INSIDE, LAST),
        }
    }

    /// The best way to each place from the numbers of the token before, and what comes before on it.
    #[expect(clippy::indexing_slicing, reason = "hot; all places are constants below the length of the rows")]
    #[inline]
    fn onward(&self, best: &Row) -> (Row, Row) {
        let mut opening = [i16::MIN; 16];
        let mut opening_from = [0_i16; 16];
        for ((steps, &place), from) in self.opening.iter().zip(&CLOSING_AT).zip(0_i16..) {
            let before = best[place];
            for ((best, best_from), &step) in opening.iter_mut().zip(&mut opening_from).zip(steps) {
                let score = before.saturating_add(step);
                *best_from = if score > *best { from } else { *best_from };
                *best = score.max(*best);
            }
        }
        let first: Classes = std::array::from_fn(|class| best[OPENING + 1 + class]);
        let inside: Classes = std::array::from_fn(|class| best[INSIDES + class]);
        let insides = within((first, &self.first_to_inside), (inside, &self.inside_to_inside));
        let lasts = within((first, &self.first_to_last), (inside, &self.inside_to_last));
        let (mut next, mut from) = ([i16::MIN; PLACES], [0_i16; PLACES]);
        next[..INSIDES].copy_from_slice(&opening);
        next[INSIDES..LASTS].copy_from_slice(&insides.0);
        next[LASTS..].copy_from_slice(&lasts.0);
        from[..INSIDES].copy_from_slice(&opening_from);
        from[INSIDES..LASTS].copy_from_slice(&insides.1);
        from[LASTS..].copy_from_slice(&lasts.1);
        (next, from)
    }
}

/// The better of two ways for each class, and 1 where it is the second.
#[expect(clippy::indexing_slicing, reason = "hot; all have one length")]
#[inline]
fn within(first: (Classes, &Classes), second: (Classes, &Classes)) -> (Classes, Classes) {
    let first: Classes = std::array::from_fn(|class| first.0[class].saturating_add(first.1[class]));
    let second: Classes = std::array::from_fn(|class| second.0[class].saturating_add(second.1[class]));
    (
        std::array::from_fn(|class| first[class].max(second[class])),
        std::array::from_fn(|class| i16::from(second[class] > first[class])),
    )
}

/// The scores of a token at the places of their labels.
#[expect(
    clippy::indexing_slicing,
    reason = "hot; places of labels are constants below the length of the row"
)]
#[inline]
fn placed(scores: &Scores) -> Row {
    let mut own = [i16::MIN; PLACES];
    for (&place, &score) in PLACE_OF.iter().zip(scores) {
        own[place] = score;
    }
    own
}

impl Paths {
    /// Labels the tokens from `at` on whose `scores` are given, one for each.
    pub fn label(&mut self, scores: &[Scores], steps: &Steps, at: usize, labels: &mut Labels) {
        self.from.clear();
        // What stands before a stretch is in no name.
        let mut best = [NEVER; PLACES];
        if let Some(outside) = best.first_mut() {
            *outside = 0;
        }
        for scores in scores {
            let (mut next, from) = steps.onward(&best);
            let mut most = i16::MIN;
            for (score, own) in next.iter_mut().zip(placed(scores)) {
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
        let score_at = |place: usize| best.get(place).copied().unwrap_or(NEVER);
        let mut place = OPENING;
        for last in CLOSING_AT {
            if score_at(last) > score_at(place) {
                place = last;
            }
        }
        for (index, from) in self.from.iter().enumerate().rev() {
            labels.set(at + index, LABEL_AT.get(place).copied().unwrap_or(OUTSIDE));
            let from = from.get(place).and_then(|&from| usize::try_from(from).ok()).unwrap_or(0);
            place = match (place < INSIDES, from) {
                (true, closing) => CLOSING_AT.get(closing).copied().unwrap_or(OPENING),
                (false, 0) => OPENING + 1 + place % 8,
                (false, _) => INSIDES + place % 8,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::tag::model::label::LANES;
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
