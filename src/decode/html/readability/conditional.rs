//! Forms, lists and boxes that go unless what they hold speaks for them: words rather than links, paragraphs
//! rather than pictures. Each node is looked at once, the innermost first.

use rustc_hash::FxHashSet;

use super::super::elements::Name;
use super::super::nodes::NodeId;
use super::embedded::{is_embedded, shows_video};
use super::measure::Measure;
use super::page::{Linked, Page, float};
use super::pruned::is_block;
use super::scored::class_weight;

/// Text with this many commas is text.
const COMMAS: usize = 10;
/// The share of its text from which on a box is nothing but lists, or headings.
const NOTHING_BUT: f32 = 0.9;
/// Items of a list, beyond its paragraphs, that make a menu.
const MENU: usize = 100;
/// Code points of a box that says little, and of what stands beside something embedded.
const LITTLE: usize = 25;
const MIN_BESIDE_EMBEDDED: usize = 75;
/// The most links in a box, and in one whose names speak for it.
const MAX_LINKED: f32 = 0.2;
const MAX_LINKED_NAMED: f32 = 0.5;
const NAMED: i8 = 25;
/// The longest label of an advert or of what is yet to load, in code points.
const MAX_LABEL: usize = 40;

/// What a node holds.
#[derive(Debug, Default, Clone, Copy)]
struct Holds {
    text: Measure,
    linked: Linked,
    /// Code points in lists, and in headings.
    in_lists: usize,
    in_headings: usize,
    paragraphs: usize,
    pictures: usize,
    items: usize,
    inputs: usize,
    embedded: usize,
    video: bool,
    /// Something that may hold words, and does.
    worded: bool,
    preformatted: bool,
    data: bool,
}

impl Holds {
    /// What this one's children and this one itself add to the one around it.
    fn add_to(self, outer: &mut Self, page: &Page<'_>, node: NodeId, is_data: bool) {
        let length = self.text.length();
        let name = page.name(node);
        let count = |is: bool| usize::from(is);
        let own = |is: bool| if is { length } else { 0 };
        // From the last child to the first.
        outer.text = self.text.then(outer.text);
        outer.linked = outer.linked.and(self.linked);
        if name == Name::A {
            outer.linked = outer.linked.and(page.linked(node, length));
        }
        outer.in_lists += self.in_lists + own(matches!(name, Name::Ul | Name::Ol));
        outer.in_headings += self.in_headings + own(name.is_heading());
        outer.paragraphs += self.paragraphs + count(name == Name::P);
        outer.pictures += self.pictures + count(name == Name::Img);
        outer.items += self.items + count(name == Name::Li);
        outer.inputs += self.inputs + count(name == Name::Input);
        outer.embedded += self.embedded + count(is_embedded(name));
        outer.video |= self.video || is_embedded(name) && shows_video(page, node);
        outer.worded |= self.worded || length > 0 && may_hold_words(name);
        outer.preformatted |= self.preformatted || name == Name::Pre;
        outer.data |= self.data || is_data;
    }
}

fn may_hold_words(name: Name) -> bool {
    is_block(name) || matches!(name, Name::Span | Name::Li | Name::Td)
}

/// Takes what nothing speaks for from `root`, of the elements for which `looked_at` holds.
pub(super) fn clean_conditionally(
    page: &mut Page<'_>,
    root: NodeId,
    looked_at: impl Fn(Name) -> bool,
    data: &FxHashSet<NodeId>,
    weigh: bool,
) {
    let nodes: Vec<NodeId> = page.shape.within(root).collect();
    if !nodes.iter().any(|node| looked_at(page.name(*node))) {
        return;
    }
    let mut all = vec![Holds::default(); page.shape.count()];
    for node in nodes.into_iter().rev() {
        let mut holds = all.get(node.place()).copied().unwrap_or_default();
        let name = page.name(node);
        if name == Name::Text {
            holds.text = page.measure(node);
        } else if looked_at(name) && !holds.data && goes(page, node, &holds, data, weigh) {
            page.shape.detach(node);
            continue;
        }
        let is_data = name == Name::Table && data.contains(&node);
        if let Some(outer) = page.shape.parent(node).and_then(|parent| all.get_mut(parent.place())) {
            holds.add_to(outer, page, node, is_data);
        }
    }
}

fn goes(page: &Page<'_>, node: NodeId, holds: &Holds, data: &FxHashSet<NodeId>, weigh: bool) -> bool {
    let around = |wanted: &dyn Fn(NodeId) -> bool| page.shape.ancestors(node).any(wanted);
    if !data.is_empty() && (data.contains(&node) || around(&|node| data.contains(&node))) {
        return false;
    }
    let weight = class_weight(page, node, weigh);
    if weight < 0 {
        return !holds.preformatted;
    }
    if holds.text.ascii_commas >= COMMAS || holds.video {
        return false;
    }
    let length = holds.text.length();
    if length <= MAX_LABEL && is_label(&page.tree.text_within(&page.shape, node)) {
        return true;
    }
    let share = |part: usize| if length == 0 { 0.0 } else { float(part) / float(length) };
    let is_list = matches!(page.name(node), Name::Ul | Name::Ol) || share(holds.in_lists) > NOTHING_BUT;
    let in_figure = around(&|node| page.is(node, Name::Figure));
    let density = holds.linked.density(length);
    let goes = !in_figure && holds.pictures > 1 && holds.paragraphs * 2 < holds.pictures
        || !is_list && holds.items > holds.paragraphs + MENU
        || holds.inputs > holds.paragraphs / 3
        || !is_list
            && !in_figure
            && length < LITTLE
            && !(1..=2).contains(&holds.pictures)
            && density > 0.0
            && share(holds.in_headings) < NOTHING_BUT
        || !is_list && weight < NAMED && density > MAX_LINKED
        || weight >= NAMED && density > MAX_LINKED_NAMED
        || holds.embedded == 1 && length < MIN_BESIDE_EMBEDDED
        || holds.embedded > 1
        || holds.pictures == 0 && !holds.worded;
    // A list of pictures stays.
    goes && !(is_list && is_gallery(page, node, holds))
}

/// One picture to each item, and nothing else.
fn is_gallery(page: &Page<'_>, node: NodeId, holds: &Holds) -> bool {
    page.shape.children(node).all(|child| page.shape.elements(child).take(2).count() < 2)
        && holds.pictures == holds.items
}

/// Whether it says that it is an advert, or that something is yet to load.
fn is_label(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    matches!(
        &*text,
        "ad" | "advertising"
            | "advertisement"
            | "pub"
            | "publicité"
            | "werb"
            | "werbung"
            | "广告"
            | "реклама"
            | "anuncio"
    ) || matches!(
        text.trim_end_matches(['…', '.']),
        "loading" | "正在加载" | "загрузка" | "chargement" | "cargando"
    )
}
