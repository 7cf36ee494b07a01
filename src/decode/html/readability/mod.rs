//! The article of a page by the method of Readability, which Firefox's reader view made known: paragraphs score
//! for the elements around them, the best of these is the article, and what nothing speaks for is left out of it.
//!
//! The method, its words and its numbers are those of Mozilla's Readability.js 0.6 (Apache-2.0, first by Arc90); it is
//! followed as `dom_smoothie` follows it, which tests compare with. Here it works on a copy of a page's shape, and looks at each text once, so that its time is
//! linear in the page but for elements nested deeply.

mod cleaned;
mod conditional;
mod embedded;
mod joined;
mod measure;
mod page;
mod prepared;
mod pruned;
mod scored;
mod tables;
mod titled;
mod unwrapped;
pub(super) mod words;

use super::marks::Marks;
use super::nodes::{NodeId, Shape, Tree};
use joined::Place;
use measure::Measure;
use page::Page;

/// Code points of an article; a shorter one is looked for again, less strictly.
const ENOUGH: usize = 500;

/// What was found.
#[derive(Debug)]
pub(super) struct Article {
    /// What is left of the page, and the article in it.
    pub(super) shape: Shape,
    pub(super) root: NodeId,
    /// What the attributes of its elements say now.
    pub(super) marks: Vec<Marks>,
    /// Who the page credits.
    pub(super) byline: Option<String>,
}

/// How strict an attempt is, the strictest first.
#[derive(Debug, Clone, Copy)]
struct Strictness {
    /// What is unlikely by its names goes.
    unlikely: bool,
    /// Names of classes count.
    weigh: bool,
    /// What nothing speaks for goes.
    clean: bool,
}

const ATTEMPTS: [Strictness; 4] = [
    Strictness { unlikely: true, weigh: true, clean: true },
    Strictness { unlikely: false, weigh: true, clean: true },
    Strictness { unlikely: false, weigh: false, clean: true },
    Strictness { unlikely: false, weigh: false, clean: false },
];

/// Finds the article of a page; `marks` are those of its nodes.
pub(super) fn article(tree: &Tree, marks: &[Marks]) -> Option<Article> {
    let body = tree.body()?;
    let stated = titled::stated(tree);
    let lengths: Vec<Measure> =
        tree.all().map(|node| tree.text(node).map(Measure::of).unwrap_or_default()).collect();
    let mut page = Page { tree, shape: tree.shape.clone(), marks, lengths: &lengths };
    let byline = stated.byline.or_else(|| prepared::byline(&mut page));
    let fonts = prepared::prepare(&mut page);
    let prepared = page.shape;
    let marks = prepared::without(marks.to_vec(), &fonts);

    let mut best: Option<(usize, Shape, Place)> = None;
    for strictness in ATTEMPTS {
        let mut page = Page { tree, shape: prepared.clone(), marks: &marks, lengths: &lengths };
        let Some(place) = attempt(&mut page, body, strictness, &stated.title) else { continue };
        let length = page.length(place.content);
        let is_enough = length >= ENOUGH;
        if best.as_ref().is_none_or(|(known, ..)| length > *known) || is_enough {
            best = Some((length, page.shape, place));
        }
        if is_enough {
            break;
        }
    }
    let (_, shape, place) = best?;
    // Where no element is the best, the whole body is tried; it may have gone again.
    shape.parent(place.root)?;
    let mut left = marks.clone();
    let mut page = Page { tree, shape, marks: &marks, lengths: &lengths };
    unwrapped::unwrap(&mut page, place.root, &mut left);
    Some(Article { shape: page.shape, root: place.root, marks: left, byline })
}

fn attempt(page: &mut Page<'_>, body: NodeId, strictness: Strictness, title: &str) -> Option<Place> {
    let Strictness { unlikely, weigh, clean } = strictness;
    let scored = pruned::pruned(page, body, unlikely, title);
    let (candidates, mut scores) = scored::candidates(page, body, &scored, weigh);
    let place = joined::joined(page, body, &candidates, &mut scores, weigh)?;
    cleaned::clean(page, place.content, clean, weigh);
    Some(place)
}

#[cfg(test)]
mod tests {
    use dom_smoothie::{Config, Readability, TextMode};
    use proptest::prelude::*;

    use super::super::said::Said;
    use super::super::tree::tests::tree_of;
    use super::*;

    /// The text of the article and the byline.
    fn ours(markup: &str) -> Option<(String, Option<String>)> {
        let tree = tree_of(markup);
        let article = article(&tree, &Marks::of_all(&tree, &Said::default()))?;
        Some((tree.text_within(&article.shape, article.root), article.byline))
    }

    fn theirs(markup: &str) -> Option<(String, Option<String>)> {
        let config = Config {
            disable_json_ld: true,
            text_mode: TextMode::Raw,
            keep_classes: true,
            ..Config::default()
        };
        let article = Readability::new(markup, None, Some(config)).ok()?.parse().ok()?;
        Some((article.text_content.to_string(), article.byline))
    }

    const WORDS: &str =
        "The ferry ran aground off the old harbour at noon, the pilot said, and was freed in the evening, ";

    #[test]
    fn the_article_is_found_among_what_is_beside_it() {
        let story = format!("<p>{WORDS}by two tugs.</p>").repeat(6);
        let page = format!(
            "<title>Ferry runs aground off the harbour</title><body><div class=menu><a href=/>Home</a></div>\
             <div class=story><h1>Ferry runs aground off the harbour</h1><p class=byline>By Ana</p>{story}\
             <div class=related>More</div></div><div class=sidebar><p>{WORDS}</p></div></body>"
        );
        let (text, byline) = ours(&page).unwrap();
        assert_eq!(byline.as_deref(), Some("By Ana"));
        assert_eq!(text, format!("{WORDS}by two tugs.").repeat(6));
        assert_eq!(theirs(&page), Some((text, byline)));
    }

    const PIECES: [&str; 70] = [
        "<div>",
        "<div>",
        "<div>",
        "</div>",
        "</div>",
        "</div>",
        "<p>",
        "<p>",
        "</p>",
        "</p>",
        "<div class=\"story body\">",
        "<div class=\"sidebar\">",
        "<div class=\"comment\" id=\"x\">",
        "<div class=\"hid widget\">",
        "<div class=\"share\">",
        "<div class=\"page\" role=\"dialog\" aria-modal=\"true\">",
        "<div style=\"display: none\">",
        "<div aria-hidden=\"true\">",
        "<section id=\"main\">",
        "</section>",
        "<article>",
        "</article>",
        "<main>",
        "</main>",
        "<span>",
        "</span>",
        "<span class=\"author\">Ana Lund</span>",
        "<a href=\"/\">",
        "<a href=\"#x\">",
        "<a href=\"javascript:x\">",
        "<a>",
        "</a>",
        "<ul>",
        "</ul>",
        "<li>",
        "</li>",
        "<table>",
        "<tr>",
        "<td>",
        "</td>",
        "</tr>",
        "</table>",
        "<th colspan=\"3\">",
        "<table role=\"presentation\"><tr><td>",
        "<h1>Ferry runs aground</h1>",
        "<h2>",
        "</h2>",
        "<h3 class=\"promo\">Sub</h3>",
        "<br>",
        "<br><br>",
        "<font class=\"sidebar\">",
        "</font>",
        "<img src=\"/a.jpg\">",
        "<img class=\"related\" src=\"/a\">",
        "<noscript><img src=\"/b\"></noscript>",
        "<figure class=\"lazy\" data-src=\"/c.jpg\">",
        "</figure>",
        "<iframe src=\"https://www.youtube.com/x\"></iframe>",
        "<form>",
        "</form>",
        "<input>",
        "<footer>",
        "</footer>",
        "<blockquote>",
        "</blockquote>",
        "<pre>",
        "</pre>",
        "Read more.",
        " ",
        "advertisement",
    ];

    proptest! {
        #[test]
        fn whatever_the_page_it_is_that_of_dom_smoothie(
            pieces in proptest::collection::vec(
                prop_oneof![
                    3 => proptest::sample::select(PIECES.to_vec()),
                    1 => Just(WORDS),
                    1 => Just("It was freed in the evening. "),
                ],
                0..80,
            ),
            titled in any::<bool>(),
        ) {
            let title = if titled { "<title>Ferry runs aground</title>" } else { "" };
            let page = format!("<head>{title}</head><body>{}", pieces.concat());
            prop_assert_eq!(ours(&page), theirs(&page), "{}", page);
        }
    }
}
