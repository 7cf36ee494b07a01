//! The words of a title, and its parts: headline, section, site.

/// Between the parts of a title.
const SEPARATORS: [&str; 14] =
    [" | ", " - ", " – ", " — ", " : ", " :: ", " » ", " › ", " · ", " • ", " ~ ", " // ", " >> ", "｜"];
/// Parts of a title that are looked at.
const MAX_PARTS: usize = 6;

/// Consecutive parts of a title that hold words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Run<'t> {
    /// As the title writes them.
    pub(super) text: &'t str,
    /// Their words, [`folded`].
    pub(super) words: String,
    /// The words of the title before them, and those after them.
    pub(super) before: String,
    pub(super) after: String,
}

/// All runs of consecutive parts of a title, the whole title among them.
pub(super) fn runs(title: &str) -> Vec<Run<'_>> {
    let mut bounds = vec![(0, 0)];
    let mut at = 0;
    while let Some(rest) = title.get(at..)
        && bounds.len() < MAX_PARTS
        && let Some((found, separator)) = SEPARATORS
            .iter()
            .filter_map(|separator| Some((rest.find(separator)?, *separator)))
            .min_by_key(|(found, separator)| (*found, usize::MAX - separator.len()))
    {
        let start = at + found;
        at = start + separator.len();
        bounds.push((start, at));
    }
    bounds.push((title.len(), title.len()));
    let text = |from: usize, to: usize| {
        let start = bounds.get(from).map_or(0, |(_, start)| *start);
        let end = bounds.get(to).map_or(title.len(), |(end, _)| *end);
        title.get(start..end).unwrap_or_default().trim()
    };
    let count = bounds.len() - 1;
    let mut found = Vec::new();
    for from in 0..count {
        for to in from + 1..=count {
            let words = folded(text(from, to));
            if !words.is_empty() {
                let (before, after) = (folded(text(0, from)), folded(text(to, count)));
                found.push(Run { text: text(from, to), words, before, after });
            }
        }
    }
    found
}

/// Letters and digits in lower case, words parted by one space.
pub(super) fn folded(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_alphanumeric() {
            words.extend(character.to_lowercase());
        } else if character != '\'' && character != '’' && !words.ends_with(' ') && !words.is_empty() {
            words.push(' ');
        }
    }
    words.truncate(words.trim_end().len());
    words
}
