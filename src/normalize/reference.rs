//! Character references of HTML that were left in plain text: `&amp;` `&#8217;` `&frac14;`.

use smallvec::SmallVec;

/// Characters of the longest name, `CounterClockwiseContourIntegral`.
const LONGEST_NAME: usize = 31;

/// A reference found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// How many characters it takes.
    pub(super) length: usize,
    /// What it stands for.
    pub(super) put: SmallVec<[char; 2]>,
}

/// Reads the reference at the head of `chars`, to its end: what was escaped twice is one.
pub(super) fn read(chars: impl Iterator<Item = char>) -> Option<Reference> {
    let mut rest = chars.peekable();
    rest.next_if_eq(&'&')?;
    let mut length = 1;
    loop {
        let mut written = String::from("&");
        while let Some(c) = rest.next_if(|c| c.is_ascii_alphanumeric() || *c == '#') {
            written.push(c);
            if written.len() > LONGEST_NAME + 1 {
                return escaped(length);
            }
        }
        if rest.next_if_eq(&';').is_none() {
            return escaped(length);
        }
        written.push(';');
        let put = html_escape::decode_html_entities(&written);
        if put == written.as_str() {
            return escaped(length);
        }
        length += written.len() - 1;
        if put != "&" {
            return Some(Reference { length, put: put.chars().collect() });
        }
    }
}

/// The ampersand itself, if `length` says that it was escaped.
fn escaped(length: usize) -> Option<Reference> {
    (length > 1).then(|| Reference { length, put: SmallVec::from_elem('&', 1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<(usize, &str)>) {
        let found = read(text.chars()).map(|found| (found.length, found.put.into_iter().collect::<String>()));
        assert_eq!(found, expected.map(|(length, put)| (length, put.to_owned())), "{text}");
    }

    #[test]
    fn rows() {
        check("&amp; sons", Some((5, "&")));
        check("&#8217;s", Some((7, "’")));
        check("&#x2019;s", Some((8, "’")));
        check("&amp;amp;eacute;t", Some((16, "é")));
        check("&amp;D;", Some((5, "&")));
        check("&D;", None);
        check("& sons;", None);
        check("&amp", None);
        check("&", None);
    }
}
