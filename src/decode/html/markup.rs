//! The markup that the pass over a page leaves, with its tokens beside it: a tree is built of these, and nobody
//! reads the markup again.

use super::token::Tag;

/// A search for bytes pays from this length on; most tags are shorter.
const SHORT: usize = 32;
/// About how many bytes of a page a token, and an attribute, stand for.
const BYTES_PER_PIECE: usize = 48;
const BYTES_PER_ATTRIBUTE: usize = 96;

/// Markup without what carries no text.
#[derive(Debug, Default)]
pub(super) struct Markup {
    text: String,
    pieces: Vec<Piece>,
    attributes: Vec<Attribute>,
}

/// A token, by where it stands in the markup, in bytes; all of them together are the markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Nothing in it is read as anything else: no character references and the like.
    pub(super) is_plain: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// An opening tag: where its name ends, and how many attributes all tags so far have.
    Open {
        name_end: usize,
        attributes_end: usize,
    },
    /// An end tag: where its name ends.
    Close {
        name_end: usize,
    },
    /// What has rules of its own: a doctype, a title.
    Other,
}

/// An attribute, by where its name and its value stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) name: (usize, usize),
    pub(super) value: (usize, usize),
}

impl Markup {
    /// For a page of that many bytes.
    pub(super) fn for_page(length: usize) -> Self {
        Self {
            text: String::with_capacity(length / 2),
            pieces: Vec::with_capacity(length / BYTES_PER_PIECE),
            attributes: Vec::with_capacity(length / BYTES_PER_ATTRIBUTE),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// How many tokens there are.
    pub(super) fn count(&self) -> usize {
        self.pieces.len()
    }

    /// The tokens, each opening tag with its attributes.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (Piece, &[Attribute])> {
        let mut done = 0;
        self.pieces.iter().map(move |&piece| {
            let from = done;
            if let Kind::Open { attributes_end, .. } = piece.kind {
                done = attributes_end;
            }
            (piece, self.attributes.get(from..done).unwrap_or_default())
        })
    }

    fn push(&mut self, kind: Kind, start: usize, is_plain: bool) {
        self.pieces.push(Piece { kind, start, end: self.text.len(), is_plain });
    }

    /// Adds a text, its character references not decoded.
    pub(super) fn text(&mut self, text: &str) {
        let start = self.text.len();
        self.text.push_str(text);
        self.push(Kind::Text, start, is_plain(text));
    }

    /// Adds an end tag as it is written.
    pub(super) fn close(&mut self, tag: &Tag<'_>) {
        let start = self.text.len();
        self.text.push_str(tag.whole);
        // A tag that ends, and does not end an element of its own.
        let is_whole = tag.whole.ends_with('>') && !tag.whole.ends_with("/>");
        let name_end = start + "</".len() + tag.name.len();
        self.push(Kind::Close { name_end }, start, is_whole && is_plain(tag.whole));
    }

    /// Adds what has rules of its own.
    pub(super) fn other(&mut self, whole: &str) {
        let start = self.text.len();
        self.text.push_str(whole);
        self.push(Kind::Other, start, false);
    }

    /// Adds an opening tag, without attributes.
    pub(super) fn open(&mut self, name: &str) {
        let start = self.text.len();
        self.text.push('<');
        self.text.push_str(name);
        let (name_end, attributes_end) = (self.text.len(), self.attributes.len());
        self.text.push('>');
        self.push(Kind::Open { name_end, attributes_end }, start, is_plain(name));
    }

    /// Adds an attribute to the opening tag that was added last; its value holds one kind of quotes at most.
    pub(super) fn attribute(&mut self, name: &str, value: &str) {
        // Before the bracket that ends the tag.
        self.text.pop();
        self.text.push(' ');
        let name_start = self.text.len();
        self.text.push_str(name);
        let name_end = self.text.len();
        let quote = if memchr::memchr(b'"', value.as_bytes()).is_some() { '\'' } else { '"' };
        self.text.push('=');
        self.text.push(quote);
        let value_start = self.text.len();
        self.text.push_str(value);
        let value_end = self.text.len();
        self.text.push(quote);
        self.text.push('>');
        self.attributes.push(Attribute { name: (name_start, name_end), value: (value_start, value_end) });
        if let Some(Piece { kind: Kind::Open { attributes_end, .. }, end, is_plain: plain, .. }) =
            self.pieces.last_mut()
        {
            *attributes_end = self.attributes.len();
            *end = self.text.len();
            *plain &= is_plain(value);
        }
    }
}

/// Whether nothing in it is read as anything else.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < SHORT {
        return !bytes.iter().any(|byte| matches!(byte, b'&' | b'\r' | 0));
    }
    memchr::memchr3(b'&', b'\r', 0, bytes).is_none()
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::elements::Name;
    use super::super::token::{Token, tokens};
    use super::*;

    /// `written` as it is, cut into its tokens.
    pub(in super::super) fn cut(written: &str) -> Markup {
        let mut markup = Markup::default();
        let mut tokens = tokens(written);
        while let Some(token) = tokens.next() {
            match token {
                Token::Text(text) => markup.text(text),
                Token::Close(tag) => markup.close(&tag),
                Token::Raw { whole, .. } | Token::Aside(whole) => markup.other(whole),
                Token::Open(tag) => {
                    let (start, first) = (markup.text.len(), markup.attributes.len());
                    markup.text.push_str(tag.whole);
                    let base = tag.whole.as_ptr() as usize;
                    let at = |part: &str| {
                        let from = start + (part.as_ptr() as usize - base);
                        (from, from + part.len())
                    };
                    let attributes = tokens.attributes();
                    markup.attributes.extend(
                        attributes.map(|(name, value)| Attribute { name: at(name), value: at(value) }),
                    );
                    let kind = Kind::Open {
                        name_end: start + 1 + tag.name.len(),
                        attributes_end: markup.attributes.len(),
                    };
                    assert!(first <= markup.attributes.len());
                    let is_whole = tag.whole.ends_with('>') && !tag.whole.ends_with("/>");
                    markup.push(kind, start, is_whole && is_plain(tag.whole));
                }
            }
        }
        assert_eq!(markup.text, written);
        markup
    }

    #[test]
    fn markup_is_its_pieces() {
        let mut markup = Markup::default();
        markup.other("<!DOCTYPE html>");
        markup.open("p");
        markup.attribute("class", "a \"b\"");
        markup.attribute("title", "x&y");
        markup.text("One");
        markup.open("br");
        markup.close(&Tag { name: "p", element: Name::P, whole: "</p>" });
        assert_eq!(markup.as_str(), "<!DOCTYPE html><p class='a \"b\"' title=\"x&y\">One<br></p>");
        let seen: Vec<_> = markup
            .pieces()
            .map(|(piece, attributes)| {
                let slice = |(from, to)| markup.as_str().get(from..to).unwrap();
                let attributes: Vec<_> =
                    attributes.iter().map(|found| (slice(found.name), slice(found.value))).collect();
                (slice((piece.start, piece.end)), piece.is_plain, attributes)
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("<!DOCTYPE html>", false, vec![]),
                ("<p class='a \"b\"' title=\"x&y\">", false, vec![("class", "a \"b\""), ("title", "x&y")]),
                ("One", true, vec![]),
                ("<br>", true, vec![]),
                ("</p>", true, vec![]),
            ]
        );
    }
}
