//! The page's own word for its text: where JSON-LD has an `articleBody` of about the same length, a line of
//! the page that it does not hold is not the article's.

use super::runs::{RUN, Runs, words};

/// `articleBody` must have at least this share of the words of the page's text, in hundredths: a shorter one
/// is a teaser.
const MIN_LENGTH: usize = 70;
/// The least share of a line's runs that `articleBody` must hold.
const MIN_HELD: f64 = 0.5;
/// At least this share of the words must stay, in hundredths, or the two are different texts.
const MIN_KEPT: usize = 60;

/// `text` without the lines that `linked` does not hold. As it is where the two are not alike.
pub(super) fn vouched(text: &str, linked: &Runs) -> String {
    let lines: Vec<(&str, Vec<u64>)> = text.split('\n').map(|line| (line, words(line))).collect();
    let all: usize = lines.iter().map(|(_, words)| words.len()).sum();
    if linked.count() < RUN || linked.count() * 100 < all * MIN_LENGTH {
        return text.to_owned();
    }
    let is_held = |words: &[u64]| words.is_empty() || linked.share(words) >= MIN_HELD;
    let kept: Vec<_> = lines.iter().filter(|(_, words)| is_held(words)).collect();
    let left: usize = kept.iter().map(|(_, words)| words.len()).sum();
    if left * 100 < all * MIN_KEPT {
        return text.to_owned();
    }
    kept.iter().map(|(line, _)| *line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORY: &str =
        "The ferry ran aground at noon.\nIt was freed in the evening by two tugs from the harbour.";

    #[test]
    fn lines_that_the_page_does_not_vouch_for_go() {
        let linked =
            "The ferry ran aground at noon. It was freed in the evening by two tugs from the harbour.";
        let page = format!("By our staff\n{STORY}\nThe weather tomorrow: rain");
        assert_eq!(vouched(&page, &Runs::of(linked)), STORY);
    }

    #[test]
    fn a_teaser_and_another_text_vouch_for_nothing() {
        assert_eq!(vouched(STORY, &Runs::of("The ferry ran aground at noon.")), STORY);
        let other =
            "In other news the council met and agreed on nothing, as it had the week before, and went home.";
        assert_eq!(vouched(STORY, &Runs::of(other)), STORY);
    }
}
