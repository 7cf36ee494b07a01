//! XML as a tree of owned elements, built from a streaming reader within limits.
//!
//! Of a DTD nothing is used: a document that declares entities is refused before any could be expanded,
//! and the names of HTML's characters (`&eacute;`), which feeds use undeclared, are read as in a page.

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::NsReader;

use super::names::Vocabulary;
use crate::budget::Budget;
use crate::decode::{DecodeError, DecodeLimits};

/// Attributes of one element beyond which a document is refused: comparing names is not free.
const MAX_ATTRIBUTES: usize = 256;
/// Steps that an element pays: it is looked at some times over.
const STEPS_PER_ELEMENT: usize = 8;

/// An element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::decode) struct Element {
    vocabulary: Vocabulary,
    name: Box<str>,
    /// Without prefix, but for `xml:lang`.
    attributes: Vec<(Box<str>, String)>,
    nodes: Vec<Node>,
}

/// What an element holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// An element.
    Element(Element),
    /// Text, its references resolved.
    Text(String),
}

impl Element {
    /// The name without its prefix.
    pub(in crate::decode) fn name(&self) -> &str {
        &self.name
    }

    /// Whose word it is.
    pub(super) fn vocabulary(&self) -> Vocabulary {
        self.vocabulary
    }

    /// Whether it is that word of that vocabulary.
    pub(super) fn is(&self, vocabulary: Vocabulary, name: &str) -> bool {
        self.vocabulary == vocabulary && &*self.name == name
    }

    /// All that it holds, in order.
    pub(super) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Its elements, in order.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// Its elements called `name` in `vocabulary`.
    pub(super) fn all_in<'e>(
        &'e self,
        vocabulary: Vocabulary,
        name: &'e str,
    ) -> impl Iterator<Item = &'e Self> {
        self.elements().filter(move |element| element.is(vocabulary, name))
    }

    /// Its elements called `name` in its own vocabulary.
    pub(super) fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Self> {
        self.all_in(self.vocabulary, name)
    }

    /// The first of them.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.elements().find(|element| element.is(self.vocabulary, name))
    }

    /// The element at the end of a path of first children.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |element, name| element.child(name))
    }

    /// The value of an attribute, trimmed; `None` if it is absent or empty.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let (_, value) = self.attributes.iter().find(|(key, _)| &**key == name)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }

    /// `xml:lang`, else `lang`.
    pub(super) fn language(&self) -> Option<String> {
        self.attribute("xml:lang").or_else(|| self.attribute("lang")).map(str::to_owned)
    }

    /// All text in it, as it stands.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        self.push_text(&mut text);
        text
    }

    // The depth of the tree is limited, and so is this recursion.
    fn push_text(&self, text: &mut String) {
        for node in &self.nodes {
            match node {
                Node::Element(element) => element.push_text(text),
                Node::Text(own) => text.push_str(own),
            }
        }
    }

    /// All text in it on one line; `None` if there is none.
    pub(super) fn line(&self) -> Option<String> {
        let line = self.text().split_whitespace().collect::<Vec<_>>().join(" ");
        (!line.is_empty()).then_some(line)
    }

    fn push(&mut self, text: &str) {
        match self.nodes.last_mut() {
            Some(Node::Text(last)) => last.push_str(text),
            _ => self.nodes.push(Node::Text(text.to_owned())),
        }
    }
}

/// Parses a document: its root.
///
/// # Errors
/// [`DecodeError::BadXml`] with line and column, [`DecodeError::NestingLimit`],
/// [`DecodeError::ElementLimit`], [`DecodeError::BudgetExceeded`].
pub(in crate::decode) fn parse(
    text: &str,
    limits: &DecodeLimits,
    budget: &mut Budget,
) -> Result<Element, DecodeError> {
    let mut reader = NsReader::from_str(text);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    // Feeds write `AT&T`.
    config.allow_dangling_amp = true;
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    let mut elements = 0_usize;
    loop {
        let before = offset(reader.buffer_position());
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => return Err(bad(text, offset(reader.error_position()), error.to_string())),
        };
        match event {
            Event::Start(tag) => {
                elements += 1;
                budget.spend(STEPS_PER_ELEMENT)?;
                if elements > limits.max_xml_elements {
                    return Err(DecodeError::ElementLimit { limit: limits.max_xml_elements });
                }
                if open.len() >= limits.max_xml_depth {
                    return Err(DecodeError::NestingLimit {
                        what: "an XML document",
                        limit: limits.max_xml_depth,
                    });
                }
                if root.is_some() {
                    return Err(bad(text, before, "a second root (one record is one document)".to_owned()));
                }
                let (namespace, local) = reader.resolver().resolve_element(tag.name());
                open.push(Element {
                    vocabulary: Vocabulary::of(&namespace),
                    name: local.into_inner().into(),
                    attributes: attributes(&tag).map_err(|found| bad(text, before, found))?,
                    nodes: Vec::new(),
                });
            }
            Event::End(_) => {
                if let Some(element) = open.pop() {
                    match open.last_mut() {
                        Some(parent) => parent.nodes.push(Node::Element(element)),
                        None => root = Some(element),
                    }
                }
            }
            Event::Text(written) => {
                let written = written.xml10_content();
                match open.last_mut() {
                    Some(element) => element.push(&written),
                    None if written.trim_start_matches('\u{FEFF}').trim().is_empty() => {}
                    None => return Err(bad(text, before, "text outside the root".to_owned())),
                }
            }
            Event::CData(written) => {
                if let Some(element) = open.last_mut() {
                    element.push(&written.xml10_content());
                }
            }
            Event::GeneralRef(reference) => {
                if let Some(element) = open.last_mut() {
                    element.push(&html_escape::decode_html_entities(&format!("&{};", &*reference)));
                }
            }
            Event::DocType(doctype) => {
                if let Some(at) = memchr::memmem::find(doctype.as_bytes(), b"<!ENTITY") {
                    // Where it stands in the whole: the doctype is cut from there as it is.
                    let declared = text.get(before..).and_then(|rest| rest.find("<!ENTITY")).unwrap_or(at);
                    let (line, column) = place(text, before + declared);
                    return Err(DecodeError::BadXml {
                        expected: "XML that declares no entities",
                        found: "a declaration of one in its DOCTYPE".to_owned(),
                        line,
                        column,
                    });
                }
            }
            // An empty element comes as a start and an end, as configured above.
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if let Some(element) = open.last() {
        let found = format!("the end of the value within `{}`: it is cut short", element.name);
        return Err(bad(text, text.len(), found));
    }
    root.ok_or_else(|| bad(text, text.len(), "no element".to_owned()))
}

fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

fn attributes(tag: &BytesStart<'_>) -> Result<Vec<(Box<str>, String)>, String> {
    let mut found = Vec::new();
    for (count, attribute) in tag.attributes().with_checks(false).enumerate() {
        if count == MAX_ATTRIBUTES {
            return Err(format!("an element with more than {MAX_ATTRIBUTES} attributes"));
        }
        let attribute = attribute.map_err(|error| error.to_string())?;
        let key = attribute.key.into_inner();
        if !key.contains(':') || key == "xml:lang" {
            found.push((key.into(), html_escape::decode_html_entities(&attribute.value).into_owned()));
        }
    }
    Ok(found)
}

fn bad(text: &str, at: usize, found: String) -> DecodeError {
    let (line, column) = place(text, at);
    DecodeError::BadXml { expected: "one well-formed XML document", found, line, column }
}

/// Line and column of a byte, both from 1; the column counts code points.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
    let last = before.rsplit('\n').next().unwrap_or_default();
    (line, last.chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Element, DecodeError> {
        parse(text, &DecodeLimits::default(), &mut Budget::default())
    }

    #[test]
    fn text_references_and_sections_join() {
        let root = read(
            "<?xml version='1.0'?><!-- c --><a x=' 1 ' y='' xml:lang='en'>AT&T &amp; <![CDATA[<b>]]>\
             &#233;&eacute;&nosuch; <i>in</i>\r\nend<b/></a>\n",
        )
        .unwrap();
        assert_eq!(root.text(), "AT&T & <b>éé&nosuch; in\nend");
        assert_eq!(root.line().as_deref(), Some("AT&T & <b>éé&nosuch; in end"));
        assert_eq!((root.attribute("x"), root.attribute("y"), root.attribute("z")), (Some("1"), None, None));
        assert_eq!(root.language().as_deref(), Some("en"));
        assert_eq!(root.elements().map(Element::name).collect::<Vec<_>>(), ["i", "b"]);
    }

    #[test]
    fn names_are_what_their_namespace_says() {
        let root = read(
            "<a:feed xmlns:a='http://www.w3.org/2005/Atom' xmlns:d='http://purl.org/dc/elements/1.1/'>\
             <a:title/><title/><d:title/><dc:title/><x:title/><e xmlns='urn:x'><title/></e></a:feed>",
        )
        .unwrap();
        let of: Vec<_> = root.elements().map(Element::vocabulary).collect();
        use Vocabulary::{Atom, DublinCore, Other, Plain};
        assert_eq!(of, [Atom, Plain, DublinCore, DublinCore, Other, Other]);
        assert_eq!(root.all("title").count(), 1);
    }

    #[test]
    fn faults_say_where_they_are() {
        let cases = [
            (
                "<a>\n <b>é</c></a>",
                "ill-formed document: expected `</b>`, but `</c>` was found at line 2 column 6",
            ),
            ("<a>\n<b>x", "the end of the value within `b`: it is cut short at line 2 column 5"),
            ("<a>x</a>\ny", "text outside the root at line 1 column 9"),
            ("<a/><b/>", "a second root (one record is one document) at line 1 column 5"),
            ("<!-- c -->", "no element at line 1 column 11"),
            (
                "<a b='1></a>",
                "syntax error: attribute value not closed: `'` not found before end of input at line 1 column 1",
            ),
        ];
        for (text, found) in cases {
            let error = read(text).unwrap_err();
            assert_eq!(error.to_string(), format!("expected one well-formed XML document, found {found}"));
            assert_eq!(error.code(), "bad_xml");
        }
    }

    #[test]
    fn entities_are_refused_and_never_expanded() {
        let bomb = "<?xml version='1.0'?>\n<!DOCTYPE a [\n <!ENTITY l 'lol'>\n <!ENTITY m '&l;&l;&l;&l;'>\n]>\n<a>&m;</a>";
        assert_eq!(
            read(bomb).unwrap_err().to_string(),
            "expected XML that declares no entities, found a declaration of one in its DOCTYPE at line 3 column 2"
        );
        for doctype in [
            "<!DOCTYPE a [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]>",
            "<!DOCTYPE a [<!ENTITY x SYSTEM 'http://x.example/'>]>",
        ] {
            assert_eq!(read(&format!("{doctype}<a>&x;</a>")).unwrap_err().code(), "bad_xml", "{doctype}");
        }
        let plain = "<!DOCTYPE a SYSTEM 'a.dtd' [<!ELEMENT a (#PCDATA)>]><a>x</a>";
        assert_eq!(read(plain).unwrap().text(), "x");
    }

    #[test]
    fn depth_elements_attributes_and_namespaces_are_limited() {
        let limits = DecodeLimits { max_xml_depth: 8, max_xml_elements: 20, ..DecodeLimits::default() };
        let read = |text: &str| parse(text, &limits, &mut Budget::default());
        let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(read(&nested(8)).is_ok());
        assert_eq!(read(&nested(9)).unwrap_err().code(), "nesting_limit");
        assert_eq!(read(&format!("<a>{}</a>", "<b/>".repeat(20))).unwrap_err().code(), "element_limit");
        let many = (0..300).map(|n| format!(" a{n}=''")).collect::<String>();
        assert_eq!(read(&format!("<a{many}/>")).unwrap_err().code(), "bad_xml");
        let many = (0..300).map(|n| format!(" xmlns:a{n}='urn:{n}'")).collect::<String>();
        assert_eq!(read(&format!("<a{many}/>")).unwrap_err().code(), "bad_xml");
        let error = parse("<a><b/></a>", &DecodeLimits::default(), &mut Budget::new(10)).unwrap_err();
        assert_eq!(error.code(), "budget_exceeded");
    }

    /// Steps count elements and bytes; what no step counts must not grow faster than they do. Each shape
    /// is as large as a record may be by default: one that were quadratic would take hours.
    #[test]
    fn large_shapes_end() {
        let limits = DecodeLimits { max_xml_elements: usize::MAX, ..DecodeLimits::default() };
        let size = 1 << 20;
        let shapes = [
            format!("<a>{}</a>", "<b/>".repeat(size / 4)),
            format!("<a>{}</a>", "&amp;".repeat(size / 5)),
            format!("<a>{}</a>", "& ".repeat(size / 2)),
            format!("<a>{}</a>", "<!---->".repeat(size / 7)),
            format!("<a>{}", "<![CDATA[".repeat(size / 9)),
            format!("<!DOCTYPE a [{}", "<!ELEMENT b (c)>".repeat(size / 16)),
            format!("<a {}", "b='".repeat(size / 3)),
            "<".repeat(size),
        ];
        for shape in shapes {
            let read = parse(&shape, &limits, &mut Budget::default());
            assert!(read.is_ok() || read.is_err_and(|error| error.code() == "bad_xml"));
        }
    }
}
