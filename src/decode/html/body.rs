//! The body of a page: Readability's choice in the tree.

use dom_query::NodeRef;
use dom_smoothie::{Config, Readability, TextMode};

use super::beside::{is_beside, without_beside};
use super::lines::Lines;
use super::markup::Markup;
use super::said::Said;
use super::text::{lines_of_node, one_line};
use super::tree;

/// Where dom_smoothie leaves the article in the tree.
const ARTICLE: &str = "#readability-page-1";
/// Elements that a page marks as its article, the surest first.
const MARKED: [&str; 3] = ["[itemprop='articleBody']", "article", "main"];
/// The shortest text of such an element that is an article, in bytes.
const MIN_MARKED: usize = 300;
/// A byline longer than this (code points) is a paragraph.
const MAX_BYLINE: usize = 100;

/// What the tree gave.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// Paragraphs joined by one LF.
    pub(super) text: String,
    /// Who the page credits, as shown.
    pub(super) byline: Option<String>,
    /// Whether it is an article, or merely all text of the page.
    pub(super) is_article: bool,
    /// All lines of the page, where Readability found an article among them.
    pub(super) lines: Lines,
}

/// The text of the one element that the page marks as its article.
pub(super) fn marked(markup: &Markup, said: &Said<'_>) -> Option<String> {
    let tree = tree::of(markup);
    for selector in MARKED {
        let found = tree.select(selector);
        if let [node] = found.nodes() {
            let text = of_node(node, said);
            return (text.len() >= MIN_MARKED).then_some(text);
        }
    }
    None
}

/// The text of all of `markup` but what stands beside an article.
pub(super) fn whole(markup: &Markup, said: &Said<'_>) -> String {
    of_node(&tree::of(markup).root(), said)
}

fn of_node(node: &NodeRef<'_>, said: &Said<'_>) -> String {
    let (text, lines) = lines_of_node(node, |name, classes| is_beside(name, || said.known(classes)));
    without_beside(&text, &lines)
}

/// Builds the tree of `markup` and takes the article from it; all text if there is none.
pub(super) fn extract(markup: &Markup, said: &Said<'_>) -> Body {
    // Text is taken from the tree afterwards, so the cheapest mode serves.
    let config =
        Config { disable_json_ld: true, text_mode: TextMode::Raw, keep_classes: true, ..Config::default() };
    let tree = tree::of(markup);
    // Readability takes the tree apart; what it leaves has the numbers that it has now.
    let mut lines = tree.body().map(|body| Lines::of(&body, said)).unwrap_or_default();
    if let Ok(mut readability) = Readability::with_document(tree, None, Some(config))
        && let Ok(article) = readability.parse()
    {
        let found = readability.doc.select_single(ARTICLE);
        let text = found.nodes().first().map(|node| of_node(node, said)).unwrap_or_default();
        if !text.is_empty() {
            let byline = article.byline.as_deref().map(one_line);
            let byline = byline.filter(|name| !name.is_empty() && name.chars().count() <= MAX_BYLINE);
            let taken = found.nodes().iter().flat_map(NodeRef::descendants_it);
            lines.choose(&taken.filter(NodeRef::is_text).map(|node| node.id).collect());
            return Body { text, byline, is_article: true, lines };
        }
    }
    Body { text: super::text::of_markup(markup.as_str()), ..Body::default() }
}
