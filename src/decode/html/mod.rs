//! An HTML page to a headline, a body and what the page says of both.
//!
//! One linear pass ([`sweep`]) comes before any tree. Within the limits the body is chosen from all lines of
//! the tree ([`chosen`]), by what Readability finds in it ([`body`]), what the rules leave of that ([`beside`],
//! [`prompts`], [`vouched`]), and how each line looks and stands ([`traits`]); over the limits it is the page's
//! text by its tags alone.

mod beside;
mod body;
mod chosen;
mod classes;
mod dated;
mod elements;
mod heading;
mod headline;
pub(super) mod json_ld;
mod lines;
mod marks;
mod markup;
mod mend;
mod names;
mod nesting;
mod nodes;
mod prompts;
mod readability;
mod references;
mod runs;
mod said;
mod signed;
mod sink;
mod site;
mod stated;
mod surroundings;
mod sweep;
mod text;
mod title;
mod token;
mod traits;
mod tree;
mod vouched;
mod weights;
mod white_space;

pub use chosen::{PageLine, trait_names};
pub(crate) use dated::FOREIGN_PLACE;
pub use headline::HeadlineCandidate;
pub(super) use json_ld::{access, image, is_article};

use super::{DecodeError, DecodeLimits, Stated};
use crate::article::Flag;
use crate::budget::Budget;
use body::Body;
use json_ld::LinkedArticle;
use runs::Runs;
use surroundings::Told;

/// `meta` names that hold the description, the most trusted first.
const DESCRIPTION_METAS: [&str; 3] = ["og:description", "description", "twitter:description"];
/// Steps a page pays for each of its lines: its traits are looked at one by one.
const STEPS_PER_LINE: usize = 200;
/// The tree must give at least this share of the words of `articleBody` (in hundredths) to be kept.
const CLEARLY_LESS: usize = 60;

/// What a page gave.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The headline, on one line.
    pub(super) headline: Option<String>,
    /// What it was chosen from, the most votes first.
    pub(super) headlines: Vec<HeadlineCandidate>,
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
        Body { text: text::of_markup(page), is_article: true, ..Body::default() }
    } else {
        body::extract(&swept.markup, &swept.said)
    };
    let mut stated = stated::of_page(&linked, &swept.facts, &swept.dates);
    stated.bylines.clone_from(&swept.bylines);
    stated.bylines.extend(found.byline.clone());
    let chosen = headline::choose(linked.headline.as_deref(), &swept.facts, stated.site.as_deref());
    let headline = chosen.headline;

    let (found, told, linked_body) = ruled(found, &swept, linked, headline.as_deref());
    if linked_body.is_none() && !found.is_article {
        flags.push(Flag::NoArticle);
    }
    budget.spend(found.lines.count() * STEPS_PER_LINE)?;
    let body = linked_body
        .unwrap_or_else(|| chosen::article(&found.lines, &told, &found.text).unwrap_or(found.text));
    if body.is_empty() {
        let scripts = if swept.json_ld.is_empty() { "" } else { " (its JSON-LD has no articleBody)" };
        return Err(DecodeError::NoText {
            found: format!("a page of {} bytes without text{scripts}", page.len()),
        });
    }
    Ok(Page { headline, headlines: chosen.candidates, body, stated, flags })
}

/// The lines of a page that may be its article's, to fit the weights with; none where no tree is built.
pub(super) fn lines_to_fit(
    page: &str,
    limits: &DecodeLimits,
    budget: &mut Budget,
) -> Result<Vec<PageLine>, DecodeError> {
    let swept = sweep::sweep(page, limits, budget)?;
    let linked = json_ld::read(&swept.json_ld);
    let stated = stated::of_page(&linked, &swept.facts, &swept.dates);
    let chosen = headline::choose(linked.headline.as_deref(), &swept.facts, stated.site.as_deref());
    let (found, told, _) =
        ruled(body::extract(&swept.markup, &swept.said), &swept, linked, chosen.headline.as_deref());
    Ok(chosen::to_fit(&found.lines, &told, &found.text))
}

/// What the rules make of Readability's choice, what the page says of its article, and the body that JSON-LD
/// has where the page shows clearly less.
fn ruled(
    found: Body,
    swept: &sweep::Sweep<'_>,
    linked: LinkedArticle,
    headline: Option<&str>,
) -> (Body, Told, Option<String>) {
    let told = Told {
        headline: Runs::of(headline.unwrap_or_default()),
        description: Runs::of(swept.facts.meta(&DESCRIPTION_METAS).unwrap_or_default()),
        linked: Runs::of(linked.body.as_deref().unwrap_or_default()),
    };
    let mut found = on_topic(found, swept, headline);
    if found.is_article && linked.body.is_some() {
        found.text = vouched::vouched(&found.text, &told.linked);
    }
    let body = linked.body.filter(|body| is_clearly_less(&found.text, body) || !found.is_article);
    (found, told, body)
}

/// The text of markup that an agency wrote: all of it but figures and their captions.
pub(super) fn agency_text(markup: &str) -> String {
    text::without_figures(markup)
}

/// The text of a story that is a fragment of markup, as feeds hold it: no page stands around it, so nothing
/// is chosen, but what stands beside an article within it goes as it does in a page.
/// [`Flag::Degraded`] if a limit kept it from being read with a tree.
///
/// # Errors
/// [`DecodeError::BudgetExceeded`].
pub(super) fn story(
    markup: &str,
    limits: &DecodeLimits,
    budget: &mut Budget,
) -> Result<(String, Vec<Flag>), DecodeError> {
    let swept = sweep::sweep(markup, limits, budget)?;
    if swept.over_limit {
        return Ok((text::of_markup(markup), vec![Flag::Degraded]));
    }
    Ok((body::whole(&swept.markup, &swept.said), Vec::new()))
}

/// The text of a fragment of markup: paragraphs joined by one LF.
pub(super) fn fragment_text(markup: &str) -> String {
    text::of_markup(markup)
}

/// Readability takes a notice, or a comment, where an article is made of short pieces: if its text has next
/// to nothing of the headline's words, and that of the element marked as the article has most, it is that.
fn on_topic(found: Body, swept: &sweep::Sweep<'_>, headline: Option<&str>) -> Body {
    const BEGINNING: usize = 1_000;
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
    // What the beginning has, all of it has.
    let beginning = found.text.get(..found.text.floor_char_boundary(BEGINNING)).unwrap_or_default();
    if words.len() < 2 || share(beginning) > OFF_TOPIC || share(&found.text) > OFF_TOPIC {
        return found;
    }
    match body::marked(&swept.markup, &swept.said) {
        Some(marked) if share(&marked) >= ON_TOPIC => {
            Body { text: marked, byline: found.byline, is_article: true, ..Body::default() }
        }
        _ => found,
    }
}

fn is_clearly_less(text: &str, linked: &str) -> bool {
    let words = |text: &str| white_space::words(text).count();
    words(text) * 100 < words(linked) * CLEARLY_LESS
}
