//! The envelope of an output: CloudEvents 1.0, Kafka protocol binding, binary mode.
//!
//! Headers of the input are kept in their order, with one exception: those that describe the *input*
//! and would be wrong about the output ([`REPLACED`]). They stay under `copydesk.input.<name>`, so
//! that a reader finds one `ce_id`, ours, and still can follow the event back to where it came from.
//! `traceparent` and `tracestate` are original headers and go on as they are; an event that carries
//! its trace as a CloudEvents extension (`ce_traceparent`) gets the header as well.

use bytes::Bytes;

use super::Finished;
use crate::article::{Headers, rfc3339};
use crate::pipeline::seam::Incoming;
use crate::settings::OutputKey;

/// `ce_type` of an enriched article.
pub const CE_TYPE: &str = "copydesk.article.v1";
/// `ce_specversion`.
pub const CE_SPEC_VERSION: &str = "1.0";
/// `content-type` of an enriched article.
pub const CONTENT_TYPE: &str = "application/json";
/// What the name of an input header begins with where the output has its own.
pub const INPUT_PREFIX: &str = "copydesk.input.";

/// Headers that describe the input's value: meaningless, or wrong, beside the output's.
const REPLACED: [&str; 8] = [
    "ce_id",
    "ce_source",
    "ce_type",
    "ce_specversion",
    "ce_time",
    "ce_dataschema",
    "content-type",
    "content-encoding",
];

/// The output that carries `value`, the JSON of the record `id`, for the input record `incoming`.
///
/// `url` is the record's, for [`OutputKey::Url`]; without one the key is the `id`. `ce_time` is the
/// input's timestamp, absent if it has none; `ce_source` is `urn:copydesk:<input topic>`.
#[must_use]
pub fn envelope(incoming: &Incoming, id: &str, url: Option<&str>, key: OutputKey, value: Bytes) -> Finished {
    let output_key = match key {
        OutputKey::Keep => incoming.key.clone(),
        OutputKey::Id => Some(Bytes::copy_from_slice(id.as_bytes())),
        OutputKey::Url => Some(Bytes::copy_from_slice(url.unwrap_or(id).as_bytes())),
    };
    Finished { key: output_key, value: Some(value), headers: headers(incoming, id) }
}

fn headers(incoming: &Incoming, id: &str) -> Headers {
    let mut headers = Headers::with_capacity(incoming.headers.len() + 7);
    for (name, value) in &incoming.headers {
        let replaced = REPLACED.iter().any(|own| own.eq_ignore_ascii_case(name));
        let kept =
            if replaced { format!("{INPUT_PREFIX}{}", name.to_ascii_lowercase()) } else { name.clone() };
        headers.push((kept, value.clone()));
    }
    if let Some(trace) = trace_of_extension(&incoming.headers) {
        headers.push(("traceparent".to_owned(), Some(trace)));
    }
    let source = format!("urn:copydesk:{}", incoming.position.partition.topic);
    headers.push(("ce_specversion".to_owned(), Some(Bytes::from_static(CE_SPEC_VERSION.as_bytes()))));
    headers.push(("ce_type".to_owned(), Some(Bytes::from_static(CE_TYPE.as_bytes()))));
    headers.push(("ce_source".to_owned(), Some(Bytes::from(source))));
    headers.push(("ce_id".to_owned(), Some(Bytes::copy_from_slice(id.as_bytes()))));
    if let Some(time) = incoming.timestamp_ms.and_then(rfc3339) {
        headers.push(("ce_time".to_owned(), Some(Bytes::from(time))));
    }
    headers.push(("content-type".to_owned(), Some(Bytes::from_static(CONTENT_TYPE.as_bytes()))));
    headers
}

/// The trace of `ce_traceparent`, unless a `traceparent` header says it already.
fn trace_of_extension(headers: &Headers) -> Option<Bytes> {
    if headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("traceparent")) {
        return None;
    }
    headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("ce_traceparent"))
        .and_then(|(_, value)| value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::seam::{Epoch, PartitionId, Position};

    fn incoming(headers: &[(&str, &str)]) -> Incoming {
        Incoming {
            position: Position { partition: PartitionId::new("raw", 7), epoch: Epoch(3), offset: 41 },
            timestamp_ms: Some(1_673_173_980_250),
            key: Some(Bytes::from_static(b"the-key")),
            value: Some(Bytes::from_static(b"value")),
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), Some(Bytes::copy_from_slice(value.as_bytes()))))
                .collect(),
        }
    }

    #[track_caller]
    fn check(incoming: &Incoming, expected: &[(&str, &str)]) {
        let finished = envelope(incoming, "urn:sha256:ab", None, OutputKey::Keep, Bytes::from_static(b"{}"));
        let found: Vec<(&str, &str)> = finished
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), std::str::from_utf8(value.as_ref().unwrap()).unwrap()))
            .collect();
        assert_eq!(found, expected);
    }

    const OWN: [(&str, &str); 6] = [
        ("ce_specversion", "1.0"),
        ("ce_type", "copydesk.article.v1"),
        ("ce_source", "urn:copydesk:raw"),
        ("ce_id", "urn:sha256:ab"),
        ("ce_time", "2023-01-08T10:33:00.25Z"),
        ("content-type", "application/json"),
    ];

    #[test]
    fn every_attribute_has_its_value() {
        check(&incoming(&[]), &OWN);
    }

    #[test]
    fn original_headers_are_kept_and_those_of_the_inputs_own_event_are_renamed() {
        let arrived = incoming(&[
            ("tenant", "desk-1"),
            ("ce_id", "their-id"),
            ("CE_Type", "their.type"),
            ("ce_subject", "kept"),
            ("Content-Type", "text/html"),
            ("content-encoding", "gzip"),
            ("traceparent", "00-aa-bb-01"),
            ("tenant", "twice"),
        ]);
        let mut expected = vec![
            ("tenant", "desk-1"),
            ("copydesk.input.ce_id", "their-id"),
            ("copydesk.input.ce_type", "their.type"),
            ("ce_subject", "kept"),
            ("copydesk.input.content-type", "text/html"),
            ("copydesk.input.content-encoding", "gzip"),
            ("traceparent", "00-aa-bb-01"),
            ("tenant", "twice"),
        ];
        expected.extend(OWN);
        check(&arrived, &expected);
    }

    #[test]
    fn the_trace_of_an_extension_becomes_the_header_unless_there_is_one() {
        let mut expected = vec![("ce_traceparent", "00-aa-bb-01"), ("traceparent", "00-aa-bb-01")];
        expected.extend(OWN);
        check(&incoming(&[("ce_traceparent", "00-aa-bb-01")]), &expected);

        let mut both = vec![("ce_traceparent", "00-aa-bb-01"), ("traceparent", "00-cc-dd-01")];
        both.extend(OWN);
        check(&incoming(&[("ce_traceparent", "00-aa-bb-01"), ("traceparent", "00-cc-dd-01")]), &both);
    }

    #[test]
    fn no_timestamp_gives_no_time() {
        let mut arrived = incoming(&[]);
        for timestamp in [None, Some(i64::MAX)] {
            arrived.timestamp_ms = timestamp;
            let expected: Vec<_> = OWN.into_iter().filter(|(name, _)| *name != "ce_time").collect();
            check(&arrived, &expected);
        }
    }

    #[test]
    fn the_key_is_the_one_that_was_asked_for() {
        let keyed = incoming(&[]);
        let key = |choice, url| envelope(&keyed, "urn:sha256:ab", url, choice, Bytes::new()).key.unwrap();
        assert_eq!(key(OutputKey::Keep, None), "the-key");
        assert_eq!(key(OutputKey::Id, Some("https://desk.example/a")), "urn:sha256:ab");
        assert_eq!(key(OutputKey::Url, Some("https://desk.example/a")), "https://desk.example/a");
        assert_eq!(key(OutputKey::Url, None), "urn:sha256:ab", "an article without url falls back to its id");

        let mut keyless = incoming(&[]);
        keyless.key = None;
        assert_eq!(envelope(&keyless, "urn:sha256:ab", None, OutputKey::Keep, Bytes::new()).key, None);
    }
}
