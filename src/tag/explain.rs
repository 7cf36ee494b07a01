//! What was considered for each mention, in words and figures that stand for themselves.

use super::kb::KnowledgeBase;
use super::kb::format::row;
use super::kind::Kind;
use super::link::{Considered, TRAITS, weight_of};
use super::span::TypedSpan;
use super::tagger::qid;
use super::token::Words;
use crate::article::MentionField;
use crate::offsets::{CodePointIndex, CodePoints, Span};

/// A mention and what it may stand for.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The field that `span` counts in.
    pub field: MentionField,
    /// Where, in code points.
    pub span: Span<CodePoints>,
    /// That slice of the field.
    pub text: String,
    /// Type.
    pub kind: Kind,
    /// That span and type are right, 0 to 1.
    pub confidence: f64,
    /// The mention whose link this one takes over, by place in the list.
    pub same_as: Option<usize>,
    /// The candidates, best first.
    pub candidates: Vec<ExplainedCandidate>,
    /// The certainty of "none of these", 0 to 1.
    pub none: f64,
    /// Whether the first candidate is the link.
    pub linked: bool,
}

/// A candidate of a mention.
#[derive(Debug, Clone)]
pub struct ExplainedCandidate {
    /// Wikidata id, or the user's own.
    pub id: Option<String>,
    /// Main name.
    pub label: String,
    /// Type.
    pub kind: Kind,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Field of life.
    pub domain: u8,
    /// What is seen of it, in the order of [`super::trait_names`].
    pub traits: [f32; TRAITS],
    /// The sum of what its traits weigh; "none of these" has 0.
    pub score: f64,
    /// Its share of the certainty, 0 to 1.
    pub confidence: f64,
}

impl ExplainedCandidate {
    /// What each trait adds to the score: its name and its points, those that matter most first.
    #[must_use]
    pub fn reasons(&self) -> Vec<(&'static str, f64)> {
        let mut reasons: Vec<(&'static str, f64)> = (0..)
            .zip(super::trait_names())
            .zip(&self.traits)
            .map(|((place, name), &seen)| (name, f64::from(seen) * weight_of(place)))
            .filter(|(_, points)| points.abs() >= 0.05)
            .collect();
        reasons.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(b.0)));
        reasons
    }
}

/// All mentions, in their order.
pub(super) fn all(
    words: &Words<'_>,
    kb: &KnowledgeBase,
    spans: &[TypedSpan],
    considered: Vec<Considered>,
    headline: &CodePointIndex<'_>,
    text: &CodePointIndex<'_>,
) -> Vec<Explained> {
    spans
        .iter()
        .zip(considered)
        .map(|(span, considered)| {
            let field = words.field(span.from);
            let index = if field == MentionField::Headline { headline } else { text };
            let linked = considered.link.is_some();
            let bytes = words.name_bytes(span.from, span.to);
            Explained {
                field,
                span: index.span(bytes),
                text: bytes.of(index.text()).to_owned(),
                kind: span.kind,
                confidence: span.confidence,
                same_as: considered.same_as,
                candidates: considered
                    .candidates
                    .into_iter()
                    .filter_map(|weighed| {
                        let row = kb.row(weighed.at)?;
                        let own = kb.own_id(weighed.at).map(str::to_owned);
                        Some(ExplainedCandidate {
                            id: own.or_else(|| qid(row.qid)),
                            label: kb.label(weighed.at).unwrap_or_default().to_owned(),
                            kind: row.kind,
                            country: row.country_code().map(str::to_owned),
                            domain: row.domain,
                            traits: weighed.traits,
                            score: weighed.score,
                            confidence: if linked && row.flags & row::OWN != 0 {
                                1.0
                            } else {
                                weighed.confidence
                            },
                        })
                    })
                    .collect(),
                none: considered.none,
                linked,
            }
        })
        .collect()
}
