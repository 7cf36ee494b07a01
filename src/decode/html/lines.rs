//! All lines of a page, and where each stands: what an article is chosen from.

use std::hash::{Hash, Hasher};

use html5ever::local_name;
use rustc_hash::{FxHashSet, FxHasher};

use super::elements::Name;
use super::marks::{Marks, marks_of};
use super::names::Names;
use super::nodes::{NodeId, Tree};
use super::text::{LineMake, Paragraphs, Step, Within, walk};

/// Whether the text of an element is not shown, or is no text.
fn is_skipped(name: Name) -> bool {
    matches!(name, Name::Noscript | Name::Script | Name::Style | Name::Select | Name::Textarea)
}

/// Whether an element stands within a line.
#[rustfmt::skip]
fn is_inline(name: Name) -> bool {
    matches!(
        name,
        Name::Span | Name::A | Name::B | Name::Strong | Name::I | Name::Em | Name::Font | Name::U | Name::Small | Name::Time
            | Name::Label | Name::Mark | Name::Sup | Name::Sub | Name::Cite | Name::Q | Name::Abbr | Name::Code | Name::S
            | Name::Bdi | Name::Ins
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
    fn of(name: Name) -> Self {
        match name {
            Name::P => Self::Paragraph,
            Name::Li => Self::Item,
            Name::Div => Self::Division,
            Name::Td | Name::Th => Self::Cell,
            Name::Table => Self::Table,
            Name::Blockquote => Self::Quote,
            Name::Figure => Self::Figure,
            Name::Figcaption => Self::FigureCaption,
            Name::H1 => Self::Heading1,
            Name::H2 => Self::Heading2,
            Name::H3 => Self::Heading3,
            Name::H4 | Name::H5 | Name::H6 => Self::LowerHeading,
            Name::Dd | Name::Dt => Self::Definition,
            Name::Section => Self::Section,
            Name::Article => Self::Article,
            Name::Pre => Self::Preformatted,
            Name::Aside => Self::Aside,
            Name::Nav => Self::Navigation,
            Name::Footer => Self::Footer,
            Name::Header => Self::Header,
            Name::Form => Self::Form,
            Name::Button => Self::Button,
            Name::A => Self::Link,
            Name::Time => Self::Time,
            Name::Details => Self::Details,
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
    /// The lines under `root`; `marks` are those of the nodes of the tree.
    pub(super) fn of(tree: &Tree, root: NodeId, marks: &[Marks]) -> Self {
        let shape = &tree.shape;
        let mut paragraphs = Paragraphs::default();
        let mut elements = vec![element(tree, root, None, marks_of(marks, root))];
        let mut texts = Vec::new();
        let mut around: Vec<Within> = Vec::new();
        walk(shape, root, |node, step| {
            let name = shape.name(node);
            match step {
                Step::Leave => {
                    paragraphs.within = around.pop().unwrap_or_default();
                    paragraphs.boundary(name);
                }
                Step::Enter => {
                    let outer = paragraphs.within;
                    around.push(outer);
                    if let Some(text) = tree.text(node) {
                        let bytes = paragraphs.push_counted(text);
                        if bytes > 0 {
                            texts.push((node, paragraphs.line_number(), bytes));
                        }
                        return false;
                    }
                    if !name.is_element() || is_skipped(name) {
                        return false;
                    }
                    paragraphs.boundary(name);
                    paragraphs.within.link |= name == Name::A;
                    paragraphs.within.bold |= matches!(name, Name::B | Name::Strong);
                    paragraphs.within.place = elements.len();
                    let parent = Some((outer.place, elements.get(outer.place)));
                    let inner = element(tree, node, parent, marks_of(marks, node));
                    elements.push(inner);
                }
            }
            true
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

fn element(tree: &Tree, node: NodeId, parent: Option<(usize, Option<&Element>)>, marks: Marks) -> Element {
    let outer = parent.and_then(|(_, outer)| outer);
    let name = tree.shape.name(node);
    let mut hasher = FxHasher::default();
    tree.name(node).local.hash(&mut hasher);
    if let Some(classes) = tree.attribute(node, &local_name!("class")) {
        classes.hash(&mut hasher);
    }
    Element {
        parent: parent.map_or(0, |(at, _)| at),
        tag: Tag::of(name),
        inline: is_inline(name),
        names: Names::of(marks.class).with(Names::of(marks.id)),
        hidden: outer.is_some_and(|outer| outer.hidden) || marks.is_hidden(),
        article_body: outer.is_some_and(|outer| outer.article_body) || marks.is_article_body(),
        depth: outer.map_or(0, |outer| outer.depth + 1),
        make: hasher.finish(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::said::Said;
    use super::super::tree::tests::tree_of;
    use super::*;

    #[test]
    fn lines_know_where_they_stand() {
        let tree = tree_of(
            "<body><nav><a href=/>Home</a></nav><article><h1>Ferry</h1><p class=lead>It <b>sailed</b>.</p>\
             <p hidden>Not shown</p></article></body>",
        );
        let body = tree.body().unwrap();
        let taken =
            tree.shape.within(body).filter(|node| tree.shape.name(*node) == Name::Text).take(2).collect();
        let mut lines = Lines::of(&tree, body, &Marks::of_all(&tree, &Said::default()));
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
