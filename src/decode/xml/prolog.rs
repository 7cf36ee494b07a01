//! What stands before the root of an XML document, and the name of the root: enough to tell XML from a
//! page and from a text that opens with `<`, without parsing it.

use crate::decode::family::Family;
use crate::decode::sniff::starts_with_ignoring_case;

/// Roots of the formats that are read, each without its prefix.
const ROOTS: [&str; 8] = ["rss", "RDF", "feed", "newsItem", "newsMessage", "packageItem", "nitf", "NewsML"];
/// Roots that other texts may open with: they count only if an element follows, or attributes.
const FRAGMENTS: [&str; 2] = ["item", "entry"];

/// What `head`, which opens with `<`, looks like: XML, a page, or nothing that its prolog could tell.
pub(in crate::decode) fn looks(head: &[u8]) -> Option<Family> {
    let declared = head.starts_with(b"<?xml") && head.get(5).is_some_and(u8::is_ascii_whitespace);
    let rest = past_prolog(head);
    if starts_with_ignoring_case(rest, b"<!doctype html") {
        return declared.then_some(Family::Html);
    }
    let root = root(rest);
    if declared {
        let is_page = root.is_some_and(|root| {
            ["html", "head", "body"].iter().any(|name| root.name.eq_ignore_ascii_case(name.as_bytes()))
        });
        return Some(if is_page { Family::Html } else { Family::Xml });
    }
    let root = root?;
    let is_one_of = |names: &[&str]| names.iter().any(|name| root.name == name.as_bytes());
    let is_xml = is_one_of(&ROOTS) || is_one_of(&FRAGMENTS) && (root.has_attributes || root.holds_elements);
    is_xml.then_some(Family::Xml)
}

/// `head` behind its declaration, comments, processing instructions and a doctype that is not that of a page.
fn past_prolog(head: &[u8]) -> &[u8] {
    let mut rest = head;
    loop {
        rest = rest.trim_ascii_start();
        let after = if rest.starts_with(b"<?") {
            past(rest, b"?>")
        } else if rest.starts_with(b"<!--") {
            past(rest, b"-->")
        } else if starts_with_ignoring_case(rest, b"<!doctype")
            && !starts_with_ignoring_case(rest, b"<!doctype html")
        {
            past_doctype(rest)
        } else {
            None
        };
        match after {
            Some(after) => rest = after,
            None => return rest,
        }
    }
}

fn past<'h>(rest: &'h [u8], end: &[u8]) -> Option<&'h [u8]> {
    rest.get(memchr::memmem::find(rest, end)? + end.len()..)
}

/// Behind a doctype, whose internal subset stands in brackets and may hold `>`.
fn past_doctype(rest: &[u8]) -> Option<&[u8]> {
    match memchr::memchr2(b'[', b'>', rest)? {
        at if rest.get(at) == Some(&b'[') => past(past(rest, b"]")?, b">"),
        at => rest.get(at + 1..),
    }
}

/// The opening tag of a root, whole.
#[derive(Debug, Clone, Copy)]
struct Root<'h> {
    name: &'h [u8],
    has_attributes: bool,
    /// The first thing in it is an element.
    holds_elements: bool,
}

fn root(rest: &[u8]) -> Option<Root<'_>> {
    let tag = rest.strip_prefix(b"<")?;
    let length = tag.iter().take_while(|byte| is_of_name(**byte)).count();
    let qualified = tag.get(..length)?;
    let end = memchr::memchr(b'>', tag)?;
    let between = tag.get(length..end)?;
    if qualified.is_empty() || !(between.is_empty() || between.starts_with(b"/") || opens_attributes(between))
    {
        return None;
    }
    let name = qualified.rsplit(|byte| *byte == b':').next()?;
    let inside = tag.get(end + 1..)?.trim_ascii_start();
    let holds_elements = inside
        .strip_prefix(b"<")
        .and_then(<[u8]>::first)
        .is_some_and(|next| is_of_name(*next) || *next == b'!');
    Some(Root { name, has_attributes: memchr::memchr(b'=', between).is_some(), holds_elements })
}

fn opens_attributes(between: &[u8]) -> bool {
    between.first().is_some_and(u8::is_ascii_whitespace)
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-' | b'.') || !byte.is_ascii()
}
