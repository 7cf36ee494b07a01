//! The body of a page: Readability's choice in the tree.

use super::beside::{is_beside, without_beside};
use super::elements::Name;
use super::lines::Lines;
use super::marks::Marks;
use super::markup::Markup;
use super::nodes::NodeId;
use super::readability::{self, Article};
use super::said::Said;
use super::text::{Part, lines_of, one_line};
use super::tree;

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
    let marks = Marks::of_all(&tree, said);
    let is_body = |node: NodeId| {
        let mut attributes = tree.attributes(node).iter();
        attributes.any(|attribute| &*attribute.name.local == "itemprop" && &*attribute.value == "articleBody")
    };
    let shape = &tree.shape;
    let nodes = || shape.within(NodeId::ROOT);
    let named = |name: Name| nodes().filter(move |node| shape.name(*node) == name);
    // The surest first.
    let root = only(nodes().filter(|node| is_body(*node)))
        .or_else(|| only(named(Name::Article)))
        .or_else(|| only(named(Name::Main)))?;
    let text = text_of(Part { tree: &tree, shape: &tree.shape, marks: &marks, root });
    (text.len() >= MIN_MARKED).then_some(text)
}

/// The only one of them.
fn only(mut nodes: impl Iterator<Item = NodeId>) -> Option<NodeId> {
    nodes.next().filter(|_| nodes.next().is_none())
}

/// The text of all of `markup` but what stands beside an article.
pub(super) fn whole(markup: &Markup, said: &Said<'_>) -> String {
    let tree = tree::of(markup);
    let marks = Marks::of_all(&tree, said);
    text_of(Part { tree: &tree, shape: &tree.shape, marks: &marks, root: NodeId::ROOT })
}

fn text_of(part: Part<'_>) -> String {
    let (text, lines) = lines_of(part, is_beside);
    without_beside(&text, &lines)
}

/// Builds the tree of `markup` and takes the article from it; all text if there is none.
pub(super) fn extract(markup: &Markup, said: &Said<'_>) -> Body {
    let tree = tree::of(markup);
    let marks = Marks::of_all(&tree, said);
    if let Some(article) = readability::article(&tree, &marks) {
        let Article { shape, root, marks: left, byline } = &article;
        let text = text_of(Part { tree: &tree, shape, marks: left, root: *root });
        if !text.is_empty() {
            let byline = byline.as_deref().map(one_line);
            let byline = byline.filter(|name| !name.is_empty() && name.chars().count() <= MAX_BYLINE);
            let mut lines = tree.body().map(|body| Lines::of(&tree, body, &marks)).unwrap_or_default();
            lines.choose(&shape.within(*root).filter(|node| shape.name(*node) == Name::Text).collect());
            return Body { text, byline, is_article: true, lines };
        }
    }
    Body { text: super::text::of_markup(markup.as_str()), ..Body::default() }
}
