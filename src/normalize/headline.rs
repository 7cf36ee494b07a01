//! The headline: whether the first line is one, and whether a line or a lead says it again.

/// The longest first line, in code points, that can be a headline.
const MAX_HEADLINE: usize = 300;
/// A first line with more words than this that ends as a sentence is a lead.
const MAX_SENTENCE_WORDS: usize = 25;
/// A longer headline, in bytes, is not looked for again: a lead that opens with many datelines would be
/// compared with it after each.
const MAX_REPEATED: usize = 1_000;
/// A headline of fewer words may well open the lead by chance.
const MIN_REPEAT_WORDS: usize = 3;

/// Whether `line`, the first of a text of several lines, reads as a headline. `dated`: a date line
/// follows, which settles all but the length.
pub(super) fn is_headline(line: &str, dated: bool) -> bool {
    if line.len() > MAX_HEADLINE && line.chars().count() > MAX_HEADLINE {
        return false;
    }
    let ends_as_sentence = line.ends_with(['.', ';', ',']) && !line.ends_with("...");
    dated || !ends_as_sentence || line.split_whitespace().count() <= MAX_SENTENCE_WORDS
}

/// One character as it counts when two headlines are compared.
fn folded(c: char) -> impl Iterator<Item = char> {
    let c = match c {
        '‘' | '’' | '‛' | '`' => '\'',
        '“' | '”' | '„' | '«' | '»' => '"',
        '–' | '—' | '−' | '‐' | '‑' => '-',
        c => c,
    };
    c.to_lowercase()
}

/// How many bytes at the head of `text` say `headline`, whatever the case and the style of quotes and
/// dashes. `None` if it opens with something else.
fn opening(text: &str, headline: &str) -> Option<usize> {
    let mut wanted = headline.chars().flat_map(folded).peekable();
    for (at, c) in text.char_indices() {
        if wanted.peek().is_none() {
            return Some(at);
        }
        for found in folded(c) {
            if wanted.next() != Some(found) {
                return None;
            }
        }
    }
    wanted.peek().is_none().then_some(text.len())
}

/// Where the lead proper begins in a paragraph that opens with the headline and a separator. The whole
/// length if it is nothing but the headline.
pub(super) fn repeat(paragraph: &str, headline: &str) -> Option<usize> {
    if headline.len() > MAX_REPEATED {
        return None;
    }
    let end = opening(paragraph, headline)?;
    let rest = paragraph.get(end..)?;
    if rest.is_empty() {
        return Some(end);
    }
    headline.split_whitespace().nth(MIN_REPEAT_WORDS - 1)?;
    let spaced = rest.trim_start_matches(' ');
    let lead = ["–", "—", "--", "-", "|", ":"].iter().find_map(|separator| spaced.strip_prefix(separator))?;
    // `Rain-soaked` is one word: a bare hyphen needs a space on its other side.
    let parted = lead.starts_with(' ') && (spaced.len() < rest.len() || !spaced.starts_with('-'));
    let parted =
        parted || spaced.starts_with(['–', '—']) || (lead.starts_with(' ') && spaced.starts_with("--"));
    let lead = lead.trim_start_matches(' ');
    (parted && !lead.is_empty()).then(|| paragraph.len() - lead.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines() {
        assert!(is_headline("Harbour bridge reopens", false));
        assert!(is_headline("Harbour bridge reopens.", false));
        assert!(is_headline(&"word ".repeat(30), false));
        let lead = format!("{}and then it ended.", "The bridge was closed ".repeat(8));
        assert!(!is_headline(&lead, false));
        assert!(is_headline(&lead, true));
        assert!(!is_headline(&"x".repeat(301), true));
    }

    #[track_caller]
    fn check(paragraph: &str, headline: &str, lead: Option<&str>) {
        assert_eq!(repeat(paragraph, headline).map(|at| &paragraph[at..]), lead, "{paragraph}");
    }

    #[test]
    fn repeats() {
        let headline = "Harbour ‘bridge’ reopens";
        check("Harbour 'bridge' reopens – Traffic is back.", headline, Some("Traffic is back."));
        check("HARBOUR ‘BRIDGE’ REOPENS: Traffic is back.", headline, Some("Traffic is back."));
        check("Harbour ‘bridge’ reopens", headline, Some(""));
        check("Harbour ‘bridge’ reopens —Traffic", headline, Some("Traffic"));
        check("Harbour ‘bridge’ reopens today.", headline, None);
        check("Harbour ‘bridge’ reopens-soon – no", headline, None);
        check("Harbour bridge", headline, None);
        check("Oslo – The city sleeps.", "Oslo", None);
        let long = "Harbour bridge ".repeat(MAX_REPEATED);
        check(&format!("{long}– Traffic is back."), &long, None);
    }
}
