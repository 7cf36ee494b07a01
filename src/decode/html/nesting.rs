//! How deep a page would nest as a tree, counted from its tags alone.
//!
//! Follows the open-elements stack of the HTML standard (§ 13.2.6) as far as depth needs it: what
//! implies an end tag, what an end tag may not reach past, and formatting elements, which are opened
//! again after the element around them ends. Each tag costs at most the depth limit.

/// Never have content.
const VOID: [&str; 15] = [
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "link",
    "meta", "source", "wbr",
];
/// Survive the end of the element around them.
const FORMATTING: [&str; 14] =
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// An end tag does not look past these.
const BARRIERS: [&str; 8] = ["table", "td", "th", "caption", "html", "object", "template", "marquee"];
/// End an open `p`, and stop the end tag of an ordinary element.
const BLOCKS: [&str; 40] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "button",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "search",
    "section",
    "select",
    "summary",
    "ul",
    "tr",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Formatting,
    Barrier,
    Block,
    Ordinary,
}

#[derive(Debug)]
struct OpenElement {
    /// Lower case.
    name: Box<str>,
    class: Class,
}

/// The open elements at one place of a page.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    open: Vec<OpenElement>,
    /// Formatting elements that ended with the element around them, and will be opened again.
    waiting: usize,
}

impl Nesting {
    /// How deep the next element would stand.
    pub(super) fn depth(&self) -> usize {
        self.open.len() + self.waiting
    }

    /// Takes an opening tag.
    pub(super) fn open(&mut self, written: &str) {
        let name = written.to_ascii_lowercase();
        if VOID.contains(&name.as_str()) {
            return;
        }
        let class = class_of(&name);
        match name.as_str() {
            // These may stand once, or are ignored where they stand twice.
            "html" | "head" | "body" if self.open.iter().any(|element| *element.name == *name) => return,
            "li" => self.end_nearest(&["li"], &[&["ul", "ol"], &BARRIERS]),
            "dd" | "dt" => self.end_nearest(&["dd", "dt"], &[&["dl"], &BARRIERS]),
            "td" | "th" => self.end_nearest(&["td", "th"], &[&["table", "template"]]),
            "tr" => self.end_nearest(&["tr"], &[&["table", "template"]]),
            "tbody" | "thead" | "tfoot" => {
                self.end_nearest(&["tbody", "thead", "tfoot"], &[&["table", "template"]]);
            }
            "option" | "optgroup" => self.end_nearest(&["option"], &[&["select"], &BARRIERS]),
            "a" => self.close("a"),
            _ => {}
        }
        if class == Class::Block || name == "table" {
            self.end_nearest(&["p"], &[&["button"], &BARRIERS]);
        }
        self.open.push(OpenElement { name: name.into_boxed_str(), class });
    }

    /// Takes an end tag.
    pub(super) fn close(&mut self, written: &str) {
        let name = written.to_ascii_lowercase();
        let class = class_of(&name);
        let mut found = None;
        for (position, element) in self.open.iter().enumerate().rev() {
            if *element.name == *name {
                found = Some(position);
                break;
            }
            let stops = match class {
                Class::Ordinary => matches!(element.class, Class::Block | Class::Barrier),
                // The end of a table and its parts reaches over the cells inside.
                Class::Barrier => *element.name == *"table",
                _ => element.class == Class::Barrier,
            };
            if stops && !(name == "tr" && matches!(&*element.name, "td" | "th")) {
                break;
            }
        }
        let Some(position) = found else {
            if class == Class::Formatting {
                self.waiting = self.waiting.saturating_sub(1);
            }
            return;
        };
        let blocks_inside = self.open.iter().skip(position + 1).any(|element| element.class == Class::Block);
        if class == Class::Formatting && blocks_inside {
            // The blocks inside stay open (the standard's adoption agency).
            self.open.remove(position);
        } else {
            self.end_from(position, class == Class::Formatting);
        }
    }

    /// Ends the nearest of `names`, unless one of `walls` stands between.
    fn end_nearest(&mut self, names: &[&str], walls: &[&[&str]]) {
        let found = self.open.iter().rposition(|element| {
            let name = &*element.name;
            names.contains(&name) || walls.iter().any(|wall| wall.contains(&name))
        });
        let Some(position) = found else { return };
        if self.open.get(position).is_some_and(|element| names.contains(&&*element.name)) {
            self.end_from(position, false);
        }
    }

    fn end_from(&mut self, position: usize, is_formatting: bool) {
        let inner = position + usize::from(is_formatting);
        let kept = self.open.iter().skip(inner);
        // A link is never opened twice, so at most one waits: the next `a` ends it.
        self.waiting +=
            kept.filter(|element| element.class == Class::Formatting && *element.name != *"a").count();
        self.open.truncate(position);
    }
}

fn class_of(name: &str) -> Class {
    if FORMATTING.contains(&name) {
        Class::Formatting
    } else if BARRIERS.contains(&name) {
        Class::Barrier
    } else if BLOCKS.contains(&name) {
        Class::Block
    } else {
        Class::Ordinary
    }
}

#[cfg(test)]
mod tests {
    use super::super::token::{Token, tokens};
    use super::*;

    fn deepest(page: &str) -> usize {
        let mut nesting = Nesting::default();
        let mut deepest = 0;
        for token in tokens(page) {
            match token {
                Token::Open(tag) => nesting.open(tag.name),
                Token::Close(tag) => nesting.close(tag.name),
                _ => {}
            }
            deepest = deepest.max(nesting.depth());
        }
        deepest
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
}
