//! A record that is JSON-LD itself: the article of schema.org in it, read as a page's blocks are, and what
//! it leaves open by the names that scrapers use, which are schema.org's in part.

use serde_json::Value;

use super::fields::{Fields, find};
use crate::decode::html::json_ld::{self, LinkedArticle};
use crate::decode::{DecodeError, Stated, StatedDate};

/// The fields of the one article in a value.
///
/// # Errors
/// [`DecodeError::UnsupportedShape`] if it describes no article, or several.
pub(in crate::decode) fn linked(value: Value) -> Result<Fields, DecodeError> {
    let (count, article) = json_ld::of_value(&value);
    if count != 1 {
        let found = if count == 0 { "none".to_owned() } else { format!("{count}") };
        return Err(DecodeError::UnsupportedShape {
            expected: "one article of schema.org as JSON-LD",
            found,
        });
    }
    let mut fields = of_article(article);
    // A list of things has no fields of its own.
    if let Ok(named) = find(value) {
        fields.keys.clone_from(&named.keys);
        fields.fill_from(named);
    }
    for dates in [&mut fields.stated.dates, &mut fields.stated.modified] {
        if let Some(first) = dates.first().map(|date| date.text.clone()) {
            // The same date by the name of a scraper says nothing new.
            dates.retain(|date| date.kind == "json_ld" || date.text != first);
        }
    }
    Ok(fields)
}

fn of_article(article: LinkedArticle) -> Fields {
    let LinkedArticle {
        headline,
        date,
        modified,
        section,
        image,
        access,
        authors,
        site,
        body,
        language,
        url,
    } = article;
    let dated = |(place, text): (&'static str, String)| StatedDate {
        kind: "json_ld",
        place: Some(place.into()),
        text,
    };
    let dates = date.map(dated).into_iter().collect();
    let modified = modified.map(|text| dated(("dateModified", text))).into_iter().collect();
    let stated =
        Stated { url, site, authors, language, section, image, access, dates, modified, ..Stated::default() };
    Fields { headline, body, stated, ..Fields::default() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::article::Access;

    #[test]
    fn an_article_in_a_graph_is_read_with_its_references() {
        let fields = linked(json!({"@context": "https://schema.org", "@graph": [
            {"@type": "WebPage", "@id": "#page", "name": "Harbour Post"},
            {"@type": "Person", "@id": "#jo", "name": "Jo Brandt"},
            {"@type": "NewsArticle", "headline": "Ferry &amp; tide", "author": {"@id": "#jo"},
             "articleBody": "<p>It sailed.</p><p>It sank.</p>", "datePublished": "2024-05-01T10:00:00Z",
             "dateModified": "2024-05-02", "articleSection": "Harbour", "isAccessibleForFree": false,
             "image": {"url": "https://p.example/1.jpg"},
             "publisher": {"name": "Harbour Post"}, "inLanguage": "en", "url": "https://p.example/1"},
        ]}))
        .unwrap();
        assert_eq!(fields.headline.as_deref(), Some("Ferry & tide"));
        assert_eq!(fields.body.as_deref(), Some("It sailed.\nIt sank."));
        let date = |place: &'static str, text: &str| StatedDate {
            kind: "json_ld",
            place: Some(place.into()),
            text: text.to_owned(),
        };
        assert_eq!(
            fields.stated,
            Stated {
                url: Some("https://p.example/1".to_owned()),
                site: Some("Harbour Post".to_owned()),
                authors: vec!["Jo Brandt".to_owned()],
                language: Some("en".to_owned()),
                section: Some("Harbour".to_owned()),
                image: Some("https://p.example/1.jpg".to_owned()),
                access: Some(Access::Paid),
                dates: vec![date("datePublished", "2024-05-01T10:00:00Z")],
                modified: vec![date("dateModified", "2024-05-02")],
                ..Stated::default()
            }
        );
    }

    #[test]
    fn a_list_may_hold_one_article_among_other_things() {
        let fields = linked(json!([
            {"@type": "Organization", "name": "Harbour Post"},
            {"@type": "Article", "headline": "Ferry", "articleBody": "It sailed."},
        ]))
        .unwrap();
        assert_eq!((fields.headline.as_deref(), fields.body.as_deref()), (Some("Ferry"), Some("It sailed.")));
    }

    #[test]
    fn what_the_article_leaves_open_is_filled() {
        let fields =
            linked(json!({"@type": "Article", "name": "Ferry", "text": "It sailed.", "description": "d"}))
                .unwrap();
        assert_eq!((fields.headline.as_deref(), fields.body.as_deref()), (Some("Ferry"), Some("It sailed.")));
        assert_eq!(fields.summary.as_deref(), Some("d"));
    }

    #[test]
    fn several_articles_and_none_are_refused() {
        let two = json!([{"@type": "Article", "headline": "a"}, {"@type": "Article", "headline": "b"}]);
        assert_eq!(
            linked(two).unwrap_err().to_string(),
            "expected one article of schema.org as JSON-LD, found 2"
        );
        let none = json!({"@type": "Recipe"});
        assert_eq!(
            linked(none).unwrap_err().to_string(),
            "expected one article of schema.org as JSON-LD, found none"
        );
        let twice = json!([{"@type": "Article", "headline": "a"}, {"@type": "NewsArticle", "headline": "a", "articleBody": "x"}]);
        assert_eq!(linked(twice).unwrap().body.as_deref(), Some("x"), "the same article told twice is one");
        let mentioned = json!([
            {"@type": "WebPage", "mainEntity": {"@type": "Article", "@id": "#a"}},
            {"@type": "Article", "@id": "#a", "headline": "a", "articleBody": "x"},
        ]);
        assert_eq!(linked(mentioned).unwrap().body.as_deref(), Some("x"), "a mention is none");
        let mut many = vec![json!({"@type": "Article", "headline": "a", "articleBody": "x"}); 100];
        many.push(json!({"@type": "Article", "headline": "b"}));
        assert_eq!(
            linked(Value::Array(many)).unwrap_err().to_string(),
            "expected one article of schema.org as JSON-LD, found 2"
        );
    }
}
