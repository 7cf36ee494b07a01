//! A page that Readability takes apart, and what it asks of its parts again and again.

use super::super::elements::Name;
use super::super::marks::{Marks, marks_of};
use super::super::nodes::{NodeId, Shape, Tree};
use super::measure::Measure;

/// A page, or what an attempt has left of it.
#[derive(Debug)]
pub(super) struct Page<'t> {
    pub(super) tree: &'t Tree,
    pub(super) shape: Shape,
    pub(super) marks: &'t [Marks],
    /// How long each text is, by the places of the nodes.
    pub(super) lengths: &'t [Measure],
}

/// How much text stands in links: to a place on the page itself, and to others.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Linked {
    to_places: usize,
    to_others: usize,
}

/// What a link to a place on the page counts of one to another page.
const TO_PLACE: f32 = 0.3;

impl Linked {
    pub(super) fn and(self, other: Self) -> Self {
        Self { to_places: self.to_places + other.to_places, to_others: self.to_others + other.to_others }
    }

    /// The share of a text of that length that is links.
    pub(super) fn density(self, length: usize) -> f32 {
        if length == 0 {
            return 0.0;
        }
        (float(self.to_others) + float(self.to_places) * TO_PLACE) / float(length)
    }
}

/// A count as scores take it.
pub(super) fn float(count: usize) -> f32 {
    count as f32
}

impl Page<'_> {
    pub(super) fn name(&self, node: NodeId) -> Name {
        self.shape.name(node)
    }

    pub(super) fn is(&self, node: NodeId, name: Name) -> bool {
        self.name(node) == name
    }

    pub(super) fn marks(&self, node: NodeId) -> Marks {
        marks_of(self.marks, node)
    }

    /// The length of a text; nothing if it is none.
    pub(super) fn measure(&self, text: NodeId) -> Measure {
        self.lengths.get(text.place()).copied().unwrap_or_default()
    }

    /// The length of all text within a node.
    pub(super) fn length(&self, node: NodeId) -> usize {
        self.shape.within(node).fold(Measure::default(), |sum, node| sum.then(self.measure(node))).length()
    }

    /// Whether all text within a node is shorter than that: no more of it is looked at.
    pub(super) fn is_shorter(&self, node: NodeId, than: usize) -> bool {
        let mut sum = Measure::default();
        for inner in self.shape.within(node) {
            sum = sum.then(self.measure(inner));
            if sum.length() > than {
                return false;
            }
        }
        sum.length() < than
    }

    /// The share of its text that is links.
    pub(super) fn link_density(&self, node: NodeId) -> f32 {
        let links = self.shape.within(node).filter(|node| self.is(*node, Name::A));
        let linked =
            links.map(|link| self.linked(link, self.length(link))).fold(Linked::default(), Linked::and);
        if linked.to_others + linked.to_places == 0 { 0.0 } else { linked.density(self.length(node)) }
    }

    /// What a link with so much text counts.
    pub(super) fn linked(&self, link: NodeId, length: usize) -> Linked {
        let href = self.tree.attribute(link, &html5ever::local_name!("href")).unwrap_or_default();
        if href.len() > 1 && href.starts_with('#') {
            Linked { to_places: length, to_others: 0 }
        } else {
            Linked { to_places: 0, to_others: length }
        }
    }

    /// Whether it is a text that is more than white space.
    pub(super) fn is_said(&self, node: NodeId) -> bool {
        self.is(node, Name::Text) && !self.measure(node).is_blank()
    }

    /// White space, or a line break.
    pub(super) fn is_space(&self, node: NodeId) -> bool {
        match self.name(node) {
            Name::Text => self.measure(node).is_blank(),
            name => name == Name::Br,
        }
    }

    /// Whether it stands within a line: a text, or an element that only marks up words.
    pub(super) fn is_phrasing(&self, node: NodeId) -> bool {
        let name = self.name(node);
        if matches!(name, Name::A | Name::Del | Name::Ins) {
            return self.shape.first_child(node).is_some()
                && self.shape.children(node).all(|child| self.is_phrasing(child));
        }
        is_phrasing(name)
    }

    /// The only element in it, if that has this name and no text stands beside it.
    pub(super) fn only(&self, node: NodeId, name: Name) -> Option<NodeId> {
        let mut elements = self.shape.elements(node);
        let first = elements.next().filter(|first| self.is(*first, name))?;
        let is_only = elements.next().is_none() && !self.shape.children(node).any(|node| self.is_said(node));
        is_only.then_some(first)
    }

    /// The nodes within it that have one of the names for which `wanted` holds, in the order of the page.
    pub(super) fn select(&self, node: NodeId, wanted: impl Fn(Name) -> bool) -> Vec<NodeId> {
        self.shape.within(node).filter(|node| wanted(self.name(*node))).collect()
    }
}

#[rustfmt::skip]
fn is_phrasing(name: Name) -> bool {
    matches!(
        name,
        Name::Text | Name::Abbr | Name::Audio | Name::B | Name::Bdo | Name::Br | Name::Button | Name::Cite | Name::Code
            | Name::Data | Name::Datalist | Name::Dfn | Name::Em | Name::Embed | Name::I | Name::Img | Name::Input
            | Name::Kbd | Name::Label | Name::Mark | Name::Math | Name::Meter | Name::Noscript | Name::Object
            | Name::Output | Name::Progress | Name::Q | Name::Ruby | Name::Samp | Name::Script | Name::Select
            | Name::Small | Name::Span | Name::Strong | Name::Sub | Name::Sup | Name::Textarea | Name::Time | Name::Var
            | Name::Wbr
    )
}

/// The element that comes next on a page, in `node` or, if `past`, behind it.
pub(super) fn next_element(shape: &Shape, node: NodeId, past: bool) -> Option<NodeId> {
    let within = if past { None } else { shape.elements(node).next() };
    within.or_else(|| {
        std::iter::once(node).chain(shape.ancestors(node)).find_map(|node| shape.next_element(node))
    })
}
