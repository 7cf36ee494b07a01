//! The day that the address of an article names: `/2023/01/08/ferry`, `/ferry-2023-01-08.html`,
//! `/20230108/ferry`, `/meldungen/08-01-2023`.

use jiff::civil::Date;

/// Years of the web.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2099;
/// The longest address that is looked at, in bytes.
const MAX_BYTES: usize = 2_000;

/// A day, and the slice of the address that names it.
pub(super) fn day(address: &str) -> Option<(Date, &str)> {
    let end = address.find(['?', '#']).unwrap_or(address.len()).min(MAX_BYTES);
    let address = address.get(..end)?;
    let path = address.find("//").map_or(0, |at| at + 2);
    // A whole address that is archived ends with the one that matters.
    let path = address.rfind("://").map_or(path, |at| at + 3);
    let rest = address.get(path..)?;
    let path = path + rest.find('/')?;
    let digits = |at: usize| {
        let rest = address.get(at..).unwrap_or_default();
        rest.bytes().take_while(u8::is_ascii_digit).count()
    };
    let number = |at: usize, length: usize| address.get(at..at + length)?.parse::<i16>().ok();
    let mut at = path;
    while at < address.len() {
        let length = digits(at);
        if length == 0 {
            at += 1;
            continue;
        }
        let separator = address.as_bytes().get(at + length).copied();
        let is_separator = matches!(separator, Some(b'/' | b'-' | b'_' | b'.'));
        let mut found = None;
        if length == 8 {
            found = Some((number(at, 4), number(at + 4, 2), number(at + 6, 2), at + 8));
        } else if is_separator && matches!(length, 1 | 2 | 4) {
            let second = at + length + 1;
            let second_length = digits(second);
            let third = second + second_length + 1;
            let third_length = digits(third);
            let same = address.as_bytes().get(second + second_length).copied() == separator;
            if same && matches!(second_length, 1 | 2) {
                let (first, middle, last) =
                    (number(at, length), number(second, second_length), number(third, third_length));
                found = match (length, third_length) {
                    (4, 1 | 2) => Some((first, middle, last, third + third_length)),
                    (1 | 2, 4) if separator != Some(b'/') => {
                        Some((last, middle, first, third + third_length))
                    }
                    _ => None,
                };
            }
        }
        if let Some((Some(year), Some(month), Some(day), end)) = found
            && YEARS.contains(&year)
            && let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day))
            && let Ok(date) = Date::new(year, month, day)
        {
            return Some((date, address.get(at..end)?));
        }
        at += length;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        let cases = [
            ("https://paper.example/2023/01/08/ferry", Some(("2023-01-08", "2023/01/08"))),
            ("https://paper.example/sport/2023/1/8", Some(("2023-01-08", "2023/1/8"))),
            ("https://paper.example/ferry-2023-01-08.html", Some(("2023-01-08", "2023-01-08"))),
            ("https://paper.example/20230108/ferry", Some(("2023-01-08", "20230108"))),
            ("https://paper.example/meldungen/08-01-2023", Some(("2023-01-08", "08-01-2023"))),
            (
                "https://web.example/web/20240226054445/http://paper.example/2023/01/08/f",
                Some(("2023-01-08", "2023/01/08")),
            ),
            ("https://paper.example/?d=2023/01/08", None),
            ("https://paper.example/2023/01/ferry", None),
            ("https://paper.example/2023/13/08/", None),
            ("https://paper.example/article-12345678", None),
            ("https://2023.01.08.example/", None),
            ("", None),
        ];
        for (address, expected) in cases {
            let found = day(address).map(|(date, text)| (date.to_string(), text));
            let found = found.as_ref().map(|(date, text)| (date.as_str(), *text));
            assert_eq!(found, expected, "{address}");
        }
    }
}
