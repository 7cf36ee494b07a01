//! One line in, one line out: the work of `copydesk tag`.

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use super::{Explained, TagInput, TaggedMention, Tagger};
use crate::article::EntityValue;
use crate::budget::Budget;

/// An answer.
#[derive(Debug, Serialize)]
struct Answer {
    id: Value,
    entities: Vec<Named>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// A mention of an answer.
#[derive(Debug, Serialize)]
struct Named {
    start: usize,
    end: usize,
    #[serde(rename = "type")]
    kind: &'static str,
    qid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<EntityValue>,
    text: String,
}

/// Answers one line `{"id", "text"[, "date"]}` with one line `{"id", "entities"}` (no line feed).
///
/// Offsets are code points of `text`. A line that cannot be answered gives an empty list and `error`;
/// `id` is null where it cannot be read.
#[must_use]
pub fn answer(tagger: &Tagger, line: &str, steps: u64) -> String {
    let answer = read(line).map_or_else(
        |(id, error)| Answer { id, entities: Vec::new(), error: Some(error) },
        |request| match tagger.tag_text(&request.text, request.date, &mut Budget::new(steps)) {
            Ok(mentions) => Answer {
                id: request.id,
                entities: mentions.into_iter().map(Named::from).collect(),
                error: None,
            },
            Err(error) => Answer { id: request.id, entities: Vec::new(), error: Some(error.to_string()) },
        },
    );
    serde_json::to_string(&answer).unwrap_or_else(|error| {
        format!(r#"{{"id":null,"entities":[],"error":"cannot write the answer: {error}"}}"#)
    })
}

/// What was considered for each mention of a line, or what is wrong with the line.
///
/// # Errors
/// What [`answer`] gives as `error`.
pub fn explained(tagger: &Tagger, line: &str, steps: u64) -> Result<Vec<Explained>, String> {
    let request = read(line).map_err(|(_, error)| error)?;
    let input = TagInput { text: &request.text, date: request.date, ..TagInput::default() };
    tagger.explain(&input, &mut Budget::new(steps)).map_err(|error| error.to_string())
}

impl From<TaggedMention> for Named {
    fn from(mention: TaggedMention) -> Self {
        Self {
            start: mention.span.start(),
            end: mention.span.end(),
            kind: mention.kind.as_str(),
            qid: mention.qid,
            value: mention.value,
            text: mention.text,
        }
    }
}

/// A readable line.
struct Request {
    id: Value,
    text: String,
    date: Option<Date>,
}

/// The line's parts, or the id as far as it can be read and what is wrong.
fn read(line: &str) -> Result<Request, (Value, String)> {
    let value: Value = serde_json::from_str(line).map_err(|error| {
        (Value::Null, format!("expected a JSON object with \"id\" and \"text\": {error}"))
    })?;
    let Value::Object(mut object) = value else {
        return Err((Value::Null, format!("expected a JSON object, found {}", name_of(&value))));
    };
    let id = object.remove("id").unwrap_or(Value::Null);
    let text = match object.remove("text") {
        Some(Value::String(text)) => text,
        Some(other) => {
            return Err((id, format!("expected \"text\" to be a string, found {}", name_of(&other))));
        }
        None => return Err((id, "expected a key \"text\", found none".to_owned())),
    };
    let date = match object.remove("date") {
        None | Some(Value::Null) => None,
        // The day counts; a time after it is left.
        Some(Value::String(date)) => match date.get(..10).unwrap_or(&date).parse() {
            Ok(date) => Some(date),
            Err(error) => {
                return Err((id, format!("expected \"date\" as YYYY-MM-DD, found {date:?}: {error}")));
            }
        },
        Some(other) => {
            return Err((id, format!("expected \"date\" to be a string, found {}", name_of(&other))));
        }
    };
    Ok(Request { id, text, date })
}

fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::DEFAULT_STEPS;
    use crate::tag::tests::tagger;

    #[test]
    fn a_line_is_answered_in_code_points() {
        assert_eq!(
            answer(
                tagger(),
                r#"{"id":7,"text":"Tea (čaj) comes from Peru’s north.","date":"2023-01-08T10:33"}"#,
                DEFAULT_STEPS
            ),
            r#"{"id":7,"entities":[{"start":21,"end":25,"type":"GPE","qid":"Q419","text":"Peru"}]}"#
        );
    }

    #[test]
    fn a_bad_line_says_what_is_wrong_and_keeps_its_id() {
        for (line, expected) in [
            ("", "expected a JSON object with"),
            ("[1]", "found an array"),
            (r#"{"id":"a"}"#, r#"{"id":"a","entities":[],"error":"expected a key \"text\", found none"}"#),
            (r#"{"id":"b","text":3}"#, "found a number"),
            (r#"{"id":"c","text":"x","date":"soon"}"#, "as YYYY-MM-DD"),
        ] {
            let found = answer(tagger(), line, DEFAULT_STEPS);
            assert!(found.contains(expected), "{found}");
            assert!(found.contains(r#""entities":[]"#), "{found}");
        }
        assert!(answer(tagger(), r#"{"id":1,"text":"Peru and Chile"}"#, 3).contains("limits.steps"));
    }
}
