//! One linear pass over a page before any tree is built: drops what carries no text, keeps JSON-LD
//! and the facts of the head aside, counts elements and depth.

use super::dated::Dated;
use super::elements::Name;
use super::heading::Heading;
use super::markup::Markup;
use super::nesting::Nesting;
use super::said::Said;
use super::signed::Signed;
use super::text::one_line;
use super::token::{Tag, Token, tokens, value_of};
use super::white_space::is_blank;
use crate::budget::Budget;
use crate::decode::{DecodeError, DecodeLimits, StatedDate};

/// Steps a page pays for each element: Readability looks at it some times over.
const STEPS_PER_ELEMENT: usize = 16;
/// How many of each repeated fact are kept.
const MAX_FACTS: usize = 64;
/// JSON-LD blocks and bytes kept; the rest is dropped.
const MAX_JSON_LD_BLOCKS: usize = 32;

/// An attribute that Readability or our own walks look at, as a set, and its name in lower case. A tree with no
/// others is smaller, and html5ever compares each attribute of a tag with all before it.
fn kept(name: &str) -> Option<(u32, &'static str)> {
    Some(match name.as_bytes() {
        b"class" => (1 << 0, "class"),
        b"id" => (1 << 1, "id"),
        b"href" => (1 << 2, "href"),
        b"src" => (1 << 3, "src"),
        b"data-src" => (1 << 4, "data-src"),
        b"srcset" => (1 << 5, "srcset"),
        b"role" => (1 << 6, "role"),
        b"rel" => (1 << 7, "rel"),
        b"itemprop" => (1 << 8, "itemprop"),
        b"style" => (1 << 9, "style"),
        b"hidden" => (1 << 10, "hidden"),
        b"aria-hidden" => (1 << 11, "aria-hidden"),
        b"aria-modal" => (1 << 12, "aria-modal"),
        b"name" => (1 << 13, "name"),
        b"property" => (1 << 14, "property"),
        b"content" => (1 << 15, "content"),
        b"colspan" => (1 << 16, "colspan"),
        b"summary" => (1 << 17, "summary"),
        b"datatable" => (1 << 18, "datatable"),
        b"datetime" => (1 << 19, "datetime"),
        _ if name.bytes().any(|byte| byte.is_ascii_uppercase()) => return kept(&name.to_ascii_lowercase()),
        _ => return None,
    })
}

/// Bytes of an attribute's value; a longer one is data, not markup.
const MAX_ATTRIBUTE: usize = 2_048;
/// The same of a title, in the head or a `meta`: Readability compares it with each heading.
const MAX_TITLE: usize = 512;
/// Some of what is looked for goes through an element, and its text, again for each element around it: the most
/// that elements and bytes of text, times the elements around them, may come to, and how many bytes take as long
/// as an element. Pages of the press stay below a tenth of that.
const MAX_NESTED: usize = 500_000_000;
const ELEMENT_AS_TEXT: usize = 250;
/// What the pass found.
#[derive(Debug, Default)]
pub(super) struct Sweep<'p> {
    /// The page without scripts, styles, comments and the like; empty once a limit is passed.
    pub(super) markup: Markup,
    /// What the names of its classes and ids say.
    pub(super) said: Said<'p>,
    /// The `script type="application/ld+json"` blocks.
    pub(super) json_ld: Vec<&'p str>,
    /// What the tags say.
    pub(super) facts: Facts,
    /// Bylines as shown, the surest first.
    pub(super) bylines: Vec<String>,
    /// What else may say when the article was published, the most trusted first.
    pub(super) dates: Vec<StatedDate>,
    /// A limit that was passed: no tree may be built.
    pub(super) over_limit: bool,
    script_date: Option<String>,
    /// Whether nothing but the head has been seen.
    in_head: bool,
}

/// What the tags of a page say about its article.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// `lang` of `html`.
    pub(super) language: Option<String>,
    /// `title`.
    pub(super) title: Option<String>,
    /// Headings in order, with their level, 1 to 3.
    pub(super) headings: Vec<(u8, String)>,
    /// `meta`: name (or property, or itemprop) in lower case, content.
    pub(super) metas: Vec<(String, String)>,
    /// `link rel=canonical`.
    pub(super) canonical: Option<String>,
    /// `time`: the `datetime`, and whether it is marked as that of publication.
    pub(super) times: Vec<(String, bool)>,
}

impl Facts {
    /// The first content of the first of `names` that any `meta` has.
    pub(super) fn meta(&self, names: &[&str]) -> Option<&str> {
        names
            .iter()
            .find_map(|name| self.metas.iter().find(|(key, _)| key == name))
            .map(|(_, content)| &**content)
    }

    /// The headings of one level, in order.
    pub(super) fn headings_of(&self, level: u8) -> impl Iterator<Item = &str> {
        self.headings.iter().filter(move |(of, _)| *of == level).map(|(_, heading)| heading.as_str())
    }

    /// Every content of the `meta` called `name`, in order.
    pub(super) fn all_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.metas.iter().filter(move |(key, _)| key == name).map(|(_, content)| content.as_str())
    }

    fn take(&mut self, tag: &Tag<'_>, attributes: &[(&str, &str)]) {
        let attribute = |name: &str| value_of(attributes.iter().copied(), name);
        if tag.is(Name::Meta) && self.metas.len() < MAX_FACTS * 4 {
            let name = attribute("property").or_else(|| attribute("name")).or_else(|| attribute("itemprop"));
            if let (Some(name), Some(content)) = (name, attribute("content")) {
                self.metas.push((name.to_ascii_lowercase(), content));
            }
        } else if tag.is(Name::Link) && self.canonical.is_none() {
            if attribute("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")) {
                self.canonical = attribute("href");
            }
        } else if tag.is(Name::Time) && self.times.len() < MAX_FACTS {
            if let Some(datetime) = attribute("datetime") {
                let marked = attributes.iter().any(|(key, value)| {
                    key.eq_ignore_ascii_case("pubdate")
                        || key.eq_ignore_ascii_case("itemprop") && value.eq_ignore_ascii_case("datePublished")
                });
                self.times.push((datetime, marked));
            }
        } else if tag.is(Name::Html) && self.language.is_none() {
            self.language = attribute("lang").or_else(|| attribute("xml:lang"));
        }
    }
}

/// Makes the pass.
///
/// # Errors
/// [`DecodeError::BudgetExceeded`].
pub(super) fn sweep<'p>(
    page: &'p str,
    limits: &DecodeLimits,
    budget: &mut Budget,
) -> Result<Sweep<'p>, DecodeError> {
    let mut found = Sweep { markup: Markup::for_page(page.len()), ..Sweep::default() };
    let mut nesting = Nesting::default();
    let mut elements = 0_usize;
    let mut heading: Option<Heading> = None;
    let mut nested = 0_usize;
    let mut dated = Dated::default();
    let mut signed = Signed::default();
    let mut attributes: Vec<(&str, &str)> = Vec::new();
    let mut tokens = tokens(page);
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(text) => {
                if is_blank(text) {
                    signed.space();
                } else {
                    dated.text(text);
                    signed.text(text);
                }
                if let Some(heading) = heading.as_mut() {
                    heading.push(text);
                }
                if !found.over_limit {
                    nesting.text();
                    nested += nesting.depth() * text.len();
                    found.over_limit = nested > MAX_NESTED;
                }
                if !found.over_limit {
                    found.markup.text(text);
                }
            }
            Token::Open(tag) => {
                elements += 1;
                budget.spend(STEPS_PER_ELEMENT)?;
                attributes.clear();
                attributes.extend(tokens.attributes());
                found.facts.take(&tag, &attributes);
                let (class, id) = found.said.of_attributes(&attributes);
                dated.open(&tag, &attributes, class, id);
                signed.open(&tag, &attributes, class, id);
                if let Some(level) = level(&tag) {
                    heading = Some(Heading::new(level));
                } else if let Some(heading) = heading.as_mut() {
                    heading.open();
                }
                // Past a limit only the facts are still looked for.
                if !found.over_limit {
                    nesting.open(tag.name);
                    nested += nesting.depth() * ELEMENT_AS_TEXT;
                    found.over_limit = is_over(&nesting, elements, limits) || nested > MAX_NESTED;
                }
                found.keep_tag(&tag, &attributes);
            }
            Token::Close(tag) => {
                dated.close(&tag);
                signed.close(&tag);
                if level(&tag).is_some() {
                    found.add_heading(heading.take());
                } else if let Some(heading) = heading.as_mut() {
                    heading.close();
                }
                if !found.over_limit {
                    nesting.close(tag.name);
                    found.over_limit = is_over(&nesting, elements, limits);
                }
                if !found.over_limit {
                    found.markup.close(&tag);
                }
            }
            Token::Raw { tag, content, whole } => found.raw(&tag, content, whole),
            Token::Aside(aside) => {
                // The doctype decides how a tree nests tables and paragraphs.
                if aside.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype")) {
                    found.keep(aside);
                }
            }
        }
    }
    budget.spend(nesting.unwritten().saturating_mul(STEPS_PER_ELEMENT))?;
    found.bylines = signed.finish();
    found.dates = dated.finish();
    found.dates.extend(found.script_date.take().map(|text| StatedDate { kind: "script", place: None, text }));
    if found.over_limit {
        found.markup = Markup::default();
    }
    Ok(found)
}

/// What Readability and our own walks look at of an attribute's value, its name in lower case; `None` if not
/// even at whether it is there. A tree of short values is built in less time, and is smaller.
fn looked_at<'p>(tag: &Tag<'_>, name: &str, value: &'p str) -> Option<&'p str> {
    match name {
        "href" => {
            // Whether a link leads away, to a place on the page, or to a script.
            let matters =
                value.is_empty() || value.starts_with(['#', '&']) || value.starts_with("javascript:");
            tag.is(Name::A).then_some(if matters { value } else { "/" })
        }
        // That there is a picture; which videos are embedded.
        "src" | "data-src" | "srcset" => {
            let is_picture = matches!(tag.element, Name::Img | Name::Source) && !value.is_empty();
            Some(if is_picture { "/" } else { value })
        }
        "style" if !matches!(tag.element, Name::Img | Name::Picture | Name::Figure) => {
            let says = |hidden: &[u8]| {
                value.as_bytes().windows(hidden.len()).any(|part| part.eq_ignore_ascii_case(hidden))
            };
            (says(b"none") || says(b"hidden") || value.contains('&')).then_some(value)
        }
        "content" | "property" | "name" => tag.is(Name::Meta).then_some(value),
        _ => Some(value),
    }
}

/// Whether it is a `meta` of the head that Readability looks at for the title and the author; nobody looks at the
/// others in the tree.
fn names_title_or_author(attributes: &[(&str, &str)]) -> bool {
    attributes.iter().any(|(name, value)| {
        let is_name = name.eq_ignore_ascii_case("name") || name.eq_ignore_ascii_case("property");
        let says =
            |word: &[u8]| value.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
        is_name && [&b"title"[..], b"author", b"creator"].into_iter().any(says)
    })
}

/// Whether a tree of so many elements, and what it would make beside them, passes a limit.
fn is_over(nesting: &Nesting<'_>, elements: usize, limits: &DecodeLimits) -> bool {
    nesting.depth() > limits.max_html_depth || elements + nesting.unwritten() > limits.max_html_nodes
}

/// Keys under which the scripts of a page hold the date of its article.
const SCRIPT_KEYS: [&str; 6] = [
    "\"datePublished",
    "\"published_at",
    "\"publishedAt",
    "\"publishedDate",
    "\"date_published",
    "\"publicationDate",
];

/// The first string behind one of the keys.
fn script_date(script: &str) -> Option<String> {
    // All of them share this; most scripts do not hold it.
    memchr::memmem::find(script.as_bytes(), b"ublish")
        .or_else(|| memchr::memmem::find(script.as_bytes(), b"ublicat"))?;
    let after = SCRIPT_KEYS.iter().find_map(|key| {
        let at = memchr::memmem::find(script.as_bytes(), key.as_bytes())?;
        script.get(at + key.len()..)
    })?;
    let after = after.trim_start_matches(['"', '\\', ' ', ':']);
    let value = after.get(..after.find(['"', '\\', ',', '}'])?)?;
    (value.len() <= 40 && value.bytes().any(|byte| byte.is_ascii_digit())).then(|| value.to_owned())
}

/// The level of a heading that may be a headline.
fn level(tag: &Tag<'_>) -> Option<u8> {
    match tag.element {
        Name::H1 => Some(1),
        Name::H2 => Some(2),
        Name::H3 => Some(3),
        _ => None,
    }
}

impl<'p> Sweep<'p> {
    /// Keeps an opening tag with the attributes that matter.
    fn keep_tag(&mut self, tag: &Tag<'_>, attributes: &[(&str, &str)]) {
        if tag.is(Name::Head) {
            self.in_head = true;
        } else if self.in_head && matches!(tag.element, Name::Link | Name::Meta) {
            if !names_title_or_author(attributes) {
                return;
            }
        } else if !matches!(tag.element, Name::Base | Name::Noscript) {
            self.in_head = false;
        }
        if self.over_limit {
            return;
        }
        self.markup.open(tag.name);
        let mut seen = 0;
        let longest = if tag.is(Name::Meta) { MAX_TITLE } else { MAX_ATTRIBUTE };
        for &(name, value) in attributes {
            let Some((bit, known)) = kept(name).filter(|(bit, _)| seen & bit == 0) else { continue };
            // Only a value without quotes may hold both kinds of them, and no such value matters.
            let has = |quote| memchr::memchr(quote, value.as_bytes()).is_some();
            if value.len() > longest || has(b'"') && has(b'\'') {
                continue;
            }
            seen |= bit;
            let Some(value) = looked_at(tag, known, value) else { continue };
            self.markup.attribute(name, value);
        }
    }

    /// Keeps what has rules of its own.
    fn keep(&mut self, slice: &str) {
        if !self.over_limit {
            self.markup.other(slice);
        }
    }

    fn add_heading(&mut self, heading: Option<Heading>) {
        let Some(Heading { level, text, .. }) = heading else { return };
        let line = one_line(&text);
        if !line.is_empty() && self.facts.headings_of(level).count() < MAX_FACTS {
            self.facts.headings.push((level, line));
        }
    }

    fn raw(&mut self, tag: &Tag<'_>, content: &'p str, whole: &str) {
        if tag.is(Name::Title) {
            if self.facts.title.is_none() {
                self.facts.title = Some(one_line(content)).filter(|title| !title.is_empty());
            }
            if whole.len() <= MAX_TITLE {
                self.keep(whole);
            }
        } else if tag.is(Name::Script) && self.json_ld.len() < MAX_JSON_LD_BLOCKS {
            let is_json_ld =
                tag.attribute("type").is_some_and(|kind| kind.to_ascii_lowercase().contains("ld+json"));
            if is_json_ld {
                self.json_ld.push(content);
            } else if self.script_date.is_none() {
                self.script_date = script_date(content);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn swept(page: &str) -> Sweep<'_> {
        sweep(page, &DecodeLimits::default(), &mut Budget::default()).unwrap()
    }

    #[test]
    fn only_what_a_tree_needs_is_kept() {
        let found = swept(
            "<!DOCTYPE html><html lang=en-GB><head><title>Ferry &amp;\n tide</title><style>p{}</style>\
             <script type='application/ld+json'>{\"a\":1}</script><script>var x='<p>';</script>\
             <meta name=Author content=Ana><meta name=robots content=all>\
             <link rel=canonical href='https://paper.example/ferry'></head><body><!-- note --><svg><path/></svg>\
             <h1>Ferry <em>and</em> tide</h1><time datetime=2024-05-01 itemprop=datePublished>1 May</time>\
             <p onclick=\"a>b\" class='\"x\"' CLASS=y>It sails.</p></body></html>",
        );
        assert_eq!(
            found.markup.as_str(),
            "<!DOCTYPE html><html><head><title>Ferry &amp;\n tide</title>\
             <meta name=\"Author\" content=\"Ana\"></head><body>\
             <h1>Ferry <em>and</em> tide</h1>\
             <time datetime=\"2024-05-01\" itemprop=\"datePublished\">1 May</time>\
             <p class='\"x\"'>It sails.</p></body></html>"
        );
        assert_eq!(found.json_ld, ["{\"a\":1}"]);
        assert_eq!(found.facts.title.as_deref(), Some("Ferry & tide"));
        assert_eq!(found.facts.headings, [(1, "Ferry and tide".to_owned())]);
        assert_eq!(found.facts.canonical.as_deref(), Some("https://paper.example/ferry"));
        assert_eq!(found.facts.language.as_deref(), Some("en-GB"));
        assert_eq!(found.facts.times, [("2024-05-01".to_owned(), true)]);
    }

    #[test]
    fn limits_end_the_markup_and_not_the_facts() {
        let deep = format!("{}<h1>Ferry</h1>", "<div>".repeat(300));
        let found = swept(&deep);
        assert!(found.over_limit && found.markup.as_str().is_empty());
        assert_eq!(found.facts.headings, [(1, "Ferry".to_owned())]);
        let limits = DecodeLimits { max_html_nodes: 3, ..DecodeLimits::default() };
        let found = sweep("<p>a<p>b<p>c<p>d", &limits, &mut Budget::default()).unwrap();
        assert!(found.over_limit);
    }

    #[test]
    fn much_far_inside_makes_no_tree() {
        let nested = |within: &str, times: usize| "<div>".repeat(200) + &within.repeat(times);
        for (within, fits, over) in [("<i></i>", 9_000, 11_000), ("The ferry sails. ", 140_000, 150_000)] {
            assert!(!swept(&nested(within, fits)).over_limit, "{within}");
            assert!(swept(&nested(within, over)).over_limit, "{within}");
        }
    }

    #[test]
    fn what_a_tree_makes_anew_counts() {
        let open: String = (0..200).map(|number| format!("<b class={number}>")).collect();
        let page = format!("<p>{open}</p>{}", "<p>x</p>".repeat(300));
        assert!(swept(&page).over_limit);
        assert!(!swept(&format!("<p>{open}</b></p>{}", "<p>x</p>".repeat(30))).over_limit);
        assert!(swept(&"</p>".repeat(60_000)).over_limit);
    }

    #[test]
    fn a_page_pays_for_its_elements() {
        let error =
            sweep(&"<p>x".repeat(100), &DecodeLimits::default(), &mut Budget::new(1_000)).unwrap_err();
        assert_eq!(error.code(), "budget_exceeded");
    }
}
