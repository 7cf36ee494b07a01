//! Character references of a text, decoded as the HTML standard does (§ 13.2.5.72 and on), where that takes a look at
//! each: whoever finds a number with a rule of its own asks a tokenizer, which goes letter by letter.

use html5ever::data::NAMED_ENTITIES;

/// The longest name of the standard, with its semicolon.
const MAX_NAME: usize = 32;
/// Names that need no semicolon have so many letters.
const WITHOUT_SEMICOLON: std::ops::RangeInclusive<usize> = 2..=6;

/// `text` with its references decoded, and of how many bytes at its end this says nothing, since what comes next may
/// be a part of them; `None` if it takes more than a look at each.
pub(super) fn decoded(text: &str) -> Option<(String, usize)> {
    match memchr::memchr2(b'\r', 0, text.as_bytes()) {
        None => decoded_of(text),
        // At the end of a text a line end may go on in the next.
        Some(_) if text.ends_with('\r') || text.contains('\0') => None,
        Some(_) => decoded_of(&text.replace("\r\n", "\n").replace('\r', "\n")),
    }
}

/// What stands behind an `&`.
enum Behind {
    /// One character or two, in so many bytes, the `&` among them.
    Reference(char, Option<char>, usize),
    /// What stands for itself.
    Nothing,
    /// The end of the text.
    End,
    /// A number with a rule of its own.
    Special,
}

/// The same of a text with line ends of one kind.
fn decoded_of(text: &str) -> Option<(String, usize)> {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for at in memchr::memchr_iter(b'&', text.as_bytes()) {
        out.push_str(text.get(done..at)?);
        done = at;
        match behind(text.get(at + 1..)?) {
            Behind::Reference(first, second, length) => {
                out.extend([first].into_iter().chain(second));
                done = at + length;
            }
            Behind::Nothing => {}
            Behind::End => return Some((out, text.len() - at)),
            Behind::Special => return None,
        }
    }
    out.push_str(text.get(done..)?);
    Some((out, 0))
}

fn behind(rest: &str) -> Behind {
    match rest.as_bytes() {
        [] => Behind::End,
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16, "&#x".len()),
        [b'#', digits @ ..] => number(digits, 10, "&#".len()),
        _ => named(rest),
    }
}

/// What stands behind `&#`: digits, and mostly a semicolon.
fn number(rest: &[u8], base: u32, before: usize) -> Behind {
    let is_digit = |byte: &u8| char::from(*byte).is_digit(base);
    let Some(end) = rest.iter().take(MAX_NAME).position(|byte| !is_digit(byte)) else {
        return if rest.len() < MAX_NAME { Behind::End } else { Behind::Special };
    };
    if end == 0 {
        return Behind::Nothing;
    }
    let digits = rest.get(..end).and_then(|digits| std::str::from_utf8(digits).ok()).unwrap_or_default();
    let number = u32::from_str_radix(digits, base).unwrap_or(u32::MAX);
    let is_noncharacter = (0xFDD0..=0xFDEF).contains(&number) || number & 0xFFFE == 0xFFFE;
    // Control characters, and the code points that are none, have rules of their own.
    match char::from_u32(number).filter(|c| !c.is_control() && !is_noncharacter) {
        Some(character) => {
            let semicolon = usize::from(rest.get(end) == Some(&b';'));
            Behind::Reference(character, None, before + end + semicolon)
        }
        None => Behind::Special,
    }
}

/// What stands behind `&` by its name: with a semicolon all of it, else its longest beginning that needs none.
fn named(rest: &str) -> Behind {
    let letters = rest.bytes().take(MAX_NAME).take_while(u8::is_ascii_alphanumeric).count();
    if letters == rest.len() {
        return Behind::End;
    }
    let known = |end: usize| {
        let &(first, second) = NAMED_ENTITIES.get(rest.get(..end)?)?;
        // The table has the beginnings of names, too.
        let first = char::from_u32(first).filter(|c| *c != '\0')?;
        let second = char::from_u32(second).filter(|c| *c != '\0');
        Some(Behind::Reference(first, second, 1 + end))
    };
    let semicolon = (letters > 0 && rest.as_bytes().get(letters) == Some(&b';')).then_some(letters + 1);
    let without = WITHOUT_SEMICOLON.rev().filter(|end| *end <= letters);
    semicolon.into_iter().chain(without).find_map(known).unwrap_or(Behind::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_plain_is_decoded() {
        for (text, expected) in [
            ("Fish &amp; chips &#8211; &#x20AC;5&nbsp;&rsquo;", Some(("Fish & chips – €5\u{a0}’", 0))),
            ("Fish & chips && more", Some(("Fish & chips && more", 0))),
            ("&NotEqualTilde;", Some(("≂̸", 0))),
            ("&#128;", None),
            ("&#0;", None),
            ("&#xD800;", None),
            ("&#xFFFF;", None),
            ("&#+5;", Some(("&#+5;", 0))),
            ("&#xg &#", Some(("&#xg ", 2))),
            ("&#8211 5 &#x20AC5;", Some(("– 5 \u{20ac5}", 0))),
            ("&copy 2023", Some(("© 2023", 0))),
            ("&notit; &notin; &ampere", Some(("¬it; ∉ ", 7))),
            ("&unknown; &; AT&T &g", Some(("&unknown; &; AT&T ", 2))),
            ("Fish &", Some(("Fish ", 1))),
            ("Fish &am", Some(("Fish ", 3))),
            ("a&amp;\r", None),
            ("a&amp;\r\nb\rc&#10;", None),
            ("a&amp;\r\nb\rc", Some(("a&\nb\nc", 0))),
            ("a\0\r\n", None),
        ] {
            let expected = expected.map(|(text, left)| (text.to_owned(), left));
            assert_eq!(decoded(text), expected, "{text}");
        }
    }

    #[test]
    fn names_without_a_semicolon_are_short() {
        let mut names = NAMED_ENTITIES
            .entries()
            .filter(|(name, code)| !name.ends_with(';') && code.0 != 0)
            .map(|(name, _)| name);
        assert!(names.all(|name| WITHOUT_SEMICOLON.contains(&name.len())));
    }
}
