//! The score of a candidate: the sum of what its traits weigh.

use super::traits::{FLAGS, MEASURES, MENTION, Traits};
use super::weights::WEIGHTS;

/// The weights of each sort of traits, without their names.
const OF_MENTION: [f64; MENTION] = weights_from(0);
const OF_FLAGS: [f64; FLAGS] = weights_from(MENTION);
const OF_MEASURES: [f64; MEASURES] = weights_from(MENTION + FLAGS);

#[expect(clippy::indexing_slicing, reason = "worked out by the compiler")]
const fn weights_from<const COUNT: usize>(first: usize) -> [f64; COUNT] {
    let mut weights = [0.0; COUNT];
    let mut place = 0;
    while place < COUNT {
        weights[place] = WEIGHTS[first + place].1;
        place += 1;
    }
    weights
}

/// What the traits of the mention weigh, the same for all its candidates.
pub(super) fn of_mention(traits: &[f32; MENTION]) -> f64 {
    traits.iter().zip(&OF_MENTION).map(|(&seen, weight)| f64::from(seen) * weight).sum()
}

/// What the traits of a candidate weigh.
pub(super) fn of_candidate(traits: &Traits) -> f64 {
    let mut sum = 0.0;
    // Few are there: their bits are gone through, not the places.
    let mut flags = traits.flags;
    while flags != 0 {
        sum += OF_FLAGS.get(flags.trailing_zeros() as usize).copied().unwrap_or_default();
        flags &= flags - 1;
    }
    let measures = traits.measures.iter().zip(&OF_MEASURES);
    sum + measures.map(|(&seen, weight)| f64::from(seen) * weight).sum::<f64>()
}
