//! The type of a name whose class the model tells: which sort of place it is, and what an event or a law is
//! among all else that has a name.

use std::ops::Range;

use super::label::Class;
use crate::tag::kb::{Entry, KnowledgeBase, best_known};
use crate::tag::kind::Kind;
use crate::tag::lexicon;
use crate::tag::token::{Token, Words};

/// The type of the name `span` of that class, which leads to `entry`; `None` for one of no type that is told.
pub(super) fn kind_of(
    kb: &KnowledgeBase,
    words: &Words<'_>,
    entry: Entry,
    span: Range<usize>,
    class: Class,
) -> Option<Kind> {
    let listed = |fits: fn(Kind) -> bool| {
        let fitting = kb.candidates(entry).filter(|candidate| fits(candidate.row.kind));
        best_known(fitting).map(|best| best.row.kind)
    };
    let closing = words.folded(span.end - 1);
    match class {
        Class::Person => Some(Kind::Person),
        // No organisation is an act or a treaty, whatever stands around its name.
        Class::Org if entry.is_empty() && span.len() > 1 && closes_law(closing) => Some(Kind::Law),
        Class::Org => Some(Kind::Org),
        Class::Norp => Some(Kind::Norp),
        Class::Place => {
            Some(listed(Kind::is_place).unwrap_or(if lexicon::has(closing, lexicon::CLOSES_FACILITY) {
                Kind::Fac
            } else if lexicon::has(closing, lexicon::CLOSES_PLACE) {
                Kind::Loc
            } else {
                Kind::Gpe
            }))
        }
        Class::Misc => listed(|kind| matches!(kind, Kind::Event | Kind::Product | Kind::Law))
            .or_else(|| headed(words, span)),
    }
}

/// A law or an event by its head.
fn headed(words: &Words<'_>, span: Range<usize>) -> Option<Kind> {
    if span.len() == 1 {
        return None;
    }
    let head = lexicon::bits(words.folded(head(words, span)));
    if head & lexicon::HEADS_LAW != 0 {
        Some(Kind::Law)
    } else if head & lexicon::HEADS_EVENT != 0 {
        Some(Kind::Event)
    } else {
        None
    }
}

/// The token that says what a name is of: before `of`, else the last one that is no number.
fn head(words: &Words<'_>, span: Range<usize>) -> usize {
    let of = |index: &usize| matches!(words.folded(*index), "of" | "on" | "against" | "for");
    let before = (span.start + 1..span.end).find(of).unwrap_or(span.end);
    let number = |index: &usize| words.get(*index).is_some_and(Token::has_digit);
    (span.start..before).rev().find(|index| !number(index)).unwrap_or(span.start)
}

/// Whether a name that ends on the word is of a law, and of nothing else.
fn closes_law(folded: &str) -> bool {
    matches!(
        folded,
        "act" | "treaty" | "constitution" | "ordinance" | "decree" | "pact" | "protocol" | "statute"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;

    #[track_caller]
    fn check(name: &str, class: Class, expected: Option<Kind>) {
        let kb = KnowledgeBase::load(&[]).unwrap();
        let words = Words::new(None, name, &mut Budget::default()).unwrap();
        let found = kind_of(&kb, &words, Entry::default(), 0..words.len(), class);
        assert_eq!(found, expected, "{name}");
    }

    #[test]
    fn heads_tell_laws_and_events() {
        for name in
            ["Salt Ports Act 1977", "Treaty of Tarnby", "Convention on the Law of Ships", "Penal Code"]
        {
            check(name, Class::Misc, Some(Kind::Law));
        }
        for name in ["War of the Three Ports", "Tarnby Marathon", "2019 Salt Cup"] {
            check(name, Class::Misc, Some(Kind::Event));
        }
        for name in ["Cup", "Book of Salt", "Salt Wallet"] {
            check(name, Class::Misc, None);
        }
        check("Salt Ports Act", Class::Org, Some(Kind::Law));
        check("Salt Convention", Class::Org, Some(Kind::Org));
    }

    #[test]
    fn last_words_tell_places() {
        check("Tarnby Bridge", Class::Place, Some(Kind::Fac));
        check("Tarnby River", Class::Place, Some(Kind::Loc));
        check("Tarnby", Class::Place, Some(Kind::Gpe));
    }
}
