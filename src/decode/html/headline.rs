//! Which of a page's titles is the headline: the one that the others agree with.
//!
//! No source is right by itself: JSON-LD and OpenGraph are written for machines and sometimes for search
//! engines, the first `h1` may be the site's name, `title` carries the site with it. Each source that
//! says the words of a candidate adds its weight to it. The weights were set by hand on labelled pages;
//! `docs/quality.md` says why a fit does no better.

use super::site::Names;
use super::sweep::Facts;
use super::title::{Run, folded, runs};

/// Headings of each level that are looked at.
const MAX_HEADINGS: usize = 12;
/// Code points of a title that are looked at.
const MAX_TITLE: usize = 1_000;
/// Fewer words at the head, or at the end, of a longer title say nothing.
const MIN_OPENING: usize = 3;
const MIN_ENDING: usize = 4;

/// Where a title stands, the ones whose spelling is preferred first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    Linked,
    Heading1,
    OpenGraph,
    Twitter,
    OtherMeta,
    Title,
    Heading2,
    Heading3,
}

impl Source {
    const ALL: [Self; 8] = [
        Self::Linked,
        Self::Heading1,
        Self::OpenGraph,
        Self::Twitter,
        Self::OtherMeta,
        Self::Title,
        Self::Heading2,
        Self::Heading3,
    ];

    /// What it counts that this source says the same. A lower heading that repeats a title is the
    /// article's own, whatever the page's first heading is.
    fn weight(self) -> f64 {
        match self {
            Self::Linked => 1.3,
            Self::Heading1 => 1.1,
            Self::OpenGraph => 0.7,
            Self::Twitter => 0.8,
            Self::OtherMeta => 0.75,
            Self::Title => 0.25,
            Self::Heading2 => 2.5,
            Self::Heading3 => 0.5,
        }
    }

    /// What a person calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Linked => "JSON-LD",
            Self::Heading1 => "h1",
            Self::OpenGraph => "og:title",
            Self::Twitter => "twitter:title",
            Self::OtherMeta => "other meta",
            Self::Title => "title",
            Self::Heading2 => "h2",
            Self::Heading3 => "h3",
        }
    }

    /// Whether it may hold more than the headline: the site, a section, of a heading a kicker.
    fn has_parts(self) -> bool {
        matches!(self, Self::Heading1) || self.goes_on()
    }

    /// Whether it stands in a `meta`.
    fn is_meta(self) -> bool {
        matches!(self, Self::OpenGraph | Self::Twitter | Self::OtherMeta)
    }

    /// Whether it may hold more behind the headline.
    fn goes_on(self) -> bool {
        self.is_meta() || self == Self::Title
    }
}

/// With several `h1`, each counts a little less, the first one most.
const ONE_OF_MANY: f64 = 0.9;
const LATER_OF_MANY: f64 = 0.7;
/// What a title counts that says the candidate and more after it, or before it.
const GOES_ON: f64 = 0.9;
const LEADS_UP: f64 = 0.65;

/// Code points from which on a title for machines may be cut: search engines ask for 110 at most.
const MAX_FOR_MACHINES: usize = 100;

/// One title of the page.
struct Said {
    source: Source,
    weight: f64,
    text: String,
    words: String,
    parts: Vec<Part>,
}

/// Consecutive parts of a title.
struct Part {
    text: String,
    words: String,
    /// What is left of the title is the site's name, or nothing.
    beside_site: bool,
}

/// A title of a page that might have been its headline.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadlineCandidate {
    /// The title, as its most preferred source writes it.
    pub text: String,
    /// The sum of the votes for it; the candidate with the most is the headline.
    pub votes: f64,
    /// Who votes for it, and with how much.
    pub sources: Vec<(&'static str, f64)>,
}

/// The headline, and what it was chosen from.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    pub(super) headline: Option<String>,
    /// The most votes first.
    pub(super) candidates: Vec<HeadlineCandidate>,
}

/// The headline, from what JSON-LD says and what the page's tags say.
pub(super) fn choose(linked: Option<&str>, facts: &Facts, site: Option<&str>) -> Chosen {
    let names = Names::of(facts, site);
    let said = all(linked, facts, &names);
    let mut candidates = candidates(&said);
    let only = candidates.len() == 1;
    candidates.retain(|candidate| only || !names.is_site(candidate.words));
    let mut best: Option<(f64, Source, &str)> = None;
    let mut considered = Vec::with_capacity(candidates.len());
    for Candidate { words, source, text } in candidates {
        let sources = agreement(words, &said);
        let votes = sources.iter().map(|(_, votes)| votes).sum::<f64>();
        let better =
            best.is_none_or(|(most, of, _)| votes > most + 1e-9 || (votes > most - 1e-9 && source < of));
        if better {
            best = Some((votes, source, text));
        }
        considered.push(HeadlineCandidate { text: text.to_owned(), votes, sources });
    }
    let headline =
        best.map(|(_, _, text)| as_spelled(as_parted(unabridged(text, &said), &said), &said).to_owned());
    // Stable: of equals the one whose source is preferred.
    considered.sort_by(|one, other| other.votes.total_cmp(&one.votes));
    Chosen { headline, candidates: considered }
}

/// What may be the headline, once, as the most preferred source writes it.
struct Candidate<'s> {
    words: &'s str,
    source: Source,
    text: &'s str,
}

/// All titles, and those parts of them that another source says or that stand beside the site's name.
fn candidates(said: &[Said]) -> Vec<Candidate<'_>> {
    let mut found: Vec<Candidate<'_>> = Vec::new();
    for title in said {
        let whole = Candidate { words: &title.words, source: title.source, text: &title.text };
        let mut these = Vec::new();
        match title.source {
            Source::Linked => these.push(whole),
            Source::Heading1 => {
                let behind_kickers = title.parts.iter().filter(|part| is_behind_kickers(part, title, said));
                these.extend(behind_kickers.map(|part| Candidate {
                    words: &part.words,
                    source: title.source,
                    text: &part.text,
                }));
                these.insert(0, whole);
            }
            Source::Heading2 | Source::Heading3 => {}
            source => {
                for part in &title.parts {
                    let says = |other: &Said| other.source != source && other.words == part.words;
                    if part.beside_site || said.iter().any(says) {
                        these.push(Candidate { words: &part.words, source, text: &part.text });
                    }
                }
            }
        }
        for candidate in these {
            match found.iter_mut().find(|known| known.words == candidate.words) {
                Some(known) if known.source <= candidate.source => {}
                Some(known) => *known = candidate,
                None => found.push(candidate),
            }
        }
    }
    found
}

/// Whether a heading ends with this part and another source, which begins with other words, ends with it, too:
/// then both have a kicker of their own before the headline.
fn is_behind_kickers(part: &Part, heading: &Said, said: &[Said]) -> bool {
    let is_end =
        |title: &str| title.strip_suffix(part.words.as_str()).is_some_and(|rest| rest.ends_with(' '));
    let opening = |title: &str| title.split(' ').next().map(str::to_owned);
    part.words.split(' ').count() >= MIN_ENDING
        && is_end(&heading.words)
        && said.iter().any(|other| {
            !matches!(other.source, Source::Heading1 | Source::Heading2 | Source::Heading3 | Source::Title)
                && is_end(&other.words)
                && opening(&other.words) != opening(&heading.words)
        })
}

/// The sources that say `words` with their weights, each counted once, at its best.
fn agreement(words: &str, said: &[Said]) -> Vec<(&'static str, f64)> {
    let count = words.split(' ').count();
    let share = |title: &Said| {
        if title.words == words || title.parts.iter().any(|part| part.words == words) {
            return 1.0;
        }
        let may_go_on = title.source.goes_on() || title.source == Source::Linked;
        if may_go_on
            && count >= MIN_OPENING
            && title.words.strip_prefix(words).is_some_and(|rest| rest.starts_with(' '))
        {
            GOES_ON
        } else if (may_go_on || title.source == Source::Heading1)
            && count >= MIN_ENDING
            && title.words.strip_suffix(words).is_some_and(|rest| rest.ends_with(' '))
        {
            LEADS_UP
        } else {
            0.0
        }
    };
    let of_source = |source: Source| {
        if matches!(source, Source::Heading2 | Source::Heading3) && count < MIN_OPENING {
            // A word or two are a section, or a kicker.
            return 0.0;
        }
        said.iter()
            .filter(|title| title.source == source)
            .map(|title| title.weight * share(title))
            .fold(0.0, f64::max)
    };
    let votes = Source::ALL.into_iter().map(|source| (source.name(), of_source(source)));
    votes.filter(|(_, votes)| *votes > 0.0).collect()
}

/// A title that was cut short, in full where another source has it; a long one that tells nobody of the cut,
/// where a heading and what machines read agree on how it goes on.
fn unabridged<'t>(text: &'t str, said: &'t [Said]) -> &'t str {
    let ends = ["...", "…"];
    let is_marked = |title: &str| ends.iter().any(|end| title.ends_with(end));
    let words = folded(text);
    let goes_on = |title: &&Said| {
        title.words.len() > words.len() && title.words.starts_with(&words) && !is_marked(&title.text)
    };
    let mut longer = said.iter().filter(goes_on);
    let full = if is_marked(text) {
        longer.next()
    } else if text.chars().count() >= MAX_FOR_MACHINES {
        let is_agreed =
            |title: &Said| said.iter().any(|other| other.source.is_meta() && other.words == title.words);
        longer.find(|title| title.source == Source::Heading1 && is_agreed(title))
    } else {
        None
    };
    full.map_or(text, |title| &title.text)
}

/// A kicker that stands in an element of its own is parted from the headline by how the page looks; another source
/// may part them with a sign.
fn as_parted<'t>(text: &'t str, said: &'t [Said]) -> &'t str {
    let is_word = |part: &&str| part.contains(char::is_alphanumeric);
    let says_so = |title: &&Said| {
        title.text.len() > text.len()
            && matches!(
                title.source,
                Source::Linked | Source::OpenGraph | Source::Twitter | Source::OtherMeta
            )
            && title.text.split(' ').next().is_some_and(|first| is_word(&first))
            && title.text.split(' ').next_back().is_some_and(|last| is_word(&last))
            && title.text.split(' ').filter(is_word).eq(text.split(' '))
    };
    said.iter().find(says_so).map_or(text, |title| &title.text)
}

/// A kicker that stands in an element of its own leaves a space before its colon; another source may have
/// the title as it is spelled.
fn as_spelled<'t>(text: &'t str, said: &'t [Said]) -> &'t str {
    if !text.contains(" :") {
        return text;
    }
    let spelled = text.replace(" :", ":");
    let texts = said.iter().flat_map(|title| {
        std::iter::once(title.text.as_str()).chain(title.parts.iter().map(|part| part.text.as_str()))
    });
    texts.into_iter().find(|other| *other == spelled).unwrap_or(text)
}

fn all(linked: Option<&str>, facts: &Facts, names: &Names) -> Vec<Said> {
    let mut said = Vec::new();
    let mut add = |source: Source, weight: f64, text: &str| {
        let end = text.char_indices().nth(MAX_TITLE).map_or(text.len(), |(at, _)| at);
        let text = text.get(..end).unwrap_or(text);
        let words = folded(text);
        if !words.is_empty() {
            let parts = if source.has_parts() { parts(text, names) } else { Vec::new() };
            said.push(Said { source, weight, text: text.to_owned(), words, parts });
        }
    };
    if let Some(linked) = linked {
        add(Source::Linked, Source::Linked.weight(), linked);
    }
    for (source, level) in [(Source::Heading1, 1), (Source::Heading2, 2), (Source::Heading3, 3)] {
        let found: Vec<&str> = facts.headings_of(level).take(MAX_HEADINGS).collect();
        for (number, heading) in found.iter().enumerate() {
            let weight = match (source, found.len(), number) {
                (Source::Heading1, 2.., 0) => source.weight() * ONE_OF_MANY,
                (Source::Heading1, 2.., _) => source.weight() * LATER_OF_MANY,
                _ => source.weight(),
            };
            add(source, weight, heading);
        }
    }
    let metas: [(Source, &[&str]); 3] = [
        (Source::OpenGraph, &["og:title"]),
        (Source::Twitter, &["twitter:title"]),
        (Source::OtherMeta, &["dc.title", "parsely-title", "sailthru.title", "cxenseparse:title"]),
    ];
    for (source, keys) in metas {
        for title in keys.iter().filter_map(|key| facts.meta(&[key])) {
            add(source, source.weight(), title);
        }
    }
    if let Some(title) = &facts.title {
        add(Source::Title, Source::Title.weight(), title);
    }
    said
}

/// All runs of consecutive parts of a title.
fn parts(title: &str, names: &Names) -> Vec<Part> {
    let part = |run: Run<'_>| Part {
        beside_site: names.is_near_site(&run.before) && names.is_near_site(&run.after),
        text: run.text.to_owned(),
        words: run.words,
    };
    runs(title).into_iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "Ferry runs aground off the old harbour in a night of storms, and all of those on board \
                        are brought to shore before the morning";

    fn facts(headings: &[(u8, &str)], open_graph: Option<&str>, title: Option<&str>) -> Facts {
        Facts {
            headings: headings.iter().map(|&(level, heading)| (level, heading.to_owned())).collect(),
            metas: open_graph.map(|title| ("og:title".to_owned(), title.to_owned())).into_iter().collect(),
            title: title.map(str::to_owned),
            ..Facts::default()
        }
    }

    #[test]
    fn titles_that_agree_win() {
        let cases = [
            (
                "a heading and two titles agree against JSON-LD",
                Some("Ferry: the tale"),
                facts(
                    &[(1, "Harbour Post"), (1, "Ferry runs aground")],
                    Some("Ferry runs aground"),
                    Some("Ferry runs aground - Harbour Post"),
                ),
                Some("Harbour Post"),
                Some("Ferry runs aground"),
            ),
            (
                "nobody agrees: JSON-LD first",
                Some("Ferry runs aground"),
                facts(&[(1, "Sport")], Some("A ferry, aground"), None),
                None,
                Some("Ferry runs aground"),
            ),
            (
                "a title alone, without its site",
                None,
                facts(&[], None, Some("Ferry runs aground – again | Harbour Post")),
                Some("Harbour Post"),
                Some("Ferry runs aground – again"),
            ),
            (
                "quotes do not matter for agreement",
                Some("Captain: 'it’s fine'"),
                facts(&[(1, "Captain: “It's fine”")], None, None),
                None,
                Some("Captain: 'it’s fine'"),
            ),
            (
                "the first heading is the blog's, the second the article's",
                None,
                facts(
                    &[(1, "Four harbours"), (2, "Ferry runs aground"), (2, "Comments")],
                    None,
                    Some("Four harbours » Blog Archive » Ferry runs aground"),
                ),
                None,
                Some("Ferry runs aground"),
            ),
            (
                "a title that goes on where the heading ends",
                None,
                facts(&[(1, "Ferry runs aground")], None, Some("Ferry runs aground: all that is known")),
                None,
                Some("Ferry runs aground"),
            ),
            (
                "what was cut short is taken in full",
                Some("Ferry runs aground off the old…"),
                facts(&[(1, "Ferry runs aground off the old harbour")], None, None),
                None,
                Some("Ferry runs aground off the old harbour"),
            ),
            (
                "the site's head, and the headline below it",
                None,
                facts(
                    &[(1, "Four harbours"), (1, "Ferry runs aground")],
                    None,
                    Some("Ferry runs aground | Four harbours"),
                ),
                None,
                Some("Ferry runs aground"),
            ),
            (
                "a headline cut for machines, of which nothing tells",
                Some(LONG.get(..104).unwrap_or_default()),
                facts(&[(1, LONG)], Some(LONG), None),
                None,
                Some(LONG),
            ),
            (
                "a headline that a heading alone goes on from",
                Some(LONG.get(..104).unwrap_or_default()),
                facts(&[(1, LONG)], Some("A ferry, aground"), None),
                None,
                LONG.get(..104),
            ),
            (
                "a headline behind two kickers",
                None,
                facts(
                    &[(1, "A night of storms - Ferry runs aground again")],
                    Some("Harbour: Ferry runs aground again"),
                    None,
                ),
                None,
                Some("Ferry runs aground again"),
            ),
            (
                "the same kicker is the headline's",
                None,
                facts(
                    &[(1, "Storm - Ferry runs aground off Oslo")],
                    Some("Storm: Ferry runs aground off Oslo"),
                    None,
                ),
                None,
                Some("Storm - Ferry runs aground off Oslo"),
            ),
            (
                "a kicker in the heading, before a headline that others agree on",
                None,
                facts(
                    &[(1, "Harbour Ferry runs aground again")],
                    Some("Ferry runs aground again"),
                    Some("Ferry runs aground again | Post"),
                ),
                Some("Post"),
                Some("Ferry runs aground again"),
            ),
            (
                "a kicker that looks parted is parted by a sign",
                None,
                facts(&[(1, "Storm Ferry runs aground")], Some("Storm / Ferry runs aground"), None),
                None,
                Some("Storm / Ferry runs aground"),
            ),
            (
                "a sign at the end parts nothing",
                None,
                facts(&[(1, "Ferry runs aground")], Some("Ferry runs aground -"), None),
                None,
                Some("Ferry runs aground"),
            ),
            ("nothing at all", None, facts(&[], None, None), None, None),
        ];
        for (name, linked, facts, site, expected) in cases {
            assert_eq!(choose(linked, &facts, site).headline.as_deref(), expected, "{name}");
        }
    }
}
