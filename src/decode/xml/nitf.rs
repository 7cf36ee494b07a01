//! NITF, the IPTC's XML for the text of a story: by its DTD (3.0 to 3.6, in no namespace) or its schema.
//!
//! Source: iptc.org/std/NITF, the elements and their meaning.

use super::markup::{Fate, inside};
use super::tree::Element;
use super::{Reader, dated, lines};
use crate::decode::authors::distinct;
use crate::decode::story::{Story, address, publishable};
use crate::decode::{DecodeError, Stated};

/// Reads a document.
pub(super) fn read(root: &Element, reader: &mut Reader<'_>) -> Result<Story, DecodeError> {
    let docdata = root.at(&["head", "docdata"]);
    publishable(docdata.and_then(|docdata| docdata.attribute("management-status")))?;
    let head = root.at(&["body", "body.head"]);
    let hedline = head.and_then(|head| head.child("hedline"));
    let title = || root.at(&["head", "title"]).and_then(Element::line);
    let headline = hedline.and_then(|hedline| hedline.child("hl1")).and_then(Element::line).or_else(title);
    let body = match root.at(&["body", "body.content"]) {
        Some(content) => content_text(content, reader)?,
        None => String::new(),
    };
    let summary = head.and_then(|head| head.child("abstract")).and_then(Element::line);
    Ok(Story { headline, body, summary, stated: stated(root, docdata, head), ..Story::default() })
}

/// The text of a document, or of a piece of one.
pub(super) fn text(root: &Element, reader: &mut Reader<'_>) -> Result<String, DecodeError> {
    let inner = root.elements().find(|inner| inner.name() == "nitf");
    let content = inner.unwrap_or(root).at(&["body", "body.content"]);
    content_text(content.unwrap_or(root), reader)
}

fn content_text(content: &Element, reader: &mut Reader<'_>) -> Result<String, DecodeError> {
    reader.agency_text(&inside(content, fate))
}

/// What each element of a body becomes.
fn fate(element: &Element) -> Fate {
    match element.name() {
        // Pictures with their captions, notes to editors, what belongs to the head of a block.
        "media"
        | "media-reference"
        | "media-metadata"
        | "media-caption"
        | "media-producer"
        | "media-object"
        | "note"
        | "fn"
        | "ed-msg"
        | "copyrite"
        | "datasource"
        | "distributor"
        | "abstract"
        | "custom-table"
        | "nitf-table-metadata"
        | "tagline"
        | "body.end"
        | "body.head"
        | "head" => Fate::Dropped,
        "p" | "table" | "tr" | "td" | "th" | "ol" | "ul" | "li" | "dl" | "dt" | "dd" | "pre" | "br"
        | "hr" | "caption" | "thead" | "tbody" | "tfoot" => Fate::Kept,
        "hl1" | "hl2" => Fate::Named("h3"),
        "bq" => Fate::Named("blockquote"),
        "a" => Fate::Named("span"),
        "block" | "body.content" | "body" | "hedline" | "credit" | "byline" | "dateline" | "nitf-table"
        | "nitf" => Fate::Named("div"),
        // Names, numbers, emphasis: words of the sentence.
        _ => Fate::Opened,
    }
}

fn stated(root: &Element, docdata: Option<&Element>, head: Option<&Element>) -> Stated {
    let pubdata = root.at(&["head", "pubdata"]);
    let norm = |element: Option<&Element>| element.and_then(|date| date.attribute("norm")).map(str::to_owned);
    let of_docdata =
        |name: &'static str| Some(dated(name, &norm(docdata.and_then(|docdata| docdata.child(name)))?));
    let of_pubdata = |name: &str| pubdata.and_then(|data| data.attribute(name));
    let dateline = head.and_then(|head| head.child("dateline"));
    let dates = [
        of_docdata("date.issue"),
        of_pubdata("date.publication").map(|date| dated("date.publication", date)),
        of_docdata("date.release"),
        norm(dateline.and_then(|dateline| dateline.child("story.date")))
            .map(|date| dated("story.date", &date)),
    ];
    // Each step of the making of a story may be told; the norm of its date sorts as its date does.
    let steps = root.child("head").into_iter().flat_map(|head| head.all("revision-history"));
    let last = steps.filter_map(|step| step.attribute("norm")).max();
    let holder = docdata
        .and_then(|docdata| docdata.child("doc.copyright"))
        .and_then(|copyright| copyright.attribute("holder"));
    let site = of_pubdata("name")
        .map(str::to_owned)
        .or_else(|| head.and_then(|head| head.child("distributor")).and_then(Element::line))
        .or_else(|| holder.map(str::to_owned));
    let id = docdata.and_then(|docdata| docdata.child("doc-id")).and_then(|id| id.attribute("id-string"));
    let language = ["baselang", "xml:lang", "lang"].iter().find_map(|key| root.attribute(key));
    Stated {
        url: of_pubdata("ex-ref").and_then(address).or_else(|| id.and_then(address)),
        site,
        authors: head.map(authors).unwrap_or_default(),
        language: language.map(str::to_owned).or_else(|| root.child("body").and_then(Element::language)),
        dateline: dateline.and_then(Element::line),
        section: of_pubdata("position.section").map(str::to_owned),
        image: root.at(&["body", "body.content"]).and_then(picture),
        dates: dates.into_iter().flatten().collect(),
        modified: last.map(|date| dated("revision-history", date)).into_iter().collect(),
        ..Stated::default()
    }
}

/// The address of the first picture in a body.
// The depth of the tree is limited, and so is this recursion.
fn picture(element: &Element) -> Option<String> {
    element.elements().find_map(|inner| match inner.name() {
        "media" if inner.attribute("media-type") == Some("image") => {
            inner.all("media-reference").find_map(|reference| reference.attribute("source").and_then(address))
        }
        "media" => None,
        _ => picture(inner),
    })
}

/// The people that the bylines mark as such; of a byline that marks none, its line without titles.
fn authors(head: &Element) -> Vec<String> {
    let mut found = Vec::new();
    for byline in head.all("byline") {
        let people = lines(byline.all("person"));
        if people.is_empty() {
            found.extend(
                inside(byline, |element| match element.name() {
                    "byttl" => Fate::Dropped,
                    _ => Fate::Opened,
                })
                .lines()
                .map(|line| html_escape::decode_html_entities(line.trim()).into_owned()),
            );
        } else {
            found.extend(people);
        }
    }
    distinct(found)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{story, told};
    use crate::article::Format;

    const NITF: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE nitf SYSTEM "nitf-3-4.dtd">
        <nitf baselang="en-GB">
          <head><title>ferry-aground</title>
            <docdata management-status="usable"><doc-id id-string="hw-1"/>
              <date.issue norm="20240305T081500Z"/><date.release norm="20240305T090000Z"/>
              <doc.copyright holder="Harbour Wire" year="2024"/></docdata>
            <pubdata type="print" name="Harbour Post" date.publication="20240306"
              position.section="Harbour" ex-ref="https://post.example/1"/>
            <revision-history name="AL" norm="20240305T110000Z"/><revision-history name="JB" norm="20240305T080000Z"/></head>
          <body>
            <body.head><hedline><hl1>Ferry runs <em>aground</em></hl1><hl2>Nobody hurt</hl2></hedline>
              <note><body.content><p>Eds: updates.</p></body.content></note>
              <byline>By <person>Jo Brandt</person><byttl>Maritime writer</byttl></byline>
              <dateline><location>BERGEN</location>, <story.date norm="20240305">March 5</story.date></dateline>
              <abstract><p>In short.</p></abstract></body.head>
            <body.content><block>
              <p>The <org>Blue Line</org> ferry sailed at <chron>noon</chron>.</p>
              <media media-type="image"><media-reference source="a.jpg"/><media-reference source="https://post.example/a.jpg"/><media-caption>The ferry.</media-caption></media>
              <hl2>What is known</hl2>
              <ul><li>No oil leaked.</li><li>Two tugs came.</li></ul>
              <table><tr><td>Length</td><td>90 m</td></tr></table>
              <bq><block><p>"We saw it all."</p></block></bq></block>
              <p>Fish &amp; chips.</p></body.content>
            <body.end><tagline>Ends</tagline></body.end>
          </body>
        </nitf>"#;

    #[test]
    fn a_document_fills_every_field() {
        let (format, story) = story(NITF).unwrap();
        assert_eq!(format, Format::Nitf);
        assert_eq!(story.headline.as_deref(), Some("Ferry runs aground"));
        assert_eq!(
            story.body,
            "The Blue Line ferry sailed at noon.\nWhat is known\nNo oil leaked.\nTwo tugs came.\nLength 90 m\n\
             \"We saw it all.\"\nFish & chips."
        );
        let stated = &story.stated;
        assert_eq!(stated.authors, ["Jo Brandt"]);
        assert_eq!(stated.dateline.as_deref(), Some("BERGEN, March 5"));
        assert_eq!(
            (stated.site.as_deref(), stated.language.as_deref()),
            (Some("Harbour Post"), Some("en-GB"))
        );
        assert_eq!(stated.url.as_deref(), Some("https://post.example/1"));
        assert_eq!(
            told(&stated.dates),
            [
                ("date.issue", "20240305T081500Z"),
                ("date.publication", "20240306"),
                ("date.release", "20240305T090000Z"),
                ("story.date", "20240305"),
            ]
        );
        assert_eq!(told(&stated.modified), [("revision-history", "20240305T110000Z")]);
        assert_eq!(
            (stated.section.as_deref(), stated.image.as_deref()),
            (Some("Harbour"), Some("https://post.example/a.jpg"))
        );
    }

    #[test]
    fn the_schema_s_namespace_and_a_bare_byline_will_do() {
        let (_, story) = story(
            "<nitf xmlns='http://iptc.org/std/NITF/2006-10-18/'><head><title>Ferry</title></head><body>\
             <body.head><byline>By Jo Brandt &amp; Ana Lund<byttl>AP</byttl></byline><abstract>Short.</abstract>\
             </body.head></body></nitf>",
        )
        .unwrap();
        assert_eq!(story.headline.as_deref(), Some("Ferry"));
        assert_eq!(story.stated.authors, ["By Jo Brandt & Ana Lund"]);
        assert_eq!((story.body.as_str(), story.summary.as_deref()), ("", Some("Short.")));
    }

    #[test]
    fn what_was_killed_is_refused() {
        let killed = NITF.replace("\"usable\"", "\"canceled\"");
        assert_eq!(
            story(&killed).unwrap_err().to_string(),
            "expected an article that may be used, found one whose status is canceled"
        );
    }
}
