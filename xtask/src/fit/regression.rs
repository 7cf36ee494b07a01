//! Logistic regression with a penalty on large weights, by Newton's method.

use anyhow::{Context, ensure};

/// One example: what is seen, whether it is one, how much it counts.
#[derive(Debug, Clone)]
pub(super) struct Example {
    pub(super) traits: Vec<f64>,
    pub(super) is: bool,
    pub(super) counts: f64,
}

/// Newton steps; it has settled long before.
const STEPS: usize = 25;

/// The chance that logistic regression gives a score.
pub(super) fn chance(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}

/// The score of `traits`.
pub(super) fn score(traits: &[f64], weights: &[f64]) -> f64 {
    traits.iter().zip(weights).map(|(seen, weight)| seen * weight).sum()
}

/// The weights that explain `examples` best; `penalty` holds all but the first small, each measured by how
/// much its trait varies.
///
/// # Errors
/// When there are no examples, or the traits depend on each other in spite of the penalty.
pub(super) fn fit(examples: &[Example], penalty: f64) -> anyhow::Result<Vec<f64>> {
    let first = examples.first().context("expected labelled lines, found none")?;
    let width = first.traits.len();
    let all: f64 = examples.iter().map(|example| example.counts).sum();
    let scale = f64::from(u32::try_from(examples.len())?) / all;
    let means = column(examples, width, |example, at| example.counts * seen(example, at) / all);
    let spreads: Vec<f64> = (0..width)
        .map(|at| {
            let mean = means.get(at).copied().unwrap_or_default();
            let squares =
                examples.iter().map(|example| example.counts * (seen(example, at) - mean).powi(2) / all);
            squares.sum::<f64>().sqrt() + 1e-6
        })
        .collect();
    let scaled: Vec<Example> = examples
        .iter()
        .map(|example| Example {
            traits: (0..width)
                .map(|at| {
                    if at == 0 { 1.0 } else { (seen(example, at) - entry(&means, at)) / entry(&spreads, at) }
                })
                .collect(),
            is: example.is,
            counts: example.counts * scale,
        })
        .collect();
    let mut weights = vec![0.0; width];
    for _ in 0..STEPS {
        let mut gradient = vec![0.0; width];
        let mut curvature = vec![vec![0.0; width]; width];
        for example in &scaled {
            let chance = chance(score(&example.traits, &weights));
            let error = example.counts * (chance - f64::from(u8::from(example.is)));
            let bend = example.counts * chance * (1.0 - chance);
            for ((row, slope), one) in curvature.iter_mut().zip(&mut gradient).zip(&example.traits) {
                *slope += error * one;
                if *one != 0.0 {
                    row.iter_mut()
                        .zip(&example.traits)
                        .for_each(|(entry, other)| *entry += bend * one * other);
                }
            }
        }
        for (at, (row, slope)) in curvature.iter_mut().zip(&mut gradient).enumerate() {
            let held = if at == 0 { 0.0 } else { penalty };
            *slope += held * entry(&weights, at);
            if let Some(diagonal) = row.get_mut(at) {
                *diagonal += held + 1e-9;
            }
        }
        let step = solve(curvature, gradient)?;
        weights.iter_mut().zip(&step).for_each(|(weight, step)| *weight -= step);
        if step.iter().all(|step| step.abs() < 1e-6) {
            break;
        }
    }
    // Back to traits as they are seen.
    let mut plain: Vec<f64> = (0..width)
        .map(|at| if at == 0 { entry(&weights, 0) } else { entry(&weights, at) / entry(&spreads, at) })
        .collect();
    let shift: f64 = plain.iter().zip(&means).skip(1).map(|(weight, mean)| weight * mean).sum();
    if let Some(first) = plain.first_mut() {
        *first -= shift;
    }
    Ok(plain)
}

fn seen(example: &Example, at: usize) -> f64 {
    entry(&example.traits, at)
}

fn entry(row: &[f64], at: usize) -> f64 {
    row.get(at).copied().unwrap_or_default()
}

fn column(examples: &[Example], width: usize, of: impl Fn(&Example, usize) -> f64) -> Vec<f64> {
    (0..width).map(|at| examples.iter().map(|example| of(example, at)).sum()).collect()
}

/// Solves a set of linear equations by elimination, the largest entry of a column first.
pub(crate) fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> anyhow::Result<Vec<f64>> {
    let width = right.len();
    for at in 0..width {
        let largest = (at..width)
            .max_by(|a, b| {
                let size = |row: &usize| matrix.get(*row).map_or(0.0, |row| entry(row, at).abs());
                size(a).total_cmp(&size(b))
            })
            .unwrap_or(at);
        matrix.swap(at, largest);
        right.swap(at, largest);
        let (done, rest) = matrix.split_at_mut(at + 1);
        let pivot = done.last().map(Vec::as_slice).unwrap_or_default();
        let lead = entry(pivot, at);
        ensure!(
            lead.abs() > 1e-12,
            "expected traits that do not depend on each other, found one that does (number {at})"
        );
        let value = entry(&right, at);
        for (row, result) in rest.iter_mut().zip(right.iter_mut().skip(at + 1)) {
            let factor = entry(row, at) / lead;
            if factor != 0.0 {
                row.iter_mut().zip(pivot).skip(at).for_each(|(entry, of_pivot)| *entry -= factor * of_pivot);
                *result -= factor * value;
            }
        }
    }
    let mut solved = vec![0.0; width];
    for at in (0..width).rev() {
        let row = matrix.get(at).map(Vec::as_slice).unwrap_or_default();
        let known: f64 = row.iter().zip(&solved).skip(at + 1).map(|(entry, solved)| entry * solved).sum();
        if let Some(slot) = solved.get_mut(at) {
            *slot = (entry(&right, at) - known) / entry(row, at);
        }
    }
    Ok(solved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_with_the_answer_gets_the_weight() -> anyhow::Result<()> {
        // The second trait is the answer nine times in ten, the third is noise.
        let examples: Vec<Example> = (0..200_u32)
            .map(|number| {
                let is = number % 2 == 0;
                let told = if number % 10 == 0 { !is } else { is };
                let noise = f64::from(number % 3);
                Example { traits: vec![1.0, f64::from(u8::from(told)), noise], is, counts: 1.0 }
            })
            .collect();
        let weights = fit(&examples, 1.0)?;
        assert!(entry(&weights, 1) > 2.0 && entry(&weights, 2).abs() < 0.3, "{weights:?}");
        let right =
            examples.iter().filter(|example| (score(&example.traits, &weights) > 0.0) == example.is).count();
        assert_eq!(right, 180);
        Ok(())
    }

    #[test]
    fn equations_are_solved_whatever_their_order() -> anyhow::Result<()> {
        let solved = solve(vec![vec![0.0, 2.0], vec![4.0, 0.0]], vec![6.0, 8.0])?;
        assert_eq!(solved, [2.0, 3.0]);
        assert!(solve(vec![vec![1.0, 1.0], vec![1.0, 1.0]], vec![1.0, 1.0]).is_err());
        Ok(())
    }
}
