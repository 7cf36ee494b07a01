//! Whole values to documents: each row a format or a fault.

use std::io::Write;

use bytes::Bytes;
use proptest::prelude::*;

use super::family::Family;
use super::*;
use crate::article::{Access, Flag, Format};
use crate::offsets::Span;

const STORY: &str =
    "Ferry runs aground off Lund Point\n2024.05.01 10:33\nLUND POINT – The ferry sailed at noon.";

fn raw(value: &[u8]) -> RawArticle {
    RawArticle { value: Bytes::copy_from_slice(value), ..RawArticle::default() }
}

fn with_header(value: &[u8], name: &str, header: &str) -> RawArticle {
    let headers = vec![(name.to_owned(), Some(Bytes::copy_from_slice(header.as_bytes())))];
    RawArticle { headers, ..raw(value) }
}

fn read(article: &RawArticle) -> Result<Document, DecodeError> {
    decode(article, &DecodeLimits::default(), &mut Budget::default())
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// The headline and the body of a layout with named fields.
fn named(document: &Document) -> (Option<&str>, &str) {
    let Fields::Named { headline, body } = document.layout.fields else { panic!("named fields") };
    (headline.map(|span| span.of(&document.layout.text)), body.of(&document.layout.text))
}

#[test]
fn text_is_laid_out_as_it_came() {
    let document = read(&raw(STORY.as_bytes())).unwrap();
    assert_eq!(document.layout, Layout { text: STORY.to_owned(), fields: Fields::Scraped });
    assert_eq!((document.format, document.encoding.used.as_str()), (Format::Text, "utf-8"));
    assert_eq!((document.flags, document.stated), (vec![], Stated::default()));
}

#[test]
fn one_story_in_many_wrappings_reads_the_same() {
    let utf16: Vec<u8> = "\u{FEFF}"
        .chars()
        .chain(STORY.chars())
        .collect::<String>()
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    let event =
        serde_json::json!({"specversion": "1.0", "id": "1", "source": "/desk", "type": "raw", "data": STORY});
    let event_of_bytes = serde_json::json!({
        "specversion": "1.0", "id": "1", "source": "/desk", "type": "raw", "datacontenttype": "text/plain",
        "data_base64": base64::Engine::encode(&base64::engine::general_purpose::STANDARD, gzip(STORY.as_bytes())),
    });
    let cases: [(&str, RawArticle); 9] = [
        ("gzip", raw(&gzip(STORY.as_bytes()))),
        ("zstd", raw(&zstd::encode_all(STORY.as_bytes(), 1).unwrap())),
        ("gzip header, already expanded", with_header(STORY.as_bytes(), "content-encoding", "gzip")),
        ("BOM", raw(&[b"\xEF\xBB\xBF", STORY.as_bytes()].concat())),
        ("UTF-16 with BOM", raw(&utf16)),
        (
            "windows-1252",
            with_header(
                &STORY.replace('–', "\u{96}").chars().map(|c| c as u8).collect::<Vec<_>>(),
                "content-type",
                "text/plain; charset=windows-1252",
            ),
        ),
        ("CloudEvent", raw(event.to_string().as_bytes())),
        (
            "CloudEvent by content type",
            with_header(
                event.to_string().as_bytes(),
                "Content-Type",
                "application/cloudevents+json; charset=utf-8",
            ),
        ),
        ("CloudEvent of bytes", raw(event_of_bytes.to_string().as_bytes())),
    ];
    for (name, article) in cases {
        let document = read(&article).unwrap();
        assert_eq!(document.layout.text, STORY, "{name}");
        assert_eq!(document.format, Format::Text, "{name}");
        assert_eq!(document.flags, vec![], "{name}");
    }
}

#[test]
fn a_scraper_s_object_fills_every_field() {
    let value = r#"{
        "headline": "Ferry runs aground", "maintext": "It sailed at noon.\nNobody was hurt.",
        "date_publish": "2024-05-01 10:33:00", "published_at": "2024-05-01T10:33:00Z",
        "url": "https://paper.example/a?x=1", "canonical_url": "https://paper.example/a",
        "authors": ["Jo Brandt", "Ana Lund"], "language": "en-GB", "source": {"name": "Harbour Post"},
        "image_url": "https://paper.example/a.jpg", "category": "Harbour", "isAccessibleForFree": true,
        "date_modify": "2024-05-02 08:00:00"
    }"#;
    let document = read(&raw(value.as_bytes())).unwrap();
    assert_eq!(named(&document), (Some("Ferry runs aground"), "It sailed at noon.\nNobody was hurt."));
    let date = |place: &'static str, text: &str| StatedDate {
        kind: "field",
        place: Some(place.into()),
        text: text.to_owned(),
    };
    assert_eq!(
        document.stated,
        Stated {
            bylines: Vec::new(),
            dateline: None,
            url: Some("https://paper.example/a?x=1".to_owned()),
            canonical_url: Some("https://paper.example/a".to_owned()),
            site: Some("Harbour Post".to_owned()),
            authors: vec!["Jo Brandt".to_owned(), "Ana Lund".to_owned()],
            language: Some("en-GB".to_owned()),
            section: Some("Harbour".to_owned()),
            image: Some("https://paper.example/a.jpg".to_owned()),
            access: Some(Access::Free),
            dates: vec![
                date("published_at", "2024-05-01T10:33:00Z"),
                date("date_publish", "2024-05-01 10:33:00"),
            ],
            modified: vec![date("date_modify", "2024-05-02 08:00:00")],
        }
    );
}

/// A page with JSON-LD, `meta`, `time` and the usual surroundings.
fn page(body: &str) -> String {
    format!(
        r#"<!DOCTYPE html><html lang="en"><head><title>Ferry runs aground | Harbour Post</title>
        <meta property="og:title" content="Ferry runs aground">
        <meta property="og:site_name" content="Harbour Post">
        <meta property="article:published_time" content="2024-05-01T10:33:00+02:00">
        <meta name="author" content="Jo Brandt">
        <link rel="canonical" href="https://paper.example/ferry">
        <style>p {{ color: red }}</style>
        <script type="application/ld+json">{{"@context": "https://schema.org", "@type": "NewsArticle",
          "headline": "Ferry runs aground", "datePublished": "2024-05-01T08:33:00Z",
          "author": [{{"@type": "Person", "name": "Jo Brandt"}}, {{"@type": "Person", "name": "Ana Lund"}}]}}</script>
        </head><body><nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
        <article><h1>Ferry runs aground</h1><time datetime="2024-05-01">1 May</time>{body}</article>
        <footer><p>About us</p></footer></body></html>"#
    )
}

fn paragraphs() -> String {
    (1..9)
        .map(|n| {
            format!(
                "<p>Paragraph {n} of the report tells, at some length, how the ferry left the harbour, \
                 lost its way in the fog &amp; came to rest on the sand, with nobody hurt.</p>\n"
            )
        })
        .collect()
}

#[test]
fn a_page_gives_its_article_and_what_it_states() {
    let document = read(&raw(page(&paragraphs()).as_bytes())).unwrap();
    let (headline, body) = named(&document);
    assert_eq!(headline, Some("Ferry runs aground"));
    assert_eq!(body.lines().filter(|line| line.starts_with("Paragraph ")).count(), 8);
    assert!(body.contains("in the fog & came to rest"), "{body}");
    for foreign in ["Home", "About us", "color", "schema.org", "\n\n"] {
        assert!(!body.contains(foreign), "{foreign:?} in {body}");
    }
    let stated = &document.stated;
    assert_eq!(stated.authors, ["Jo Brandt", "Ana Lund"]);
    assert_eq!(stated.canonical_url.as_deref(), Some("https://paper.example/ferry"));
    assert_eq!((stated.site.as_deref(), stated.language.as_deref()), (Some("Harbour Post"), Some("en")));
    let dates: Vec<_> = stated.dates.iter().map(|date| (date.kind, date.text.as_str())).collect();
    assert_eq!(
        dates,
        [
            ("json_ld", "2024-05-01T08:33:00Z"),
            ("meta", "2024-05-01T10:33:00+02:00"),
            ("time_element", "2024-05-01"),
        ]
    );
    assert_eq!((document.format, document.flags), (Format::Html, vec![]));
}

#[test]
fn a_page_that_nests_too_deep_is_read_by_its_tags() {
    let deep = format!("{}{}{}", "<div>".repeat(400), paragraphs(), "</div>".repeat(400));
    let document = read(&raw(page(&deep).as_bytes())).unwrap();
    assert_eq!(document.flags, [Flag::Degraded]);
    let (headline, body) = named(&document);
    assert_eq!(headline, Some("Ferry runs aground"));
    assert!(body.contains("in the fog & came to rest") && !body.contains("color"), "{body}");
}

#[test]
fn a_page_drawn_by_scripts_gives_its_articlebody() {
    let page = r#"<html><head><title>Ferry</title><script type="application/ld+json">{"@type": "NewsArticle",
        "headline": "Ferry", "articleBody": "It sailed at noon.\n\nNobody was hurt."}</script></head>
        <body><div id="app">Loading</div></body></html>"#;
    let document = read(&raw(page.as_bytes())).unwrap();
    assert_eq!(named(&document), (Some("Ferry"), "It sailed at noon.\nNobody was hurt."));
}

#[test]
fn a_field_of_html_is_read_and_the_object_s_own_fields_win() {
    let value = serde_json::json!({"html": page(&paragraphs()), "title": "Our title", "date": "1 May 2024"});
    let document = read(&raw(value.to_string().as_bytes())).unwrap();
    let (headline, body) = named(&document);
    assert_eq!(headline, Some("Our title"));
    assert!(body.contains("Paragraph 1 of"));
    assert_eq!(
        document.stated.dates[0],
        StatedDate { kind: "field", place: Some("date".into()), text: "1 May 2024".to_owned() }
    );
    assert_eq!(document.stated.dates[1].kind, "json_ld");
    assert_eq!(document.format, Format::Json);

    let value = r#"{"title": "Ferry", "body": "<p>It sailed &amp; sank.</p><p>Nobody was hurt.</p>"}"#;
    let document = read(&raw(value.as_bytes())).unwrap();
    assert_eq!(named(&document), (Some("Ferry"), "It sailed & sank.\nNobody was hurt."));
}

#[test]
fn encodings_that_cannot_be_right_are_flagged() {
    let article = with_header("Die Fähre".as_bytes(), "content-type", "text/plain; charset=latin1");
    let document = read(&article).unwrap();
    assert_eq!(document.layout.text, "Die Fähre");
    assert_eq!(document.flags, [Flag::EncodingMismatch]);
    assert_eq!(document.encoding.declared.as_deref(), Some("latin1"));
    let document = read(&raw(br#"{"text": "lone \ud800 surrogate"}"#)).unwrap();
    assert_eq!(document.flags, [Flag::UndecodableBytes]);
}

#[test]
fn what_cannot_be_read_says_why() {
    let event = r#"{"specversion": "1.0", "id": "1", "source": "/desk", "type": "raw"}"#;
    let cases: [(&str, RawArticle, &str, &str); 13] = [
        ("empty", raw(b""), "empty_value", "expected an article, found an empty value"),
        ("empty inside", raw(&gzip(b"")), "empty_value", "expected an article, found an empty value"),
        (
            "white space",
            raw(b" \n\t "),
            "no_text",
            "expected the text of an article, found none: 4 bytes of white space",
        ),
        (
            "PNG",
            raw(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
            "binary_value",
            "expected text, HTML, JSON, XML or WARC, found a PNG image (16 bytes)",
        ),
        (
            "truncated",
            raw(b"{\"title\": \"Ferry\",\n \"text\": \"It sai"),
            "bad_json",
            "expected one JSON object, found the end of the value (EOF while parsing a string): it is cut short \
             at line 2 column 16",
        ),
        (
            "no text",
            raw(br#"{"title": "Ferry", "tags": ["sea"], "text": ""}"#),
            "no_text",
            "expected the text of an article, found none: an object with the keys `tags`, `text`, `title`, and none \
             of `text`, `body`, `content`, `maintext`, `articleBody`, `content_text`, `html` holds any",
        ),
        (
            "list",
            raw(br#"[{"title": "a"}, {"title": "b"}]"#),
            "unsupported_shape",
            "expected one article as one JSON object, found a list of 2",
        ),
        (
            "feed",
            raw(b"<?xml version='1.0'?><rss version='2.0'/>"),
            "unsupported_shape",
            "expected one item a record, found a feed of 0",
        ),
        (
            "image by its type",
            with_header(b"text", "content-type", "image/svg+xml"),
            "unsupported_shape",
            "expected a content type of text, HTML, JSON, XML or WARC, found image/svg+xml",
        ),
        (
            "event without data",
            with_header(event.as_bytes(), "content-type", "application/cloudevents+json"),
            "unsupported_shape",
            "expected a CloudEvent with `data` or `data_base64`, found only `id`, `source`, `specversion`, `type`",
        ),
        (
            "page without text",
            raw(b"<html><body><img src=a></body></html>"),
            "no_text",
            "expected the text of an article, found none: a page of 37 bytes without text",
        ),
        (
            "too deep",
            raw(format!("{{\"a\": {}", "[".repeat(5_000)).as_bytes()),
            "nesting_limit",
            "expected at most 64 levels of nesting in a JSON value, found more",
        ),
        (
            "cut gzip",
            raw(&gzip(STORY.as_bytes())[..30]),
            "bad_compression",
            "expected a whole gzip value, found damage after ",
        ),
    ];
    for (name, article, code, message) in cases {
        let error = read(&article).unwrap_err();
        assert_eq!(error.code(), code, "{name}: {error}");
        assert!(error.to_string().starts_with(message), "{name}: {error}");
        assert!(DecodeError::CODES.contains(&code), "{name}");
    }
}

#[test]
fn the_budget_ends_what_costs_too_much() {
    let article = raw(&gzip(&vec![b'a'; 5_000]));
    let error = decode(&article, &DecodeLimits::default(), &mut Budget::new(4_999)).unwrap_err();
    assert_eq!(error.code(), "budget_exceeded");
    assert!(decode(&article, &DecodeLimits::default(), &mut Budget::new(5_000)).is_ok());
}

#[test]
fn an_insisted_format_wins_over_header_and_looks() {
    let page = "<p>It sailed at noon.</p><p>Nobody was hurt.</p>";
    let article = RawArticle {
        format: Some(Format::Text),
        ..with_header(page.as_bytes(), "content-type", "text/html")
    };
    assert_eq!(read(&article).unwrap().layout.text, page);
    let article = with_header(page.as_bytes(), "content-type", "text/plain");
    assert_eq!(read(&article).unwrap().format, Format::Text);
    assert_eq!(read(&raw(page.as_bytes())).unwrap().format, Format::Html);
}

const FORMATS: [Format; 10] = [
    Format::Text,
    Format::Html,
    Format::Json,
    Format::Ninjs,
    Format::JsonLd,
    Format::NewsMlG2,
    Format::Nitf,
    Format::Rss,
    Format::Atom,
    Format::Warc,
];

/// The samples, each with its name.
fn samples() -> Vec<(String, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
    let mut samples: Vec<_> = files
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
        .collect();
    samples.sort();
    samples
}

/// The sample whose name starts with `number`.
fn sample(number: &str) -> Vec<u8> {
    samples().into_iter().find(|(name, _)| name.starts_with(number)).unwrap().1
}

#[test]
fn each_format_is_told_by_its_looks_and_may_be_insisted_on() {
    let cases = [
        ("41", Format::Ninjs),
        ("42", Format::Ninjs),
        ("43", Format::JsonLd),
        ("50", Format::NewsMlG2),
        ("51", Format::Nitf),
        ("52", Format::Rss),
        ("53", Format::Atom),
        ("54", Format::Warc),
    ];
    for (number, format) in cases {
        let value = sample(number);
        let document = read(&raw(&value)).unwrap();
        assert_eq!(document.format, format, "{number}");
        for other in FORMATS {
            let insisted = read(&RawArticle { format: Some(other), ..raw(&value) });
            let shares_keys = other == Format::Json && Family::of(format) == Family::Json;
            match insisted {
                Ok(found) if other == format || shares_keys => assert_eq!(found, document, "{number}"),
                Ok(found) => assert_eq!(found.format, other, "{number}"),
                Err(error) => assert!(other != format, "{number}: {error}"),
            }
        }
        let compressed = read(&raw(&gzip(&value))).unwrap();
        assert_eq!(compressed, document, "{number}");
    }
}

#[test]
fn xml_comes_in_any_encoding_and_in_an_envelope() {
    let rss = "<?xml version='1.0' encoding='windows-1252'?><rss><channel><item><title>F\u{E4}hre</title>\
               <description>&lt;meta charset=koi8-r&gt;Sie f\u{E4}hrt.</description></item></channel></rss>";
    let latin1: Vec<u8> = rss.chars().map(|c| c as u8).collect();
    let utf16: Vec<u8> = "\u{FEFF}"
        .chars()
        .chain(rss.chars())
        .collect::<String>()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let event = serde_json::json!({
        "specversion": "1.0", "id": "1", "source": "/desk", "type": "raw", "datacontenttype": "application/rss+xml",
        "data": rss,
    });
    let cases = [
        ("declared", raw(&latin1), "windows-1252"),
        (
            "by its content type",
            with_header(&latin1, "content-type", "text/xml; charset=latin1"),
            "windows-1252",
        ),
        ("UTF-16", raw(&utf16), "utf-16le"),
        ("CloudEvent", raw(event.to_string().as_bytes()), "utf-8"),
    ];
    for (name, article, used) in cases {
        let document = read(&article).unwrap();
        assert_eq!(named(&document), (Some("F\u{E4}hre"), "Sie f\u{E4}hrt."), "{name}");
        assert_eq!((document.format, document.encoding.used.as_str()), (Format::Rss, used), "{name}");
    }
}

#[test]
fn a_page_in_an_archive_is_read_as_it_was_served() {
    let record = |headers: &str, body: &[u8]| {
        let head = format!("HTTP/1.1 200 OK\r\n{headers}\r\n");
        let length = head.len() + body.len();
        let warc = format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2024-03-05T08:15:00Z\r\n\
             WARC-Target-URI: https://paper.example/f\r\nContent-Length: {length}\r\n\r\n{head}"
        );
        [warc.as_bytes(), body, b"\r\n\r\n"].concat()
    };
    let page = page(&paragraphs());
    let latin1: Vec<u8> = page.replace("fog", "f\u{F6}g").chars().map(|c| c as u8).collect();
    let cases = [
        record("Content-Type: text/html; charset=latin1\r\n", &latin1),
        record("Content-Type: text/html; charset=latin1\r\nContent-Encoding: gzip\r\n", &gzip(&latin1)),
        gzip(&record("Content-Type: text/html; charset=latin1\r\n", &latin1)),
    ];
    for value in cases {
        let document = read(&raw(&value)).unwrap();
        assert_eq!(document.format, Format::Warc);
        assert_eq!(document.encoding.used, "windows-1252");
        assert_eq!(named(&document).0, Some("Ferry runs aground"));
        assert!(named(&document).1.contains("in the f\u{F6}g & came to rest"));
        assert_eq!(document.stated.url.as_deref(), Some("https://paper.example/f"));
        assert_eq!(document.fetched_ms, Some(1_709_626_500_000));
    }
    let inner = record("Content-Type: application/warc\r\n", &record("", b"x"));
    assert_eq!(
        read(&raw(&inner)).unwrap_err().to_string(),
        "expected an article in an archive, found an archive in an archive"
    );
    let image = record("Content-Type: image/png\r\n", b"\x89PNG\r\n\x1a\n");
    assert_eq!(read(&raw(&image)).unwrap_err().code(), "binary_value");
}

#[test]
fn a_page_that_is_served_as_xml_is_a_page() {
    let page = page(&paragraphs()).replace("<!DOCTYPE html>", "<?xml version='1.0'?>\n<!DOCTYPE html>");
    for content_type in ["application/xhtml+xml", "application/xml", "text/xml"] {
        let document = read(&with_header(page.as_bytes(), "content-type", content_type)).unwrap();
        assert_eq!(document.format, Format::Html, "{content_type}");
    }
}

/// Decodes under every format and charset; what comes out must be sound.
fn check_sound(value: &[u8]) -> Result<(), TestCaseError> {
    let limits = DecodeLimits { max_expanded: 1 << 16, ..DecodeLimits::default() };
    for format in [None].into_iter().chain(FORMATS.map(Some)) {
        for charset in ["", "; charset=utf-16le", "; charset=shift_jis"] {
            let content_type = format!("application/octet-stream{charset}");
            let article = RawArticle { format, ..with_header(value, "content-type", &content_type) };
            let first = decode(&article, &limits, &mut Budget::default());
            let Ok(document) = &first else { continue };
            let text = &document.layout.text;
            prop_assert!(!text.trim().is_empty());
            prop_assert!(!text.starts_with('\u{FEFF}') || value.len() > 5, "the BOM is no text");
            if let Fields::Named { headline, body } = document.layout.fields {
                let whole: Span<crate::offsets::Bytes> = Span::new(0, text.len());
                for span in headline.into_iter().chain([body]) {
                    prop_assert!(whole.contains(span));
                    prop_assert!(text.is_char_boundary(span.start()) && text.is_char_boundary(span.end()));
                }
                prop_assert_eq!(body.end(), text.len());
            }
            prop_assert_eq!(&first, &decode(&article, &limits, &mut Budget::default()));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_bytes_are_read_or_refused(value in proptest::collection::vec(any::<u8>(), 0..400)) {
        check_sound(&value)?;
    }

    #[test]
    fn any_bytes_after_a_known_start_are_read_or_refused(
        start in proptest::sample::select(vec![
            &b"\x1f\x8b\x08\0\0\0\0\0\0\x03"[..], b"\x28\xb5\x2f\xfd", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0",
            b"\xef\xbb\xbf", b"{\"text\": \"", b"{\"specversion\":\"1.0\",\"type\":\"\",\"source\":\"\",\"data\":",
            b"<html><meta charset=gbk>", b"<script type=application/ld+json>", b"<?xml ",
            b"<rss><channel><item><title>", b"<entry><content type='xhtml'>", b"<nitf><body><body.content><p>",
            b"{\"uri\":\"u\",\"type\":\"text\",\"bodies\":[{\"value\":\"",
            b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 9\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", b"WARC/1.1\r\n",
        ]),
        rest in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        check_sound(&[start, &rest].concat())?;
    }

    #[test]
    fn a_sample_that_is_cut_or_damaged_is_read_or_refused(
        (sample, cut, at, byte) in (0..samples().len(), any::<proptest::sample::Index>(), any::<proptest::sample::Index>(), any::<u8>()),
    ) {
        let (_, mut value) = samples().swap_remove(sample);
        value.truncate(cut.index(value.len() + 1));
        check_sound(&value)?;
        if !value.is_empty() {
            let at = at.index(value.len());
            value[at] = byte;
            check_sound(&value)?;
        }
    }

    #[test]
    fn any_text_in_a_field_comes_out_whole(body in "\\PC{1,200}") {
        let value = serde_json::json!({"title": "Ferry", "text": body}).to_string();
        let result = read(&raw(value.as_bytes()));
        if body.trim().is_empty() {
            prop_assert_eq!(result.unwrap_err().code(), "no_text");
        } else if !body.contains('<') {
            let document = result.unwrap();
            prop_assert_eq!(named(&document), (Some("Ferry"), body.as_str()));
        }
        check_sound(value.as_bytes())?;
    }

    #[test]
    fn any_tags_are_read_or_refused(
        page in proptest::collection::vec(
            proptest::sample::select(vec![
                "<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<a href=x>", "</a>", "<table>", "<tr>", "<td>",
                "</table>", "<br>", "<br>", "<h1>", "</h1>", "<title>", "</title>", "<script>", "</script>", "<svg>",
                "</svg>", "<!--", "-->", "<noscript>", "<img src=a.png>", "</noscript>", "<font>", "<select>",
                "<template>", "</template>", "<article class=story>", "<ul>", "<li>", "<form>", "<math>", "<time datetime=x>",
                "<script type='application/ld+json'>{\"@type\":\"Article\",\"author\":[[{\"name\":{}}]]}</script>",
                "The ferry left the harbour, lost its way in the fog, and came to rest on the sand. ", "é", "&amp;", "<", ">",
            ]),
            0..80,
        ),
    ) {
        check_sound(page.concat().as_bytes())?;
    }
}
