//! The reference of all settings, made from the comments of `config/default.toml`.

use std::fmt::Write as _;

use super::keys::variable;

/// A section of the default file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// `kafka`, `stages.tag`.
    pub(super) name: String,
    /// Its comment, one line.
    pub(super) text: String,
    /// Its keys.
    pub(super) entries: Vec<Entry>,
}

/// A key of the default file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The whole key: `kafka.brokers`.
    pub(super) key: String,
    /// The default as it stands in the file.
    pub(super) default: String,
    /// Its comment, one line.
    pub(super) text: String,
}

/// Reads the default file as its reader does: a comment belongs to what follows without a blank line.
pub(super) fn sections() -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut comment: Vec<&str> = Vec::new();
    for line in super::DEFAULT_TOML.lines() {
        if let Some(text) = line.strip_prefix('#') {
            comment.push(text.trim());
            continue;
        }
        let text = comment.join(" ");
        comment.clear();
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            sections.push(Section { name: name.to_owned(), text, entries: Vec::new() });
            continue;
        }
        if let (Some((name, default)), Some(section)) = (line.split_once(" = "), sections.last_mut()) {
            let key = format!("{}.{name}", section.name);
            section.entries.push(Entry { key, default: default.to_owned(), text });
        }
    }
    sections
}

/// `docs/settings.md`.
#[must_use]
pub fn reference() -> String {
    let mut out = String::from(INTRODUCTION);
    for section in sections() {
        // A `String` takes everything: there is no error to lose.
        _ = write!(out, "\n## `[{}]`\n\n{}\n", section.name, section.text);
        for Entry { key, default, text } in section.entries {
            _ = write!(
                out,
                "\n### `{key}`\n\n{text}\n\n- default: `{default}`\n- environment: `{}`\n",
                variable(&key)
            );
        }
    }
    out
}

const INTRODUCTION: &str = "\
<!-- Made from config/default.toml. After a change there: COPYDESK_TEST_REGENERATE=1 cargo test --lib reference -->

# Settings

Settings are read in this order, later ones win:

1. the defaults below, which are built in;
2. the file of `--config FILE`, in TOML;
3. the environment: `COPYDESK_KAFKA__BROKERS` is `kafka.brokers`, with two underscores between levels;
4. `--set kafka.brokers=host:9092`, as often as needed.

`copydesk config check` reports every fault at once: the key, the value, where it came from and what was
expected; an unknown key with the nearest known one. `copydesk config show` prints what holds, and where each
value came from. Neither shows a secret.

- Durations carry their unit: `250ms`, `45s`, `5m`, `1h`. Sizes too: `64MiB`, `1 GiB`; `1MB` is 1,000,000 bytes,
  and a bare number is bytes.
- In the environment and in `--set`, lists are written with commas. A value that starts with `^` is one item,
  whatever commas it holds. An empty value empties a list, and unsets what may be unset.
- Of the variables that start with `COPYDESK_`, those with two underscores between names are settings, and a
  misspelt one is a fault. Others are left alone, since orchestrators make some up (`COPYDESK_SERVICE_HOST`);
  but the name of a setting with too few underscores is a fault. `COPYDESK_TEST_…` belongs to the tests.
- Passwords and other secrets are best kept in files: see `[kafka.properties_files]`.
";

/// Checks that the file at `path` (from the root of the repository) is `text`; with
/// `COPYDESK_TEST_REGENERATE` set it writes it instead.
#[cfg(test)]
#[track_caller]
pub(crate) fn assert_generated(path: &str, text: &str) {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("COPYDESK_TEST_REGENERATE").is_some() {
        std::fs::write(&file, text).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(found == text, "{path} is out of date: run the tests with COPYDESK_TEST_REGENERATE=1");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_and_key_is_explained() {
        let sections = sections();
        assert!(sections.len() >= 13, "{} sections", sections.len());
        for section in &sections {
            assert!(section.text.ends_with('.'), "[{}] has no comment", section.name);
            for entry in &section.entries {
                assert!(
                    entry.text.len() > 30 && entry.text.ends_with('.'),
                    "{}: {:?}",
                    entry.key,
                    entry.text
                );
            }
        }
    }

    #[test]
    fn the_reference_in_docs_is_the_one_made_from_the_defaults() {
        assert_generated("docs/settings.md", &reference());
    }

    #[test]
    fn the_reference_names_every_key_with_default_and_variable() {
        let text = reference();
        for section in sections() {
            assert!(text.contains(&format!("`[{}]`", section.name)));
            for entry in section.entries {
                assert!(text.contains(&format!("### `{}`", entry.key)), "{}", entry.key);
                assert!(text.contains(&format!("`{}`", variable(&entry.key))), "{}", entry.key);
            }
        }
    }
}
