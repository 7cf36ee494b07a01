//! Where sentences end. A rule-based splitter in the manner of Kiss and Strunk's heuristics without
//! their training: a stop ends a sentence unless an abbreviation, an initial or what follows speaks
//! against it.

use crate::offsets::{Bytes, Span};

/// Words before a full stop that seldom end a sentence, in lower case without it.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "gen", "col", "lt", "sgt", "capt", "cmdr", "maj", "adm", "sen", "rep",
    "gov", "pres", "hon", "rev", "fr", "sr", "jr", "st", "mt", "ft", "no", "nos", "vs", "v", "etc", "inc",
    "corp", "co", "ltd", "bros", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct",
    "nov", "dec", "approx", "dept", "est", "al", "mln", "bln", "pct", "dlrs", "ave", "blvd", "rd", "cf",
    "ed", "eds", "fig", "messrs", "supt", "insp", "det",
];
/// Of these, such as may also end a sentence: they do when a capital follows that opens one often.
const OPENERS: &[&str] = &[
    "The", "A", "An", "He", "She", "It", "They", "We", "In", "On", "But", "And", "This", "That", "There",
    "His", "Her",
];
/// Bytes that a stop may have before it and still be looked at as an abbreviation.
const MAX_WORD: usize = 12;

fn closes(c: char) -> bool {
    matches!(c, '”' | '’' | '"' | '\'' | ')' | ']' | '»')
}

/// Adds the sentences of `paragraph`, which begins at byte `base` of the text, to `out`.
pub(super) fn split(paragraph: &str, base: usize, out: &mut Vec<Span<Bytes>>) {
    // Told once: a look at all that is left for each sentence would take time with the square.
    let ascii = paragraph.is_ascii();
    let mut start = 0;
    let mut from = 0;
    while let Some((at, stop)) = next_stop(paragraph, from, ascii) {
        let mut end = at + stop.len_utf8();
        let Some(after) = paragraph.get(end..) else { break };
        // `?!`, `...`, and the quotes and brackets that belong to the sentence.
        let tail = after.trim_start_matches(|c: char| {
            matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？') || closes(c)
        });
        end += after.len() - tail.len();
        from = end;
        let wide = matches!(stop, '。' | '！' | '？');
        let next = tail.trim_start_matches(' ');
        if next.is_empty() {
            break;
        }
        let parted = wide || tail.len() > next.len();
        if parted && (wide || ends_sentence(paragraph, at, stop, end, next)) {
            out.push(Span::new(base + start, base + end));
            start = paragraph.len() - next.len();
            from = start;
        }
    }
    if start < paragraph.len() {
        out.push(Span::new(base + start, base + paragraph.len()));
    }
}

/// The next character that may end a sentence, from byte `from` on.
fn next_stop(paragraph: &str, from: usize, ascii: bool) -> Option<(usize, char)> {
    let rest = paragraph.get(from..)?;
    if ascii {
        let at = memchr::memchr3(b'.', b'!', b'?', rest.as_bytes())?;
        return Some((from + at, char::from(*rest.as_bytes().get(at)?)));
    }
    let (at, c) =
        rest.char_indices().find(|(_, c)| matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？'))?;
    Some((from + at, c))
}

fn ends_sentence(paragraph: &str, at: usize, stop: char, end: usize, next: &str) -> bool {
    let opens = next.trim_start_matches(['“', '‘', '"', '\'', '(', '[', '«', '„', '—', '–', '-', ' ']);
    let Some(first) = opens.chars().next() else { return true };
    // What goes on in lower case is no new sentence, in scripts that have cases.
    if first.is_lowercase() {
        return false;
    }
    if stop != '.' || end > at + 1 {
        return true;
    }
    let before = paragraph.get(..at).unwrap_or_default();
    let word_start = before
        .char_indices()
        .rev()
        .take(MAX_WORD + 1)
        .find(|(_, c)| !c.is_alphabetic() && *c != '.')
        .map_or(before.len().saturating_sub(MAX_WORD), |(i, c)| i + c.len_utf8());
    let word = before.get(word_start..).unwrap_or_default();
    let first_word = opens.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    if initial {
        // `George W. Bush`; `plan B. The` is the rarer thing, told by a word that opens sentences.
        return OPENERS.contains(&first_word);
    }
    if word.contains('.') {
        // `the U.S. The court`, but `the U.S. Senate`.
        return OPENERS.contains(&first_word);
    }
    let lowered = word.to_lowercase();
    if ABBREVIATIONS.contains(&lowered.as_str()) {
        // `No. 5`, `Jan. 8`, `Mr. Doe`; `Acme Inc. The firm`.
        return !matches!(lowered.as_str(), "mr" | "mrs" | "ms" | "dr" | "st" | "gen" | "sen" | "gov" | "no")
            && OPENERS.contains(&first_word);
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(sentences: &[&str]) {
        let paragraph = sentences.join(" ");
        let mut spans = Vec::new();
        split(&paragraph, 0, &mut spans);
        let found: Vec<_> = spans.iter().map(|span| span.of(&paragraph)).collect();
        assert_eq!(found, sentences);
    }

    #[test]
    fn rows() {
        check(&["It rained.", "The bridge closed!", "Why?", "Nobody knows…", "It is open."]);
        check(&["“It rained.”", "She left.", "(He stayed.)", "It cleared."]);
        check(&["Mr. Doe met Gen. Roe on Jan. 8 in St. Ives.", "They spoke."]);
        check(&["The U.S. Senate met George W. Bush.", "It voted."]);
        check(&["He lives in the U.S.", "She does not."]);
        check(&["It cost 3.5 mln dlrs in No. 7 Main St. near Acme Inc. offices.", "It was sold."]);
        check(&["Prices rose 2.5 pct.", "The bank said so."]);
        check(&["It ended 3 vs. 2 etc. and so on. here it goes on.", "Done."]);
    }

    #[test]
    fn wide_stops_need_no_space() {
        let paragraph = "下雨了。桥关闭了！";
        let mut spans = Vec::new();
        split(paragraph, 0, &mut spans);
        assert_eq!(
            spans.iter().map(|span| span.of(paragraph)).collect::<Vec<_>>(),
            ["下雨了。", "桥关闭了！"]
        );
    }

    proptest! {
        #[test]
        fn sentences_are_sorted_and_leave_only_spaces_out(paragraph in "[A-Za-z.!?… ”)。]{0,80}|\\PC{0,80}") {
            let paragraph = paragraph.trim();
            let mut spans = Vec::new();
            split(paragraph, 0, &mut spans);
            let mut at = 0;
            for span in spans {
                prop_assert!(paragraph[at..span.start()].trim_matches(' ').is_empty());
                prop_assert!(!span.is_empty());
                at = span.end();
            }
            prop_assert_eq!(at, paragraph.len());
        }
    }
}
