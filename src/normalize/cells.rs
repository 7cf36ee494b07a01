//! A line taken apart: its characters, each with the raw bytes it stands for, while it is mended.
//!
//! Repairs may call for others: a reference that is decoded completes a garbled sequence, which means
//! a space. So the line is gone over until nothing changes, and cleaning it again changes nothing.

use super::clean::{Kind, kind};
use super::rules::Rule;
use super::{mojibake, reference, spelling};
use crate::budget::{Budget, BudgetExceeded};
use crate::offsets::{Bytes, Span};

/// How often a line is gone over. Garbling six times makes a hundred characters of one; what asks for
/// more is no text.
const MAX_ROUNDS: usize = 24;
/// The steps of one character in one round: its place, and the encoding that explains it.
const STEPS: usize = 2;

/// A character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) c: char,
    /// The raw bytes. What lies between those of two characters shows nothing and was dropped.
    pub(super) span: Span<Bytes>,
    /// The rule that made it; `None` if it stands in the raw text.
    pub(super) rule: Option<Rule>,
}

/// The characters of a line.
#[derive(Debug)]
pub(super) struct Cells {
    cells: Vec<Cell>,
}

impl Cells {
    /// Takes `text` apart, which begins at byte `start` of the raw text.
    pub(super) fn new(text: &str, start: usize) -> Self {
        let cell = |(at, c): (usize, char)| {
            let span = Span::new(start + at, start + at + c.len_utf8());
            Cell { c, span, rule: None }
        };
        Self { cells: text.char_indices().map(cell).collect() }
    }

    /// What is left, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter()
    }

    /// Repairs until nothing is left to repair.
    ///
    /// # Errors
    /// [`BudgetExceeded`] if that is more work than is left.
    pub(super) fn mend(&mut self, budget: &mut Budget) -> Result<(), BudgetExceeded> {
        self.drop_hidden(|c| kind(c) == Kind::Invisible && c != '\u{ad}');
        for _ in 0..MAX_ROUNDS {
            budget.spend(self.cells.len().saturating_mul(STEPS))?;
            // One after the other: a ligature may be a byte, a soft hyphen too.
            let changed = self.repair()
                || self.decode_references()
                || self.spell()
                || self.drop_hidden(|c| kind(c) == Kind::Invisible || matches!(c, '\u{80}'..='\u{9f}'))
                || self.merge_spaces();
            if !changed {
                break;
            }
        }
        Ok(())
    }

    fn drop_hidden(&mut self, is_hidden: impl Fn(char) -> bool) -> bool {
        let before = self.cells.len();
        self.cells.retain(|cell| !is_hidden(cell.c));
        self.cells.len() < before
    }

    /// One round of mojibake.
    fn repair(&mut self) -> bool {
        let chars: Vec<char> = self.cells.iter().map(|cell| cell.c).collect();
        let repairs = mojibake::round(&chars);
        self.replace(repairs.into_iter().map(|repair| {
            // The space stays the one that was there.
            let length = repair.length - usize::from(repair.space_after);
            (repair.at, length, [repair.put], Rule::Mojibake)
        }))
    }

    fn decode_references(&mut self) -> bool {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(cell) = self.cells.get(at) {
            let rest = || self.cells.iter().skip(at).map(|cell| cell.c);
            match Some(cell.c).filter(|c| *c == '&').and_then(|_| reference::read(rest())) {
                Some(reference) => {
                    found.push((at, reference.length, reference.put, Rule::Reference));
                    at += reference.length;
                }
                None => at += 1,
            }
        }
        self.replace(found)
    }

    fn spell(&mut self) -> bool {
        let east_asian = self.cells.iter().any(|cell| spelling::is_east_asian(cell.c));
        let mut found = Vec::new();
        for (at, cell) in self.cells.iter().enumerate() {
            if let Some(letters) = spelling::spelled_out(cell.c) {
                found.push((at, 1, letters.chars().collect(), Rule::Ligature));
            } else if let Some(c) = spelling::narrow(cell.c).filter(|_| !east_asian) {
                found.push((at, 1, vec![c], Rule::Width));
            }
        }
        self.replace(found)
    }

    /// Makes one space of a run of white space.
    fn merge_spaces(&mut self) -> bool {
        let mut runs = Vec::new();
        let mut at = 0;
        while let Some(cell) = self.cells.get(at) {
            let rest = self.cells.get(at..).unwrap_or_default();
            let length = rest.iter().take_while(|cell| kind(cell.c) == Kind::Space).count();
            if length > 1 || (length == 1 && cell.c != ' ') {
                runs.push((at, length, [' '], Rule::Whitespace));
            }
            at += length.max(1);
        }
        self.replace(runs)
    }

    /// Puts characters in the place of others: `(first, how many, what, by which rule)`, in order.
    fn replace<P: AsRef<[char]>>(
        &mut self,
        places: impl IntoIterator<Item = (usize, usize, P, Rule)>,
    ) -> bool {
        let mut places = places.into_iter().peekable();
        if places.peek().is_none() {
            return false;
        }
        let old = std::mem::take(&mut self.cells);
        let mut done = 0;
        for (at, length, put, rule) in places {
            self.cells.extend(old.get(done..at).unwrap_or_default());
            done = at + length;
            let replaced = old.get(at..done).unwrap_or_default();
            let (Some(first), Some(last)) = (replaced.first(), replaced.last()) else { continue };
            let mut span = Span::new(first.span.start(), last.span.end());
            for &c in put.as_ref() {
                self.cells.push(Cell { c, span, rule: Some(rule) });
                // The first stands for all of it.
                span = Span::new(last.span.end(), last.span.end());
            }
        }
        self.cells.extend(old.get(done..).unwrap_or_default());
        true
    }
}
