//! Mentions grouped into the entities of the record: names by their id or their folded form, values
//! (dates, amounts …) by what they say.

use rustc_hash::FxHashMap;

use super::grammar::ValueSpan;
use super::kb::{KnowledgeBase, RowRef};
use super::kind::Kind;
use super::span::{Link, TypedSpan};
use super::tagger::{self, Found};
use super::token::{Words, key_of};
use crate::article::{Entity, EntityValue, Mention, MentionField};
use crate::offsets::{Bytes, CodePointIndex, Span};

/// What makes two mentions one entity: the type, and the id or (unlinked) the folded name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Identity<'w> {
    Known(u32, Kind),
    /// A row without a Wikidata id: by its place.
    Row(RowRef, Kind),
    Named(&'w str, Kind),
}

/// How sure a value of the grammar is, the same for each of a type: the precision of `DATE` and `MONEY`
/// on newswire that they were tuned on; no corpus measured the others.
fn confidence(kind: Kind) -> f64 {
    if matches!(kind, Kind::Date | Kind::Money) { 0.93 } else { 0.9 }
}

/// Groups names and values into entities, in the order of their first mention, headline before text.
pub(crate) fn group(
    words: &Words<'_>,
    kb: &KnowledgeBase,
    found: &Found,
    headline: &CodePointIndex<'_>,
    text: &CodePointIndex<'_>,
) -> Vec<Entity> {
    let mut groups = Groups { words, kb, headline, text, entities: Vec::new() };
    let mut names: FxHashMap<Identity<'_>, usize> = FxHashMap::default();
    let mut values: FxHashMap<String, usize> = FxHashMap::default();
    let mut value_spans = found.values.iter().peekable();
    for (index, span) in found.names.iter().enumerate() {
        while let Some(value) = value_spans.next_if(|value| value.from < span.from) {
            groups.add_value(&mut values, value);
        }
        let link = found.links.get(index).copied().flatten();
        groups.add_name(&mut names, &found.names, span, link);
    }
    for value in value_spans {
        groups.add_value(&mut values, value);
    }
    for entity in &mut groups.entities {
        entity.confidence = two_decimals(entity.confidence);
        entity.link_confidence = entity.link_confidence.map(two_decimals);
    }
    groups.entities
}

/// The entities so far.
struct Groups<'a, 't> {
    words: &'a Words<'t>,
    kb: &'a KnowledgeBase,
    headline: &'a CodePointIndex<'t>,
    text: &'a CodePointIndex<'t>,
    entities: Vec<Entity>,
}

impl<'a> Groups<'a, '_> {
    fn add_name(
        &mut self,
        places: &mut FxHashMap<Identity<'a>, usize>,
        spans: &[TypedSpan],
        span: &TypedSpan,
        link: Option<Link>,
    ) {
        let row = link.and_then(|link| self.kb.row(link.at));
        let qid = row.map(|row| row.qid).filter(|&qid| qid != 0);
        let identity = match (qid, link) {
            (Some(qid), _) => Identity::Known(qid, span.kind),
            (None, Some(link)) => Identity::Row(link.at, span.kind),
            (None, None) => Identity::Named(full_name(self.words, spans, span), span.kind),
        };
        let mention = self.mention(span.from, self.words.name_bytes(span.from, span.to));
        let place = *places.entry(identity).or_insert(self.entities.len());
        match self.entities.get_mut(place) {
            Some(entity) => {
                entity.confidence = entity.confidence.max(span.confidence);
                if let (Some(link), Some(known)) = (link, entity.link_confidence.as_mut()) {
                    *known = known.max(link.confidence);
                }
                if row.is_none() && mention.text.len() > entity.name.len() {
                    entity.name.clone_from(&mention.text);
                }
                entity.mentions.push(mention);
            }
            None => self.entities.push(Entity {
                id: match identity {
                    Identity::Known(qid, _) => format!("Q{qid}"),
                    Identity::Row(at, kind) => {
                        let kb = self.kb;
                        let id = kb
                            .own_id(at)
                            .map_or_else(|| key_of(kb.label(at).unwrap_or_default()), str::to_owned);
                        format!("nil:{}:{id}", kind.as_str())
                    }
                    Identity::Named(name, kind) => format!("nil:{}:{name}", kind.as_str()),
                },
                name: row
                    .and(link)
                    .and_then(|link| self.kb.label(link.at))
                    .unwrap_or(&mention.text)
                    .to_owned(),
                kind: span.kind.as_str().to_owned(),
                qid: qid.and_then(tagger::qid),
                country: row.and_then(|row| row.country_code().map(str::to_owned)),
                confidence: span.confidence,
                link_confidence: qid.and(link).map(|link| link.confidence),
                value: None,
                mentions: vec![mention],
            }),
        }
    }

    fn add_value(&mut self, places: &mut FxHashMap<String, usize>, span: &ValueSpan) {
        let said =
            said(&span.value).unwrap_or_else(|| self.words.folded_range(span.from, span.to).to_owned());
        let id = format!("nil:{}:{said}", span.kind.as_str());
        let mention = self.mention(span.from, span.bytes);
        let place = places.get(&id).copied().unwrap_or(self.entities.len());
        if let Some(entity) = self.entities.get_mut(place) {
            if mention.text.len() > entity.name.len() {
                entity.name.clone_from(&mention.text);
            }
            entity.mentions.push(mention);
            return;
        }
        places.insert(id.clone(), place);
        self.entities.push(Entity {
            id,
            name: mention.text.clone(),
            kind: span.kind.as_str().to_owned(),
            qid: None,
            country: None,
            confidence: confidence(span.kind),
            link_confidence: None,
            value: Some(span.value.clone()),
            mentions: vec![mention],
        });
    }

    fn mention(&self, from: usize, bytes: Span<Bytes>) -> Mention {
        let field = self.words.field(from);
        let index = if field == MentionField::Headline { self.headline } else { self.text };
        let offsets = index.span(bytes);
        Mention { field, start: offsets.start(), end: offsets.end(), text: bytes.of(index.text()).to_owned() }
    }
}

/// What makes two values of a type one: the date that they lead to, or amount and unit. `None` where
/// the amount is not said.
fn said(value: &EntityValue) -> Option<String> {
    let amount_of = |amount: &Option<String>, to: &Option<String>, unit: &str| {
        let amount = amount.as_deref()?;
        Some(match to {
            Some(to) => format!("{amount}/{to} {unit}"),
            None => format!("{amount} {unit}"),
        })
    };
    match value {
        EntityValue::Time { stated, iso } => Some(iso.as_ref().unwrap_or(stated).clone()),
        EntityValue::Money { amount, to, currency, unit } => {
            amount_of(amount, to, currency.as_deref().unwrap_or(unit))
        }
        EntityValue::Number { amount, to, unit, .. } => amount_of(amount, to, unit),
    }
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

fn two_decimals(confidence: f64) -> f64 {
    (confidence.clamp(0.0, 1.0) * 100.0).round() / 100.0
}
