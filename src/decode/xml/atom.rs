//! Atom: a feed of one entry, or that entry alone. Source: RFC 4287.

use super::markup::{Fate, inside};
use super::names::Vocabulary;
use super::tree::Element;
use super::{Reader, dated, only, picture};
use crate::article::Flag;
use crate::decode::authors::distinct;
use crate::decode::story::{Story, address};
use crate::decode::{DecodeError, Stated, html};

/// Reads a feed or an entry.
pub(super) fn read(root: &Element, reader: &mut Reader<'_>) -> Result<Story, DecodeError> {
    if root.name() == "entry" {
        return of_entry(root, None, reader);
    }
    of_entry(only(root.all("entry"), "one entry a record")?, Some(root), reader)
}

fn of_entry(entry: &Element, feed: Option<&Element>, reader: &mut Reader<'_>) -> Result<Story, DecodeError> {
    let (body, flags) = match entry.child("content") {
        Some(content) => text(content, reader)?,
        None => Default::default(),
    };
    let summary = match entry.child("summary") {
        Some(summary) => Some(text(summary, reader)?.0),
        None => None,
    };
    Ok(Story { headline: title(entry), body, summary, stated: stated(entry, feed), flags })
}

/// What a construct is: `text` (the default), `html`, `xhtml`, or a media type.
fn kind(construct: &Element) -> &str {
    construct.attribute("type").unwrap_or("text")
}

/// The text of a content or a summary. Content that lies elsewhere (`src`) or is no text gives none.
fn text(construct: &Element, reader: &mut Reader<'_>) -> Result<(String, Vec<Flag>), DecodeError> {
    match kind(construct).to_ascii_lowercase().as_str() {
        _ if construct.attribute("src").is_some() => Ok(Default::default()),
        "html" | "text/html" => reader.story(&construct.text()),
        "xhtml" | "application/xhtml+xml" => reader.story(&inside(construct, |_| Fate::Kept)),
        "text" | "text/plain" => Ok((construct.text().trim().to_owned(), Vec::new())),
        _ => Ok(Default::default()),
    }
}

fn title(of: &Element) -> Option<String> {
    let title = of.child("title")?;
    let text = match kind(title) {
        "html" | "text/html" => html::fragment_text(&title.text()),
        _ => title.text(),
    };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

fn stated(entry: &Element, feed: Option<&Element>) -> Stated {
    let link = entry
        .all("link")
        .find(|link| link.attribute("rel").is_none_or(|rel| rel == "alternate"))
        .and_then(|link| link.attribute("href"))
        .map(str::to_owned);
    let id = || entry.child("id").and_then(Element::line).as_deref().and_then(address);
    // An entry that was taken over says from where, and its authors are those of that feed.
    let origin = entry.child("source").or(feed);
    let mut authors = authors(entry);
    if authors.is_empty() {
        authors = origin.map(self::authors).unwrap_or_default();
    }
    let own = |name: &'static str| entry.child(name)?.line().map(|date| dated(name, &date));
    let of_module = |place: &'static str, name: &'static str| {
        let date = entry.all_in(Vocabulary::DublinCore, name).find_map(Element::line)?;
        Some(dated(place, &date))
    };
    let updated = own("updated");
    // An entry must say when it was updated; many say nothing else.
    let published = [
        own("published"),
        of_module("dcterms:issued", "issued"),
        of_module("dcterms:created", "created"),
        of_module("dc:date", "date"),
    ];
    let mut dates: Vec<_> = published.into_iter().flatten().collect();
    if dates.is_empty() {
        dates.extend(updated.clone());
    }
    let category = entry.child("category");
    let attached = entry.all("link").filter(|link| link.attribute("rel") == Some("enclosure"));
    Stated {
        url: link.or_else(id),
        site: origin.and_then(title),
        authors,
        language: entry
            .language()
            .or_else(|| entry.child("content").and_then(Element::language))
            .or_else(|| feed.and_then(Element::language)),
        section: category
            .and_then(|category| category.attribute("label").or_else(|| category.attribute("term")))
            .map(str::to_owned),
        image: picture(entry, attached.map(|link| (link, "href"))),
        dates,
        modified: updated.into_iter().chain(of_module("dcterms:modified", "modified")).collect(),
        ..Stated::default()
    }
}

fn authors(of: &Element) -> Vec<String> {
    let named = of.all("author").filter_map(|author| author.child("name")?.line());
    let by_module = of.all_in(Vocabulary::DublinCore, "creator").filter_map(Element::line);
    distinct(named.chain(by_module))
}

#[cfg(test)]
mod tests {
    use super::super::tests::story;
    use super::*;
    use crate::article::Format;

    fn feed(entries: &str) -> String {
        format!(
            "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='en'><title>Harbour Post</title>\
             <author><name>The desk</name></author>{entries}</feed>"
        )
    }

    const ENTRY: &str = "<entry><title type='html'>Ferry &amp;amp; &lt;b>tide&lt;/b></title>\
        <id>urn:uuid:17</id><link rel='self' href='https://post.example/17.xml'/>\
        <link href='https://post.example/ferry'/><category term='harbour' label='Harbour'/>\
        <link rel='enclosure' type='audio/mpeg' href='https://post.example/17.mp3'/>\
        <link rel='enclosure' type='image/jpeg' href='https://post.example/17.jpg'/><author><name>Jo Brandt</name><uri>u</uri></author>\
        <published>2024-03-05T08:15:00Z</published><updated>2024-03-06T07:00:00Z</updated>\
        <summary>In short.</summary>\
        <content type='html'>&lt;p&gt;It sailed at noon.&lt;/p&gt;&lt;p&gt;Nobody was hurt.&lt;/p&gt;</content></entry>";

    #[test]
    fn an_entry_in_its_feed_fills_every_field() {
        let (format, story) = story(&feed(ENTRY)).unwrap();
        assert_eq!(format, Format::Atom);
        assert_eq!(story.headline.as_deref(), Some("Ferry & tide"));
        assert_eq!(story.body, "It sailed at noon.\nNobody was hurt.");
        assert_eq!(story.summary.as_deref(), Some("In short."));
        assert_eq!(
            story.stated,
            Stated {
                url: Some("https://post.example/ferry".to_owned()),
                site: Some("Harbour Post".to_owned()),
                authors: vec!["Jo Brandt".to_owned()],
                language: Some("en".to_owned()),
                section: Some("Harbour".to_owned()),
                image: Some("https://post.example/17.jpg".to_owned()),
                dates: vec![dated("published", "2024-03-05T08:15:00Z")],
                modified: vec![dated("updated", "2024-03-06T07:00:00Z")],
                ..Stated::default()
            }
        );
    }

    #[test]
    fn content_comes_as_text_html_and_xhtml() {
        let cases = [
            ("<content>One &lt; two.\nThree.</content>", "One < two.\nThree."),
            ("<content type='text/html'>&lt;p>One.&lt;/p>&lt;p>Two.&lt;/p></content>", "One.\nTwo."),
            (
                "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>One.</p><p>Two.</p></div></content>",
                "One.\nTwo.",
            ),
            ("<content type='image/png' src='https://post.example/a.png'/>", ""),
            ("<content type='application/pdf'>JVBERi0=</content>", ""),
        ];
        for (content, body) in cases {
            assert_eq!(story(&format!("<entry>{content}</entry>")).unwrap().1.body, body, "{content}");
        }
    }

    #[test]
    fn what_an_entry_leaves_open_its_source_or_its_feed_says() {
        let entry = "<entry><id>https://post.example/1</id><updated>2024-03-06T07:00:00Z</updated></entry>";
        let (_, of_feed) = story(&feed(entry)).unwrap();
        assert_eq!(of_feed.stated.authors, ["The desk"]);
        assert_eq!(of_feed.stated.url.as_deref(), Some("https://post.example/1"));
        assert_eq!(of_feed.stated.dates, [dated("updated", "2024-03-06T07:00:00Z")]);
        assert_eq!(of_feed.stated.modified, of_feed.stated.dates);
        let entry =
            "<entry><source><title>Other Post</title><author><name>Ana</name></author></source></entry>";
        let (_, taken_over) = story(&feed(entry)).unwrap();
        assert_eq!(
            (taken_over.stated.site.as_deref(), taken_over.stated.authors),
            (Some("Other Post"), vec!["Ana".to_owned()])
        );
        let error = story(&feed(&ENTRY.repeat(2))).unwrap_err();
        assert_eq!(error.to_string(), "expected one entry a record, found a feed of 2");
    }
}
