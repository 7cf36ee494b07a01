//! XML that is no page: the formats of news agencies and of feeds, told apart by the root.

mod atom;
mod markup;
mod names;
mod newsml;
mod nitf;
pub(super) mod prolog;
mod rss;
mod tree;

pub(super) use tree::{Element, parse};

use self::names::Vocabulary;
use super::authors::distinct;
use super::story::{Story, address};
use super::{DecodeError, DecodeLimits, StatedDate, html};
use crate::article::{Flag, Format};
use crate::budget::Budget;

/// What a document turned out to be.
#[derive(Debug)]
pub(super) enum Found {
    /// A page that is written as XML: to be read as one.
    Page,
    /// An article in one of the formats.
    Story(Format, Box<Story>),
}

/// Reads the article in a document, whose root must be of the format that is `wanted`, if any is.
///
/// # Errors
/// [`DecodeError::UnsupportedShape`] for another root, for several articles, for what is no article.
pub(super) fn read(
    root: &Element,
    wanted: Option<Format>,
    limits: &DecodeLimits,
    budget: &mut Budget,
) -> Result<Found, DecodeError> {
    let format = format_of(root);
    match (format, wanted) {
        (Some(format), Some(wanted)) if format != wanted => return Err(unexpected(root, Some(wanted))),
        (None, None) if is_page(root) => return Ok(Found::Page),
        _ => {}
    }
    let mut reader = Reader { limits, budget };
    let story = match format {
        Some(Format::Nitf) => nitf::read(root, &mut reader)?,
        Some(Format::NewsMlG2) => newsml::read(root, &mut reader)?,
        Some(Format::Rss) => rss::read(root, &mut reader)?,
        Some(Format::Atom) => atom::read(root, &mut reader)?,
        _ => return Err(unexpected(root, wanted)),
    };
    Ok(Found::Story(format.unwrap_or(Format::Nitf), Box::new(story)))
}

/// The text of an article that is a piece of NITF: a whole document, or its body alone.
///
/// # Errors
/// As [`parse`].
pub(super) fn nitf_text(
    text: &str,
    limits: &DecodeLimits,
    budget: &mut Budget,
) -> Result<String, DecodeError> {
    // A body without a root of its own gets one; entities stay what they are.
    let wrapped;
    let text = if text.trim_start().starts_with("<?xml") || text.trim_start().starts_with("<!") {
        text
    } else {
        wrapped = format!("<block>{text}</block>");
        &wrapped
    };
    let root = parse(text, limits, budget)?;
    nitf::text(&root, &mut Reader { limits, budget })
}

fn is_page(root: &Element) -> bool {
    root.name().eq_ignore_ascii_case("html")
        && matches!(root.vocabulary(), Vocabulary::Xhtml | Vocabulary::Plain)
}

fn format_of(root: &Element) -> Option<Format> {
    match (root.vocabulary(), root.name()) {
        (Vocabulary::NewsMl, "newsItem" | "newsMessage" | "packageItem") => Some(Format::NewsMlG2),
        (Vocabulary::Nitf | Vocabulary::Plain, "nitf") => Some(Format::Nitf),
        (Vocabulary::Plain, "rss" | "item") => Some(Format::Rss),
        // RSS 1.0 is RDF by its root alone.
        (Vocabulary::Other, "RDF") if root.all_in(Vocabulary::Plain, "item").next().is_some() => {
            Some(Format::Rss)
        }
        (Vocabulary::Atom | Vocabulary::Plain, "feed" | "entry") => Some(Format::Atom),
        _ => None,
    }
}

fn unexpected(root: &Element, wanted: Option<Format>) -> DecodeError {
    let expected = match wanted {
        None => "NewsML-G2, NITF, RSS or Atom",
        Some(Format::NewsMlG2) => "NewsML-G2 in its namespace",
        Some(Format::Nitf) => "NITF",
        Some(Format::Rss) => "RSS",
        Some(_) => "Atom",
    };
    let namespace = match root.vocabulary() {
        Vocabulary::Plain => " in no namespace",
        Vocabulary::Other => " in a namespace that is none of theirs",
        _ => "",
    };
    DecodeError::UnsupportedShape {
        expected,
        found: format!("XML whose root is `{}`{namespace}", root.name()),
    }
}

/// What reading a story costs, and may cost.
struct Reader<'r> {
    limits: &'r DecodeLimits,
    budget: &'r mut Budget,
}

impl Reader<'_> {
    /// The text of markup that an agency wrote.
    fn agency_text(&mut self, markup: &str) -> Result<String, DecodeError> {
        self.budget.spend(markup.len())?;
        Ok(html::agency_text(markup))
    }

    /// The text of markup in a feed, and what reading it noticed.
    fn story(&mut self, markup: &str) -> Result<(String, Vec<Flag>), DecodeError> {
        self.budget.spend(markup.len())?;
        html::story(markup, self.limits, self.budget)
    }
}

/// The only one of the items of a feed.
///
/// # Errors
/// [`DecodeError::UnsupportedShape`] with their number if there is none, or more.
fn only<'e>(
    mut items: impl Iterator<Item = &'e Element>,
    expected: &'static str,
) -> Result<&'e Element, DecodeError> {
    let (first, others) = (items.next(), items.count());
    let count = usize::from(first.is_some()) + others;
    first
        .filter(|_| others == 0)
        .ok_or_else(|| DecodeError::UnsupportedShape { expected, found: format!("a feed of {count}") })
}

/// A date as the field of a standard states it.
fn dated(place: &'static str, text: &str) -> StatedDate {
    StatedDate { kind: "field", place: Some(place.into()), text: text.to_owned() }
}

/// The address of the first picture among what feeds attach to an entry: what `attached` says, or Media RSS.
fn picture<'e>(
    entry: &'e Element,
    attached: impl Iterator<Item = (&'e Element, &'static str)>,
) -> Option<String> {
    let media = |name: &'static str| entry.all_in(Vocabulary::Media, name);
    let is_image = |element: &Element| {
        element.attribute("type").is_some_and(|kind| kind.starts_with("image/"))
            || element.attribute("medium") == Some("image")
    };
    let shown = attached.chain(media("content").map(|content| (content, "url")));
    let shown = shown.filter(|(element, _)| is_image(element));
    let small = media("thumbnail").map(|thumbnail| (thumbnail, "url"));
    shown.chain(small).find_map(|(element, key)| element.attribute(key).and_then(address))
}

/// The lines of some elements, each once.
fn lines<'e>(elements: impl Iterator<Item = &'e Element>) -> Vec<String> {
    distinct(elements.filter_map(Element::line))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The story in a document.
    pub(super) fn story(text: &str) -> Result<(Format, Story), DecodeError> {
        let (limits, mut budget) = (DecodeLimits::default(), Budget::default());
        let root = parse(text, &limits, &mut budget)?;
        match read(&root, None, &limits, &mut budget)? {
            Found::Story(format, story) => Ok((format, *story)),
            Found::Page => panic!("a page"),
        }
    }

    /// Place and text of some dates.
    pub(super) fn told(dates: &[StatedDate]) -> Vec<(&str, &str)> {
        dates.iter().map(|date| (date.place.as_deref().unwrap_or_default(), date.text.as_str())).collect()
    }

    #[test]
    fn roots_tell_the_format() {
        let cases = [
            (
                "<story/>",
                "expected NewsML-G2, NITF, RSS or Atom, found XML whose root is `story` in no namespace",
            ),
            (
                "<newsItem/>",
                "expected NewsML-G2, NITF, RSS or Atom, found XML whose root is `newsItem` in no namespace",
            ),
            (
                "<x:nitf xmlns:x='urn:x'/>",
                "expected NewsML-G2, NITF, RSS or Atom, found XML whose root is `nitf` in a namespace that is none \
                 of theirs",
            ),
            ("<rss version='2.0'><channel/></rss>", "expected one item a record, found a feed of 0"),
            ("<feed xmlns='http://www.w3.org/2005/Atom'/>", "expected one entry a record, found a feed of 0"),
        ];
        for (text, message) in cases {
            assert_eq!(story(text).unwrap_err().to_string(), message);
        }
        let root = parse("<nitf/>", &DecodeLimits::default(), &mut Budget::default()).unwrap();
        let error =
            read(&root, Some(Format::Rss), &DecodeLimits::default(), &mut Budget::default()).unwrap_err();
        assert_eq!(error.to_string(), "expected RSS, found XML whose root is `nitf` in no namespace");
    }

    #[test]
    fn a_page_written_as_xml_is_a_page() {
        let (limits, mut budget) = (DecodeLimits::default(), Budget::default());
        let root = parse("<html xmlns='http://www.w3.org/1999/xhtml'/>", &limits, &mut budget).unwrap();
        assert!(matches!(read(&root, None, &limits, &mut budget), Ok(Found::Page)));
    }
}
