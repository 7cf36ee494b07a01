//! Cuts a field into tokens.

use super::{
    DIGIT, DOTTED, FIRST_UPPER, Gap, LETTER, LOWER, MORE_UPPER, OPENS, POSSESSIVE, QUOTED, SHOUTED,
    TITLE_CASE, Token, Words,
};
use crate::tag::fold::fold_into;

/// Walks one field.
pub(super) struct Cutter<'w, 't> {
    field: &'t str,
    at: usize,
    words: &'w mut Words<'t>,
    /// What was seen since the last token.
    gap: Gap,
    opens: bool,
    quoted: bool,
    line_from: usize,
}

/// Abbreviations whose full stop ends no sentence, folded.
const ABBREVIATIONS: [&str; 36] = [
    "mr", "mrs", "ms", "dr", "st", "ste", "jr", "sr", "gen", "col", "lt", "sgt", "capt", "cpt", "maj", "adm",
    "cmdr", "gov", "sen", "rep", "rev", "prof", "hon", "pres", "mt", "ft", "vs", "no", "inc", "corp", "ltd",
    "co", "messrs", "supt", "insp", "amb",
];

/// Bytes of a bracket that is spelled (`-LRB-`).
const SPELLED_BRACKET: usize = 5;

impl<'w, 't> Cutter<'w, 't> {
    pub(super) fn new(field: &'t str, words: &'w mut Words<'t>) -> Self {
        let line_from = words.tokens.len();
        Self { field, at: 0, words, gap: Gap::Break, opens: true, quoted: false, line_from }
    }

    fn peek(&self, at: usize) -> Option<char> {
        let byte = *self.field.as_bytes().get(at)?;
        if byte.is_ascii() { Some(char::from(byte)) } else { self.field.get(at..)?.chars().next() }
    }

    pub(super) fn run(mut self) {
        while let Some(letter) = self.peek(self.at) {
            // What stands behind most words, as `between` takes it.
            if letter == ' ' && self.gap == Gap::Tight {
                self.gap = Gap::Space;
                self.at += 1;
            } else if letter.is_alphanumeric() {
                self.word();
            } else if letter == '&' && self.stands_alone() {
                self.push(self.at, self.at + 1, "&", 0);
            } else if let Some((sign, end)) = self.spelled_bracket(letter) {
                self.between(sign);
                self.at = end;
            } else if let Some(end) = self.parted_possessive(letter) {
                self.gap = Gap::Tight;
                self.push(self.at, end, "'s", POSSESSIVE);
            } else {
                self.between(letter);
                self.at += letter.len_utf8();
            }
        }
        self.end_line();
    }

    fn stands_alone(&self) -> bool {
        self.at > 0
            && self.field.as_bytes().get(self.at - 1) == Some(&b' ')
            && self.field.as_bytes().get(self.at + 1) == Some(&b' ')
    }

    /// `-LRB-`, `-RRB-` and their kin: brackets as the Penn Treebank spells them, alone between spaces. The
    /// bracket, and the end.
    fn spelled_bracket(&self, letter: char) -> Option<(char, usize)> {
        if letter != '-' || self.gap == Gap::Tight {
            return None;
        }
        let end = self.at + SPELLED_BRACKET;
        let sign = match self.field.as_bytes().get(self.at..end)? {
            b"-LRB-" => '(',
            b"-RRB-" => ')',
            b"-LSB-" | b"-LCB-" => '[',
            b"-RSB-" | b"-RCB-" => ']',
            _ => return None,
        };
        self.peek(end).is_none_or(char::is_whitespace).then_some((sign, end))
    }

    /// The end of a possessive ending that a space parts from its word, as in text that was cut into tokens:
    /// `Peru 's`.
    fn parted_possessive(&self, letter: char) -> Option<usize> {
        if self.gap != Gap::Space || !matches!(letter, '\'' | '’') || self.words.tokens.is_empty() {
            return None;
        }
        let ending = self.at + letter.len_utf8();
        let is_s = matches!(self.peek(ending), Some('s' | 'S'));
        (is_s && self.peek(ending + 1).is_none_or(char::is_whitespace)).then_some(ending + 1)
    }

    /// Takes in a character between words.
    fn between(&mut self, letter: char) {
        let seen = match letter {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => {
                self.end_line();
                self.opens = true;
                Gap::Break
            }
            ' ' | '\u{a0}' | '\t' | '\u{202f}' | '\u{2009}' => match self.gap {
                Gap::Tight => Gap::Space,
                // A hyphen with a space beside it is a dash.
                Gap::Hyphen => {
                    self.opens = true;
                    Gap::Other
                }
                other => other,
            },
            '-' | '\u{2010}' | '\u{2011}' if self.gap == Gap::Tight => Gap::Hyphen,
            '.' if self.gap == Gap::Tight && self.after_abbreviation() => Gap::Abbreviation,
            '.' | '!' | '?' | '…' | '。' | ';' => {
                self.opens = true;
                Gap::Break
            }
            '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200d}' => self.gap,
            ',' if matches!(self.gap, Gap::Tight | Gap::Space | Gap::Abbreviation) => Gap::Comma,
            '(' if matches!(self.gap, Gap::Tight | Gap::Space | Gap::Abbreviation) => Gap::Bracket,
            '“' | '"' | '«' | '„' | '‘' | '`' | ':' | '–' | '—' | '•' | '*' | '|' => {
                self.opens = true;
                self.quoted |= matches!(letter, '“' | '"' | '«' | '„' | '‘' | '`');
                Gap::Other
            }
            '-' => {
                self.opens = true;
                Gap::Other
            }
            _ => Gap::Other,
        };
        if self.gap != Gap::Break {
            self.gap = seen;
        }
    }

    fn after_abbreviation(&self) -> bool {
        let Some(last) = self.words.tokens.last() else { return false };
        let index = self.words.tokens.len() - 1;
        last.initial() || (last.capitalised() && ABBREVIATIONS.contains(&self.words.folded(index)))
    }

    fn push(&mut self, start: usize, end: usize, folded: &str, shape: u16) {
        let fold_start = self.words.folded.len();
        self.words.folded.push_str(folded);
        self.finish(start, end, fold_start, shape);
    }

    fn finish(&mut self, start: usize, end: usize, fold_start: usize, shape: u16) {
        let fold_end = self.words.folded.len();
        self.words.folded.push(' ');
        let mut shape = shape;
        if self.opens {
            shape |= OPENS;
        }
        if self.quoted {
            shape |= QUOTED;
        }
        let narrow = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        self.words.tokens.push(Token {
            start: narrow(start),
            end: narrow(end),
            fold_start: narrow(fold_start),
            fold_end: narrow(fold_end),
            gap: self.gap,
            shape,
        });
        self.gap = Gap::Tight;
        self.opens = false;
        self.quoted = false;
        self.at = end;
    }

    /// Reads one word, and the possessive ending after it.
    fn word(&mut self) {
        let start = self.at;
        let fold_start = self.words.folded.len();
        let mut shape = 0_u16;
        let mut at = start;
        let mut letters = 0_usize;
        let mut possessive = None;
        loop {
            // Runs of ASCII are most of what there is: they are folded at once.
            let run = AsciiRun::of(self.field.as_bytes().get(at..).unwrap_or_default());
            if run.length > 0 {
                shape |= run.shape(letters == 0);
                letters += run.length;
                let folded_to = self.words.folded.len();
                self.words.folded.push_str(self.field.get(at..at + run.length).unwrap_or_default());
                if (run.first | run.rest) & MORE_UPPER != 0
                    && let Some(added) = self.words.folded.get_mut(folded_to..)
                {
                    added.make_ascii_lowercase();
                }
                at += run.length;
            }
            let Some(letter) = self.peek(at) else { break };
            if letter == ' ' {
                break;
            }
            let next = at + letter.len_utf8();
            if letter.is_alphanumeric() {
                shape |= shape_of(letter, letters == 0);
                letters += 1;
                fold_into(letter, &mut self.words.folded);
                at = next;
                continue;
            }
            let follower = self.peek(next).filter(|c| c.is_alphanumeric());
            match letter {
                '\'' | '’' | 'ʼ' | '‘' if follower.is_some() => {
                    let is_s = follower.is_some_and(|c| c == 's' || c == 'S');
                    if is_s && !self.peek(next + 1).is_some_and(char::is_alphanumeric) {
                        possessive = Some((at, next + 1));
                        break;
                    }
                    at = next;
                }
                '&' if follower.is_some() => {
                    self.words.folded.push('&');
                    at = next;
                }
                '.' if letters == 1 && shape & FIRST_UPPER != 0 => match self.dotted(at) {
                    Some(end) => {
                        shape |= DOTTED | MORE_UPPER;
                        at = end;
                        break;
                    }
                    None => break,
                },
                // Marks typed on their own belong to the letter before.
                '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200d}' => at = next,
                _ => break,
            }
        }
        if self.words.folded.len() == fold_start {
            // A letter that folds to nothing still needs a place.
            self.words.folded.push('\u{fffd}');
        }
        self.finish(start, at, fold_start, shape);
        if let Some((from, to)) = possessive {
            self.push(from, to, "'s", POSSESSIVE);
        }
    }

    /// From the first full stop of `U.N.` or `U.S`: folds the further letters, gives the end.
    fn dotted(&mut self, first_stop: usize) -> Option<usize> {
        let mut at = first_stop;
        let mut found = false;
        while self.peek(at) == Some('.') {
            let Some(letter) = self.peek(at + 1).filter(|c| c.is_uppercase()) else { break };
            let end = at + 1 + letter.len_utf8();
            if self.peek(end).is_some_and(char::is_alphanumeric) {
                break;
            }
            fold_into(letter, &mut self.words.folded);
            found = true;
            at = end;
        }
        if !found {
            return None;
        }
        Some(if self.peek(at) == Some('.') { at + 1 } else { at })
    }

    /// Looks at the line that ends here: capitals throughout, or a capital on nearly each word.
    fn end_line(&mut self) {
        let line = self.words.tokens.get_mut(self.line_from..).unwrap_or_default();
        self.line_from += line.len();
        let (mut words, mut long, mut upper, mut capitals) = (0_usize, 0_usize, 0_usize, 0_usize);
        for token in line.iter().filter(|token| token.is(LETTER) && !token.possessive()) {
            words += 1;
            upper += usize::from(!token.is(LOWER));
            if token.fold_end - token.fold_start > 3 {
                long += 1;
                capitals += usize::from(token.capitalised());
            }
        }
        let shape = if words >= 2 && upper * 10 >= words * 9 && upper > 0 && long > 0 {
            SHOUTED
        } else if long >= 4 && capitals * 10 >= long * 9 {
            TITLE_CASE
        } else {
            return;
        };
        line.iter_mut().for_each(|token| token.shape |= shape);
    }
}

/// A run of ASCII letters and digits.
struct AsciiRun {
    length: usize,
    /// The shape of its first letter, and that of all others.
    first: u16,
    rest: u16,
}

/// The shape of each ASCII letter and digit inside a word; 0 for all else.
const SHAPES: [u16; 256] = shapes();

#[expect(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "worked out by the compiler")]
const fn shapes() -> [u16; 256] {
    let mut shapes = [0; 256];
    let mut byte = 0;
    while byte < shapes.len() {
        shapes[byte] = match byte as u8 {
            b'a'..=b'z' => LOWER | LETTER,
            b'A'..=b'Z' => LETTER | MORE_UPPER,
            b'0'..=b'9' => DIGIT,
            _ => 0,
        };
        byte += 1;
    }
    shapes
}

impl AsciiRun {
    /// The run that `bytes` open on.
    #[expect(clippy::indexing_slicing, reason = "hot; a byte has a place in the table")]
    #[inline]
    fn of(bytes: &[u8]) -> Self {
        let mut run = Self { length: 0, first: 0, rest: 0 };
        let Some((&first, others)) = bytes.split_first() else { return run };
        run.first = SHAPES[usize::from(first)];
        if run.first == 0 {
            return run;
        }
        run.length = bytes.len();
        for (length, &byte) in (1..).zip(others) {
            let shape = SHAPES[usize::from(byte)];
            if shape == 0 {
                run.length = length;
                break;
            }
            run.rest |= shape;
        }
        run
    }

    /// Its shape, where it opens a word or goes on with one.
    #[inline]
    fn shape(&self, opens: bool) -> u16 {
        let first = if opens && self.first & MORE_UPPER != 0 { LETTER | FIRST_UPPER } else { self.first };
        first | self.rest
    }
}

fn shape_of(letter: char, first: bool) -> u16 {
    if letter.is_ascii_lowercase() {
        LOWER | LETTER
    } else if letter.is_ascii_digit() {
        DIGIT
    } else if letter.is_uppercase() {
        LETTER | if first { FIRST_UPPER } else { MORE_UPPER }
    } else if letter.is_numeric() {
        DIGIT
    } else {
        LOWER | LETTER
    }
}
