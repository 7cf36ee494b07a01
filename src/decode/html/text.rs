//! The text of markup: paragraphs joined by one LF, white space inside a paragraph collapsed,
//! character references decoded. Two ways to it, with and without a tree; both follow the same rules.

use dom_query::{NodeData, NodeRef};

use super::token::{Token, tokens};

/// Elements that stand on lines of their own.
const BLOCKS: [&str; 43] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
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
    "head",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "title",
    "tr",
    "ul",
];
/// Cells are parted by a space.
const CELLS: [&str; 2] = ["td", "th"];

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|candidate| candidate.eq_ignore_ascii_case(name))
}

/// Collects text into paragraphs.
#[derive(Debug, Default)]
struct Paragraphs {
    text: String,
    /// What must stand before the next word.
    gap: Gap,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
}

impl Paragraphs {
    fn widen(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    fn boundary(&mut self, element: &str) {
        if is_one_of(element, &BLOCKS) {
            self.widen(Gap::Line);
        } else if is_one_of(element, &CELLS) {
            self.widen(Gap::Space);
        }
    }

    fn push(&mut self, text: &str) {
        if text.starts_with(char::is_whitespace) {
            self.widen(Gap::Space);
        }
        for word in text.split_whitespace() {
            match self.gap {
                _ if self.text.is_empty() => {}
                Gap::None => {}
                Gap::Space => self.text.push(' '),
                Gap::Line => self.text.push('\n'),
            }
            self.text.push_str(word);
            self.gap = Gap::Space;
        }
        if !text.ends_with(char::is_whitespace) && !text.is_empty() {
            self.gap = Gap::None;
        }
    }
}

/// `text` on one line: character references decoded, white space collapsed, trimmed.
pub(super) fn one_line(text: &str) -> String {
    let mut paragraphs = Paragraphs::default();
    paragraphs.push(&html_escape::decode_html_entities(text));
    paragraphs.text
}

/// The text of `markup` by its tags alone; what only stands in the head of a page is left out.
pub(super) fn of_markup(markup: &str) -> String {
    let mut paragraphs = Paragraphs::default();
    for token in tokens(markup) {
        match token {
            Token::Text(text) => paragraphs.push(&html_escape::decode_html_entities(text)),
            Token::Open(tag) | Token::Close(tag) => paragraphs.boundary(tag.name),
            Token::Raw { .. } | Token::Aside(_) => {}
        }
    }
    paragraphs.text
}

/// The text of a node of a tree.
pub(super) fn of_node(root: &NodeRef<'_>) -> String {
    let mut paragraphs = Paragraphs::default();
    // Depth first by hand: a page may nest deeper than a stack allows.
    let mut cursor = root.first_child();
    while let Some(node) = cursor {
        node.query(|inner| match &inner.data {
            NodeData::Text { contents } => paragraphs.push(contents),
            NodeData::Element(element) => paragraphs.boundary(&element.name.local),
            _ => {}
        });
        cursor = node.first_child();
        let mut leaving = node;
        while cursor.is_none() {
            leaving.query(|inner| {
                if let NodeData::Element(element) = &inner.data {
                    paragraphs.boundary(&element.name.local);
                }
            });
            cursor = leaving.next_sibling();
            if cursor.is_none() {
                match leaving.parent() {
                    Some(parent) if parent.id != root.id => leaving = parent,
                    _ => break,
                }
            }
        }
    }
    paragraphs.text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_lines_and_space_collapses() {
        let cases = [
            ("<p>One\n  two</p>\n<p>three</p>", "One two\nthree"),
            ("<div><div>One</div></div><p></p><p> </p>two", "One\ntwo"),
            ("One<b>two</b> <i>three</i>", "Onetwo three"),
            ("One<br>two<br/><br>three", "One\ntwo\nthree"),
            ("<ul><li>One<li>two</ul>", "One\ntwo"),
            ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
            ("Fish &amp; chips &lt;5 &pound;&nbsp;&#8211; &unknown;", "Fish & chips <5 £ – &unknown;"),
            ("<figure><img><figcaption>A</figcaption></figure><p>B", "A\nB"),
            ("", ""),
        ];
        for (markup, expected) in cases {
            assert_eq!(of_markup(markup), expected, "{markup}");
            let tree = dom_query::Document::from(markup);
            assert_eq!(of_node(&tree.root()), expected, "as a tree: {markup}");
        }
    }

    #[test]
    fn raw_elements_carry_no_text() {
        assert_eq!(of_markup("<title>T</title>A<script>b</script> <style>c</style>D"), "A D");
    }
}
