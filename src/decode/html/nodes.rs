//! The nodes of a page: how they stand to each other ([`Shape`]), and what they hold ([`Tree`]).
//!
//! The two are apart since Readability takes a page apart, more than once: it takes a copy of the shape.

use html5ever::tendril::StrTendril;
use html5ever::{Attribute, LocalName, QualName, local_name, ns};

use super::elements::Name;

/// The number of a node, in the order in which nodes were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct NodeId(u32);

impl NodeId {
    /// The page itself.
    pub(super) const ROOT: Self = Self(0);
    /// No node.
    const NONE: Self = Self(u32::MAX);

    fn known(self) -> Option<Self> {
        (self != Self::NONE).then_some(self)
    }

    /// Where it stands in a list of all nodes.
    pub(super) fn place(self) -> usize {
        self.0 as usize
    }
}

/// How a node stands to others, and what it is.
#[derive(Debug, Clone, Copy)]
struct Link {
    parent: NodeId,
    first: NodeId,
    last: NodeId,
    before: NodeId,
    next: NodeId,
    name: Name,
}

const ALONE: Link = Link {
    parent: NodeId::NONE,
    first: NodeId::NONE,
    last: NodeId::NONE,
    before: NodeId::NONE,
    next: NodeId::NONE,
    name: Name::Nothing,
};

/// How the nodes of a page stand to each other.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    links: Vec<Link>,
}

impl Shape {
    #[inline]
    fn link(&self, node: NodeId) -> &Link {
        self.links.get(node.place()).unwrap_or(&ALONE)
    }

    #[inline]
    fn change(&mut self, node: NodeId, change: impl FnOnce(&mut Link)) {
        if let Some(link) = self.links.get_mut(node.place()) {
            change(link);
        }
    }

    /// How many nodes there are, those that stand nowhere included.
    pub(super) fn count(&self) -> usize {
        self.links.len()
    }

    /// The name of a node.
    #[inline]
    pub(super) fn name(&self, node: NodeId) -> Name {
        self.link(node).name
    }

    /// Gives it another name.
    pub(super) fn rename(&mut self, node: NodeId, name: Name) {
        self.change(node, |link| link.name = name);
    }

    #[inline]
    pub(super) fn parent(&self, node: NodeId) -> Option<NodeId> {
        self.link(node).parent.known()
    }

    #[inline]
    pub(super) fn first_child(&self, node: NodeId) -> Option<NodeId> {
        self.link(node).first.known()
    }

    #[inline]
    pub(super) fn last_child(&self, node: NodeId) -> Option<NodeId> {
        self.link(node).last.known()
    }

    #[inline]
    pub(super) fn next(&self, node: NodeId) -> Option<NodeId> {
        self.link(node).next.known()
    }

    #[inline]
    pub(super) fn before(&self, node: NodeId) -> Option<NodeId> {
        self.link(node).before.known()
    }

    pub(super) fn is_element(&self, node: NodeId) -> bool {
        self.name(node).is_element()
    }

    /// The next element beside it.
    pub(super) fn next_element(&self, node: NodeId) -> Option<NodeId> {
        std::iter::successors(self.next(node), |node| self.next(*node)).find(|node| self.is_element(*node))
    }

    /// The element before it.
    pub(super) fn element_before(&self, node: NodeId) -> Option<NodeId> {
        std::iter::successors(self.before(node), |node| self.before(*node))
            .find(|node| self.is_element(*node))
    }

    pub(super) fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(self.first_child(node), |node| self.next(*node))
    }

    /// The children that are elements.
    pub(super) fn elements(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        self.children(node).filter(|node| self.is_element(*node))
    }

    /// The nodes around it, the innermost first.
    pub(super) fn ancestors(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(self.parent(node), |node| self.parent(*node))
    }

    /// All within it, in the order of the page.
    pub(super) fn within(&self, root: NodeId) -> impl Iterator<Item = NodeId> {
        let mut next = self.first_child(root);
        std::iter::from_fn(move || {
            let node = next?;
            next = self.first_child(node).or_else(|| self.behind(node, root));
            Some(node)
        })
    }

    /// The first node behind all of `node`, within `root`.
    fn behind(&self, node: NodeId, root: NodeId) -> Option<NodeId> {
        let mut leaving = node;
        loop {
            if let Some(next) = self.next(leaving) {
                return Some(next);
            }
            leaving = self.parent(leaving).filter(|parent| *parent != root)?;
        }
    }

    /// Adds a node that stands nowhere.
    pub(super) fn add(&mut self, name: Name) -> NodeId {
        let node = u32::try_from(self.links.len()).map_or(NodeId::NONE, NodeId);
        self.links.push(Link { name, ..ALONE });
        node
    }

    /// Takes a node, with all in it, from where it stands.
    pub(super) fn detach(&mut self, node: NodeId) {
        let Link { parent, before, next, .. } = *self.link(node);
        self.change(node, |link| {
            link.parent = NodeId::NONE;
            link.before = NodeId::NONE;
            link.next = NodeId::NONE;
        });
        self.change(parent, |link| {
            if link.first == node {
                link.first = next;
            }
            if link.last == node {
                link.last = before;
            }
        });
        self.change(before, |link| link.next = next);
        self.change(next, |link| link.before = before);
    }

    /// Makes `child` the last child of `parent`.
    pub(super) fn append(&mut self, parent: NodeId, child: NodeId) {
        self.detach(child);
        let last = self.link(parent).last;
        self.change(parent, |link| {
            if link.last == NodeId::NONE {
                link.first = child;
            }
            link.last = child;
        });
        self.change(last, |link| link.next = child);
        self.change(child, |link| {
            link.before = last;
            link.parent = parent;
        });
    }

    /// Puts `new` before `node`.
    pub(super) fn insert_before(&mut self, node: NodeId, new: NodeId) {
        self.detach(new);
        let Link { parent, before, .. } = *self.link(node);
        self.change(node, |link| link.before = new);
        self.change(new, |link| {
            link.parent = parent;
            link.before = before;
            link.next = node;
        });
        self.change(parent, |link| {
            if link.first == node {
                link.first = new;
            }
        });
        self.change(before, |link| link.next = new);
    }

    /// Puts `new` where `node` stands.
    pub(super) fn replace(&mut self, node: NodeId, new: NodeId) {
        self.insert_before(node, new);
        self.detach(node);
    }

    /// Moves the children of `from` to the end of those of `to`.
    pub(super) fn move_children(&mut self, from: NodeId, to: NodeId) {
        let mut next = self.first_child(from);
        while let Some(child) = next {
            next = self.next(child);
            self.append(to, child);
        }
    }
}

/// What a node holds.
#[derive(Debug)]
pub(super) enum Content {
    Text(StrTendril),
    Element(Element),
    Nothing,
}

/// What an element holds.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: QualName,
    pub(super) attributes: Vec<Attribute>,
    /// Of a `template`, which keeps its content outside of the page.
    pub(super) template: Option<NodeId>,
    pub(super) is_integration_point: bool,
}

/// A page as a tree.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) shape: Shape,
    contents: Vec<Content>,
    /// The name of what has none.
    nameless: QualName,
}

impl Default for Tree {
    fn default() -> Self {
        Self::for_nodes(0)
    }
}

impl Tree {
    /// An empty page, with room for so many nodes.
    pub(super) fn for_nodes(count: usize) -> Self {
        let mut tree = Self {
            shape: Shape { links: Vec::with_capacity(count + 1) },
            contents: Vec::with_capacity(count + 1),
            nameless: QualName::new(None, ns!(), LocalName::from("")),
        };
        tree.add(Name::Nothing, Content::Nothing);
        tree
    }

    /// All nodes, in the order in which they were made.
    pub(super) fn all(&self) -> impl Iterator<Item = NodeId> {
        (0..u32::try_from(self.contents.len()).unwrap_or(u32::MAX)).map(NodeId)
    }

    /// The name of a node; empty if it is no element.
    pub(super) fn name(&self, node: NodeId) -> &QualName {
        self.element(node).map_or(&self.nameless, |element| &element.name)
    }

    /// Adds a node that stands nowhere.
    pub(super) fn add(&mut self, name: Name, content: Content) -> NodeId {
        self.contents.push(content);
        self.shape.add(name)
    }

    /// Adds an element that stands nowhere.
    pub(super) fn add_element(&mut self, element: Element) -> NodeId {
        self.add(Name::of(&element.name.local), Content::Element(element))
    }

    /// The text of a node that is one.
    pub(super) fn text(&self, node: NodeId) -> Option<&str> {
        match self.contents.get(node.place())? {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The same, to be added to.
    pub(super) fn text_mut(&mut self, node: NodeId) -> Option<&mut StrTendril> {
        match self.contents.get_mut(node.place())? {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn element(&self, node: NodeId) -> Option<&Element> {
        match self.contents.get(node.place())? {
            Content::Element(element) => Some(element),
            _ => None,
        }
    }

    pub(super) fn element_mut(&mut self, node: NodeId) -> Option<&mut Element> {
        match self.contents.get_mut(node.place())? {
            Content::Element(element) => Some(element),
            _ => None,
        }
    }

    /// The attributes of a node; a text has none.
    pub(super) fn attributes(&self, node: NodeId) -> &[Attribute] {
        self.element(node).map_or(&[], |element| &element.attributes)
    }

    /// The value of the attribute of that name.
    pub(super) fn attribute(&self, node: NodeId, name: &LocalName) -> Option<&str> {
        let found = self.attributes(node).iter().find(|attribute| attribute.name.local == *name)?;
        Some(&found.value)
    }

    /// The classes of a node, as written; empty if it has none.
    pub(super) fn class(&self, node: NodeId) -> &str {
        self.attribute(node, &local_name!("class")).unwrap_or_default()
    }

    /// The text within a node as `shape` has it, its own included.
    pub(super) fn text_within(&self, shape: &Shape, node: NodeId) -> String {
        let texts = std::iter::once(node).chain(shape.within(node));
        texts.filter_map(|node| self.text(node)).collect()
    }

    /// The child of that name of the page's one element.
    fn part(&self, name: Name) -> Option<NodeId> {
        let named = |parent: NodeId, name: Name| {
            self.shape.children(parent).find(|node| self.shape.name(*node) == name)
        };
        named(named(NodeId::ROOT, Name::Html)?, name)
    }

    pub(super) fn body(&self) -> Option<NodeId> {
        self.part(Name::Body)
    }

    pub(super) fn head(&self) -> Option<NodeId> {
        self.part(Name::Head)
    }
}
