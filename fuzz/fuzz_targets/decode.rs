//! Any bytes under any headers: read or refused, never a panic, the same way each time.
//!
//! The first byte says which headers and which format; the rest is the value.

#![no_main]

use bytes::Bytes;
use copydesk::article::{Format, RawArticle};
use copydesk::budget::Budget;
use copydesk::decode::{DecodeLimits, Fields, decode};
use libfuzzer_sys::fuzz_target;

const CONTENT_TYPES: [&str; 8] = [
    "text/plain",
    "text/html; charset=windows-1251",
    "application/json",
    "application/cloudevents+json",
    "text/plain; charset=utf-16le",
    "text/plain; charset=iso-2022-jp",
    "text/html; charset=\"utf-8\"; x=y",
    "application/octet-stream; charset=gb18030",
];

/// Little room, so that a small value passes each limit.
const LIMITS: DecodeLimits = DecodeLimits {
    max_expanded: 64 << 10,
    max_html_depth: 24,
    max_html_nodes: 400,
    max_json_depth: 12,
    max_xml_depth: 12,
    max_xml_elements: 200,
};
const STEPS: u64 = 200_000;

fn raw(choice: u8, value: &[u8]) -> RawArticle {
    let content_type = CONTENT_TYPES.get(usize::from(choice >> 2 & 15));
    let mut headers: Vec<(String, Option<Bytes>)> = content_type
        .map(|media| ("content-type".to_owned(), Some(Bytes::from(*media))))
        .into_iter()
        .collect();
    if choice & 64 != 0 {
        headers.push(("content-encoding".to_owned(), Some(Bytes::from_static(b"gzip"))));
    }
    let format = match choice & 3 {
        0 => None,
        1 => Some(Format::Text),
        2 => Some(Format::Html),
        _ => Some(Format::Json),
    };
    RawArticle { value: Bytes::copy_from_slice(value), format, headers, ..RawArticle::default() }
}

fuzz_target!(|data: &[u8]| {
    let Some((&choice, value)) = data.split_first() else { return };
    let raw = raw(choice, value);
    let document = decode(&raw, &LIMITS, &mut Budget::new(STEPS));
    assert_eq!(document, decode(&raw, &LIMITS, &mut Budget::new(STEPS)), "the same way each time");
    match document {
        Ok(document) => {
            let text = &document.layout.text;
            if let Fields::Named { headline, body } = document.layout.fields {
                assert!(body.end() == text.len() && text.is_char_boundary(body.start()));
                assert!(headline.is_none_or(|headline| {
                    headline.end() < body.start() && text.is_char_boundary(headline.end())
                }));
            }
            assert!(document.flags.is_sorted());
        }
        Err(error) => assert!(!error.code().is_empty() && error.to_string().len() < 2_000),
    }
});
