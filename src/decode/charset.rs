//! Bytes to Unicode: BOM, header, `meta`, valid UTF-8, and only then a guess.
//!
//! A declared encoding is believed unless the bytes speak against it: bytes that are whole
//! multi-byte UTF-8 are UTF-8 whatever the header says, and bytes that are not are not.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, X_USER_DEFINED};

use super::DecodeError;
use crate::article::EncodingUsed;

/// Bytes around the first that is not ASCII from which an encoding is guessed.
const GUESS_WINDOW: usize = 64 << 10;
/// Bytes of a page that may hold its `meta charset`. Browsers read 1,024; pages of the press put
/// more before it.
const META_WINDOW: usize = 8 << 10;
/// Non-ASCII bytes from which accidental validity as UTF-8 is ruled out for the encodings of East
/// Asia, in which a word or two may be valid UTF-8 by chance.
const MEANT_AS_UTF8: usize = 24;

/// Text, and how it was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    /// The text, without its BOM.
    pub(super) text: String,
    /// Declared and used encoding.
    pub(super) encoding: EncodingUsed,
    /// The declared encoding could not be right.
    pub(super) mismatch: bool,
    /// Bytes that the encoding does not know became U+FFFD.
    pub(super) undecodable: bool,
}

/// A byte order mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bom {
    Utf8,
    Utf16Le,
    Utf16Be,
    Utf32Le,
    Utf32Be,
}

impl Bom {
    /// The mark that `value` starts with.
    pub(super) fn of(value: &[u8]) -> Option<Self> {
        // UTF-32LE first: its mark starts with that of UTF-16LE.
        [Self::Utf32Le, Self::Utf32Be, Self::Utf8, Self::Utf16Le, Self::Utf16Be]
            .into_iter()
            .find(|bom| value.starts_with(bom.bytes()))
    }

    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Utf8 => &[0xEF, 0xBB, 0xBF],
            Self::Utf16Le => &[0xFF, 0xFE],
            Self::Utf16Be => &[0xFE, 0xFF],
            Self::Utf32Le => &[0xFF, 0xFE, 0, 0],
            Self::Utf32Be => &[0, 0, 0xFE, 0xFF],
        }
    }

    /// Whether the text after it keeps ASCII as it is.
    pub(super) fn keeps_ascii(self) -> bool {
        self == Self::Utf8
    }

    fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Utf32Le => "utf-32le",
            Self::Utf32Be => "utf-32be",
        }
    }
}

/// The wide encoding (UTF-16, UTF-32) of `value`: by its BOM, or because every other byte of its
/// start is zero as ASCII in UTF-16 has it, or because `from_header` says so and it is no UTF-8.
/// With it comes whether the value is marked.
pub(super) fn wide(value: &[u8], from_header: Option<&str>) -> Option<(Bom, bool)> {
    if let Some(bom) = Bom::of(value) {
        return (!bom.keeps_ascii()).then_some((bom, true));
    }
    let by_header = match from_header.and_then(|label| Encoding::for_label(label.as_bytes())) {
        Some(encoding) if encoding == UTF_16LE => Some(Bom::Utf16Le),
        Some(encoding) if encoding == UTF_16BE => Some(Bom::Utf16Be),
        _ => None,
    };
    if by_header.is_some() && (value.contains(&0) || std::str::from_utf8(value).is_err()) {
        return by_header.map(|bom| (bom, false));
    }
    let head = value.get(..64).unwrap_or(value);
    // Cheap for all but UTF-16: no zero byte, no more questions.
    if head.len() < 8 || !head.contains(&0) {
        return None;
    }
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let most = head.len() * 2 / 5;
    if even == 0 && odd >= most {
        Some((Bom::Utf16Le, false))
    } else if odd == 0 && even >= most {
        Some((Bom::Utf16Be, false))
    } else {
        None
    }
}

/// The value without its BOM, if it has that of UTF-8.
pub(super) fn past_bom(value: &[u8]) -> &[u8] {
    value.strip_prefix(Bom::Utf8.bytes()).unwrap_or(value)
}

/// Decodes UTF-16 or UTF-32 as [`wide`] found it.
///
/// # Errors
/// [`DecodeError::Undecodable`] if a tenth of the characters would be unreadable.
pub(super) fn decode_wide(
    value: &[u8],
    bom: Bom,
    marked: bool,
    from_header: Option<&str>,
) -> Result<Decoded, DecodeError> {
    let rest = if marked { value.get(bom.bytes().len()..).unwrap_or_default() } else { value };
    let (text, undecodable) = match bom {
        Bom::Utf16Le => with(UTF_16LE, rest),
        Bom::Utf16Be => with(UTF_16BE, rest),
        Bom::Utf32Le => utf32(rest, u32::from_le_bytes),
        Bom::Utf32Be => utf32(rest, u32::from_be_bytes),
        Bom::Utf8 => with(UTF_8, rest),
    };
    let declared = if marked { Some(bom.name()) } else { from_header };
    let encoding = EncodingUsed { declared: declared.map(str::to_owned), used: bom.name().to_owned() };
    readable(Decoded { text, encoding, mismatch: false, undecodable })
}

fn utf32(value: &[u8], read: fn([u8; 4]) -> u32) -> (String, bool) {
    let mut text = String::with_capacity(value.len() / 4);
    let mut bad = false;
    for unit in value.chunks(4) {
        let character = <[u8; 4]>::try_from(unit).ok().and_then(|unit| char::from_u32(read(unit)));
        bad |= character.is_none();
        text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    (text, bad)
}

fn with(encoding: &'static Encoding, value: &[u8]) -> (String, bool) {
    let (text, bad) = encoding.decode_without_bom_handling(value);
    (text.into_owned(), bad)
}

/// Where a value may declare its own encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Declaration {
    /// Nowhere.
    Nowhere,
    /// In a `meta` or an XML declaration.
    OfPage,
    /// In an XML declaration alone; a `meta` belongs to a page that the XML holds.
    OfXml,
}

/// Decodes a value that keeps ASCII as it is.
///
/// `from_header` is the charset of the content type; `declaration` says where the value may declare one.
///
/// # Errors
/// [`DecodeError::Undecodable`] if a tenth of the characters would be unreadable.
pub(super) fn decode(
    value: Cow<'_, [u8]>,
    from_header: Option<&str>,
    declaration: Declaration,
) -> Result<Decoded, DecodeError> {
    let marked = Bom::of(&value) == Some(Bom::Utf8);
    let value = if marked { without_bom(value) } else { value };
    let declared = if marked {
        Some("utf-8".to_owned())
    } else {
        from_header.map(str::to_owned).or_else(|| declared_in(&value, declaration))
    };
    let label = declared
        .as_deref()
        .and_then(|label| Encoding::for_label(label.as_bytes()))
        // A page cannot declare in ASCII that it is UTF-16; `replacement` decodes nothing.
        .filter(|encoding| !is_wide(encoding) && *encoding != REPLACEMENT && *encoding != X_USER_DEFINED);
    let unknown_label = declared.is_some() && label.is_none();

    let bytes = match into_string(value) {
        Ok(text) => {
            let believed = label.filter(|encoding| !speaks_against(text.as_bytes(), encoding));
            return match (believed, label) {
                (Some(encoding), _) if encoding != UTF_8 && !is_same_in(&text, encoding) => {
                    decoded(encoding, text.as_bytes(), declared, false)
                }
                (Some(encoding), _) => Ok(settled(text, declared, encoding, false)),
                (None, Some(_)) => Ok(settled(text, declared, UTF_8, true)),
                (None, None) => Ok(settled(text, declared, UTF_8, unknown_label)),
            };
        }
        Err(bytes) => bytes,
    };
    match label {
        Some(encoding) if encoding != UTF_8 => {
            let as_declared = decoded(encoding, &bytes, declared.clone(), false);
            match as_declared {
                Ok(found) if !found.undecodable || is_mostly(&found.text) => Ok(found),
                _ => guessed(&bytes, declared, true),
            }
        }
        _ => {
            let lossy = decoded(UTF_8, &bytes, declared.clone(), unknown_label);
            match lossy {
                Ok(found) if is_mostly(&found.text) => Ok(found),
                _ => guessed(&bytes, declared.clone(), declared.is_some()),
            }
        }
    }
}

/// The string that owned bytes already are, without a copy; else the bytes again.
fn into_string(value: Cow<'_, [u8]>) -> Result<String, Cow<'_, [u8]>> {
    match value {
        Cow::Owned(bytes) => String::from_utf8(bytes).map_err(|not_utf8| Cow::Owned(not_utf8.into_bytes())),
        Cow::Borrowed(bytes) => {
            std::str::from_utf8(bytes).map(str::to_owned).map_err(|_not_utf8| Cow::Borrowed(bytes))
        }
    }
}

fn without_bom(value: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    match value {
        Cow::Borrowed(bytes) => Cow::Borrowed(bytes.get(3..).unwrap_or_default()),
        Cow::Owned(mut bytes) => {
            bytes.drain(..3.min(bytes.len()));
            Cow::Owned(bytes)
        }
    }
}

fn is_wide(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

/// Whether valid UTF-8 is too good to be anything else.
fn speaks_against(valid_utf8: &[u8], encoding: &'static Encoding) -> bool {
    if encoding == UTF_8 || valid_utf8.is_ascii() {
        return false;
    }
    if encoding.is_single_byte() {
        return true;
    }
    let high = valid_utf8.iter().filter(|byte| !byte.is_ascii()).count();
    high >= MEANT_AS_UTF8 || encoding.decode_without_bom_handling(valid_utf8).1
}

/// Whether `encoding` reads these bytes as the same text.
fn is_same_in(text: &str, encoding: &'static Encoding) -> bool {
    text.is_ascii() && encoding.is_ascii_compatible() && encoding != ISO_2022_JP
}

/// Whether what was read outweighs what was not: three good non-ASCII characters for each bad one,
/// or next to no bad ones.
fn is_mostly(text: &str) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for character in text.chars().filter(|character| !character.is_ascii()) {
        if character == char::REPLACEMENT_CHARACTER {
            bad += 1;
        } else {
            good += 1;
        }
    }
    good >= bad * 3
}

fn guessed(bytes: &[u8], declared: Option<String>, mismatch: bool) -> Result<Decoded, DecodeError> {
    let first = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
    let from = first.saturating_sub(1_024);
    let window = bytes.get(from..bytes.len().min(from + GUESS_WINDOW)).unwrap_or(bytes);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(window, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    decoded(encoding, bytes, declared, mismatch)
}

fn decoded(
    encoding: &'static Encoding,
    bytes: &[u8],
    declared: Option<String>,
    mismatch: bool,
) -> Result<Decoded, DecodeError> {
    let (text, undecodable) = with(encoding, bytes);
    let mut found = settled(text, declared, encoding, mismatch);
    found.undecodable = undecodable;
    readable(found)
}

fn settled(text: String, declared: Option<String>, used: &'static Encoding, mismatch: bool) -> Decoded {
    let encoding = EncodingUsed { declared, used: used.name().to_ascii_lowercase() };
    Decoded { text, encoding, mismatch, undecodable: false }
}

/// Refuses a text of which a tenth is U+FFFD or C1 control characters.
fn readable(found: Decoded) -> Result<Decoded, DecodeError> {
    if found.text.is_ascii() {
        return Ok(found);
    }
    let (mut characters, mut bad) = (0_usize, 0_usize);
    for character in found.text.chars() {
        characters += 1;
        bad += usize::from(matches!(character, char::REPLACEMENT_CHARACTER | '\u{80}'..='\u{9F}'));
    }
    if bad * 10 > characters {
        return Err(DecodeError::Undecodable { encoding: found.encoding.used, bad, characters });
    }
    Ok(found)
}

/// The charset that a value declares, lower case.
fn declared_in(value: &[u8], declaration: Declaration) -> Option<String> {
    match declaration {
        Declaration::Nowhere => None,
        Declaration::OfPage => meta_charset(value),
        Declaration::OfXml => {
            let inside = value.trim_ascii_start().strip_prefix(b"<")?;
            let end = inside.starts_with(b"?xml").then(|| memchr::memchr(b'>', inside))??;
            charset_in(inside.get(..end)?)
        }
    }
}

/// The charset that a page's `meta` (or XML declaration) states, lower case.
fn meta_charset(page: &[u8]) -> Option<String> {
    let window = page.get(..META_WINDOW).unwrap_or(page);
    let mut places = Vec::new();
    for position in memchr::memchr_iter(b'<', window) {
        let rest = window.get(position + 1..).unwrap_or_default();
        let is_meta = rest.get(..5).is_some_and(|name| name.eq_ignore_ascii_case(b"meta "))
            || rest.get(..5).is_some_and(|name| name.eq_ignore_ascii_case(b"meta\n"));
        if is_meta || rest.starts_with(b"?xml ") {
            let end = memchr::memchr(b'>', rest).unwrap_or(rest.len());
            places.push(rest.get(..end).unwrap_or_default());
        }
    }
    places.into_iter().find_map(charset_in)
}

fn charset_in(tag: &[u8]) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let key: &[u8] = if lower.starts_with(b"?xml") { b"encoding" } else { b"charset" };
    let after = memchr::memmem::find(&lower, key)? + key.len();
    let rest = lower.get(after..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    let length = rest
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.'))
        .count();
    let label = std::str::from_utf8(rest.get(..length)?).ok()?;
    (!label.is_empty()).then(|| label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads `bytes` and says: text, declared, used, mismatch, undecodable.
    fn read(bytes: &[u8], header: Option<&str>, page: bool) -> (String, Option<String>, String, bool, bool) {
        let declaration = if page { Declaration::OfPage } else { Declaration::Nowhere };
        let found = decode(Cow::Borrowed(bytes), header, declaration).unwrap();
        (found.text, found.encoding.declared, found.encoding.used, found.mismatch, found.undecodable)
    }

    fn expect(
        text: &str,
        declared: Option<&str>,
        used: &str,
        mismatch: bool,
        undecodable: bool,
    ) -> (String, Option<String>, String, bool, bool) {
        (text.to_owned(), declared.map(str::to_owned), used.to_owned(), mismatch, undecodable)
    }

    #[test]
    fn utf8_needs_no_declaration() {
        assert_eq!(read("Fähre".as_bytes(), None, false), expect("Fähre", None, "utf-8", false, false));
        assert_eq!(
            read(b"\xEF\xBB\xBFFerry", Some("windows-1252"), false),
            expect("Ferry", Some("utf-8"), "utf-8", false, false),
            "a BOM wins over the header"
        );
    }

    #[test]
    fn a_declared_encoding_reads_its_bytes() {
        assert_eq!(
            read(b"\x93F\xE4hre\x94", Some("iso-8859-1"), false),
            expect("“Fähre”", Some("iso-8859-1"), "windows-1252", false, false),
            "as the WHATWG reads that label"
        );
        assert_eq!(
            read(b"Ferry", Some("shift_jis"), false),
            expect("Ferry", Some("shift_jis"), "shift_jis", false, false)
        );
        assert_eq!(
            read(b"\x1b$B%U%'%j!<\x1b(B", Some("iso-2022-jp"), false),
            expect("フェリー", Some("iso-2022-jp"), "iso-2022-jp", false, false),
            "escapes are ASCII and still not UTF-8"
        );
    }

    #[test]
    fn a_declaration_that_cannot_be_right_is_overruled() {
        assert_eq!(
            read("Fähre".as_bytes(), Some("windows-1252"), false),
            expect("Fähre", Some("windows-1252"), "utf-8", true, false)
        );
        let latin = b"Die F\xE4hre nach K\xF6ln f\xE4hrt \xFCber die Stra\xDFe am Flu\xDF";
        assert_eq!(
            read(latin, Some("utf-8"), false),
            expect(
                "Die Fähre nach Köln fährt über die Straße am Fluß",
                Some("utf-8"),
                "windows-1252",
                true,
                false
            )
        );
    }

    #[test]
    fn a_bad_byte_in_good_utf8_does_not_change_the_encoding() {
        let mut bytes = "Müller fährt über Köln".as_bytes().to_vec();
        bytes.push(0xFF);
        assert_eq!(
            read(&bytes, None, false),
            expect("Müller fährt über Köln\u{FFFD}", None, "utf-8", false, true)
        );
    }

    #[test]
    fn a_page_declares_its_charset_in_a_meta() {
        let pages: [&[u8]; 4] = [
            b"<html><head><meta charset=windows-1251><title>\xCF\xE0\xF0\xEE\xEC</title>",
            b"<META http-equiv=Content-Type content=\"text/html; charset=windows-1251\"><p>\xCF\xE0\xF0\xEE\xEC",
            b"<?xml version='1.0' encoding='windows-1251'?><html><p>\xCF\xE0\xF0\xEE\xEC",
            b"<meta name=x content=y><meta\ncharset = 'Windows-1251' /><p>\xCF\xE0\xF0\xEE\xEC",
        ];
        for page in pages {
            let found = decode(Cow::Borrowed(page), None, Declaration::OfPage).unwrap();
            assert!(found.text.contains("Паром"), "{}", found.text);
            assert_eq!(found.encoding.declared.as_deref(), Some("windows-1251"));
        }
        let as_text = decode(Cow::Borrowed(pages[0]), None, Declaration::Nowhere).unwrap();
        assert_eq!(as_text.encoding.declared, None, "only a page has a meta");
    }

    #[test]
    fn wide_encodings_are_read_with_and_without_a_mark() {
        let wide_bytes = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let unmarked = wide_bytes("The ferry sails at noon.");
        let marked = [&[0xFF, 0xFE][..], &unmarked].concat();
        for (bytes, declared) in [(&unmarked, None), (&marked, Some("utf-16le"))] {
            let (bom, is_marked) = wide(bytes, None).unwrap();
            let found = decode_wide(bytes, bom, is_marked, None).unwrap();
            assert_eq!(found.text, "The ferry sails at noon.");
            assert_eq!(found.encoding.declared.as_deref(), declared);
            assert_eq!(found.encoding.used, "utf-16le");
        }
        let utf32: Vec<u8> = "\u{FEFF}Fähre".chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        let (bom, is_marked) = wide(&utf32, None).unwrap();
        assert_eq!(decode_wide(&utf32, bom, is_marked, None).unwrap().text, "Fähre");
    }

    #[test]
    fn a_header_names_the_wide_encoding_of_what_is_no_utf8() {
        let bytes: Vec<u8> = "Паром идёт".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let (bom, is_marked) = wide(&bytes, Some("utf-16be")).unwrap();
        let found = decode_wide(&bytes, bom, is_marked, Some("utf-16be")).unwrap();
        assert_eq!(found.text, "Паром идёт");
        assert_eq!(found.encoding.declared.as_deref(), Some("utf-16be"));
        assert_eq!(wide("Паром идёт".as_bytes(), Some("utf-16")), None, "it is UTF-8 after all");
    }

    #[test]
    fn noise_is_refused() {
        let halves = [0x00, 0xD8].repeat(40);
        let error = decode_wide(&halves, Bom::Utf16Le, false, None).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected text, found bytes that are none in utf-16le: 40 of 40 characters unreadable"
        );
        assert_eq!(error.code(), "undecodable");
    }

    #[test]
    fn an_unknown_label_is_a_mismatch() {
        assert_eq!(
            read("Fähre".as_bytes(), Some("martian-8"), false),
            expect("Fähre", Some("martian-8"), "utf-8", true, false)
        );
    }
}
