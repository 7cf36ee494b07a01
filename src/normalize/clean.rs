//! Cleans one line: white space, invisible characters, mojibake, references, ligatures. Every change
//! is an edit.
//!
//! Most lines are clean, and told so in one sweep. Any other is taken apart into characters, each
//! with the raw bytes it stands for ([`cells`](super::cells)), mended, and written with its edits; so
//! a repair and the white space it reveals (`Â` + U+00A0 is a space) are judged together. Cleaning a
//! clean line changes nothing.

use std::borrow::Cow;

use super::cells::Cells;
use super::rules::Rule;
use super::{mojibake, reference, spelling};
use crate::budget::{Budget, BudgetExceeded};
use crate::offsets::{Bytes, Span};

/// A change of the raw text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ByteEdit {
    pub(super) span: Span<Bytes>,
    pub(super) rule: Rule,
    pub(super) put: Cow<'static, str>,
}

/// A line as it will stand in the record.
#[derive(Debug, Clone)]
pub(super) struct CleanLine<'r> {
    /// The raw bytes it is made of, from the first visible character to the last.
    pub(super) raw: Span<Bytes>,
    /// Its text. Borrowed where nothing was changed.
    pub(super) text: Cow<'r, str>,
    /// What was changed, sorted and disjoint, all within `raw`.
    pub(super) edits: Vec<ByteEdit>,
}

/// What the cleaner does with a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Visible,
    Space,
    Invisible,
}

pub(super) fn kind(c: char) -> Kind {
    match c {
        '!'..='~' => Kind::Visible,
        // A C1 control is what is left of a quote or a letter, until nothing could be made of it.
        '\u{80}'..='\u{9f}' => Kind::Visible,
        ' ' | '\t'..='\r' => Kind::Space,
        '\u{0}'..='\u{7f}' => Kind::Invisible,
        // Soft hyphen, zero width space, word joiner, byte order mark. The zero width joiners stay:
        // Persian, the scripts of India and emoji are spelled with them.
        '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' => Kind::Invisible,
        c if c.is_whitespace() => Kind::Space,
        _ => Kind::Visible,
    }
}

/// Whether a character shows nothing: white space, control, without width.
pub(super) fn is_blank(c: char) -> bool {
    kind(c) != Kind::Visible
}

/// Whether cleaning would leave `text` as it is, told in one sweep. May say no to a clean text.
fn surely_clean(text: &str) -> bool {
    let mut at = 0;
    let bytes = text.as_bytes();
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'&' if text.get(at - 1..).is_some_and(|rest| reference::read(rest.chars()).is_some()) => {
                return false;
            }
            b'!'..=b'~' => {}
            b' ' if bytes.get(at) != Some(&b' ') => {}
            ..=0x7F => return false,
            0x80.. => {
                let Some(c) = text.get(at - 1..).and_then(|rest| rest.chars().next()) else { return false };
                at += c.len_utf8() - 1;
                let rest = text.get(at..).unwrap_or_default();
                if is_suspect(c) || mojibake::may_begin(c, rest) {
                    return false;
                }
            }
        }
    }
    bytes.last() != Some(&b' ')
}

/// Whether `c`, which is not ASCII, may be changed wherever it stands.
fn is_suspect(c: char) -> bool {
    // Most of what is typographic in a clean text.
    if matches!(c, '‐'..='‧') {
        return false;
    }
    is_blank(c) || c <= '\u{9f}' || spelling::spelled_out(c).is_some() || spelling::narrow(c).is_some()
}

/// Cleans the bytes `span` of `raw`. `None` if nothing visible is left.
///
/// # Errors
/// [`BudgetExceeded`] if the line asks for more work than is left.
pub(super) fn clean<'r>(
    raw: &'r str,
    span: Span<Bytes>,
    budget: &mut Budget,
) -> Result<Option<CleanLine<'r>>, BudgetExceeded> {
    let text = span.of(raw);
    let trimmed = text.trim_matches(is_blank);
    if trimmed.is_empty() {
        return Ok(None);
    }
    let start = span.start() + (text.len() - text.trim_start_matches(is_blank).len());
    let mut line = Span::new(start, start + trimmed.len());
    let after = Span::new(line.end(), span.end()).of(raw).chars().next();
    // A blank at the end may be the second byte of the last letter.
    if let (Some(last), Some(blank @ ('\u{a0}' | '\u{ad}'))) = (trimmed.chars().next_back(), after)
        && mojibake::may_lead(last)
    {
        line = Span::new(start, line.end() + blank.len_utf8());
    }
    let trimmed = line.of(raw);
    if surely_clean(trimmed) {
        return Ok(Some(CleanLine { raw: line, text: Cow::Borrowed(trimmed), edits: Vec::new() }));
    }
    let mut cells = Cells::new(trimmed, start);
    cells.mend(budget)?;
    Ok(written(&cells, line))
}

/// The line that `cells` came to.
fn written<'r>(cells: &Cells, line: Span<Bytes>) -> Option<CleanLine<'r>> {
    let mut writer = Writer { text: String::with_capacity(line.len()), edits: Vec::new(), blank: None };
    let mut at = line.start();
    for cell in cells.iter() {
        writer.skip(Span::new(at, cell.span.start()));
        writer.push(cell.c, cell.span, cell.rule);
        at = cell.span.end();
    }
    writer.skip(Span::new(at, line.end()));
    let Writer { mut text, mut edits, blank } = writer;
    if let Some(blank) = blank {
        // A repair at the end of the line gave white space: it goes.
        push_edit(&mut edits, blank.span, blank.rule(), Cow::Borrowed(""));
    }
    if text.is_empty() {
        return None;
    }
    text.shrink_to_fit();
    Some(CleanLine { raw: line, text: Cow::Owned(text), edits })
}

/// A run of blank characters, not yet written.
struct Blank {
    span: Span<Bytes>,
    spaces: bool,
    /// It is exactly one plain space of the raw text.
    plain: bool,
}

impl Blank {
    fn rule(&self) -> Rule {
        if self.spaces { Rule::Whitespace } else { Rule::Invisible }
    }
}

struct Writer {
    text: String,
    edits: Vec<ByteEdit>,
    blank: Option<Blank>,
}

impl Writer {
    /// Leaves out what shows nothing.
    fn skip(&mut self, span: Span<Bytes>) {
        if !span.is_empty() {
            self.blank(span, false, false);
        }
    }

    fn blank(&mut self, span: Span<Bytes>, spaces: bool, plain: bool) {
        self.blank = Some(match self.blank.take() {
            None => Blank { span, spaces, plain },
            Some(run) => Blank {
                span: Span::new(run.span.start(), span.end()),
                spaces: run.spaces || spaces,
                plain: false,
            },
        });
    }

    fn push(&mut self, c: char, span: Span<Bytes>, rule: Option<Rule>) {
        let kind = kind(c);
        if kind != Kind::Visible {
            self.blank(span, kind == Kind::Space, c == ' ' && rule.is_none());
            return;
        }
        if let Some(run) = self.blank.take() {
            let put = if run.spaces && !self.text.is_empty() { " " } else { "" };
            self.text.push_str(put);
            if !run.plain {
                push_edit(&mut self.edits, run.span, run.rule(), Cow::Borrowed(put));
            }
        }
        self.text.push(c);
        if let Some(rule) = rule {
            push_edit(&mut self.edits, span, rule, Cow::Owned(String::from(c)));
        }
    }
}

/// Adds an edit; two of one rule that touch are one.
fn push_edit(edits: &mut Vec<ByteEdit>, span: Span<Bytes>, rule: Rule, put: Cow<'static, str>) {
    if let Some(last) = edits.last_mut()
        && last.rule == rule
        && last.span.end() == span.start()
    {
        last.span = Span::new(last.span.start(), span.end());
        last.put.to_mut().push_str(&put);
        return;
    }
    edits.push(ByteEdit { span, rule, put });
}

/// How far the edits of a line were walked: offsets are asked for from left to right.
#[derive(Debug, Clone, Copy)]
pub(super) struct Walked {
    edits: usize,
    raw: usize,
    clean: usize,
}

impl CleanLine<'_> {
    /// The beginning of the line.
    pub(super) fn begin(&self) -> Walked {
        Walked { edits: 0, raw: self.raw.start(), clean: 0 }
    }

    /// The raw offset at which the clean text from byte `at` on begins; `at` does not lie before what
    /// `walked` has seen. `None` where it lies within a repair that cannot be parted.
    pub(super) fn raw_offset(&self, at: usize, walked: &mut Walked) -> Option<usize> {
        while let Some(edit) = self.edits.get(walked.edits) {
            let until = walked.clean + (edit.span.start() - walked.raw);
            if at < until || (at == until && !edit.put.is_empty()) {
                break;
            }
            let after = until + edit.put.len();
            if at < after {
                return None;
            }
            *walked = Walked { edits: walked.edits + 1, raw: edit.span.end(), clean: after };
        }
        Some(walked.raw + (at - walked.clean))
    }

    /// The line up to byte `at` of its clean text, which is byte `raw` of the raw text.
    pub(super) fn until(mut self, at: usize, raw: usize) -> Self {
        match &mut self.text {
            Cow::Borrowed(text) => *text = text.get(..at).unwrap_or(text),
            Cow::Owned(text) => text.truncate(at),
        }
        self.edits.retain(|edit| edit.span.end() <= raw);
        self.raw = Span::new(self.raw.start(), raw);
        self
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cleaned(raw: &str) -> Option<CleanLine<'_>> {
        clean(raw, Span::new(0, raw.len()), &mut Budget::default()).unwrap()
    }

    #[track_caller]
    fn check(raw: &str, text: &str, edits: &[(&str, &str, Rule)]) {
        let line = cleaned(raw).unwrap();
        assert_eq!(line.text, text);
        let found: Vec<_> =
            line.edits.iter().map(|edit| (edit.span.of(raw), edit.put.as_ref(), edit.rule)).collect();
        assert_eq!(found, edits);
    }

    #[test]
    fn rows() {
        check("plain text.", "plain text.", &[]);
        check("  two  spaces ", "two spaces", &[("  ", " ", Rule::Whitespace)]);
        check("at\u{a0}noon", "at noon", &[("\u{a0}", " ", Rule::Whitespace)]);
        check("a\t \u{200b}b", "a b", &[("\t \u{200b}", " ", Rule::Whitespace)]);
        check("traf\u{ad}fic", "traffic", &[("\u{ad}", "", Rule::Invisible)]);
        check("a\u{0}b\u{1b}", "ab", &[("\u{0}", "", Rule::Invisible)]);
        check("“curly” — ‘quotes’ …", "“curly” — ‘quotes’ …", &[]);
        check("cafÃ©s", "cafés", &[("Ã©", "é", Rule::Mojibake)]);
        check("itâ€™s", "it’s", &[("â€™", "’", Rule::Mojibake)]);
        check("10Â\u{a0}000", "10 000", &[("Â\u{a0}", " ", Rule::Whitespace)]);
        check("a Â\u{a0} b", "a b", &[(" Â\u{a0} ", " ", Rule::Whitespace)]);
        check("naïve façade SÃO", "naïve façade SÃO", &[]);
    }

    #[test]
    fn nothing_visible_is_no_line() {
        assert!(cleaned(" \t\u{200b}\u{0} ").is_none());
        assert!(cleaned("\u{81}\u{ad}\u{9d}").is_none());
    }

    #[test]
    fn an_offset_in_the_clean_text_has_its_raw_one() {
        let raw = "ab \u{a0} cd Ã© ef";
        let line = cleaned(raw).unwrap();
        assert_eq!(line.text, "ab cd é ef");
        let offset = |at: usize| line.raw_offset(at, &mut line.begin());
        let from = |at: usize| &raw[offset(at).unwrap()..];
        assert_eq!(from(3), "cd Ã© ef");
        assert_eq!(from(2), " \u{a0} cd Ã© ef");
        assert_eq!(from(6), "Ã© ef");
        assert_eq!(from(8), " ef");
        assert_eq!(offset(7), None, "é cannot be parted");
    }

    proptest! {
        #[test]
        fn replays_and_settles(raw in "[a-c \t\u{a0}\u{ad}\u{200b}\u{0}ÂÃâ€™©\u{80}\u{99}é”\n]{0,40}|\\PC{0,40}") {
            let Some(line) = cleaned(&raw) else { return Ok(()) };
            let mut replayed = String::new();
            let mut at = line.raw.start();
            for edit in &line.edits {
                prop_assert!(edit.span.start() >= at);
                replayed.push_str(&raw[at..edit.span.start()]);
                replayed.push_str(&edit.put);
                at = edit.span.end();
            }
            replayed.push_str(&raw[at..line.raw.end()]);
            prop_assert_eq!(&replayed, line.text.as_ref());
            let again = cleaned(&line.text).unwrap();
            prop_assert!(again.edits.is_empty(), "{:?} -> {:?}", line.text, again);
            prop_assert_eq!(&again.text, &line.text);
        }
    }
}
