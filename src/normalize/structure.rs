//! Which line is what: kicker, headline, date line, byline, dateline, lead, body, teaser, credits, and what is
//! no part of the article.
//!
//! The rules run until none applies, so that a text that went through once gives none of them anything to
//! do a second time. Each application takes something away: the time stays linear.

use std::collections::VecDeque;

use super::assemble::{Fate, Item};
use super::clean::{CleanLine, Walked};
use super::dateline::FoundDateline;
use super::rules::Rule;
use super::wraps::{self, Lines};
use super::{boilerplate, byline, credits, dateline, dates, duplicates, headline, kicker, teaser};
use crate::article::{Credit, Field};
use crate::offsets::{Bytes, Span};

/// The longest line, in bytes, that is tried as a date line.
const MAX_DATE_LINE: usize = 120;
/// How often the rules of the body run at most. One run does it, unless a rule makes work for one before
/// it: two lines are joined, or credits are taken off a paragraph.
const MAX_ROUNDS: usize = 4;

/// A line from whose head more is taken than this is none that anybody wrote: it stays whole, also the second
/// time.
const MAX_CUTS: usize = 16;

/// A text with each of its lines in its place.
#[derive(Debug, Default)]
pub(super) struct Structure<'r> {
    pub(super) items: Vec<Item<'r>>,
    /// Where the first date line stands that is not of an update.
    pub(super) date_line: Option<Span<Bytes>>,
    /// Where the first date line of an update stands.
    pub(super) update_line: Option<Span<Bytes>>,
    /// Who is credited above the lead.
    pub(super) byline: Vec<Credit>,
    /// Who is credited at the end.
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

    /// What is left, as a line.
    fn into_line(self) -> CleanLine<'r> {
        if self.from == 0 {
            return self.line;
        }
        let raw = self.raw();
        let text = self.rest().to_owned().into();
        let edits = self.line.edits.into_iter().filter(|edit| edit.span.start() >= raw.start()).collect();
        CleanLine { raw, text, edits }
    }
}

/// What becomes of a line wherever it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Stays,
    Goes(Rule),
    /// A teaser. At the end of the text its title is kept aside, elsewhere it goes.
    Teases,
}

fn verdict(line: &str) -> Verdict {
    if teaser::announced(line).is_some() {
        return Verdict::Teases;
    }
    boilerplate::rule_of(line).map_or(Verdict::Stays, Verdict::Goes)
}

/// Whether a line is nothing but a date, fine enough to publish by, or an age.
fn is_date_line(line: &str) -> bool {
    let is_day = || {
        dates::read(line, dates::Manner::default())
            .is_some_and(|read| read.precision >= crate::article::Precision::Day)
    };
    line.len() <= MAX_DATE_LINE && (is_day() || dates::is_age(line))
}

impl<'r> Structure<'r> {
    /// Orders the `lines` of a body in `raw` whose headline is known (or known to be missing).
    pub(super) fn of_body(
        raw: &'r str,
        headline: Option<CleanLine<'r>>,
        mut lines: Vec<CleanLine<'r>>,
    ) -> Self {
        let mut structure = Self::default();
        let title = headline.as_ref().map(|line| line.text.clone().into_owned());
        if let Some(line) = headline {
            structure.keep(Field::Headline, line);
        }
        wraps::join(raw, &mut lines, Lines::Raw);
        structure.body(raw, title.as_deref(), lines);
        structure
    }

    /// Orders the `lines` of the scraped text `raw`.
    pub(super) fn of_scraped(raw: &'r str, lines: Vec<CleanLine<'r>>) -> Self {
        let mut structure = Self::default();
        let mut rest = VecDeque::from(lines);
        structure.above_headline(&mut rest);
        let is_dated =
            |rest: &VecDeque<CleanLine<'_>>| rest.get(1).is_some_and(|next| is_date_line(&next.text));
        // `IMPORTS UP - MINISTRY` looks like a dateline; with a date line below it is a headline.
        let opens_body = !is_dated(&rest) && rest.front().is_some_and(|first| opens_body(&first.text));
        let mut lines = Vec::from(rest);
        wraps::join(raw, &mut lines, if opens_body { Lines::Raw } else { Lines::RawWithHeadline });
        let mut rest = VecDeque::from(lines);
        let dated = is_dated(&rest);
        let mut title = None;
        if rest.len() > 1
            && !opens_body
            && let Some(first) = rest.pop_front_if(|first| headline::is_headline(&first.text, dated))
        {
            title = Some(first.text.clone().into_owned());
            structure.keep(Field::Headline, first);
        }
        structure.body(raw, title.as_deref(), rest.into());
        structure
    }

    /// Takes what some sites print above the headline: the date, the section, buttons.
    fn above_headline(&mut self, rest: &mut VecDeque<CleanLine<'r>>) {
        while rest.len() > 1
            && let (Some(first), Some(next)) = (rest.front(), rest.get(1))
        {
            let raw = first.raw;
            if is_date_line(&first.text) {
                let text = first.text.clone();
                self.cut_date_line(raw, &text);
            } else if boilerplate::is_label(&first.text) {
                let Some(rule) = boilerplate::rule_of(&first.text) else { return };
                self.cut(raw, rule);
            } else if rest.len() > 2
                && !is_date_line(&next.text)
                && kicker::is_kicker(&first.text, &next.text)
            {
                self.cut(raw, Rule::Kicker);
            } else {
                return;
            }
            rest.pop_front();
        }
    }

    fn keep(&mut self, field: Field, line: CleanLine<'r>) {
        let CleanLine { raw, text, edits } = line;
        self.items.push(Item { raw, fate: Fate::Keep { field, text, edits } });
    }

    fn cut(&mut self, raw: Span<Bytes>, rule: Rule) {
        self.items.push(Item { raw, fate: Fate::Cut(rule) });
    }

    fn cut_date_line(&mut self, raw: Span<Bytes>, text: &str) {
        let line = if dates::is_update(text) { &mut self.update_line } else { &mut self.date_line };
        line.get_or_insert(raw);
        self.cut(raw, Rule::DateLine);
    }

    /// Keeps the title of a teaser that begins at byte `at` of `line`. Gives the line back where that would
    /// part a repair.
    fn relate(&mut self, line: CleanLine<'r>, at: usize) -> Result<(), CleanLine<'r>> {
        let start = line.raw.start();
        let head = Head::whole(line).without(at).map_err(|whole| whole.line)?;
        self.cut(Span::new(start, head.raw), Rule::Teaser);
        self.keep(Field::Related, head.into_line());
        Ok(())
    }

    fn body(&mut self, raw: &'r str, title: Option<&str>, mut lines: Vec<CleanLine<'r>>) {
        let mut tail_credits = Vec::new();
        for _ in 0..MAX_ROUNDS {
            lines = self.without_boilerplate(title, lines);
            lines = self.heads(title, lines);
            lines = self.once(lines);
            let shortened = self.tail(&mut lines, &mut tail_credits);
            let joined = wraps::join(raw, &mut lines, Lines::Clean);
            if joined {
                self.absorb(&mut lines);
            }
            if !joined && !shortened {
                break;
            }
        }
        tail_credits.reverse();
        self.credits.extend(tail_credits.into_iter().flatten());
        for line in lines {
            self.keep(Field::Text, line);
        }
        self.items.sort_by_key(|item| item.raw.start());
    }

    /// Takes the lines out that are said again, all in one go: there may be many.
    fn once(&mut self, lines: Vec<CleanLine<'r>>) -> Vec<CleanLine<'r>> {
        let mut repeated = duplicates::repeated(&lines).into_iter().peekable();
        if repeated.peek().is_none() {
            return lines;
        }
        let mut kept = Vec::with_capacity(lines.len());
        for (at, line) in lines.into_iter().enumerate() {
            if repeated.next_if_eq(&at).is_some() {
                self.cut(line.raw, Rule::DuplicateParagraph);
            } else {
                kept.push(line);
            }
        }
        kept
    }

    /// Where two lines were joined over what was cut between them, the edit that joins them is that cut.
    fn absorb(&mut self, lines: &mut [CleanLine<'r>]) {
        self.items.retain(|item| {
            let Fate::Cut(rule) = item.fate else { return true };
            let at = lines.partition_point(|line| line.raw.end() <= item.raw.start());
            let Some(line) = lines.get_mut(at).filter(|line| line.raw.contains(item.raw)) else {
                return true;
            };
            let at = line.edits.partition_point(|edit| edit.span.end() <= item.raw.start());
            if let Some(edit) = line.edits.get_mut(at) {
                edit.rule = rule;
            }
            false
        });
    }

    /// Takes the lines out that are no part of an article wherever they stand. A text of one line and no
    /// headline stays, whatever it looks like.
    fn without_boilerplate(&mut self, title: Option<&str>, lines: Vec<CleanLine<'r>>) -> Vec<CleanLine<'r>> {
        let mut verdicts: Vec<Verdict> = lines.iter().map(|line| verdict(&line.text)).collect();
        if verdicts.iter().all(|verdict| *verdict == Verdict::Stays) {
            return lines;
        }
        if title.is_none()
            && !verdicts.contains(&Verdict::Stays)
            && let Some(last) = verdicts.last_mut()
        {
            *last = Verdict::Stays;
        }
        // What stands behind the last line that is no teaser and no credit is the tail's to tell.
        let is_text = |(line, verdict): (&CleanLine<'_>, &Verdict)| {
            *verdict == Verdict::Stays
                && teaser::title(&line.text).is_none()
                && credits::read(&line.text).is_none()
        };
        let end = lines.iter().zip(&verdicts).rposition(is_text).unwrap_or_default();
        let mut kept = Vec::with_capacity(lines.len());
        for (at, (line, verdict)) in lines.into_iter().zip(verdicts).enumerate() {
            match verdict {
                Verdict::Goes(rule) => self.cut(line.raw, rule),
                Verdict::Teases if at < end => self.cut(line.raw, Rule::Teaser),
                Verdict::Stays | Verdict::Teases => kept.push(line),
            }
        }
        kept
    }

    /// Runs the rules of the head on the first lines, until something of one is left.
    fn heads(&mut self, title: Option<&str>, lines: Vec<CleanLine<'r>>) -> Vec<CleanLine<'r>> {
        let mut lines = VecDeque::from(lines);
        while let Some(line) = lines.pop_front() {
            // A text of one line and no headline stays, whatever it looks like.
            let last = lines.is_empty() && title.is_none();
            if let Some(head) = self.head(title, line, last) {
                lines.push_front(head.into_line());
                break;
            }
        }
        lines.into()
    }

    /// Takes teasers and credits off the end; the first line stays. Says whether a paragraph was shortened.
    fn tail(&mut self, lines: &mut Vec<CleanLine<'r>>, found: &mut Vec<Vec<Credit>>) -> bool {
        let mut shortened = false;
        while let Some(line) = lines.pop() {
            let is_first = lines.is_empty();
            if !is_first && let Some(at) = teaser::title(&line.text) {
                match self.relate(line, at) {
                    Ok(()) => continue,
                    Err(whole) => {
                        lines.push(whole);
                        break;
                    }
                }
            }
            if !is_first && let Some(credits) = credits::read(&line.text) {
                self.cut(line.raw, Rule::Credits);
                found.push(credits);
                continue;
            }
            if let Some((end, credits)) = credits::closing(&line.text)
                && let Some(at) = line.raw_offset(end, &mut line.begin())
            {
                self.cut(Span::new(at, line.raw.end()), Rule::Credits);
                found.push(credits);
                lines.push(line.until(end, at));
                shortened = true;
                continue;
            }
            lines.push(line);
            let Some(at) = teaser::block(lines.iter().map(|line| line.text.as_ref())).filter(|at| *at > 0)
            else {
                break;
            };
            for (number, line) in lines.drain(at..).enumerate() {
                if number == 0 {
                    self.cut(line.raw, Rule::Teaser);
                } else {
                    self.keep(Field::Related, line);
                }
            }
        }
        shortened
    }

    /// Runs the rules of the head on one line; what is left of it, if anything is.
    fn head(&mut self, title: Option<&str>, line: CleanLine<'r>, last: bool) -> Option<Head<'r>> {
        let mut head = Head::whole(line);
        let (items, dateline) = (self.items.len(), self.dateline.clone());
        let mut cuts = 0;
        loop {
            let rest = head.rest();
            let raw = head.raw();
            if !last {
                if is_date_line(rest) {
                    let text = rest.to_owned();
                    self.cut_date_line(raw, &text);
                    return None;
                }
                if let Some(credits) = byline::read(rest) {
                    if self.byline.is_empty() {
                        self.byline = credits;
                    }
                    self.cut(raw, Rule::Byline);
                    return None;
                }
                // What a dateline or the headline left may be a label.
                let rule = match verdict(rest) {
                    Verdict::Goes(rule) => Some(rule),
                    Verdict::Teases => Some(Rule::Teaser),
                    Verdict::Stays => None,
                };
                if let Some(rule) = rule.filter(|_| head.from > 0) {
                    self.cut(raw, rule);
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
            cuts += 1;
            if cuts > MAX_CUTS {
                self.items.truncate(items);
                self.dateline = dateline;
                return Some(Head::whole(head.line));
            }
            self.cut(Span::new(raw.start(), head.raw), rule);
        }
    }
}

/// Whether the first line of a text is one of its body.
fn opens_body(line: &str) -> bool {
    byline::read(line).is_some() || dateline::read(line).is_some_and(|found| found.is_vouched())
}
