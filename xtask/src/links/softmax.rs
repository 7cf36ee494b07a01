//! Logistic regression over sets of candidates, of which at most one is right ("none of these" is one
//! more, with score 0), by Newton's method with a penalty on large weights.

use copydesk::tag::TRAITS;

use crate::fit::regression::solve;

/// A mention: the traits of its candidates, which one is right, how much it counts.
pub(super) struct Example<'e> {
    pub(super) candidates: &'e [[f32; TRAITS]],
    pub(super) right: Option<usize>,
    pub(super) counts: f64,
}

/// Newton steps; it has settled long before.
const STEPS: usize = 20;

fn score(traits: &[f32; TRAITS], weights: &[f64]) -> f64 {
    traits.iter().zip(weights).map(|(&seen, weight)| f64::from(seen) * weight).sum()
}

/// The certainty of each candidate.
fn certainties(candidates: &[[f32; TRAITS]], weights: &[f64]) -> Vec<f64> {
    let scores: Vec<f64> = candidates.iter().map(|traits| score(traits, weights)).collect();
    let most = scores.iter().copied().fold(0.0, f64::max);
    let all: f64 = scores.iter().map(|score| (score - most).exp()).sum::<f64>() + (-most).exp();
    scores.into_iter().map(|score| (score - most).exp() / all).collect()
}

/// The best candidate, by place, and its certainty.
pub(super) fn best(candidates: &[[f32; TRAITS]], weights: &[f64]) -> Option<(usize, f64)> {
    let mut best: Option<(usize, f64)> = None;
    for (place, certainty) in certainties(candidates, weights).into_iter().enumerate() {
        if best.is_none_or(|(_, leader)| certainty > leader) {
            best = Some((place, certainty));
        }
    }
    best
}

/// The weights that explain `examples` best, looked for from `start` on; those of traits that are not `kept` stay.
///
/// # Errors
/// When the equations have no answer in spite of the penalty.
pub(super) fn fit(
    examples: &[Example<'_>],
    start: Vec<f64>,
    kept: &[bool],
    penalty: f64,
) -> anyhow::Result<Vec<f64>> {
    let width = start.len();
    let mut weights = start;
    for _ in 0..STEPS {
        let mut gradient: Vec<f64> = weights.iter().map(|weight| penalty * weight).collect();
        let mut curvature = vec![vec![0.0; width]; width];
        for (row, place) in curvature.iter_mut().zip(0..) {
            if let Some(diagonal) = row.get_mut(place) {
                *diagonal += penalty;
            }
        }
        for example in examples {
            let shares = certainties(example.candidates, &weights);
            let mut mean = vec![0.0; width];
            for ((traits, share), place) in example.candidates.iter().zip(&shares).zip(0..) {
                let right = f64::from(u8::from(example.right == Some(place)));
                for ((slope, mean), &seen) in gradient.iter_mut().zip(&mut mean).zip(traits) {
                    *slope += example.counts * (share - right) * f64::from(seen);
                    *mean += share * f64::from(seen);
                }
                bend(&mut curvature, example.counts * share, |at| {
                    traits.get(at).map_or(0.0, |&seen| f64::from(seen))
                });
            }
            bend(&mut curvature, -example.counts, |at| mean.get(at).copied().unwrap_or_default());
        }
        for ((slope, row), (place, kept)) in
            gradient.iter_mut().zip(&mut curvature).zip(kept.iter().enumerate())
        {
            if !kept {
                *slope = 0.0;
                row.iter_mut()
                    .enumerate()
                    .for_each(|(other, entry)| *entry = f64::from(u8::from(other == place)));
            }
        }
        let step = solve(curvature, gradient)?;
        // Far steps of the first rounds overshoot.
        let longest = step.iter().fold(0.0_f64, |longest, step| longest.max(step.abs()));
        let pace = (3.0 / longest.max(1e-12)).min(1.0);
        weights
            .iter_mut()
            .zip(&step)
            .zip(kept)
            .filter(|(_, kept)| **kept)
            .for_each(|((weight, step), _)| *weight -= pace * step);
        if longest < 1e-6 {
            break;
        }
    }
    Ok(weights)
}

/// Adds `by` times the outer product of a vector to the curvature.
fn bend(curvature: &mut [Vec<f64>], by: f64, of: impl Fn(usize) -> f64) {
    for (row, at) in curvature.iter_mut().zip(0..) {
        let one = of(at);
        if one != 0.0 {
            row.iter_mut().zip(0..).for_each(|(entry, other)| *entry += by * one * of(other));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_with_the_right_candidate_gets_the_weight() -> anyhow::Result<()> {
        let with = |place: usize| {
            let mut traits = [0.0; TRAITS];
            traits
                .iter_mut()
                .zip(0..)
                .for_each(|(seen, at)| *seen = f32::from(u8::from(at == place || at == 2)));
            traits
        };
        let candidates = [with(0), with(1)];
        let examples: Vec<Example<'_>> = (0..40)
            .map(|number| Example {
                candidates: &candidates,
                right: if number % 4 == 3 { None } else { Some(1) },
                counts: 1.0,
            })
            .collect();
        let weights = fit(&examples, vec![0.0; TRAITS], &[true; TRAITS], 0.1)?;
        assert_eq!(best(&candidates, &weights).map(|(place, _)| place), Some(1));
        let certainty = best(&candidates, &weights).map_or(0.0, |(_, certainty)| certainty);
        assert!((certainty - 0.75).abs() < 0.05, "{certainty}");
        Ok(())
    }
}
