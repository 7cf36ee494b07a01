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
mod sweep;
mod text;
mod token;
mod vouched;

pub(super) use json_ld::is_article;

use super::authors::distinct;
use super::{DecodeError, DecodeLimits, Stated, StatedDate};
use crate::article::Flag;
use crate::budget::Budget;
use body::Body;
use json_ld::LinkedArticle;
use sweep::Facts;

/// `meta` names that hold the date of publication, the most trusted first.
const DATE_METAS: [&str; 20] = [
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "publication_date",
    "publish-date",
    "publish_date",
    "publishdate",
    "pubdate",
    "article.published",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "cxenseparse:recs:publishtime",
    "og:pubdate",
    "date",
    "article:published",
    "og:published_time",
];
/// `meta` names that hold authors.
const AUTHOR_METAS: [&str; 9] = [
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "article:author_name",
    "cxenseparse:author",
];
/// `meta` names that hold the name of the site.
const SITE_METAS: [&str; 4] = ["og:site_name", "application-name", "publisher", "dc.publisher"];
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
    let mut stated = stated(&linked, &swept.facts, &swept.dates);
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

fn stated(linked: &LinkedArticle, facts: &Facts, found: &[StatedDate]) -> Stated {
    let mut dates = Vec::new();
    let mut add = |kind: &'static str, text: &str| {
        let is_new = dates.iter().all(|date: &StatedDate| date.kind != kind || date.text != text);
        if is_new {
            dates.push(StatedDate { kind, text: text.to_owned() });
        }
    };
    if let Some(date) = &linked.date {
        add("json_ld", date);
    }
    for name in DATE_METAS {
        facts.all_of(name).take(1).for_each(|date| add("meta", date));
    }
    for (date, _) in facts.times.iter().filter(|(_, is_marked)| *is_marked).take(4) {
        add("time_element", date);
    }
    let (attributes, texts): (Vec<_>, Vec<_>) = found.iter().partition(|date| date.kind == "microdata");
    for date in attributes {
        add(date.kind, &date.text);
    }
    for date in texts {
        add(date.kind, &date.text);
    }
    let language = linked.language.clone().or_else(|| facts.language.clone());
    Stated {
        url: linked.url.clone().or_else(|| facts.meta(&["og:url"]).map(str::to_owned)),
        canonical_url: facts.canonical.clone(),
        site: facts
            .meta(&SITE_METAS[..1])
            .map(str::to_owned)
            .or_else(|| linked.site.clone())
            .or_else(|| facts.meta(&SITE_METAS).map(str::to_owned)),
        authors: if linked.authors.is_empty() { meta_authors(facts) } else { linked.authors.clone() },
        bylines: Vec::new(),
        language: language.or_else(|| facts.meta(&["og:locale", "content-language"]).map(str::to_owned)),
        dates,
    }
}

/// Authors of the first `meta` that names any; profile addresses are no names.
fn meta_authors(facts: &Facts) -> Vec<String> {
    for name in AUTHOR_METAS {
        let named = facts.all_of(name).filter(|author| !author.contains("://"));
        let authors = distinct(named.map(text::one_line));
        if !authors.is_empty() {
            return authors;
        }
    }
    Vec::new()
}
