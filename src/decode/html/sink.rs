//! What html5ever's tree builder asks of a tree.

use std::borrow::Cow;
use std::cell::{Ref, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, QualName};

use super::elements::Name;
use super::nodes::{Content, Element, NodeId, Tree};

/// A tree that is being built.
#[derive(Debug)]
pub(super) struct Sink {
    tree: RefCell<Tree>,
}

impl Sink {
    /// For a tree of about so many nodes.
    pub(super) fn for_nodes(count: usize) -> Self {
        Self { tree: RefCell::new(Tree::for_nodes(count)) }
    }

    fn add(&self, name: Name, content: Content) -> NodeId {
        self.tree.borrow_mut().add(name, content)
    }
}

impl TreeSink for Sink {
    type Handle = NodeId;
    type Output = Tree;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Tree {
        self.tree.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        NodeId::ROOT
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        Ref::map(self.tree.borrow(), |tree| tree.name(*target))
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, flags: ElementFlags) -> NodeId {
        let mut tree = self.tree.borrow_mut();
        let template = flags.template.then(|| tree.add(Name::Nothing, Content::Nothing));
        let is_integration_point = flags.mathml_annotation_xml_integration_point;
        tree.add_element(Element { name, attributes, template, is_integration_point })
    }

    fn create_comment(&self, _: StrTendril) -> NodeId {
        self.add(Name::Comment, Content::Nothing)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> NodeId {
        self.add(Name::Nothing, Content::Nothing)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        let tree = &mut *self.tree.borrow_mut();
        match child {
            NodeOrText::AppendNode(child) => tree.shape.append(*parent, child),
            NodeOrText::AppendText(text) => {
                if let Some(last) = tree.shape.last_child(*parent).and_then(|last| tree.text_mut(last)) {
                    last.push_tendril(&text);
                } else {
                    let child = tree.add(Name::Text, Content::Text(text));
                    tree.shape.append(*parent, child);
                }
            }
        }
    }

    fn append_before_sibling(&self, sibling: &NodeId, new: NodeOrText<NodeId>) {
        let tree = &mut *self.tree.borrow_mut();
        match new {
            NodeOrText::AppendNode(new) => tree.shape.insert_before(*sibling, new),
            NodeOrText::AppendText(text) => {
                if let Some(before) = tree.shape.before(*sibling).and_then(|before| tree.text_mut(before)) {
                    before.push_tendril(&text);
                } else {
                    let new = tree.add(Name::Text, Content::Text(text));
                    tree.shape.insert_before(*sibling, new);
                }
            }
        }
    }

    fn append_based_on_parent_node(&self, element: &NodeId, before: &NodeId, child: NodeOrText<NodeId>) {
        let has_parent = self.tree.borrow().shape.parent(*element).is_some();
        if has_parent {
            self.append_before_sibling(element, child);
        } else {
            self.append(before, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        self.tree.borrow().element(*target).and_then(|element| element.template).unwrap_or(*target)
    }

    fn same_node(&self, one: &NodeId, other: &NodeId) -> bool {
        one == other
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn add_attrs_if_missing(&self, target: &NodeId, attributes: Vec<Attribute>) {
        if let Some(element) = self.tree.borrow_mut().element_mut(*target) {
            for attribute in attributes {
                if element.attributes.iter().all(|known| known.name != attribute.name) {
                    element.attributes.push(attribute);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.tree.borrow_mut().shape.detach(*target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        self.tree.borrow_mut().shape.move_children(*node, *new_parent);
    }

    fn is_mathml_annotation_xml_integration_point(&self, target: &NodeId) -> bool {
        self.tree.borrow().element(*target).is_some_and(|element| element.is_integration_point)
    }
}
