//! What to repair in a line if one encoding is at fault, and how much is gained by it.
//!
//! Sequences that touch form a run, and a run is judged by what it looks like before and after
//! ([`badness`](super::badness)). A run that gains much is believed wherever it stands. One that gains
//! little is believed beside such a run, or where the line holds no letter that speaks against it.

use std::cmp::Reverse;
use std::ops::Range;

use super::badness;
use super::codecs::Codec;
use super::sequence::{self, Loss, Sequence};

/// What a run must gain to be believed by itself.
const STRONG: i32 = 3;
/// What a line must gain whose every letter outside ASCII is part of a sequence.
const CONSISTENT: i32 = 2;
/// How much more it must be for the encodings of old machines, in which signs begin a sequence.
const OLD_MACHINES: i32 = 1;
/// What a letter costs that an encoding leaves, when it is compared with others: more than a run
/// seems to gain that it breaks in two.
const LEFT: i32 = 3;
/// How many characters around a run are looked at.
const AROUND: usize = 2;

/// The repairs of one line in one encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// How many points less odd the line will be.
    gain: i32,
    /// Letters outside ASCII that it leaves, though not all of them may be of this encoding.
    left: usize,
    /// C1 controls that stand for bytes for which this encoding has characters.
    controls: usize,
    /// Where the sequences begin, and what they mean. In order.
    pub(super) sequences: Vec<(usize, Sequence)>,
}

impl Plan {
    /// Whether it explains the line better than `other`.
    pub(super) fn is_better(&self, other: &Self) -> bool {
        let left = |plan: &Self| i32::try_from(plan.left).unwrap_or(i32::MAX).saturating_mul(LEFT);
        let rank = |plan: &Self| (plan.gain.saturating_sub(left(plan)), Reverse(plan.controls));
        rank(self) > rank(other)
    }
}

/// What was found in a line.
#[derive(Debug, Default)]
struct Survey {
    sequences: Vec<(usize, Sequence)>,
    /// Letters outside ASCII that are part of none.
    other_letters: usize,
    /// Beginnings of sequences that break off.
    broken: usize,
}

/// Plans the repair of `chars` in `codec`. `None` if nothing should be repaired.
pub(super) fn plan(chars: &[char], codec: Codec) -> Option<Plan> {
    let survey = survey(chars, codec);
    // What holds more broken sequences than whole ones was garbled in a way that no repair undoes.
    if survey.sequences.len() <= survey.broken {
        return None;
    }
    let runs = runs(&survey.sequences);
    let gains: Vec<i32> = runs
        .iter()
        .map(|run| gain(chars, survey.sequences.get(run.clone())?, codec))
        .map(|gain| gain.unwrap_or(-1))
        .collect();
    let more = if codec.is_of_old_machines() { OLD_MACHINES } else { 0 };
    // A capital before a space is a word in other text: it only follows others.
    let speaks = |run: &Range<usize>| {
        survey
            .sequences
            .get(run.clone())
            .is_some_and(|found| !found.iter().all(|(at, found)| is_guess(chars, *at, found)))
    };
    let speaking = runs.iter().zip(&gains).filter(|(run, gain)| **gain > 0 && speaks(run));
    // Western text with a garbled quote in it is common, text of two other kinds is not.
    let prevails = codec == Codec::WINDOWS_1252 || survey.sequences.len() >= survey.other_letters;
    let strong = prevails && speaking.clone().any(|(_, gain)| *gain >= STRONG + more);
    let consistent = survey.other_letters == 0;
    let total: i32 = speaking.map(|(_, gain)| gain).sum();
    if !(strong || consistent && total >= CONSISTENT + more) {
        return None;
    }
    let least = match (consistent, survey.sequences.len() >= survey.other_letters) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) => STRONG,
    };
    let mut plan = Plan { gain: 0, left: survey.other_letters, controls: 0, sequences: Vec::new() };
    for (run, gain) in runs.into_iter().zip(gains) {
        if gain >= least {
            plan.gain += gain;
            plan.sequences.extend(survey.sequences.get(run)?);
        }
    }
    if codec != Codec::ISO_8859_2 {
        let taken = plan.sequences.iter().filter_map(|(at, sequence)| chars.get(*at..at + sequence.length));
        plan.controls = taken.flatten().filter(|c| matches!(c, '\u{80}'..='\u{9f}')).count();
    }
    (!plan.sequences.is_empty()).then_some(plan)
}

fn survey(chars: &[char], codec: Codec) -> Survey {
    let mut survey = Survey::default();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        if c.is_ascii() {
            at += 1;
            continue;
        }
        let rest = chars.get(at..).unwrap_or_default();
        if let Some(sequence) = sequence::read(rest, codec) {
            survey.sequences.push((at, sequence));
            at += sequence.length;
            continue;
        }
        survey.other_letters += usize::from(c.is_alphabetic());
        let is_lead = codec.byte_of(c).is_some_and(|byte| byte >= 0xC2);
        let goes_on = |c: &char| codec.byte_of(*c).is_some_and(|byte| byte < 0xC0);
        survey.broken += usize::from(is_lead && rest.get(1).is_some_and(goes_on));
        at += 1;
    }
    survey
}

/// Whether two characters are a sequence only if the second stands for a lost byte.
fn is_guess(chars: &[char], at: usize, sequence: &Sequence) -> bool {
    let is_named = || matches!(chars.get(at), Some('Ã' | 'Â'));
    sequence.length == 2 && (sequence.loss == Loss::Question || (sequence.loss == Loss::Space && !is_named()))
}

/// The sequences that touch: ranges of their indices. A question mark after one character is believed
/// beside another sequence only.
fn runs(sequences: &[(usize, Sequence)]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut end = None;
    for (i, (at, sequence)) in sequences.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if end == Some(*at) => run.end = i + 1,
            _ => runs.push(i..i + 1),
        }
        end = Some(at + sequence.length);
    }
    let is_mark = |(_, sequence): &(usize, Sequence)| sequence.loss == Loss::Question && sequence.length == 2;
    runs.retain(|run| sequences.get(run.clone()).is_some_and(|found| !found.iter().all(is_mark)));
    runs
}

/// How many points less odd the line is once `run` is repaired.
fn gain(chars: &[char], run: &[(usize, Sequence)], codec: Codec) -> Option<i32> {
    let start = run.first()?.0;
    let end = run.last().map(|(at, sequence)| at + sequence.length)?;
    let from = start.saturating_sub(AROUND);
    let until = chars.len().min(end + AROUND);
    let before = badness::points(chars.get(from..until)?);
    let mut good = chars.get(from..start)?.to_vec();
    for (_, sequence) in run {
        good.push(sequence.put);
        good.extend(sequence.space_after.then_some(' '));
    }
    good.extend(chars.get(end..until)?);
    let mut after = badness::points(&good);
    // Text that was garbled twice may look as bad after the first repair: look further.
    for next in [Codec::WINDOWS_1252, codec] {
        if after > 0 {
            after = after.min(badness::points(&read_all(&good, next)));
        }
    }
    Some(i32::try_from(before).ok()? - i32::try_from(after).ok()?)
}

/// The text with each whole sequence of `codec` read, and C1 controls as windows-1252 has them.
fn read_all(chars: &[char], codec: Codec) -> Vec<char> {
    let mut good = Vec::with_capacity(chars.len());
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let found = chars.get(at..).and_then(|rest| sequence::read(rest, codec));
        match found.filter(|sequence| sequence.loss == Loss::None) {
            Some(sequence) => {
                good.push(sequence.put);
                at += sequence.length;
            }
            None => {
                good.push(super::control_as_1252(c).unwrap_or(c));
                at += 1;
            }
        }
    }
    good
}
