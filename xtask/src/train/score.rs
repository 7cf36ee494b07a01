//! How many names of labelled texts a model finds, border and class exact.

use std::fmt::Write as _;

use copydesk::budget::Budget;
use copydesk::tag::Words;
use copydesk::tag::kb::KnowledgeBase;
use copydesk::tag::model::label::{CLASSES, Class, OUTSIDE, class_of, closes};
use copydesk::tag::model::{Memory, Model};

use super::corpora::{Text, bit};

/// Found and right, found and wrong, missed.
#[derive(Clone, Copy, Default)]
pub(super) struct Tally {
    right: u32,
    wrong: u32,
    missed: u32,
}

impl Tally {
    fn f1(self) -> f64 {
        let twice = f64::from(2 * self.right);
        let all = twice + f64::from(self.wrong + self.missed);
        if all > 0.0 { twice / all } else { 0.0 }
    }
}

/// Scores each class, and all but the last together.
pub(super) fn score(
    model: &Model,
    texts: &[Text],
    kb: &KnowledgeBase,
    passes: usize,
) -> anyhow::Result<String> {
    let mut of_texts: Vec<[Tally; CLASSES]> = Vec::with_capacity(texts.len());
    let mut memory = Memory::default();
    for text in texts {
        let words = Words::new(None, &text.text, &mut Budget::new(u64::MAX))?;
        let (article, labels) = model.labels(&words, kb, &mut memory, passes);
        let mut found: Vec<(usize, usize, Class)> = Vec::new();
        for stretch in &article.stretches {
            let mut from = stretch.start;
            for index in stretch.clone() {
                let label = labels.get(index);
                if let Some(class) = class_of(label).filter(|_| closes(label)) {
                    let span = words.bytes(from, index + 1);
                    found.push((span.start(), span.end(), class));
                }
                if label == OUTSIDE || closes(label) {
                    from = index + 1;
                }
            }
        }
        let mut tallies = [Tally::default(); CLASSES];
        for (tally, class) in tallies.iter_mut().zip(Class::ALL) {
            let gold = || text.gold.iter().filter(move |gold| gold.allowed == bit(class));
            let right = found
                .iter()
                .filter(|name| name.2 == class)
                .filter(|name| gold().any(|gold| (gold.from, gold.to) == (name.0, name.1)))
                .count();
            let all = found.iter().filter(|name| name.2 == class).count();
            tally.right += u32::try_from(right)?;
            tally.wrong += u32::try_from(all - right)?;
            tally.missed += u32::try_from(gold().count() - right)?;
        }
        of_texts.push(tallies);
    }
    let mut line = String::new();
    let has_gold =
        |class: &Class| texts.iter().flat_map(|text| &text.gold).any(|gold| gold.allowed == bit(*class));
    let labelled: Vec<Class> = Class::ALL.into_iter().filter(has_gold).collect();
    for &class in &labelled {
        let of_class = |tallies: &[Tally; CLASSES]| tallies.get(class.number()).copied().unwrap_or_default();
        let tally = sum(of_texts.iter().map(of_class));
        let (low, high) = interval(&of_texts, of_class);
        write!(line, "{class:?} {:.3} ({low:.3} to {high:.3}) ", tally.f1())?;
    }
    let named = |tallies: &[Tally; CLASSES]| {
        let of_class = |class: &Class| tallies.get(class.number()).copied().unwrap_or_default();
        sum(labelled.iter().filter(|class| **class != Class::Misc).map(of_class))
    };
    let total = sum(of_texts.iter().map(named));
    let (low, high) = interval(&of_texts, named);
    let (precision, recall) = (
        f64::from(total.right) / f64::from((total.right + total.wrong).max(1)),
        f64::from(total.right) / f64::from((total.right + total.missed).max(1)),
    );
    write!(
        line,
        "all but Misc: precision {precision:.3} recall {recall:.3} F1 {:.4} ({low:.3} to {high:.3})",
        total.f1()
    )?;
    Ok(line)
}

fn sum(tallies: impl Iterator<Item = Tally>) -> Tally {
    tallies.fold(Tally::default(), |sum, tally| Tally {
        right: sum.right + tally.right,
        wrong: sum.wrong + tally.wrong,
        missed: sum.missed + tally.missed,
    })
}

/// Draws of texts with replacement (Efron 1979).
const DRAWS: usize = 1000;

/// Where F1 lies in 95 of 100 draws of texts.
fn interval(of_texts: &[[Tally; CLASSES]], part: impl Fn(&[Tally; CLASSES]) -> Tally) -> (f64, f64) {
    let parts: Vec<Tally> = of_texts.iter().map(part).collect();
    let mut lot = 0x9e37_79b9_7f4a_7c15_u64;
    let mut scores: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let drawn = (0..parts.len()).filter_map(|_| {
                lot ^= lot << 13;
                lot ^= lot >> 7;
                lot ^= lot << 17;
                let at = usize::try_from(lot >> 33).unwrap_or(0) % parts.len();
                parts.get(at).copied()
            });
            sum(drawn).f1()
        })
        .collect();
    scores.sort_by(f64::total_cmp);
    let at = |share: usize| scores.get(DRAWS * share / 1000).copied().unwrap_or(0.0);
    (at(25), at(975))
}
