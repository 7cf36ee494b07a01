//! What a site is called, so that its name is not taken for a headline.

use super::sweep::Facts;
use super::title::{Run, folded, runs};

/// Words that a heading must have to be the one that a title begins with: before the title's end, where a
/// section may stand first, and as all that stands before the end.
const MIN_HEADING: usize = 3;
const MIN_HEADING_BEFORE_END: usize = 2;

/// The names of a site, their words [`folded`].
#[derive(Debug, Default)]
pub(super) struct Names {
    stated: Option<String>,
    host: Option<String>,
    /// What its head is headed.
    headed: Vec<String>,
}

impl Names {
    /// What the page states, where it stands, and what its title and its headings tell.
    pub(super) fn of(facts: &Facts, stated: Option<&str>) -> Self {
        let address = facts.canonical.as_deref().or_else(|| facts.meta(&["og:url"]));
        let host = address.and_then(|address| {
            let host = address.split_once("//")?.1.split(['/', '?', '#', ':']).next()?;
            let host = host.strip_prefix("www.").unwrap_or(host);
            Some(folded(host)).filter(|host| !host.is_empty())
        });
        let stated = stated.map(folded).filter(|name| !name.is_empty());
        Self { stated, host, headed: headed(facts) }
    }

    /// Whether these words are the site's name, or its host.
    pub(super) fn is_site(&self, words: &str) -> bool {
        let host = self.host.as_deref().is_some_and(|host| {
            host == words || host.split(' ').next().is_some_and(|label| label.len() > 3 && label == words)
        });
        host || self.stated.as_deref() == Some(words) || self.headed.iter().any(|name| name == words)
    }

    /// Whether these words are the site's name, a part of it, or more than it.
    pub(super) fn is_near_site(&self, words: &str) -> bool {
        let near = |name: &str| name.starts_with(words) || words.starts_with(name);
        words.is_empty() || self.is_site(words) || self.stated.as_deref().is_some_and(near)
    }
}

/// A title begins with the headline and goes on with the site; a page begins with the site. So a first heading
/// that stands behind another one's words in the title is the site's name.
fn headed(facts: &Facts) -> Vec<String> {
    let Some(title) = &facts.title else {
        return Vec::new();
    };
    let headings: Vec<(u8, String)> =
        facts.headings.iter().map(|(level, heading)| (*level, folded(heading))).collect();
    let is_headed = |run: &Run<'_>| {
        let least = if run.after.is_empty() { MIN_HEADING_BEFORE_END } else { MIN_HEADING };
        let is_headline = |words: &str| {
            words.split(' ').count() >= least
                && run.before.strip_prefix(words).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        let mut from_it = headings.iter().skip_while(|(level, words)| *level != 1 || *words != run.words);
        !run.before.is_empty()
            && from_it.next().is_some()
            && from_it.any(|(_, words)| *words != run.words && is_headline(words))
    };
    runs(title).into_iter().filter(is_headed).map(|run| run.words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What it is, the title, the headings, the names that they tell.
    type Case = (&'static str, &'static str, &'static [(u8, &'static str)], &'static [&'static str]);

    #[test]
    fn the_head_of_a_site_is_told_by_the_title() {
        let cases: [Case; 8] = [
            (
                "site, then headline",
                "Ferry runs aground | Four harbours",
                &[(1, "Four harbours"), (2, "Menu"), (1, "Ferry runs aground")],
                &["four harbours"],
            ),
            (
                "more than one part",
                "Ferry aground – Four harbours – a blog",
                &[(1, "Four harbours – a blog"), (3, "Ferry aground")],
                &["four harbours a blog"],
            ),
            (
                "not at the end",
                "Ferry runs aground : Four harbours | Since 2005",
                &[(1, "Four harbours"), (3, "Ferry runs aground")],
                &["four harbours"],
            ),
            (
                "a section before the headline",
                "Around Oslo | Ferry runs aground | Harbour Post",
                &[(1, "Ferry runs aground"), (2, "Around Oslo")],
                &[],
            ),
            (
                "a section's one word",
                "Sport – Ferry runs aground",
                &[(1, "Ferry runs aground"), (2, "Sport")],
                &[],
            ),
            (
                "headline, then what it is about",
                "Ferry runs aground - The harbour was closed",
                &[(1, "Ferry runs aground"), (2, "The harbour was closed")],
                &[],
            ),
            (
                "no h1",
                "Ferry runs aground | Four harbours",
                &[(2, "Four harbours"), (2, "Ferry runs aground")],
                &[],
            ),
            ("nothing else", "Ferry runs aground | Four harbours", &[(1, "Four harbours")], &[]),
        ];
        for (name, title, headings, expected) in cases {
            let facts = Facts {
                title: Some(title.to_owned()),
                headings: headings.iter().map(|&(level, heading)| (level, heading.to_owned())).collect(),
                ..Facts::default()
            };
            assert_eq!(headed(&facts), expected, "{name}");
        }
    }
}
