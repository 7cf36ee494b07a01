//! Which line is what: headline, date line, byline, dateline, lead, body, teaser.
//!
//! The rules at the head of the body run until none applies, so that a text that went through once
//! gives none of them anything to do a second time. Each application takes something away: the time
//! stays linear.

use super::assemble::{Fate, Item};
use super::clean::{CleanLine, Walked};
use super::dateline::FoundDateline;
use super::rules::Rule;
use super::{byline, dateline, dates, headline, teaser};
use crate::article::{Credit, Field};
use crate::offsets::{Bytes, Span};

/// The longest line, in bytes, that is tried as a date line.
const MAX_DATE_LINE: usize = 120;

/// A text with each of its lines in its place.
#[derive(Debug, Default)]
pub(super) struct Structure<'r> {
    pub(super) items: Vec<Item<'r>>,
    /// Where the first date line stands.
    pub(super) date_line: Option<Span<Bytes>>,
    pub(super) credits: Vec<Credit>,
    pub(super) dateline: Option<FoundDateline>,
}

/// A line of the body with what the rules left of it.
struct Head<'r> {
    line: CleanLine<'r>,
    /// Byte of the clean text at which what is left begins.
    from: usize,
    /// The same in the raw text.
    raw: usize,
    walked: Walked,
}

impl<'r> Head<'r> {
    /// The whole line.
    fn whole(line: CleanLine<'r>) -> Self {
        Self { from: 0, raw: line.raw.start(), walked: line.begin(), line }
    }

    /// Leaves the next `bytes` of the clean text out. Gives the head back as it was where that would part
    /// a repair.
    fn without(mut self, bytes: usize) -> Result<Self, Self> {
        let from = self.from + bytes;
        match self.line.raw_offset(from, &mut self.walked) {
            Some(raw) => Ok(Self { from, raw, ..self }),
            None => Err(self),
        }
    }

    fn rest(&self) -> &str {
        self.line.text.get(self.from..).unwrap_or_default()
    }

    /// What is left, in the raw text.
    fn raw(&self) -> Span<Bytes> {
        Span::new(self.raw, self.line.raw.end())
    }
}

/// Whether a line is nothing but a date, fine enough to publish by.
fn is_date_line(line: &str) -> bool {
    line.len() <= MAX_DATE_LINE
        && dates::read(line, dates::Manner::default())
            .is_some_and(|read| read.precision >= crate::article::Precision::Day)
}

impl<'r> Structure<'r> {
    /// Orders the `lines` of a body whose headline is known (or known to be missing).
    pub(super) fn of_body(headline: Option<CleanLine<'r>>, lines: Vec<CleanLine<'r>>) -> Self {
        let mut structure = Self::default();
        let title = headline.as_ref().map(|line| line.text.clone().into_owned());
        if let Some(line) = headline {
            structure.keep(Field::Headline, Head::whole(line));
        }
        structure.body(title.as_deref(), lines.into_iter());
        structure
    }

    /// Orders the `lines` of a scraped text.
    pub(super) fn of_scraped(lines: Vec<CleanLine<'r>>) -> Self {
        let mut structure = Self::default();
        let mut rest = lines.into_iter().peekable();
        // Some sites print the date above the headline.
        while rest.len() > 1
            && let Some(line) = rest.next_if(|line| is_date_line(&line.text))
        {
            structure.cut_date_line(line.raw);
        }
        let mut title = None;
        if rest.len() > 1
            && let Some(first) = rest.next()
        {
            let dated = rest.peek().is_some_and(|next| is_date_line(&next.text));
            let opens_body = || {
                byline::read(&first.text).is_some()
                    || dateline::read(&first.text).is_some_and(|found| found.is_vouched())
            };
            // `IMPORTS UP - MINISTRY` looks like a dateline; with a date line below it is a headline.
            if headline::is_headline(&first.text, dated) && (dated || !opens_body()) {
                title = Some(first.text.clone().into_owned());
                structure.keep(Field::Headline, Head::whole(first));
            } else {
                structure.body(None, std::iter::once(first).chain(rest));
                return structure;
            }
        }
        structure.body(title.as_deref(), rest);
        structure
    }

    fn keep(&mut self, field: Field, head: Head<'r>) {
        let raw = head.raw();
        let text = match head.line.text {
            text if head.from == 0 => text,
            text => text.get(head.from..).unwrap_or_default().to_owned().into(),
        };
        let edits = head.line.edits.into_iter().filter(|edit| edit.span.start() >= raw.start()).collect();
        self.items.push(Item { raw, fate: Fate::Keep { field, text, edits } });
    }

    fn cut(&mut self, raw: Span<Bytes>, rule: Rule) {
        self.items.push(Item { raw, fate: Fate::Cut(rule) });
    }

    fn cut_date_line(&mut self, raw: Span<Bytes>) {
        self.date_line.get_or_insert(raw);
        self.cut(raw, Rule::DateLine);
    }

    fn body(&mut self, title: Option<&str>, lines: impl Iterator<Item = CleanLine<'r>>) {
        let mut lines: std::collections::VecDeque<_> = lines.collect();
        let mut first = None;
        while let Some(line) = lines.pop_front() {
            // A text of one line and no headline stays, whatever it looks like.
            let last = lines.is_empty() && title.is_none();
            if let Some(head) = self.head(title, line, last) {
                first = Some(head);
                break;
            }
        }
        let mut teasers = Vec::new();
        while let Some(at) = lines.back().and_then(|line| teaser::title(&line.text))
            && let Some(line) = lines.pop_back()
        {
            match Head::whole(line).without(at) {
                Ok(head) => teasers.push(head),
                Err(whole) => {
                    lines.push_back(whole.line);
                    break;
                }
            }
        }
        if let Some(head) = first {
            self.keep(Field::Text, head);
        }
        for line in lines {
            self.keep(Field::Text, Head::whole(line));
        }
        for head in teasers.into_iter().rev() {
            self.cut(Span::new(head.line.raw.start(), head.raw), Rule::Teaser);
            self.keep(Field::Related, head);
        }
    }

    /// Runs the rules of the head on one line; what is left of it, if anything is.
    fn head(&mut self, title: Option<&str>, line: CleanLine<'r>, last: bool) -> Option<Head<'r>> {
        let mut head = Head::whole(line);
        loop {
            let rest = head.rest();
            let raw = head.raw();
            if !last {
                if is_date_line(rest) {
                    self.cut_date_line(raw);
                    return None;
                }
                if let Some(credits) = byline::read(rest) {
                    if self.credits.is_empty() {
                        self.credits = credits;
                    }
                    self.cut(raw, Rule::Byline);
                    return None;
                }
            }
            let (rule, taken) = if let Some(end) = title.and_then(|title| headline::repeat(rest, title)) {
                if end == rest.len() {
                    self.cut(raw, Rule::HeadlineRepeat);
                    return None;
                }
                (Rule::HeadlineRepeat, end)
            } else if let Some(found) = dateline::read(rest) {
                let end = found.end;
                if self.dateline.is_none() {
                    self.dateline = Some(found);
                }
                (Rule::Dateline, end)
            } else {
                return Some(head);
            };
            head = match head.without(taken) {
                Ok(next) => next,
                Err(as_it_was) => return Some(as_it_was),
            };
            self.cut(Span::new(raw.start(), head.raw), rule);
        }
    }
}
