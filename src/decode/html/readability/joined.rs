//! The best candidate, what is around it that is better still, and what beside it belongs to it.

use html5ever::local_name;

use super::super::elements::Name;
use super::super::nodes::NodeId;
use super::page::Page;
use super::scored::Scores;

/// A candidate with this share of the best one's score is nearly as good.
const NEARLY: f32 = 0.75;
/// How many such candidates an element must hold to be better than the best.
const MIN_COMMON: usize = 3;
/// The share of the best one's score that an element beside it needs, or gets for the same class; and the least.
const BESIDE: f32 = 0.2;
const MIN_BESIDE: f32 = 10.0;
/// Code points of a paragraph beside it that may belong to it, and the most links in it.
const PARAGRAPH: usize = 80;
const MAX_LINKED: f32 = 0.25;

/// Where the article is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// All of it.
    pub(super) content: NodeId,
    /// The part of it that is the article: made anew where no element is.
    pub(super) root: NodeId,
}

/// Joins the article from the best of `candidates` and what is beside it.
pub(super) fn joined(
    page: &mut Page<'_>,
    body: NodeId,
    candidates: &[NodeId],
    scores: &mut Scores,
    weigh: bool,
) -> Option<Place> {
    let found = candidates.first().copied().filter(|node| !page.is(*node, Name::Body));
    let best = match found {
        Some(best) => {
            let best = common(page, best, candidates, scores);
            only_child(page, parent_of(page, best, scores, weigh))
        }
        None => {
            let all = page.shape.add(Name::Div);
            page.shape.move_children(body, all);
            page.shape.append(body, all);
            all
        }
    };
    let score = scores.or_first(page, best, weigh);
    let content = page.shape.add(Name::Div);
    gather(page, best, score, scores, content)?;
    Some(Place { content, root: if found.is_some() { content } else { best } })
}

/// An element around the best candidate that holds others nearly as good, else the best.
fn common(page: &Page<'_>, best: NodeId, candidates: &[NodeId], scores: &Scores) -> NodeId {
    let score = scores.get(best).unwrap_or_default();
    let nearly: Vec<NodeId> = candidates
        .iter()
        .skip(1)
        .copied()
        .filter(|other| scores.get(*other).unwrap_or_default() / score >= NEARLY)
        .collect();
    if nearly.len() <= MIN_COMMON {
        return best;
    }
    let holds = |around: &NodeId| {
        let held = |other: &&NodeId| page.shape.ancestors(**other).any(|node| node == *around);
        nearly.iter().filter(held).count() >= MIN_COMMON
    };
    let mut around = page.shape.ancestors(best).take_while(|node| !page.is(*node, Name::Body));
    around.find(holds).unwrap_or(best)
}

/// The first element around it that scores more, if those up to it score not much less.
fn parent_of(page: &Page<'_>, best: NodeId, scores: &mut Scores, weigh: bool) -> NodeId {
    let mut last = scores.or_first(page, best, weigh);
    let least = last / 3.0;
    for around in page.shape.ancestors(best).take_while(|node| !page.is(*node, Name::Body)) {
        let Some(score) = scores.get(around) else { continue };
        if score < least {
            break;
        }
        if score > last {
            return around;
        }
        last = score;
    }
    best
}

/// The outermost element around it that holds nothing else.
fn only_child(page: &Page<'_>, best: NodeId) -> NodeId {
    let around = page
        .shape
        .ancestors(best)
        .take_while(|node| !page.is(*node, Name::Body) && page.shape.elements(*node).take(2).count() == 1);
    around.last().unwrap_or(best)
}

/// Moves the best and what belongs to it into `content`, which takes their place.
fn gather(page: &mut Page<'_>, best: NodeId, score: f32, scores: &Scores, content: NodeId) -> Option<()> {
    let parent = page.shape.parent(best)?;
    let least = (score * BESIDE).max(MIN_BESIDE);
    let class = class(page, best).to_owned();
    let beside: Vec<NodeId> = page.shape.elements(parent).collect();
    for sibling in beside {
        let belongs = sibling == best || {
            let bonus =
                if !class.is_empty() && self::class(page, sibling) == class { score * BESIDE } else { 0.0 };
            match scores.get(sibling).filter(|score| *score > 0.0) {
                Some(score) => score + bonus >= least,
                None => page.is(sibling, Name::P) && is_prose(page, sibling),
            }
        };
        if belongs {
            if !matches!(page.name(sibling), Name::Article | Name::Section | Name::P | Name::Ol | Name::Ul) {
                page.shape.rename(sibling, Name::Div);
            }
            page.shape.append(content, sibling);
        }
    }
    page.shape.append(parent, content);
    Some(())
}

/// The classes of an element; those of a `font` went with its name.
fn class<'t>(page: &Page<'t>, node: NodeId) -> &'t str {
    if page.tree.name(node).local == local_name!("font") { "" } else { page.tree.class(node) }
}

/// A long paragraph with few links, or a sentence without any.
fn is_prose(page: &Page<'_>, paragraph: NodeId) -> bool {
    let length = page.length(paragraph);
    let density = page.link_density(paragraph);
    if length > PARAGRAPH {
        return density < MAX_LINKED;
    }
    if length == PARAGRAPH || length == 0 || density != 0.0 {
        return false;
    }
    let text = page.tree.text_within(&page.shape, paragraph);
    let words: Vec<&str> = text.split_whitespace().collect();
    words.last().is_some_and(|last| last.ends_with('.'))
        || words.iter().rev().skip(1).any(|word| word.ends_with('.'))
}
