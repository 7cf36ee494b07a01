//! Each sample gives its expected record or its expected error, and its fields replay from the raw text.
//!
//! After a wanted change: `COPYDESK_TEST_REGENERATE=1 cargo test --test samples`, then read the diff.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop at once"
)]

use std::fs;
use std::path::{Path, PathBuf};

use copydesk::article::{Edit, Field, Part, RawArticle, Record};
use copydesk::budget::Budget;
use copydesk::decode::{DecodeLimits, decode};
use copydesk::enrich::Enricher;
use copydesk::normalize::replay;
use copydesk::settings::{self, Sources};
use copydesk::worker;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

/// Names and raw articles, sorted.
fn samples() -> Vec<(String, RawArticle)> {
    let mut found: Vec<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_file())
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            let value = fs::read(entry.path()).unwrap().into();
            let file = Some(format!("samples/{name}"));
            (name, RawArticle { value, file, ..RawArticle::default() })
        })
        .collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

fn enricher() -> Enricher {
    worker::enricher(&settings::load(&Sources::default()).unwrap().settings).unwrap()
}

#[test]
fn each_sample_gives_its_record_or_its_error() {
    let enricher = enricher();
    let regenerate = std::env::var_os("COPYDESK_TEST_REGENERATE").is_some();
    let samples = samples();
    assert!(samples.len() >= 15);
    let mut wrong = Vec::new();
    for (name, raw) in samples {
        let answer = match enricher.enrich(&raw, &mut Budget::default()) {
            Ok(record) => serde_json::to_string_pretty(&record).unwrap(),
            Err(rejection) => {
                serde_json::to_string_pretty(&serde_json::json!({ "error": rejection })).unwrap()
            }
        } + "\n";
        let path = folder().join("expected").join(format!("{name}.json"));
        if regenerate {
            fs::write(&path, &answer).unwrap();
        }
        if fs::read_to_string(&path).unwrap_or_default() != answer {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "not as expected: {wrong:?}");
}

#[test]
fn no_expectation_is_left_without_its_sample() {
    let samples: Vec<_> = samples().into_iter().map(|(name, _)| format!("{name}.json")).collect();
    for entry in fs::read_dir(folder().join("expected")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(samples.contains(&name), "{name}");
    }
}

/// The record alone, and the decoded raw text, give each field again; and every mention is its slice.
#[test]
fn every_field_replays_from_the_raw_text() {
    let enricher = enricher();
    let mut replayed = 0;
    for (name, raw) in samples() {
        let Ok(record) = enricher.enrich(&raw, &mut Budget::default()) else { continue };
        let document = decode(&raw, &DecodeLimits::default(), &mut Budget::default()).unwrap();
        check(&name, &document.layout.text, &record);
        replayed += 1;
    }
    assert!(replayed >= 15, "{replayed}");
}

fn check(name: &str, raw: &str, record: &Record) {
    let again = |field| fields(raw, &record.parts, &record.edits, field);
    assert_eq!(again(Field::Headline).first(), record.headline.as_ref(), "{name}");
    assert_eq!(again(Field::Text).concat(), record.text, "{name}");
    let related: Vec<_> = record.related.iter().map(|related| related.text.clone()).collect();
    assert_eq!(again(Field::Related), related, "{name}");
    let text: Vec<char> = record.text.chars().collect();
    let headline: Vec<char> = record.headline.iter().flat_map(|headline| headline.chars()).collect();
    for entity in record.entities.iter().flatten() {
        for mention in &entity.mentions {
            let field = match mention.field {
                copydesk::article::MentionField::Text => &text,
                copydesk::article::MentionField::Headline => &headline,
            };
            let slice: String = field[mention.start..mention.end].iter().collect();
            assert_eq!(slice, mention.text, "{name}");
        }
    }
}

/// A replay that shares no code with the library: over a plain list of characters.
fn fields(raw: &str, parts: &[Part], edits: &[Edit], field: Field) -> Vec<String> {
    let chars: Vec<char> = raw.chars().collect();
    let mut found: Vec<String> = Vec::new();
    for part in parts.iter().filter(|part| part.field == field) {
        let mut text = String::new();
        let mut at = part.raw.start();
        for edit in edits.iter().filter(|edit| part.raw.contains(edit.raw)) {
            text.extend(&chars[at..edit.raw.start()]);
            let cut: String = chars[edit.raw.start()..edit.raw.end()].iter().collect();
            assert_eq!(cut, edit.cut);
            text.push_str(&edit.put);
            at = edit.raw.end();
        }
        text.extend(&chars[at..part.raw.end()]);
        match found.last_mut() {
            Some(last) if field != Field::Related => last.push_str(&text),
            _ => found.push(text),
        }
    }
    assert_eq!(found, replay(raw, parts, edits, field));
    found
}
