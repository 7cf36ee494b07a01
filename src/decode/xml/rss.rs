//! RSS 2.0 and its older relatives: a feed of one item, or that item alone.
//!
//! Source: the RSS 2.0 specification (rssboard.org) and the modules that feeds of the press use
//! (`content:encoded`, Dublin Core).

use super::names::Vocabulary;
use super::tree::Element;
use super::{Reader, dated, lines, only, picture};
use crate::decode::authors::distinct;
use crate::decode::story::{Story, address};
use crate::decode::{DecodeError, Stated, html};

/// Reads a feed or an item.
pub(super) fn read(root: &Element, reader: &mut Reader<'_>) -> Result<Story, DecodeError> {
    if root.name() == "item" {
        return of_item(root, None, reader);
    }
    let channel = root.elements().find(|element| element.is(Vocabulary::Plain, "channel"));
    // RSS 1.0 has its items beside the channel.
    let items = channel.into_iter().chain([root]).flat_map(|place| place.all_in(Vocabulary::Plain, "item"));
    of_item(only(items, "one item a record")?, channel, reader)
}

fn of_item(item: &Element, channel: Option<&Element>, reader: &mut Reader<'_>) -> Result<Story, DecodeError> {
    let text = |vocabulary, name: &'static str| {
        item.all_in(vocabulary, name).map(Element::text).find(|text| !text.trim().is_empty())
    };
    let (body, flags) = match text(Vocabulary::Content, "encoded") {
        Some(markup) => reader.story(&markup)?,
        None => Default::default(),
    };
    let summary = match text(Vocabulary::Plain, "description") {
        Some(markup) => Some(reader.story(&markup)?.0),
        None => None,
    };
    Ok(Story { headline: title(item), body, summary, stated: stated(item, channel), flags })
}

/// A title on one line; it is HTML that was escaped, or escaped twice.
fn title(of: &Element) -> Option<String> {
    let title = of.all_in(Vocabulary::Plain, "title").find_map(Element::line)?;
    let line = html::fragment_text(&title).split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

fn stated(item: &Element, channel: Option<&Element>) -> Stated {
    let line = |vocabulary, name: &'static str| item.all_in(vocabulary, name).find_map(Element::line);
    let guid = item
        .all_in(Vocabulary::Plain, "guid")
        .find(|guid| guid.attribute("isPermaLink") != Some("false"))
        .and_then(Element::line);
    let mut authors = lines(item.all_in(Vocabulary::DublinCore, "creator"));
    if authors.is_empty() {
        let written = lines(item.all_in(Vocabulary::Plain, "author"));
        authors = distinct(written.iter().filter_map(|author| name_of(author)));
    }
    let of_channel = |name: &'static str| {
        channel.and_then(|channel| channel.all_in(Vocabulary::Plain, name).find_map(Element::line))
    };
    let dated =
        |place: &'static str, vocabulary, name| line(vocabulary, name).map(|date| dated(place, &date));
    let dates = [
        dated("pubDate", Vocabulary::Plain, "pubDate"),
        dated("dc:date", Vocabulary::DublinCore, "date"),
        dated("dcterms:issued", Vocabulary::DublinCore, "issued"),
        dated("dcterms:created", Vocabulary::DublinCore, "created"),
    ];
    let modified = [
        dated("dcterms:modified", Vocabulary::DublinCore, "modified"),
        dated("atom:updated", Vocabulary::Atom, "updated"),
    ];
    let attached = item.all_in(Vocabulary::Plain, "enclosure").map(|enclosure| (enclosure, "url"));
    Stated {
        url: line(Vocabulary::Plain, "link").or_else(|| guid.as_deref().and_then(address)),
        // `source` is the channel that an item was taken over from.
        site: line(Vocabulary::Plain, "source")
            .or_else(|| line(Vocabulary::DublinCore, "publisher"))
            .or_else(|| channel.and_then(title)),
        authors,
        language: line(Vocabulary::DublinCore, "language")
            .or_else(|| item.language())
            .or_else(|| of_channel("language"))
            .or_else(|| {
                channel.and_then(|channel| {
                    channel.all_in(Vocabulary::DublinCore, "language").find_map(Element::line)
                })
            }),
        section: line(Vocabulary::Plain, "category"),
        image: picture(item, attached),
        dates: dates.into_iter().flatten().collect(),
        modified: modified.into_iter().flatten().collect(),
        ..Stated::default()
    }
}

/// The name in `desk@paper.example (Jo Brandt)`, or a name alone; an address alone names nobody.
fn name_of(author: &str) -> Option<String> {
    let bracketed = author.strip_suffix(')').and_then(|author| author.rsplit_once('(')).map(|(_, name)| name);
    let name = bracketed.unwrap_or(author).trim();
    (!name.is_empty() && !name.contains('@')).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::tests::story;
    use super::*;
    use crate::article::Format;

    fn feed(items: &str) -> String {
        format!(
            r#"<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
            xmlns:media="http://search.yahoo.com/mrss/"
            xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
            <title>Harbour Post &amp;amp; Mail</title><link>https://post.example/</link><language>en-gb</language>
            <atom:link href="https://post.example/feed" rel="self"/>{items}</channel></rss>"#
        )
    }

    const ITEM: &str = r#"<item><title>Ferry &amp;amp; tide</title><atom:link href="https://no.example/"/>
        <link>https://post.example/ferry</link><guid isPermaLink="false">17</guid>
        <dc:creator>Jo Brandt</dc:creator><dc:creator>Ana Lund</dc:creator>
        <pubDate>Tue, 05 Mar 2024 08:15:00 +0100</pubDate>
        <atom:updated>2024-03-06T07:00:00Z</atom:updated><category>Harbour</category><category>Tides</category>
        <enclosure url="https://post.example/17.mp3" type="audio/mpeg"/>
        <media:thumbnail url="https://post.example/17-small.jpg"/>
        <media:content url="https://post.example/17.jpg" medium="image"/>
        <description>In short.</description>
        <content:encoded><![CDATA[<p>It sailed at noon.</p><figure><img src="a"><figcaption>The ferry</figcaption></figure>
        <p>Nobody was hurt.</p>]]></content:encoded></item>"#;

    #[test]
    fn an_item_in_its_feed_fills_every_field() {
        let (format, story) = story(&feed(ITEM)).unwrap();
        assert_eq!(format, Format::Rss);
        assert_eq!(story.headline.as_deref(), Some("Ferry & tide"));
        assert_eq!(story.body, "It sailed at noon.\nNobody was hurt.");
        assert_eq!(story.summary.as_deref(), Some("In short."));
        assert_eq!(
            story.stated,
            Stated {
                url: Some("https://post.example/ferry".to_owned()),
                site: Some("Harbour Post & Mail".to_owned()),
                authors: vec!["Jo Brandt".to_owned(), "Ana Lund".to_owned()],
                language: Some("en-gb".to_owned()),
                section: Some("Harbour".to_owned()),
                image: Some("https://post.example/17.jpg".to_owned()),
                dates: vec![dated("pubDate", "Tue, 05 Mar 2024 08:15:00 +0100")],
                modified: vec![dated("atom:updated", "2024-03-06T07:00:00Z")],
                ..Stated::default()
            }
        );
    }

    #[test]
    fn an_item_alone_means_by_its_prefixes_what_they_mean_in_feeds() {
        let (_, alone) = story(ITEM).unwrap();
        let (_, in_feed) = story(&feed(ITEM)).unwrap();
        assert_eq!(
            (alone.headline, alone.body, alone.stated.authors, alone.stated.image),
            (in_feed.headline, in_feed.body, in_feed.stated.authors, in_feed.stated.image)
        );
    }

    #[test]
    fn several_items_are_several_articles() {
        let error = story(&feed(&ITEM.repeat(3))).unwrap_err();
        assert_eq!(error.to_string(), "expected one item a record, found a feed of 3");
    }

    #[test]
    fn rss_1_has_its_items_beside_the_channel() {
        let (format, story) = story(
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>\
             <channel><title>Post</title></channel><item><title>Ferry</title><description>It sailed.</description>\
             </item></rdf:RDF>",
        )
        .unwrap();
        assert_eq!((format, story.stated.site.as_deref()), (Format::Rss, Some("Post")));
        assert_eq!(
            (story.headline.as_deref(), story.summary.as_deref()),
            (Some("Ferry"), Some("It sailed."))
        );
    }

    #[test]
    fn authors_are_names() {
        let cases = [
            ("desk@post.example (Jo Brandt)", Some("Jo Brandt")),
            ("Jo Brandt", Some("Jo Brandt")),
            ("desk@post.example", None),
            ("()", None),
        ];
        for (written, name) in cases {
            assert_eq!(name_of(written).as_deref(), name, "{written}");
        }
        let (_, story) =
            story("<item><guid>https://post.example/1</guid><author>d@x.example (Jo)</author></item>")
                .unwrap();
        assert_eq!(story.stated.authors, ["Jo"]);
        assert_eq!(story.stated.url.as_deref(), Some("https://post.example/1"));
    }
}
