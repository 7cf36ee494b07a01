//! An HTML page to a headline, a body and what the page says of both.
//!
//! One linear pass ([`sweep`]) comes before any tree. Within the limits the body is what Readability
//! finds in the tree ([`body`]); over them it is the page's text by its tags alone.

mod beside;
mod body;
mod classes;
mod dated;
mod headline;
mod json_ld;
mod mend;
mod nesting;
mod prompts;
mod signed;
mod stated;
mod sweep;
mod text;
mod token;
mod vouched;

pub(crate) use dated::FOREIGN_PLACE;
pub(super) use json_ld::{access, image, is_article};

use super::{DecodeError, DecodeLimits, Stated};
use crate::article::Flag;
use crate::budget::Budget;
use body::Body;

/// The tree must give at least this share of the words of `articleBody` (in hundredths) to be kept.
const CLEARLY_LESS: usize = 60;

/// What a page gave.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The headline, on one line.
    pub(super) headline: Option<String>,
    /// Paragraphs joined by one LF.
    pub(super) body: String,
    /// What the page says of its article.
    pub(super) stated: Stated,
    /// [`Flag::NoArticle`], [`Flag::Degraded`].
    pub(super) flags: Vec<Flag>,
}

/// Reads a page.
///
/// # Errors
/// [`DecodeError::NoText`] if it holds none, [`DecodeError::BudgetExceeded`].
pub(super) fn read(page: &str, limits: &DecodeLimits, budget: &mut Budget) -> Result<Page, DecodeError> {
    let swept = sweep::sweep(page, limits, budget)?;
    let linked = json_ld::read(&swept.json_ld);
    let mut flags = Vec::new();
    let found = if swept.over_limit {
        flags.push(Flag::Degraded);
        Body { text: text::of_markup(page), byline: None, is_article: true }
    } else {
        body::extract(&swept.markup)
    };
    let mut stated = stated::of_page(&linked, &swept.facts, &swept.dates);
    stated.bylines = swept.bylines;
    stated.bylines.extend(found.byline.clone());
    let headline = headline::choose(linked.headline.as_deref(), &swept.facts, stated.site.as_deref());

    let found = on_topic(found, &swept.markup, headline.as_deref());
    let found = Body {
        text: match &linked.body {
            Some(linked) if found.is_article => vouched::vouched(&found.text, linked),
            _ => found.text,
        },
        ..found
    };
    let linked_body = linked.body.filter(|body| is_clearly_less(&found.text, body) || !found.is_article);
    if linked_body.is_none() && !found.is_article {
        flags.push(Flag::NoArticle);
    }
    let body = linked_body.unwrap_or(found.text);
    if body.is_empty() {
        let scripts = if swept.json_ld.is_empty() { "" } else { " (its JSON-LD has no articleBody)" };
        return Err(DecodeError::NoText {
            found: format!("a page of {} bytes without text{scripts}", page.len()),
        });
    }
    Ok(Page { headline, body, stated, flags })
}

/// The text of a fragment of markup: paragraphs joined by one LF.
pub(super) fn fragment_text(markup: &str) -> String {
    text::of_markup(markup)
}

/// Readability takes a notice, or a comment, where an article is made of short pieces: if its text has next
/// to nothing of the headline's words, and that of the element marked as the article has most, it is that.
fn on_topic(found: Body, markup: &str, headline: Option<&str>) -> Body {
    const OFF_TOPIC: usize = 10;
    const ON_TOPIC: usize = 60;
    let words: Vec<String> = headline
        .unwrap_or_default()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= 4)
        .map(str::to_lowercase)
        .collect();
    let share = |text: &str| {
        let text = text.to_lowercase();
        words.iter().filter(|word| text.contains(word.as_str())).count() * 100 / words.len().max(1)
    };
    if words.len() < 2 || share(&found.text) > OFF_TOPIC {
        return found;
    }
    match body::marked(markup) {
        Some(marked) if share(&marked) >= ON_TOPIC => Body { text: marked, is_article: true, ..found },
        _ => found,
    }
}

fn is_clearly_less(text: &str, linked: &str) -> bool {
    let words = |text: &str| text.split_whitespace().count();
    words(text) * 100 < words(linked) * CLEARLY_LESS
}
