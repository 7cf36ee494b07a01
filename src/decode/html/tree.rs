//! The tree of markup that the pass over a page has left.
//!
//! That markup is plain: its tags are whole, their attributes quoted, what carries no text is gone. So nearly
//! all of its tokens go to html5ever's tree builder as they are; html5ever's own tokenizer, which goes letter
//! by letter, only gets those with character references and the like.

use dom_query::Document;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag as Fed, TagKind, Token as FedToken, TokenSink, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts, TreeSink};
use html5ever::{Attribute, LocalName, QualName, ns};

use super::token::{Tag, Token, tokens};

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

/// The tree of `markup`: the same that `Document::from` makes of it.
pub(super) fn of(markup: &str) -> Document {
    if u32::try_from(markup.len()).is_err() || memchr::memmem::find(markup.as_bytes(), BOM).is_some() {
        return Document::from(markup);
    }
    let options = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
    let builder = TreeBuilder::new(Document::default(), options);
    let feeder = Feeder {
        tokenizer: Tokenizer::new(builder, TokenizerOpts::default()),
        whole: StrTendril::from_slice(markup),
        at: 0,
        pending: false,
    };
    feeder.feed(markup)
}

/// html5ever drops it wherever what is fed begins with it.
const BOM: &[u8] = "\u{feff}".as_bytes();

type Sink = TreeBuilder<<Document as TreeSink>::Handle, Document>;

struct Feeder {
    tokenizer: Tokenizer<Sink>,
    /// All of the markup: texts and values are slices of it, not copies.
    whole: StrTendril,
    at: usize,
    /// Whether the tokenizer may be within a character reference.
    pending: bool,
}

impl Feeder {
    fn feed(mut self, markup: &str) -> Document {
        for token in tokens(markup) {
            let start = self.at;
            let (slice, is_plain) = match &token {
                Token::Text(text) => (*text, is_plain(text)),
                Token::Open(tag) => (tag.whole, is_plain(tag.whole) && is_whole(tag)),
                Token::Close(tag) => (tag.whole, is_plain(tag.whole) && is_whole(tag)),
                Token::Raw { whole, .. } => (*whole, false),
                Token::Aside(aside) => (*aside, false),
            };
            self.at += slice.len();
            let otherwise = match &token {
                Token::Open(tag) => tag.is_any(&OTHERWISE),
                _ => false,
            };
            if otherwise {
                // Whatever comes now, it reads.
                self.give(start, markup.len());
                break;
            }
            if self.pending || !is_plain {
                self.give(start, self.at);
                // A text may end within a reference, which the next token ends.
                self.pending = matches!(token, Token::Text(_));
                continue;
            }
            match token {
                Token::Text(_) => {
                    let text = self.slice(start, self.at);
                    self.take(FedToken::CharacterTokens(text));
                }
                Token::Open(tag) => {
                    let attrs = self.attributes(&tag, start);
                    self.take_tag(TagKind::StartTag, &tag, attrs);
                }
                Token::Close(tag) => self.take_tag(TagKind::EndTag, &tag, Vec::new()),
                Token::Raw { .. } | Token::Aside(_) => {}
            }
        }
        self.tokenizer.end();
        self.tokenizer.sink.sink.finish()
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

    fn take_tag(&self, kind: TagKind, tag: &Tag<'_>, attrs: Vec<Attribute>) {
        let name = local_name(tag.name);
        self.take(FedToken::TagToken(Fed {
            kind,
            name,
            self_closing: false,
            attrs,
            had_duplicate_attributes: false,
        }));
    }

    /// The attributes of a tag that starts at `start`.
    fn attributes(&self, tag: &Tag<'_>, start: usize) -> Vec<Attribute> {
        let mut found: Vec<Attribute> = Vec::new();
        for (name, (from, to)) in tag.placed_attributes() {
            let name = QualName::new(None, ns!(), local_name(name));
            if found.iter().all(|known| known.name != name) {
                found.push(Attribute { name, value: self.slice(start + from, start + to) });
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

/// Whether nothing in it is read as anything else.
fn is_plain(text: &str) -> bool {
    memchr::memchr3(b'&', b'\r', 0, text.as_bytes()).is_none()
}

/// A tag that ends, and does not end its element: `<p/>` opens one all the same, but not among formulas.
fn is_whole(tag: &Tag<'_>) -> bool {
    tag.whole.ends_with('>') && !tag.whole.ends_with("/>")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn same(markup: &str) {
        assert_eq!(of(markup).html().to_string(), Document::from(markup).html().to_string(), "{markup}");
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

    const PIECES: [&str; 44] = [
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
        "&l",
        "<!DOCTYPE html>",
        "<noscript>",
    ];

    proptest! {
        #[test]
        fn whatever_the_markup(
            pieces in proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..40),
        ) {
            let markup = pieces.concat();
            prop_assert_eq!(of(&markup).html().to_string(), Document::from(markup.as_str()).html().to_string());
        }

        #[test]
        fn whatever_the_text(markup in "[<>/a-c!&;=\"' \r\n-]{0,60}") {
            prop_assert_eq!(of(&markup).html().to_string(), Document::from(markup.as_str()).html().to_string());
        }
    }
}
