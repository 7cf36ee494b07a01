//! ninjs, the IPTC's news in JSON, from 1.0 to 3.1.
//!
//! Its generations name things differently: `headline` and `headlines`, `body_xhtml` and `bodies`,
//! `byline` and `by`, `versioncreated` and `versionCreated`. Keys are therefore compared as those of
//! scrapers are, and both generations are read from one object. What hangs on the object
//! (`associations`: pictures, related items) is not its article.
//!
//! Source: the schemas and the user guide at iptc.org/std/ninjs.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fields::{folded, names};
use super::vocabulary::NINJS_TYPES;
use crate::budget::Budget;
use crate::decode::authors::distinct;
use crate::decode::story::{Story, address, publishable};
use crate::decode::{DecodeError, DecodeLimits, Stated, StatedDate, html, sniff, xml};

/// Roles of bodies that are the article itself; a body of another role is taken if there is no such.
const MAIN_ROLES: [&str; 13] = [
    "",
    "main",
    "body",
    "article",
    "story",
    "text",
    "plain",
    "plaintext",
    "html",
    "xhtml",
    "richtext",
    "nitf",
    "content",
];
/// Roles of headlines, the best first.
const HEADLINE_ROLES: [&str; 4] = ["main", "headline", "", "medium"];
/// Roles of bodies that are never the article.
const OTHER_ROLES: [&str; 7] =
    ["caption", "captions", "summary", "abstract", "teaser", "description", "headline"];

/// Reads an object of ninjs.
///
/// # Errors
/// [`DecodeError::UnsupportedShape`] if it is no object, no article (a picture, an event …) or held back.
pub(in crate::decode) fn ninjs(
    value: Value,
    limits: &DecodeLimits,
    budget: &mut Budget,
) -> Result<Story, DecodeError> {
    let Value::Object(object) = value else {
        return Err(DecodeError::UnsupportedShape {
            expected: "one object of ninjs",
            found: "something that is no object".to_owned(),
        });
    };
    let mut item = Item(BTreeMap::new());
    for (key, value) in object {
        item.0.entry(folded(&key)).or_insert((key, value));
    }
    publishable(item.string("pubstatus").as_deref())?;
    let body = match item.body() {
        Some(text) => text.read(limits, budget)?,
        None => String::new(),
    };
    let kind = item.string("type").unwrap_or_else(|| "text".to_owned());
    if body.is_empty() && kind != "text" {
        let known = NINJS_TYPES.contains(&kind.as_str());
        let found =
            if known { format!("one of type `{kind}` without a body") } else { format!("type `{kind}`") };
        return Err(DecodeError::UnsupportedShape { expected: "a ninjs object of type `text`", found });
    }
    let summary = match item.described() {
        Some(text) => Some(text.read(limits, budget)?),
        None => None,
    };
    Ok(Story { headline: item.headline(), body, summary, stated: item.stated(), ..Story::default() })
}

/// An object by its folded keys: each as written, and what it holds.
struct Item(BTreeMap<String, (String, Value)>);

/// A text with what is said of it.
#[derive(Debug, Clone, Copy)]
struct Text<'v> {
    role: &'v str,
    content_type: &'v str,
    value: &'v str,
}

impl Text<'_> {
    fn is_markup(&self) -> bool {
        self.content_type.contains("html")
            || self.content_type.is_empty() && sniff::is_markup(self.value.as_bytes())
    }

    fn is_nitf(&self) -> bool {
        self.content_type.contains("nitf")
    }

    fn read(self, limits: &DecodeLimits, budget: &mut Budget) -> Result<String, DecodeError> {
        budget.spend(self.value.len())?;
        if self.is_nitf() {
            xml::nitf_text(self.value, limits, budget)
        } else if self.is_markup() {
            Ok(html::agency_text(self.value))
        } else {
            Ok(self.value.trim().to_owned())
        }
    }
}

impl Item {
    fn value(&self, key: &str) -> Option<&Value> {
        self.0.get(key).map(|(_, value)| value)
    }

    fn string(&self, key: &str) -> Option<String> {
        let text = self.value(key)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The texts under a key that holds a string, or a list of objects with `value`, filled ones only.
    fn texts(&self, key: &str) -> Vec<Text<'_>> {
        let items = match self.value(key) {
            Some(Value::Array(items)) => items.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        let texts = items.iter().filter_map(|item| match item {
            Value::String(value) => Some(Text { role: "", content_type: "", value }),
            Value::Object(object) => {
                let part = |keys: [&str; 2]| {
                    let found = object.iter().find(|(key, _)| keys.contains(&folded(key).as_str()));
                    found.and_then(|(_, value)| value.as_str()).unwrap_or_default()
                };
                // Drafts of 2.0 call the role `name` and the value `text`.
                Some(Text {
                    role: part(["role", "name"]),
                    content_type: part(["contenttype", "mimetype"]),
                    value: part(["value", "text"]),
                })
            }
            _ => None,
        });
        texts.filter(|text| !text.value.trim().is_empty()).collect()
    }

    /// The body: markup before plain text, which has often lost its paragraphs.
    fn body(&self) -> Option<Text<'_>> {
        let mut bodies = self.texts("bodies");
        bodies.extend(self.texts("body"));
        for (key, content_type) in [
            ("bodyxhtml", "application/xhtml+xml"),
            ("bodyhtml", "text/html"),
            ("bodynitf", "application/nitf+xml"),
            ("bodytext", "text/plain"),
        ] {
            bodies.extend(self.texts(key).into_iter().map(|text| Text { content_type, ..text }));
        }
        // ninjs 1 lets its users have `body_anything`.
        if bodies.is_empty() {
            let other = self.0.keys().filter(|key| key.starts_with("body"));
            bodies.extend(other.flat_map(|key| self.texts(key)));
        }
        bodies.retain(|text| !OTHER_ROLES.contains(&folded(text.role).as_str()));
        bodies.into_iter().min_by_key(|text| {
            let is_main = MAIN_ROLES.contains(&folded(text.role).as_str());
            (!is_main, !(text.is_markup() || text.is_nitf()))
        })
    }

    /// What describes the object, where it has no body.
    fn described(&self) -> Option<Text<'_>> {
        let keys = ["descriptions", "descriptiontext", "descriptionhtml", "description", "summary"];
        keys.iter().find_map(|key| self.texts(key).into_iter().next())
    }

    fn headline(&self) -> Option<String> {
        let mut headlines = self.texts("headlines");
        headlines.extend(self.texts("headline"));
        let rank = |text: &Text<'_>| {
            let role = folded(text.role);
            HEADLINE_ROLES.iter().position(|known| *known == role).unwrap_or(HEADLINE_ROLES.len())
        };
        let best =
            headlines.into_iter().min_by_key(rank).or_else(|| self.texts("title").into_iter().next())?;
        let line = if best.is_markup() { html::fragment_text(best.value) } else { best.value.to_owned() };
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        (!line.is_empty()).then_some(line)
    }

    fn stated(&self) -> Stated {
        let named = |key: &str| self.value(key).map(names).unwrap_or_default();
        let mut authors: Vec<String> = ["byline", "by", "bylines"]
            .iter()
            .find_map(|key| {
                let texts: Vec<String> =
                    self.texts(key).iter().map(|text| text.value.trim().to_owned()).collect();
                (!texts.is_empty()).then_some(texts)
            })
            .unwrap_or_default();
        if authors.is_empty() {
            authors = ["people", "person", "organisations", "organisation"]
                .iter()
                .flat_map(|key| self.related(key, &["author", "creator", "by"]))
                .collect();
        }
        let site = ["infosources", "infosource"]
            .iter()
            .find_map(|key| named(key).into_iter().next())
            .or_else(|| self.string("copyrightholder"));
        // What was first created is the day that readers saw it; what comes after is a version. Where only the
        // version has a date, it is that of the one that there is.
        let version = self.dated("versioncreated");
        let first = self.dated("firstcreated").or_else(|| version.clone());
        Stated {
            url: self.string("uri").as_deref().and_then(address),
            site,
            authors: distinct(authors),
            language: self.string("language"),
            dateline: self.string("located"),
            image: self.picture(),
            dates: first.into_iter().chain(self.dated("contentcreated")).collect(),
            modified: version.into_iter().collect(),
            ..Stated::default()
        }
    }

    fn dated(&self, key: &str) -> Option<StatedDate> {
        let (written, _) = self.0.get(key)?;
        Some(StatedDate { kind: "field", place: Some(written.clone().into()), text: self.string(key)? })
    }

    /// The address of the first picture among what hangs on the object.
    fn picture(&self) -> Option<String> {
        let is_picture = |item: &&Value| item.get("type").and_then(Value::as_str) == Some("picture");
        let hung = items(self.value("associations")?);
        hung.filter(is_picture).find_map(|picture| {
            let hrefs = items(picture.get("renditions")?).filter_map(|one| one.get("href")?.as_str());
            hrefs.filter_map(address).next()
        })
    }

    /// Names of those under `key` whose relation to the object is one of `relations`.
    fn related(&self, key: &str, relations: &[&str]) -> Vec<String> {
        let items = self.value(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let related = items.iter().filter(|item| {
            item.get("rel").and_then(Value::as_str).is_some_and(|rel| {
                let bare = rel.rsplit([':', '/']).next().unwrap_or(rel);
                relations.contains(&bare)
            })
        });
        related.flat_map(names).collect()
    }
}

/// What ninjs 1 has under names of its user's, and later generations in a list.
fn items(value: &Value) -> impl Iterator<Item = &Value> {
    let listed = value.as_array().into_iter().flatten();
    listed.chain(value.as_object().into_iter().flat_map(|named| named.values()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: Value) -> Result<Story, DecodeError> {
        ninjs(value, &DecodeLimits::default(), &mut Budget::default())
    }

    fn told(dates: &[StatedDate]) -> Vec<(&str, &str)> {
        dates.iter().map(|date| (date.place.as_deref().unwrap_or_default(), date.text.as_str())).collect()
    }

    #[test]
    fn the_first_generation_has_one_headline_and_two_bodies() {
        let story = read(json!({
            "uri": "https://wire.example/items/1", "type": "text", "pubstatus": "usable", "language": "en-GB",
            "versioncreated": "2024-03-06T07:00:00Z", "firstcreated": "2024-03-05T08:15:00Z",
            "headline": "Ferry runs\naground", "byline": "By Jo Brandt", "located": "Bergen",
            "infosource": [{"name": "Harbour Wire", "rel": "provider"}],
            "body_text": "It sailed at noon. Nobody was hurt.",
            "body_xhtml": "<div><p>It sailed at noon.</p><p>Nobody was hurt.</p>\
                           <figure><img src='a'/><figcaption>The ferry</figcaption></figure></div>",
            "associations": {"main": {"uri": "u", "type": "picture", "headline": "A picture", "body_text": "no",
                             "renditions": {"web": {"href": "https://wire.example/1.jpg"}}}},
        }))
        .unwrap();
        assert_eq!(story.headline.as_deref(), Some("Ferry runs aground"));
        assert_eq!(story.body, "It sailed at noon.\nNobody was hurt.");
        let stated = &story.stated;
        assert_eq!(told(&stated.dates), [("firstcreated", "2024-03-05T08:15:00Z")]);
        assert_eq!(told(&stated.modified), [("versioncreated", "2024-03-06T07:00:00Z")]);
        assert_eq!(stated.image.as_deref(), Some("https://wire.example/1.jpg"));
        assert_eq!(stated.authors, ["By Jo Brandt"]);
        assert_eq!(stated.url.as_deref(), Some("https://wire.example/items/1"));
        assert_eq!(
            (stated.site.as_deref(), stated.language.as_deref()),
            (Some("Harbour Wire"), Some("en-GB"))
        );
        assert_eq!(stated.dateline.as_deref(), Some("Bergen"));
    }

    #[test]
    fn later_generations_list_headlines_and_bodies_by_role() {
        let story = read(json!({
            "uri": "urn:newsml:wire.example:2024:1", "contentCreated": "2024-03-05T08:00:00Z",
            "versionCreated": "2024-03-05T08:15:00Z", "by": "Jo Brandt and Ana Lund",
            "headlines": [
                {"role": "short", "value": "Ferry"},
                {"role": "main", "contentType": "text/html", "value": "Ferry &amp; <em>tide</em>"},
            ],
            "bodies": [
                {"role": "caption", "contentType": "text/html", "value": "<p>A picture.</p>"},
                {"role": "main", "contentType": "text/plain", "value": "One. Two."},
                {"role": "main", "contentType": "application/xhtml+xml", "value": "<p>One.</p><p>Two.</p>"},
                {"role": "sms", "contentType": "text/html", "value": "<p>Short.</p>"},
            ],
            "infoSources": [{"name": "Harbour Wire"}], "copyrightHolder": "Other",
            "associations": [
                {"type": "video", "renditions": [{"href": "https://wire.example/1.mp4"}]},
                {"type": "picture", "renditions": [{"href": "a.jpg"}, {"href": "https://wire.example/2.jpg"}]},
            ],
        }))
        .unwrap();
        assert_eq!(story.headline.as_deref(), Some("Ferry & tide"));
        assert_eq!(story.body, "One.\nTwo.");
        assert_eq!(story.stated.authors, ["Jo Brandt and Ana Lund"]);
        assert_eq!(story.stated.url, None, "a name is no address");
        assert_eq!(story.stated.site.as_deref(), Some("Harbour Wire"));
        let version = ("versionCreated", "2024-03-05T08:15:00Z");
        assert_eq!(told(&story.stated.dates), [version, ("contentCreated", "2024-03-05T08:00:00Z")]);
        assert_eq!(told(&story.stated.modified), [version]);
        assert_eq!(story.stated.image.as_deref(), Some("https://wire.example/2.jpg"));
    }

    #[test]
    fn a_body_may_be_nitf_plain_or_of_a_name_of_its_own() {
        let body = |body: Value| read(json!({"uri": "u", "type": "text", "bodies": [body]})).unwrap().body;
        let nitf = "<body.content><p>One.</p><media><media-caption>C</media-caption></media><p>Two &amp; three.</p></body.content>";
        assert_eq!(body(json!({"contenttype": "application/nitf+xml", "value": nitf})), "One.\nTwo & three.");
        assert_eq!(body(json!({"contenttype": "text/plain", "value": " a < b\n\nc "})), "a < b\n\nc");
        assert_eq!(body(json!({"role": "longform", "value": "<p>One.</p><p>Two.</p>"})), "One.\nTwo.");
        assert_eq!(read(json!({"uri": "u", "body_wire": "One."})).unwrap().body, "One.");
    }

    #[test]
    fn pictures_are_no_articles_unless_they_hold_one() {
        let error =
            read(json!({"uri": "u", "type": "picture", "description_text": "The ferry."})).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected a ninjs object of type `text`, found one of type `picture` without a body"
        );
        let story = read(json!({"uri": "u", "type": "composite", "body_text": "It sailed."})).unwrap();
        assert_eq!(story.body, "It sailed.");
        let story =
            read(json!({"uri": "u", "type": "text", "descriptions": [{"value": "It sailed."}]})).unwrap();
        assert_eq!(story.summary.as_deref(), Some("It sailed."));
    }

    #[test]
    fn what_was_cancelled_is_refused_and_authors_may_be_related() {
        for key in ["pubstatus", "pubStatus"] {
            let error = read(json!({"uri": "u", key: "canceled", "body_text": "x"})).unwrap_err();
            assert_eq!(
                error.to_string(),
                "expected an article that may be used, found one whose status is canceled"
            );
        }
        let story = read(json!({"uri": "u", "body_text": "x", "people": [
            {"name": "Ana Lund", "rel": "about"}, {"name": "Jo Brandt", "rel": "rel:author"}]}))
        .unwrap();
        assert_eq!(story.stated.authors, ["Jo Brandt"]);
        assert_eq!(read(json!([1])).unwrap_err().code(), "unsupported_shape");
    }
}
