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
    /// Where the line of a `time` element started that nothing else has joined yet.
    lone_time: Option<usize>,
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
            self.settle_time();
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

    /// A `time` element that stands on a line of its own states the page's date, which is kept as
    /// such; it is no paragraph.
    fn push_time(&mut self, text: &str) {
        let starts_line = self.text.is_empty() || self.gap == Gap::Line;
        let before = self.text.len();
        self.push(text);
        self.lone_time = starts_line.then_some(before);
    }

    /// Drops the time that stood alone on the line that just ended, or lets it stay in a line that
    /// goes on.
    fn settle_time(&mut self) {
        if let Some(start) = self.lone_time.take().filter(|_| self.gap == Gap::Line) {
            self.text.truncate(start);
        }
    }

    fn finish(mut self) -> String {
        self.gap = Gap::Line;
        self.settle_time();
        self.text
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

/// The text of a node of a tree, without the `time` elements that stand on lines of their own.
pub(super) fn of_node(root: &NodeRef<'_>) -> String {
    let mut paragraphs = Paragraphs::default();
    // Depth first by hand: a page may nest deeper than a stack allows.
    let mut cursor = root.first_child();
    while let Some(node) = cursor {
        let is_time = node.has_name("time") && node.has_attr("datetime");
        if is_time {
            paragraphs.push_time(&node.text());
        } else {
            enter(&node, &mut paragraphs);
        }
        cursor = if is_time { None } else { node.first_child() };
        let mut leaving = node;
        while cursor.is_none() {
            paragraphs.boundary(&leaving.node_name().unwrap_or_default());
            cursor = leaving.next_sibling();
            if cursor.is_none() {
                match leaving.parent() {
                    Some(parent) if parent.id != root.id => leaving = parent,
                    _ => break,
                }
            }
        }
    }
    paragraphs.finish()
}

fn enter(node: &NodeRef<'_>, paragraphs: &mut Paragraphs) {
    node.query(|inner| match &inner.data {
        NodeData::Text { contents } => paragraphs.push(contents),
        NodeData::Element(element) => paragraphs.boundary(&element.name.local),
        _ => {}
    });
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
    fn a_time_on_its_own_line_is_no_paragraph() {
        let cases = [
            ("<p>One</p><time datetime=x>1 May</time><p>two</p>", "One\ntwo"),
            ("<div><span><time datetime=x>1 <b>May</b></time></span></div>two", "two"),
            ("One<p><time datetime=x>1 May</time>", "One"),
            ("<p>On <time datetime=x>1 May</time> it sank", "On 1 May it sank"),
            ("<p><time datetime=x>1 May</time> it sank", "1 May it sank"),
            ("<p>One</p><time>noon</time><p>two</p>", "One\nnoon\ntwo"),
        ];
        for (markup, expected) in cases {
            assert_eq!(of_node(&dom_query::Document::from(markup).root()), expected, "{markup}");
        }
    }

    #[test]
    fn raw_elements_carry_no_text() {
        assert_eq!(of_markup("<title>T</title>A<script>b</script> <style>c</style>D"), "A D");
    }
}
