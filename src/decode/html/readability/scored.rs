//! Paragraphs speak for the elements around them, by their length and their commas.

use super::super::elements::Name;
use super::super::nodes::NodeId;
use super::measure::Measure;
use super::page::{Linked, Page, float};
use super::words;

/// The scores of elements, by the places of the nodes.
#[derive(Debug)]
pub(super) struct Scores(Vec<Option<f32>>);

/// Code points of an element that speaks for others.
const MIN_LENGTH: usize = 25;
/// How many elements around it a paragraph speaks for.
const REACH: usize = 5;
/// Points for each so many code points, and for how many times.
const POINT: usize = 100;
const MAX_POINTS: usize = 3;
/// Scores up to this are not weighed by links.
const LOW: f32 = 5.0;
/// How many elements may be the article's.
const CANDIDATES: usize = 5;

impl Scores {
    pub(super) fn get(&self, node: NodeId) -> Option<f32> {
        self.0.get(node.place()).copied().flatten()
    }

    pub(super) fn set(&mut self, node: NodeId, score: f32) {
        if node.place() >= self.0.len() {
            self.0.resize(node.place() + 1, None);
        }
        if let Some(known) = self.0.get_mut(node.place()) {
            *known = Some(score);
        }
    }

    /// That of an element which nothing has spoken for.
    pub(super) fn or_first(&mut self, page: &Page<'_>, node: NodeId, weigh: bool) -> f32 {
        self.get(node).unwrap_or_else(|| {
            let score = first(page, node, weigh);
            self.set(node, score);
            score
        })
    }
}

/// What an element scores by its name and, if `weigh`, by its class and id.
fn first(page: &Page<'_>, node: NodeId, weigh: bool) -> f32 {
    let by_name = match page.name(node) {
        Name::Div => 5.0,
        Name::Pre | Name::Td | Name::Blockquote => 3.0,
        Name::Address | Name::Ol | Name::Ul | Name::Dl | Name::Dd | Name::Dt | Name::Li | Name::Form => -3.0,
        name if name.is_heading() || name == Name::Th => -5.0,
        _ => 0.0,
    };
    by_name + f32::from(class_weight(page, node, weigh))
}

/// How much the class and the id of an element speak for it.
pub(super) fn class_weight(page: &Page<'_>, node: NodeId, weigh: bool) -> i8 {
    let marks = page.marks(node);
    if weigh { words::weight(marks.class, marks.id) } else { 0 }
}

/// The text within an element, and how much of it is links.
#[derive(Debug, Default, Clone, Copy)]
struct Held {
    text: Measure,
    linked: Linked,
}

/// What each node of the body holds, by the places of the nodes: each is looked at once.
fn held(page: &Page<'_>, body: NodeId) -> Vec<Held> {
    let mut all = vec![Held::default(); page.shape.count()];
    let nodes: Vec<NodeId> = page.shape.within(body).collect();
    for node in nodes.into_iter().rev() {
        let mut inner = all.get(node.place()).copied().unwrap_or_default();
        match page.name(node) {
            Name::Text => inner.text = page.measure(node),
            Name::A => inner.linked = inner.linked.and(page.linked(node, inner.text.length())),
            _ => {}
        }
        if let Some(outer) = page.shape.parent(node).and_then(|parent| all.get_mut(parent.place())) {
            outer.text = inner.text.then(outer.text);
            outer.linked = outer.linked.and(inner.linked);
        }
        if let Some(held) = all.get_mut(node.place()) {
            // Links within it, not itself.
            held.text = inner.text;
        }
    }
    all
}

/// Scores the elements around `scored`; gives the best, the best first.
pub(super) fn candidates(
    page: &Page<'_>,
    body: NodeId,
    scored: &[NodeId],
    weigh: bool,
) -> (Vec<NodeId>, Scores) {
    let held = held(page, body);
    let held = |node: NodeId| held.get(node.place()).copied().unwrap_or_default();
    let mut scores = Scores(vec![None; page.shape.count()]);
    let mut order = Vec::new();
    for &element in scored {
        let text = held(element).text;
        let length = text.length();
        if length < MIN_LENGTH {
            continue;
        }
        let points = float(2 + text.commas + (length / POINT).min(MAX_POINTS));
        for (level, around) in page.shape.ancestors(element).take(REACH).enumerate() {
            if !page.shape.is_element(around) || page.shape.parent(around).is_none() {
                continue;
            }
            let share = match level {
                0 => 1.0,
                1 => 2.0,
                _ => float(level * 3),
            };
            let score = match scores.get(around) {
                Some(score) => score + points / share,
                None => {
                    order.push(around);
                    points / share + first(page, around, weigh)
                }
            };
            scores.set(around, score);
            if page.is(around, Name::Body) {
                break;
            }
        }
    }
    let mut ranked = Vec::new();
    for node in order {
        let Some(score) = scores.get(node).filter(|score| *score > 0.0) else {
            scores.clear(node);
            continue;
        };
        let held = held(node);
        let density = if score > LOW { held.linked.density(held.text.length()) } else { 0.0 };
        let score = score * (1.0 - density);
        scores.set(node, score);
        ranked.push((node, score));
    }
    ranked.sort_by(|one, other| other.1.total_cmp(&one.1));
    ranked.truncate(CANDIDATES);
    (ranked.into_iter().map(|(node, _)| node).collect(), scores)
}

impl Scores {
    fn clear(&mut self, node: NodeId) {
        if let Some(score) = self.0.get_mut(node.place()) {
            *score = None;
        }
    }
}
