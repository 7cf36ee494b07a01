//! Cleans one line: white space, invisible characters, mojibake. Every change is an edit.
//!
//! The line is read as a stream of logical characters, each with the raw bytes it stands for, so
//! that a repair and the white space it reveals (`Â` + U+00A0 is a space) are judged together.
//! Cleaning a clean line changes nothing.

use std::borrow::Cow;

use super::mojibake;
use super::rules::Rule;
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
    /// The raw bytes it is made of; the first and the last character are visible ones.
    pub(super) raw: Span<Bytes>,
    /// Its text. Borrowed where nothing was changed.
    pub(super) text: Cow<'r, str>,
    /// What was changed, sorted and disjoint, all within `raw`.
    pub(super) edits: Vec<ByteEdit>,
}

/// What the cleaner does with a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Visible,
    Space,
    Invisible,
}

fn kind(c: char) -> Kind {
    match c {
        '!'..='~' => Kind::Visible,
        ' ' | '\t'..='\r' | '\u{85}' => Kind::Space,
        '\u{0}'..='\u{9f}' => Kind::Invisible,
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

/// Whether cleaning would leave `text` as it is, told from its bytes. May say no to a clean text.
fn surely_clean(text: &str) -> bool {
    let mut before = b' ';
    for &byte in text.as_bytes() {
        let suspect = match byte {
            b' ' => before == b' ',
            b'!'..=b'~' => false,
            // Lead bytes of characters that may be spaces, controls or mojibake: U+0080..U+00FF,
            // U+1680, U+2000.., U+3000, U+FEFF.
            0xC2 | 0xC3 | 0xE1 | 0xE3 | 0xEF => true,
            0xE2 => false,
            0x80..=0xBF => before == 0xE2 && matches!(byte, 0x80 | 0x81),
            0xC4..=0xFF => false,
            _ => true,
        };
        if suspect {
            return false;
        }
        before = byte;
    }
    before != b' '
}

/// Cleans the bytes `span` of `raw`. `None` if nothing visible is left.
pub(super) fn clean(raw: &str, span: Span<Bytes>) -> Option<CleanLine<'_>> {
    let text = span.of(raw);
    let trimmed = text.trim_matches(is_blank);
    if trimmed.is_empty() {
        return None;
    }
    let before = text.len() - text.trim_start_matches(is_blank).len();
    let start = span.start() + before;
    let line = Span::new(start, start + trimmed.len());
    // Curly quotes share their lead bytes with the spaces of U+2000..; look twice before the slow way.
    if surely_clean(trimmed) || !trimmed.chars().zip(trimmed.chars().skip(1).chain([' '])).any(suspect_pair) {
        return Some(CleanLine { raw: line, text: Cow::Borrowed(trimmed), edits: Vec::new() });
    }
    slow_clean(trimmed, line)
}

/// Whether two characters in a row may need a repair.
fn suspect_pair((c, next): (char, char)) -> bool {
    match kind(c) {
        Kind::Invisible => true,
        Kind::Space => c != ' ' || kind(next) != Kind::Visible,
        Kind::Visible => mojibake::may_open(c) && !next.is_ascii(),
    }
}

fn slow_clean(trimmed: &str, line: Span<Bytes>) -> Option<CleanLine<'_>> {
    let mut writer = Writer { text: String::with_capacity(trimmed.len()), edits: Vec::new(), blank: None };
    let mut at = 0;
    while let Some(c) = trimmed.get(at..).and_then(|rest| rest.chars().next()) {
        let run = trimmed.get(at..).map_or(0, mojibake::run_bytes);
        let start = line.start() + at;
        if run == 0 {
            writer.push(c, Span::new(start, start + c.len_utf8()), None);
            at += c.len_utf8();
            continue;
        }
        let run_text = trimmed.get(at..at + run).unwrap_or_default();
        at += run;
        if let Some(repaired) = mojibake::repair(run_text) {
            for (i, good) in repaired.chars().enumerate() {
                // The whole run stands for its first character; the others take no raw bytes.
                let from = if i == 0 { start } else { start + run };
                writer.push(good, Span::new(from, start + run), Some(Rule::Mojibake));
            }
            continue;
        }
        for (offset, c) in run_text.char_indices() {
            let from = start + offset;
            writer.push(c, Span::new(from, from + c.len_utf8()), None);
        }
    }
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
    fn push(&mut self, c: char, span: Span<Bytes>, rule: Option<Rule>) {
        let kind = kind(c);
        if kind != Kind::Visible {
            let spaces = kind == Kind::Space;
            self.blank = Some(match self.blank.take() {
                None => Blank { span, spaces, plain: c == ' ' && rule.is_none() },
                Some(run) => Blank {
                    span: Span::new(run.span.start(), span.end()),
                    spaces: run.spaces || spaces,
                    plain: false,
                },
            });
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
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(raw: &str, text: &str, edits: &[(&str, &str, Rule)]) {
        let line = clean(raw, Span::new(0, raw.len())).unwrap();
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
        assert!(clean(" \t\u{200b}\u{0} ", Span::new(0, 7)).is_none());
    }

    #[test]
    fn an_offset_in_the_clean_text_has_its_raw_one() {
        let raw = "ab \u{a0} cd Ã© ef";
        let line = clean(raw, Span::new(0, raw.len())).unwrap();
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
            let Some(line) = clean(&raw, Span::new(0, raw.len())) else { return Ok(()) };
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
            let again = clean(&line.text, Span::new(0, line.text.len())).unwrap();
            prop_assert!(again.edits.is_empty(), "{:?} -> {:?}", line.text, again);
            prop_assert_eq!(&again.text, &line.text);
        }
    }
}
