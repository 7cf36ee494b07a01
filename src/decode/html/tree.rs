//! The tree of markup that the pass over a page has left.
//!
//! That markup is plain: its tags are whole, their attributes quoted, what carries no text is gone. So nearly
//! all of its tokens go to html5ever's tree builder as the pass has cut them; html5ever's own tokenizer, which goes
//! letter by letter, only gets those with character references and the like.

use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag, TagKind, Token as FedToken, TokenSink, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink};
use html5ever::{Attribute, LocalName, QualName, ns};

use super::markup::{Attribute as Placed, Kind, Markup, Piece};
use super::nodes::{NodeId, Tree};
use super::references::decoded;
use super::sink::Sink;

/// Elements after whose opening tag html5ever reads on in another way.
const OTHERWISE: [&str; 11] = [
    "script",
    "style",
    "title",
    "textarea",
    "iframe",
    "noembed",
    "noframes",
    "xmp",
    "svg",
    "plaintext",
    "math",
];

/// The tree of `markup`: the same that html5ever makes of it by its own tokenizer.
pub(super) fn of(markup: &Markup) -> Tree {
    let text = markup.as_str();
    let options = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
    let builder = TreeBuilder::new(Sink::for_nodes(markup.count()), options);
    let feeder = Feeder {
        tokenizer: Tokenizer::new(builder, TokenizerOpts::default()),
        text,
        whole: StrTendril::from_slice(text),
        pending: false,
    };
    if memchr::memmem::find(text.as_bytes(), BOM).is_some() {
        feeder.give(0, text.len());
        return feeder.end();
    }
    feeder.feed(markup)
}

/// html5ever drops it wherever what is fed begins with it.
const BOM: &[u8] = "\u{feff}".as_bytes();

struct Feeder<'m> {
    tokenizer: Tokenizer<TreeBuilder<NodeId, Sink>>,
    text: &'m str,
    /// All of the markup: texts and values are slices of it, not copies.
    whole: StrTendril,
    /// Whether the tokenizer may be within a character reference.
    pending: bool,
}

impl Feeder<'_> {
    fn feed(mut self, markup: &Markup) -> Tree {
        for (piece, attributes) in markup.pieces() {
            let Piece { kind, start, end, is_plain } = piece;
            if let Kind::Open { name_end, .. } = kind
                && OTHERWISE.iter().any(|name| self.written(start + 1, name_end).eq_ignore_ascii_case(name))
            {
                // Whatever comes now, it reads.
                self.give(start, self.text.len());
                break;
            }
            if kind == Kind::Text
                && !self.pending
                && !is_plain
                && let Some((text, left)) = decoded(self.written(start, end))
            {
                if !text.is_empty() {
                    self.take(FedToken::CharacterTokens(text.into()));
                }
                if left > 0 {
                    self.give(end - left, end);
                    self.pending = true;
                }
                continue;
            }
            if self.pending || !is_plain {
                self.give(start, end);
                // A text may end within a reference, which the next token ends.
                self.pending = kind == Kind::Text;
                continue;
            }
            match kind {
                Kind::Text => self.take(FedToken::CharacterTokens(self.slice(start, end))),
                Kind::Open { name_end, .. } => {
                    self.take_tag(TagKind::StartTag, (start + 1, name_end), self.attributes(attributes));
                }
                Kind::Close { name_end } => self.take_tag(TagKind::EndTag, (start + 2, name_end), Vec::new()),
                Kind::Other => {}
            }
        }
        self.end()
    }

    fn end(self) -> Tree {
        self.tokenizer.end();
        self.tokenizer.sink.sink.finish()
    }

    fn written(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or_default()
    }

    fn slice(&self, start: usize, end: usize) -> StrTendril {
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.whole.try_subtendril(number(start), number(end.saturating_sub(start))).unwrap_or_default()
    }

    /// Gives markup to the tokenizer.
    fn give(&self, start: usize, end: usize) {
        let input = BufferQueue::default();
        input.push_back(self.slice(start, end));
        // It stops for scripts, of which there are none, and for a `meta` with an encoding.
        while !input.is_empty() {
            drop(self.tokenizer.feed(&input));
        }
    }

    fn take(&self, token: FedToken) {
        drop(self.tokenizer.sink.process_token(token, 1));
    }

    fn take_tag(&self, kind: TagKind, (start, end): (usize, usize), attrs: Vec<Attribute>) {
        let name = local_name(self.written(start, end));
        self.take(FedToken::TagToken(Tag {
            kind,
            name,
            self_closing: false,
            attrs,
            had_duplicate_attributes: false,
        }));
    }

    fn attributes(&self, placed: &[Placed]) -> Vec<Attribute> {
        let mut found: Vec<Attribute> = Vec::with_capacity(placed.len());
        for Placed { name, value } in placed {
            let name = QualName::new(None, ns!(), local_name(self.written(name.0, name.1)));
            if found.iter().all(|known| known.name != name) {
                found.push(Attribute { name, value: self.slice(value.0, value.1) });
            }
        }
        found
    }
}

fn local_name(name: &str) -> LocalName {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        LocalName::from(name.to_ascii_lowercase())
    } else {
        LocalName::from(name)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use dom_query::{Document, NodeData, NodeRef};
    use proptest::prelude::*;

    use super::super::markup::tests::cut;
    use super::super::sweep::sweep;
    use super::*;
    use crate::budget::Budget;
    use crate::decode::DecodeLimits;

    /// The tree of markup as it is written.
    pub(in super::super) fn tree_of(markup: &str) -> Tree {
        of(&cut(markup))
    }

    /// A tree, written so that two can be compared.
    fn written(tree: &Tree) -> String {
        fn write(tree: &Tree, node: NodeId, out: &mut String) {
            for child in tree.shape.children(node) {
                if let Some(text) = tree.text(child) {
                    *out += &format!("{text:?}");
                } else if let Some(element) = tree.element(child) {
                    let attributes = tree.attributes(child).iter();
                    let attributes: Vec<_> =
                        attributes.map(|attribute| (&attribute.name, &*attribute.value)).collect();
                    *out += &format!("<{:?}{attributes:?}>", element.name);
                    write(tree, child, out);
                    if let Some(template) = element.template {
                        write(tree, template, out);
                    }
                    *out += "</>";
                }
            }
        }
        let mut out = String::new();
        write(tree, NodeId::ROOT, &mut out);
        out
    }

    /// The same of the tree that html5ever makes by itself.
    fn written_of(document: &Document) -> String {
        fn write(document: &Document, node: &NodeRef<'_>, out: &mut String) {
            for child in node.children() {
                let template = child.query_or(None, |inner| {
                    match &inner.data {
                        NodeData::Text { contents } => *out += &format!("{:?}", &**contents),
                        NodeData::Element(element) => {
                            let attributes = element.attrs.iter();
                            let attributes: Vec<_> =
                                attributes.map(|attribute| (&attribute.name, &*attribute.value)).collect();
                            *out += &format!("<{:?}{attributes:?}>", element.name);
                            return element.template_contents;
                        }
                        _ => {}
                    }
                    None
                });
                if child.is_element() {
                    write(document, &child, out);
                    if let Some(template) = template {
                        write(document, &NodeRef::new(template, &document.tree), out);
                    }
                    *out += "</>";
                }
            }
        }
        let mut out = String::new();
        write(document, &document.root(), &mut out);
        out
    }

    fn html(markup: &str) -> (String, String) {
        (written(&tree_of(markup)), written_of(&Document::from(markup)))
    }

    #[track_caller]
    fn same(markup: &str) {
        let (ours, theirs) = html(markup);
        assert_eq!(ours, theirs, "{markup}");
    }

    #[test]
    fn a_tree_is_the_one_that_html5ever_makes() {
        for markup in [
            "",
            "text",
            "<!DOCTYPE html><html lang=\"en\"><head><title>A &amp; b</title></head><body class='x'>One</body></html>",
            "<p>Fish &amp; chips &copy <b>x</b> AT&T</p>&am<i>p;</i>",
            "<P CLASS=\"A\" class=\"b\">One<BR>two</P>",
            "<a href=\"/x?a=1&amp;b&lt=2\">x</a>",
            "<pre>\n\nx</pre>\r\ny\rz<p>a\0b",
            "<table><tr>moved<td>x</table><b><p>y</b>z",
            "<math><mi>x</mi><br/></math><p/>y",
            "<title>never ends <p>x",
            "<textarea><p>x</textarea>y",
            "x<plaintext><p>y",
            "<select><option>x<option>y</select><noscript><p>z</noscript>",
            "<p <b>x</p <i>y",
            "<p>x</p",
            "\u{feff}<p>x\u{feff}</p>",
            "<meta charset=\"utf-8\"><meta http-equiv=\"content-type\" content=\"text/html; charset=latin1\"><p>x",
        ] {
            same(markup);
        }
    }

    const PIECES: [&str; 50] = [
        "<div class=\"a b\">",
        "</div>",
        "<p>",
        "</p>",
        "<span id='x'>",
        "</span>",
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<a href=\"/\">",
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
        "<form>",
        "</form>",
        "<br>",
        "<br/>",
        "</br>",
        "</p>",
        "<select>",
        "</select>",
        "<template>",
        "</template>",
        "<body>",
        "<head>",
        "<title>T</title>",
        "x ",
        "\n",
        "&amp;",
        "&#8211;&nbsp;",
        "&#128;",
        "& &l",
        "&copy 23&notit; &notin;",
        "AT&T &nope; &#x20AC;&#8211 &#xg",
        "&#",
        "&notin",
        "<!DOCTYPE html>",
        "<noscript>",
    ];

    proptest! {
        #[test]
        fn whatever_the_markup(
            pieces in proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..40),
        ) {
            let (ours, theirs) = html(&pieces.concat());
            prop_assert_eq!(ours, theirs);
        }

        #[test]
        fn whatever_the_pass_leaves(
            pieces in proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..40),
        ) {
            let page = pieces.concat();
            let swept = sweep(&page, &DecodeLimits::default(), &mut Budget::default()).unwrap();
            let theirs = Document::from(swept.markup.as_str());
            prop_assert_eq!(written(&of(&swept.markup)), written_of(&theirs));
        }

        #[test]
        fn whatever_the_text(markup in "[<>/a-c!&;=\"' \r\n-]{0,60}") {
            let (ours, theirs) = html(&markup);
            prop_assert_eq!(ours, theirs);
        }
    }
}
