//! Starting without a broker, without topics: a clear cause, and on as soon as it is there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop at once"
)]

mod harness;

use std::net::TcpListener;
use std::time::Duration;

use copydesk::settings::PropertyValue;
use harness::client::{Stored, create_topic, read, write};
use harness::desk::{Desk, settings};
use harness::{broker, unique};
use tokio::time::Instant;

#[test]
fn missing_topics_are_named_and_waited_for() {
    let (input, output, dead) = (unique("late.in"), unique("late.out"), unique("late.dead"));
    let desk = Desk::start(&settings(broker(), &unique("late"), &input, &output, &dead));
    let named = |topic: &str, role: &str| {
        harness::client::eventually(&format!("{topic} is named"), || {
            desk.watch.cause_with(&[topic, role, "does not exist", broker()])
        });
    };
    named(&input, "input topic");
    named(&output, "output or dead-letter topic");
    create_topic(broker(), &input, 1, &[]);
    create_topic(broker(), &output, 1, &[]);
    named(&dead, "output or dead-letter topic");
    assert!(!desk.watch.ready());
    create_topic(broker(), &dead, 1, &[]);
    write(broker(), &input, &[Stored::new(0, "at last")]);
    let out = read(broker(), &output, 1);
    assert_eq!(out[0].text(), "at last");
    desk.wait_for_partitions(1);
    desk.leave();
}

#[test]
fn a_pattern_waits_for_a_match_and_takes_all_of_them() {
    let prefix = unique("pattern");
    let (output, dead) = (unique("matched.out"), unique("matched.dead"));
    create_topic(broker(), &output, 1, &[]);
    create_topic(broker(), &dead, 1, &[]);
    let pattern = format!("^{prefix}\\..*");
    let mut settings = settings(broker(), &unique("pattern"), &pattern, &output, &dead);
    let refresh = PropertyValue { value: "1000".to_owned(), secret: false };
    settings.kafka.properties.insert("topic.metadata.refresh.interval.ms".to_owned(), refresh);
    let desk = Desk::start(&settings);
    harness::client::eventually("the pattern is named", || {
        desk.watch.cause_with(&["no topic matches", &pattern, broker()])
    });
    for n in 0..2 {
        let topic = format!("{prefix}.{n}");
        create_topic(broker(), &topic, 1, &[]);
        write(broker(), &topic, &[Stored::new(0, format!("from {n}"))]);
    }
    let mut out: Vec<_> = read(broker(), &output, 2).iter().map(Stored::text).collect();
    out.sort();
    assert_eq!(out, ["from 0", "from 1"]);
    desk.leave();
}

#[test]
fn a_broker_that_is_not_there_is_named_with_the_cause() {
    // Taken and never answered: nothing else can come to listen there.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    drop(taken);
    let desk = Desk::start(&settings(&address, &unique("nobody"), "in", "out", "dead"));
    harness::client::eventually("broker and cause are named", || {
        desk.watch.cause_with(&["cannot reach the brokers", &address, "Connection refused"])
    });
    assert!(!desk.watch.ready());
    let began = Instant::now();
    desk.leave();
    let took = began.elapsed();
    assert!(took < Duration::from_secs(10), "leaving took {took:?}");
}

#[test]
fn wrong_credentials_are_named_with_the_cause() {
    let mut settings = settings(broker(), &unique("sasl"), "in", "out", "dead");
    for (key, value) in [
        ("security.protocol", "SASL_PLAINTEXT"),
        ("sasl.mechanism", "PLAIN"),
        ("sasl.username", "desk"),
        ("sasl.password", "wrong"),
    ] {
        let value = PropertyValue { value: value.to_owned(), secret: false };
        settings.kafka.properties.insert(key.to_owned(), value);
    }
    let desk = Desk::start(&settings);
    harness::client::eventually("broker and cause are named", || {
        desk.watch.cause_with(&["cannot reach the brokers", broker(), "sasl"])
    });
    assert!(!desk.watch.causes.lock().unwrap().iter().any(|cause| cause.contains("wrong")));
    desk.leave();
}
