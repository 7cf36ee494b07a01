//! Telling the format of a value that nobody named, and refusing what is no text at all.

use super::family::Family;
use super::xml::prolog;

/// How far into a value sniffing looks, bytes.
const WINDOW: usize = 8 << 10;
/// Tags that make a value a page when they are many.
const TELLING_TAGS: [&str; 22] = [
    "html", "head", "body", "title", "meta", "link", "script", "style", "div", "span", "p", "a", "br", "h1",
    "h2", "h3", "article", "section", "header", "main", "ul", "table",
];

/// Magic numbers of what people send by mistake.
const MAGIC: [(&[u8], &str); 15] = [
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a RIFF container (WebP, WAV or AVI)"),
    (b"%PDF-", "a PDF document"),
    (b"\x7fELF", "an ELF executable"),
    (b"PK\x03\x04", "a ZIP archive (or an office document)"),
    (b"Obj\x01", "an Avro container"),
    (b"PAR1", "a Parquet file"),
    (b"BZh", "a bzip2 value"),
    (b"\xfd7zXZ\x00", "an xz value"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"ID3", "an MP3 file"),
    (b"wOF2", "a font"),
    (b"{\\rtf", "an RTF document"),
];

/// What makes `value` binary, if anything: a known magic number, or too many control bytes.
///
/// The value must be in an encoding that keeps ASCII as it is.
pub(super) fn binary_kind(value: &[u8]) -> Option<String> {
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| value.starts_with(magic)) {
        return Some((*name).to_owned());
    }
    let window = value.get(..WINDOW).unwrap_or(value);
    let controls: usize = window.iter().map(|byte| usize::from(is_odd_control(*byte))).sum();
    if controls == 0 {
        return None;
    }
    if value.first() == Some(&0) && value.len() > 5 {
        return Some("a zero byte first, as schema-registry framing (Avro, Protobuf) has it".to_owned());
    }
    // A stray control character is the normalizer's business; a twentieth of all is no text.
    let nuls = memchr::memchr_iter(0, window).count();
    let many = controls * 20 > window.len() || nuls * 100 > window.len();
    many.then(|| format!("{controls} control bytes among the first {}", window.len()))
}

/// Control bytes that no text has: not tab, line ends, form feed, backspace, escape (ISO-2022-JP). Without a
/// branch, so that many bytes are looked at at once.
fn is_odd_control(byte: u8) -> bool {
    let (backspace_to_return, escape) = (byte.wrapping_sub(0x08) < 6, byte == 0x1B);
    (byte == 0x7F) | (byte < 0x20) & !backspace_to_return & !escape
}

/// What a value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looks {
    /// As one of the syntaxes.
    Like(Family),
    /// A JSON list.
    JsonList,
}

/// What `value` (ASCII kept as it is, no BOM) looks like.
pub(super) fn looks(value: &[u8]) -> Looks {
    let start = value.trim_ascii_start();
    match start.first() {
        Some(b'{') if after_bracket(start).is_some_and(|next| matches!(next, b'"' | b'}')) => {
            return Looks::Like(Family::Json);
        }
        Some(b'[') if after_bracket(start) == Some(b'{') => return Looks::JsonList,
        Some(b'<') => {
            if let Some(looks) = looks_of_markup(start) {
                return looks;
            }
        }
        _ => {}
    }
    Looks::Like(if is_tag_soup(value) { Family::Html } else { Family::Text })
}

fn after_bracket(start: &[u8]) -> Option<u8> {
    start.get(1..)?.trim_ascii_start().first().copied()
}

fn looks_of_markup(start: &[u8]) -> Option<Looks> {
    let head = start.get(..WINDOW).unwrap_or(start);
    if let Some(looks) = prolog::looks(head) {
        return Some(Looks::Like(looks));
    }
    let certain: [&[u8]; 6] = [b"<!doctype html", b"<html", b"<head", b"<body", b"<!--", b"<script"];
    certain
        .iter()
        .any(|opening| starts_with_ignoring_case(head, opening))
        .then_some(Looks::Like(Family::Html))
}

/// Whether a fragment is markup rather than text: it opens with a tag that it also closes, or it is
/// dense with tags. `a < b` and a stray `<br>` are text.
pub(super) fn is_markup(fragment: &[u8]) -> bool {
    matches!(looks(fragment), Looks::Like(Family::Html))
}

/// Whether a field holds a whole page.
pub(super) fn is_page(field: &str) -> bool {
    let start = field.trim_start().as_bytes();
    starts_with_ignoring_case(start, b"<!doctype html") || starts_with_ignoring_case(start, b"<html")
}

/// Five telling tags and one for each 400 bytes; a value that opens with one needs only two.
fn is_tag_soup(value: &[u8]) -> bool {
    let window = value.get(..WINDOW).unwrap_or(value);
    let mut tags = 0_usize;
    for position in memchr::memchr_iter(b'<', window) {
        let rest = window.get(position + 1..).unwrap_or_default();
        let name = rest.strip_prefix(b"/").unwrap_or(rest);
        tags += usize::from(opens_telling_tag(name));
    }
    let opens_with_one = value.trim_ascii_start().strip_prefix(b"<").is_some_and(opens_telling_tag);
    opens_with_one && tags >= 2 || tags >= 5 && tags * 400 >= window.len()
}

fn opens_telling_tag(rest: &[u8]) -> bool {
    let length = rest.iter().take(8).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let name = rest.get(..length).unwrap_or_default();
    let ends = rest.get(length).is_some_and(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'));
    ends && TELLING_TAGS.iter().any(|tag| tag.as_bytes().eq_ignore_ascii_case(name))
}

pub(super) fn starts_with_ignoring_case(value: &[u8], lower: &[u8]) -> bool {
    value.get(..lower.len()).is_some_and(|head| head.eq_ignore_ascii_case(lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_their_looks() {
        let cases: [(&str, Looks); 16] = [
            ("Ferry runs aground\n2024.05.01 10:00\nThe ferry …", Looks::Like(Family::Text)),
            ("  {\"title\": \"Ferry\"}", Looks::Like(Family::Json)),
            ("{\n  \"title\": \"Fer", Looks::Like(Family::Json)),
            ("{}", Looks::Like(Family::Json)),
            ("{Correction} The ferry sails.", Looks::Like(Family::Text)),
            ("[{\"title\": 1}]", Looks::JsonList),
            ("[BREAKING] Ferry runs aground", Looks::Like(Family::Text)),
            ("\n<!DOCTYPE HTML><html>", Looks::Like(Family::Html)),
            ("<HTML lang=en>", Looks::Like(Family::Html)),
            ("<p>The ferry sails.</p>", Looks::Like(Family::Html)),
            ("<p> is a tag that opens a paragraph", Looks::Like(Family::Text)),
            ("The tide was < 2 m, and a<br>break stands here.", Looks::Like(Family::Text)),
            ("One<br>two<br/>three<br />four<p>five</p>", Looks::Like(Family::Html)),
            ("<?xml version='1.0'?><rss version='2.0'>", Looks::Like(Family::Xml)),
            ("<?xml version='1.0'?><!DOCTYPE html><html>", Looks::Like(Family::Html)),
            ("", Looks::Like(Family::Text)),
        ];
        for (value, expected) in cases {
            assert_eq!(looks(value.as_bytes()), expected, "{value}");
        }
    }

    #[test]
    fn xml_is_told_from_pages_and_from_text() {
        let nitf = "<!-- wire --><!DOCTYPE nitf SYSTEM 'nitf-3-3.dtd' [<!ELEMENT x (y)>]>\n<nitf>";
        let page =
            "<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'x'><html>";
        let newsml = "<newsItem xmlns='http://iptc.org/std/nar/2006-10-01/'><inlineXML><html>";
        let cases: [(&str, Family); 17] = [
            (nitf, Family::Xml),
            (page, Family::Html),
            (newsml, Family::Xml),
            ("<?xml version='1.0'?><!-- c --><?xsl x?><HTML><body>", Family::Html),
            ("<?xml version='1.0'?><!-- a <html> is none --><feed xmlns='x'>", Family::Xml),
            ("<?xml version='1.0'?>", Family::Xml),
            ("<?xml version='1.0'?>\n<story><p>It sails.</p></story>", Family::Xml),
            ("<rss version=\"2.0\"><channel>", Family::Xml),
            ("<item>\n  <title>Ferry</title>", Family::Xml),
            ("<atom:entry xmlns:atom='http://www.w3.org/2005/Atom'><atom:title>", Family::Xml),
            ("<item> is a tag that feeds have", Family::Text),
            ("<entry>: the harbour was closed", Family::Text),
            ("<rss", Family::Text),
            ("<Reuters> The ferry sails.", Family::Text),
            ("<<< URGENT >>> The ferry sails.", Family::Text),
            ("<!-- A comment --><p>The ferry sails.</p>", Family::Html),
            ("<!DOCTYPE html><title>Ferry</title>", Family::Html),
        ];
        for (value, expected) in cases {
            assert_eq!(looks(value.as_bytes()), Looks::Like(expected), "{value}");
        }
    }

    #[test]
    fn binary_values_are_named() {
        let cases: [(&[u8], Option<&str>); 6] = [
            (b"%PDF-1.7 ...", Some("a PDF document")),
            (
                b"\0\0\0\0\x07Ferry",
                Some("a zero byte first, as schema-registry framing (Avro, Protobuf) has it"),
            ),
            (b"ab\x01\x02\x03cd", Some("3 control bytes among the first 7")),
            (b"Ferry\ttimes\r\n", None),
            (b"\x93Quoted\x94 in windows-1252", None),
            (b"one stray \x02 control character in a line of text", None),
        ];
        for (value, expected) in cases {
            assert_eq!(binary_kind(value).as_deref(), expected, "{value:?}");
        }
    }
}
