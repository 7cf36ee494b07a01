//! The article of schema.org that a page or a value describes in JSON-LD.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::mend::mend;
use super::text::{of_markup, one_line};
use crate::article::Access;
use crate::decode::authors::distinct;
use crate::decode::json::names;
use crate::decode::sniff;

/// How deep the graph is searched for articles.
const MAX_SEARCH: usize = 6;
/// Articles of a page or value that are read, and names or references that one of them lists: several may refer
/// to the same names.
const MAX_ARTICLES: usize = 32;
const MAX_LISTED: usize = 128;
/// How many articles of one value are told apart: more than one are refused anyway.
const MAX_APART: usize = 64;
/// Types that are articles without being called so.
const ARTICLE_TYPES: [&str; 6] = [
    "BlogPosting",
    "LiveBlogPosting",
    "SocialMediaPosting",
    "DiscussionForumPosting",
    "Report",
    "NewsMediaItem",
];
/// Keys under which an article may stand. Lists of teasers (`itemListElement`) are none of them.
const PATHS: [&str; 5] = ["@graph", "mainEntity", "mainEntityOfPage", "article", "@list"];

/// An article as JSON-LD describes it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(in crate::decode) struct LinkedArticle {
    /// `headline`, else `name`.
    pub(in crate::decode) headline: Option<String>,
    /// `datePublished`, else `dateCreated`: the key and what it holds.
    pub(in crate::decode) date: Option<(&'static str, String)>,
    /// `dateModified`.
    pub(in crate::decode) modified: Option<String>,
    /// `articleSection`.
    pub(in crate::decode) section: Option<String>,
    /// Address of `image`.
    pub(in crate::decode) image: Option<String>,
    /// `isAccessibleForFree`.
    pub(in crate::decode) access: Option<Access>,
    /// Names of `author`, else of `creator`.
    pub(in crate::decode) authors: Vec<String>,
    /// Name of `publisher`, else of `isPartOf`.
    pub(in crate::decode) site: Option<String>,
    /// `articleBody`, as text.
    pub(in crate::decode) body: Option<String>,
    /// `inLanguage`.
    pub(in crate::decode) language: Option<String>,
    /// `url`.
    pub(in crate::decode) url: Option<String>,
}

/// The article of a page's JSON-LD blocks: of several the first that has a headline. What it leaves
/// open is filled from the others and from the page's `WebPage`.
pub(super) fn read(blocks: &[&str]) -> LinkedArticle {
    let roots: Vec<Value> = blocks.iter().filter_map(|block| parse(block)).collect();
    let graph = Graph::of(&roots);
    let mut articles: Vec<LinkedArticle> =
        graph.articles.iter().take(MAX_ARTICLES).map(|object| graph.article(object)).collect();
    articles.sort_by_key(|article| article.headline.is_none());
    let mut articles = articles.into_iter();
    let mut first = articles.next().unwrap_or_default();
    for other in articles {
        if other.headline == first.headline {
            first.fill_from(other);
        }
    }
    if let Some(page) = graph.pages.first() {
        first.date = first.date.or_else(|| graph.article(page).date);
    }
    first
}

/// How many articles a value that is JSON-LD itself describes (counted up to [`MAX_APART`]), and the one
/// that it describes if that is one. The same headline is the same article, told in pieces; what has neither
/// headline nor body is a mention.
pub(in crate::decode) fn of_value(value: &Value) -> (usize, LinkedArticle) {
    let graph = Graph::of(std::slice::from_ref(value));
    // A mention may come before what it refers to.
    let (articles, mentions): (Vec<_>, Vec<_>) = graph.articles.iter().partition(|object| is_told(object));
    let mut apart: Vec<LinkedArticle> = Vec::new();
    for (place, object) in articles.into_iter().chain(mentions).enumerate() {
        // Of so many only what tells them apart is read.
        let article = if place < MAX_ARTICLES { graph.article(object) } else { told(object) };
        let is_told = is_told(object);
        if let Some(known) = apart.iter_mut().find(|known| known.headline == article.headline || !is_told) {
            known.fill_from(article);
        } else if apart.len() < MAX_APART {
            apart.push(article);
        }
    }
    (apart.len(), apart.into_iter().next().unwrap_or_default())
}

/// Whether a value is JSON-LD that describes an article.
pub(in crate::decode) fn describes_article(value: &Value) -> bool {
    !Graph::of(std::slice::from_ref(value)).articles.is_empty()
}

/// Whether an object is an article by its `@type`.
pub(in crate::decode) fn is_article(object: &Map<String, Value>) -> bool {
    has_type(object, |name| name.ends_with("Article") || ARTICLE_TYPES.contains(&name))
}

fn has_type(object: &Map<String, Value>, accepts: impl Fn(&str) -> bool) -> bool {
    let accepts_written = |written: &str| accepts(written.rsplit(['/', ':', '#']).next().unwrap_or(written));
    match object.get("@type") {
        Some(Value::String(written)) => accepts_written(written),
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).any(accepts_written),
        _ => false,
    }
}

/// Pages wrap their blocks in CDATA or comments, and leave line breaks inside strings.
fn parse(block: &str) -> Option<Value> {
    let mut inner = block.trim();
    for (opening, closing) in
        [("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("/*<![CDATA[*/", "/*]]>*/"), ("<![CDATA[", "]]>")]
    {
        inner = inner.strip_prefix(opening).unwrap_or(inner).trim();
        inner = inner.strip_suffix(closing).unwrap_or(inner).trim();
    }
    let inner = inner.strip_suffix(';').unwrap_or(inner);
    if let Ok(value) = serde_json::from_str(inner) {
        return Some(value);
    }
    let mended: String = inner.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if let Ok(value) = serde_json::from_str(&mended) {
        return Some(value);
    }
    let unescaped = html_escape::decode_html_entities(inner);
    let inner = if unescaped.contains('"') && !inner.contains('"') { unescaped.as_ref() } else { inner };
    serde_json::from_str(&mend(inner)).ok()
}

/// The objects of all blocks that matter.
#[derive(Debug, Default)]
struct Graph<'v> {
    articles: Vec<&'v Map<String, Value>>,
    pages: Vec<&'v Map<String, Value>>,
    /// Objects by `@id`, for references.
    by_id: BTreeMap<&'v str, &'v Map<String, Value>>,
}

impl<'v> Graph<'v> {
    fn of(roots: &'v [Value]) -> Self {
        let mut graph = Self::default();
        for root in roots {
            graph.collect(root, 0);
        }
        graph
    }

    fn collect(&mut self, value: &'v Value, depth: usize) {
        if depth > MAX_SEARCH {
            return;
        }
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.collect(item, depth + 1)),
            Value::Object(object) => {
                if object.len() > 1
                    && let Some(id) = object.get("@id").and_then(Value::as_str)
                {
                    self.by_id.entry(id).or_insert(object);
                }
                if is_article(object) {
                    self.articles.push(object);
                } else if has_type(object, |name| name.ends_with("WebPage")) {
                    self.pages.push(object);
                }
                for path in PATHS {
                    if let Some(inner) = object.get(path) {
                        self.collect(inner, depth + 1);
                    }
                }
            }
            _ => {}
        }
    }

    fn article(&self, object: &Map<String, Value>) -> LinkedArticle {
        let line = |key: &str| line(object, key);
        let named = |key: &str| object.get(key).map(|value| self.names(value)).unwrap_or_default();
        let mut authors = named("author");
        if authors.is_empty() {
            authors = named("creator");
        }
        let site = named("publisher").into_iter().chain(named("isPartOf")).next();
        LinkedArticle {
            date: ["datePublished", "dateCreated"].into_iter().find_map(|key| Some((key, line(key)?))),
            modified: line("dateModified"),
            section: line("articleSection"),
            image: object.get("image").and_then(image),
            access: object.get("isAccessibleForFree").and_then(access),
            authors,
            site,
            language: line("inLanguage"),
            url: line("url"),
            ..told(object)
        }
    }

    /// Names of people and organisations: strings, objects with a name, lists of them, references.
    fn names(&self, value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        let items = match value {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        for item in items.iter().take(MAX_LISTED) {
            let target = item
                .as_object()
                .filter(|object| !object.contains_key("name"))
                .and_then(|object| self.by_id.get(object.get("@id")?.as_str()?));
            let mut of_item = match target {
                Some(object) => object.get("name").map(names).unwrap_or_default(),
                None => names(item),
            };
            found.append(&mut of_item);
        }
        distinct(found.iter().map(|name| one_line(name)))
    }
}

impl LinkedArticle {
    fn fill_from(&mut self, other: Self) {
        self.date = self.date.take().or(other.date);
        self.modified = self.modified.take().or(other.modified);
        self.section = self.section.take().or(other.section);
        self.image = self.image.take().or(other.image);
        self.access = self.access.or(other.access);
        self.site = self.site.take().or(other.site);
        self.body = self.body.take().or(other.body);
        self.language = self.language.take().or(other.language);
        if self.authors.is_empty() {
            self.authors = other.authors;
        }
    }
}

/// The address of an image: itself, its `url` or `contentUrl`, or that of the first of several.
pub(in crate::decode) fn image(value: &Value) -> Option<String> {
    let address = match value {
        Value::String(text) => text,
        Value::Array(items) => match items.first()? {
            Value::Array(_) => return None,
            first => return image(first),
        },
        Value::Object(object) => object.get("url").or_else(|| object.get("contentUrl"))?.as_str()?,
        _ => return None,
    };
    Some(one_line(address)).filter(|address| !address.is_empty())
}

/// What `isAccessibleForFree` says; many write it as a string.
pub(in crate::decode) fn access(value: &Value) -> Option<Access> {
    let free = match value {
        Value::Bool(free) => *free,
        Value::String(text) if text.eq_ignore_ascii_case("true") => true,
        Value::String(text) if text.eq_ignore_ascii_case("false") => false,
        _ => return None,
    };
    Some(if free { Access::Free } else { Access::Paid })
}

/// Whether an article has what readers read of one.
fn is_told(object: &Map<String, Value>) -> bool {
    ["headline", "name", "articleBody"].iter().any(|key| line(object, key).is_some())
}

/// Headline and body of an article alone.
fn told(object: &Map<String, Value>) -> LinkedArticle {
    let body = object.get("articleBody").and_then(first_string).map(body_text).filter(|s| !s.is_empty());
    LinkedArticle {
        headline: line(object, "headline").or_else(|| line(object, "name")),
        body: body.map(Cow::into_owned),
        ..LinkedArticle::default()
    }
}

fn line(object: &Map<String, Value>, key: &str) -> Option<String> {
    object.get(key).and_then(first_string).map(one_line).filter(|s| !s.is_empty())
}

fn first_string(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Array(items) => items.first().and_then(Value::as_str),
        Value::Object(object) => object.get("@value").or_else(|| object.get("name")).and_then(Value::as_str),
        _ => None,
    }
}

/// The text of an `articleBody`: some write markup into it, some escape that once more.
fn body_text(body: &str) -> Cow<'_, str> {
    let decoded = html_escape::decode_html_entities(body);
    if sniff::is_markup(decoded.as_bytes()) {
        return Cow::Owned(of_markup(&decoded));
    }
    let lines: Vec<String> =
        decoded.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    Cow::Owned(lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_graph_is_searched_and_references_are_followed() {
        let article = read(&[r##"{"@context":"https://schema.org","@graph":[
            {"@type":"WebPage","@id":"#page","datePublished":"2024-05-02"},
            {"@type":["Article","NewsArticle"],"headline":"Ferry &amp; tide","author":{"@id":"#jo"},
             "publisher":{"@id":"#org"},"datePublished":"2024-05-01T10:00:00+02:00","inLanguage":"en",
             "dateModified":"2024-05-02","articleSection":["Harbour","Tides"],"isAccessibleForFree":"False",
             "image":[{"url":"https://paper.example/a.jpg"},"b.jpg"]},
            {"@type":"Person","@id":"#jo","name":"Jo Brandt"},
            {"@type":"Organization","@id":"#org","name":"Harbour Post"}]}"##]);
        assert_eq!(
            article,
            LinkedArticle {
                headline: Some("Ferry & tide".to_owned()),
                date: Some(("datePublished", "2024-05-01T10:00:00+02:00".to_owned())),
                modified: Some("2024-05-02".to_owned()),
                section: Some("Harbour".to_owned()),
                image: Some("https://paper.example/a.jpg".to_owned()),
                access: Some(Access::Paid),
                authors: vec!["Jo Brandt".to_owned()],
                site: Some("Harbour Post".to_owned()),
                body: None,
                language: Some("en".to_owned()),
                url: None,
            }
        );
    }

    #[test]
    fn blocks_are_read_as_they_come_in_the_wild() {
        let cases = [
            (
                "in a list",
                "[{\"@type\":\"BreadcrumbList\"},{\"@type\":\"NewsArticle\",\"headline\":\"Ferry\"}]",
            ),
            ("in CDATA", "//<![CDATA[\n{\"@type\":\"Article\",\"headline\":\"Ferry\"}\n//]]>"),
            (
                "with a line break in a string",
                "{\"@type\":\"Article\",\n\"headline\":\"Ferry\",\"description\":\"a\nb\"}",
            ),
            (
                "by a full type",
                "{\"@type\":\"http://schema.org/ReportageNewsArticle\",\"headline\":\"Ferry\"}",
            ),
            (
                "as main entity",
                "{\"@type\":\"WebPage\",\"mainEntity\":{\"@type\":\"BlogPosting\",\"headline\":\"Ferry\"}}",
            ),
        ];
        for (name, block) in cases {
            assert_eq!(read(&["{broken", block]).headline.as_deref(), Some("Ferry"), "{name}");
        }
    }

    #[test]
    fn teasers_are_no_article() {
        let block = r#"{"@type":"ItemList","itemListElement":[{"@type":"NewsArticle","headline":"Other"}]}"#;
        assert_eq!(read(&[block]), LinkedArticle::default());
    }

    #[test]
    fn several_authors_are_told_apart() {
        let block = r#"{"@type":"Article","headline":"F","author":[{"name":"Jo Brandt"},"Ana Lund",{"name":["Jo Brandt","Per Ek"]}]}"#;
        assert_eq!(read(&[block]).authors, ["Jo Brandt", "Ana Lund", "Per Ek"]);
    }

    #[test]
    fn references_to_the_same_names_end() {
        let listed = vec![r#""Ana Lund""#; 1_000].join(",");
        let reference = vec![r##"{"@id":"#a"}"##; 1_000].join(",");
        let article = format!(r#"{{"@type":"Article","headline":"F","author":[{reference}]}}"#);
        let articles = vec![article.as_str(); 40].join(",");
        let block = format!(r##"{{"@graph":[{{"@id":"#a","name":[{listed}]}},{articles}]}}"##);
        assert_eq!(read(&[block.as_str()]).authors, ["Ana Lund"]);
    }

    #[test]
    fn a_body_of_markup_becomes_text() {
        let block = r#"{"@type":"Article","headline":"F","articleBody":"&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;"}"#;
        assert_eq!(read(&[block]).body.as_deref(), Some("One.\nTwo."));
    }
}
