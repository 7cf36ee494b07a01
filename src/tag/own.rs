//! The names of the user's own table, over what the recogniser found: they win.

use super::TagError;
use super::kb::KnowledgeBase;
use super::kb::format::MAX_NAME_TOKENS;
use super::span::TypedSpan;
use super::token::{Token, Words};
use crate::budget::Budget;

/// That a name of the user's own is a name.
const SURE: f64 = 0.99;

/// Puts the names of the user's own table into `spans`, the longest from each token on that has a
/// capital; what overlaps them goes.
///
/// # Errors
/// [`TagError::Budget`] if the budget ends.
pub(crate) fn over(
    words: &Words<'_>,
    kb: &KnowledgeBase,
    spans: Vec<TypedSpan>,
    budget: &mut Budget,
) -> Result<Vec<TypedSpan>, TagError> {
    if !kb.has_own() {
        return Ok(spans);
    }
    let mut found: Vec<TypedSpan> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let (ends, walked) = kb.own_names_from(words, at);
        budget.spend(1 + walked)?;
        let longest = (1..=MAX_NAME_TOKENS).rev().find_map(|tokens| {
            let entry = ends.get(tokens - 1).copied().filter(|entry| !entry.is_empty())?;
            let capital = (at..at + tokens).any(|index| words.get(index).is_some_and(Token::has_upper));
            let one_field = words.field(at) == words.field(at + tokens - 1);
            Some((tokens, entry)).filter(|_| capital && one_field)
        });
        let kind = longest.and_then(|(_, entry)| kb.candidates(entry).next()).map(|best| best.row.kind);
        match (longest, kind) {
            (Some((tokens, entry)), Some(kind)) => {
                let mut span = TypedSpan::new(at, at + tokens, kind, SURE);
                span.entry = entry;
                found.push(span);
                at += tokens;
            }
            _ => at += 1,
        }
    }
    let mut own = found.into_iter().peekable();
    let mut all = Vec::with_capacity(spans.len());
    for span in spans {
        while let Some(first) = own.next_if(|first| first.from < span.to) {
            while all.last().is_some_and(|last: &TypedSpan| last.to > first.from) {
                all.pop();
            }
            all.push(first);
        }
        if all.last().is_none_or(|last| last.to <= span.from) {
            all.push(span);
        }
    }
    all.extend(own);
    Ok(all)
}
