//! Which vocabulary an object speaks: a standard's, or the field names of scrapers.

use serde_json::{Map, Value};

use super::fields::folded;
use crate::article::Format;
use crate::decode::html;

/// What ninjs calls the kinds of its objects. Source: `type` in its schemas, 1.0 to 3.1.
pub(super) const NINJS_TYPES: [&str; 9] =
    ["text", "audio", "video", "picture", "graphic", "composite", "component", "event", "planning"];
/// Keys that ninjs has and scrapers rarely; folded.
const NINJS_KEYS: [&str; 9] = [
    "versioncreated",
    "firstcreated",
    "pubstatus",
    "representationtype",
    "bodytext",
    "bodyxhtml",
    "bodies",
    "headlines",
    "associations",
];

/// The vocabulary of a value: [`Format::Ninjs`], [`Format::JsonLd`] or [`Format::Json`].
pub(in crate::decode) fn vocabulary(value: &Value) -> Format {
    if value.as_object().is_some_and(is_ninjs) {
        Format::Ninjs
    } else if html::json_ld::describes_article(value) {
        Format::JsonLd
    } else {
        Format::Json
    }
}

/// An object that says so (`standard`), or has the one key that ninjs demands, `uri`, and two more signs.
fn is_ninjs(object: &Map<String, Value>) -> bool {
    let named = object.get("standard").and_then(|standard| standard.get("name")).and_then(Value::as_str);
    if named.is_some_and(|name| name.eq_ignore_ascii_case("ninjs")) {
        return true;
    }
    if !object.get("uri").is_some_and(Value::is_string) || object.contains_key("@context") {
        return false;
    }
    let kind = object.get("type").and_then(Value::as_str);
    let typed = kind.is_some_and(|kind| NINJS_TYPES.contains(&kind));
    let keys = object.keys().filter(|key| NINJS_KEYS.contains(&folded(key).as_str())).count();
    usize::from(typed) + keys >= 2
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn vocabularies_are_told_by_their_keys() {
        let cases = [
            (json!({"standard": {"name": "ninjs", "version": "3.1"}, "uri": "u"}), Format::Ninjs),
            (json!({"uri": "u", "type": "text", "body_text": "x"}), Format::Ninjs),
            (json!({"uri": "u", "versionCreated": "2024", "pubStatus": "usable"}), Format::Ninjs),
            (json!({"uri": "u", "bodies": [{"value": "x"}], "headlines": []}), Format::Ninjs),
            (json!({"uri": "u", "type": "article", "title": "t", "text": "x"}), Format::Json),
            (json!({"uri": "u", "type": "text", "title": "t", "body": "x"}), Format::Json),
            (json!({"type": "text", "body_text": "x", "versioncreated": "2024"}), Format::Json),
            (json!({"@context": "https://schema.org", "@type": "NewsArticle"}), Format::JsonLd),
            (
                json!([{"@type": "BreadcrumbList"}, {"@type": "http://schema.org/ReportageNewsArticle"}]),
                Format::JsonLd,
            ),
            (json!({"@graph": [{"@type": ["BlogPosting"]}]}), Format::JsonLd),
            (json!({"@context": "https://schema.org", "@type": "Recipe", "text": "x"}), Format::Json),
            (json!({"title": "t", "text": "x"}), Format::Json),
            (json!("text"), Format::Json),
        ];
        for (value, format) in cases {
            assert_eq!(vocabulary(&value), format, "{value}");
        }
    }
}
