//! The schema against the record: what serde writes is what `src/article/schema.json` says.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that meets the unexpected should stop at once"
)]

use copydesk::article::{
    Access, Credit, CreditKind, Dateline, Edit, EncodingUsed, Entity, EntityValue, Evidence, Field, Flag,
    Format, Language, Mention, MentionField, OFFSET_UNIT, OtherDate, Part, Precision, Processing, Published,
    Reading, Record, Related, SCHEMA_NAME, Source, Stats, ZoneKnowledge,
};
use copydesk::offsets::Span;
use serde_json::{Value, json};

fn schema() -> Value {
    serde_json::from_str(include_str!("../src/article/schema.json")).expect("the schema is JSON")
}

fn date() -> Published {
    Published {
        at: "2024-03-05T08:15".to_owned(),
        instant: Some("2024-03-05T08:15:00Z".to_owned()),
        zone: ZoneKnowledge::Assumed,
        precision: Precision::Minute,
        raw: "05.03.2024 08:15".to_owned(),
        span: Some(Span::new(23, 39)),
        evidence: vec![Evidence {
            kind: "meta".to_owned(),
            place: Some("article:published_time".to_owned()),
            text: "05.03.2024 08:15".to_owned(),
            reading: "2024-03-05T08:15".to_owned(),
            weight: 0.9,
        }],
        against: vec![OtherDate {
            kind: "url".to_owned(),
            place: Some("canonical_url".to_owned()),
            text: "https://paper.example/2024/03/04/bridge".to_owned(),
            reading: Some("2024-03-04".to_owned()),
            weight: 0.6,
            because: "another day",
        }],
        ambiguous: true,
        readings: vec![Reading { at: "2024-05-03T08:15".to_owned(), because: "month before day".to_owned() }],
    }
}

/// A record in which every key has a value and every list an item.
fn full() -> Record {
    let text = "Traffic returned to the Ørsund bridge.";
    Record {
        schema: SCHEMA_NAME,
        offset_unit: OFFSET_UNIT,
        id: format!("urn:sha256:{}", "0a".repeat(32)),
        content_id: format!("urn:sha256:{}", "b1".repeat(32)),
        url: Some("https://paper.example/bridge".to_owned()),
        canonical_url: Some("https://paper.example/bridge".to_owned()),
        source: Source {
            topic: Some("articles.raw".to_owned()),
            partition: Some(3),
            offset: Some(41),
            timestamp: Some("2024-03-05T08:15:00Z".to_owned()),
            as_of: Some("2024-03-05T08:15:00Z".to_owned()),
            key: Some("bridge".to_owned()),
            key_base64: Some("/wE=".to_owned()),
            file: Some("bridge.txt".to_owned()),
            format: Format::Text,
            encoding: EncodingUsed { declared: Some("utf-8".to_owned()), used: "utf-8".to_owned() },
            bytes: 90,
            site: Some("The Paper".to_owned()),
        },
        headline: Some("Harbour bridge reopens".to_owned()),
        authors: vec!["Ines Halvorsen".to_owned()],
        credits: vec![Credit {
            name: "Ines Halvorsen".to_owned(),
            kind: CreditKind::Person,
            role: "author".to_owned(),
        }],
        dateline: Some(Dateline {
            place: Some("OSLO".to_owned()),
            qid: Some("Q585".to_owned()),
            agency: Some("AP".to_owned()),
        }),
        published: Some(date()),
        modified: Some(date()),
        section: Some("Harbour".to_owned()),
        image_url: Some("https://paper.example/bridge.jpg".to_owned()),
        access: Some(Access::Paid),
        language: Some(Language { tag: "en".to_owned(), confidence: 0.97 }),
        text: text.to_owned(),
        paragraphs: vec![Span::new(0, 38)],
        sentences: vec![Span::new(0, 38)],
        parts: vec![Part { field: Field::Headline, raw: Span::new(0, 22) }],
        edits: vec![Edit {
            rule: "date_line",
            raw: Span::new(22, 40),
            cut: "\n05.03.2024 08:15\n".to_owned(),
            put: String::new(),
            note: Some("read as the date".to_owned()),
        }],
        related: vec![Related {
            text: "Storm closes port".to_owned(),
            url: Some("https://paper.example/storm".to_owned()),
        }],
        entities: Some(values().into_iter().map(entity).collect()),
        flags: FLAGS.to_vec(),
        stats: Stats { characters: 38, words: 6 },
        processing: Processing {
            version: "0.0.0",
            model: Some("model".to_owned()),
            kb: Some("kb".to_owned()),
        },
    }
}

fn entity(value: EntityValue) -> Entity {
    Entity {
        id: "nil:FAC:orsund bridge".to_owned(),
        name: "Ørsund bridge".to_owned(),
        kind: "FAC".to_owned(),
        qid: Some("Q1".to_owned()),
        country: Some("NO".to_owned()),
        confidence: 0.8,
        link_confidence: Some(0.5),
        value: Some(value),
        mentions: vec![Mention {
            field: MentionField::Text,
            start: 24,
            end: 37,
            text: "Ørsund bridge".to_owned(),
        }],
    }
}

/// A value of each form, with all that it can have.
fn values() -> [EntityValue; 3] {
    let some = |text: &str| Some(text.to_owned());
    [
        EntityValue::Time { stated: "XXXX-03-05".to_owned(), iso: some("2024-03-05") },
        EntityValue::Money {
            amount: some("2"),
            to: some("3.5"),
            currency: some("EUR"),
            unit: "€".to_owned(),
        },
        EntityValue::Number {
            amount: some("-2"),
            to: some("3"),
            unit: "d".to_owned(),
            duration: some("P2D"),
        },
    ]
}

const FLAGS: [Flag; 9] = [
    Flag::UnbalancedQuotes,
    Flag::NoHeadline,
    Flag::NoDate,
    Flag::UndecodableBytes,
    Flag::MojibakeRepaired,
    Flag::EncodingMismatch,
    Flag::NoArticle,
    Flag::Degraded,
    Flag::Truncated,
];

/// A record in which everything that can be missing is.
fn bare() -> Record {
    let mut record = full();
    (record.url, record.canonical_url, record.headline) = (None, None, None);
    (record.dateline, record.published, record.language, record.entities) = (None, None, None, None);
    (record.modified, record.section, record.image_url, record.access) = (None, None, None, None);
    record.source = Source {
        topic: None,
        partition: None,
        offset: None,
        timestamp: None,
        as_of: None,
        key: None,
        key_base64: None,
        file: None,
        encoding: EncodingUsed { declared: None, used: "windows-1252".to_owned() },
        site: None,
        ..record.source
    };
    (record.processing.model, record.processing.kb) = (None, None);
    (record.authors, record.credits, record.related) = (Vec::new(), Vec::new(), Vec::new());
    (record.parts, record.edits, record.flags) = (Vec::new(), Vec::new(), Vec::new());
    record
}

/// A record whose objects are there, and everything in them that can be missing is not.
fn hollow() -> Record {
    let mut record = full();
    record.dateline = Some(Dateline { place: None, qid: None, agency: None });
    if let Some(published) = &mut record.published {
        (published.instant, published.span) = (None, None);
    }
    for edit in &mut record.edits {
        edit.note = None;
    }
    for related in &mut record.related {
        related.url = None;
    }
    for entity in record.entities.iter_mut().flatten() {
        (entity.qid, entity.country, entity.link_confidence) = (None, None, None);
        entity.value = match entity.value.take() {
            Some(EntityValue::Time { stated, .. }) => Some(EntityValue::Time { stated, iso: None }),
            Some(EntityValue::Money { unit, .. }) => {
                Some(EntityValue::Money { amount: None, to: None, currency: None, unit })
            }
            _ => None,
        };
    }
    record
}

fn faults(instance: &Value) -> Vec<String> {
    let validator = jsonschema::draft202012::new(&schema()).expect("the schema is a schema");
    validator.iter_errors(instance).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn the_schema_is_valid_itself() {
    assert!(jsonschema::meta::is_valid(&schema()));
}

#[test]
fn records_are_valid() {
    for (name, record) in [("full", full()), ("bare", bare()), ("hollow", hollow())] {
        let instance = serde_json::to_value(record).expect("a record is JSON");
        assert_eq!(faults(&instance), Vec::<String>::new(), "{name}");
    }
}

/// Follows `$ref` and the first `anyOf` that is not null and whose required keys the instance has.
fn resolve<'s>(root: &'s Value, schema: &'s Value, instance: &Value) -> &'s Value {
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        let target = root.pointer(target.trim_start_matches('#')).expect("the target of a $ref");
        return resolve(root, target, instance);
    }
    let Some(choices) = schema.get("anyOf").and_then(Value::as_array) else { return schema };
    let fits = |choice: &&Value| {
        let required = choice.get("required").and_then(Value::as_array).into_iter().flatten();
        required.filter_map(Value::as_str).all(|key| instance.get(key).is_some())
    };
    let choices = choices.iter().filter(|choice| choice.get("$ref").is_some());
    choices.map(|choice| resolve(root, choice, instance)).find(fits).expect("a choice")
}

/// Keys that stand in the record and not in the schema, or the other way round, with their paths.
fn drift(root: &Value, schema: &Value, instance: &Value, path: &str, found: &mut Vec<String>) {
    let schema = resolve(root, schema, instance);
    match instance {
        Value::Object(object) => {
            let properties = schema.get("properties").and_then(Value::as_object);
            let described = |key: &str| properties.and_then(|properties| properties.get(key));
            for (key, value) in object {
                match described(key) {
                    Some(inner) => drift(root, inner, value, &format!("{path}/{key}"), found),
                    None => found.push(format!("{path}/{key} is not in the schema")),
                }
            }
            for key in properties.into_iter().flatten().map(|(key, _)| key) {
                if !object.contains_key(key) {
                    found.push(format!("{path}/{key} is not in the record"));
                }
            }
        }
        Value::Array(items) => {
            let Some(inner) = schema.get("items").filter(|items| items.is_object()) else { return };
            for item in items {
                drift(root, inner, item, &format!("{path}[]"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn schema_and_record_have_the_same_keys() {
    let root = schema();
    let mut found = Vec::new();
    drift(&root, &root, &serde_json::to_value(full()).expect("a record is JSON"), "", &mut found);
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn every_flag_is_explained() {
    let flag = schema().pointer("/$defs/flag").cloned().expect("a definition of flags");
    let written = serde_json::to_value(FLAGS).expect("flags are JSON");
    assert_eq!(flag["examples"], written);
    let description = flag["description"].as_str().expect("a description");
    for name in written.as_array().into_iter().flatten().filter_map(Value::as_str) {
        assert!(description.contains(&format!("{name}: ")), "{name}");
    }
}

#[test]
fn readers_may_ignore_keys_that_they_do_not_know() {
    let mut instance = serde_json::to_value(full()).expect("a record is JSON");
    instance["of_a_later_version"] = json!(true);
    instance["source"]["of_a_later_version"] = json!([1]);
    assert_eq!(faults(&instance), Vec::<String>::new());
}

#[test]
fn what_is_no_record_is_refused() {
    let rows: [(&str, Value); 12] = [
        ("/schema", json!("copydesk.article/2")),
        ("/offset_unit", json!("byte")),
        ("/id", json!("urn:sha256:12")),
        ("/text", json!(null)),
        ("/paragraphs", json!([[0]])),
        ("/paragraphs", json!([[0, 1, 2]])),
        ("/paragraphs", json!([[-1, 2]])),
        ("/published/precision", json!("hour")),
        ("/source/format", json!("pdf")),
        ("/language/confidence", json!(1.2)),
        ("/parts/0/field", json!("byline")),
        ("/entities", json!(null)),
    ];
    for (pointer, wrong) in rows {
        let mut instance = serde_json::to_value(full()).expect("a record is JSON");
        *instance.pointer_mut(pointer).expect("a key") = wrong;
        assert!(!faults(&instance).is_empty(), "{pointer}");
    }
    for (key, required) in full_keys() {
        let mut instance = serde_json::to_value(full()).expect("a record is JSON");
        instance.as_object_mut().expect("an object").remove(&key);
        assert_eq!(faults(&instance).is_empty(), !required, "without {key}");
    }
}

/// The keys of a record, and whether each must be there.
fn full_keys() -> Vec<(String, bool)> {
    let record = serde_json::to_value(full()).expect("a record is JSON");
    let keys = record.as_object().expect("an object").keys();
    keys.map(|key| (key.clone(), key != "entities")).collect()
}
