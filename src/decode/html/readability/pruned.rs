//! What is not the article goes, what is made like paragraphs becomes some, and the elements that speak for
//! those around them are found.

use rustc_hash::FxHashSet;
use unicode_segmentation::UnicodeSegmentation;

use super::super::elements::Name;
use super::super::nodes::NodeId;
use super::page::{Page, next_element};
use super::words;

/// A `div` with one paragraph and fewer links than this is that paragraph.
const MANY_LINKS: f32 = 0.25;
/// A heading this much like the title is the title.
const LIKE_TITLE: f64 = 0.75;
/// How far around an element a table keeps it.
const NEAR: usize = 3;

/// Takes from the body what is unlikely to be the article, if `strict`, and what is not shown; gives the elements to score.
pub(super) fn pruned(page: &mut Page<'_>, body: NodeId, strict: bool, title: &str) -> Vec<NodeId> {
    let mut scored = Vec::new();
    let title = Title::of(title);
    let mut titled = title.said.is_empty();
    let mut next = next_element(&page.shape, body, false);
    while let Some(mut node) = next {
        let name = page.name(node);
        let marks = page.marks(node);
        if name == Name::Svg && !marks.is_invisible() {
            next = next_element(&page.shape, node, true);
            continue;
        }
        let mut goes = marks.is_invisible() || name == Name::Dialog || marks.is_dialog();
        if !goes && !titled && matches!(name, Name::H1 | Name::H2) {
            titled = title.likeness(&page.tree.text_within(&page.shape, node)) > LIKE_TITLE;
            goes = titled;
        }
        goes = goes
            || strict && (is_unlikely(page, node) || marks.has_role_beside())
            || is_container(name) && is_empty(page, node);
        if goes {
            next = next_element(&page.shape, node, true);
            page.shape.detach(node);
            continue;
        }
        if is_scored(name) {
            scored.push(node);
        }
        if name == Name::Div {
            wrap_words(page, node);
            let only = page.only(node, Name::P);
            if let Some(paragraph) = only.filter(|_| page.link_density(node) < MANY_LINKS) {
                page.shape.replace(node, paragraph);
                scored.push(paragraph);
                node = paragraph;
            } else if !page.shape.within(node).any(|node| is_block(page.name(node))) {
                page.shape.rename(node, Name::P);
                scored.push(node);
            }
        }
        next = next_element(&page.shape, node, false);
    }
    scored
}

fn is_scored(name: Name) -> bool {
    name.is_heading() && name != Name::H1 || matches!(name, Name::Section | Name::P | Name::Td | Name::Pre)
}

fn is_container(name: Name) -> bool {
    name.is_heading() || matches!(name, Name::Div | Name::Section | Name::Header)
}

/// Whether an element parts what stands in it from what stands beside it.
pub(super) fn is_block(name: Name) -> bool {
    matches!(
        name,
        Name::Blockquote
            | Name::Dl
            | Name::Div
            | Name::Img
            | Name::Ol
            | Name::P
            | Name::Pre
            | Name::Table
            | Name::Ul
    )
}

fn is_unlikely(page: &Page<'_>, node: NodeId) -> bool {
    let marks = page.marks(node);
    !page.is(node, Name::A)
        && words::is_unlikely(marks.class, marks.id)
        && !page
            .shape
            .ancestors(node)
            .take(NEAR)
            .any(|around| matches!(page.name(around), Name::Table | Name::Code))
}

/// Neither text nor elements but line breaks and rules.
fn is_empty(page: &Page<'_>, node: NodeId) -> bool {
    let mut breaks = 0;
    for inner in page.shape.within(node) {
        if page.is_said(inner) {
            return false;
        }
        breaks += usize::from(matches!(page.name(inner), Name::Br | Name::Hr));
    }
    page.shape.elements(node).count() == breaks
}

/// Puts the words that stand in `node` itself, between its blocks, into paragraphs.
fn wrap_words(page: &mut Page<'_>, node: NodeId) {
    let mut next = page.shape.first_child(node);
    while let Some(child) = next {
        next = page.shape.next(child);
        if !page.is_phrasing(child) || page.is_space(child) {
            continue;
        }
        let paragraph = page.shape.add(Name::P);
        page.shape.insert_before(child, paragraph);
        page.shape.append(paragraph, child);
        while let Some(more) = next {
            next = page.shape.next(more);
            if !page.is_phrasing(more) {
                break;
            }
            page.shape.append(paragraph, more);
        }
        trim(page, paragraph);
    }
}

/// Takes white space from the end of a paragraph.
fn trim(page: &mut Page<'_>, paragraph: NodeId) {
    while let Some(last) = page.shape.last_child(paragraph).filter(|last| page.is_space(*last)) {
        page.shape.detach(last);
    }
}

/// A title, to compare headings with.
struct Title {
    said: String,
    words: FxHashSet<String>,
}

impl Title {
    fn of(title: &str) -> Self {
        let said = title.to_lowercase();
        Self { words: said.unicode_words().map(str::to_owned).collect(), said }
    }

    /// How much of `heading` the title says, by the letters of its words, 0 to 1.
    fn likeness(&self, heading: &str) -> f64 {
        let heading = heading.to_lowercase();
        if heading.is_empty() {
            return 0.0;
        }
        if self.said.contains(&heading) {
            return 1.0;
        }
        let (mut all, mut unsaid) = (0_u32, 0_u32);
        for word in heading.unicode_words() {
            let letters = u32::try_from(word.chars().count()).unwrap_or(u32::MAX);
            all = all.saturating_add(letters);
            unsaid = unsaid.saturating_add(if self.words.contains(word) { 0 } else { letters });
        }
        if all == 0 { 0.0 } else { 1.0 - f64::from(unsaid) / f64::from(all) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_is_like_the_title_by_its_words() {
        for (title, heading, like) in [
            ("The quick brown fox jumps", "quick Brown", true),
            ("Fox, quick and brown", "The quick brown fox", true),
            ("Ferry runs aground", "Weather tomorrow", false),
            ("Ferry", "...", false),
            ("Ferry", "", false),
        ] {
            assert_eq!(Title::of(title).likeness(heading) > LIKE_TITLE, like, "{title} / {heading}");
        }
    }
}
