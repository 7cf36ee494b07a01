//! The title of a page and who wrote it, from its head: a heading like the title goes from the article.

use html5ever::local_name;

use super::super::elements::Name;
use super::super::nodes::{NodeId, Tree};

/// What the head says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Stated {
    pub(super) title: String,
    pub(super) byline: Option<String>,
}

/// Names of `meta` that hold the title, the most trusted first.
const TITLES: [&str; 6] =
    ["dc:title", "dcterms:title", "og:title", "title", "twitter:title", "parsely-title"];
/// Those that hold who wrote it.
const BYLINES: [&str; 4] = ["dc:creator", "dcterms:creator", "author", "parsely-author"];

const NAME_PREFIXES: [&str; 6] = ["article", "dc", "dcterms", "og", "twitter", "parsely"];
const PROPERTY_PREFIXES: [&str; 5] = ["article", "dc", "dcterms", "og", "twitter"];
const KEYS: [&str; 3] = ["author", "creator", "title"];

/// What parts a title from the name of the site, and what of that says where in the site it is.
const SEPARATORS: [char; 8] = ['|', '-', '–', '—', '\\', '/', '>', '»'];
const LEVELS: [char; 4] = ['\\', '/', '>', '»'];
/// Words of a title from which on it is one.
const MIN_WORDS: usize = 3;
/// A cut title of so few words is rather the whole one.
const FEW_WORDS: usize = 4;
/// More words before a colon than this are of the title.
const MANY_WORDS: usize = 5;
/// Bytes of a first heading that is taken for a title: each heading is compared with the title.
const MAX_HEADING: usize = 512;
/// Code points of a title that is most likely one.
const LIKELY: std::ops::RangeInclusive<usize> = 15..=150;

/// Reads the `meta` elements and the title.
pub(super) fn stated(tree: &Tree) -> Stated {
    let metas = metas(tree);
    let said = |keys: &[&str]| {
        // The last of a name is the one that counts.
        keys.iter().find_map(|key| metas.iter().rfind(|(known, _)| known == key)).map(|(_, value)| &**value)
    };
    let title = said(&TITLES).map_or_else(|| title(tree), str::to_owned);
    let byline = said(&BYLINES).or_else(|| said(&["article:author"]).filter(|author| !is_address(author)));
    let decoded = |text: &str| html_escape::decode_html_entities(text).into_owned();
    Stated { title: decoded(&title), byline: byline.map(decoded) }
}

/// The names that are looked for, and what they say.
fn metas(tree: &Tree) -> Vec<(String, String)> {
    let mut metas = Vec::new();
    for meta in tree.shape.within(NodeId::ROOT).filter(|node| tree.shape.name(*node) == Name::Meta) {
        let content = tree.attribute(meta, &local_name!("content")).unwrap_or_default().trim();
        let attribute = |name| tree.attribute(meta, &name).map(str::to_ascii_lowercase);
        let key = match attribute(local_name!("property")) {
            Some(property) => property_key(&property).map(str::to_owned),
            None => attribute(local_name!("name")).and_then(|name| name_key(&name)),
        };
        if let Some(key) = key.filter(|_| !content.is_empty()) {
            metas.push((key, content.to_owned()));
        }
    }
    metas
}

fn property_key(property: &str) -> Option<&str> {
    property.split_whitespace().find_map(|part| {
        let (before, key) = part.rsplit_once(':')?;
        let start = before.find(':').map_or(0, |at| at + 1);
        let is_known = KEYS.contains(&key) && PROPERTY_PREFIXES.contains(&before.get(start..)?);
        part.get(start..).filter(|_| is_known)
    })
}

fn name_key(name: &str) -> Option<String> {
    let is_known = match name.split_once(['-', '.', ':']) {
        Some((prefix, key)) => NAME_PREFIXES.contains(&prefix) && KEYS.contains(&key),
        None => KEYS.contains(&name),
    };
    is_known.then(|| name.replace('.', ":"))
}

/// Whether it is the address of a profile, and no name.
fn is_address(author: &str) -> bool {
    author.trim().split_once("://").is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
            && !rest.is_empty()
    })
}

/// The `title`, without the name of the site where that can be told.
fn title(tree: &Tree) -> String {
    let in_head = tree
        .head()
        .and_then(|head| tree.shape.within(head).find(|node| tree.shape.name(*node) == Name::Title));
    let whole = in_head.map(|node| tree.text_within(&tree.shape, node)).unwrap_or_default();
    let whole = whole.trim();
    let headings = |name| tree.shape.within(NodeId::ROOT).filter(move |node| tree.shape.name(*node) == name);
    let text = |node| tree.text_within(&tree.shape, node);
    let words = |text: &str| text.split_whitespace().count();
    let mut cut = whole.to_owned();
    let mut levels = false;
    if whole.contains(SEPARATORS) {
        levels = whole.contains(LEVELS);
        if let Some((before, after)) = parted(whole, whole.rfind(SEPARATORS)) {
            cut = if after.starts_with(' ') { before.trim().to_owned() } else { cut };
        }
        if words(&cut) < MIN_WORDS
            && let Some((_, after)) = parted(whole, whole.find(SEPARATORS))
        {
            cut = if after.starts_with(' ') { after.trim().to_owned() } else { cut };
        }
    } else if whole.contains(": ") {
        let is_heading = [Name::H1, Name::H2]
            .into_iter()
            .any(|name| headings(name).any(|node| text(node).trim() == whole));
        if !is_heading && let Some((before, after)) = whole.rsplit_once(':') {
            let first = whole.split_once(':');
            cut = after.trim().to_owned();
            if words(&cut) < MIN_WORDS {
                cut = first.map(|(_, after)| after.trim().to_owned()).unwrap_or(cut);
            } else if first.map_or(words(before), |(before, _)| words(&format!("{before}:"))) > MANY_WORDS {
                cut = whole.to_owned();
            }
        }
    } else if !LIKELY.contains(&whole.chars().count())
        && let Some(heading) = headings(Name::H1).next().map(text).filter(|text| text.len() <= MAX_HEADING)
    {
        cut = heading;
    }
    let cut = cut.split_whitespace().collect::<Vec<_>>().join(" ");
    let all: usize = whole.split(SEPARATORS).map(words).sum();
    if words(&cut) <= FEW_WORDS && (!levels || words(&cut) + 1 != all) { whole.to_owned() } else { cut }
}

/// What stands before and behind the character at `at`.
fn parted(text: &str, at: Option<usize>) -> Option<(&str, &str)> {
    let (before, rest) = text.split_at_checked(at?)?;
    let mut rest = rest.chars();
    rest.next()?;
    Some((before, rest.as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::super::tree::tests::tree_of;
    use super::*;

    fn stated_by(markup: &str) -> Stated {
        stated(&tree_of(markup))
    }

    #[test]
    fn a_title_is_cut_where_the_site_begins() {
        for (title, expected) in [
            ("Ferry runs aground off the harbour - The Paper", "Ferry runs aground off the harbour"),
            ("The Paper | Ferry runs aground off the old harbour", "Ferry runs aground off the old harbour"),
            ("News: Ferry runs aground off the old harbour", "Ferry runs aground off the old harbour"),
            ("Ferry aground - Paper", "Ferry aground - Paper"),
            ("Ferry runs aground off harbour", "Ferry runs aground off harbour"),
        ] {
            assert_eq!(stated_by(&format!("<head><title>{title}</title></head>")).title, expected);
        }
    }

    #[test]
    fn metas_say_title_and_author() {
        let of = |markup: &str| {
            let Stated { title, byline } = stated_by(&format!("<title>T</title>{markup}"));
            (title, byline)
        };
        let ana = Some("Ana".to_owned());
        assert_eq!(of("<meta property='og:title' content='A'>"), ("A".to_owned(), None));
        assert_eq!(
            of("<meta name=DC.Title content='A'><meta name=author content=Ana>"),
            ("A".to_owned(), ana.clone())
        );
        assert_eq!(of("<meta property='article:author' content='https://x.example/ana'>").1, None);
        assert_eq!(of("<meta property='article:author' content='Ana'>").1, ana);
    }
}
