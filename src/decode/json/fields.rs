//! The fields of an article by the names that scrapers and APIs give them.
//!
//! Names are compared in lower case without `_ - : .` and spaces, so `datePublished`,
//! `date_published` and `DATE-PUBLISHED` are one name. Of several names for one field the first of
//! the table that holds something wins.

use serde_json::{Map, Value};

use crate::decode::authors::distinct;
use crate::decode::{DecodeError, Stated, StatedDate, html};

/// How deep an article may be wrapped (`{"response": {"docs": [{…}]}}`).
const MAX_WRAPS: usize = 3;
/// How deep lists and objects are searched for a string or a name.
const MAX_INNER: usize = 4;
/// Dates that one object states; the rest is left out.
const MAX_DATES: usize = 32;
/// Values that are looked at for the names of one field, and the longest name (or list of names in one
/// string), in bytes. References may lead to the same names again and again.
const MAX_NAMED: usize = 512;
const MAX_NAME: usize = 4 << 10;
/// How many keys an error names, and the most of each, in bytes: an error becomes a header of the dead letter.
const KEYS_NAMED: usize = 12;
const MAX_KEY: usize = 60;
/// Once an error names so many bytes of keys, those of further objects are left out.
const MAX_KEYS: usize = 800;

/// A field of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Headline,
    Body,
    Html,
    Summary,
    Date,
    Modified,
    Section,
    Image,
    Access,
    Url,
    CanonicalUrl,
    Authors,
    Language,
    Site,
    /// An object that holds the article.
    Wrapper,
    /// A list that holds the article.
    List,
}

/// Folded name, field, rank among the names of that field. Sorted by name.
const NAMES: [(&str, Slot, u8); 153] = [
    ("abstract", Slot::Summary, 4),
    ("article", Slot::Wrapper, 0),
    ("articlebody", Slot::Body, 5),
    ("articlecontent", Slot::Body, 8),
    ("articlehtml", Slot::Html, 5),
    ("articlepublishedtime", Slot::Date, 13),
    ("articles", Slot::List, 0),
    ("articlesection", Slot::Section, 0),
    ("articletext", Slot::Body, 7),
    ("articletitle", Slot::Headline, 4),
    ("articleurl", Slot::Url, 3),
    ("attributes", Slot::Wrapper, 8),
    ("author", Slot::Authors, 1),
    ("authorname", Slot::Authors, 4),
    ("authornames", Slot::Authors, 5),
    ("authors", Slot::Authors, 0),
    ("body", Slot::Body, 1),
    ("bodyhtml", Slot::Html, 3),
    ("bodytext", Slot::Body, 9),
    ("byline", Slot::Authors, 2),
    ("bylines", Slot::Authors, 3),
    ("canonical", Slot::CanonicalUrl, 1),
    ("canonicallink", Slot::CanonicalUrl, 2),
    ("canonicalurl", Slot::CanonicalUrl, 0),
    ("category", Slot::Section, 3),
    ("cleanedtext", Slot::Body, 13),
    ("cleantext", Slot::Body, 12),
    ("content", Slot::Body, 2),
    ("contenthtml", Slot::Html, 2),
    ("contents", Slot::Body, 14),
    ("contenttext", Slot::Body, 6),
    ("creationdate", Slot::Date, 20),
    ("creator", Slot::Authors, 6),
    ("creators", Slot::Authors, 7),
    ("data", Slot::Wrapper, 3),
    ("date", Slot::Date, 0),
    ("datecreated", Slot::Date, 19),
    ("dateissued", Slot::Date, 16),
    ("datemodified", Slot::Modified, 0),
    ("datemodify", Slot::Modified, 1),
    ("datepublish", Slot::Date, 3),
    ("datepublished", Slot::Date, 5),
    ("datetime", Slot::Date, 17),
    ("dateupdated", Slot::Modified, 2),
    ("dccreator", Slot::Authors, 8),
    ("dcdate", Slot::Date, 18),
    ("description", Slot::Summary, 1),
    ("displaydate", Slot::Date, 15),
    ("doc", Slot::Wrapper, 4),
    ("docs", Slot::List, 2),
    ("document", Slot::Wrapper, 5),
    ("domain", Slot::Site, 8),
    ("entry", Slot::Wrapper, 9),
    ("excerpt", Slot::Summary, 3),
    ("fields", Slot::Wrapper, 10),
    ("firstpublished", Slot::Date, 14),
    ("fullcontent", Slot::Body, 16),
    ("fulltext", Slot::Body, 10),
    ("headline", Slot::Headline, 1),
    ("headlines", Slot::Headline, 5),
    ("href", Slot::Url, 7),
    ("html", Slot::Html, 0),
    ("htmlcontent", Slot::Html, 4),
    ("image", Slot::Image, 2),
    ("imageurl", Slot::Image, 0),
    ("inlanguage", Slot::Language, 2),
    ("isaccessibleforfree", Slot::Access, 0),
    ("isodate", Slot::Date, 12),
    ("item", Slot::Wrapper, 1),
    ("items", Slot::List, 1),
    ("lang", Slot::Language, 1),
    ("language", Slot::Language, 0),
    ("languagecode", Slot::Language, 3),
    ("lastmodified", Slot::Modified, 3),
    ("lastupdated", Slot::Modified, 4),
    ("lead", Slot::Summary, 5),
    ("leadimageurl", Slot::Image, 6),
    ("link", Slot::Url, 1),
    ("locale", Slot::Language, 4),
    ("mainbody", Slot::Body, 15),
    ("mainimage", Slot::Image, 3),
    ("maintext", Slot::Body, 3),
    ("metalang", Slot::Language, 5),
    ("modificationdate", Slot::Modified, 12),
    ("modified", Slot::Modified, 5),
    ("modifiedat", Slot::Modified, 6),
    ("modifieddate", Slot::Modified, 7),
    ("name", Slot::Headline, 2),
    ("newssite", Slot::Site, 6),
    ("outlet", Slot::Site, 5),
    ("pagetitle", Slot::Headline, 8),
    ("pageurl", Slot::Url, 4),
    ("payload", Slot::Wrapper, 6),
    ("permalink", Slot::Url, 5),
    ("plaintext", Slot::Body, 11),
    ("post", Slot::Wrapper, 2),
    ("posteddate", Slot::Date, 22),
    ("postedon", Slot::Date, 21),
    ("provider", Slot::Site, 9),
    ("pubdate", Slot::Date, 4),
    ("publication", Slot::Site, 4),
    ("publicationdate", Slot::Date, 6),
    ("publishdate", Slot::Date, 8),
    ("published", Slot::Date, 1),
    ("publishedat", Slot::Date, 2),
    ("publisheddate", Slot::Date, 7),
    ("publishedon", Slot::Date, 9),
    ("publishedtime", Slot::Date, 10),
    ("publisher", Slot::Site, 3),
    ("publishingdate", Slot::Date, 11),
    ("rawhtml", Slot::Html, 1),
    ("record", Slot::Wrapper, 11),
    ("response", Slot::Wrapper, 12),
    ("result", Slot::Wrapper, 13),
    ("results", Slot::List, 3),
    ("section", Slot::Section, 1),
    ("sectionname", Slot::Section, 2),
    ("site", Slot::Site, 0),
    ("sitename", Slot::Site, 1),
    ("snippet", Slot::Summary, 6),
    ("source", Slot::Site, 2),
    ("sourcedomain", Slot::Site, 10),
    ("sourcename", Slot::Site, 7),
    ("sourceurl", Slot::Url, 6),
    ("story", Slot::Wrapper, 7),
    ("storytext", Slot::Body, 17),
    ("subtitle", Slot::Summary, 8),
    ("summary", Slot::Summary, 0),
    ("teaser", Slot::Summary, 7),
    ("text", Slot::Body, 0),
    ("textcontent", Slot::Body, 4),
    ("thumbnailurl", Slot::Image, 5),
    ("timepublished", Slot::Date, 23),
    ("timestamp", Slot::Date, 24),
    ("title", Slot::Headline, 0),
    ("titletext", Slot::Headline, 7),
    ("topimage", Slot::Image, 1),
    ("updated", Slot::Modified, 8),
    ("updatedat", Slot::Modified, 9),
    ("updateddate", Slot::Modified, 10),
    ("updatedon", Slot::Modified, 11),
    ("uri", Slot::Url, 9),
    ("url", Slot::Url, 0),
    ("urltoimage", Slot::Image, 4),
    ("versioncreated", Slot::Date, 25),
    ("webpublicationdate", Slot::Date, 26),
    ("website", Slot::Site, 11),
    ("webtitle", Slot::Headline, 3),
    ("weburl", Slot::Url, 2),
    ("writer", Slot::Authors, 9),
    ("writers", Slot::Authors, 10),
    ("written", Slot::Date, 27),
    ("yoasttitle", Slot::Headline, 9),
];

/// What an object says, as written.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::decode) struct Fields {
    /// The headline.
    pub(in crate::decode) headline: Option<String>,
    /// The body: text, or markup.
    pub(in crate::decode) body: Option<String>,
    /// A page.
    pub(in crate::decode) html: Option<String>,
    /// A description or teaser, where there is nothing better.
    pub(in crate::decode) summary: Option<String>,
    /// All the rest.
    pub(in crate::decode) stated: Stated,
    /// The keys that were there, for an error.
    pub(in crate::decode) keys: String,
}

impl Fields {
    /// Whether there is a text in any form.
    fn has_text(&self) -> bool {
        self.body.is_some() || self.html.is_some()
    }

    /// Fills what is open from `other`.
    pub(super) fn fill_from(&mut self, other: Self) {
        fn fill<T>(own: &mut Option<T>, other: Option<T>) {
            if own.is_none() {
                *own = other;
            }
        }
        fill(&mut self.headline, other.headline);
        fill(&mut self.body, other.body);
        fill(&mut self.html, other.html);
        fill(&mut self.summary, other.summary);
        self.stated.fill_from(other.stated);
    }
}

/// Finds the article in a parsed value: an object, a list of just one, or an object that wraps it.
///
/// # Errors
/// [`DecodeError::UnsupportedShape`] for what is no object, or holds several articles.
pub(in crate::decode) fn find(value: Value) -> Result<Fields, DecodeError> {
    find_in(value, 0)
}

fn find_in(value: Value, wraps: usize) -> Result<Fields, DecodeError> {
    let object = match value {
        Value::Object(object) => object,
        Value::Array(items) => match <[Value; 1]>::try_from(items) {
            Ok([only]) if wraps < MAX_WRAPS => return find_in(only, wraps + 1),
            Ok(_) => return Err(shape("a list in a list".to_owned())),
            Err(items) => return Err(shape(format!("a list of {}", items.len()))),
        },
        Value::String(_) => return Err(shape("a string".to_owned())),
        Value::Number(_) => return Err(shape("a number".to_owned())),
        Value::Bool(_) => return Err(shape("a boolean".to_owned())),
        Value::Null => return Err(shape("null".to_owned())),
    };
    let (mut outer, wrapped) = own_fields(object);
    if outer.has_text() || wraps >= MAX_WRAPS {
        return Ok(outer);
    }
    for inner in wrapped {
        // `data: {…}` beside the article's own fields may be anything: it is used if it has a text.
        let mut found = match find_in(inner, wraps + 1) {
            Ok(found) => found,
            Err(error) if outer.headline.is_none() => return Err(error),
            Err(_) => continue,
        };
        if found.has_text() || outer.summary.is_none() && found.summary.is_some() {
            found.fill_from(outer);
            return Ok(found);
        }
        if outer.keys.len() < MAX_KEYS {
            outer.keys.push_str(&format!(", … {}", found.keys));
        }
    }
    Ok(outer)
}

fn shape(found: String) -> DecodeError {
    DecodeError::UnsupportedShape { expected: "one article as one JSON object", found }
}

/// The fields of one object, and the values that may wrap the article.
fn own_fields(mut object: Map<String, Value>) -> (Fields, Vec<Value>) {
    let keys = named_keys(&object);
    let mut wrapped: Vec<(u8, Value)> = Vec::new();
    if let Some(Value::Array(graph)) = object.remove("@graph") {
        let article = graph.into_iter().find(|item| item.as_object().is_some_and(html::is_article));
        wrapped.extend(article.map(|article| (0, article)));
    }
    let mut slots: Vec<(Slot, u8, String, Value)> = Vec::new();
    for (key, value) in object {
        let folded = folded(&key);
        let known = match key.as_str() {
            "_source" => Some((Slot::Wrapper, 1)),
            _ => known_name(&folded),
        };
        // A truth is a value only where a truth is asked for.
        let is_said = value.is_boolean() && matches!(known, Some((Slot::Access, _)));
        if !is_filled(&value) && !is_said {
            continue;
        }
        match known {
            Some((Slot::Wrapper, _)) if value.is_string() && matches!(&*folded, "article" | "story") => {
                slots.push((Slot::Body, u8::MAX, key, value));
            }
            Some((Slot::Wrapper, rank)) if value.is_object() || value.is_array() => {
                wrapped.push((rank, value));
            }
            Some((Slot::List, rank)) if value.is_array() => wrapped.push((rank + 100, value)),
            Some((slot, rank)) if !matches!(slot, Slot::Wrapper | Slot::List) => {
                slots.push((slot, rank, key, value));
            }
            _ => {}
        }
    }
    slots.sort_by_key(|(_, rank, ..)| *rank);
    wrapped.sort_by_key(|(rank, _)| *rank);
    let mut fields = Fields { keys, ..Fields::default() };
    for (slot, _, name, value) in slots {
        fields.take(slot, name, value);
    }
    (fields, wrapped.into_iter().map(|(_, value)| value).collect())
}

/// The first keys of an object, as an error names them.
pub(in crate::decode) fn named_keys(object: &Map<String, Value>) -> String {
    let short = |key: &String| {
        let end = key.floor_char_boundary(MAX_KEY);
        let rest = if end < key.len() { "…" } else { "" };
        format!("`{}{rest}`", key.get(..end).unwrap_or_default())
    };
    object.keys().take(KEYS_NAMED).map(short).collect::<Vec<_>>().join(", ")
}

impl Fields {
    /// Takes a value for a field; they come in the order of rank, so what is there stays.
    fn take(&mut self, slot: Slot, name: String, value: Value) {
        let stated = &mut self.stated;
        let target = match slot {
            Slot::Date => {
                add_date(&mut stated.dates, name, value);
                return;
            }
            Slot::Modified => {
                add_date(&mut stated.modified, name, value);
                return;
            }
            Slot::Access => {
                stated.access = stated.access.or_else(|| html::access(&value));
                return;
            }
            Slot::Image => {
                stated.image = stated.image.take().or_else(|| html::image(&value));
                return;
            }
            Slot::Authors => {
                if stated.authors.is_empty() {
                    stated.authors = distinct(names(&value));
                }
                return;
            }
            Slot::Site => {
                if stated.site.is_none() {
                    stated.site = names(&value).into_iter().next();
                }
                return;
            }
            Slot::Language => {
                if stated.language.is_none() {
                    stated.language = language(&value);
                }
                return;
            }
            Slot::Wrapper | Slot::List => return,
            Slot::Headline => &mut self.headline,
            Slot::Body => &mut self.body,
            Slot::Html => &mut self.html,
            Slot::Summary => &mut self.summary,
            Slot::Section => &mut stated.section,
            Slot::Url => &mut stated.url,
            Slot::CanonicalUrl => &mut stated.canonical_url,
        };
        if target.is_none() {
            let joined = if matches!(slot, Slot::Body | Slot::Html | Slot::Summary) { "\n" } else { "" };
            *target = text(value, joined, 0).filter(|text| !text.trim().is_empty());
        }
    }
}

fn known_name(folded: &str) -> Option<(Slot, u8)> {
    let position = NAMES.binary_search_by(|(name, ..)| (*name).cmp(folded)).ok()?;
    NAMES.get(position).map(|(_, slot, rank)| (*slot, *rank))
}

fn add_date(dates: &mut Vec<StatedDate>, name: String, value: Value) {
    // Many keys may be one name.
    if dates.len() < MAX_DATES
        && let Some(text) = date(value, 0)
        && dates.iter().all(|date| date.text != text)
    {
        dates.push(StatedDate { kind: "field", place: Some(name.into()), text });
    }
}

/// A key in lower case, without what parts its words.
pub(super) fn folded(key: &str) -> String {
    key.chars()
        .filter(|character| !matches!(character, '_' | '-' | ':' | '.' | ' '))
        .map(|character| character.to_ascii_lowercase())
        .collect()
}

fn is_filled(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(object) => !object.is_empty(),
        Value::Number(_) => true,
    }
}

/// Keys under which objects hold their text, the best first.
const TEXT_KEYS: [&str; 12] = [
    "rendered", "main", "text", "value", "content", "body", "plain", "html", "@value", "#text", "_text",
    "default",
];

/// The text of a string, of an object that holds one, or of a list: with `joined` empty the first
/// of the list, else all, joined.
fn text(value: Value, joined: &str, depth: usize) -> Option<String> {
    if depth > MAX_INNER {
        return None;
    }
    match value {
        Value::String(text) => Some(text),
        Value::Object(mut object) => {
            TEXT_KEYS.iter().find_map(|key| text(object.remove(*key)?, joined, depth + 1))
        }
        Value::Array(items) => {
            let mut texts = items.into_iter().filter_map(|item| text(item, joined, depth + 1));
            if joined.is_empty() { texts.next() } else { Some(texts.collect::<Vec<_>>().join(joined)) }
        }
        _ => None,
    }
}

/// A date as written; a number stays its digits.
fn date(value: Value, depth: usize) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(mut object) if depth < MAX_INNER => {
            ["$date", "$numberLong", "@value", "value", "iso", "utc", "date", "datetime"]
                .iter()
                .find_map(|key| date(object.remove(*key)?, depth + 1))
        }
        Value::Array(items) if depth < MAX_INNER => date(items.into_iter().next()?, depth + 1),
        _ => None,
    }
}

fn language(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => Some(text.as_str()),
        Value::Array(items) => items.first().and_then(Value::as_str),
        Value::Object(object) => ["code", "alternateName", "id", "name"]
            .iter()
            .find_map(|key| object.get(*key).and_then(Value::as_str)),
        _ => None,
    };
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Names of people or organisations: strings, objects with a name, lists of both.
pub(in crate::decode) fn names(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut left = MAX_NAMED;
    collect_names(value, 0, &mut left, &mut found);
    found
}

/// Adds the names in `value`, and takes each value that it looks at from `left`.
fn collect_names(value: &Value, depth: usize, left: &mut usize, found: &mut Vec<String>) {
    let Some(fewer) = left.checked_sub(1) else { return };
    *left = fewer;
    match value {
        Value::String(name) if name.len() > MAX_NAME => {}
        Value::String(name) if !name.trim().is_empty() => found.push(name.trim().to_owned()),
        Value::Array(items) if depth < MAX_INNER => {
            for item in items.iter().take(MAX_NAMED) {
                collect_names(item, depth + 1, left, found);
            }
        }
        Value::Object(object) if depth < MAX_INNER => {
            let keys = [
                "name",
                "displayName",
                "display_name",
                "fullName",
                "full_name",
                "original",
                "title",
                "@value",
            ];
            if let Some(named) = keys.iter().find_map(|key| object.get(*key)).filter(|named| is_filled(named))
            {
                return collect_names(named, depth + 1, left, found);
            }
            let part = |keys: [&str; 4]| {
                keys.iter().find_map(|key| object.get(*key).and_then(Value::as_str)).map(str::trim)
            };
            let first = part(["firstName", "first_name", "firstname", "givenName"]);
            let last = part(["lastName", "last_name", "lastname", "familyName"]);
            let full = [first, last].into_iter().flatten().collect::<Vec<_>>().join(" ");
            if !full.is_empty() {
                found.push(full);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn dates(fields: &Fields) -> Vec<&str> {
        fields.stated.dates.iter().map(|date| date.text.as_str()).collect()
    }

    #[test]
    fn the_table_of_names_is_sorted_and_ranks_are_unique() {
        for pair in NAMES.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} stands before {}", pair[0].0, pair[1].0);
        }
        for (i, (name, slot, rank)) in NAMES.iter().enumerate() {
            let twin = NAMES.iter().skip(i + 1).find(|(_, other, r)| (other, r) == (slot, rank));
            assert_eq!(twin.map(|(twin, ..)| twin), None, "{name}");
            assert_eq!(folded(name), *name);
        }
    }

    #[test]
    fn every_documented_name_fills_its_field() {
        for name in ["title", "headline", "name"] {
            assert_eq!(find(json!({name: "Ferry"})).unwrap().headline.as_deref(), Some("Ferry"), "{name}");
        }
        for name in ["text", "body", "content", "maintext", "articleBody", "content_text"] {
            assert_eq!(
                find(json!({name: "It sails."})).unwrap().body.as_deref(),
                Some("It sails."),
                "{name}"
            );
        }
        let date_names = [
            "date",
            "published",
            "published_at",
            "publishedAt",
            "date_publish",
            "pubDate",
            "datePublished",
            "publication_date",
            "publish_date",
        ];
        for name in date_names {
            let fields = find(json!({name: "2024-05-01"})).unwrap();
            assert_eq!(
                fields.stated.dates,
                [StatedDate { kind: "field", place: Some(name.into()), text: "2024-05-01".to_owned() }],
                "{name}"
            );
        }
        for name in ["html", "raw_html", "content_html"] {
            assert_eq!(find(json!({name: "<p>x"})).unwrap().html.as_deref(), Some("<p>x"), "{name}");
        }
        for name in ["url", "link"] {
            assert_eq!(find(json!({name: "u"})).unwrap().stated.url.as_deref(), Some("u"), "{name}");
        }
        for name in ["authors", "author", "byline"] {
            assert_eq!(find(json!({name: "Jo Brandt"})).unwrap().stated.authors, ["Jo Brandt"], "{name}");
        }
        for name in ["language", "lang"] {
            assert_eq!(find(json!({name: "en"})).unwrap().stated.language.as_deref(), Some("en"), "{name}");
        }
    }

    #[test]
    fn an_empty_field_leaves_its_place_to_the_next() {
        let fields =
            find(json!({"text": " ", "body": null, "content": [], "maintext": "It sails."})).unwrap();
        assert_eq!(fields.body.as_deref(), Some("It sails."));
    }

    #[test]
    fn values_come_in_many_shapes() {
        let fields = find(json!({
            "title": {"rendered": "Ferry"},
            "content": [{"type": "paragraph", "text": "One."}, "Two."],
            "authors": [{"name": "Jo Brandt"}, {"first_name": "Ana", "last_name": "Lund"}, "Jo Brandt", 7],
            "source": {"id": null, "name": "Harbour Post"},
            "date": 1_714_550_400,
            "publishedAt": {"$date": "2024-05-01T08:00:00Z"},
            "inLanguage": {"@type": "Language", "name": "English", "alternateName": "en"},
        }))
        .unwrap();
        assert_eq!(fields.headline.as_deref(), Some("Ferry"));
        assert_eq!(fields.body.as_deref(), Some("One.\nTwo."));
        assert_eq!(fields.stated.authors, ["Jo Brandt", "Ana Lund"]);
        assert_eq!(fields.stated.site.as_deref(), Some("Harbour Post"));
        assert_eq!(dates(&fields), ["1714550400", "2024-05-01T08:00:00Z"]);
        assert_eq!(fields.stated.language.as_deref(), Some("en"));
    }

    #[test]
    fn an_error_names_some_keys_and_the_heads_of_long_ones() {
        let keys = (0..20).map(|number| (format!("key {number:02} {}", "é".repeat(100)), json!(1)));
        let named = find(Value::Object(keys.collect())).unwrap().keys;
        assert_eq!(named.split(", ").count(), KEYS_NAMED);
        assert!(named.starts_with(&format!("`key 00 {}…`, ", "é".repeat(26))), "{named}");
    }

    #[test]
    fn dates_and_names_end() {
        let keys =
            (0..100).map(|number| (format!("date{}", "-".repeat(number)), json!(format!("2024-{number}"))));
        assert_eq!(find(Value::Object(keys.collect())).unwrap().stated.dates.len(), MAX_DATES);
        let nothing = json!({"name": vec![json!(0); 2 * MAX_NAMED]});
        assert_eq!(names(&json!([nothing, "Ana Lund"])), Vec::<String>::new());
        assert_eq!(names(&json!(["x".repeat(MAX_NAME + 1), "Ana Lund"])), ["Ana Lund"]);
    }

    #[test]
    fn wrapped_articles_are_found() {
        let article = json!({"headline": "Ferry", "body": "It sails."});
        let cases = [
            json!([article]),
            json!({"article": article}),
            json!({"status": "ok", "totalResults": 1, "articles": [article]}),
            json!({"response": {"docs": [article]}}),
            json!({"_index": "news", "_source": article}),
            json!({"@context": "https://schema.org", "@graph": [
                {"@type": "Person", "name": "Jo"}, {"@type": "NewsArticle", "headline": "Ferry", "articleBody": "It sails."}
            ]}),
            json!({"webTitle": "Ferry (outer)", "fields": {"headline": "Ferry", "bodyText": "It sails."}}),
        ];
        for value in cases {
            let fields = find(value.clone()).unwrap();
            assert_eq!(fields.headline.as_deref(), Some("Ferry"), "{value}");
            assert_eq!(fields.body.as_deref(), Some("It sails."), "{value}");
        }
        let fields = find(json!({"url": "u", "data": {"text": "It sails."}})).unwrap();
        assert_eq!(fields.stated.url.as_deref(), Some("u"), "the outside fills what the inside leaves open");
    }

    #[test]
    fn several_articles_in_one_record_are_refused() {
        let error = find(json!({"articles": [{"title": "a"}, {"title": "b"}]})).unwrap_err();
        assert_eq!(error.to_string(), "expected one article as one JSON object, found a list of 2");
        assert_eq!(find(json!("text")).unwrap_err().code(), "unsupported_shape");
    }
}
