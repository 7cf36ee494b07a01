//! NewsML-G2: one news item, or a message or package that holds one which is text.
//!
//! A message may hold pictures beside the text, and packages that only point at items; they are passed
//! over. Two texts are two articles, and one record is one article: such a message is refused.
//!
//! Source: the NewsML-G2 specification and guidelines at iptc.org/std/NewsML-G2.

use super::markup::{Fate, inside};
use super::names::Vocabulary;
use super::tree::Element;
use super::{Reader, dated, lines, nitf};
use crate::decode::authors::distinct;
use crate::decode::story::{Story, address, publishable};
use crate::decode::{DecodeError, Stated, sniff};

/// How many items an error names.
const ITEMS_NAMED: usize = 6;

/// Reads an item, a message or a package.
pub(super) fn read(root: &Element, reader: &mut Reader<'_>) -> Result<Story, DecodeError> {
    let mut items = Vec::new();
    collect(root, &mut items);
    let texts: Vec<&Element> = items.iter().copied().filter(|item| is_text(item)).collect();
    match texts.as_slice() {
        [item] => of_item(item, reader),
        [] => {
            let kinds =
                items.iter().take(ITEMS_NAMED).map(|item| format!("`{}`", kind(item).unwrap_or("none")));
            let kinds = kinds.collect::<Vec<_>>().join(", ");
            let found = if items.is_empty() {
                format!("a `{}` without news items", root.name())
            } else {
                format!("{} of the class {kinds}", items.len())
            };
            Err(DecodeError::UnsupportedShape { expected: "one news item that is text", found })
        }
        several => {
            let names = several.iter().take(ITEMS_NAMED).filter_map(|item| item.attribute("guid"));
            let names = names.collect::<Vec<_>>().join(", ");
            Err(DecodeError::UnsupportedShape {
                expected: "one text a record",
                found: format!("{} news items that are text: {names}", several.len()),
            })
        }
    }
}

/// The news items at or below an element, in order.
// The depth of the tree is limited, and so is this recursion.
fn collect<'e>(element: &'e Element, items: &mut Vec<&'e Element>) {
    if element.is(Vocabulary::NewsMl, "newsItem") {
        items.push(element);
        return;
    }
    element.elements().for_each(|inner| collect(inner, items));
}

/// `text` of `ninat:text`.
fn kind(item: &Element) -> Option<&str> {
    let class = item.at(&["itemMeta", "itemClass"])?;
    code(class)
}

/// The last part of a code, by whichever attribute it is given.
fn code(concept: &Element) -> Option<&str> {
    let written = ["qcode", "uri", "literal"].iter().find_map(|key| concept.attribute(key))?;
    written.rsplit([':', '/']).next()
}

/// An item whose class is text, or which says no class and holds a text.
fn is_text(item: &Element) -> bool {
    match kind(item) {
        Some(kind) => kind == "text",
        None => {
            let content = item.child("contentSet");
            content.is_some_and(|set| set.child("inlineXML").or_else(|| set.child("inlineData")).is_some())
        }
    }
}

fn of_item(item: &Element, reader: &mut Reader<'_>) -> Result<Story, DecodeError> {
    let item_meta = item.child("itemMeta");
    let content_meta = item.child("contentMeta");
    publishable(item_meta.and_then(|meta| meta.child("pubStatus")).and_then(code))?;
    let mut story = content(item, reader)?;
    let of_content = |name: &str| content_meta.and_then(|meta| meta.child(name));
    let headline = main_headline(content_meta).or_else(|| story.headline.take());
    story.headline =
        headline.or_else(|| item_meta.and_then(|meta| meta.child("title")).and_then(Element::line));
    story.summary = story.summary.or_else(|| of_content("description").and_then(Element::line));
    let mut stated = stated(item, item_meta, content_meta);
    stated.fill_from(story.stated);
    story.stated = stated;
    Ok(story)
}

/// The headline without a role, or of the main one.
fn main_headline(content_meta: Option<&Element>) -> Option<String> {
    let headlines = || content_meta.into_iter().flat_map(|meta| meta.all("headline"));
    let is_main = |headline: &&Element| {
        headline.attribute("role").is_none_or(|role| role.rsplit([':', '/']).next() == Some("main"))
    };
    headlines().filter(is_main).find_map(Element::line).or_else(|| headlines().find_map(Element::line))
}

fn stated(item: &Element, item_meta: Option<&Element>, content_meta: Option<&Element>) -> Stated {
    let of_item = |name: &str| item_meta.and_then(|meta| meta.child(name));
    let of_content = |name: &str| content_meta.and_then(|meta| meta.child(name));
    let mut authors = lines(content_meta.into_iter().flat_map(|meta| meta.all("by")));
    if authors.is_empty() {
        let creators = content_meta.into_iter().flat_map(|meta| meta.all("creator"));
        authors = distinct(creators.filter_map(name_of));
    }
    let holder = || item.at(&["rightsInfo", "copyrightHolder"]).and_then(name_of);
    let site = of_item("provider")
        .and_then(name_of)
        .or_else(|| of_content("infoSource").and_then(name_of))
        .or_else(holder);
    let language = of_content("language").and_then(|language| language.attribute("tag")).map(str::to_owned);
    let date = |place: &'static str, element: Option<&Element>| Some(dated(place, &element?.line()?));
    let version = date("versionCreated", of_item("versionCreated"));
    // An item must say when its version was made, and need not say when the first was.
    let first = date("firstCreated", of_item("firstCreated")).or_else(|| version.clone());
    let content = date("contentCreated", of_content("contentCreated"));
    let changed = date("contentModified", of_content("contentModified"));
    Stated {
        url: item.attribute("guid").and_then(address),
        site,
        authors,
        language: language.or_else(|| item.language()),
        dateline: of_content("dateline")
            .and_then(Element::line)
            .or_else(|| of_content("located").and_then(name_of)),
        dates: first.into_iter().chain(content).collect(),
        modified: changed.into_iter().chain(version).collect(),
        ..Stated::default()
    }
}

/// The name of a party or a place: its `name`, else what stands for it, without the alias of its scheme.
fn name_of(concept: &Element) -> Option<String> {
    let named = concept.child("name").and_then(Element::line);
    named.or_else(|| {
        let written = ["literal", "qcode"].iter().find_map(|key| concept.attribute(key))?;
        Some(written.split_once(':').map_or(written, |(_, code)| code).to_owned())
    })
}

/// The text of an item: of several renditions the first that holds any.
fn content(item: &Element, reader: &mut Reader<'_>) -> Result<Story, DecodeError> {
    let mut found = Story::default();
    let renditions = item.child("contentSet").into_iter().flat_map(Element::elements);
    for rendition in renditions {
        let story = match rendition.name() {
            "inlineXML" => of_xml(rendition, reader)?,
            // Data in base64 is no text.
            "inlineData" if rendition.attribute("encoding").is_none() => of_data(rendition, reader)?,
            _ => continue,
        };
        if !story.body.trim().is_empty() {
            return Ok(story);
        }
        if found == Story::default() {
            found = story;
        }
    }
    Ok(found)
}

fn of_xml(rendition: &Element, reader: &mut Reader<'_>) -> Result<Story, DecodeError> {
    if let Some(inner) = rendition.elements().find(|inner| inner.name() == "nitf") {
        return nitf::read(inner, reader);
    }
    let page = rendition.elements().find(|inner| inner.name() == "html");
    let title = page.and_then(|page| page.at(&["head", "title"])).and_then(Element::line);
    let language = page.and_then(Element::language);
    let body = reader.agency_text(&inside(rendition, |element| match element.name() {
        "head" | "figure" | "script" | "style" => Fate::Dropped,
        "html" => Fate::Opened,
        _ => Fate::Kept,
    }))?;
    let stated = Stated { language, ..Stated::default() };
    Ok(Story { headline: title, body, stated, ..Story::default() })
}

fn of_data(rendition: &Element, reader: &mut Reader<'_>) -> Result<Story, DecodeError> {
    let text = rendition.text();
    let kind = rendition.attribute("contenttype").unwrap_or_default();
    let is_markup = kind.contains("html") || kind.is_empty() && sniff::is_markup(text.as_bytes());
    let body = if is_markup { reader.agency_text(&text)? } else { text.trim().to_owned() };
    Ok(Story { body, ..Story::default() })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{story, told};
    use crate::article::Format;

    fn item(class: &str, guid: &str, status: &str, content: &str) -> String {
        format!(
            r#"<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="{guid}" version="2" standard="NewsML-G2" xml:lang="en">
              <rightsInfo><copyrightHolder literal="Harbour Wire Ltd"/></rightsInfo>
              <itemMeta><itemClass qcode="ninat:{class}"/>
                <provider qcode="nprov:HWIRE"><name>Harbour Wire</name></provider>
                <versionCreated>2024-03-06T07:00:00Z</versionCreated><firstCreated>2024-03-05T08:15:00Z</firstCreated>
                <pubStatus qcode="stat:{status}"/><title>ferry</title></itemMeta>
              <contentMeta><contentCreated>2024-03-05T08:00:00Z</contentCreated>
                <contentModified>2024-03-06T06:58:00Z</contentModified>
                <located qcode="geo:1"><name>Bergen</name></located><by>Jo Brandt</by><language tag="en-GB"/>
                <headline role="hltype:short">Ferry</headline><headline>Ferry runs aground</headline></contentMeta>
              <contentSet>{content}</contentSet></newsItem>"#
        )
    }

    const XHTML: &str = r#"<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml">
        <head><title>Ferry</title></head><body><p>It sailed at noon.</p><p>Nobody was <b>hurt</b>.</p></body></html></inlineXML>"#;

    #[test]
    fn an_item_with_xhtml_fills_every_field() {
        let (format, story) = story(&item("text", "urn:newsml:hw:1", "usable", XHTML)).unwrap();
        assert_eq!(format, Format::NewsMlG2);
        assert_eq!(story.headline.as_deref(), Some("Ferry runs aground"));
        assert_eq!(story.body, "It sailed at noon.\nNobody was hurt.");
        let stated = &story.stated;
        assert_eq!(stated.authors, ["Jo Brandt"]);
        assert_eq!(
            (stated.site.as_deref(), stated.language.as_deref()),
            (Some("Harbour Wire"), Some("en-GB"))
        );
        assert_eq!((stated.dateline.as_deref(), stated.url.as_deref()), (Some("Bergen"), None));
        assert_eq!(
            told(&stated.dates),
            [("firstCreated", "2024-03-05T08:15:00Z"), ("contentCreated", "2024-03-05T08:00:00Z")]
        );
        assert_eq!(
            told(&stated.modified),
            [("contentModified", "2024-03-06T06:58:00Z"), ("versionCreated", "2024-03-06T07:00:00Z")]
        );
    }

    #[test]
    fn an_only_version_has_its_date() {
        let first = "<firstCreated>2024-03-05T08:15:00Z</firstCreated>";
        let (_, story) = story(&item("text", "u", "usable", XHTML).replace(first, "")).unwrap();
        assert_eq!(told(&story.stated.dates)[0], ("versionCreated", "2024-03-06T07:00:00Z"));
    }

    #[test]
    fn nitf_text_and_escaped_markup_are_read() {
        let nitf = "<inlineXML><nitf xmlns='http://iptc.org/std/NITF/2006-10-18/'><body><body.head>\
                    <dateline>OSLO (AP)</dateline></body.head><body.content><p>One.</p><p>Two.</p></body.content></body></nitf></inlineXML>";
        let renditions = [
            nitf,
            // Without a namespace of its own the page inherits that of the item.
            "<inlineXML><html><body><p>One.</p><p>Two.</p></body></html></inlineXML>",
            "<inlineXML><p>One.</p><p>Two.</p></inlineXML>",
            "<inlineData contenttype='text/plain'>One.\nTwo.\n</inlineData>",
            "<inlineData contenttype='text/html'>&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</inlineData>",
            "<remoteContent href='a.jpg'/><inlineXML/><inlineXML><p>One.</p><p>Two.</p></inlineXML>",
        ];
        for content in renditions {
            let (_, story) = story(&item("text", "u", "usable", content)).unwrap();
            assert_eq!(story.body, "One.\nTwo.", "{content}");
        }
        let bytes = "<inlineData encoding='base64'>T25lLg==</inlineData>";
        assert_eq!(story(&item("text", "u", "usable", bytes)).unwrap().1.body, "");
    }

    #[test]
    fn a_message_may_hold_one_text_among_other_items() {
        let message = |items: &str| {
            format!(
                "<newsMessage xmlns='http://iptc.org/std/nar/2006-10-01/'><header/><itemSet>\
                 <packageItem><groupSet><itemRef residref='p1'/></groupSet></packageItem>{items}</itemSet></newsMessage>"
            )
        };
        let picture = item("picture", "p1", "usable", "<remoteContent href='a.jpg'/>");
        let text = item("text", "t1", "usable", XHTML);
        let other = item("text", "t2", "usable", XHTML);
        let (_, found) = story(&message(&format!("{picture}{text}"))).unwrap();
        assert_eq!(found.headline.as_deref(), Some("Ferry runs aground"));
        assert_eq!(
            story(&message(&format!("{text}{picture}{other}"))).unwrap_err().to_string(),
            "expected one text a record, found 2 news items that are text: t1, t2"
        );
        assert_eq!(
            story(&message(&picture)).unwrap_err().to_string(),
            "expected one news item that is text, found 1 of the class `picture`"
        );
        assert_eq!(
            story(&message("")).unwrap_err().to_string(),
            "expected one news item that is text, found a `newsMessage` without news items"
        );
    }

    #[test]
    fn what_was_taken_back_is_refused() {
        for status in ["canceled", "withheld"] {
            let error = story(&item("text", "u", status, XHTML)).unwrap_err();
            assert_eq!(error.code(), "unsupported_shape");
        }
    }
}
