//! The rings of the house: what the core and the pipeline must not know.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that meets the unexpected should stop at once")]

use std::fs;
use std::path::{Path, PathBuf};

const CORE: [&str; 8] = [
    "src/article",
    "src/budget.rs",
    "src/decode",
    "src/enrich.rs",
    "src/normalize",
    "src/offsets.rs",
    "src/publish",
    "src/tag",
];

/// The Rust files of `place`, a file or a folder below the root of the project.
fn sources(place: &Path) -> Vec<PathBuf> {
    if place.is_file() {
        return vec![place.to_owned()];
    }
    let entries = fs::read_dir(place).unwrap_or_else(|error| panic!("{}: {error}", place.display()));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| {
            path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs")
        })
        .collect()
}

/// Lines of code (comments and tests left out) of `places` that name one of `forbidden`, but not one of `excused`.
fn breaches(places: &[&str], forbidden: &[&str], excused: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files: Vec<PathBuf> = places.iter().flat_map(|place| sources(&root.join(place))).collect();
    assert!(!files.is_empty(), "{places:?}");
    let mut found = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for (number, line) in code.lines().enumerate() {
            let is_comment = line.trim_start().starts_with("//");
            let names = |words: &[&str]| words.iter().any(|word| line.contains(word));
            if !is_comment && names(forbidden) && !names(excused) {
                found.push(format!("{}:{}: {}", file.display(), number + 1, line.trim()));
            }
        }
    }
    found
}

#[test]
fn the_core_knows_no_pipeline_no_edge_no_clock_and_no_environment() {
    let forbidden = [
        "crate::pipeline",
        "crate::kafka",
        "crate::settings",
        "crate::observe",
        "crate::worker",
        "rdkafka",
        "tokio",
        "Instant::now",
        "SystemTime",
        "Timestamp::now",
        "Zoned::now",
        "std::env",
    ];
    // Publishing turns a record of the seam into its answer, with the key that the settings ask for.
    let excused = ["crate::pipeline::seam::", "crate::settings::OutputKey"];
    assert_eq!(breaches(&CORE, &forbidden, &excused), Vec::<String>::new());
    let without_publish: Vec<&str> = CORE.into_iter().filter(|place| *place != "src/publish").collect();
    assert_eq!(breaches(&without_publish, &forbidden, &[]), Vec::<String>::new());
}

#[test]
fn only_the_kafka_module_names_its_client() {
    let elsewhere = [&CORE[..], &["src/cli", "src/observe", "src/pipeline", "src/settings", "src/worker"]];
    assert_eq!(breaches(&elsewhere.concat(), &["rdkafka::"], &[]), Vec::<String>::new());
}

#[test]
fn the_pipeline_knows_no_kafka() {
    assert_eq!(breaches(&["src/pipeline"], &["crate::kafka", "rdkafka"], &[]), Vec::<String>::new());
}
