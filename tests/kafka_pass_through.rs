//! Records through a real Kafka and back: nothing lost, nothing changed, in order, offsets committed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop at once"
)]

mod harness;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use copydesk::pipeline::seam::SourceControl as _;
use copydesk::settings::{GroupProtocol, PropertyValue, Settings};
use harness::client::{Stored, committed, create_topic, eventually, read, read_until, visible, write};
use harness::desk::{Desk, Manner, settings};
use harness::{broker, unique};

struct Stage {
    input: String,
    output: String,
    dead: String,
    settings: Settings,
}

fn stage(name: &str, partitions: i32) -> Stage {
    let input = unique(&format!("{name}.in"));
    let output = unique(&format!("{name}.out"));
    let dead = unique(&format!("{name}.dead"));
    create_topic(broker(), &input, partitions, &[]);
    create_topic(broker(), &output, partitions, &[]);
    create_topic(broker(), &dead, 1, &[]);
    let settings = settings(broker(), &unique(name), &input, &output, &dead);
    Stage { input, output, dead, settings }
}

fn numbered(count: usize, partitions: i32, first: usize) -> Vec<Stored> {
    let record = |n: usize| Stored::new(i32::try_from(n).unwrap() % partitions, format!("article {n}"));
    (first..first + count).map(record).collect()
}

/// `topic-partition` and offset of the input record that an output came from.
fn source(record: &Stored) -> (String, i64) {
    let value = record.headers.iter().find(|(name, _)| name == "source").and_then(|(_, value)| value.clone());
    let value = String::from_utf8(value.expect("header `source`")).unwrap();
    let (partition, offset) = value.rsplit_once('@').unwrap();
    (partition.to_owned(), offset.parse().unwrap())
}

/// Within one output partition the source offsets of one input partition rise. Repeats are let pass
/// where the worker was stopped hard.
fn assert_order(records: &[Stored], repeats: bool) {
    let mut last: BTreeMap<(i32, String), i64> = BTreeMap::new();
    for record in records {
        let (partition, offset) = source(record);
        let previous = last.insert((record.partition, partition.clone()), offset);
        if let Some(previous) = previous {
            assert!(repeats || offset > previous, "{partition}: {offset} after {previous}");
        }
    }
}

fn values(records: &[Stored]) -> BTreeSet<String> {
    records.iter().map(Stored::text).collect()
}

#[test]
fn every_record_comes_through_in_order_and_its_offset_is_committed() {
    let stage = stage("through", 4);
    let desk = Desk::start(&stage.settings);
    let records = numbered(20_000, 4, 0);
    write(broker(), &stage.input, &records);
    let out = read(broker(), &stage.output, records.len());
    assert_eq!(values(&out), values(&records));
    assert_order(&out, false);
    let wanted = BTreeMap::from([(0, 5000), (1, 5000), (2, 5000), (3, 5000)]);
    eventually("all offsets are committed", || {
        committed(broker(), &stage.settings.kafka.group_id, &stage.input, 4) == wanted
    });
    eventually("lag is told and falls to zero", || {
        let lag = desk.watch.lag.lock().unwrap();
        lag.len() == 4 && lag.values().all(|lag| *lag == 0)
    });
    desk.leave();
    assert_eq!(visible(broker(), &stage.output), 20_000, "nothing comes twice without a fault");
}

#[test]
fn a_restart_goes_on_where_it_was() {
    let stage = stage("restart", 2);
    write(broker(), &stage.input, &numbered(500, 2, 0));
    let first = Desk::start(&stage.settings);
    read(broker(), &stage.output, 500);
    first.leave();
    write(broker(), &stage.input, &numbered(500, 2, 500));
    let second = Desk::start(&stage.settings);
    let out = read(broker(), &stage.output, 1000);
    second.leave();
    assert_eq!(values(&out).len(), 1000);
    assert_order(&out, false);
    assert_eq!(visible(broker(), &stage.output), 1000, "what was committed is not read again");
}

#[test]
fn a_second_member_takes_over_in_good_order() {
    let stage = stage("second", 6);
    let first = Desk::start(&stage.settings);
    first.wait_for_partitions(6);
    let total = 12_000;
    let input = stage.input.clone();
    let writer = std::thread::spawn(move || {
        for part in 0..12 {
            write(broker(), &input, &numbered(1000, 6, part * 1000));
        }
    });
    let second = Desk::start(&stage.settings);
    second.wait_for_partitions(3);
    first.wait_for_partitions(3);
    writer.join().unwrap();
    let out = read_until(broker(), &stage.output, |read| values(read).len() == total);
    assert_order(&out, false);
    assert_eq!(visible(broker(), &stage.output), 12_000, "a drained revoke repeats nothing");
    let lost = first.watch.lost.load(Ordering::Relaxed) + second.watch.lost.load(Ordering::Relaxed);
    assert_eq!(lost, 0);
    first.leave();
    second.wait_for_partitions(6);
    second.leave();
}

#[test]
fn the_new_group_protocol_and_eager_strategies_work_too() {
    let stage = stage("protocols", 4);
    let mut eager = stage.settings.clone();
    let range = PropertyValue { value: "range".to_owned(), secret: false };
    eager.kafka.properties.insert("partition.assignment.strategy".to_owned(), range);
    let mut next = stage.settings.clone();
    next.kafka.protocol = GroupProtocol::Consumer;
    next.kafka.group_id = unique("protocols-next");
    let mut expected = 0;
    for settings in [eager, next] {
        let first = Desk::start(&settings);
        first.wait_for_partitions(4);
        write(broker(), &stage.input, &numbered(1000, 4, 0));
        let second = Desk::start(&settings);
        second.wait_for_partitions(2);
        first.wait_for_partitions(2);
        write(broker(), &stage.input, &numbered(1000, 4, 1000));
        expected += 2000;
        // The second group starts from the beginning: it reads what the first one did, too.
        let whole = if settings.kafka.protocol == GroupProtocol::Consumer { 4000 + 2000 } else { expected };
        eventually("all came through", || visible(broker(), &stage.output) >= whole);
        first.leave();
        second.wait_for_partitions(4);
        second.leave();
    }
}

#[test]
fn key_headers_timestamp_and_tombstones_are_kept() {
    let stage = stage("kept", 4);
    let key = |key: &[u8]| Some(key.to_vec());
    let records = [
        Stored {
            partition: 3,
            timestamp: Some(1_600_000_000_123),
            key: key(b"k\x00\xff"),
            value: key(b"\xfe\x00raw"),
            headers: vec![
                ("content-type".to_owned(), key(b"text/html")),
                ("twice".to_owned(), key(b"1")),
                ("twice".to_owned(), key(b"\x00\x01")),
                ("null".to_owned(), None),
                ("empty".to_owned(), key(b"")),
            ],
            ..Stored::default()
        },
        Stored { partition: 2, timestamp: Some(1_600_000_000_124), key: key(b"gone"), ..Stored::default() },
        Stored { partition: 1, timestamp: Some(5), key: key(b""), value: key(b""), ..Stored::default() },
        Stored { partition: 3, timestamp: Some(7), value: key(b"no key"), ..Stored::default() },
        Stored { partition: 0, timestamp: Some(8), value: key(b"no key either"), ..Stored::default() },
    ];
    write(broker(), &stage.input, &records);
    let desk = Desk::start(&stage.settings);
    let mut out = read(broker(), &stage.output, records.len());
    desk.leave();
    for record in &records {
        let at = out.iter().position(|out| out.timestamp == record.timestamp).expect("same timestamp");
        let mut found = out.swap_remove(at);
        assert_eq!(found.headers.pop().unwrap().0, "source");
        assert_eq!((found.key, found.value), (record.key.clone(), record.value.clone()));
        assert_eq!(found.headers, record.headers);
        if record.key.is_none() {
            assert_eq!(found.partition, record.partition, "a null key keeps to its partition");
        }
    }
}

#[test]
fn a_null_key_goes_to_the_partition_modulo_the_outputs_count() {
    let mut stage = stage("modulo", 5);
    let narrow = unique("modulo.narrow");
    create_topic(broker(), &narrow, 2, &[]);
    stage.settings.output.topic = narrow.clone();
    write(broker(), &stage.input, &numbered(500, 5, 0));
    let desk = Desk::start(&stage.settings);
    let out = read(broker(), &narrow, 500);
    desk.leave();
    assert_order(&out, false);
    for record in out {
        let (partition, _) = source(&record);
        let number: i32 = partition.rsplit_once('-').unwrap().1.parse().unwrap();
        assert_eq!(record.partition, number % 2);
    }
}

#[test]
fn keys_go_where_a_java_producer_would_put_them() {
    let stage = stage("murmur", 4);
    // Partitions of four as `Utils.toPositive(Utils.murmur2(key)) % 4` of Kafka's Java client gives them.
    let keys = ["21", "foobar", "a-little-bit-long-string", "a-little-bit-longer-string"];
    let murmur = [-973_932_308i32, -790_332_482, -985_981_536, -1_486_304_829];
    let records: Vec<_> = keys
        .iter()
        .map(|key| Stored { key: Some(key.as_bytes().to_vec()), ..Stored::new(0, *key) })
        .collect();
    write(broker(), &stage.input, &records);
    let desk = Desk::start(&stage.settings);
    let out = read(broker(), &stage.output, keys.len());
    desk.leave();
    for record in out {
        let at = keys.iter().position(|key| *key == record.text()).unwrap();
        assert_eq!(record.partition, (murmur[at] & 0x7fff_ffff) % 4, "{}", keys[at]);
    }
}

#[test]
fn an_output_that_is_too_large_is_handed_back_and_its_stand_in_is_sealed() {
    let mut stage = stage("large", 1);
    let small = unique("large.small");
    create_topic(broker(), &small, 1, &[("max.message.bytes", "10000")]);
    stage.settings.output.topic = small.clone();
    let mut records = numbered(10, 1, 0);
    records[4] = Stored::new(0, vec![b'x'; 11_000]);
    write(broker(), &stage.input, &records);
    let desk = Desk::start(&stage.settings);
    let out = read(broker(), &small, 9);
    let dead = read(broker(), &stage.dead, 1);
    eventually("all offsets are committed", || {
        committed(broker(), &stage.settings.kafka.group_id, &stage.input, 1) == BTreeMap::from([(0, 10)])
    });
    desk.leave();
    assert_order(&out, false);
    assert_eq!(out.len(), 9);
    assert_eq!(source(&dead[0]).1, 4);
    let header = |name: &str| {
        let (_, value) = dead[0].headers.iter().find(|(found, _)| found == name).expect("header");
        String::from_utf8(value.clone().unwrap()).unwrap()
    };
    assert_eq!(header("copydesk.error.code"), "output_too_large");
    assert!(header("copydesk.error.message").contains(&small), "{}", header("copydesk.error.message"));
    assert!(header("copydesk.error.message").contains("10000"));
}

#[test]
fn small_topics_get_small_batches() {
    // 500 records of 3 kB would make batches of a megabyte, which this topic refuses as a whole.
    let mut stage = stage("batches", 1);
    let small = unique("batches.small");
    create_topic(broker(), &small, 1, &[("max.message.bytes", "5000")]);
    stage.settings.output.topic = small.clone();
    let none = PropertyValue { value: "none".to_owned(), secret: false };
    stage.settings.kafka.properties.insert("compression.type".to_owned(), none);
    let records: Vec<_> = (0..500).map(|n| Stored::new(0, format!("{n:3000}"))).collect();
    write(broker(), &stage.input, &records);
    let desk = Desk::start(&stage.settings);
    let out = read(broker(), &small, 500);
    desk.leave();
    assert_order(&out, false);
    assert_eq!(visible(broker(), &stage.dead), 0, "no record was refused");
}

#[test]
fn a_pipeline_that_sleeps_stops_the_fetching_but_not_the_polling() {
    let stage = stage("asleep", 3);
    let manner = Manner::default();
    let desk = Desk::start_with(&stage.settings, manner.clone());
    desk.wait_for_partitions(3);
    manner.asleep.store(true, Ordering::Relaxed);
    write(broker(), &stage.input, &numbered(3000, 3, 0));
    let polls = desk.watch.polls.load(Ordering::Relaxed);
    eventually("polling goes on", || desk.watch.polls.load(Ordering::Relaxed) > polls + 50);
    assert!(desk.watch.records_in.load(Ordering::Relaxed) < 3000);
    manner.asleep.store(false, Ordering::Relaxed);
    let out = read(broker(), &stage.output, 3000);
    desk.leave();
    assert_eq!(values(&out).len(), 3000);
    assert_order(&out, false);
    assert_eq!(visible(broker(), &stage.output), 3000);
}

#[test]
fn a_revoke_that_nobody_answers_ends_with_its_deadline() {
    let mut stage = stage("deaf", 2);
    stage.settings.delivery.drain_deadline = std::time::Duration::from_millis(500);
    let deaf = Desk::start_with(&stage.settings, Manner { deaf: true, ..Manner::default() });
    deaf.wait_for_partitions(2);
    let second = Desk::start(&stage.settings);
    second.wait_for_partitions(1);
    eventually("the deaf one is told that it lost", || deaf.watch.lost.load(Ordering::Relaxed) == 1);
    write(broker(), &stage.input, &numbered(200, 2, 0));
    let out = read_until(broker(), &stage.output, |read| values(read).len() == 200);
    assert_order(&out, true);
    deaf.leave();
    second.wait_for_partitions(2);
    second.leave();
}

#[test]
fn a_pause_does_not_outlive_the_assignment() {
    let stage = stage("pause", 2);
    let first = Desk::start(&stage.settings);
    first.wait_for_partitions(2);
    let partitions: Vec<_> = first.watch.assigned.lock().unwrap().keys().cloned().collect();
    partitions.iter().for_each(|partition| first.control.pause(partition));
    let second = Desk::start(&stage.settings);
    second.wait_for_partitions(1);
    first.wait_for_partitions(1);
    let moved: Vec<_> = second.watch.assigned.lock().unwrap().keys().cloned().collect();
    second.leave();
    first.wait_for_partitions(2);
    write(broker(), &stage.input, &numbered(100, 2, 0));
    let out = read(broker(), &stage.output, 50);
    assert!(out.iter().all(|record| record.partition == moved[0].number), "the other one is paused still");
    partitions.iter().for_each(|partition| first.control.resume(partition));
    let out = read(broker(), &stage.output, 100);
    first.leave();
    assert_eq!(values(&out).len(), 100);
}

#[test]
fn leaving_drains_what_is_in_flight() {
    let stage = stage("leave", 3);
    write(broker(), &stage.input, &numbered(9000, 3, 0));
    let desk = Desk::start(&stage.settings);
    eventually("it is in the middle", || desk.watch.records_in.load(Ordering::Relaxed) > 1000);
    desk.leave();
    let done = committed(broker(), &stage.settings.kafka.group_id, &stage.input, 3);
    let out = visible(broker(), &stage.output);
    assert_eq!(
        i64::try_from(out).unwrap(),
        done.values().sum::<i64>(),
        "what was published is committed, and nothing else"
    );
    let second = Desk::start(&stage.settings);
    let out = read(broker(), &stage.output, 9000);
    second.leave();
    assert_order(&out, false);
    assert_eq!(visible(broker(), &stage.output), 9000);
}
