//! The last of it: links that lead nowhere, cells without rows, boxes in boxes.

use html5ever::local_name;

use super::super::elements::Name;
use super::super::marks::Marks;
use super::super::nodes::NodeId;
use super::page::Page;

/// Unwraps what is left of an article; `marks` follow.
pub(super) fn unwrap(page: &mut Page<'_>, root: NodeId, marks: &mut [Marks]) {
    for link in page.select(root, |name| name == Name::A) {
        let href = page.tree.attribute(link, &local_name!("href"));
        let children: Vec<NodeId> = page.shape.children(link).take(2).collect();
        match (href, &*children) {
            (None, []) => page.shape.detach(link),
            (Some(href), children) if href.starts_with("javascript:") => match children {
                [] => page.shape.detach(link),
                [text] if page.is(*text, Name::Text) => page.shape.replace(link, *text),
                _ => {
                    page.shape.rename(link, Name::Span);
                    if let Some(mark) = marks.get_mut(link.place()) {
                        *mark = Marks::default();
                    }
                }
            },
            _ => {}
        }
    }
    for cell in page.select(root, |name| name == Name::Td) {
        if let Some(parent) = page.shape.parent(cell).filter(|parent| !page.is(*parent, Name::Tr)) {
            page.shape.move_children(cell, parent);
            page.shape.detach(cell);
        }
    }
    let is_box = |name| matches!(name, Name::Div | Name::Section);
    for outer in page.select(root, is_box).into_iter().rev() {
        let mut elements = page.shape.elements(outer).take(2);
        let (inner, more) = (elements.next(), elements.next());
        drop(elements);
        if let Some(inner) = inner.filter(|inner| more.is_none() && is_box(page.name(*inner))) {
            take_class(page, outer, inner, marks);
            page.shape.replace(outer, inner);
        }
    }
    let is_empty = |node: &NodeId| {
        !page.shape.children(*node).any(|child| page.shape.is_element(child) || page.is_said(child))
    };
    let mut empty = page.select(root, is_box);
    empty.retain(is_empty);
    for node in empty {
        page.shape.detach(node);
    }
}

/// A box that takes the place of the one around it takes its class.
fn take_class(page: &Page<'_>, outer: NodeId, inner: NodeId, marks: &mut [Marks]) {
    if page.tree.attribute(outer, &local_name!("class")).is_none() {
        return;
    }
    let class = marks.get(outer.place()).copied().unwrap_or_default().class;
    if let Some(mark) = marks.get_mut(inner.place()) {
        mark.class = class;
    }
}
