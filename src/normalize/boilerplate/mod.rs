//! Lines that a site puts into its articles and that are no part of them: advertising, prompts, share
//! buttons, notices, captions, page numbers.
//!
//! A line is judged alone, by what it says from its first to its last word; so a line that is left alone
//! once is left alone always. What only resembles such a line stays: better a prompt too many in a text
//! than a sentence too few.

mod captions;
mod hints;
mod labels;
mod notices;
mod page_numbers;
mod prompts;

use std::fmt::Write as _;

use regex::Regex;

use super::rules::Rule;

/// The longest line that is looked at, in bytes: a longer one is a paragraph.
const MAX_BYTES: usize = 400;

/// The rule that takes `line` out, if there is one.
pub(super) fn rule_of(line: &str) -> Option<Rule> {
    if line.len() > MAX_BYTES {
        return None;
    }
    if page_numbers::is_page_number(line) {
        return Some(Rule::PageNumber);
    }
    let hinted = hints::are_in(line);
    labels::rule_of(line)
        .or_else(|| captions::is_caption(line).then_some(Rule::Caption))
        .or_else(|| if hinted { notices::rule_of(line) } else { None })
        .or_else(|| prompts::is_prompt(line, hinted).then_some(Rule::Subscribe))
}

/// Whether `line` is a label of a template: so sure a one that it is no headline either.
pub(super) fn is_label(line: &str) -> bool {
    line.len() <= MAX_BYTES && (page_numbers::is_page_number(line) || labels::rule_of(line).is_some())
}

/// Whether somebody is quoted in `line`: then it speaks of prompts and is none.
fn quotes(line: &str) -> bool {
    line.contains(['"', '“', '”', '„', '«', '»'])
}

/// A search for any of `phrases`, given in lower case, whatever the case; each is a whole word or more
/// where it ends. `before` and `after` are put round them.
fn any_of<'p>(before: &str, phrases: impl IntoIterator<Item = &'p str>, after: &str) -> Option<Regex> {
    let mut pattern = format!("(?i){before}(?:");
    for (number, phrase) in phrases.into_iter().enumerate() {
        let bar = if number == 0 { "" } else { "|" };
        write!(pattern, "{bar}{}", regex::escape(phrase)).ok()?;
    }
    pattern.push(')');
    pattern.push_str(after);
    Regex::new(&pattern).ok()
}

/// Whether `search` finds something.
fn finds(search: &Option<Regex>, line: &str) -> bool {
    search.as_ref().is_some_and(|search| search.is_match(line))
}

#[cfg(test)]
mod tests;
