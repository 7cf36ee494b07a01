//! The text of markup: paragraphs joined by one LF, white space inside a paragraph collapsed,
//! character references decoded. Two ways to it, with and without a tree; both follow the same rules.

use html5ever::local_name;

use super::elements::Name;
use super::marks::{Marks, marks_of};
use super::nodes::{NodeId, Shape, Tree};
use super::token::{Tag, Token, tokens};
use super::white_space::words;

/// What the beginning or the end of an element of this name parts: lines, or words.
#[rustfmt::skip]
fn gap(name: Name) -> Gap {
    match name {
        Name::Address | Name::Article | Name::Aside | Name::Blockquote | Name::Body | Name::Br | Name::Caption
        | Name::Center | Name::Dd | Name::Details | Name::Dialog | Name::Div | Name::Dl | Name::Dt | Name::Fieldset
        | Name::Figcaption | Name::Figure | Name::Footer | Name::Form | Name::H1 | Name::H2 | Name::H3 | Name::H4
        | Name::H5 | Name::H6 | Name::Head | Name::Header | Name::Hr | Name::Html | Name::Li | Name::Main | Name::Menu
        | Name::Nav | Name::Ol | Name::Option | Name::P | Name::Pre | Name::Section | Name::Summary | Name::Table
        | Name::Title | Name::Tr | Name::Ul => Gap::Line,
        // Cells.
        Name::Td | Name::Th => Gap::Space,
        _ => Gap::None,
    }
}

/// Collects text into paragraphs.
#[derive(Debug, Default)]
pub(super) struct Paragraphs {
    text: String,
    /// What must stand before the next word.
    gap: Gap,
    /// Where the line of a `time` element started that nothing else has joined yet.
    lone_time: Option<usize>,
    /// Of each line that has ended, and of the one that is being written: what it is made of.
    lines: Vec<LineMake>,
    line: LineMake,
    /// What the next words are part of.
    pub(super) within: Within,
}

/// What a line is made of.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct LineMake {
    /// Bytes of its words.
    pub(super) words: usize,
    /// Of these, bytes within links.
    pub(super) linked: usize,
    /// Of these, bytes within elements that are beside the article by their name or class.
    pub(super) beside: usize,
    /// Of these, bytes in bold type.
    pub(super) bold: usize,
    /// Of these, bytes that are chosen: whoever walks may count them.
    pub(super) chosen: usize,
    /// Whether it is a heading.
    pub(super) heading: bool,
    /// The place of its first word (see [`Within`]).
    pub(super) place: usize,
}

/// What stands around words.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Within {
    pub(super) link: bool,
    pub(super) beside: bool,
    pub(super) heading: bool,
    pub(super) bold: bool,
    /// A number that the walk gives to where the words stand.
    pub(super) place: usize,
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

    /// Takes the beginning or the end of an element.
    pub(super) fn boundary(&mut self, element: Name) {
        self.widen(gap(element));
    }

    /// The line that the last word stands on, from 0.
    pub(super) fn line_number(&self) -> usize {
        self.lines.len()
    }

    /// Takes text.
    pub(super) fn push(&mut self, text: &str) {
        self.push_counted(text);
    }

    /// The same; how many bytes its words have, which are all on one line.
    pub(super) fn push_counted(&mut self, text: &str) -> usize {
        if text.starts_with(char::is_whitespace) {
            self.widen(Gap::Space);
        }
        let mut places = words(text);
        let mut bytes = 0;
        if let Some((mut start, mut end)) = places.next_place() {
            self.settle_time();
            match self.gap {
                _ if self.text.is_empty() => {}
                Gap::None => {}
                Gap::Space => self.text.push(' '),
                Gap::Line => {
                    self.text.push('\n');
                    self.lines.push(std::mem::take(&mut self.line));
                }
            }
            bytes += end - start;
            // Words with one space between them are taken together.
            let part = |start, end| text.get(start..end).unwrap_or_default();
            while let Some((next, next_end)) = places.next_place() {
                bytes += next_end - next;
                if next != end + 1 || text.as_bytes().get(end) != Some(&b' ') {
                    self.text.push_str(part(start, end));
                    self.text.push(' ');
                    start = next;
                }
                end = next_end;
            }
            self.text.push_str(part(start, end));
            let Within { link, beside, heading, bold, place } = self.within;
            let line = &mut self.line;
            let count = |counts: bool| if counts { bytes } else { 0 };
            line.place = if line.words == 0 { place } else { line.place };
            line.words += bytes;
            line.linked += count(link);
            line.beside += count(beside);
            line.bold += count(bold);
            line.heading |= heading;
            self.gap = Gap::Space;
        }
        if !text.ends_with(char::is_whitespace) && !text.is_empty() {
            self.gap = Gap::None;
        }
        bytes
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
            // The line before, if there is one, is the last one again.
            self.line = self.lines.pop().unwrap_or_default();
        }
    }

    /// The text, and what each of its lines is made of.
    pub(super) fn finish_lines(mut self) -> (String, Vec<LineMake>) {
        self.gap = Gap::Line;
        self.settle_time();
        if !self.text.is_empty() {
            self.lines.push(self.line);
        }
        (self.text, self.lines)
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
            Token::Open(tag) | Token::Close(tag) => paragraphs.boundary(tag.element),
            Token::Raw { .. } | Token::Aside(_) => {}
        }
    }
    paragraphs.text
}

/// The same without figures and their captions; where one of them is never closed, all of it.
pub(super) fn without_figures(markup: &str) -> String {
    let mut paragraphs = Paragraphs::default();
    let mut figures = 0_usize;
    let is_figure = |tag: &Tag<'_>| matches!(tag.element, Name::Figure | Name::Figcaption);
    for token in tokens(markup) {
        match token {
            Token::Text(text) if figures == 0 => paragraphs.push(&html_escape::decode_html_entities(text)),
            Token::Open(tag) => {
                figures += usize::from(is_figure(&tag));
                paragraphs.boundary(tag.element);
            }
            Token::Close(tag) => {
                figures = figures.saturating_sub(usize::from(is_figure(&tag)));
                paragraphs.boundary(tag.element);
            }
            Token::Text(_) | Token::Raw { .. } | Token::Aside(_) => {}
        }
    }
    if figures == 0 { paragraphs.text } else { of_markup(markup) }
}

/// A part of a tree that text is taken from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'t> {
    pub(super) tree: &'t Tree,
    /// How its nodes stand now.
    pub(super) shape: &'t Shape,
    /// What the attributes of its elements say now.
    pub(super) marks: &'t [Marks],
    /// All within this node.
    pub(super) root: NodeId,
}

/// The text of a part of a tree, without the `time` elements that stand on lines of their own, and what each line is
/// made of. `beside` says of an element whether it is beside the article.
pub(super) fn lines_of(part: Part<'_>, beside: impl Fn(Name, Marks) -> bool) -> (String, Vec<LineMake>) {
    let Part { tree, shape, marks, root } = part;
    let mut paragraphs = Paragraphs::default();
    let mut around: Vec<Within> = Vec::new();
    walk(shape, root, |node, step| {
        let name = shape.name(node);
        match step {
            Step::Enter => {
                around.push(paragraphs.within);
                if name == Name::Time && tree.attribute(node, &local_name!("datetime")).is_some() {
                    paragraphs.push_time(&tree.text_within(shape, node));
                    return false;
                }
                if let Some(text) = tree.text(node) {
                    paragraphs.push(text);
                    return false;
                }
                let within = &mut paragraphs.within;
                within.link |= name == Name::A;
                within.heading |= name.is_heading();
                within.beside = within.beside || name.is_element() && beside(name, marks_of(marks, node));
                paragraphs.boundary(name);
            }
            Step::Leave => {
                paragraphs.within = around.pop().unwrap_or_default();
                paragraphs.boundary(name);
            }
        }
        true
    });
    paragraphs.finish_lines()
}

/// A step of a walk through a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Into a node; the answer says whether to go on to its children.
    Enter,
    /// Out of it, its children or not.
    Leave,
}

/// Walks through what stands under `root`, depth first. By hand: a page may nest deeper than a stack allows.
pub(super) fn walk(shape: &Shape, root: NodeId, mut visit: impl FnMut(NodeId, Step) -> bool) {
    let mut cursor = shape.first_child(root);
    while let Some(node) = cursor {
        cursor = if visit(node, Step::Enter) { shape.first_child(node) } else { None };
        let mut leaving = node;
        while cursor.is_none() {
            visit(leaving, Step::Leave);
            cursor = shape.next(leaving);
            if cursor.is_none() {
                match shape.parent(leaving) {
                    Some(parent) if parent != root => leaving = parent,
                    _ => break,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::tests::tree_of;
    use super::*;

    /// The text of markup by its tree.
    fn of_tree(markup: &str) -> String {
        let tree = tree_of(markup);
        let part = Part { tree: &tree, shape: &tree.shape, marks: &[], root: NodeId::ROOT };
        lines_of(part, |_, _| false).0
    }

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
            assert_eq!(of_tree(markup), expected, "as a tree: {markup}");
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
            assert_eq!(of_tree(markup), expected, "{markup}");
        }
    }

    #[test]
    fn figures_go_unless_they_never_end() {
        let figure = "<p>One</p><figure><img src=a><figcaption>A</figcaption></figure><p>two</p>";
        assert_eq!(without_figures(figure), "One\ntwo");
        assert_eq!(without_figures("<p>One</p><figure>A<p>two</p>"), "One\nA\ntwo");
        assert_eq!(without_figures("<p>One</p></figure><p>two</p>"), "One\ntwo");
    }

    #[test]
    fn raw_elements_carry_no_text() {
        assert_eq!(of_markup("<title>T</title>A<script>b</script> <style>c</style>D"), "A D");
    }
}
