//! What stands right beside a mention: prepositions, scores, titles, words of a field, the place that it lies in.

use crate::tag::domain;
use crate::tag::kb::format::{row, word};
use crate::tag::kb::lookup::Lookup;
use crate::tag::kb::{Candidate, best_known};
use crate::tag::lexicon;
use crate::tag::span::TypedSpan;
use crate::tag::token::{Gap, Token, Words};

/// Words after a mention that are looked at, and before it.
const AFTER: usize = 3;
const BEFORE: usize = 2;

/// What stands beside a mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Beside {
    /// Nothing that says anything.
    Nothing,
    /// A preposition of place before it.
    Preposition,
    /// A number after it that is no year: a score, a rank.
    Number,
}

impl Beside {
    /// What stands beside the tokens `from..to`.
    fn of(words: &Words<'_>, from: usize, to: usize) -> Self {
        let before =
            from.checked_sub(1).filter(|_| words.get(from).is_some_and(|first| first.gap == Gap::Space));
        let before = before.map_or("", |before| words.folded(before));
        let number = words.get(to).is_some_and(|next| next.number() && next.fold_end - next.fold_start < 4);
        if matches!(before, "in" | "at" | "near" | "from" | "to" | "into" | "outside" | "around" | "across") {
            Self::Preposition
        } else if number {
            Self::Number
        } else {
            Self::Nothing
        }
    }
}

/// Where the place that follows after a comma lies; zeros where none follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Within {
    country: [u8; 2],
    state: [u8; 2],
}

impl Within {
    /// `Paris, Texas`: the place that follows the span.
    fn of(kb: &Lookup<'_>, words: &Words<'_>, span: &TypedSpan, next: Option<&TypedSpan>) -> Self {
        let follows = next.filter(|next| {
            span.kind.is_place()
                && next.from == span.to
                && words.get(next.from).is_some_and(|first| first.gap == Gap::Comma)
        });
        let Some(next) = follows else { return Self::default() };
        let folded = words.folded_range(next.from, next.to);
        let wide = |candidate: &Candidate| {
            candidate.row.flags & (row::COUNTRY | row::REGION) != 0 && candidate.row.kind.is_place()
        };
        let named = kb.entries(folded).into_iter().flat_map(|entry| kb.candidates(entry));
        best_known(named.filter(wide))
            .map_or_else(Self::default, |best| Self { country: best.row.country, state: best.row.state() })
    }

    /// Whether a place of that country and state lies there; `None` where nothing follows.
    pub(super) fn holds(&self, country: [u8; 2], state: [u8; 2]) -> Option<bool> {
        let is = if self.state == [0; 2] { self.country == country } else { self.state == state };
        (self.country != [0; 2]).then_some(is)
    }
}

/// All that stands right beside a mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Around {
    pub(super) beside: Beside,
    /// The field that the words beside it speak of; 0 for none.
    pub(super) field: u8,
    /// A word beside it that goes with teams.
    pub(super) team: bool,
    /// A title stands before it.
    pub(super) titled: bool,
    /// What follows shows that it opens a story: a date, an agency in brackets, a dash.
    pub(super) dateline: bool,
    pub(super) within: Within,
}

impl Around {
    /// What stands around `span`, which `next` follows.
    pub(super) fn of(kb: &Lookup<'_>, words: &Words<'_>, span: &TypedSpan, next: Option<&TypedSpan>) -> Self {
        let mut field = 0;
        let mut team = false;
        let mut look = |index: usize| {
            let word = words.folded(index);
            team |= of_teams(word);
            if field == 0 {
                field = domain::of_word(word);
            }
        };
        for index in span.to..(span.to + AFTER).min(words.len()) {
            if words.get(index).is_none_or(|token| token.gap == Gap::Break) {
                break;
            }
            look(index);
        }
        for index in (span.from.saturating_sub(BEFORE)..span.from).rev() {
            if words.get(index + 1).is_none_or(|token| token.gap == Gap::Break) {
                break;
            }
            look(index);
        }
        let titled = span.from.checked_sub(1).is_some_and(|before| {
            words.get(span.from).is_some_and(|first| matches!(first.gap, Gap::Space | Gap::Abbreviation))
                && !words.get(before).is_some_and(Token::possessive)
                && kb.word(words.folded(before)) & word::TITLE != 0
        });
        Self {
            beside: Beside::of(words, span.from, span.to),
            field,
            team,
            titled,
            dateline: in_dateline(words, span),
            within: Within::of(kb, words, span, next),
        }
    }
}

/// `BRUSSELS 1996-08-31`, `PARIS, Nov. 3`, `LIMA (Reuters)`, `ATLANTA --`.
fn in_dateline(words: &Words<'_>, span: &TypedSpan) -> bool {
    let Some(next) = words.get(span.to) else { return false };
    let folded = words.folded(span.to);
    let year = next.number() && folded.len() == 4 && (folded.starts_with("19") || folded.starts_with("20"));
    let month = || next.capitalised() && lexicon::has(folded, lexicon::CALENDAR);
    let day =
        |index: usize| words.get(index).is_some_and(|token| token.number() && token.end - token.start <= 2);
    match next.gap {
        Gap::Space if year => true,
        Gap::Space | Gap::Comma => month() && day(span.to + 1),
        Gap::Bracket => {
            matches!(folded, "reuters" | "reuter" | "ap" | "afp" | "xinhua" | "upi" | "tass" | "dpa")
        }
        Gap::Other => {
            let opens = words.get(span.from).is_some_and(|first| first.gap == Gap::Break);
            opens && words.after(span.to - 1).trim_start().starts_with(['-', '–', '—'])
        }
        _ => false,
    }
}

/// Words that stand beside the names of teams: `Norland captain Lars Holm`.
fn of_teams(folded: &str) -> bool {
    matches!(
        folded,
        "coach"
            | "coaches"
            | "captain"
            | "manager"
            | "skipper"
            | "player"
            | "players"
            | "fans"
            | "squad"
            | "teammate"
            | "teammates"
            | "striker"
            | "goalkeeper"
            | "midfielder"
            | "defender"
            | "winger"
            | "quarterback"
            | "receiver"
            | "linebacker"
            | "cornerback"
            | "pitcher"
            | "catcher"
            | "outfielder"
            | "shortstop"
            | "baseman"
            | "batsman"
            | "bowler"
            | "defenseman"
            | "forward"
            | "roster"
            | "lineup"
            | "rookie"
    )
}
