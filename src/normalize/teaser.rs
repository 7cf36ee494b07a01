//! Teasers of other articles at the end of a text: `More Ferry line closes after forty years`.

/// The longest teaser, in bytes.
const MAX_BYTES: usize = 240;
/// The fewest words of the title that a bare `More` announces.
const MIN_WORDS: usize = 3;

/// Openings that announce another article whatever follows, in lower case.
const OPENINGS: &[&str] = &[
    "read more:",
    "read also:",
    "also read:",
    "see also:",
    "read next:",
    "more:",
    "related:",
    "related article:",
    "related articles:",
    "related story:",
    "related stories:",
    "you may also like:",
    "recommended:",
    "watch:",
    "don't miss:",
    "read more -",
    "read more –",
    "also read -",
    "also read –",
    "see more:",
    "more on this story:",
];

/// Openings that announce another article where a title follows, in lower case.
const BARE: &[&str] = &["read more", "read also", "also read", "see also", "read next", "more"];

/// The byte at which the title begins if `line` is a teaser.
pub(super) fn title(line: &str) -> Option<usize> {
    if line.len() > MAX_BYTES {
        return None;
    }
    let rest_after = |opening: &str| {
        let (head, rest) = line.split_at_checked(opening.len())?;
        head.eq_ignore_ascii_case(opening).then_some(rest)
    };
    for opening in OPENINGS {
        if let Some(rest) = rest_after(opening) {
            let title = rest.trim_start();
            return (!title.is_empty()).then(|| line.len() - title.len());
        }
    }
    for opening in BARE {
        let Some(title) = rest_after(opening).and_then(|rest| rest.strip_prefix(' ')) else { continue };
        return reads_as_title(title).then(|| line.len() - title.len());
    }
    None
}

/// A title begins with a capital and does not end as a sentence.
fn reads_as_title(text: &str) -> bool {
    let opens =
        text.trim_start_matches(['“', '‘', '"', '\'', '«']).chars().next().is_some_and(char::is_uppercase);
    let closed =
        text.trim_end_matches(['”', '’', '"', '\'', '»', ')']).ends_with(['.', '!', '…', ':', ';', ',']);
    opens && !closed && text.split_whitespace().nth(MIN_WORDS - 1).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn teasers() {
        for (line, expected) in [
            ("More Ferry line closes after forty years", "Ferry line closes after forty years"),
            ("Read more: ferry line closes", "ferry line closes"),
            ("READ ALSO Ferry line to close?", "Ferry line to close?"),
            ("More: Ferry", "Ferry"),
        ] {
            assert_eq!(title(line).map(|at| &line[at..]), Some(expected));
        }
    }

    #[test]
    fn no_teasers() {
        for line in [
            "More than 100 people fled.",
            "More than 100 people fled",
            "More Norwegians took the ferry in May.",
            "More ferries",
            "Moreover The Ferry Line",
            "Read more",
            "More",
            "The more Ferry lines close the better",
        ] {
            assert_eq!(title(line), None, "{line}");
        }
    }
}
