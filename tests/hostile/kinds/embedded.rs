//! Pages whose metadata is the bait: JSON-LD, `meta`, dates, authors, addresses.

use super::{Kind, STORY, numbered, repeated};

/// A page with `head` in its head and a story as its body.
fn page(head: &str, body: &str) -> Vec<u8> {
    format!(
        "<!DOCTYPE html><html><head><title>Ferry runs aground off the old harbour</title>{head}</head><body>\
         <article><h1>Ferry runs aground off the old harbour</h1>{body}<p>{STORY}</p><p>{STORY}</p></article>\
         </body></html>"
    )
    .into_bytes()
}

/// A page with one block of JSON-LD.
fn linked(json: &str) -> Vec<u8> {
    page(&format!("<script type='application/ld+json'>{json}</script>"), "")
}

/// A page with one block of JSON-LD: `opening`, units, `closing`.
fn linked_of(size: usize, opening: &str, unit: impl Fn(usize) -> String, closing: &str) -> Vec<u8> {
    linked(&numbered(size.saturating_sub(800), opening, unit, closing))
}

fn linked_repeated(size: usize, opening: &str, unit: &str, closing: &str) -> Vec<u8> {
    linked_of(size, opening, |_| unit.to_owned(), closing)
}

/// A page with `unit` again and again in its head.
fn head(size: usize, unit: impl Fn(usize) -> String) -> Vec<u8> {
    page(&numbered(size.saturating_sub(800), "", unit, ""), "")
}

/// A page with `unit` again and again in its body.
fn body(size: usize, unit: impl Fn(usize) -> String) -> Vec<u8> {
    page("", &numbered(size.saturating_sub(800), "", unit, ""))
}

const ARTICLE: &str = r#"{"@type":"NewsArticle","headline":"Ferry runs aground","#;

/// Pages, by what is done to their metadata.
pub(crate) const KINDS: &[Kind] = &[
    Kind::new("json-ld, long body", |size| {
        linked_repeated(size, &format!("{ARTICLE}\"articleBody\":\""), &format!("{STORY} "), "\"}")
    }),
    Kind::new("json-ld, body of markup", |size| {
        linked_repeated(size, &format!("{ARTICLE}\"articleBody\":\""), &format!("<p>{STORY}"), "\"}")
    }),
    Kind::new("json-ld, body of references", |size| {
        linked_repeated(size, &format!("{ARTICLE}\"articleBody\":\""), "&amp;amp;", "\"}")
    }),
    Kind::new("json-ld, body as on the page", |size| {
        let half = size / 2;
        let text = repeated(half, "", &format!("{STORY} "), "");
        page(
            &format!("<script type='application/ld+json'>{ARTICLE}\"articleBody\":\"{text}\"}}</script>"),
            &format!("<p>{}</p>", text.replace("hurt. ", "hurt.</p><p>")),
        )
    }),
    Kind::new("json-ld, headline", |size| {
        linked_repeated(size, r#"{"@type":"NewsArticle","headline":""#, "Ferry - ", "\"}")
    }),
    Kind::new("json-ld, deep lists", |size| linked_repeated(size, "", "[", "")),
    Kind::new("json-ld, deep objects", |size| linked_repeated(size, "", "{\"@graph\":", "")),
    Kind::new("json-ld, keys", |size| linked_of(size, "{", |number| format!("\"k{number}\":0,"), "\"a\":1}")),
    Kind::new("json-ld, the same key", |size| linked_repeated(size, "{", "\"headline\":\"x\",", "\"a\":1}")),
    Kind::new("json-ld, blocks", |size| {
        head(size, |number| {
            format!("<script type='application/ld+json'>{ARTICLE}\"url\":\"{number}\"}}</script>")
        })
    }),
    Kind::new("json-ld, articles", |size| {
        linked_of(size, "{\"@graph\":[", |number| format!("{ARTICLE}\"url\":\"{number}\"}},"), "0]}")
    }),
    Kind::new("json-ld, articles with a body", |size| {
        linked_of(size, "{\"@graph\":[", |_| format!("{ARTICLE}\"articleBody\":\"{STORY}\"}},"), "0]}")
    }),
    Kind::new("json-ld, authors", |size| {
        linked_of(
            size,
            &format!("{ARTICLE}\"author\":["),
            |number| format!("{{\"name\":\"Ana Lund {number}\"}},"),
            "0]}",
        )
    }),
    Kind::new("json-ld, the same author", |size| {
        linked_repeated(size, &format!("{ARTICLE}\"author\":["), "{\"name\":\"Ana Lund\"},", "0]}")
    }),
    Kind::new("json-ld, references that multiply", |size| {
        let names = repeated(size / 2, "", "\"Ana Lund\",", "0");
        linked_repeated(
            size,
            &format!("{{\"@graph\":[{{\"@id\":\"#a\",\"name\":[{names}]}},{ARTICLE}\"author\":["),
            "{\"@id\":\"#a\"},",
            "0]}]}",
        )
    }),
    Kind::new("json-ld, articles that share authors", |size| {
        let names = numbered(size / 2, "", |number| format!("\"A{number}\","), "0");
        linked_repeated(
            size,
            &format!("{{\"@graph\":[{{\"@id\":\"#a\",\"name\":[{names}]}},"),
            &format!("{ARTICLE}\"author\":{{\"@id\":\"#a\"}}}},"),
            "0]}",
        )
    }),
    Kind::new("json-ld, articles that share empty names", |size| {
        let names = repeated(size / 2, "", "\"&#32;\",", "0");
        linked_repeated(
            size,
            &format!("{{\"@graph\":[{{\"@id\":\"#a\",\"name\":[{names}]}},"),
            &format!("{ARTICLE}\"author\":{{\"@id\":\"#a\"}}}},"),
            "0]}",
        )
    }),
    Kind::new("json-ld, a long number", |size| linked_repeated(size, &format!("{ARTICLE}\"n\":1"), "0", "}")),
    Kind::new("json-ld, lone surrogates", |size| {
        linked_repeated(size, &format!("{ARTICLE}\"d\":\""), "\\ud83d", "\"}")
    }),
    Kind::new("json-ld, commas", |size| linked_repeated(size, "[", " ,", "]")),
    Kind::new("json-ld, ends", |size| linked_repeated(size, "{}", " }", "")),
    Kind::new("json-ld, brackets", |size| linked_repeated(size, "[", " ,]", "")),
    Kind::new("json-ld, quotes", |size| {
        linked_repeated(size, &format!("{ARTICLE}\"d\":\""), "a \"b\" ", "\"}")
    }),
    Kind::new("json-ld, quotes and spaces", |size| {
        linked_repeated(size, &format!("{ARTICLE}\"d\":\""), "\"         ", "x\"}")
    }),
    Kind::new("json-ld, quotes and commas", |size| {
        linked_repeated(size, &format!("{ARTICLE}\"d\":\""), "\",        ", "x\"}")
    }),
    Kind::new("json-ld, comments", |size| linked_repeated(size, "{", "/*", "}")),
    Kind::new("json-ld, line comments", |size| linked_repeated(size, "{", "// x\n", "}")),
    Kind::new("json-ld, escapes", |size| linked_repeated(size, &format!("{ARTICLE}\"d\":\""), "\\'", "\"}")),
    Kind::new("json-ld, control characters", |size| {
        linked_repeated(size, &format!("{ARTICLE}\"d\":\""), "a\u{1}\n", "\"}")
    }),
    Kind::new("json-ld, escaped for markup", |size| {
        linked_repeated(size, "{&quot;@type&quot;:&quot;NewsArticle&quot;", ",&quot;a&quot;:1", "}")
    }),
    Kind::new("metas", |size| {
        head(size, |number| {
            format!("<meta name=author content='Ana Lund {number}'><meta name=m{number} content=x>")
        })
    }),
    Kind::new("meta, huge", |size| {
        page(&repeated(size - 800, "<meta name=author content='", "Ana y Per Lund y ", "'>"), "")
    }),
    Kind::new("meta, headline", |size| {
        page(&repeated(size - 800, "<meta property=og:title content='", "Ferry | ", "'>"), "")
    }),
    Kind::new("title, huge", |size| {
        repeated(size, "<html><head><title>", "Ferry - ", &format!("</title><p>{STORY}</p>")).into_bytes()
    }),
    Kind::new("title and headings", |size| {
        let title = "Tide and ferry ".repeat(size / 30);
        let opening = format!("<html><head><title>{title}</title></head><body>");
        repeated(size, &opening, "<h2>Ferry</h2>", &format!("<p>{STORY}</p><p>{STORY}</p>")).into_bytes()
    }),
    Kind::new("title of a meta and headings", |size| {
        let title = "Tide and ferry ".repeat(130);
        page(
            &format!("<meta property=og:title content='{title}'>"),
            &repeated(size - 3_000, "", "<h2>Ferry</h2>", ""),
        )
    }),
    Kind::new("links in the head", |size| {
        head(size, |number| format!("<link rel=canonical href=/{number}>"))
    }),
    Kind::new("address, huge", |size| {
        page(&repeated(size - 800, "<link rel=canonical href='https://paper.example/", "2023-01-", "'>"), "")
    }),
    Kind::new("times", |size| {
        body(size, |number| format!("<time datetime=2023-01-08T10:{:02}>x</time>", number % 60))
    }),
    Kind::new("times, marked", |size| {
        body(size, |_| "<time itemprop=datePublished datetime=2023-01-08>x</time>".to_owned())
    }),
    Kind::new("time, huge", |size| {
        page("", &repeated(size - 800, "<time datetime='", "2023-01-08 ", "'>x</time>"))
    }),
    Kind::new("visible dates", |size| {
        body(size, |number| format!("<p class=date>{}.1.2023</p>", number % 28 + 1))
    }),
    Kind::new("visible dates, foreign", |size| {
        body(size, |_| "<footer class=sidebar>Updated 8 Jan 2023</footer>".to_owned())
    }),
    Kind::new("visible ages", |size| body(size, |number| format!("<i>vor {number} Stunden</i>"))),
    Kind::new("authors", |size| {
        body(size, |number| format!("<a rel=author class=byline href=/a>Ana Lund {number}</a>"))
    }),
    Kind::new("authors, nested", |size| {
        let text = repeated(size.saturating_sub(4_000), "", &format!("{STORY} "), "");
        page("", &format!("{}{text}", "<span rel=author>".repeat(100)))
    }),
    Kind::new("authors, nested text", |size| {
        page("", &repeated(size.saturating_sub(800), &"<span rel=author>".repeat(62), "<i>x</i>", ""))
    }),
    Kind::new("script dates", |size| head(size, |_| "<script>{\"datePublished\":}</script>".to_owned())),
    Kind::new("script of dates", |size| {
        page(&repeated(size - 800, "<script>", "\"datePublished\" ublish ", "</script>"), "")
    }),
    Kind::new("headline in every paragraph", |size| {
        body(size, |_| "<p>Ferry runs aground off the old harbour</p>".to_owned())
    }),
    Kind::new("prompts", |size| body(size, |number| format!("<p>Subscribe to our newsletter {number}</p>"))),
    Kind::new("teasers", |size| {
        body(size, |number| format!("<p><a href=/{number}>Read more: tide {number}</a></p>"))
    }),
];
