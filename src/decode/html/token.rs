//! A page as a flat run of tokens, cut in one linear pass by the rules of the HTML standard
//! (§ 13.2.5, tokenization), without a tree and without a copy.

use super::elements::Name;

/// One piece of a page. All slices together are the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'p> {
    /// Text, its character references not yet decoded.
    Text(&'p str),
    /// `<p class="lead">`
    Open(Tag<'p>),
    /// `</p>`
    Close(Tag<'p>),
    /// An element whose content is not markup (`script`, `style`, `title` …), whole.
    Raw {
        /// The opening tag.
        tag: Tag<'p>,
        /// What stands between the tags.
        content: &'p str,
        /// All of it, tags included.
        whole: &'p str,
    },
    /// A comment, doctype, or what the standard calls a bogus comment.
    Aside(&'p str),
}

/// A tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag<'p> {
    /// Name as written.
    pub(super) name: &'p str,
    /// The element of that name.
    pub(super) element: Name,
    /// All of it, brackets included.
    pub(super) whole: &'p str,
}

impl<'p> Tag<'p> {
    /// Whether this is a tag of that element.
    #[inline]
    pub(super) fn is(&self, element: Name) -> bool {
        self.element == element
    }

    /// Whether it has that name, in any case.
    #[inline]
    pub(super) fn has_name(&self, name: &str) -> bool {
        self.name.len() == name.len() && self.name.eq_ignore_ascii_case(name)
    }

    /// What stands between the name and the closing bracket.
    fn inside(&self) -> &'p str {
        let brackets = if self.whole.starts_with("</") { 2 } else { 1 };
        let inside = self.whole.get(brackets + self.name.len()..).unwrap_or_default();
        inside.strip_suffix('>').unwrap_or(inside)
    }

    /// Its attributes as written, in their order.
    pub(super) fn attributes(&self) -> Attributes<'p> {
        Attributes { text: self.inside(), at: 0 }
    }

    /// The value of attribute `name`, character references decoded and trimmed; `None` if it is
    /// absent or empty.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        value_of(self.attributes(), name)
    }
}

/// The value of the first of `attributes` called `name`, character references decoded and trimmed; `None` if
/// it is absent or empty.
pub(super) fn value_of<'p>(
    attributes: impl IntoIterator<Item = (&'p str, &'p str)>,
    name: &str,
) -> Option<String> {
    let (_, value) = attributes.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    let value = html_escape::decode_html_entities(value);
    let value = value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// The name of an element whose content the tokenizer must not read as markup.
fn raw_name(element: Name) -> Option<&'static str> {
    Some(match element {
        Name::Script => "script",
        Name::Style => "style",
        Name::Title => "title",
        Name::Textarea => "textarea",
        Name::Iframe => "iframe",
        Name::Noembed => "noembed",
        Name::Noframes => "noframes",
        Name::Xmp => "xmp",
        Name::Svg => "svg",
        _ => return None,
    })
}

/// The attributes of a tag that are looked at; one with more is data, not markup.
const MAX_ATTRIBUTES: usize = 512;

/// Cuts `page` into tokens.
pub(super) fn tokens(page: &str) -> Tokens<'_> {
    Tokens { page, at: 0, searched: Vec::new(), attributes: Vec::new() }
}

/// The iterator that [`tokens`] gives.
#[derive(Debug)]
pub(super) struct Tokens<'p> {
    page: &'p str,
    at: usize,
    /// Raw elements known to have no end tag any more: searched once, not once for each opening.
    searched: Vec<&'static str>,
    /// Of the tag that was read last: where each attribute's name and value stand.
    attributes: Vec<Place>,
}

/// Where the name and the value of an attribute stand, in bytes.
type Place = ((usize, usize), (usize, usize));

impl<'p> Iterator for Tokens<'p> {
    type Item = Token<'p>;

    fn next(&mut self) -> Option<Token<'p>> {
        let bytes = self.page.as_bytes();
        let start = self.at;
        if start >= bytes.len() {
            return None;
        }
        if bytes.get(start) == Some(&b'<')
            && let Some(token) = self.markup(start)
        {
            return Some(token);
        }
        // Text up to the next bracket that opens markup; a lone `<` belongs to the text.
        let mut from = start + 1;
        let end = loop {
            let Some(next) = bytes.get(from..).and_then(|rest| memchr::memchr(b'<', rest)) else {
                break bytes.len();
            };
            let position = from + next;
            if opens_markup(bytes, position) {
                break position;
            }
            from = position + 1;
        };
        self.at = end;
        Some(Token::Text(self.page.get(start..end).unwrap_or_default()))
    }
}

fn opens_markup(bytes: &[u8], position: usize) -> bool {
    match bytes.get(position + 1) {
        Some(b'!' | b'?') => true,
        Some(b'/') => bytes.get(position + 2).is_some(),
        Some(byte) => byte.is_ascii_alphabetic(),
        None => false,
    }
}

impl<'p> Tokens<'p> {
    fn take(&mut self, start: usize, end: usize) -> &'p str {
        self.at = end;
        self.page.get(start..end).unwrap_or_default()
    }

    fn markup(&mut self, start: usize) -> Option<Token<'p>> {
        let bytes = self.page.as_bytes();
        if !opens_markup(bytes, start) {
            return None;
        }
        match (bytes.get(start + 1), bytes.get(start + 2)) {
            (Some(b'!'), _) if bytes.get(start + 2..start + 4) == Some(b"--") => {
                let end = comment_end(bytes, start + 4);
                Some(Token::Aside(self.take(start, end)))
            }
            (Some(b'!' | b'?'), _) => {
                let end = after(bytes, start, b'>');
                Some(Token::Aside(self.take(start, end)))
            }
            (Some(b'/'), Some(letter)) if letter.is_ascii_alphabetic() => {
                Some(Token::Close(self.tag(start, start + 2)))
            }
            (Some(b'/'), _) => {
                let end = after(bytes, start, b'>');
                Some(Token::Aside(self.take(start, end)))
            }
            _ => {
                let tag = self.tag(start, start + 1);
                let Some(raw) = raw_name(tag.element) else {
                    return Some(Token::Open(tag));
                };
                Some(self.raw(start, tag, raw))
            }
        }
    }

    fn tag(&mut self, start: usize, name_start: usize) -> Tag<'p> {
        let bytes = self.page.as_bytes();
        let name_end = bytes.get(name_start..).map_or(name_start, |rest| {
            let length = rest
                .iter()
                .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'))
                .unwrap_or(rest.len());
            name_start + length
        });
        let name = self.page.get(name_start..name_end).unwrap_or_default();
        self.attributes.clear();
        let end = tag_end(bytes, name_end, |attribute| {
            if self.attributes.len() < MAX_ATTRIBUTES {
                self.attributes.push(attribute);
            }
        });
        Tag { name, element: Name::of_written(name), whole: self.take(start, end) }
    }

    /// The attributes of the tag that was read last, as written, in their order, up to [`MAX_ATTRIBUTES`].
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&'p str, &'p str)> {
        let page = self.page;
        let slice = move |(start, end)| page.get(start..end).unwrap_or_default();
        self.attributes.iter().map(move |&(name, value)| (slice(name), slice(value)))
    }

    fn raw(&mut self, start: usize, tag: Tag<'p>, raw: &'static str) -> Token<'p> {
        let content_start = self.at;
        if self.searched.contains(&raw) || raw == "svg" && tag.whole.ends_with("/>") {
            return Token::Open(tag);
        }
        let bytes = self.page.as_bytes();
        let Some(content_end) = end_tag(bytes, content_start, raw) else {
            self.searched.push(raw);
            // The standard lets them swallow the rest of the page; for what carries no text that
            // would lose the article, so only script and style do.
            if matches!(raw, "script" | "style") {
                let content = self.take(content_start, bytes.len());
                return Token::Raw { tag, content, whole: self.page.get(start..).unwrap_or_default() };
            }
            return Token::Open(tag);
        };
        let content = self.page.get(content_start..content_end).unwrap_or_default();
        let end = tag_end(bytes, content_end + 2 + raw.len(), |_| {});
        Token::Raw { tag, content, whole: self.take(start, end) }
    }
}

/// First offset after the next `byte` from `from` on, else the end.
fn after(bytes: &[u8], from: usize, byte: u8) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    memchr::memchr(byte, rest).map_or(bytes.len(), |found| from + found + 1)
}

/// First offset after a comment whose content starts at `from`.
fn comment_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    if rest.starts_with(b">") {
        return from + 1;
    }
    if rest.starts_with(b"->") {
        return from + 2;
    }
    for end in memchr::memchr_iter(b'>', rest) {
        let before = rest.get(..end).unwrap_or_default();
        if before.ends_with(b"--") || before.ends_with(b"--!") {
            return from + end + 1;
        }
    }
    bytes.len()
}

/// Where `</name` stands from `from` on.
fn end_tag(bytes: &[u8], from: usize, name: &str) -> Option<usize> {
    let rest = bytes.get(from..)?;
    memchr::memmem::find_iter(rest, b"</")
        .find(|at| {
            let after_slash = rest.get(at + 2..).unwrap_or_default();
            let named =
                after_slash.get(..name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()));
            let next = after_slash.get(name.len());
            named && next.is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))
        })
        .map(|at| from + at)
}

/// First offset after the `>` that ends a tag, its attributes read from `at`; the end of the page
/// if none does.
fn tag_end(bytes: &[u8], at: usize, mut found: impl FnMut(Place)) -> usize {
    let mut cursor = at;
    loop {
        match next_attribute(bytes, cursor) {
            Step::Attribute { name, value, next } => {
                found((name, value));
                cursor = next;
            }
            Step::End(end) => return end,
        }
    }
}

/// One step through the attributes of a tag.
enum Step {
    /// An attribute: name and value ranges, and where to go on.
    Attribute { name: (usize, usize), value: (usize, usize), next: usize },
    /// The tag ends; first offset after it.
    End(usize),
}

fn next_attribute(bytes: &[u8], at: usize) -> Step {
    let skip = |from: usize, wanted: fn(u8) -> bool| {
        let rest = bytes.get(from..).unwrap_or_default();
        from + rest.iter().position(|byte| !wanted(*byte)).unwrap_or(rest.len())
    };
    let name_start = skip(at, |byte| byte.is_ascii_whitespace() || byte == b'/');
    match bytes.get(name_start) {
        None => return Step::End(bytes.len()),
        Some(b'>') => return Step::End(name_start + 1),
        Some(_) => {}
    }
    // The first byte belongs to the name even if it is `=`.
    let name_end =
        skip(name_start + 1, |byte| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'>' | b'='));
    let equals = skip(name_end, |byte| byte.is_ascii_whitespace());
    if bytes.get(equals) != Some(&b'=') {
        return Step::Attribute { name: (name_start, name_end), value: (name_end, name_end), next: equals };
    }
    let value_start = skip(equals + 1, |byte| byte.is_ascii_whitespace());
    match bytes.get(value_start) {
        Some(quote @ (b'"' | b'\'')) => {
            let end = after(bytes, value_start + 1, *quote);
            let closed = bytes.get(end - 1) == Some(quote) && end > value_start + 1;
            let value_end = if closed { end - 1 } else { end };
            Step::Attribute { name: (name_start, name_end), value: (value_start + 1, value_end), next: end }
        }
        Some(b'>') | None => Step::Attribute {
            name: (name_start, name_end),
            value: (value_start, value_start),
            next: value_start,
        },
        Some(_) => {
            let end = skip(value_start, |byte| !byte.is_ascii_whitespace() && byte != b'>');
            Step::Attribute { name: (name_start, name_end), value: (value_start, end), next: end }
        }
    }
}

/// The attributes of a tag: name and value as written.
#[derive(Debug)]
pub(super) struct Attributes<'p> {
    text: &'p str,
    at: usize,
}

impl<'p> Attributes<'p> {
    /// The next name, and where its value stands.
    fn step(&mut self) -> Option<(&'p str, (usize, usize))> {
        match next_attribute(self.text.as_bytes(), self.at) {
            Step::Attribute { name: (start, end), value, next } => {
                self.at = next;
                Some((self.text.get(start..end).unwrap_or_default(), value))
            }
            Step::End(_) => None,
        }
    }
}

impl<'p> Iterator for Attributes<'p> {
    type Item = (&'p str, &'p str);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, (start, end)) = self.step()?;
        Some((name, self.text.get(start..end).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kinds(page: &str) -> Vec<String> {
        tokens(page)
            .map(|token| match token {
                Token::Text(text) => format!("text {text}"),
                Token::Open(tag) => format!("open {}", tag.name),
                Token::Close(tag) => format!("close {}", tag.name),
                Token::Raw { tag, content, .. } => format!("raw {} {content}", tag.name),
                Token::Aside(aside) => format!("aside {aside}"),
            })
            .collect()
    }

    #[test]
    fn a_page_becomes_tokens() {
        let cases: [(&str, &[&str]); 12] = [
            ("<p>One</p>", &["open p", "text One", "close p"]),
            ("a < b && c<d", &["text a < b && c", "open d"]),
            ("2 <3 and <", &["text 2 <3 and <"]),
            (
                "<!-- a > b --><!--><!---><!-- c --!>x",
                &["aside <!-- a > b -->", "aside <!-->", "aside <!--->", "aside <!-- c --!>", "text x"],
            ),
            ("<a title=\"x > y\">z", &["open a", "text z"]),
            ("<a title=x\">z\"", &["open a", "text z\""]),
            ("<a =\">z\"", &["open a", "text z\""]),
            ("<a b==\">z\"", &["open a", "text z\""]),
            ("<script>if (a</b/.test(c)) {}</SCRIPT >x", &["raw script if (a</b/.test(c)) {}", "text x"]),
            ("<script>x</scripts></script>", &["raw script x</scripts>"]),
            ("<title>A <b> C</title>", &["raw title A <b> C"]),
            ("</3><iframe>x", &["aside </3>", "open iframe", "text x"]),
        ];
        for (page, expected) in cases {
            assert_eq!(kinds(page), expected, "{page}");
        }
    }

    #[test]
    fn attributes_are_read_as_browsers_do() {
        let page = "<meta NAME = 'author' content=\"A &amp; B\" data-x checked itemprop=name/>";
        let Some(Token::Open(tag)) = tokens(page).next() else { panic!("a tag") };
        let attributes: Vec<_> = tag.attributes().collect();
        assert_eq!(
            attributes,
            [
                ("NAME", "author"),
                ("content", "A &amp; B"),
                ("data-x", ""),
                ("checked", ""),
                ("itemprop", "name/"),
            ]
        );
        assert_eq!(tag.attribute("content").as_deref(), Some("A & B"));
        assert_eq!(tag.attribute("name").as_deref(), Some("author"));
        assert_eq!(tag.attribute("data-x"), None);
    }

    proptest! {
        #[test]
        fn tokens_cover_the_page(page in "([<>/!a-c=\"' \\-é]|<script>|</script>|<!--|-->|<p>|<svg>){0,60}") {
            let mut joined = String::new();
            for token in tokens(&page) {
                match token {
                    Token::Text(whole) | Token::Aside(whole) | Token::Raw { whole, .. } => joined.push_str(whole),
                    Token::Open(tag) | Token::Close(tag) => {
                        joined.push_str(tag.whole);
                        prop_assert!(tag.attributes().count() <= tag.whole.len());
                    }
                }
            }
            prop_assert_eq!(joined, page);
        }
    }
}
