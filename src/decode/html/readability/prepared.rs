//! What is done to a page before any attempt: who wrote it is read, what carries no text goes, line breaks
//! become paragraphs.

use html5ever::local_name;

use super::super::elements::Name;
use super::super::marks::Marks;
use super::super::nodes::{NodeId, Tree};
use super::page::{Page, next_element};
use super::words;

/// Code points of a byline.
const MAX_BYLINE: usize = 100;
/// What the address of a picture holds.
const PICTURES: [&str; 6] = [".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif"];

/// Takes the first byline from a page.
pub(super) fn byline(page: &mut Page<'_>) -> Option<String> {
    let body = page.tree.body()?;
    let mut next = next_element(&page.shape, body, false);
    while let Some(node) = next {
        if let Some(text) = byline_of(page, node) {
            page.shape.detach(node);
            return Some(text);
        }
        next = next_element(&page.shape, node, false);
    }
    None
}

fn byline_of(page: &Page<'_>, node: NodeId) -> Option<String> {
    let marks = page.marks(node);
    if !marks.is_credit() && !words::is_byline(marks.class, marks.id) {
        return None;
    }
    let text = |node| page.tree.text_within(&page.shape, node);
    let whole = text(node);
    let length = whole.trim().chars().take(MAX_BYLINE).count();
    if length == 0 || length == MAX_BYLINE {
        return None;
    }
    let names_author = |node: &NodeId| {
        page.tree
            .attributes(*node)
            .iter()
            .any(|attribute| &*attribute.name.local == "itemprop" && &*attribute.value == "name")
    };
    let name = page.shape.within(node).find(names_author).map_or(whole, text);
    Some(name.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Prepares a page; the marks of what has lost its attributes go.
pub(super) fn prepare(page: &mut Page<'_>) -> Vec<NodeId> {
    let mut found = Found::default();
    for node in page.shape.within(NodeId::ROOT) {
        match page.name(node) {
            Name::Img => found.pictures.push(node),
            Name::Noscript => found.fallbacks.push(node),
            Name::Script | Name::Style | Name::Comment => found.silent.push(node),
            Name::Br => found.breaks.push(node),
            Name::Font => found.fonts.push(node),
            _ => {}
        }
    }
    for picture in found.pictures {
        if !has_address(page.tree, picture) {
            page.shape.detach(picture);
        }
    }
    for fallback in &found.fallbacks {
        show(page, *fallback);
    }
    for node in found.fallbacks.into_iter().chain(found.silent) {
        page.shape.detach(node);
    }
    for node in found.breaks {
        paragraph_for(page, node);
    }
    for font in &found.fonts {
        page.shape.rename(*font, Name::Span);
    }
    found.fonts
}

#[derive(Default)]
struct Found {
    pictures: Vec<NodeId>,
    fallbacks: Vec<NodeId>,
    silent: Vec<NodeId>,
    breaks: Vec<NodeId>,
    fonts: Vec<NodeId>,
}

fn has_address(tree: &Tree, picture: NodeId) -> bool {
    tree.attributes(picture).iter().any(|attribute| {
        matches!(attribute.name.local, local_name!("src") | local_name!("srcset"))
            || matches!(&*attribute.name.local, "data-src" | "data-srcset")
            || PICTURES.iter().any(|ending| attribute.value.contains(ending))
    })
}

/// Puts the picture that is shown where no scripts run in the place of the one before it.
fn show(page: &mut Page<'_>, fallback: NodeId) {
    let is_only_picture = |node: &NodeId| {
        page.is(*node, Name::Img)
            && page.shape.next_element(*node).is_none()
            && page.shape.element_before(*node).is_none()
    };
    if !page.shape.within(fallback).any(|node| is_only_picture(&node)) {
        return;
    }
    let Some(before) = page.shape.element_before(fallback) else { return };
    let shown = if page.is(before, Name::Img) {
        Some(before)
    } else {
        page.shape.elements(before).find(is_only_picture)
    };
    let picture = page.shape.within(fallback).find(|node| page.is(*node, Name::Img));
    if let (Some(shown), Some(picture)) = (shown, picture) {
        page.shape.replace(shown, picture);
    }
}

/// Makes a paragraph of what follows two line breaks or more.
fn paragraph_for(page: &mut Page<'_>, first: NodeId) {
    let mut next = page.shape.next(first);
    let mut is_paragraph = false;
    while let Some(more) = said_from(page, next).filter(|node| page.is(*node, Name::Br)) {
        is_paragraph = true;
        next = page.shape.next(more);
        page.shape.detach(more);
    }
    if !is_paragraph {
        return;
    }
    let paragraph = page.shape.add(Name::P);
    page.shape.replace(first, paragraph);
    let mut next = page.shape.next(paragraph);
    while let Some(node) = next {
        if page.is(node, Name::Br)
            && said_from(page, page.shape.next(node)).is_some_and(|node| page.is(node, Name::Br))
            || !page.is_phrasing(node)
        {
            break;
        }
        next = page.shape.next(node);
        page.shape.append(paragraph, node);
    }
    while let Some(last) = page.shape.last_child(paragraph).filter(|last| page.is_space(*last)) {
        page.shape.detach(last);
    }
    if let Some(parent) = page.shape.parent(paragraph).filter(|parent| page.is(*parent, Name::P)) {
        page.shape.rename(parent, Name::Div);
    }
}

/// The first node from `next` on that is an element or says something.
fn said_from(page: &Page<'_>, next: Option<NodeId>) -> Option<NodeId> {
    let mut nodes = std::iter::successors(next, |node| page.shape.next(*node));
    nodes.find(|node| page.shape.is_element(*node) || page.is_said(*node))
}

/// The marks of a page without those of `fonts`.
pub(super) fn without(mut marks: Vec<Marks>, fonts: &[NodeId]) -> Vec<Marks> {
    for font in fonts {
        if let Some(mark) = marks.get_mut(font.place()) {
            *mark = Marks::default();
        }
    }
    marks
}
