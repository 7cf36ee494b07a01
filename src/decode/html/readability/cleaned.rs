//! What is left out of an article: forms, boxes of links, lists of shares, pieces without words.

use html5ever::local_name;

use super::super::elements::Name;
use super::super::nodes::NodeId;
use super::conditional::clean_conditionally;
use super::embedded::{is_embedded, shows_video};
use super::page::Page;
use super::scored::class_weight;
use super::tables;

/// Code points from which on what is named as a box to share is text.
const SHARE: usize = 500;

/// Cleans the article `root`; what only may go goes if `strict`, and classes speak if `weigh`.
pub(super) fn clean(page: &mut Page<'_>, root: NodeId, strict: bool, weigh: bool) {
    for node in page.shape.within(root).collect::<Vec<_>>() {
        if is_share(page, node) && page.is_shorter(node, SHARE) {
            page.shape.detach(node);
        }
    }
    let data = tables::of_data(page, root);
    for figure in page.select(root, |name| name == Name::Figure) {
        add_picture(page, figure);
    }
    if strict {
        let is_form = |name| matches!(name, Name::Form | Name::Fieldset);
        clean_conditionally(page, root, is_form, &data, weigh);
    }
    for node in page.select(root, is_junk) {
        if !is_embedded(page.name(node)) || !shows_video(page, node) {
            page.shape.detach(node);
        }
    }
    for heading in page.select(root, |name| matches!(name, Name::H1 | Name::H2)) {
        if class_weight(page, heading, weigh) < 0 {
            page.shape.detach(heading);
        }
    }
    if strict {
        let is_box = |name| matches!(name, Name::Table | Name::Ul | Name::Div);
        clean_conditionally(page, root, is_box, &data, weigh);
    }
    for heading in page.select(root, |name| name == Name::H1) {
        page.shape.rename(heading, Name::H2);
    }
    for paragraph in page.select(root, |name| name == Name::P) {
        let shows = |node| {
            let name = page.name(node);
            name == Name::Img || is_embedded(name) || page.is_said(node)
        };
        if !page.shape.within(paragraph).any(shows) {
            page.shape.detach(paragraph);
        }
    }
    for line_break in page.select(root, |name| name == Name::Br) {
        if page.shape.next_element(line_break).is_some_and(|next| page.is(next, Name::P)) {
            page.shape.detach(line_break);
        }
    }
    tables::unwrap_cells(page, root);
}

fn is_junk(name: Name) -> bool {
    is_embedded(name)
        || matches!(
            name,
            Name::Footer
                | Name::Link
                | Name::Aside
                | Name::Input
                | Name::Textarea
                | Name::Select
                | Name::Button
        )
}

/// Whether its class or id says that it is a box to share.
fn is_share(page: &Page<'_>, node: NodeId) -> bool {
    // Those of a `font` went with its name.
    if page.tree.name(node).local == local_name!("font") {
        return false;
    }
    let is = |name: &str| ["share", "sharedaddy"].iter().any(|share| name.eq_ignore_ascii_case(share));
    page.tree.attributes(node).iter().any(|attribute| {
        matches!(attribute.name.local, local_name!("class") | local_name!("id"))
            && attribute.value.split([' ', '_']).any(is)
    })
}

/// Gives a figure the picture whose address stands in its own attributes.
fn add_picture(page: &mut Page<'_>, figure: NodeId) {
    let attributes = page.tree.attributes(figure);
    let has = |wanted: &str| attributes.iter().any(|attribute| &*attribute.name.local == wanted);
    let is_lazy = page.tree.class(figure).contains("lazy");
    if (has("src") || has("srcset")) && !is_lazy {
        return;
    }
    let is_address = |value: &str| {
        let endings = ["jpg", "jpeg", "png", "webp", "avif", "gif"];
        let value = value.to_ascii_lowercase();
        value.split('.').skip(1).any(|part| endings.iter().any(|ending| part.starts_with(ending)))
    };
    let names = attributes
        .iter()
        .any(|attribute| !matches!(&*attribute.name.local, "src" | "srcset") && is_address(&attribute.value));
    let shows = |node| matches!(page.name(node), Name::Img | Name::Picture);
    if names && !page.shape.within(figure).any(shows) {
        let picture = page.shape.add(Name::Img);
        page.shape.append(figure, picture);
    }
}
