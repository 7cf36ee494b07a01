//! The documentation against the tree: what a page names is there.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that meets the unexpected should stop at once"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The Markdown pages that people read: those at the root and those of `docs/`.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = [root().to_owned(), root().join("docs")]
        .iter()
        .flat_map(|folder| {
            fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path())
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.sort();
    pages
}

/// The lines of a page, code blocks left out.
fn prose(page: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    page.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fence && !fenced
    })
}

/// What stands between back ticks on one line, code blocks left out.
fn inline_code(page: &str) -> Vec<&str> {
    prose(page).flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

/// Targets of Markdown links, code blocks left out.
fn link_targets(page: &str) -> Vec<&str> {
    prose(page).flat_map(|line| line.split("](").skip(1).filter_map(|rest| rest.split(')').next())).collect()
}

/// The anchor that a heading gets.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn anchors(page: &str) -> BTreeSet<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    headings.map(|line| anchor(line.trim_start_matches('#'))).collect()
}

const FOLDERS: [&str; 9] =
    ["src/", "tests/", "docs/", "config/", "deploy/", "samples/", "data/", "xtask/", "benches/"];

#[test]
fn every_path_that_the_architecture_names_exists() {
    let page = read(&root().join("docs/ARCHITECTURE.md"));
    let paths: Vec<&str> = inline_code(&page)
        .into_iter()
        .map(|code| code.split_once("::").map_or(code, |(file, _)| file))
        .filter(|code| FOLDERS.iter().any(|folder| code.starts_with(folder)) && !code.contains(' '))
        .collect();
    assert!(paths.len() > 30, "the map names its places, found {}", paths.len());
    let missing: Vec<&str> = paths.into_iter().filter(|path| !root().join(path).exists()).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

/// An invariant of the map names its test as `file::test`.
#[test]
fn every_test_that_the_architecture_names_exists() {
    let page = read(&root().join("docs/ARCHITECTURE.md"));
    let mut named = 0;
    for code in inline_code(&page) {
        let Some((file, test)) = code.split_once(".rs::") else { continue };
        named += 1;
        let source = read(&root().join(format!("{file}.rs")));
        assert!(source.contains(&format!("fn {test}(")), "{code}");
    }
    assert!(named > 5, "invariants name their tests, found {named}");
}

#[test]
fn relative_links_resolve() {
    let mut checked = 0;
    for path in pages() {
        let page = read(&path);
        for target in link_targets(&page) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
            let linked =
                if file.is_empty() { path.clone() } else { path.parent().expect("a folder").join(file) };
            assert!(linked.exists(), "{}: {target}", path.display());
            if !fragment.is_empty() {
                assert!(anchors(&read(&linked)).contains(fragment), "{}: {target}", path.display());
            }
            checked += 1;
        }
    }
    assert!(checked > 10, "pages lead to each other, found {checked} links");
}

/// Names of the dependencies in a manifest, of all its tables.
fn dependencies(manifest: &Path) -> BTreeSet<String> {
    let manifest: toml::Table = read(manifest).parse().expect("TOML");
    let tables = ["dependencies", "dev-dependencies", "build-dependencies"];
    let tables = tables.iter().filter_map(|name| manifest.get(*name)?.as_table());
    tables.flat_map(|table| table.keys().cloned()).filter(|name| name != "copydesk").collect()
}

#[test]
fn every_dependency_is_explained_and_none_that_is_gone() {
    let page = read(&root().join("docs/dependencies.md"));
    let mut wanted = dependencies(&root().join("Cargo.toml"));
    wanted.extend(dependencies(&root().join("xtask/Cargo.toml")));
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let explained: BTreeSet<String> = rows.map(str::to_owned).collect();
    assert_eq!(explained.difference(&wanted).collect::<Vec<_>>(), Vec::<&String>::new(), "gone");
    assert_eq!(wanted.difference(&explained).collect::<Vec<_>>(), Vec::<&String>::new(), "not explained");
}

/// The first word of each cell of the `| key | … |` rows: every key of the record has a row.
#[test]
fn every_key_of_the_record_is_explained() {
    let page = read(&root().join("docs/record.md"));
    let schema: serde_json::Value =
        serde_json::from_str(&read(&root().join("src/article/schema.json"))).expect("JSON");
    let mut keys: BTreeSet<String> = BTreeSet::new();
    let objects =
        std::iter::once(&schema).chain(schema["$defs"].as_object().into_iter().flatten().map(|(_, v)| v));
    for object in objects {
        keys.extend(object["properties"].as_object().into_iter().flatten().map(|(key, _)| key.clone()));
    }
    let words: BTreeSet<&str> =
        inline_code(&page).into_iter().flat_map(|code| code.split(['.', '[', ']'])).collect();
    let missing: Vec<&String> = keys.iter().filter(|key| !words.contains(key.as_str())).collect();
    assert_eq!(missing, Vec::<&String>::new());
}

/// The first code block of `language` in a page.
fn block<'p>(page: &'p str, language: &str) -> &'p str {
    let open = format!("```{language}\n");
    let start = page.find(&open).expect("a code block") + open.len();
    let end = page[start..].find("```").expect("the end of the code block");
    &page[start..start + end]
}

/// The example of `docs/record.md` is what the code makes of its raw text. Entities depend on the
/// knowledge base; of them only the slices are checked.
#[test]
fn the_example_is_what_comes_out() {
    use copydesk::budget::Budget;
    use copydesk::decode::{Document, Layout};
    use copydesk::normalize::Normalizer;
    use serde_json::{Value, json};

    let page = read(&root().join("docs/record.md"));
    let raw = block(&page, "text");
    let record: Value = serde_json::from_str(block(&page, "json")).expect("JSON");
    let schema: Value = serde_json::from_str(&read(&root().join("src/article/schema.json"))).expect("JSON");
    assert!(jsonschema::draft202012::is_valid(&schema, &record), "the example follows the schema");

    let document = Document::of_layout(Layout::scraped(raw));
    let article =
        Normalizer::default().normalize(&document, None, &mut Budget::default()).expect("an article");
    let made = json!({
        "headline": article.headline, "authors": article.authors, "credits": article.credits,
        "published": article.published, "language": article.language, "text": article.text,
        "paragraphs": article.paragraphs, "sentences": article.sentences, "parts": article.parts,
        "edits": article.edits, "related": article.related, "flags": article.flags, "stats": article.stats,
    });
    for (key, value) in made.as_object().expect("an object") {
        assert_eq!(&record[key], value, "{key}");
    }
    assert_eq!(record["source"]["bytes"], json!(raw.len()));

    for mention in record["entities"]
        .as_array()
        .expect("entities")
        .iter()
        .flat_map(|entity| entity["mentions"].as_array().expect("mentions"))
    {
        let field = record[mention["in"].as_str().expect("a field")].as_str().expect("a text");
        let at = |key: &str| usize::try_from(mention[key].as_u64().expect("an offset")).expect("an offset");
        let slice: String = field.chars().skip(at("start")).take(at("end") - at("start")).collect();
        assert_eq!(json!(slice), mention["text"]);
    }
}
