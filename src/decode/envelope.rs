//! CloudEvents in structured mode: the envelope is taken off, its data is the article.
//!
//! In binary mode the attributes are headers (`ce_*`) and the value is the data as it is: nothing to
//! take off.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::DecodeError;
use super::content_type::MediaType;
use super::json::named_keys;

/// The data of an event.
#[derive(Debug, PartialEq)]
pub(super) enum Data {
    /// `data` that is JSON itself.
    Json(Value),
    /// `data` that is a string: text, markup, or JSON once more.
    Text(String),
    /// `data_base64`.
    Binary(Vec<u8>),
}

/// An event taken apart.
#[derive(Debug, PartialEq)]
pub(super) struct Event {
    /// `datacontenttype`.
    pub(super) media: Option<MediaType>,
    /// `data` or `data_base64`.
    pub(super) data: Data,
}

/// Whether an object is a CloudEvent: it has the attributes that each must have, and data.
pub(super) fn is_event(object: &Map<String, Value>) -> bool {
    ["specversion", "type", "source"].iter().all(|key| object.get(*key).is_some_and(Value::is_string))
        && (object.contains_key("data") || object.contains_key("data_base64"))
}

/// Takes the envelope off.
///
/// # Errors
/// [`DecodeError::UnsupportedShape`] if there is no envelope, or it holds no data.
pub(super) fn unwrap(value: Value) -> Result<Event, DecodeError> {
    let expected = "a CloudEvent with `data` or `data_base64`";
    let Value::Object(mut event) = value else {
        return Err(DecodeError::UnsupportedShape {
            expected,
            found: "something that is no object".to_owned(),
        });
    };
    let media = event.get("datacontenttype").and_then(Value::as_str).map(MediaType::parse);
    if let Some(Value::String(encoded)) = event.remove("data_base64") {
        let bytes = STANDARD.decode(encoded.trim()).map_err(|error| DecodeError::UnsupportedShape {
            expected: "`data_base64` in base64",
            found: error.to_string(),
        })?;
        return Ok(Event { media, data: Data::Binary(bytes) });
    }
    let data = match event.remove("data") {
        Some(Value::String(text)) => Data::Text(text),
        Some(Value::Null) | None => {
            let found = format!("only {}", named_keys(&event));
            return Err(DecodeError::UnsupportedShape { expected, found });
        }
        Some(json) => Data::Json(json),
    };
    Ok(Event { media, data })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn events_give_their_data() {
        let event = |data: Value| {
            let mut event = json!({"specversion": "1.0", "type": "news.raw", "source": "/desk", "id": "1"});
            event.as_object_mut().unwrap().extend(data.as_object().unwrap().clone());
            assert!(is_event(event.as_object().unwrap()));
            unwrap(event).unwrap().data
        };
        assert_eq!(event(json!({"data": {"title": "F"}})), Data::Json(json!({"title": "F"})));
        assert_eq!(event(json!({"data": "It sails."})), Data::Text("It sails.".to_owned()));
        assert_eq!(event(json!({"data_base64": "SXQgc2FpbHMu"})), Data::Binary(b"It sails.".to_vec()));
    }

    #[test]
    fn an_event_without_data_is_refused() {
        let error = unwrap(json!({"specversion": "1.0", "type": "t", "source": "s"})).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected a CloudEvent with `data` or `data_base64`, found only `source`, `specversion`, `type`"
        );
        assert_eq!(unwrap(json!({"data_base64": "%"})).unwrap_err().code(), "unsupported_shape");
    }

    #[test]
    fn an_article_is_no_event() {
        assert!(!is_event(json!({"title": "F", "type": "story", "source": "desk"}).as_object().unwrap()));
    }
}
