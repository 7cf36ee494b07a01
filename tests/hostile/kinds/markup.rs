//! Pages whose tags make a tree, or a tokenizer, work: depth, width, misnesting, floods, what never ends.

use super::{Kind, Random, STORY, numbered, repeated};

/// The opening of a page with a story, and its end.
const OPENING: &str = "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Ferry runs aground off the old \
    harbour</title></head><body><article><h1>Ferry runs aground off the old harbour</h1>";
const CLOSING: &str = "</article></body></html>";

/// A page with a story, and `unit` again and again behind it.
fn page(size: usize, unit: &str) -> Vec<u8> {
    page_of(size, "", |_| unit.to_owned())
}

/// A page with a story, `before` once, and then units that depend on their numbers.
fn page_of(size: usize, before: &str, unit: impl Fn(usize) -> String) -> Vec<u8> {
    numbered(size, &format!("{OPENING}<p>{STORY}</p><p>{STORY}</p>{before}"), unit, CLOSING).into_bytes()
}

/// `unit` so often that `levels` of it are open.
fn levels(levels: usize, unit: impl Fn(usize) -> String) -> String {
    (0..levels).map(unit).collect()
}

fn within(before: &str, size: usize, text: &str, after: &str) -> Vec<u8> {
    repeated(size, &format!("{OPENING}{before}"), text, &format!("{after}{CLOSING}")).into_bytes()
}

/// A tag soup of all that the standard treats in its own way.
fn soup(size: usize, seed: u64) -> Vec<u8> {
    const NAMES: [&str; 44] = [
        "a",
        "b",
        "i",
        "em",
        "font",
        "nobr",
        "p",
        "div",
        "span",
        "table",
        "tbody",
        "tr",
        "td",
        "th",
        "caption",
        "col",
        "colgroup",
        "select",
        "option",
        "optgroup",
        "ul",
        "li",
        "dl",
        "dd",
        "dt",
        "h1",
        "h2",
        "button",
        "form",
        "object",
        "template",
        "svg",
        "math",
        "mi",
        "foreignObject",
        "textarea",
        "title",
        "script",
        "style",
        "frameset",
        "body",
        "html",
        "ruby",
        "rt",
    ];
    let mut random = Random::new(seed);
    let mut page = String::with_capacity(size + 64);
    page.push_str("<!DOCTYPE html><html><body>");
    while page.len() < size {
        let name = random.pick(&NAMES);
        match random.number() % 9 {
            0..=3 => page.push_str(&format!("<{name} class=c{}>", random.number() % 7)),
            4..=6 => page.push_str(&format!("</{name}>")),
            7 => page.push_str("Ferry &amp; tide & "),
            _ => page.push_str(random.pick(&[
                "<!--",
                "-->",
                "<",
                ">",
                "\"",
                "<![CDATA[",
                "]]>",
                "&#0;",
                "</",
                "<?",
            ])),
        }
    }
    page.into_bytes()
}

/// Pages, by what is done to their tags.
pub(crate) const KINDS: &[Kind] = &[
    Kind::new("nested div", |size| page(size, "<div>")),
    Kind::new("nested div, closed", |size| {
        let count = size / 13;
        format!("{OPENING}{}{STORY}{}{CLOSING}", "<div>".repeat(count), "</div>".repeat(count)).into_bytes()
    }),
    Kind::new("nested 200, long text", |size| within(&"<div>".repeat(200), size, &format!("{STORY} "), "")),
    Kind::new("nested 200, paragraphs", |size| {
        within(&"<div>".repeat(200), size, &format!("<p>{STORY}</p>"), "")
    }),
    Kind::new("nested 100 twice", |size| {
        let shallow = format!("{}<p>{STORY}</p>{}", "<div>".repeat(100), "</div>".repeat(100));
        page(size, &shallow)
    }),
    Kind::new("nested span", |size| page(size, "<span>x")),
    Kind::new("nested font", |size| page_of(size, "", |number| format!("<font size={number}>"))),
    Kind::new("a million b", |size| page(size, "<b>")),
    Kind::new("b and p", |size| page(size, "<b><p>")),
    Kind::new("distinct formatting", |size| page_of(size, "", |number| format!("<b class=c{number}>x"))),
    Kind::new("formatting opened again", |size| {
        let open = levels(200, |number| format!("<b class=c{number}>"));
        page_of(size, &format!("<p>{open}</p>"), |_| "<p>x</p>".to_owned())
    }),
    Kind::new("formatting opened again by blocks", |size| {
        let open = levels(100, |number| format!("<i id=i{number}>"));
        page_of(size, &format!("<div>{open}</div>"), |_| "<div>x<div>y</div></div>".to_owned())
    }),
    Kind::new("adoption agency", |size| page(size, "<a href=x><b><i><p></a></b></i>x")),
    Kind::new("adoption agency, deep", |size| {
        page_of(size, &levels(200, |_| "<div>".to_owned()), |_| "<b><div></b></div>".to_owned())
    }),
    Kind::new("adoption agency, wide", |size| {
        let blocks = "<div>".repeat(60);
        page(size, &format!("<b>{blocks}</b>{}", "</div>".repeat(60)))
    }),
    Kind::new("stray end tags", |size| page_of(size, &"<div>".repeat(200), |_| "</b>".to_owned())),
    Kind::new("stray end tags of blocks", |size| {
        page_of(size, &"<span>".repeat(200), |_| "</section>".to_owned())
    }),
    Kind::new("end tags of p", |size| page(size, "</p>")),
    Kind::new("end tags of br", |size| page(size, "</br>")),
    Kind::new("misnested ends", |size| page(size, "<div><span></div></span>")),
    Kind::new("p without end", |size| page(size, "<p>x")),
    Kind::new("short paragraphs", |size| page(size, "<p>One, two.</p>")),
    Kind::new("paragraphs", |size| page(size, &format!("<p>{STORY}</p>"))),
    Kind::new("articles", |size| page(size, &format!("</article><article><p>{STORY}</p>"))),
    Kind::new("nested links", |size| page(size, "<a href=/x>")),
    Kind::new("links", |size| page(size, "<p><a href='/a/story'>One, two, three</a></p>")),
    Kind::new("images", |size| page(size, "<img src=a.jpg><noscript><img src=b.jpg></noscript>")),
    Kind::new("inline data", |size| {
        within("<p><img src='data:image/png;base64,", size, "iVBORw0KGgo", "'>x")
    }),
    Kind::new("line breaks", |size| page(size, "x<br><br>")),
    Kind::new("line breaks only", |size| page(size, "<br>")),
    Kind::new("headings", |size| page(size, "<h1>Ferry</h1><h2>Tide</h2>")),
    Kind::new("nested headings", |size| page(size, "<h1><h2>Ferry")),
    Kind::new("nested lists", |size| page(size, "<ul><li>x")),
    Kind::new("list items", |size| page(size, "<ul><li>x</ul><dl><dt>y<dd>z</dl>")),
    Kind::new("nested tables", |size| page(size, "<table><tr><td>")),
    Kind::new("foster parents", |size| page(size, "<table>x<tr>y<td>z</table>")),
    Kind::new("foster parents, one table", |size| page_of(size, "<table>", |_| "x<tr>".to_owned())),
    Kind::new("foster parents, formatting", |size| page_of(size, "<table>", |_| "<b>x<tr>".to_owned())),
    Kind::new("table cells", |size| page_of(size, "<table>", |_| "<tr><td>x<td>y".to_owned())),
    Kind::new("selects", |size| page(size, "<select><option>x")),
    Kind::new("select in table", |size| page_of(size, "<table><tr><td>", |_| "<select><tr><td>".to_owned())),
    Kind::new("forms", |size| page(size, "<form><p>x</form>")),
    Kind::new("buttons", |size| page(size, "<button><p>x")),
    Kind::new("objects", |size| page(size, "<object><p><b>x")),
    Kind::new("templates", |size| page(size, "<template><div>x")),
    Kind::new("svg", |size| page(size, "<svg><g>")),
    Kind::new("math", |size| page(size, "<math><mi>x<mglyph>")),
    Kind::new("framesets", |size| page(size, "<frameset><frame>")),
    Kind::new("ruby", |size| page(size, "<ruby><rb>x<rt>y<rtc>")),
    Kind::new("html and body again", |size| {
        page_of(size, "", |number| format!("<html class=c{number}><body id=i{number}>"))
    }),
    Kind::new("hidden", |size| {
        page(size, "<div style='display:none' hidden aria-hidden=true><p>x</p></div>")
    }),
    Kind::new("classes of bait", |size| {
        page(size, "<div class='comment byline article-body-content share sidebar'>One, two.</div>")
    }),
    Kind::new("attributes, one tag", |size| {
        numbered(
            size,
            &format!("{OPENING}<p "),
            |number| format!("a{number}=b "),
            &format!(">{STORY}{CLOSING}"),
        )
        .into_bytes()
    }),
    Kind::new("attributes, the same", |size| within("<p ", size, "class=lead ", &format!(">{STORY}"))),
    Kind::new("attributes, no value", |size| within("<p ", size, "a ", &format!(">{STORY}"))),
    Kind::new("attribute, huge", |size| within("<p class='", size, "lead date ", &format!("'>{STORY}"))),
    Kind::new("attributes, huge, and dates", |size| {
        let names = "article-body ".repeat(size / (13 * 60));
        let open = levels(58, |_| format!("<div class='{names}'>"));
        page_of(size, &open, |_| "<i>1.1.20</i>".to_owned())
    }),
    Kind::new("attribute without end", |size| page(size, "<a href=\"")),
    Kind::new("tag without end", |size| page(size, "<a ")),
    Kind::new("long tag name", |size| within("<", size, "ferry", &format!(">{STORY}"))),
    Kind::new("long custom names", |size| {
        let name = "x-ferry".repeat(40);
        page(size, &format!("<{name}>x</{name}>"))
    }),
    Kind::new("lone brackets", |size| page(size, "<")),
    Kind::new("lone ends", |size| page(size, "</")),
    Kind::new("declarations", |size| page(size, "<!a")),
    Kind::new("declarations, closed", |size| page(size, "<!a>x")),
    Kind::new("instructions", |size| page(size, "<?php x>")),
    Kind::new("comments", |size| page(size, "<!-- x -->")),
    Kind::new("comment without end", |size| page(size, "<!-- x --")),
    Kind::new("comment of brackets", |size| page(size, "<!-->")),
    Kind::new("comment of ends", |size| page_of(size, "<!--", |_| "->>".to_owned())),
    Kind::new("cdata", |size| page(size, "<![CDATA[ x ]]>")),
    Kind::new("cdata without end", |size| page(size, "<![CDATA[ x ")),
    Kind::new("scripts", |size| page(size, "<script>x</script>")),
    Kind::new("script without end", |size| page(size, "<script>x<!--")),
    Kind::new("script of ends", |size| page_of(size, "<script>", |_| "</scrip>".to_owned())),
    Kind::new("titles without end", |size| page(size, "<title>x")),
    Kind::new("raw elements in turn", |size| page(size, "<title>x<textarea>y<iframe>z<xmp>")),
    Kind::new("plaintext", |size| page(size, "<plaintext>x</plaintext>")),
    Kind::new("references", |size| page(size, "&amp;")),
    Kind::new("references, bare", |size| page(size, "&")),
    Kind::new("references, numbers", |size| page(size, "&#x1F600;&#0;&#xD800;&#99999999999;")),
    Kind::new("references, spaces", |size| page(size, "x&nbsp;")),
    Kind::new("references, long", |size| within("&#", size, "0", "65;")),
    Kind::new("references, no name", |size| within("&", size, "ferry", ";")),
    Kind::new("references parted by line breaks", |size| {
        page(size, &format!("{}<br>", "&amp;".repeat(5_000)))
    }),
    Kind::new("references parted by stray ends", |size| page(size, "&amp;&amp;&amp;</x>")),
    Kind::new("references in a table", |size| page_of(size, "<table>", |_| "&amp;&amp;<tr>".to_owned())),
    Kind::new("text parted by stray ends", |size| page(size, "Ferry, tide </x>")),
    Kind::new("nul in a page", |size| page(size, &format!("{STORY}\0"))),
    Kind::new("nested by hostile text", |size| {
        page_of(size, "", |number| format!("<div id=d{number}><p>{STORY}</p><ul><li>x</ul>"))
    }),
    Kind::new("deep and wide", |size| {
        let wide = "<p>One, two, three, four.</p>".repeat(40);
        page_of(size, "", move |number| if number < 120 { format!("<div>{wide}") } else { wide.clone() })
    }),
    Kind::new("spans in a paragraph", |size| page_of(size, "<p>", |_| "<span>One,</span> two ".to_owned())),
    Kind::new("soup, seed 1", |size| soup(size, 1)),
    Kind::new("soup, seed 2", |size| soup(size, 2)),
    Kind::new("soup, seed 3", |size| soup(size, 3)),
];
