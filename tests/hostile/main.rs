//! Hostile and broken values on their whole way from bytes to a record: each ends, within its bounds of work
//! and output, on a small stack, the same way each time.
//!
//! Time and memory are measured by `cargo bench --bench hostile`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop at once"
)]

mod account;
mod kinds;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;

use account::Account;
use copydesk::article::{Flag, RawArticle, Rejection};
use copydesk::budget::{Budget, DEFAULT_STEPS};
use copydesk::decode::{DecodeLimits, decode};
use copydesk::enrich::{Enricher, to_json};
use copydesk::normalize::Normalizer;
use copydesk::tag::Tagger;
use kinds::Kind;

/// What a thread of the worker has at least.
const STACK: usize = 2 << 20;
/// The sizes at which work and output are compared. Pages reach the limits of depth and elements at both.
const SIZE: usize = 96 << 10;
/// The most bytes of a record for a byte of its value, and for its rest: a mention of two letters has some
/// hundred bytes of JSON.
const OUTPUT: usize = 64;
const REST: usize = 8 << 10;

fn enricher() -> Enricher {
    let tagger = Tagger::embedded().expect("the tables are built in");
    Enricher::new(DecodeLimits::default(), Normalizer::default(), Some(Arc::new(tagger)))
}

/// What became of a value.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    outcome: Result<Vec<u8>, Rejection>,
    flags: Vec<Flag>,
    steps: u64,
    /// Bytes of the value after expansion, as far as they were read.
    length: usize,
}

/// Enriches a value and checks what each answer promises.
fn checked(enricher: &Enricher, raw: &RawArticle) -> Answer {
    let mut budget = Budget::default();
    let record = enricher.enrich(raw, &mut budget);
    let steps = budget.spent();
    let mut answer = Answer {
        outcome: record.as_ref().map_err(Clone::clone).and_then(to_json),
        flags: Vec::new(),
        steps,
        length: raw.value.len(),
    };
    match &record {
        Ok(record) => {
            assert!(steps <= DEFAULT_STEPS);
            let layout = decode(raw, &DecodeLimits::default(), &mut Budget::default()).unwrap().layout;
            answer.length = answer.length.max(layout.text.len());
            answer.flags.clone_from(&record.flags);
            Account::from(record).check(&layout.text);
        }
        Err(rejection) => {
            assert!(!rejection.code.is_empty() && rejection.message.len() > 10, "{rejection}");
            assert!(rejection.message.len() < 2_000, "a cause is told in short: {}", rejection.code);
            assert_ne!(rejection.code, "stage_panicked");
        }
    }
    answer
}

/// Runs `work` on every kind of one family, each on a stack of its own, and names the kind that fails.
fn each(kinds: &[Kind], work: impl Fn(&Enricher, Kind) + Send + Sync + Copy + 'static) {
    let enricher = enricher();
    for &kind in kinds {
        let enricher = enricher.clone();
        let thread = thread::Builder::new().name(kind.name.to_owned()).stack_size(STACK);
        let ended = thread.spawn(move || work(&enricher, kind)).unwrap().join();
        assert!(ended.is_ok(), "{}", kind.name);
    }
}

/// A value ends within its bounds, twice the same way; and the steps of a byte do not grow with the size.
fn is_bounded(enricher: &Enricher, kind: Kind) {
    let raw = kind.raw(SIZE);
    let answer = checked(enricher, &raw);
    assert_eq!(answer, checked(enricher, &raw), "the same bytes a second time");
    if let Ok(json) = &answer.outcome {
        let most = answer.length * OUTPUT + REST;
        assert!(json.len() <= most, "{} bytes of output for {} of input", json.len(), answer.length);
    }
    let twice = checked(enricher, &kind.raw(2 * SIZE));
    // Over a limit a page is read in another way: what two ways cost is not compared.
    if answer.outcome.is_ok() && twice.outcome.is_ok() && answer.flags == twice.flags {
        let (once, more) = (answer.steps * twice.length as u64, twice.steps * answer.length as u64);
        assert!(more * 10 <= once * 12, "{} steps, then {}", answer.steps, twice.steps);
    }
}

#[test]
fn pages_are_bounded_whatever_their_tags() {
    each(kinds::markup::KINDS, is_bounded);
}

#[test]
fn pages_are_bounded_whatever_their_metadata() {
    each(kinds::embedded::KINDS, is_bounded);
}

#[test]
fn objects_are_bounded() {
    each(kinds::json::KINDS, is_bounded);
}

#[test]
fn texts_are_bounded() {
    each(kinds::text::KINDS, is_bounded);
}

#[test]
fn bytes_are_bounded() {
    each(kinds::bytes::KINDS, is_bounded);
}

/// Over a limit there is still a text, which says so, or a cause.
#[test]
fn what_passes_a_limit_is_degraded_or_refused() {
    let kinds: Vec<Kind> = kinds::all().collect();
    let named = |name: &str| *kinds.iter().find(|kind| kind.name == name).unwrap();
    let enricher = enricher();
    let answer = |name: &str, size: usize| checked(&enricher, &named(name).raw(size));
    for name in ["nested div", "a million b", "p without end", "end tags of p", "formatting opened again"] {
        let answer = answer(name, 1 << 20);
        assert!(
            answer.outcome.is_ok() && answer.flags.contains(&Flag::Degraded),
            "{name}: {:?}",
            answer.flags
        );
    }
    for (name, size, code) in [
        ("one long line", 51 << 20, "budget_exceeded"),
        ("gzip of one letter", 50 << 20, "expansion_limit"),
        ("zstd of one letter", 50 << 20, "expansion_limit"),
        ("gzip in gzip", 1 << 20, "binary_value"),
        ("deep lists", 1 << 20, "nesting_limit"),
        ("spaces", 1 << 20, "no_text"),
        ("gzip, cut", 1 << 20, "bad_compression"),
    ] {
        let code_of = |answer: Answer| answer.outcome.map_or_else(|rejection| rejection.code, |_| "a record");
        assert_eq!(code_of(answer(name, size)), code, "{name}");
    }
}

#[test]
fn every_kind_has_a_name_of_its_own() {
    let names: Vec<&str> = kinds::all().map(|kind| kind.name).collect();
    let distinct: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(distinct.len(), names.len());
}
