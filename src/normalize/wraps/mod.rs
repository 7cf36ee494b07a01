//! Joins lines that were wrapped at some width back to paragraphs.
//!
//! Who wraps text at a width fills each line: a line ends because the next word would not have fitted. A
//! break that was not needed for that was meant. So verse, lists, tables, addresses and headings stay as
//! they are, and a text whose lines are paragraphs has next to no break that its longest line forced.

mod hyphens;

use std::borrow::Cow;

use super::clean::{ByteEdit, CleanLine};
use super::rules::Rule;
use crate::offsets::Span;

/// The widest and the narrowest page, in code points.
const MAX_WIDTH: usize = 100;
const MIN_WIDTH: usize = 40;
/// The deepest indent that counts, in code points.
const MAX_INDENT: usize = 12;
/// A line of more bytes is wider than that, whatever the script.
const MAX_BYTES: usize = 4 * MAX_WIDTH;
/// The fewest forced breaks that make a page.
const MIN_FORCED: usize = 2;
/// Of the breaks without an empty line, one in so many is forced at least; of these, one in so many goes on
/// within a sentence, and no more than one in so many comes after a stop, as in verse.
const FORCED_SHARE: usize = 2;
const GOES_ON_SHARE: usize = 4;
const STOPPED_SHARE: usize = 2;

/// Where the lines to join come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    /// Of the raw text: empty lines and indents between them part paragraphs.
    Raw,
    /// The same, and the first may be a headline.
    RawWithHeadline,
    /// Of the clean text, where one LF parts everything.
    Clean,
}

/// What stands between a line and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Break {
    /// It was meant, and is seen: an empty line, an indent, a sign of a list, a table.
    Seen,
    /// The next word would have fitted. `goes_on`: from a line that is not short, within a sentence.
    Loose { goes_on: bool },
    /// The next word would not have fitted. `goes_on`: within a sentence.
    Forced { goes_on: bool },
}

/// What is seen of a line by itself.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// How wide it is with its indent, which is known of raw lines only.
    on_page: usize,
    /// Its indent.
    indent: usize,
    /// It is a row of a table.
    row: bool,
    /// It opens an item of a list.
    item: bool,
}

impl Seen {
    /// What is seen of `line`, so wide.
    fn of(raw: &str, line: &CleanLine<'_>, width: usize, kind: Lines) -> Self {
        let indent = if kind == Lines::Clean { 0 } else { indent(raw, line.raw.start()) };
        Self {
            on_page: indent.min(MAX_INDENT) + width,
            indent,
            row: is_row(raw, line),
            item: opens_item(&line.text),
        }
    }
}

/// Joins `lines` of the text `raw` where they were wrapped. Says whether it did.
pub(super) fn join<'r>(raw: &str, lines: &mut Vec<CleanLine<'r>>, kind: Lines) -> bool {
    let widths: Vec<usize> = lines.iter().map(|line| width(&line.text)).collect();
    let headline = usize::from(kind == Lines::RawWithHeadline);
    // Of each line: whether it goes to the one before it.
    let mut joins: Vec<bool> = Vec::new();
    let mut start = headline;
    while start < lines.len() {
        let is_narrow = |width: &usize| *width <= MAX_WIDTH;
        let stretch = widths.get(start..).unwrap_or_default();
        let narrow = stretch.iter().take_while(|width| is_narrow(width)).count();
        if narrow > MIN_FORCED {
            page(raw, lines, &widths, start..start + narrow, kind, &mut joins);
        }
        start += narrow + stretch.iter().skip(narrow).take_while(|width| !is_narrow(width)).count();
    }
    if !joins.contains(&true) {
        return false;
    }
    let known = hyphens::Known::of(lines, &joins);
    let mut joined: Vec<CleanLine<'r>> = Vec::with_capacity(lines.len());
    for (at, line) in lines.drain(..).enumerate() {
        match joined.last_mut() {
            Some(last) if joins.get(at) == Some(&true) => append(raw, last, line, &known),
            _ => joined.push(line),
        }
    }
    *lines = joined;
    true
}

/// How wide a line is, in code points; of one that is too wide at any rate, its bytes.
fn width(text: &str) -> usize {
    if text.len() > MAX_BYTES { text.len() } else { text.chars().count() }
}

/// Judges the lines `range`, none of them too wide.
fn page(
    raw: &str,
    lines: &[CleanLine<'_>],
    widths: &[usize],
    range: std::ops::Range<usize>,
    kind: Lines,
    joins: &mut Vec<bool>,
) {
    let page_lines = lines.get(range.clone()).unwrap_or_default();
    let page_widths = widths.get(range.clone()).unwrap_or_default();
    let seen = |line, width: usize| Seen::of(raw, line, width, kind);
    let all: Vec<Seen> = page_lines.iter().zip(page_widths).map(|(line, &width)| seen(line, width)).collect();
    let page_width = all.iter().map(|seen| seen.on_page).max().unwrap_or_default();
    if page_width < MIN_WIDTH {
        return;
    }
    let mut breaks = Vec::with_capacity(range.len());
    let (mut forced, mut loose, mut going_on, mut stopped) = (0, 0, 0, 0);
    let pairs = page_lines.iter().zip(&all).zip(page_lines.iter().zip(&all).skip(1));
    for (at, (before, next)) in (range.start + 1..).zip(pairs) {
        let found = judge(raw, before, next, page_width, kind);
        match found {
            Break::Seen => {}
            Break::Loose { .. } => loose += 1,
            Break::Forced { goes_on } => {
                forced += 1;
                going_on += usize::from(goes_on);
                stopped +=
                    usize::from(before.0.text.ends_with([',', ';', ':', '.', '!', '?', '…', '—', '–']));
            }
        }
        breaks.push((at, matches!(found, Break::Forced { .. } | Break::Loose { goes_on: true })));
    }
    let is_page = forced >= MIN_FORCED
        && forced * FORCED_SHARE >= forced + loose
        && going_on * GOES_ON_SHARE >= forced
        && going_on > 0
        && stopped * STOPPED_SHARE <= forced;
    if !is_page {
        return;
    }
    joins.resize(lines.len(), false);
    for (at, join) in breaks {
        if let Some(slot) = joins.get_mut(at) {
            *slot = join;
        }
    }
    // A first line that is no headline, but the beginning of the lead.
    if kind == Lines::RawWithHeadline
        && range.start == 1
        && let (Some(first), Some(next)) = (lines.first(), lines.get(1))
        && let (Some(&width), Some(next_seen)) = (widths.first(), all.first())
        && width <= page_width
        && next.text.starts_with(char::is_lowercase)
        && judge(raw, (first, &seen(first, width)), (next, next_seen), page_width, kind)
            == (Break::Forced { goes_on: true })
        && let Some(slot) = joins.get_mut(1)
    {
        *slot = true;
    }
}

/// A line, and what is seen of it.
type SeenLine<'l, 'r> = (&'l CleanLine<'r>, &'l Seen);

/// What stands between two lines of a page of that width.
fn judge(
    raw: &str,
    (before, of_before): SeenLine<'_, '_>,
    (next, of_next): SeenLine<'_, '_>,
    page_width: usize,
    kind: Lines,
) -> Break {
    let item = of_next.item && !goes_on_with_dash(before, of_before, next);
    if of_before.row || of_next.row || item {
        return Break::Seen;
    }
    if kind != Lines::Clean {
        let between = raw.get(before.raw.end()..next.raw.start()).unwrap_or_default();
        if line_ends(between) > 1 || of_next.indent > of_before.indent {
            return Break::Seen;
        }
    }
    let (Some(last), Some(first)) = (before.text.chars().next_back(), next.text.chars().next()) else {
        return Break::Seen;
    };
    if has_no_spaces(last) || has_no_spaces(first) {
        return Break::Loose { goes_on: false };
    }
    let word = next.text.split(' ').next().unwrap_or_default();
    // What goes on behind a hyphen needs no space.
    let space = usize::from(last != '-' || before.text.ends_with(" -"));
    let width = of_before.on_page;
    if width + space + word.chars().count() <= page_width {
        let goes_on = first.is_lowercase() && last.is_alphanumeric() && width * 2 >= page_width;
        return Break::Loose { goes_on };
    }
    let ended = matches!(last, '.' | '!' | '?' | '…' | ':' | '”' | '"' | '»' | '।' | '؟' | '۔');
    let cased = first.is_lowercase() || first.is_uppercase();
    let goes_on = first.is_lowercase() || !cased && first.is_alphabetic() && !ended;
    Break::Forced { goes_on }
}

/// Whether a line opens an item of a list, or somebody's turn to speak.
fn opens_item(text: &str) -> bool {
    let mut words = text.split(' ');
    let (Some(first), Some(_)) = (words.next(), words.next()) else { return false };
    let number = first.trim_end_matches(['.', ')']);
    matches!(first, "-" | "–" | "—" | "*" | "•" | "·" | "o" | "+" | ">" | "►" | "▪" | "■")
        || first.starts_with(['•', '►', '▪', '■', '>'])
        || number.len() < first.len()
            && number.len() <= 3
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether `next` opens with the dash of a sentence that `before` began.
fn goes_on_with_dash(before: &CleanLine<'_>, of_before: &Seen, next: &CleanLine<'_>) -> bool {
    let mut signs = next.text.chars();
    let dash = matches!(signs.next(), Some('-' | '–' | '—')) && signs.next() == Some(' ');
    dash && signs.next().is_some_and(char::is_lowercase)
        && !of_before.item
        && !before.text.ends_with([':', ';', '.', '!', '?'])
}

/// Whether a line is a row of a table: columns are parted by tabs, bars or several spaces.
fn is_row(raw: &str, line: &CleanLine<'_>) -> bool {
    let text = line.raw.of(raw).as_bytes();
    memchr::memchr2(b'\t', b'|', text).is_some() || memchr::memmem::find(text, b"   ").is_some()
}

/// How many lines end in `between`.
fn line_ends(between: &str) -> usize {
    let pairs = between.matches("\r\n").count();
    between.chars().filter(|c| matches!(c, '\n' | '\r' | '\u{c}')).count() - pairs
}

/// How many spaces stand before byte `at`, up to the end of the line before.
fn indent(raw: &str, at: usize) -> usize {
    let before = raw.get(..at).unwrap_or_default();
    let blank = before.chars().rev().take_while(|c| !matches!(c, '\n' | '\r' | '\u{c}'));
    blank.take(2 * MAX_INDENT).count()
}

/// Whether a character is of a script that puts no spaces between words.
fn has_no_spaces(c: char) -> bool {
    matches!(u32::from(c), 0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x2e80..=0x9fff | 0xf900..=0xfaff
        | 0xff00..=0xffef | 0x2_0000..=0x3_ffff)
}

/// Puts `next` behind `line`.
fn append<'r>(raw: &str, line: &mut CleanLine<'r>, next: CleanLine<'r>, known: &hyphens::Known) {
    let between = Span::new(line.raw.end(), next.raw.start());
    let soft = between.of(raw).contains('\u{ad}');
    let link = if soft { hyphens::Link::Word } else { known.link(&line.text, &next.text) };
    let (cut, rule, put) = match link {
        hyphens::Link::Space => (between, Rule::LineWrap, " "),
        hyphens::Link::Word => (between, Rule::LineWrap, ""),
        // The hyphen is the last byte of the raw line, unless a repair made it.
        hyphens::Link::Mended if raw.get(..between.start()).is_some_and(|before| before.ends_with('-')) => {
            (Span::new(between.start() - 1, between.end()), Rule::Hyphenation, "")
        }
        hyphens::Link::Mended => (between, Rule::LineWrap, ""),
    };
    let text = line.text.to_mut();
    if cut.start() < between.start() {
        text.pop();
    }
    text.push_str(put);
    text.push_str(&next.text);
    line.edits.push(ByteEdit { span: cut, rule, put: Cow::Borrowed(put) });
    line.edits.extend(next.edits);
    line.raw = Span::new(line.raw.start(), next.raw.end());
}

#[cfg(test)]
mod tests;
