//! How deep a page would nest as a tree, counted from its tags alone.
//!
//! Follows the open-elements stack of the HTML standard (§ 13.2.6) as far as depth needs it: what
//! implies an end tag, what an end tag may not reach past, and formatting elements, which are opened
//! again after the element around them ends. Each tag costs at most the depth limit.

use std::borrow::Cow;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Formatting,
    Barrier,
    Block,
    Ordinary,
}

/// A name in lower case, as it is written where that is so.
type Name<'p> = Cow<'p, str>;

#[derive(Debug)]
struct OpenElement<'p> {
    name: Name<'p>,
    class: Class,
}

/// The open elements at one place of a page.
#[derive(Debug, Default)]
pub(super) struct Nesting<'p> {
    open: Vec<OpenElement<'p>>,
    /// Names of formatting elements that ended with the element around them, and will be opened
    /// again.
    waiting: Vec<Name<'p>>,
    /// How many of these have been opened again, and how many elements were open then.
    opened_again: (usize, usize),
    unwritten: usize,
}

impl<'p> Nesting<'p> {
    /// How deep the next element would stand.
    pub(super) fn depth(&self) -> usize {
        self.open.len() + self.waiting.len()
    }

    /// Elements that a tree makes beside those that are written: formatting elements that are opened again, in
    /// each block anew, and what it makes of end tags that end nothing, or looks for in vain.
    pub(super) fn unwritten(&self) -> usize {
        self.unwritten
    }

    /// Takes a text.
    pub(super) fn text(&mut self) {
        self.open_again();
    }

    /// Opens again what waits and has not been opened in an element around.
    fn open_again(&mut self) {
        let (count, depth) = self.opened_again;
        let known = if depth <= self.open.len() { count.min(self.waiting.len()) } else { 0 };
        if known < self.waiting.len() {
            self.unwritten += self.waiting.len() - known;
            self.opened_again = (self.waiting.len(), self.open.len());
        }
    }

    /// Takes an opening tag.
    pub(super) fn open(&mut self, written: &'p str) {
        let name = lower(written);
        if is_void(&name) {
            self.open_again();
            return;
        }
        let class = class_of(&name);
        match &*name {
            // These may stand once, or are ignored where they stand twice.
            "html" | "head" | "body" if self.open.iter().any(|element| element.name == name) => {
                return;
            }
            // Outside a table its parts are ignored.
            "caption" | "colgroup" | "tbody" | "thead" | "tfoot" | "tr" | "td" | "th"
                if !self.open.iter().any(|element| matches!(&*element.name, "table" | "template")) =>
            {
                return;
            }
            "li" => self.end_item(&["li"]),
            "dd" | "dt" => self.end_item(&["dd", "dt"]),
            "td" | "th" => self.end_nearest(&["td", "th"], is_table_wall),
            "tr" => self.end_nearest(&["tr"], is_table_wall),
            "tbody" | "thead" | "tfoot" => {
                self.end_nearest(&["tbody", "thead", "tfoot"], is_table_wall);
            }
            "option" | "optgroup" if self.open.last().is_some_and(|last| last.name == "option") => {
                self.end_from(self.open.len() - 1);
            }
            "a" => {
                self.end("a");
            }
            _ => {}
        }
        if !matches!(class, Class::Block | Class::Barrier) {
            self.open_again();
        }
        // A table does so too, but not in a page without a doctype: counted as if it never did.
        if class == Class::Block {
            self.end_nearest(&["p"], |element| element.class == Class::Barrier || element.name == "button");
        }
        // A heading ends the heading that it stands in, and any heading's end tag ends any other.
        if is_heading(&name) && self.open.last().is_some_and(|last| is_heading(&last.name)) {
            self.end_from(self.open.len() - 1);
        }
        self.open.push(OpenElement { name, class });
    }

    /// Takes an end tag.
    pub(super) fn close(&mut self, written: &str) {
        if !self.end(&lower(written)) {
            self.unwritten += 1;
        }
    }

    /// Ends the nearest element of that name (lower case), if an end tag reaches one.
    fn end(&mut self, name: &str) -> bool {
        let class = class_of(name);
        // What waits was opened later than what is open.
        if let Some(last) = self.waiting.iter().rposition(|waiting| waiting == name)
            && class == Class::Formatting
        {
            self.waiting.remove(last);
            return true;
        }
        let heading = is_heading(name);
        let mut found = None;
        for (position, element) in self.open.iter().enumerate().rev() {
            if element.name == name || heading && is_heading(&element.name) {
                found = Some(position);
                break;
            }
            let stops = match class {
                Class::Ordinary => matches!(element.class, Class::Block | Class::Barrier),
                // The end of a table and its parts reaches over the cells inside.
                Class::Barrier if matches!(name, "table" | "td" | "th" | "caption") => {
                    element.name == "table"
                }
                _ => {
                    element.class == Class::Barrier
                        || name == "li" && matches!(&*element.name, "ul" | "ol")
                        || name == "p" && element.name == "button"
                }
            };
            if stops && !(name == "tr" && matches!(&*element.name, "td" | "th")) {
                break;
            }
        }
        let Some(position) = found else {
            return false;
        };
        let blocks_inside = self.open.iter().skip(position + 1).any(|element| element.class == Class::Block);
        if class == Class::Formatting && blocks_inside || name == "form" {
            // What is inside stays open (the standard's adoption agency, and its rule for forms).
            self.open.remove(position);
            self.unwritten += usize::from(class == Class::Formatting);
        } else {
            self.end_from(position);
        }
        true
    }

    /// Ends the nearest of `names`, unless a wall stands between.
    fn end_nearest(&mut self, names: &[&str], is_wall: impl Fn(&OpenElement<'_>) -> bool) {
        let found = self.open.iter().rposition(|element| names.contains(&&*element.name) || is_wall(element));
        let Some(position) = found else { return };
        if self.open.get(position).is_some_and(|element| names.contains(&&*element.name)) {
            self.end_from(position);
        }
    }

    /// Ends the item of a list that stands nearest, with no block between but these three.
    fn end_item(&mut self, names: &[&str]) {
        let found = self.open.iter().rposition(|element| {
            let is_block = matches!(element.class, Class::Block | Class::Barrier);
            names.contains(&&*element.name) || is_block && !matches!(&*element.name, "address" | "div" | "p")
        });
        let Some(position) = found else { return };
        if self.open.get(position).is_some_and(|element| names.contains(&&*element.name)) {
            self.end_from(position);
        }
    }

    fn end_from(&mut self, position: usize) {
        let ended = self.open.drain(position..).skip(1);
        // An object that another element's end closes keeps what is outside from being closed by what
        // follows (the standard's markers), so it counts on.
        let waiting = ended.filter(|element| {
            element.class == Class::Formatting || matches!(&*element.name, "object" | "marquee" | "template")
        });
        self.waiting.extend(waiting.map(|element| element.name));
        if self.open.len() < self.opened_again.1 {
            self.opened_again = (0, 0);
        }
    }
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

fn lower(name: &str) -> Name<'_> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// A part of a table does not end the same part outside these.
fn is_table_wall(element: &OpenElement<'_>) -> bool {
    matches!(&*element.name, "table" | "template" | "object" | "marquee")
}

/// Whether an element never has content.
#[rustfmt::skip]
fn is_void(name: &str) -> bool {
    matches!(
        name.as_bytes(),
        b"area" | b"base" | b"basefont" | b"bgsound" | b"br" | b"col" | b"embed" | b"frame" | b"hr" | b"img" | b"input"
            | b"link" | b"meta" | b"source" | b"wbr"
    )
}

#[rustfmt::skip]
fn class_of(name: &str) -> Class {
    match name.as_bytes() {
        // Survive the end of the element around them.
        b"a" | b"b" | b"big" | b"code" | b"em" | b"font" | b"i" | b"nobr" | b"s" | b"small" | b"strike" | b"strong" | b"tt"
        | b"u" => Class::Formatting,
        // An end tag does not look past these.
        b"table" | b"td" | b"th" | b"caption" | b"html" | b"object" | b"template" | b"marquee" => Class::Barrier,
        // End an open `p`, and stop the end tag of an ordinary element.
        b"address" | b"article" | b"aside" | b"blockquote" | b"body" | b"button" | b"center" | b"dd" | b"details"
        | b"dialog" | b"dir" | b"div" | b"dl" | b"dt" | b"fieldset" | b"figcaption" | b"figure" | b"footer" | b"form"
        | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"header" | b"hgroup" | b"li" | b"main" | b"menu" | b"nav" | b"ol"
        | b"p" | b"pre" | b"search" | b"section" | b"select" | b"summary" | b"ul" | b"tr" => Class::Block,
        _ => Class::Ordinary,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::super::token::{Token, tokens};
    use super::*;

    fn deepest(page: &str) -> usize {
        let mut deepest = 0;
        count(page, |nesting| deepest = deepest.max(nesting.depth()));
        deepest
    }

    fn counted(page: &str) -> Nesting<'_> {
        count(page, |_| {})
    }

    fn count<'p>(page: &'p str, mut after_each: impl FnMut(&Nesting<'p>)) -> Nesting<'p> {
        let mut nesting = Nesting::default();
        for token in tokens(page) {
            match token {
                Token::Text(_) => nesting.text(),
                Token::Open(tag) => nesting.open(tag.name),
                Token::Close(tag) => nesting.close(tag.name),
                _ => {}
            }
            after_each(&nesting);
        }
        nesting
    }

    #[test]
    fn depth_is_what_a_tree_would_have() {
        let cases: [(&str, String, usize); 12] = [
            ("balanced", "<div><p>x</p></div>".repeat(50), 2),
            ("nested", "<div>".repeat(50), 50),
            ("paragraphs without end", "<p>x".repeat(50), 1),
            ("items without end", format!("<ul>{}</ul>", "<li><p>x".repeat(50)), 3),
            ("rows without end", format!("<table>{}</table>", "<tr><td>x".repeat(50)), 3),
            ("void elements", "<br><img src=x><hr>".repeat(50), 0),
            ("stray end tags do not close others", "<span></div>".repeat(50), 50),
            ("an inline end does not reach past a block", "<span><div></span>".repeat(50), 100),
            ("unclosed inline ends with its block", "<div><span></div>".repeat(50), 2),
            ("unclosed formatting does not", "<div><b></div>".repeat(50), 51),
            ("misnested formatting", "<b><p></b></p>".repeat(50), 2),
            ("links do not nest", "<p><a href=x>".repeat(50), 2),
        ];
        for (name, page, expected) in cases {
            assert_eq!(deepest(&page), expected, "{name}");
        }
    }

    #[test]
    fn what_a_tree_makes_without_a_tag_is_counted() {
        let cases: [(&str, String, usize); 6] = [
            ("balanced", "<p><b>x</b></p>".repeat(50), 0),
            ("formatting opened again in each block", format!("<p><b><i></p>{}", "<p>x</p>".repeat(50)), 100),
            (
                "and in a block that stands in one where it was",
                format!("<p><b></p>x{}", "<p>x</p>".repeat(50)),
                1,
            ),
            ("end tags that end nothing", "</p></br>".repeat(50), 100),
            ("what formatting is parted into", "<b><p></b></p>".repeat(50), 50),
            ("a link that was not ended", "<p><a href=x>x</p>".repeat(3), 0),
        ];
        for (name, page, expected) in cases {
            assert_eq!(counted(&page).unwritten(), expected, "{name}");
        }
    }

    fn tree_depth(page: &str) -> usize {
        let tree = dom_query::Document::from(page);
        let nodes = tree.root().descendants();
        nodes.iter().map(|node| node.ancestors(None).len()).max().unwrap_or(0)
    }

    const TAGS: [&str; 36] = [
        "<div>",
        "</div>",
        "<p>",
        "</p>",
        "<span>",
        "</span>",
        "<b class=1>",
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<a>",
        "</a>",
        "<table>",
        "</table>",
        "<tr>",
        "<td>",
        "</td>",
        "<ul>",
        "</ul>",
        "<li>",
        "</li>",
        "<h1>",
        "</h1>",
        "<button>",
        "</button>",
        "<dl>",
        "<dd>",
        "</dl>",
        "<form>",
        "</form>",
        "<object>",
        "</object>",
        "x",
        "<br>",
        "<section>",
    ];

    proptest! {
        // A fixed seed: what the standard does with misnested tables goes further than this count, so
        // a rare pattern may pass it; such a one becomes a row above, and not a failure out of the blue.
        #![proptest_config(ProptestConfig { cases: 2048, rng_seed: RngSeed::Fixed(15), ..ProptestConfig::default() })]

        /// What is repeated cannot nest much deeper than it was counted: the tree adds `html`, `body`,
        /// and at most `tbody` and `tr` to a table.
        #[test]
        fn no_page_nests_deeper_than_twice_its_count(
            pattern in proptest::collection::vec(proptest::sample::select(TAGS.to_vec()), 1..8),
        ) {
            let page = pattern.concat().repeat(40);
            prop_assert!(tree_depth(&page) <= 2 * deepest(&page) + 8, "{} {} {page}", tree_depth(&page), deepest(&page));
        }
    }
}
