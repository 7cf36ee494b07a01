//! Repairs text that was decoded with the wrong encoding, once or more often ("mojibake"): `â€™` or
//! `вЂ™` for `’`, `Ã©` or `√©` for `é`.
//!
//! The idea is ftfy's (Robyn Speer, <https://ftfy.readthedocs.io>): bytes of UTF-8 that were taken for
//! characters of a one-byte encoding are UTF-8 again once they are written in that encoding, which
//! other text hardly ever is; and a measure of how odd text looks keeps the rest of other text safe.
//! Here the encodings ([`codecs`]), the sequences ([`sequence`]), the measure ([`badness`]) and the
//! judgement of a line ([`plan`]) are copydesk's own, and a repair touches no more than the sequence.

mod badness;
mod codecs;
mod plan;
mod sequence;

use codecs::Codec;
use sequence::Loss;

/// The characters of the longest sequence, two halves of a pair of surrogates.
const LONGEST: usize = 6;

/// A piece of a line that means one character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Repair {
    /// Its first character.
    pub(super) at: usize,
    /// How many characters it has.
    pub(super) length: usize,
    /// What it means.
    pub(super) put: char,
    /// A space follows that was lost.
    pub(super) space_after: bool,
}

/// The repairs of one round, in order; none if the line is as it should be. What was garbled twice
/// takes two rounds.
pub(super) fn round(chars: &[char]) -> Vec<Repair> {
    let mut suspects = 0;
    for at in 0..chars.len() {
        suspects |= suspected(chars.get(at..).unwrap_or_default());
    }
    let mut best: Option<plan::Plan> = None;
    for codec in Codec::ALL.into_iter().filter(|codec| suspects & codec.bit() != 0) {
        let Some(plan) = plan::plan(chars, codec) else { continue };
        if best.as_ref().is_none_or(|best| plan.is_better(best)) {
            best = Some(plan);
        }
    }
    match best {
        Some(plan) => plan
            .sequences
            .into_iter()
            .map(|(at, found)| Repair {
                at,
                length: found.length,
                put: found.put,
                space_after: found.space_after,
            })
            .collect(),
        None => controls(chars),
    }
}

/// C1 controls that windows-1252 has characters for: text in it that was read as ISO 8859-1.
fn controls(chars: &[char]) -> Vec<Repair> {
    let repair = |(at, &c): (usize, &char)| {
        control_as_1252(c).map(|put| Repair { at, length: 1, put, space_after: false })
    };
    chars.iter().enumerate().filter_map(repair).collect()
}

/// The character that windows-1252 has for a C1 control.
fn control_as_1252(c: char) -> Option<char> {
    let byte = u8::try_from(u32::from(c)).ok().filter(|byte| (0x80..=0x9F).contains(byte))?;
    let put = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next()?;
    (put != c).then_some(put)
}

/// Whether a sequence may begin with `c`.
pub(super) fn may_lead(c: char) -> bool {
    codecs::roles(c).leads != 0
}

/// Whether a sequence may begin with the character `first`, and `rest` go on after it.
pub(super) fn may_begin(first: char, rest: &str) -> bool {
    let mut chars = rest.chars();
    if chars.next().is_none_or(|second| likely(first, second) == 0) {
        return false;
    }
    let mut window = ['\0'; LONGEST];
    let found =
        window.iter_mut().zip(std::iter::once(first).chain(rest.chars())).map(|(at, c)| *at = c).count();
    suspected(window.get(..found).unwrap_or_default()) != 0
}

/// The encodings in which the head of `chars` is a sequence. What is lost to a space is counted only
/// where the rest tells: other capitals are words.
fn suspected(chars: &[char]) -> u16 {
    let [first, second, ..] = chars else { return 0 };
    let likely = likely(*first, *second);
    if likely == 0 {
        return 0;
    }
    let found = |codec: &Codec| {
        likely & codec.bit() != 0
            && sequence::read(chars, *codec).is_some_and(|found| {
                !matches!(found.loss, Loss::Space | Loss::Question)
                    || found.length > 2
                    || (found.loss == Loss::Space && matches!(first, 'Ã' | 'Â'))
            })
    };
    Codec::ALL.iter().filter(|codec| found(codec)).fold(0, |set, codec| set | codec.bit())
}

/// The encodings in which `first` may begin a sequence and `second` go on with it.
fn likely(first: char, second: char) -> u16 {
    if first.is_ascii() || (second.is_ascii() && !matches!(second, ' ' | '?')) {
        return 0;
    }
    let goes_on = match second {
        ' ' | '?' | char::REPLACEMENT_CHARACTER => u16::MAX,
        second => codecs::roles(second).goes_on,
    };
    if goes_on == 0 { 0 } else { codecs::roles(first).leads & goes_on }
}

#[cfg(test)]
mod tests;
