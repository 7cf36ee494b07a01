//! Texts that may be dates, as every source states them: what is read is a day of the calendar, not later than
//! the article came, and is read the same once it is written out.
//!
//! The first byte says who states it, the second the language; each line is one candidate.

#![no_main]

use copydesk::article::{Precision, Published};
use copydesk::budget::Budget;
use copydesk::decode::{Document, Layout, StatedDate};
use copydesk::normalize::Normalizer;
use libfuzzer_sys::fuzz_target;

const KINDS: [&str; 8] =
    ["field", "json_ld", "meta", "time_element", "microdata", "visible", "script", "url"];
const LANGUAGES: [Option<&str>; 8] =
    [None, Some("en"), Some("en-US"), Some("de"), Some("sr"), Some("th"), Some("ko"), Some("pl")];
/// 14 November 2023, and the day after as it is written.
const AS_OF_MS: i64 = 1_700_000_000_000;
const LATEST: &str = "2023-11-15";

fn published(
    kind: &'static str,
    language: Option<&str>,
    lines: &str,
    as_of_ms: Option<i64>,
) -> Option<Published> {
    let mut document =
        Document::of_layout(Layout::of_fields(Some("Ferry runs aground"), "It sailed on Sunday."));
    document.stated.language = language.map(str::to_owned);
    if kind == "url" {
        document.stated.url = Some(lines.to_owned());
    } else {
        let dates = lines.lines().take(8).map(|text| StatedDate { kind, place: None, text: text.to_owned() });
        document.stated.dates = dates.collect();
    }
    let article = Normalizer::default().normalize(&document, as_of_ms, &mut Budget::default()).ok()?;
    article.published
}

fuzz_target!(|data: &[u8]| {
    let [who, language, rest @ ..] = data else { return };
    let text = String::from_utf8_lossy(rest);
    let kind = KINDS[usize::from(*who) % KINDS.len()];
    let language = LANGUAGES[usize::from(*language) % LANGUAGES.len()];
    let as_of_ms = (*who & 128 != 0).then_some(AS_OF_MS);
    let Some(found) = published(kind, language, &text, as_of_ms) else { return };
    let length = match found.precision {
        Precision::Year => 4,
        Precision::Month => 7,
        _ => 10,
    };
    let day = found.at.get(..length).expect("as long as its precision");
    assert!(day.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'), "{found:?}");
    if as_of_ms.is_some() {
        assert!(day <= &LATEST[..length], "not later than the article: {found:?}");
    }
    assert!(!found.evidence.is_empty() && found.ambiguous == !found.readings.is_empty(), "{found:?}");
    // The day that readers were shown, with the moment that another candidate tells in UTC.
    let may_be_shown = matches!(kind, "time_element" | "microdata" | "visible" | "url");
    assert!(found.instant.is_none() || found.precision >= Precision::Minute || may_be_shown, "{found:?}");
    // Written out, it is read as what it is.
    let again = published("field", None, &found.at, None).unwrap_or_else(|| panic!("{} is read", found.at));
    assert_eq!((&again.at, again.precision, again.ambiguous), (&found.at, found.precision, false));
});
