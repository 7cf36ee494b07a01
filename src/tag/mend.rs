//! The borders of the names that the recogniser found, mended: a name ends where signs of a list or a
//! bracket stand, a list of names is several, and what the tables know as one name is one.

use super::TagError;
use super::kb::format::{MAX_NAME_TOKENS, name, row};
use super::kb::{Entry, KnowledgeBase, best_known};
use super::kind::Kind;
use super::lexicon;
use super::span::TypedSpan;
use super::token::{Gap, Token, Words};
use crate::budget::Budget;

/// From this prior on a row makes one name of what was found as a part of it.
const KNOWN: u8 = 77;
/// Tokens between two commas of a list.
const LISTED: usize = 6;

/// Cuts and joins `spans`; they stay sorted and disjoint.
///
/// # Errors
/// [`TagError::Budget`] if the budget ends.
pub(crate) fn mend(
    words: &Words<'_>,
    kb: &KnowledgeBase,
    spans: Vec<TypedSpan>,
    budget: &mut Budget,
) -> Result<Vec<TypedSpan>, TagError> {
    let mut mended: Vec<TypedSpan> = Vec::with_capacity(spans.len() + 8);
    for span in spans {
        budget.spend(span.to - span.from)?;
        if (span.from + 1..span.to).any(|index| may_part(words, index)) || ragged(words, kb, &span) {
            cut(words, kb, &span, &mut mended);
        } else {
            mended.push(span);
        }
    }
    join(words, kb, mended, budget)
}

/// Whether a name might end before the token.
fn may_part(words: &Words<'_>, index: usize) -> bool {
    words.get(index).is_some_and(|token| !token.gap.joins()) || parts_teams(words, index)
}

/// `Stewart b Gough`, `Arsenal v Chelsea`, as scores and fixtures write it.
fn parts_teams(words: &Words<'_>, index: usize) -> bool {
    matches!(words.folded(index), "b" | "c" | "v" | "vs" | "lbw")
        && words.get(index).is_some_and(|token| token.gap == Gap::Space && !token.has_upper())
}

/// Whether a number stands behind a name that the tables know without it (`Essex 372`), or at its head after
/// a comma.
fn ragged(words: &Words<'_>, kb: &KnowledgeBase, span: &TypedSpan) -> bool {
    let number = |at: usize| words.get(at).filter(|token| token.number());
    span.entry.is_empty()
        && span.to > span.from + 1
        && (number(span.from).is_some_and(|first| first.gap == Gap::Comma)
            || (number(span.to - 1).is_some_and(|last| last.gap == Gap::Space)
                && known(kb, words, span.from, span.to - 1)))
}

/// Whether the tables know that name, and it is no common word.
fn known(kb: &KnowledgeBase, words: &Words<'_>, from: usize, to: usize) -> bool {
    let names = kb.candidates(kb.entry(words.folded_range(from, to)));
    best_known(names).is_some_and(|best| best.row.prior >= KNOWN && best.name & name::COMMON == 0)
}

/// The parts of a span that no sign stands between.
fn cut(words: &Words<'_>, kb: &KnowledgeBase, span: &TypedSpan, mended: &mut Vec<TypedSpan>) {
    let mut from = span.from;
    let mut whole = true;
    let mut add = |from: usize, to: usize, whole: bool| {
        if let Some((from, to)) = trimmed(words, kb, span, from, to) {
            if whole && (from, to) == (span.from, span.to) {
                mended.push(*span);
                return;
            }
            let mut part = TypedSpan::new(from, to, span.kind, span.confidence);
            part.entry = kb.entry(words.folded_range(from, to));
            if part.kind.is_place() {
                part.kind = place_kind(kb, part.entry).unwrap_or(Kind::Gpe);
            }
            mended.push(part);
        }
    };
    for index in span.from + 1..span.to {
        if parts_teams(words, index) {
            add(from, index, whole);
            from = index + 1;
            whole = false;
        } else if index > from && parts(words, kb, span, index) {
            add(from, index, whole);
            from = index;
            whole = false;
        }
    }
    add(from, span.to, whole);
}

fn place_kind(kb: &KnowledgeBase, entry: Entry) -> Option<Kind> {
    let places = kb.candidates(entry).filter(|candidate| candidate.row.kind.is_place());
    best_known(places).map(|best| best.row.kind)
}

/// Whether what stands before the token ends the name.
fn parts(words: &Words<'_>, kb: &KnowledgeBase, span: &TypedSpan, index: usize) -> bool {
    let Some(token) = words.get(index) else { return true };
    let between = words.before(index);
    match token.gap {
        Gap::Comma => !comma_within(words, kb, span, index),
        // What is in brackets is a part of a name that goes on behind them.
        Gap::Bracket => !(index..span.to).any(|inner| {
            inner + 1 < span.to && words.bracket_closes_after(inner) && !words.after(inner).contains(',')
        }),
        Gap::Other => {
            let opened = (span.from + 1..index)
                .any(|inner| words.get(inner).is_some_and(|token| token.gap == Gap::Bracket));
            let between = between.trim_start();
            let rest = between.strip_prefix(')').filter(|_| opened).unwrap_or(between);
            rest.contains(['*', ':', ',', '(', ')', '[', ']', '|', '•', '—', '=', '+'])
                || rest.contains("--")
                || rest.contains("RB-")
        }
        _ => false,
    }
}

/// Whether a comma stands inside a name: before `Inc.`, in a name that the tables know, in the long name of
/// an institution. `Key West, Fla` and `Clapton, Beck` are two.
fn comma_within(words: &Words<'_>, kb: &KnowledgeBase, span: &TypedSpan, index: usize) -> bool {
    lexicon::has(words.folded(index), lexicon::FOLLOWS_COMMA)
        || !span.entry.is_empty()
        || (span.kind == Kind::Org && !listed(words, kb, span, index))
        || !matches!(span.kind, Kind::Org | Kind::Person | Kind::Gpe | Kind::Loc | Kind::Fac | Kind::Norp)
}

/// Whether the tables know what stands on both sides of the comma up to the next ones.
fn listed(words: &Words<'_>, kb: &KnowledgeBase, span: &TypedSpan, index: usize) -> bool {
    let comma = |at: &usize| words.get(*at).is_some_and(|token| token.gap == Gap::Comma);
    let from = (span.from + 1..index).rev().take(LISTED).find(comma).unwrap_or(span.from);
    let to = (index + 1..span.to).take(LISTED).find(comma).unwrap_or(span.to);
    known(kb, words, from, index) && known(kb, words, index, to)
}

/// Without what cannot stand at the ends of a name.
fn trimmed(
    words: &Words<'_>,
    kb: &KnowledgeBase,
    span: &TypedSpan,
    mut from: usize,
    mut to: usize,
) -> Option<(usize, usize)> {
    let score = to == span.to && ragged(words, kb, span);
    let inner = |at: usize| words.get(at).is_some_and(Token::has_upper);
    while from < to
        && !inner(from)
        && (from > span.from
            || words.get(from).is_some_and(|first| first.number() && first.gap == Gap::Comma))
    {
        from += 1;
    }
    while to > from
        && !inner(to - 1)
        && (to < span.to || (score && words.get(to - 1).is_some_and(Token::number)))
    {
        to -= 1;
    }
    (from < to).then_some((from, to))
}

/// Makes one span of what the tables know as one name that opens with a span.
fn join(
    words: &Words<'_>,
    kb: &KnowledgeBase,
    spans: Vec<TypedSpan>,
    budget: &mut Budget,
) -> Result<Vec<TypedSpan>, TagError> {
    let mut joined: Vec<TypedSpan> = Vec::with_capacity(spans.len());
    let mut rest = spans.into_iter().peekable();
    while let Some(mut span) = rest.next() {
        if continues(words, span.to) {
            let (ends, walked) = kb.names_from(words, span.from);
            budget.spend(walked)?;
            let longer = (span.to - span.from + 1..=MAX_NAME_TOKENS).rev().find_map(|tokens| {
                let entry = ends.get(tokens - 1).copied().filter(|entry| !entry.is_empty())?;
                let to = span.from + tokens;
                let known = best_known(kb.candidates(entry)).filter(|best| {
                    best.row.prior >= KNOWN && best.name & (name::COMMON | name::ACRONYM) == 0
                })?;
                let country = known.row.flags & row::COUNTRY != 0;
                one_name(words, span.to, to).then_some((to, entry, known.row.kind, country))
            });
            if let Some((to, entry, kind, country)) = longer
                && rest.clone().take_while(|next| next.from < to).all(|next| next.to <= to)
                && (country || !pair(words, &span, rest.peek().filter(|next| next.from < to)))
            {
                while rest.next_if(|next| next.from < to).is_some() {}
                span.to = to;
                span.entry = entry;
                span.kind = kind;
            }
        }
        joined.push(span);
    }
    Ok(joined)
}

/// Whether two places stand side by side: `England and Wales`.
fn pair(words: &Words<'_>, span: &TypedSpan, next: Option<&TypedSpan>) -> bool {
    next.is_some_and(|next| {
        span.kind.is_place()
            && next.kind.is_place()
            && (span.to..next.from).any(|index| words.folded(index) == "and")
    })
}

/// Whether a name might go on over the token: a capital, or a small word and then a capital.
fn continues(words: &Words<'_>, index: usize) -> bool {
    let joins = |at: usize| {
        words.get(at).is_some_and(|token| matches!(token.gap, Gap::Space | Gap::Hyphen | Gap::Tight))
    };
    joins(index)
        && words.get(index).is_some_and(|token| {
            token.has_upper()
                || token.possessive()
                || (lexicon::has(words.folded(index), lexicon::CONNECTS) && joins(index + 1))
        })
}

/// Whether the tokens `from..to` may be the rest of a name: joined, with a capital at the end.
fn one_name(words: &Words<'_>, from: usize, to: usize) -> bool {
    (from..to).all(|index| {
        words.get(index).is_some_and(|token| {
            token.gap.joins()
                && !token.shouted()
                && !token.title_case()
                && (token.has_upper() || token.possessive() || token.fold_end - token.fold_start <= 4)
        })
    }) && words.get(to - 1).is_some_and(Token::has_upper)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tag::kb::writer::{NewRow, TableWriter};
    use crate::tag::key_of;

    /// Some places, teams, an airline, an institution.
    fn kb() -> KnowledgeBase {
        let mut writer = TableWriter::new("mend");
        for (qid, label, kind) in [
            (1, "Tarnby", Kind::Gpe),
            (2, "Norland", Kind::Gpe),
            (3, "Norland Airlines", Kind::Org),
            (4, "Sea of Tarnby", Kind::Loc),
            (5, "Soap", Kind::Org),
            (6, "Candles", Kind::Org),
            (7, "Society of Salt, Soap", Kind::Org),
            (8, "Tarnby and Norland", Kind::Gpe),
        ] {
            let row = writer.row(NewRow::named(qid, label, kind, 150));
            writer.name(&key_of(label), row, name::LABEL);
        }
        KnowledgeBase::load(&[writer.finish().unwrap().into()]).unwrap()
    }

    /// The names after mending, where `names` were found.
    fn mended(text: &str, names: &[(&str, Kind)]) -> Vec<(String, Kind)> {
        let (kb, mut budget) = (kb(), Budget::default());
        let words = Words::new(None, text, &mut budget).unwrap();
        let mut spans: Vec<TypedSpan> = Vec::new();
        for &(name, kind) in names {
            let at = spans.last().map_or(0, |last| last.to);
            let found = (at..words.len())
                .flat_map(|from| (from + 1..=words.len()).map(move |to| (from, to)))
                .find(|&(from, to)| words.written(from, to) == name)
                .unwrap();
            let mut span = TypedSpan::new(found.0, found.1, kind, 0.9);
            span.entry = kb.entry(words.folded_range(found.0, found.1));
            spans.push(span);
        }
        let spans = mend(&words, &kb, spans, &mut budget).unwrap();
        spans.iter().map(|span| (words.written(span.from, span.to).to_owned(), span.kind)).collect()
    }

    #[track_caller]
    fn check(text: &str, names: &[(&str, Kind)], expected: &[(&str, Kind)]) {
        let expected: Vec<_> = expected.iter().map(|&(name, kind)| (name.to_owned(), kind)).collect();
        assert_eq!(mended(text, names), expected, "{text}");
    }

    #[test]
    fn lists_are_several_names() {
        let (place, team, person) = (Kind::Gpe, Kind::Org, Kind::Person);
        check("in Tarnby, Norland", &[("Tarnby, Norland", place)], &[("Tarnby", place), ("Norland", place)]);
        check("Ana, Bea", &[("Ana, Bea", person)], &[("Ana", person), ("Bea", person)]);
        check("Soap, Candles", &[("Soap, Candles", team)], &[("Soap", team), ("Candles", team)]);
        check("Foo * Bar 3", &[("Foo * Bar", team)], &[("Foo", team), ("Bar", team)]);
        check("Foo v Bar", &[("Foo v Bar", team)], &[("Foo", team), ("Bar", team)]);
        let three = [("Ana", person), ("Foo", person), ("Bea", person)];
        check("Ana (Foo), Bea", &[("Ana (Foo), Bea", person)], &three);
        check("Ana (Foo", &[("Ana (Foo", person)], &[("Ana", person), ("Foo", person)]);
        check("Norland 372 for 3", &[("Norland 372", place)], &[("Norland", place)]);
    }

    #[test]
    fn what_belongs_together_stays() {
        let (place, team, person) = (Kind::Gpe, Kind::Org, Kind::Person);
        for (name, kind) in [
            ("Salt, Inc", team),
            ("Department of Salt, Oil and Soap", team),
            ("Society of Salt, Soap", team),
            ("Lars Holm, Jr", person),
            ("Gate 13", Kind::Fac),
            ("Foo/Bar", place),
            ("Ana \"Bea\" Holm", person),
            ("Union (UTW) Hall", team),
        ] {
            check(name, &[(name, kind)], &[(name, kind)]);
        }
    }

    #[test]
    fn what_the_tables_know_as_one_name_is_one() {
        check("a Norland Airlines jet", &[("Norland", Kind::Gpe)], &[("Norland Airlines", Kind::Org)]);
        let sea = [("Sea", Kind::Person), ("Tarnby", Kind::Gpe)];
        check("the Sea of Tarnby", &sea, &[("Sea of Tarnby", Kind::Loc)]);
        let two = [("Tarnby", Kind::Gpe), ("Norland", Kind::Gpe)];
        check("Tarnby and Norland", &two, &two);
    }

    proptest! {
        #[test]
        fn spans_stay_sorted_and_disjoint(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "Tarnby", "Norland", "Airlines", "Sea", "of", "and", ",", "(", ")", "*", "v", "3", "Soap", "/",
                ]),
                1..30,
            ),
            cuts in prop::collection::vec((0_usize..30, 1_usize..6), 0..6),
        ) {
            let text = pieces.join(" ");
            let (kb, mut budget) = (kb(), Budget::default());
            let words = Words::new(None, &text, &mut budget).unwrap();
            let mut spans: Vec<TypedSpan> = Vec::new();
            for (from, length) in cuts {
                let from = spans.last().map_or(from, |last| last.to + from % 3);
                let to = (from + length).min(words.len());
                if from < to {
                    spans.push(TypedSpan::new(from, to, Kind::Org, 0.9));
                }
            }
            let mended = mend(&words, &kb, spans, &mut budget).unwrap();
            let mut end = 0;
            for span in mended {
                prop_assert!(span.from >= end && span.to > span.from && span.to <= words.len());
                end = span.to;
            }
        }
    }
}
