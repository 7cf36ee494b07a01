//! Names that no table holds, by the evidence of English: titles, first names, verbs of speech,
//! words that close or open the name of an organisation, acronyms in brackets.
//!
//! Every rule looks at a bounded stretch from its token on, so that the whole stays linear.

use super::kb::format::word;
use super::kind::Kind;
use super::lexicon;
use super::scan::Scan;
use super::token::Gap;

/// Tokens that a rule may look at from its start.
const REACH: usize = 9;
/// Tokens of a person's name.
const LONGEST_PERSON: usize = 5;

/// A name by rule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ruled {
    pub(crate) tokens: usize,
    pub(crate) kind: Kind,
    pub(crate) confidence: f64,
}

impl Scan<'_, '_> {
    fn gap(&self, index: usize) -> Gap {
        self.words.get(index).map_or(Gap::Break, |token| token.gap)
    }

    fn capitalised(&self, index: usize) -> bool {
        self.words.get(index).is_some_and(super::token::Token::capitalised)
    }

    /// Whether a title stands right before: `President Novak`, `Dr. Novak`, `the minister Ana Novak`.
    pub(crate) fn after_title(&self, index: usize) -> bool {
        let Some(before) = index.checked_sub(1) else { return false };
        if !matches!(self.gap(index), Gap::Space | Gap::Abbreviation) {
            return false;
        }
        if self.capitalised(before) {
            self.is(before, word::TITLE)
        } else {
            self.words.get(before).is_some_and(|token| !token.has_digit() && !token.possessive())
                && self.kb.word(self.words.folded(before)) & word::TITLE != 0
        }
    }

    /// A person's name at `from`.
    pub(crate) fn person(&self, from: usize) -> Option<Ruled> {
        let first = self.words.get(from)?;
        if !first.capitalised() || first.shouted() || self.is(from, word::TITLE) {
            return None;
        }
        let titled = self.after_title(from);
        if first.all_upper() || (!titled && !self.proper(from)) {
            return None;
        }
        let tokens = self.person_length(from);
        let known_first = self.is(from, word::FIRST_NAME);
        let common_first = self.is(from, word::COMMON);
        if titled && !common_first {
            let confidence = if tokens > 1 { 0.9 } else { 0.75 };
            return (tokens > 1 || !self.next_is_capital(from)).then_some(Ruled {
                tokens,
                kind: Kind::Person,
                confidence,
            });
        }
        if tokens < 2 || (common_first && !titled && !self.is(from, word::MOSTLY_FIRST_NAME) && !known_first)
        {
            return None;
        }
        let last = from + tokens - 1;
        let known_last = self.is(last, word::LAST_NAME);
        if first.title_case() && !(known_first && known_last) {
            return None;
        }
        let confidence = if known_first {
            if known_last { 0.85 } else { 0.75 }
        } else if self.in_speech(from, last) || self.with_age(last) {
            0.65
        } else if known_last && !common_first && tokens <= 3 {
            0.55
        } else if !first.opens() && tokens <= 3 && self.unlike_english(from, last) {
            0.5
        } else {
            return None;
        };
        Some(Ruled { tokens, kind: Kind::Person, confidence })
    }

    /// Two or three capitalised words that are no words of English, with nothing proper around them.
    fn unlike_english(&self, from: usize, last: usize) -> bool {
        let around = (self.gap(from) == Gap::Space
            && from > 0
            && self.proper(from - 1)
            && !self.is(from - 1, word::TITLE))
            || self.next_is_capital(last);
        let english = word::COMMON | word::ENDS_ORGANISATION | word::ENDS_PLACE;
        !around && (from..=last).all(|index| !self.is(index, english) && self.gap(index + 1) != Gap::Bracket)
    }

    fn next_is_capital(&self, index: usize) -> bool {
        self.gap(index + 1) == Gap::Space && self.capitalised(index + 1)
    }

    /// How many tokens from `from` on look like one person's name.
    fn person_length(&self, from: usize) -> usize {
        let mut end = from + 1;
        let mut at = end;
        while at < from + LONGEST_PERSON {
            let Some(token) = self.words.get(at) else { break };
            if !matches!(token.gap, Gap::Space | Gap::Hyphen | Gap::Abbreviation) || token.possessive() {
                break;
            }
            if token.gap == Gap::Abbreviation
                && !self.words.get(at - 1).is_some_and(super::token::Token::initial)
            {
                break;
            }
            let folded = self.words.folded(at);
            if token.capitalised() {
                let other_word =
                    self.is(at, word::COMMON) && !self.is(at, word::LAST_NAME | word::FIRST_NAME);
                let organisation =
                    lexicon::has(folded, lexicon::CLOSES_ORGANISATION | lexicon::CLOSES_FACILITY)
                        || self.is(at, word::ENDS_ORGANISATION)
                        || (self.is(at, word::ENDS_PLACE) && !self.is(at, word::LAST_NAME));
                if self.is(at, word::TITLE)
                    || other_word
                    || organisation
                    || (token.all_upper() && !token.initial())
                {
                    break;
                }
                at += 1;
                end = at;
                continue;
            }
            if token.gap == Gap::Hyphen {
                // `Chien-jen`: the second syllable of a given name.
                let syllable =
                    token.fold_end - token.fold_start <= 6 && self.kb.word(folded) & word::COMMON == 0;
                if token.has_digit() || !syllable || lexicon::has(folded, lexicon::JOINS_BY_HYPHEN) {
                    break;
                }
                at += 1;
                end = at;
                continue;
            }
            if !lexicon::has(folded, lexicon::PARTICLE) {
                break;
            }
            at += 1;
        }
        // A name does not end on an initial.
        while end > from + 1 && self.words.get(end - 1).is_some_and(super::token::Token::initial) {
            end -= 1;
        }
        end - from
    }

    /// A verb of speech right after, or right before.
    fn in_speech(&self, from: usize, last: usize) -> bool {
        let after = last + 1;
        let spoken =
            matches!(self.gap(after), Gap::Space) && lexicon::has(self.words.folded(after), lexicon::SPEAKS);
        let before = from.checked_sub(1).is_some_and(|before| {
            self.gap(from) == Gap::Space && lexicon::has(self.words.folded(before), lexicon::SPEAKS)
        });
        spoken || before
    }

    /// `…, 34,` or `…, who`.
    fn with_age(&self, last: usize) -> bool {
        let after = last + 1;
        self.gap(after) == Gap::Comma
            && self.words.get(after).is_some_and(|token| {
                (token.number() && token.end - token.start == 2) || self.words.folded(after) == "who"
            })
    }

    /// An organisation, a place or a building by the word that closes or opens its name.
    pub(crate) fn closed_name(&self, from: usize) -> Option<Ruled> {
        let first = self.words.get(from)?;
        if !first.capitalised() || first.shouted() || first.title_case() || self.words.folded(from) == "the" {
            return None;
        }
        let of_follows =
            matches!(self.words.folded(from + 1), "of" | "for") && self.gap(from + 1) == Gap::Space;
        if of_follows && lexicon::has(self.words.folded(from), lexicon::OPENS_ORGANISATION) {
            return self.opened_name(from);
        }
        // `Director of the Lima Institute` is a person's place in it.
        if (first.opens() && self.lower_elsewhere(from)) || (of_follows && self.is(from, word::TITLE)) {
            return None;
        }
        let mut best = None;
        let mut at = from + 1;
        while at < from + REACH {
            let gap = self.gap(at);
            let folded = self.words.folded(at);
            let comma = gap == Gap::Comma && lexicon::has(folded, lexicon::FOLLOWS_COMMA);
            if !(comma || matches!(gap, Gap::Space | Gap::Hyphen)) {
                break;
            }
            let Some(token) = self.words.get(at) else { break };
            if token.capitalised() {
                let before_close = self.gap(at + 1) == Gap::Space
                    && self.capitalised(at + 1)
                    && lexicon::has(self.words.folded(at + 1), lexicon::CLOSES_ORGANISATION);
                if self.is(at, word::TITLE)
                    && !lexicon::has(folded, lexicon::CLOSES_ORGANISATION)
                    && !before_close
                {
                    break;
                }
                let listed = lexicon::bits(folded);
                let kind = if listed & lexicon::CLOSES_ORGANISATION != 0 {
                    Some((Kind::Org, 0.75))
                } else if listed & lexicon::CLOSES_FACILITY != 0 {
                    Some((Kind::Fac, 0.6))
                } else if listed & lexicon::CLOSES_PLACE != 0 {
                    Some((Kind::Loc, 0.6))
                } else if self.is(at, word::ENDS_ORGANISATION) {
                    Some((Kind::Org, 0.6))
                } else if self.is(at, word::ENDS_PLACE) && !self.is(at, word::LAST_NAME) {
                    Some((Kind::Loc, 0.5))
                } else {
                    None
                };
                if let Some((kind, confidence)) = kind {
                    best = Some(Ruled { tokens: at + 1 - from, kind, confidence });
                }
            } else if !lexicon::has(folded, lexicon::CONNECTS)
                || !self.capitalised(at + 1)
                || folded == "and"
                || folded == "the"
            {
                break;
            }
            at += 1;
        }
        // `Party of the Sun`: what closes may open in turn.
        if let Some(closed) = best
            && closed.kind == Kind::Org
            && matches!(self.words.folded(from + closed.tokens), "of" | "for")
            && lexicon::has(self.words.folded(from + closed.tokens - 1), lexicon::OPENS_ORGANISATION)
            && let Some(opened) = self.opened_name(from + closed.tokens - 1)
        {
            return Some(Ruled { tokens: closed.tokens - 1 + opened.tokens, ..opened });
        }
        best
    }

    /// `Ministry of …`: capitals and small words as far as they go.
    fn opened_name(&self, from: usize) -> Option<Ruled> {
        let mut end = from;
        let mut at = from + 1;
        while at < from + REACH && self.gap(at) == Gap::Space {
            if self.capitalised(at) {
                if self.is(at, word::TITLE) {
                    break;
                }
                end = at + 1;
            } else if !lexicon::has(self.words.folded(at), lexicon::CONNECTS) {
                break;
            }
            at += 1;
        }
        (end > from + 2).then_some(Ruled { tokens: end - from, kind: Kind::Org, confidence: 0.8 })
    }

    /// Where the full form of the acronym in brackets at `index` starts, if the words before it
    /// spell it: `Kosovo Force (KFOR)` by its capitals, `World Trade Union (WTU)` by its initials.
    pub(crate) fn spelled_before(&self, index: usize) -> Option<usize> {
        let acronym = self.words.get(index)?;
        let letters = self.words.folded(index);
        if acronym.gap != Gap::Bracket || !acronym.all_upper() || !(2..=8).contains(&letters.len()) {
            return None;
        }
        if !self.words.bracket_closes_after(index) || !letters.is_ascii() {
            return None;
        }
        let mut wanted = letters.bytes().rev().peekable();
        let floor = index.saturating_sub(letters.len() * 2 + 2);
        for at in (floor..index).rev() {
            let initial = self.words.folded(at).bytes().next();
            let capital = self.capitalised(at);
            let counts = capital || wanted.peek() == initial.as_ref();
            if capital && wanted.peek() != initial.as_ref() {
                return None;
            }
            if counts
                && !(lexicon::has(self.words.folded(at), lexicon::CONNECTS)
                    && !capital
                    && wanted.peek() != initial.as_ref())
            {
                wanted.next();
                if wanted.peek().is_none() {
                    return capital.then_some(at);
                }
            } else if !lexicon::has(self.words.folded(at), lexicon::CONNECTS) {
                return None;
            }
            if !matches!(self.gap(at), Gap::Space | Gap::Hyphen) {
                return None;
            }
        }
        None
    }
}
