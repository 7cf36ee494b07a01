//! Pages, put together from pieces that the standard treats in their own ways: each gives an article or a
//! cause, and what it gives accounts for its raw text.
//!
//! A byte below 128 is itself; one above is a piece of the table.

#![no_main]

use bytes::Bytes;
use copydesk::article::{Format, RawArticle};
use copydesk::budget::Budget;
use copydesk::decode::{DecodeLimits, decode};
use copydesk::normalize::Normalizer;
use libfuzzer_sys::fuzz_target;

#[path = "../../tests/hostile/account.rs"]
mod account;

const PIECES: [&str; 96] = [
    "<!DOCTYPE html>",
    "<html lang=en>",
    "<head>",
    "</head>",
    "<body>",
    "</body>",
    "<title>",
    "</title>",
    "<meta property='article:published_time' content='2023-01-08T10:33:00+01:00'>",
    "<meta name=author content='Ana Lund'>",
    "<meta property=og:title content='Ferry runs aground | Harbour Post'>",
    "<meta property=og:site_name content='Harbour Post'>",
    "<link rel=canonical href='https://paper.example/2023/01/08/ferry'>",
    "<script type='application/ld+json'>",
    "<script>",
    "</script>",
    "{\"@type\":\"NewsArticle\",",
    "\"headline\":\"Ferry runs aground\",",
    "\"articleBody\":\"",
    "\"author\":{\"@id\":\"#a\"},",
    "\"@graph\":[",
    "\"datePublished\":\"2023-01-08\"",
    "]",
    "}",
    "\\ud83d",
    "\"",
    "<style>",
    "</style>",
    "<article>",
    "</article>",
    "<main>",
    "</main>",
    "<section>",
    "</section>",
    "<div>",
    "</div>",
    "<div class='byline'>",
    "<div class='comment sidebar'>",
    "<div hidden style='display:none'>",
    "<p>",
    "</p>",
    "<span>",
    "</span>",
    "<a href='/x'>",
    "<a rel=author>",
    "</a>",
    "<b>",
    "<b class=x>",
    "</b>",
    "<i>",
    "</i>",
    "<em>",
    "</em>",
    "<nobr>",
    "<font>",
    "</font>",
    "<h1>",
    "</h1>",
    "<h2>",
    "</h2>",
    "<ul>",
    "<li>",
    "</ul>",
    "<dl>",
    "<dd>",
    "<table>",
    "</table>",
    "<caption>",
    "<tr>",
    "<td>",
    "</td>",
    "<select>",
    "<option>",
    "</select>",
    "<button>",
    "</button>",
    "<form>",
    "</form>",
    "<object>",
    "</object>",
    "<template>",
    "</template>",
    "<svg>",
    "</svg>",
    "<math><mi>",
    "<textarea>",
    "<plaintext>",
    "<time datetime='2023-01-08T10:33'>8 Jan</time>",
    "<br>",
    "</br>",
    "<img src=a.jpg>",
    "<figure><figcaption>",
    "<!--",
    "-->",
    "<![CDATA[",
    "The ferry to the outer islands ran aground off the old harbour at noon, and two tugs freed it, she said. ",
];

const LIMITS: DecodeLimits = DecodeLimits {
    max_expanded: 1 << 20,
    max_html_depth: 64,
    max_html_nodes: 2_000,
    max_json_depth: 64,
    max_xml_depth: 128,
    max_xml_elements: 100_000,
};
const STEPS: u64 = 5_000_000;

fn page(data: &[u8]) -> String {
    let mut page = String::with_capacity(data.len() * 8);
    for &byte in data {
        match byte.checked_sub(128) {
            None => page.push(char::from(byte)),
            Some(piece) => page.push_str(PIECES.get(usize::from(piece)).copied().unwrap_or("é—“")),
        }
    }
    page
}

fuzz_target!(|data: &[u8]| {
    let value = Bytes::from(page(data));
    let raw = RawArticle { value, format: Some(Format::Html), ..RawArticle::default() };
    let mut budget = Budget::new(STEPS);
    let Ok(document) = decode(&raw, &LIMITS, &mut budget) else { return };
    let Ok(article) = Normalizer::default().normalize(&document, Some(1_700_000_000_000), &mut budget) else {
        return;
    };
    account::Account::from(&article).check(&document.layout.text);
});
