//! Where the lines of a page stand to its article, as far as Readability and the rules have found it.

use rustc_hash::{FxHashMap, FxHashSet};

use super::lines::{Element, Lines, Tag};
use super::names::Names;
use super::runs::{Runs, ratio, words};
use super::text::LineMake;
use super::white_space;

/// The main element holds at least this share of what was found, the wide one that, in hundredths.
const MAIN: usize = 60;
const WIDE: usize = 90;
/// A line of at least so many code points is a paragraph.
pub(super) const PARAGRAPH: usize = 80;
/// Code points of a line from which on it counts as said twice.
const MIN_REPEAT: usize = 20;
/// An `articleBody` of fewer words vouches for nothing, nor one with less than this share of the words found.
const MIN_LINKED: usize = 30;
const MIN_LINKED_SHARE: usize = 50;
/// A line with this share of links is nothing else.
const ALL_LINKED: f64 = 0.95;
/// A line must have this share of the headline's runs, at least, to be it.
const IS_HEADLINE: f64 = 0.6;

/// What the page says of its article.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) headline: Runs,
    pub(super) description: Runs,
    pub(super) linked: Runs,
}

/// One line and where it stands.
#[derive(Debug, Default)]
pub(super) struct Place<'l> {
    pub(super) text: &'l str,
    pub(super) make: LineMake,
    pub(super) code_points: usize,
    /// The share of it that is links, that is bold, that Readability took.
    pub(super) linked: f64,
    pub(super) bold: f64,
    pub(super) found: f64,
    /// Whether the rules took it.
    pub(super) ruled: bool,
    /// The element whose line it is, and those between it and the main one, as sets.
    pub(super) own: u32,
    pub(super) within: u32,
    /// What the names of it and its parent say, and of all up to the main one.
    pub(super) own_names: Names,
    pub(super) names: Names,
    pub(super) hidden: bool,
    pub(super) article_body: bool,
    /// Whether it stands in the main element, in the wide one, and how far below the first.
    pub(super) in_main: bool,
    pub(super) in_wide: bool,
    pub(super) below: usize,
    /// The share of all that was found that stands in the same parent, in elements made alike, and in
    /// elements of the same kind.
    pub(super) of_parent: f64,
    pub(super) of_make: f64,
    pub(super) of_tag: f64,
    /// The share of its runs that the headline, the description and `articleBody` have.
    pub(super) of_headline: f64,
    pub(super) of_description: f64,
    pub(super) of_linked: f64,
    /// Whether the page has an `articleBody` to be believed, or any.
    pub(super) vouched: bool,
    pub(super) has_linked: bool,
    pub(super) repeated: bool,
    /// How many lines before the first paragraph of what was found, and behind the last.
    pub(super) before: usize,
    pub(super) after: usize,
    /// How far between the two, 0 to 1.
    pub(super) progress: f64,
    /// Before the headline, or behind it and before the first paragraph.
    pub(super) above_headline: bool,
    pub(super) under_headline: bool,
    /// Its parent, to be compared.
    pub(super) parent: usize,
}

impl Place<'_> {
    /// A paragraph that is not a link.
    pub(super) fn is_paragraph(&self) -> bool {
        self.code_points > PARAGRAPH && self.linked < 0.5
    }

    /// Whether Readability took most of it.
    pub(super) fn is_found(&self) -> bool {
        self.make.chosen * 2 > self.make.words
    }
}

/// Where the line's own element stands, and which it is.
struct Block {
    at: usize,
    parent: usize,
    make: (u64, u64),
    tag: Tag,
}

fn block(lines: &Lines, make: &LineMake) -> Block {
    let (at, element) = lines
        .around(make.place)
        .find(|(_, element)| !element.inline)
        .or_else(|| lines.around(make.place).last())
        .map_or((0, None), |(at, element)| (at, Some(element)));
    let parent = element.map_or(0, |element| element.parent);
    let make_of = |element: Option<&Element>| element.map_or(0, |element| element.make);
    Block {
        at,
        parent,
        make: (make_of(element), make_of(lines.elements.get(parent))),
        tag: element.map_or(Tag::Other, |element| element.tag),
    }
}

/// What was found, by where it stands, in bytes.
#[derive(Default)]
struct Found {
    all: usize,
    of_parent: FxHashMap<usize, usize>,
    of_make: FxHashMap<(u64, u64), usize>,
    of_tag: FxHashMap<u32, usize>,
    around: FxHashMap<usize, usize>,
}

/// The places of all lines. `ruled` holds the lines that the rules took.
pub(super) fn places<'l>(lines: &'l Lines, told: &Told, ruled: &FxHashSet<&str>) -> Vec<Place<'l>> {
    let blocks: Vec<Block> = lines.all().map(|(_, make)| block(lines, make)).collect();
    let mut found = Found::default();
    let mut found_words = 0;
    for ((text, make), block) in lines.all().zip(&blocks) {
        if make.chosen * 2 <= make.words {
            continue;
        }
        found_words += white_space::words(text).count();
        if make.linked * 2 < make.words {
            found.all += make.chosen;
            *found.of_parent.entry(block.parent).or_default() += make.chosen;
            *found.of_make.entry(block.make).or_default() += make.chosen;
            *found.of_tag.entry(block.tag.bit()).or_default() += make.chosen;
            for (at, _) in lines.around(block.at).skip(1) {
                *found.around.entry(at).or_default() += make.chosen;
            }
        }
    }
    let deepest = |share: usize| {
        let holds = |at: &usize| {
            found.all > 0 && found.around.get(at).is_some_and(|bytes| bytes * 100 >= found.all * share)
        };
        let depth = |at: usize| lines.elements.get(at).map_or(0, |element| element.depth);
        (0..lines.elements.len()).filter(holds).max_by_key(|at| (depth(*at), usize::MAX - at))
    };
    let (main, wide) = (deepest(MAIN), deepest(WIDE));
    let vouched =
        told.linked.count() >= MIN_LINKED && told.linked.count() * 100 >= found_words * MIN_LINKED_SHARE;

    let mut seen: FxHashSet<&str> = FxHashSet::default();
    let mut places: Vec<Place<'l>> = Vec::with_capacity(lines.count());
    for ((text, make), block) in lines.all().zip(&blocks) {
        let mut place = Place {
            text,
            make: *make,
            code_points: text.chars().count(),
            linked: ratio(make.linked, make.words),
            bold: ratio(make.bold, make.words),
            found: ratio(make.chosen, make.words),
            ruled: ruled.contains(text),
            own: block.tag.bit(),
            of_parent: ratio(found.of_parent.get(&block.parent).copied().unwrap_or_default(), found.all),
            of_make: ratio(found.of_make.get(&block.make).copied().unwrap_or_default(), found.all),
            of_tag: ratio(found.of_tag.get(&block.tag.bit()).copied().unwrap_or_default(), found.all),
            vouched,
            has_linked: told.linked.count() > 0,
            parent: block.parent,
            ..Place::default()
        };
        // What is all links is no text of the article, unless Readability took it or it is a heading.
        if place.is_found() || place.linked < ALL_LINKED || block.tag == Tag::Heading1 {
            let words = words(text);
            place.of_headline = told.headline.share(&words);
            place.of_description = told.description.share(&words);
            place.of_linked = told.linked.share(&words);
        }
        place.repeated = place.code_points >= MIN_REPEAT && !seen.insert(text);
        stand(&mut place, lines, block, main, wide);
        places.push(place);
    }
    order(&mut places);
    places
}

/// Where a line stands in the tree.
fn stand(place: &mut Place<'_>, lines: &Lines, block: &Block, main: Option<usize>, wide: Option<usize>) {
    if let Some(element) = lines.elements.get(place.make.place) {
        place.hidden = element.hidden;
        place.article_body = element.article_body;
    }
    for (at, element) in lines.around(place.make.place) {
        place.in_main |= Some(at) == main;
        place.in_wide |= Some(at) == wide;
        if !place.in_main {
            place.within |= element.tag.bit();
            place.names = place.names.with(element.names);
            place.below += 1;
        }
        if at >= block.at || at == block.parent {
            place.own_names = place.own_names.with(element.names);
        }
    }
}

/// Where the lines stand to each other.
fn order(places: &mut [Place<'_>]) {
    let paragraphs = |place: &Place<'_>| place.is_found() && place.code_points >= PARAGRAPH;
    let first = places.iter().position(paragraphs).or_else(|| places.iter().position(Place::is_found));
    let last = places.iter().rposition(paragraphs).or_else(|| places.iter().rposition(Place::is_found));
    let (first, last) = (first.unwrap_or(0), last.unwrap_or(places.len().saturating_sub(1)));
    let mut headline = None;
    for (at, place) in places.iter().enumerate().take(last + 1) {
        if (place.own | place.within) & Tag::Heading1.bit() != 0 {
            headline = Some(at);
            if place.of_headline > IS_HEADLINE {
                break;
            }
        }
    }
    for (at, place) in places.iter_mut().enumerate() {
        place.before = first.saturating_sub(at);
        place.after = at.saturating_sub(last);
        place.progress = ratio(at.saturating_sub(first), (last - first).max(1)).min(1.0);
        place.above_headline = headline.is_some_and(|headline| at < headline);
        place.under_headline = headline.is_some_and(|headline| at >= headline) && at < first;
    }
}
