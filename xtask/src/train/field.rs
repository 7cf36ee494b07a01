//! A conditional random field over stretches of tokens (Lafferty, `McCallum` and Pereira 2001), trained
//! online by FTRL-Proximal (`McMahan` et al. 2013), which leaves most weights at zero. Where a token may
//! have several labels, all sequences within what is allowed count as right.

use copydesk::tag::model::label::{LABELS, LANES, closes, may_follow, opens};

use super::examples::{Example, Examples, LabelSet};

/// How the field is trained.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) epochs: usize,
    /// Step size.
    pub(super) alpha: f32,
    /// Holds small weights at zero.
    pub(super) l1: f32,
    /// Holds all weights small.
    pub(super) l2: f32,
    /// One feature in so many is left out of a token, by lot.
    pub(super) drop: f32,
}

type Row = [f32; LANES];

/// Sums of gradients of one feature.
#[derive(Clone, Copy)]
struct State {
    z: Row,
    n: Row,
}

const FRESH: State = State { z: [0.0; LANES], n: [0.0; LANES] };

impl State {
    fn weights(&self, settings: &Settings) -> Row {
        let mut row = [0.0; LANES];
        for ((weight, z), n) in row.iter_mut().zip(self.z).zip(self.n) {
            let over = (z.abs() - settings.l1).max(0.0);
            *weight = -over.copysign(z) / ((1.0 + n.sqrt()) / settings.alpha + settings.l2);
        }
        row
    }

    fn learn(&mut self, gradient: &Row, settings: &Settings) {
        let weights = self.weights(settings);
        for (((z, n), g), w) in self.z.iter_mut().zip(&mut self.n).zip(gradient).zip(weights) {
            let more = *n + g * g;
            *z += g - (more.sqrt() - n.sqrt()) / settings.alpha * w;
            *n = more;
        }
    }
}

/// A field in training.
pub(super) struct Field {
    settings: Settings,
    states: Vec<State>,
    transitions: Vec<State>,
    room: Room,
    lot: u64,
}

/// Room for one stretch.
#[derive(Default)]
struct Room {
    scores: Vec<Row>,
    forward: Vec<Row>,
    backward: Vec<Row>,
    scales: Vec<f32>,
    marginals: Vec<Row>,
    kept: Vec<u32>,
    ends: Vec<usize>,
}

/// All pairs of labels that may follow each other.
fn pairs() -> Vec<(usize, usize)> {
    (0..LABELS)
        .flat_map(|from| (0..LABELS).map(move |to| (from, to)))
        .filter(|&(from, to)| may_follow(from, to))
        .collect()
}

#[expect(
    clippy::indexing_slicing,
    reason = "labels are below LABELS, rows hold LANES; tokens below the stretch's length"
)]
impl Field {
    /// An untrained field; the same `seed` draws the same lots.
    pub(super) fn new(features: usize, settings: Settings, seed: u64) -> Self {
        Self {
            settings,
            states: vec![FRESH; features],
            transitions: vec![FRESH; LABELS],
            room: Room::default(),
            lot: 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed | 1),
        }
    }

    /// A number by lot, the same in each run.
    fn draw(&mut self) -> f32 {
        self.lot ^= self.lot << 13;
        self.lot ^= self.lot >> 7;
        self.lot ^= self.lot << 17;
        #[expect(clippy::cast_precision_loss, reason = "24 bits fit")]
        let drawn = (self.lot >> 40) as f32 / 16_777_216.0;
        drawn
    }

    /// Sums of products over all sequences within `sets`; adds `sign` times the expected steps to
    /// `steps`, and leaves each token's expected labels in the room's marginals.
    fn expect(
        room: &mut Room,
        step: &[Row; LABELS],
        pairs: &[(usize, usize)],
        sets: Option<&[LabelSet]>,
        sign: f32,
        steps: &mut [Row; LABELS],
    ) {
        let length = room.scores.len();
        let may = |token: usize, label: usize| sets.is_none_or(|sets| sets[token] & (1 << label) != 0);
        room.forward.clear();
        room.backward.clear();
        room.scales.clear();
        room.marginals.clear();
        for token in 0..length {
            let mut row = [0.0; LANES];
            if token == 0 {
                for label in (0..LABELS).filter(|&label| opens(label) && may(0, label)) {
                    row[label] = step[0][label] * room.scores[0][label];
                }
            } else {
                let before = room.forward[token - 1];
                for &(from, to) in pairs {
                    row[to] += before[from] * step[from][to];
                }
                for (label, (sum, score)) in row.iter_mut().zip(room.scores[token]).take(LABELS).enumerate() {
                    *sum = if may(token, label) { *sum * score } else { 0.0 };
                }
            }
            if token + 1 == length {
                for label in (0..LABELS).filter(|&label| !closes(label)) {
                    row[label] = 0.0;
                }
            }
            let sum: f32 = row.iter().sum();
            let scale = if sum > 0.0 { 1.0 / sum } else { 1.0 };
            row.iter_mut().for_each(|x| *x *= scale);
            room.scales.push(scale);
            room.forward.push(row);
        }
        room.backward.resize(length, [0.0; LANES]);
        for token in (0..length).rev() {
            if token + 1 == length {
                for label in (0..LABELS).filter(|&label| closes(label)) {
                    room.backward[token][label] = 1.0;
                }
                continue;
            }
            let mut after = [0.0; LANES];
            for label in (0..LABELS).filter(|&label| may(token + 1, label)) {
                after[label] =
                    room.backward[token + 1][label] * room.scores[token + 1][label] * room.scales[token + 1];
            }
            let before = room.forward[token];
            let mut row = [0.0; LANES];
            for &(from, to) in pairs {
                let along = step[from][to] * after[to];
                row[from] += along;
                steps[from][to] += sign * before[from] * along;
            }
            room.backward[token] = row;
        }
        for (forward, backward) in room.forward.iter().zip(&room.backward) {
            let mut row = [0.0; LANES];
            for ((x, a), b) in row.iter_mut().zip(forward).zip(backward) {
                *x = a * b;
            }
            room.marginals.push(row);
        }
        if let Some(first) = room.marginals.first() {
            for label in 0..LABELS {
                steps[0][label] += sign * first[label];
            }
        }
    }

    fn learn(&mut self, examples: &Examples, example: &Example, pairs: &[(usize, usize)], second_pass: bool) {
        let sets = &examples.allowed[example.tokens.clone()];
        self.room.scores.clear();
        self.room.kept.clear();
        self.room.ends.clear();
        for token in example.tokens.clone() {
            let votes: &[u32] = if second_pass { examples.votes.get(token) } else { &[] };
            let mut sum = [0.0_f32; LANES];
            for &feature in examples.keys.get(token).iter().chain(votes) {
                if feature == 0 || self.draw() < self.settings.drop {
                    continue;
                }
                self.room.kept.push(feature);
                let weights = self.states[feature as usize].weights(&self.settings);
                sum.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight);
            }
            self.room.ends.push(self.room.kept.len());
            let most = sum.iter().take(LABELS).fold(f32::MIN, |most, &x| most.max(x));
            sum.iter_mut().for_each(|x| *x = (*x - most).max(-60.0).exp());
            self.room.scores.push(sum);
        }
        let mut step = [[0.0; LANES]; LABELS];
        for (row, state) in step.iter_mut().zip(&self.transitions) {
            *row = state.weights(&self.settings).map(f32::exp);
        }
        let mut steps = [[0.0; LANES]; LABELS];
        Self::expect(&mut self.room, &step, pairs, None, 1.0, &mut steps);
        let found = std::mem::take(&mut self.room.marginals);
        Self::expect(&mut self.room, &step, pairs, Some(sets), -1.0, &mut steps);
        let sure: f32 = self.room.marginals.iter().map(|row| row.iter().sum::<f32>()).sum();
        if sure.is_nan() || sure <= 0.0 {
            return;
        }
        let mut from = 0;
        for ((token, found), wanted) in found.iter().enumerate().zip(&self.room.marginals) {
            let mut gradient = [0.0; LANES];
            for ((g, f), w) in gradient.iter_mut().zip(found).zip(wanted) {
                *g = (f - w) * example.weight;
            }
            let to = self.room.ends[token];
            if gradient.iter().any(|g| g.abs() > 1e-5) {
                for &feature in &self.room.kept[from..to] {
                    self.states[feature as usize].learn(&gradient, &self.settings);
                }
            }
            from = to;
        }
        for (state, row) in self.transitions.iter_mut().zip(steps) {
            state.learn(&row.map(|g| g * example.weight), &self.settings);
        }
    }

    /// Trains on the stretches of the texts that `chosen` takes.
    pub(super) fn train(&mut self, examples: &Examples, chosen: impl Fn(usize) -> bool) {
        let pairs = pairs();
        let mut order: Vec<usize> =
            (0..examples.examples.len()).filter(|&index| chosen(examples.examples[index].text)).collect();
        for epoch in 0..self.settings.epochs {
            for index in (1..order.len()).rev() {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    clippy::cast_precision_loss,
                    reason = "a place in the list"
                )]
                let other = ((self.draw() * (index + 1) as f32) as usize).min(index);
                order.swap(index, other);
            }
            for &index in &order {
                let example = &examples.examples[index];
                self.learn(examples, example, &pairs, (epoch + example.text) % 2 == 1);
            }
        }
    }

    /// Weights of labels that follow each other.
    pub(super) fn transitions(&self) -> [Row; LABELS] {
        let mut rows = [[0.0; LANES]; LABELS];
        for (row, state) in rows.iter_mut().zip(&self.transitions) {
            *row = state.weights(&self.settings);
        }
        rows
    }

    /// The weights of a feature.
    pub(super) fn weights(&self, feature: usize) -> Row {
        self.states[feature].weights(&self.settings)
    }
}
