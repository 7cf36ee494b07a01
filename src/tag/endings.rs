//! What stands behind the last name of a person and belongs to the name: `Jr.`, `Sr.`, the number of a
//! king or a pope.

use super::kind::Kind;
use super::span::TypedSpan;
use super::token::{Gap, Words};

/// Takes them into the names of people; `spans` stay sorted and disjoint.
pub(crate) fn take_in(words: &Words<'_>, spans: Vec<TypedSpan>) -> Vec<TypedSpan> {
    let mut taken: Vec<TypedSpan> = Vec::with_capacity(spans.len());
    let mut rest = spans.into_iter().peekable();
    while let Some(mut span) = rest.next() {
        if span.kind == Kind::Person && ends_name(words, span.to) {
            // What the recogniser took for a name of its own goes.
            let own = |next: &TypedSpan| (next.from, next.to) == (span.to, span.to + 1);
            if rest.peek().is_none_or(|next| own(next) || next.from > span.to) {
                rest.next_if(own);
                span.to += 1;
                span.entry = super::kb::Entry::default();
            }
        }
        taken.push(span);
    }
    taken
}

/// Whether a folded word stands behind last names.
pub(crate) fn is_one(folded: &str) -> bool {
    matches!(folded, "jr" | "sr" | "i") || number(folded)
}

/// Whether the token is a part of the name before it.
fn ends_name(words: &Words<'_>, index: usize) -> bool {
    let Some(token) = words.get(index).filter(|token| token.has_upper() && !token.possessive()) else {
        return false;
    };
    let folded = words.folded(index);
    match token.gap {
        Gap::Space | Gap::Comma if matches!(folded, "jr" | "sr") => true,
        Gap::Space if folded == "i" => !speaks(words, index + 1),
        Gap::Space => token.all_upper() && !token.shouted() && number(folded),
        _ => false,
    }
}

/// Whether that is a number of kings and popes from `II` on.
fn number(folded: &str) -> bool {
    (2..=5).contains(&folded.len()) && folded.bytes().all(|letter| matches!(letter, b'i' | b'v' | b'x'))
}

/// Whether the token is a verb that somebody says of himself, so that the `I` before it is no number.
fn speaks(words: &Words<'_>, index: usize) -> bool {
    let joined = words.get(index).is_some_and(|token| token.gap.joins() && !token.has_upper());
    joined
        && matches!(
            words.folded(index),
            "am" | "m"
                | "was"
                | "have"
                | "ve"
                | "had"
                | "d"
                | "will"
                | "ll"
                | "would"
                | "can"
                | "could"
                | "do"
                | "did"
                | "don"
                | "didn"
                | "think"
                | "thought"
                | "know"
                | "knew"
                | "met"
                | "see"
                | "saw"
                | "love"
                | "loved"
                | "want"
                | "wanted"
                | "believe"
                | "feel"
                | "felt"
                | "say"
                | "said"
                | "hope"
                | "like"
                | "remember"
                | "never"
                | "just"
                | "also"
                | "always"
                | "really"
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;

    /// What the names are after a person was found over the first `tokens` and one over the next, if `split`.
    fn taken(text: &str, tokens: usize, split: bool) -> Vec<String> {
        let words = Words::new(None, text, &mut Budget::default()).unwrap();
        let mut spans = vec![TypedSpan::new(0, tokens, Kind::Person, 0.9)];
        spans.extend(split.then(|| TypedSpan::new(tokens, tokens + 1, Kind::Org, 0.5)));
        let spans = take_in(&words, spans);
        spans.iter().map(|span| words.written(span.from, span.to).to_owned()).collect()
    }

    #[test]
    fn numbers_of_kings_and_juniors_belong_to_the_name() {
        for (text, tokens, split, name) in [
            ("Karel Josef I took great care", 2, false, "Karel Josef I"),
            ("Karel IV took great care", 1, true, "Karel IV"),
            ("Lars Holm, Jr. spoke", 2, true, "Lars Holm, Jr"),
            ("Lars Holm Sr. spoke", 2, false, "Lars Holm Sr"),
        ] {
            assert_eq!(taken(text, tokens, split), [name], "{text}");
        }
    }

    #[test]
    fn other_words_do_not() {
        for (text, tokens) in [
            ("Lars Holm I think will come", 2),
            ("Lars Holm, I took it", 2),
            ("Lars Holm said so", 2),
            ("Lars Holm CV", 2),
            ("LARS HOLM VI", 2),
        ] {
            let name: Vec<&str> = text.split([' ', ',']).take(tokens).collect();
            assert_eq!(taken(text, tokens, false), [name.join(" ")], "{text}");
        }
    }
}
