//! The whole worker on a real Kafka: what becomes of the records.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop at once"
)]

mod harness;

use std::collections::{BTreeMap, BTreeSet};

use harness::broker;
use harness::client::{Stored, committed, create_topic, eventually, read, visible, write};
use harness::stories::{Kind, kind, record, records, story};
use harness::worker::{KEEP, Route, Worker, copydesk};
use serde_json::{Value, json};

/// Waits until the whole input, as far as it is written, is committed.
fn wait_for_commits(route: &Route, partitions: i32) {
    let written = i64::try_from(visible(broker(), &route.input)).unwrap();
    eventually(&format!("{written} records are committed"), || {
        committed(broker(), &route.group, &route.input, partitions).values().sum::<i64>() == written
    });
}

/// Runs a worker over what is written, to a good end.
fn run_over(route: &Route, partitions: i32, settings: &[&str]) -> Worker {
    let mut worker = route.start(settings);
    wait_for_commits(route, partitions);
    worker.stop();
    worker
}

/// All of a topic.
fn all(topic: &str) -> Vec<Stored> {
    read(broker(), topic, visible(broker(), topic))
}

/// The number that a record of [`record`] was made of: its headers are kept on every way through.
fn number(stored: &Stored) -> usize {
    std::str::from_utf8(stored.header("number").expect("header `number`")).unwrap().parse().unwrap()
}

fn text_header<'a>(stored: &'a Stored, name: &str) -> &'a str {
    std::str::from_utf8(stored.header(name).unwrap_or_else(|| panic!("header `{name}`"))).unwrap()
}

/// Within one partition, the source offsets of one input partition rise: by the numbers of the records,
/// which were written in their order.
fn assert_order(stored: &[Stored], partitions: usize) {
    let mut last = BTreeMap::new();
    for record in stored {
        let number = number(record);
        let previous = last.insert((record.partition, number % partitions), number);
        assert!(previous.is_none_or(|previous| previous < number), "{number} after {previous:?}");
    }
}

#[test]
fn ten_thousand_articles_are_accounted_for_one_by_one() {
    const COUNT: usize = 10_000;
    const PARTITIONS: usize = 6;
    let route = Route::create("stories", 6);
    let fed = records(0..COUNT, 6);
    let mut worker = route.start(&["log.rejected_per_second=3"]);
    worker.waits_for_partitions(6);
    write(broker(), &route.input, &fed);
    wait_for_commits(&route, 6);

    let of = |wanted: fn(Kind) -> bool| (0..COUNT).filter(|number| wanted(kind(*number))).count();
    let bad = of(|kind| matches!(kind, Kind::Bad(_)));
    let tombstones = of(|kind| kind == Kind::Tombstone);
    assert_eq!((bad, tombstones), (600, 200));
    assert_metrics(&mut worker, &route, COUNT, bad, tombstones);
    assert_rejections_are_logged(&worker, bad);
    worker.stop();

    let out = all(&route.output);
    let dead = all(&route.dead);
    assert_eq!((out.len(), dead.len()), (COUNT - bad, bad), "out and dead letters are what came in");
    let answered: BTreeSet<usize> = out.iter().chain(&dead).map(number).collect();
    assert_eq!(answered, (0..COUNT).collect(), "each once");
    assert_order(&out, PARTITIONS);
    assert_order(&dead, PARTITIONS);
    out.iter().for_each(|stored| assert_output(stored, &fed[number(stored)], &route));
    dead.iter().for_each(|stored| assert_dead_letter(stored, &fed[number(stored)], &route));
    assert_schema(&out);
}

fn assert_metrics(worker: &mut Worker, route: &Route, count: usize, bad: usize, tombstones: usize) {
    let input = &route.input;
    let lag = |metrics: &BTreeMap<String, f64>| {
        let lags = metrics.iter().filter(|(name, _)| name.starts_with("copydesk_partition_lag_records{"));
        let lags: Vec<f64> = lags.map(|(_, lag)| *lag).collect();
        assert_eq!(lags.len(), 6);
        lags.iter().sum::<f64>()
    };
    // Both are gauges, told now and then, each in its own time.
    eventually("no lag is left", || lag(&worker.metrics()) == 0.0);
    eventually("nothing is in flight", || worker.metrics()["copydesk_in_flight_records"] == 0.0);
    let metrics = worker.metrics();
    let count_of = |series: String| *metrics.get(&series).unwrap_or_else(|| panic!("{series}: {metrics:#?}"));
    let rows = [
        (format!("copydesk_records_in_total{{topic=\"{input}\"}}"), count),
        (format!("copydesk_records_out_total{{topic=\"{input}\"}}"), count - bad),
        (format!("copydesk_dead_letters_total{{topic=\"{input}\"}}"), bad),
        (format!("copydesk_tombstones_total{{topic=\"{input}\"}}"), tombstones),
        ("copydesk_rejections_total{stage=\"decode\",code=\"empty_value\"}".to_owned(), bad / 3),
        ("copydesk_rejections_total{stage=\"decode\",code=\"binary_value\"}".to_owned(), bad / 3),
        ("copydesk_rejections_total{stage=\"decode\",code=\"bad_json\"}".to_owned(), bad / 3),
        ("copydesk_rebalances_total{kind=\"assign\"}".to_owned(), 1),
        ("copydesk_end_to_end_duration_seconds_count".to_owned(), count),
    ];
    for (series, expected) in rows {
        assert_eq!(count_of(series.clone()), expected as f64, "{series}");
    }
    assert_eq!(metrics.get("copydesk_rebalances_total{kind=\"revoke\"}"), None);
    assert_eq!(metrics.get("copydesk_commits_total{outcome=\"failed\"}"), None);
}

/// Some are logged with their cause, the rest as numbers, and nothing else is complained of.
fn assert_rejections_are_logged(worker: &Worker, bad: usize) {
    const WITHHELD: &str = "more records were rejected than are logged";
    let withheld =
        || worker.told(WITHHELD).iter().map(|line| line["withheld"].as_u64().unwrap()).sum::<u64>();
    let logged = || worker.told("record rejected");
    eventually("every rejected record is told of", || logged().len() as u64 + withheld() == bad as u64);
    assert!(withheld() > 0, "{bad} records in a few seconds are more than are logged");
    let codes: BTreeSet<String> = logged()
        .iter()
        .map(|line| {
            assert!(!line["cause"].as_str().unwrap().is_empty(), "{line}");
            assert_eq!((&line["level"], &line["stage"]), (&json!("WARN"), &json!("decode")));
            assert!(
                line["topic"].is_string() && line["partition"].is_i64() && line["offset"].is_i64(),
                "{line}"
            );
            line["code"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(
        codes.iter().map(String::as_str).collect::<Vec<_>>(),
        ["bad_json", "binary_value", "empty_value"]
    );
    let other: Vec<_> = worker
        .complaints()
        .into_iter()
        .filter(|line| line["message"] != "record rejected" && line["message"] != WITHHELD)
        .collect();
    assert!(other.is_empty(), "{other:#?}");
}

fn assert_output(stored: &Stored, fed: &Stored, route: &Route) {
    let number = number(fed);
    assert_eq!((&stored.key, stored.timestamp), (&fed.key, fed.timestamp), "{number}");
    assert_eq!(stored.headers[..fed.headers.len()], fed.headers[..], "{number}");
    if fed.key.is_none() {
        assert_eq!(stored.partition, fed.partition, "a null key keeps to its partition");
    }
    if kind(number) == Kind::Tombstone {
        assert_eq!((&stored.value, &stored.headers), (&None, &fed.headers));
        return;
    }
    assert_eq!(kind(number), Kind::Story);
    let value: Value = serde_json::from_slice(stored.value.as_deref().unwrap()).unwrap();
    let source = &value["source"];
    assert_eq!(source["topic"], route.input);
    assert_eq!(
        (source["partition"].as_i64(), source["offset"].as_i64()),
        (Some(i64::from(fed.partition)), Some(i64::try_from(number / 6).unwrap()))
    );
    assert_eq!(source["bytes"].as_u64().unwrap(), fed.value.as_ref().unwrap().len() as u64);
    let key = fed.key.as_ref().map(|key| String::from_utf8(key.clone()).unwrap());
    assert_eq!(source["key"].as_str(), key.as_deref());
    let raw = story(number);
    assert_eq!(value["headline"].as_str(), raw.lines().next(), "{number}");
    assert!(value["text"].as_str().unwrap().starts_with("After a long evening"), "{}", value["text"]);
    assert_eq!(value["related"][0]["text"], "Oslo counts its trams again");
    assert_eq!(text_header(stored, "ce_id"), value["id"]);
    assert_eq!(text_header(stored, "ce_source"), format!("urn:copydesk:{}", route.input));
}

fn assert_dead_letter(stored: &Stored, fed: &Stored, route: &Route) {
    let number = number(fed);
    let Kind::Bad(fault) = kind(number) else { panic!("{number} is good") };
    assert_eq!(
        (&stored.key, &stored.value, stored.timestamp),
        (&fed.key, &fed.value, fed.timestamp),
        "{number}"
    );
    let (original, own) = stored.headers.split_at(fed.headers.len());
    assert_eq!(original, &fed.headers[..]);
    let message = text_header(stored, "copydesk.error.message");
    assert!(message.starts_with("expected "), "{message}");
    let rows = [
        ("copydesk.error.stage", "decode".to_owned()),
        ("copydesk.error.code", fault.code().to_owned()),
        ("copydesk.error.message", message.to_owned()),
        ("copydesk.original.topic", route.input.clone()),
        ("copydesk.original.partition", fed.partition.to_string()),
        ("copydesk.original.offset", (number / 6).to_string()),
        ("copydesk.original.timestamp", fed.timestamp.unwrap().to_string()),
        ("copydesk.attempts", "1".to_owned()),
        ("copydesk.version", env!("CARGO_PKG_VERSION").to_owned()),
    ];
    let expected = rows.map(|(name, value)| (name.to_owned(), Some(value.into_bytes())));
    assert_eq!(own, &expected[..]);
}

/// Two hundred records are what `copydesk schema` says.
fn assert_schema(out: &[Stored]) {
    let printed = copydesk().arg("schema").output().expect("copydesk schema");
    let schema: Value = serde_json::from_slice(&printed.stdout).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let stories: Vec<_> = out.iter().filter_map(|stored| stored.value.as_deref()).collect();
    let sample: Vec<_> = stories.iter().step_by(stories.len() / 200).collect();
    assert!(sample.len() >= 200);
    for value in sample {
        let record: Value = serde_json::from_slice(value).unwrap();
        let faults: Vec<_> = validator.iter_errors(&record).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?}: {record:#}");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let one = Route::create("threads", 3);
    let four = one.beside("threads.four", 3);
    write(broker(), &one.input, &records(0..1500, 3));
    let answers = |route: &Route, workers: &str| -> BTreeMap<usize, Stored> {
        run_over(route, 3, &[workers]);
        let answers = [all(&route.output), all(&route.dead)].concat();
        assert_eq!(answers.len(), 1500);
        // Where dead letters of several partitions meet is a matter of time; all else is not.
        let placeless = |stored: Stored| Stored { offset: 0, ..stored };
        answers.into_iter().map(|stored| (number(&stored), placeless(stored))).collect()
    };
    assert_eq!(answers(&one, "limits.workers=1"), answers(&four, "limits.workers=4"));
}

fn header(name: &str, value: &str) -> (String, Option<Vec<u8>>) {
    (name.to_owned(), Some(value.as_bytes().to_vec()))
}

#[test]
fn cloud_events_come_in_and_go_out_with_their_trace() {
    const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let route = Route::create("events", 1);
    let article = json!({
        "title": "Lisbon opens a night tram", "text": "The tram runs from midnight to five, the city said.",
        "url": "https://paper.example/tram"
    });
    let structured = json!({
        "specversion": "1.0", "type": "news.raw", "source": "/desk", "id": "their-id",
        "datacontenttype": "application/json", "data": article
    });
    let event = |value: &Value, headers: Vec<(String, Option<Vec<u8>>)>| Stored {
        timestamp: Some(1_672_531_200_250),
        headers,
        ..Stored::new(0, value.to_string())
    };
    let binary = event(
        &article,
        vec![
            header("ce_specversion", "1.0"),
            header("ce_type", "news.raw"),
            header("ce_source", "/desk"),
            header("ce_id", "their-id"),
            header("ce_subject", "tram"),
            header("content-type", "application/json"),
            header("traceparent", TRACE),
            header("tracestate", "desk=1"),
        ],
    );
    let structured = event(
        &structured,
        vec![
            header("content-type", "application/cloudevents+json; charset=utf-8"),
            header("ce_traceparent", TRACE),
        ],
    );
    write(broker(), &route.input, &[binary, structured]);
    let worker = run_over(&route, 1, &[]);
    assert!(worker.complaints().is_empty(), "{:#?}", worker.complaints());
    let out = all(&route.output);
    assert_eq!(out.len(), 2);
    for stored in &out {
        let value: Value = serde_json::from_slice(stored.value.as_deref().unwrap()).unwrap();
        assert_eq!(value["headline"], "Lisbon opens a night tram");
        assert_eq!(value["url"], "https://paper.example/tram");
        assert_eq!(stored.timestamp, Some(1_672_531_200_250));
        let own = [
            header("ce_specversion", "1.0"),
            header("ce_type", "copydesk.article.v1"),
            header("ce_source", &format!("urn:copydesk:{}", route.input)),
            header("ce_id", value["id"].as_str().unwrap()),
            header("ce_time", "2023-01-01T00:00:00.25Z"),
            header("content-type", "application/json"),
        ];
        assert!(stored.headers.ends_with(&own), "{:?}", stored.headers);
        assert_eq!(text_header(stored, "traceparent"), TRACE);
        for name in
            ["ce_specversion", "ce_type", "ce_source", "ce_id", "ce_time", "content-type", "traceparent"]
        {
            assert_eq!(stored.headers.iter().filter(|(found, _)| found == name).count(), 1, "{name}");
        }
    }
    assert_eq!(text_header(&out[0], "copydesk.input.ce_id"), "their-id");
    assert_eq!(text_header(&out[0], "ce_subject"), "tram");
    assert_eq!(text_header(&out[0], "tracestate"), "desk=1");
    assert_eq!(
        text_header(&out[1], "copydesk.input.content-type"),
        "application/cloudevents+json; charset=utf-8"
    );
}

#[test]
fn keys_can_be_the_id_or_the_url_and_tombstones_have_neither() {
    let id = Route::create("keys.id", 2);
    let url = id.beside("keys.url", 2);
    let address = "https://paper.example/lamps";
    let article =
        json!({"title": "Vienna dims its lamps", "text": "The lamps go out at one.", "url": address});
    let tombstone = Stored { value: None, ..record(40, 1) };
    let keyed = Stored { key: Some(b"lamps".to_vec()), ..Stored::new(0, article.to_string()) };
    write(broker(), &id.input, &[keyed, record(0, 1), tombstone.clone()]);
    for (route, setting, has_url) in [(&id, "output.key=id", false), (&url, "output.key=url", true)] {
        run_over(route, 2, &[setting]);
        let out = all(&route.output);
        assert_eq!(out.len(), 2);
        for stored in &out {
            let value: Value = serde_json::from_slice(stored.value.as_deref().unwrap()).unwrap();
            let lamps = value["url"] == address;
            assert_eq!(lamps, value["source"]["key"] == "lamps");
            let expected = if has_url && lamps { address } else { value["id"].as_str().unwrap() };
            assert_eq!(stored.key.as_deref(), Some(expected.as_bytes()));
        }
        let dead = all(&route.dead);
        assert_eq!(dead.len(), 1);
        assert_eq!((&dead[0].key, &dead[0].value), (&tombstone.key, &None));
        assert_eq!(dead[0].timestamp, tombstone.timestamp);
        assert_eq!(text_header(&dead[0], "copydesk.error.stage"), "publish");
        assert_eq!(text_header(&dead[0], "copydesk.error.code"), "tombstone_rejected");
    }
}

#[test]
fn an_output_too_large_is_dead_lettered_and_its_partition_goes_on() {
    let mut route = Route::create("large", 1);
    route.output = harness::unique("large.small");
    let limited = [KEEP, &[("max.message.bytes", "20000")]].concat();
    create_topic(broker(), &route.output, 1, &limited);
    let mut fed: Vec<_> = (0..6).map(|number| record(number, 1)).collect();
    fed[3].value = Some(format!("{}\n{}", story(3), "The clerk read on.\n".repeat(3000)).into_bytes());
    write(broker(), &route.input, &fed);
    let worker = run_over(&route, 1, &[]);
    let out = all(&route.output);
    assert_eq!(out.iter().map(number).collect::<Vec<_>>(), [0, 1, 2, 4, 5]);
    let dead = all(&route.dead);
    assert_eq!(dead.iter().map(number).collect::<Vec<_>>(), [3]);
    assert_eq!((&dead[0].key, &dead[0].value), (&fed[3].key, &fed[3].value));
    assert_eq!(text_header(&dead[0], "copydesk.error.stage"), "publish");
    assert_eq!(text_header(&dead[0], "copydesk.error.code"), "output_too_large");
    let message = text_header(&dead[0], "copydesk.error.message");
    assert!(message.contains("20000") && message.contains(&route.output), "{message}");
    assert_eq!(text_header(&dead[0], "copydesk.original.offset"), "3");
    assert_eq!(worker.told("record rejected").len(), 1);
}
