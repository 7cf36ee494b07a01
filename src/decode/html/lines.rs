//! All lines of a page, and where each stands: what an article is chosen from.

use std::hash::{Hash, Hasher};

use dom_query::{NodeData, NodeId, NodeRef};
use rustc_hash::{FxHashSet, FxHasher};

use super::names::Names;
use super::said::Said;
use super::text::{LineMake, Paragraphs, Step, Within, walk};

/// Whether the text of an element is not shown, or is no text.
fn is_skipped(name: &str) -> bool {
    matches!(name.as_bytes(), b"noscript" | b"script" | b"style" | b"select" | b"textarea")
}

/// Whether an element stands within a line.
#[rustfmt::skip]
fn is_inline(name: &str) -> bool {
    matches!(
        name.as_bytes(),
        b"span" | b"a" | b"b" | b"strong" | b"i" | b"em" | b"font" | b"u" | b"small" | b"time" | b"label" | b"mark" | b"sup" | b"sub"
            | b"cite" | b"q" | b"abbr" | b"code" | b"s" | b"bdi" | b"ins"
    )
}

/// The elements that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Paragraph,
    Item,
    Division,
    Cell,
    Table,
    Quote,
    Figure,
    FigureCaption,
    Heading1,
    Heading2,
    Heading3,
    LowerHeading,
    Definition,
    Section,
    Article,
    Preformatted,
    Aside,
    Navigation,
    Footer,
    Header,
    Form,
    Button,
    Link,
    Time,
    Details,
    Other,
}

impl Tag {
    fn of(name: &str) -> Self {
        match name.as_bytes() {
            b"p" => Self::Paragraph,
            b"li" => Self::Item,
            b"div" => Self::Division,
            b"td" | b"th" => Self::Cell,
            b"table" => Self::Table,
            b"blockquote" => Self::Quote,
            b"figure" => Self::Figure,
            b"figcaption" => Self::FigureCaption,
            b"h1" => Self::Heading1,
            b"h2" => Self::Heading2,
            b"h3" => Self::Heading3,
            b"h4" | b"h5" | b"h6" => Self::LowerHeading,
            b"dd" | b"dt" => Self::Definition,
            b"section" => Self::Section,
            b"article" => Self::Article,
            b"pre" => Self::Preformatted,
            b"aside" => Self::Aside,
            b"nav" => Self::Navigation,
            b"footer" => Self::Footer,
            b"header" => Self::Header,
            b"form" => Self::Form,
            b"button" => Self::Button,
            b"a" => Self::Link,
            b"time" => Self::Time,
            b"details" => Self::Details,
            _ => Self::Other,
        }
    }

    /// The set of this one.
    pub(super) fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// An element that lines stand in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element {
    /// Where its parent stands among the elements; the first is its own.
    pub(super) parent: usize,
    pub(super) tag: Tag,
    /// Whether it stands within a line.
    pub(super) inline: bool,
    pub(super) names: Names,
    /// It, or one around it, is not shown.
    pub(super) hidden: bool,
    /// It, or one around it, is marked as the text of the article.
    pub(super) article_body: bool,
    pub(super) depth: usize,
    /// A number made of its name and its classes.
    pub(super) make: u64,
}

/// A page by its lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    text: String,
    makes: Vec<LineMake>,
    /// The texts that they are made of: node, line, bytes of words.
    texts: Vec<(NodeId, usize, usize)>,
    /// In the order of the page; [`LineMake::place`] counts in them.
    pub(super) elements: Vec<Element>,
}

impl Lines {
    /// The lines under `root`, of a page that says these names.
    pub(super) fn of(root: &NodeRef<'_>, said: &Said<'_>) -> Self {
        let mut paragraphs = Paragraphs::default();
        let mut elements = vec![element(root, None, said)];
        let mut texts = Vec::new();
        let mut around: Vec<Within> = Vec::new();
        walk(root, |node, step| match step {
            Step::Leave => {
                paragraphs.within = around.pop().unwrap_or_default();
                paragraphs.boundary(&node.node_name().unwrap_or_default());
                true
            }
            Step::Enter => {
                let outer = paragraphs.within;
                around.push(outer);
                node.query_or(false, |inner| match &inner.data {
                    NodeData::Text { contents } => {
                        let bytes = paragraphs.push_counted(contents);
                        if bytes > 0 {
                            texts.push((node.id, paragraphs.line_number(), bytes));
                        }
                        false
                    }
                    NodeData::Element(data) => {
                        let name: &str = &data.name.local;
                        if is_skipped(name) {
                            return false;
                        }
                        paragraphs.boundary(name);
                        paragraphs.within.link |= name == "a";
                        paragraphs.within.bold |= name == "b" || name == "strong";
                        paragraphs.within.place = elements.len();
                        true
                    }
                    _ => false,
                }) && {
                    let inner = element(node, Some((outer.place, elements.get(outer.place))), said);
                    elements.push(inner);
                    true
                }
            }
        });
        let (text, makes) = paragraphs.finish_lines();
        Self { text, makes, texts, elements }
    }

    /// Counts the bytes of the texts in `taken` as chosen.
    pub(super) fn choose(&mut self, taken: &FxHashSet<NodeId>) {
        for (node, line, bytes) in &self.texts {
            if taken.contains(node)
                && let Some(make) = self.makes.get_mut(*line)
            {
                make.chosen += bytes;
            }
        }
    }

    /// How many lines there are.
    pub(super) fn count(&self) -> usize {
        self.makes.len()
    }

    /// Text and make of each line, in order.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &LineMake)> {
        self.text.split('\n').zip(&self.makes)
    }

    /// The element at `place` and those around it, the innermost first, without the root.
    pub(super) fn around(&self, place: usize) -> impl Iterator<Item = (usize, &Element)> {
        let mut next = place;
        std::iter::from_fn(move || {
            let at = next;
            let element = self.elements.get(at).filter(|_| at > 0)?;
            next = element.parent;
            Some((at, element))
        })
    }
}

fn element(node: &NodeRef<'_>, parent: Option<(usize, Option<&Element>)>, said: &Said<'_>) -> Element {
    let outer = parent.and_then(|(_, outer)| outer);
    let blank = Element {
        parent: parent.map_or(0, |(at, _)| at),
        tag: Tag::Other,
        inline: false,
        names: Names::default(),
        hidden: outer.is_some_and(|outer| outer.hidden),
        article_body: outer.is_some_and(|outer| outer.article_body),
        depth: outer.map_or(0, |outer| outer.depth + 1),
        make: 0,
    };
    node.query_or(blank, |inner| {
        let NodeData::Element(data) = &inner.data else { return blank };
        let name: &str = &data.name.local;
        let mut element = Element { tag: Tag::of(name), inline: is_inline(name), ..blank };
        let mut hasher = FxHasher::default();
        name.hash(&mut hasher);
        for attribute in &data.attrs {
            let value: &str = &attribute.value;
            match &*attribute.name.local {
                "class" => {
                    value.hash(&mut hasher);
                    element.names = element.names.with(Names::of(said.known(value)));
                }
                "id" => element.names = element.names.with(Names::of(said.known(value))),
                "itemprop" => element.article_body |= value == "articleBody",
                "hidden" => element.hidden = true,
                "aria-hidden" => element.hidden |= value == "true",
                "style" => {
                    let style = value.replace(' ', "");
                    element.hidden |= style.contains("display:none") || style.contains("visibility:hidden");
                }
                _ => {}
            }
        }
        element.make = hasher.finish();
        element
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_know_where_they_stand() {
        let tree = dom_query::Document::from(
            "<body><nav><a href=/>Home</a></nav><article><h1>Ferry</h1><p class=lead>It <b>sailed</b>.</p>\
             <p hidden>Not shown</p></article></body>",
        );
        let body = tree.body().unwrap();
        let taken = body.descendants_it().filter(NodeRef::is_text).map(|node| node.id).take(2).collect();
        let mut lines = Lines::of(&body, &Said::default());
        lines.choose(&taken);
        let seen: Vec<_> = lines
            .all()
            .map(|(text, make)| {
                let tags: Vec<Tag> = lines.around(make.place).map(|(_, element)| element.tag).collect();
                let hidden = lines.elements[make.place].hidden;
                (text, tags, make.linked, make.bold, make.chosen, hidden)
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("Home", vec![Tag::Link, Tag::Navigation], 4, 0, 4, false),
                ("Ferry", vec![Tag::Heading1, Tag::Article], 0, 0, 5, false),
                ("It sailed.", vec![Tag::Paragraph, Tag::Article], 0, 6, 0, false),
                ("Not shown", vec![Tag::Paragraph, Tag::Article], 0, 0, 0, true),
            ]
        );
    }
}
