//! Mentions grouped into the entities of the record.

use rustc_hash::FxHashMap;

use super::kb::KnowledgeBase;
use super::kind::Kind;
use super::span::{Link, TypedSpan};
use super::token::Words;
use crate::article::{Entity, Mention, MentionField};
use crate::offsets::CodePointIndex;

/// What makes two mentions one entity: the type, and the id or (unlinked) the folded name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Identity<'w> {
    Known(u32, Kind),
    Named(&'w str, Kind),
}

/// Groups spans into entities, in the order of their first mention, headline before text.
pub(crate) fn group(
    words: &Words<'_>,
    kb: &KnowledgeBase,
    spans: &[TypedSpan],
    links: &[Option<Link>],
    headline: &CodePointIndex<'_>,
    text: &CodePointIndex<'_>,
) -> Vec<Entity> {
    let mut entities: Vec<Entity> = Vec::new();
    let mut places: FxHashMap<Identity<'_>, usize> = FxHashMap::default();
    for (index, span) in spans.iter().enumerate() {
        let link = links.get(index).copied().flatten();
        let row = link.and_then(|link| kb.row(link.at)).filter(|row| row.qid != 0);
        let identity = match row {
            Some(row) => Identity::Known(row.qid, span.kind),
            None => Identity::Named(full_name(words, spans, span), span.kind),
        };
        let mention = mention(words, span, headline, text);
        let place = *places.entry(identity).or_insert(entities.len());
        match entities.get_mut(place) {
            Some(entity) => {
                entity.confidence = entity.confidence.max(span.confidence);
                if let (Some(link), Some(known)) = (link, entity.link_confidence.as_mut()) {
                    *known = known.max(link.confidence);
                }
                if entity.qid.is_none() && mention.text.len() > entity.name.len() {
                    entity.name.clone_from(&mention.text);
                }
                entity.mentions.push(mention);
            }
            None => entities.push(Entity {
                id: match identity {
                    Identity::Known(qid, _) => format!("Q{qid}"),
                    Identity::Named(name, kind) => format!("nil:{}:{name}", kind.as_str()),
                },
                name: row.and(link).and_then(|link| kb.label(link.at)).unwrap_or(&mention.text).to_owned(),
                kind: span.kind.as_str().to_owned(),
                qid: row.map(|row| format!("Q{}", row.qid)),
                country: row.and_then(|row| country(row.country)),
                confidence: span.confidence,
                link_confidence: row.and(link).map(|link| link.confidence),
                mentions: vec![mention],
            }),
        }
    }
    for entity in &mut entities {
        entity.confidence = two_decimals(entity.confidence);
        entity.link_confidence = entity.link_confidence.map(two_decimals);
    }
    entities
}

/// The folded name of the span, or of the full form that it is short for.
fn full_name<'w>(words: &'w Words<'_>, spans: &[TypedSpan], span: &TypedSpan) -> &'w str {
    let full = span
        .full_form
        .and_then(|from| spans.binary_search_by_key(&from, |other| other.from).ok())
        .and_then(|place| spans.get(place))
        .unwrap_or(span);
    words.folded_range(full.from, full.to)
}

fn mention(
    words: &Words<'_>,
    span: &TypedSpan,
    headline: &CodePointIndex<'_>,
    text: &CodePointIndex<'_>,
) -> Mention {
    let field = words.field(span.from);
    let index = if field == MentionField::Headline { headline } else { text };
    let offsets = index.span(words.bytes(span.from, span.to));
    Mention {
        field,
        start: offsets.start(),
        end: offsets.end(),
        text: words.written(span.from, span.to).to_owned(),
    }
}

fn country(code: [u8; 2]) -> Option<String> {
    std::str::from_utf8(&code).ok().filter(|code| *code != "\0\0").map(str::to_owned)
}

fn two_decimals(confidence: f64) -> f64 {
    (confidence.clamp(0.0, 1.0) * 100.0).round() / 100.0
}
