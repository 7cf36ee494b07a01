//! Puts the fields together from what is kept of the raw text, and accounts for all the rest.
//!
//! Every code point of the raw text ends up in exactly one place: unchanged in a field, in an edit
//! inside a part, or in an edit outside all parts. What stands between two items is white space; it
//! goes to the cut it touches, so that a date line and its line breaks are one edit.

use std::borrow::Cow;

use super::clean::ByteEdit;
use super::rules::Rule;
use crate::article::Field;
use crate::offsets::{Bytes, Span};

/// A stretch of the raw text, in its order, and what becomes of it.
#[derive(Debug)]
pub(super) struct Item<'r> {
    pub(super) raw: Span<Bytes>,
    pub(super) fate: Fate<'r>,
}

/// What becomes of a stretch.
#[derive(Debug)]
pub(super) enum Fate<'r> {
    /// It is one paragraph of a field: its clean text, and the edits that made it.
    Keep { field: Field, text: Cow<'r, str>, edits: Vec<ByteEdit> },
    /// A rule takes it out.
    Cut(Rule),
}

/// A slice of the raw text that became (part of) a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BytePart {
    pub(super) field: Field,
    pub(super) span: Span<Bytes>,
}

/// The fields, and how they came about.
#[derive(Debug, Default)]
pub(super) struct Assembled {
    pub(super) headline: Option<String>,
    pub(super) text: String,
    pub(super) paragraphs: Vec<Span<Bytes>>,
    pub(super) related: Vec<String>,
    pub(super) parts: Vec<BytePart>,
    pub(super) edits: Vec<ByteEdit>,
    /// Whether the last edit lies inside a part: one inside and one outside never become one.
    last_inside: bool,
}

impl Assembled {
    /// The same rule twice in a row is one edit.
    fn edit(&mut self, span: Span<Bytes>, rule: Rule, put: Cow<'static, str>, inside: bool) {
        if span.is_empty() && put.is_empty() {
            return;
        }
        if let Some(last) = self.edits.last_mut()
            && last.rule == rule
            && last.span.end() == span.start()
            && self.last_inside == inside
        {
            last.span = Span::new(last.span.start(), span.end());
            if !put.is_empty() {
                last.put.to_mut().push_str(&put);
            }
            return;
        }
        self.edits.push(ByteEdit { span, rule, put });
        self.last_inside = inside;
    }

    fn keep(&mut self, field: Field, raw: Span<Bytes>, text: &str, continues: bool) {
        match field {
            Field::Headline => self.headline.get_or_insert_default().push_str(text),
            Field::Text => {
                let start = self.text.len();
                self.text.push_str(text);
                self.paragraphs.push(Span::new(start, self.text.len()));
            }
            Field::Related => self.related.push(text.to_owned()),
        }
        match self.parts.last_mut() {
            Some(last) if continues => last.span = Span::new(last.span.start(), raw.end()),
            _ => self.parts.push(BytePart { field, span: raw }),
        }
    }
}

/// Assembles `items`, sorted and disjoint, of the text `raw`. Paragraphs of `text` are consecutive
/// but for cuts between them.
pub(super) fn assemble(raw: &str, items: Vec<Item<'_>>) -> Assembled {
    let mut done = Assembled { text: String::with_capacity(raw.len()), ..Assembled::default() };
    // Cuts and white space since the last kept stretch: not yet known to lie inside a part or outside.
    let mut between: Vec<(Span<Bytes>, Rule)> = Vec::new();
    let mut at = 0;
    for item in items {
        let gap = Span::new(at, item.raw.start());
        at = item.raw.end();
        match item.fate {
            Fate::Cut(rule) => {
                // White space before a cut is the cut's own, unless another cut took it.
                match between.last_mut() {
                    Some((last, _)) => *last = Span::new(last.start(), gap.end()),
                    None => between.push((gap, rule)),
                }
                between.push((item.raw, rule));
            }
            Fate::Keep { field, text, edits } => {
                let before = done.parts.last().map(|part| part.field);
                let continues = field == Field::Text && before == Some(Field::Text);
                match between.last_mut() {
                    Some((last, _)) => *last = Span::new(last.start(), gap.end()),
                    None => {
                        between
                            .push((gap, if before.is_none() { Rule::Whitespace } else { Rule::LineBreak }));
                    }
                }
                write_between(&mut done, raw, &mut between, continues);
                done.keep(field, item.raw, &text, continues);
                for edit in edits {
                    done.edit(edit.span, edit.rule, edit.put, true);
                }
            }
        }
    }
    let tail = Span::new(at, raw.len());
    match between.last_mut() {
        Some((last, _)) => *last = Span::new(last.start(), tail.end()),
        None => between.push((tail, Rule::Whitespace)),
    }
    write_between(&mut done, raw, &mut between, false);
    done
}

/// Writes what lies between two kept stretches: outside all parts, or, within the text, as the one LF
/// that parts its paragraphs.
fn write_between(done: &mut Assembled, raw: &str, between: &mut Vec<(Span<Bytes>, Rule)>, inside: bool) {
    let whole = match (between.first(), between.last()) {
        (Some((first, _)), Some((last, _))) => Span::new(first.start(), last.end()),
        _ => return,
    };
    if inside {
        done.text.push('\n');
        if whole.of(raw) == "\n" {
            between.clear();
            return;
        }
    }
    let mut put = if inside { "\n" } else { "" };
    for (span, rule) in between.drain(..) {
        done.edit(span, rule, Cow::Borrowed(put), inside);
        if !span.is_empty() {
            put = "";
        }
    }
}
