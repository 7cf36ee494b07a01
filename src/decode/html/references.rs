//! Character references of a text, decoded as the HTML standard does (§ 13.2.5.72 and on), where that is plain:
//! what has an end, names one character of our time, or is no reference at all. Whoever finds something else asks
//! a tokenizer, which goes letter by letter.

use html5ever::data::NAMED_ENTITIES;

/// The longest name of the standard has 31 letters.
const MAX_NAME: usize = 32;

/// `text` with its references decoded; `None` if that takes more than a look at each.
pub(super) fn decoded(text: &str) -> Option<String> {
    match memchr::memchr2(b'\r', 0, text.as_bytes()) {
        None => decoded_of(text),
        // At the end of a text a line end may go on in the next.
        Some(_) if text.ends_with('\r') || text.contains('\0') => None,
        Some(_) => decoded_of(&text.replace("\r\n", "\n").replace('\r', "\n")),
    }
}

/// The same of a text with line ends of one kind.
fn decoded_of(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for at in memchr::memchr_iter(b'&', bytes) {
        out.push_str(text.get(done..at)?);
        done = at;
        // At the end of a text it may go on in the next.
        let reference = match bytes.get(at + 1)? {
            b'#' => number(bytes.get(at + 2..)?),
            letter if letter.is_ascii_alphanumeric() => named(text.get(at + 1..)?),
            _ => continue,
        };
        let (first, second, length) = reference?;
        out.extend([first].into_iter().chain(second));
        done = at + length;
    }
    out.push_str(text.get(done..)?);
    Some(out)
}

/// The one or two characters of a reference, and how many bytes it has with its `&`.
type Reference = (char, Option<char>, usize);

/// What stands behind `&#`: decimal or hexadecimal digits and a semicolon.
fn number(rest: &[u8]) -> Option<Reference> {
    let (digits, base, before) = match rest {
        [b'x' | b'X', digits @ ..] => (digits, 16, "&#x".len()),
        digits => (digits, 10, "&#".len()),
    };
    let end = digits.iter().take(MAX_NAME).position(|byte| *byte == b';')?;
    let written = std::str::from_utf8(digits.get(..end)?).ok()?;
    // A sign would be read, too.
    if !written.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let number = u32::from_str_radix(written, base).ok()?;
    // Control characters, and the code points that are none, have rules of their own.
    let character = char::from_u32(number).filter(|c| !c.is_control())?;
    let is_noncharacter = (0xFDD0..=0xFDEF).contains(&number) || number & 0xFFFE == 0xFFFE;
    (!is_noncharacter).then_some((character, None, before + end + 1))
}

/// What stands behind `&`: a name and a semicolon.
fn named(rest: &str) -> Option<Reference> {
    let end = rest.bytes().take(MAX_NAME).position(|byte| !byte.is_ascii_alphanumeric())?;
    let name = rest.get(..=end).filter(|name| name.ends_with(';'))?;
    let &(first, second) = NAMED_ENTITIES.get(name)?;
    let first = char::from_u32(first).filter(|c| *c != '\0')?;
    let second = char::from_u32(second).filter(|c| *c != '\0');
    Some((first, second, 1 + name.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_plain_is_decoded() {
        for (text, expected) in [
            ("Fish &amp; chips &#8211; &#x20AC;5&nbsp;&rsquo;", Some("Fish & chips – €5\u{a0}’")),
            ("Fish & chips && more", Some("Fish & chips && more")),
            ("&NotEqualTilde;", Some("≂̸")),
            ("&#128;", None),
            ("&#0;", None),
            ("&#xD800;", None),
            ("&#xFFFF;", None),
            ("&#+5;", None),
            ("&copy 2023", None),
            ("&unknown;", None),
            ("AT&T", None),
            ("Fish &", None),
            ("Fish &am", None),
            ("a&amp;\r", None),
            ("a&amp;\r\nb\rc&#10;", None),
            ("a&amp;\r\nb\rc", Some("a&\nb\nc")),
            ("a\0\r\n", None),
        ] {
            assert_eq!(decoded(text).as_deref(), expected, "{text}");
        }
    }
}
