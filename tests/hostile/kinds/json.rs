//! JSON objects: depth, width, odd values, fields without end.

use super::{Kind, STORY, numbered, repeated};

/// An object with a text, and `unit` again and again.
fn object(size: usize, unit: impl Fn(usize) -> String) -> Vec<u8> {
    let opening = format!("{{\"title\":\"Ferry runs aground\",\"text\":\"{STORY}\"");
    numbered(size, &opening, |number| format!(",{}", unit(number)), "}").into_bytes()
}

/// An object with one long field, and a text.
fn field(size: usize, name: &str, unit: &str) -> Vec<u8> {
    repeated(size, &format!("{{\"text\":\"{STORY}\",\"{name}\":\""), unit, "\"}").into_bytes()
}

/// An object whose text is long.
fn text(size: usize, unit: &str) -> Vec<u8> {
    repeated(size, "{\"title\":\"Ferry runs aground\",\"text\":\"", unit, "\"}").into_bytes()
}

/// `name` with hyphens in it that tell `number`.
fn hyphened(name: &str, number: usize) -> String {
    let mut spelled = String::new();
    for (place, letter) in name.chars().enumerate() {
        spelled.push(letter);
        spelled.push_str(&"-".repeat((number >> (place * 4)) & 15));
    }
    spelled
}

/// Objects, by what is wrong with them.
pub(crate) const KINDS: &[Kind] = &[
    Kind::new("deep lists", |size| repeated(size, "{\"text\":", "[", "").into_bytes()),
    Kind::new("deep objects", |size| repeated(size, "", "{\"data\":", "").into_bytes()),
    Kind::new("deep, closed", |size| {
        let depth = size / 2;
        format!("{{\"text\":{}{}}}", "[".repeat(depth), "]".repeat(depth)).into_bytes()
    }),
    Kind::new("wide lists within the depth", |size| {
        let nested = format!("{}1{}", "[".repeat(60), "]".repeat(60));
        object(size, |number| format!("\"k{number}\":{nested}"))
    }),
    Kind::new("keys", |size| object(size, |number| format!("\"key {number}\":{number}"))),
    Kind::new("the same key", |size| object(size, |number| format!("\"text\":\"{STORY} {number}\""))),
    Kind::new("keys that are one name, dates", |size| {
        object(size, |number| format!("\"{}\":\"2023-01-08 {number}\"", hyphened("pubdate", number)))
    }),
    Kind::new("keys that are one name, the same date", |size| {
        object(size, |number| {
            format!("\"{}\":\"2023-01-08T10:00:{:02}.{number}\"", hyphened("pubdate", number), number % 60)
        })
    }),
    Kind::new("keys that are one name, authors", |size| {
        object(size, |number| format!("\"{}\":\"Ana Lund {number}\"", hyphened("authors", number)))
    }),
    Kind::new("long keys", |size| {
        let key = "t-i_t:l.e ".repeat(1_000);
        object(size, |number| format!("\"{key}{number}\":0"))
    }),
    Kind::new("long key", |size| {
        repeated(size, &format!("{{\"text\":\"{STORY}\",\"a"), "-", "\":1}").into_bytes()
    }),
    Kind::new("keys that are one name, wrappers", |size| {
        numbered(size, "{", |number| format!("\"{}\":{{\"a\":1}},", hyphened("payload", number)), "\"b\":1}")
            .into_bytes()
    }),
    Kind::new("long key and no text", |size| repeated(size, "{\"", "ferry ", "\":1}").into_bytes()),
    Kind::new("long number", |size| {
        repeated(size, &format!("{{\"text\":\"{STORY}\",\"date\":1"), "0", "}").into_bytes()
    }),
    Kind::new("long fraction", |size| {
        repeated(size, &format!("{{\"text\":\"{STORY}\",\"date\":0."), "37", "}").into_bytes()
    }),
    Kind::new("long exponent", |size| {
        repeated(size, &format!("{{\"text\":\"{STORY}\",\"date\":1e"), "9", "}").into_bytes()
    }),
    Kind::new("lone surrogates", |size| text(size, "\\ud83d \\ude00\\ud83d")),
    Kind::new("pairs of surrogates", |size| text(size, "\\ud83d\\ude00")),
    Kind::new("escaped nul", |size| text(size, "ferry\\u0000")),
    Kind::new("escaped controls", |size| text(size, "\\u0001\\u0002x\\n")),
    Kind::new("escaped backslashes", |size| text(size, "\\\\")),
    Kind::new("escaped backslashes, then a lone surrogate", |size| {
        repeated(size, "{\"text\":\"\\ud83d", "\\\\u", "\"}").into_bytes()
    }),
    Kind::new("cut short", |size| repeated(size, "{\"text\":\"", &format!("{STORY} "), "").into_bytes()),
    Kind::new("something behind it", |size| {
        repeated(size, &format!("{{\"text\":\"{STORY}\"}}"), " {}", "").into_bytes()
    }),
    Kind::new("field title, huge", |size| field(size, "title", "Ferry runs aground ")),
    Kind::new("field address, huge", |size| field(size, "url", "https://paper.example/2023/01/")),
    Kind::new("address of numbers", |size| field(size, "url", "/2023-1")),
    Kind::new("date, huge", |size| field(size, "date", "2023-01-08 ")),
    Kind::new("date, brackets", |size| field(size, "date", " (")),
    Kind::new("language, huge", |size| field(size, "language", "en-")),
    Kind::new("site, huge", |size| field(size, "site", "paper ")),
    Kind::new("author, joined by y", |size| field(size, "author", "Ana Lund y Per Ek y ")),
    Kind::new("author, joined by and", |size| field(size, "author", "Ana and ")),
    Kind::new("author, commas", |size| field(size, "author", "a, ")),
    Kind::new("author, no words", |size| field(size, "author", "A")),
    Kind::new("author, brackets", |size| field(size, "author", "Ana (a) ")),
    Kind::new("author, offices", |size| field(size, "author", "Ministry of Trade & ")),
    Kind::new("author, letters that grow", |size| field(size, "author", "İ and ")),
    Kind::new("field authors", |size| {
        numbered(
            size,
            &format!("{{\"text\":\"{STORY}\",\"authors\":["),
            |number| format!("\"Ana Lund {number}\","),
            "0]}",
        )
        .into_bytes()
    }),
    Kind::new("authors, the same", |size| {
        repeated(size, &format!("{{\"text\":\"{STORY}\",\"authors\":["), "\"Ana Lund\",", "0]}").into_bytes()
    }),
    Kind::new("dates, a list", |size| {
        repeated(size, &format!("{{\"text\":\"{STORY}\",\"date\":["), "\"2023-01-08\",", "0]}").into_bytes()
    }),
    Kind::new("text in pieces", |size| {
        repeated(size, "{\"title\":\"Ferry\",\"content\":[", &format!("{{\"text\":\"{STORY}\"}},"), "0]}")
            .into_bytes()
    }),
    Kind::new("text of markup", |size| text(size, &format!("<p>{STORY}</p>"))),
    Kind::new("text of nested markup", |size| text(size, "<div><b>x")),
    Kind::new("html, nested", |size| {
        repeated(size, "{\"title\":\"Ferry\",\"html\":\"<html><body>", "<div><b>x", "\"}").into_bytes()
    }),
    Kind::new("html, paragraphs", |size| {
        repeated(size, "{\"title\":\"Ferry\",\"html\":\"<html><body>", &format!("<p>{STORY}</p>"), "\"}")
            .into_bytes()
    }),
    Kind::new("summary only", |size| {
        repeated(size, "{\"title\":\"Ferry\",\"summary\":\"", &format!("<p>{STORY}</p>"), "\"}").into_bytes()
    }),
    Kind::new("headline that repeats a dateline", |size| {
        let prefix = repeated(size / 2, "", "OSLO (AP) - ", "");
        format!("{{\"title\":\"{prefix}Z\",\"text\":\"{prefix}x\\nThe ferry.\"}}").into_bytes()
    }),
    Kind::new("short headline that repeats a dateline", |size| {
        let prefix = "(AP) - ".repeat(30);
        repeated(size, &format!("{{\"title\":\"{prefix}Z\",\"text\":\""), "(AP) - ", "x\\nThe ferry.\"}")
            .into_bytes()
    }),
    Kind::new("headline in every line", |size| text(size, "Ferry runs aground\\n")),
    Kind::new("headline before every lead", |size| text(size, "Ferry runs aground - ")),
    Kind::new("cloud event in itself", |size| {
        let mut event = format!("{{\"text\":\"{STORY}\"}}");
        while event.len() < size {
            let inner = serde_json::Value::String(event);
            let next =
                format!("{{\"specversion\":\"1.0\",\"type\":\"t\",\"source\":\"/s\",\"data\":{inner}}}");
            event = next;
        }
        event.into_bytes()
    }),
    Kind::new("cloud event of base64", |size| {
        repeated(
            size,
            "{\"specversion\":\"1.0\",\"type\":\"t\",\"source\":\"/s\",\"data_base64\":\"",
            "VGhlIGZlcnJ5IHNhaWxzLiAg",
            "\"}",
        )
        .into_bytes()
    }),
    Kind::new("articles in a list", |size| {
        repeated(size, "{\"articles\":[", &format!("{{\"text\":\"{STORY}\"}},"), "{}]}").into_bytes()
    }),
    Kind::of_media("json that is text", "application/json", |size| {
        repeated(size, "", &format!("{STORY}\n"), "").into_bytes()
    }),
];
