//! The whole worker as a process: it starts, waits, shares, stops, dies and comes back; probes and log say so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop at once"
)]

mod harness;

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use harness::broker;
use harness::client::{Stored, committed, create_topic, eventually, read, set_topic, visible, write};
use harness::stories::records;
use harness::worker::{KEEP, Route, Worker, copydesk};
use serde_json::Value;
use tokio::time::Instant;

const PARTITIONS: i32 = 6;

/// Writes stories, some hundred a second, until told to stop: whatever happens to the workers meanwhile
/// happens in the middle of work.
struct Feed {
    stop: Arc<AtomicBool>,
    writer: JoinHandle<usize>,
}

impl Feed {
    fn start(route: &Route) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, topic) = (Arc::clone(&stop), route.input.clone());
        let writer = std::thread::spawn(move || {
            let mut written = 0;
            while !stopped.load(Ordering::Relaxed) {
                write(broker(), &topic, &records(written..written + 60, PARTITIONS));
                written += 60;
                std::thread::park_timeout(Duration::from_millis(50));
            }
            written
        });
        Self { stop, writer }
    }

    /// How many were written.
    fn end(self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        self.writer.join().unwrap()
    }
}

fn has_work(worker: &mut Worker, route: &Route, records: u32) {
    let series = format!("copydesk_records_in_total{{topic=\"{}\"}}", route.input);
    eventually("it is in the middle of work", || worker.metric(&series) >= f64::from(records));
}

/// How often each number was answered.
fn answers(route: &Route) -> BTreeMap<usize, usize> {
    let mut counts = BTreeMap::new();
    for topic in [&route.output, &route.dead] {
        let count = visible(broker(), topic);
        for stored in read(broker(), topic, count) {
            let number = std::str::from_utf8(stored.header("number").unwrap()).unwrap().parse().unwrap();
            *counts.entry(number).or_default() += 1;
        }
    }
    counts
}

#[test]
fn workers_that_leave_or_die_lose_nothing() {
    let route = Route::create("group", PARTITIONS);
    let mut first = route.start(&[]);
    let mut second = route.start(&[]);
    for worker in [&mut first, &mut second] {
        worker.waits_for_partitions(3);
    }
    let feed = Feed::start(&route);
    has_work(&mut first, &route, 200);
    first.stop();
    let stopped = &first.told("worker stopped")[0];
    assert_eq!(stopped["drained"], true, "{stopped}");
    second.waits_for_partitions(6);

    let mut third = route.start(&[]);
    for worker in [&mut second, &mut third] {
        worker.waits_for_partitions(3);
    }
    has_work(&mut third, &route, 200);
    let before = committed(broker(), &route.group, &route.input, PARTITIONS);
    third.signal("-KILL");
    assert_eq!(third.end().code(), None);
    let mut again = route.start(&[]);
    for worker in [&mut second, &mut again] {
        worker.waits_for_partitions(3);
    }
    let fed = feed.end();
    eventually("all is committed", || {
        let committed = committed(broker(), &route.group, &route.input, PARTITIONS);
        committed.values().sum::<i64>() == i64::try_from(fed).unwrap()
    });
    second.stop();
    again.stop();

    let answers = answers(&route);
    assert_eq!(answers.keys().copied().collect::<BTreeSet<_>>(), (0..fed).collect(), "nothing is lost");
    // Partition and offset of a number, as the feed wrote it.
    let place = |number: usize| (i32::try_from(number % 6).unwrap(), i64::try_from(number / 6).unwrap());
    for (number, count) in answers {
        let (partition, offset) = place(number);
        let died_with_it = offset >= before[&partition];
        assert!(count == 1 || died_with_it, "{number} was answered {count} times before any worker died");
        assert!(count <= 2, "{number} was answered {count} times");
    }
    for worker in [&first, &again] {
        let other: Vec<_> =
            worker.complaints().into_iter().filter(|line| line["message"] != "record rejected").collect();
        assert!(other.is_empty(), "{other:#?}");
    }
}

#[test]
fn a_spare_worker_is_ready_and_a_rebalance_is_counted_once() {
    let route = Route::create("spare", 1);
    let mut first = route.start(&[]);
    first.waits_for_partitions(1);
    let mut spare = route.start(&[]);
    spare.waits_for_partitions(0);
    eventually("the first one keeps its partition", || {
        first.is_ready() && first.metric("copydesk_assigned_partitions") == 1.0
    });
    let rebalances = |worker: &mut Worker, kind: &str| {
        worker.metric(&format!("copydesk_rebalances_total{{kind=\"{kind}\"}}"))
    };
    assert_eq!((rebalances(&mut first, "assign"), rebalances(&mut first, "revoke")), (1.0, 0.0));
    first.stop();
    spare.waits_for_partitions(1);
    assert_eq!((rebalances(&mut spare, "revoke"), rebalances(&mut spare, "lost")), (0.0, 0.0));
    write(broker(), &route.input, &records(0..5, 1));
    assert_eq!(read(broker(), &route.output, 5).len(), 5);
    spare.stop();
    assert!(first.complaints().is_empty() && spare.complaints().is_empty());
}

#[test]
fn it_waits_for_its_topics_and_says_so() {
    let route = Route::named("late");
    let mut worker = route.start(&[]);
    let unready = |worker: &mut Worker, check: &str, words: &[&str]| {
        let (status, body) = worker.get("/readyz");
        let answer: Value = serde_json::from_str(&body).unwrap();
        let reasons = answer["reasons"].as_array().unwrap();
        let found = |reason: &Value| {
            reason["check"] == check
                && words.iter().all(|word| reason["found"].as_str().unwrap().contains(word))
        };
        status == 503 && answer["ok"] == false && reasons.iter().any(found)
    };
    eventually("missing topics are named", || {
        unready(&mut worker, "consumer", &["does not exist", &route.input, broker()])
            && unready(&mut worker, "producer", &["does not exist", &route.output, broker()])
            && unready(&mut worker, "assignment", &["no assignment yet"])
    });
    assert_eq!(worker.get("/livez").0, 200);
    for topic in [&route.input, &route.output, &route.dead] {
        create_topic(broker(), topic, 2, KEEP);
    }
    worker.waits_for_partitions(2);
    assert_eq!(worker.get("/livez").0, 200);
    assert_eq!(worker.metric("copydesk_broker_healthy{part=\"producer\"}"), 1.0);
    worker.stop();
}

#[test]
fn a_clean_run_tells_each_step_once_and_complains_of_nothing() {
    let route = Route::create("clean", 2);
    let mut worker = route.start(&[]);
    worker.waits_for_partitions(2);
    write(broker(), &route.input, &records(0..7, 2));
    assert_eq!(read(broker(), &route.output, 7).len(), 7);
    worker.stop();
    assert!(worker.complaints().is_empty(), "{:#?}", worker.complaints());
    let log = worker.log();
    let told: Vec<_> = log.iter().map(|line| line["message"].as_str().unwrap()).collect();
    let steps = [
        "admin port listens",
        "worker started",
        "subscribed",
        "topics are ready",
        "partitions assigned",
        "producer is ready for transactions",
        "stopping: draining what is in flight",
        "partitions given up",
        "worker stopped",
    ];
    let sorted: BTreeSet<_> = told.iter().copied().collect();
    assert_eq!(sorted, steps.into_iter().collect());
    assert_eq!(told.len(), steps.len(), "{told:#?}");
    assert_eq!((told[0], told[8]), (steps[0], steps[8]));
    assert_eq!(log[1]["input"], Value::from(route.input.as_str()));
    assert_eq!(worker.told("stopping: draining what is in flight")[0]["asked_by"], "SIGTERM");
    let stopped = &worker.told("worker stopped")[0];
    let counts =
        ["received", "outputs", "dead_letters", "tombstones"].map(|count| stopped[count].as_u64().unwrap());
    assert_eq!((counts, &stopped["drained"]), ([7, 7, 0, 0], &Value::from(true)));
}

#[test]
fn without_a_broker_it_is_alive_not_ready_and_stops_at_once() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = taken.local_addr().unwrap().to_string();
    drop(taken);
    let mut worker = Route::named("nobody").start(&[&format!("kafka.brokers={nobody}")]);
    worker.waits_to_tell("kafka is not available");
    eventually("the cause is told", || {
        let (status, body) = worker.get("/readyz");
        status == 503 && body.contains(&nobody) && body.contains("Connection refused")
    });
    assert_eq!(worker.get("/livez").0, 200);
    let began = Instant::now();
    worker.stop();
    assert!(began.elapsed() < Duration::from_secs(8), "it took {:?}", began.elapsed());
    assert_eq!(worker.told("worker stopped").len(), 1);
}

/// Why it failed: told once, as an error. The client may have a word of its own when a consumer that was
/// fenced is dropped, or not, as time has it.
fn one_error(worker: &Worker) -> Value {
    let ours = |line: &Value| line["target"].as_str().is_some_and(|target| target.starts_with("copydesk"));
    let mut errors: Vec<_> =
        worker.log().into_iter().filter(|line| line["level"] == "ERROR" && ours(line)).collect();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert_eq!(errors[0]["message"], "worker failed");
    errors.remove(0)
}

/// A dead letter that is too large for its topic, between two stories.
fn with_a_large_letter(name: &str) -> Route {
    let mut route = Route::create(name, 1);
    route.dead = harness::unique(&format!("{name}.small"));
    create_topic(broker(), &route.dead, 1, &[KEEP, &[("max.message.bytes", "2000")]].concat());
    let mut fed = records(0..3, 1);
    fed[1].value = Some([&b"\x89PNG\r\n\x1a\n\x00"[..], &[0; 5000]].concat());
    write(broker(), &route.input, &fed);
    route
}

#[test]
fn a_letter_that_its_topic_refuses_stops_publishing_until_it_is_taken() {
    let route = with_a_large_letter("nowhere");
    let mut worker = route.start(&["delivery.commit_interval=20ms"]);
    eventually("the cause is told", || {
        let (status, body) = worker.get("/readyz");
        status == 503 && body.contains(&route.dead) && body.contains("takes 2000 (max.message.bytes)")
    });
    assert_eq!(worker.get("/livez").0, 200, "a restart would not help");
    assert_eq!(visible(broker(), &route.dead), 0);
    let next = committed(broker(), &route.group, &route.input, 1).get(&0).copied().unwrap_or_default();
    assert!(next <= 1, "{next}: the record is still to be done");
    set_topic(broker(), &route.dead, "max.message.bytes", "100000");
    assert_eq!(read(broker(), &route.dead, 1)[0].value.as_ref().unwrap().len(), 5009);
    assert_eq!(read(broker(), &route.output, 2).len(), 2);
    eventually("it is ready again", || worker.is_ready());
    worker.stop();
    assert_eq!((visible(broker(), &route.output), visible(broker(), &route.dead)), (2, 1));
}

#[test]
fn a_letter_that_its_topic_refuses_is_truncated_where_that_is_wanted() {
    let route = with_a_large_letter("truncated");
    let mut worker = route.start(&["dead_letter.on_refusal=truncate"]);
    let letter = read(broker(), &route.dead, 1).remove(0);
    assert_eq!(letter.header("copydesk.truncated"), Some(&b"5009"[..]));
    assert_eq!(letter.header("copydesk.error.code"), Some(&b"binary_value"[..]));
    let value = letter.value.as_ref().unwrap();
    assert!(value.len() > 500 && value.len() < 2000, "{}", value.len());
    assert!(value.starts_with(b"\x89PNG\r\n\x1a\n\x00"));
    assert_eq!(worker.metric("copydesk_dead_letters_truncated_total"), 1.0);
    assert_eq!(read(broker(), &route.output, 2).len(), 2);
    worker.stop();
}

#[test]
fn the_newer_of_two_with_one_instance_id_fences_the_older() {
    let route = Route::create("static", 2);
    let mut older = route.start(&["kafka.instance_id=desk-1"]);
    older.waits_for_partitions(2);
    let mut newer = route.start(&["kafka.instance_id=desk-1"]);
    let status = older.end();
    assert_eq!(status.code(), Some(1), "{:#?}", older.log());
    let told = one_error(&older);
    assert!(told["error"].as_str().unwrap().contains("fenced"), "{told}");
    newer.waits_for_partitions(2);
    newer.stop();
}

#[test]
fn settings_that_break_a_guarantee_are_refused_all_at_once() {
    let refused = copydesk()
        .args([
            "run",
            "--set",
            "kafka.properties.enable.auto.commit=true",
            "--set",
            "kafka.properties.acks=1",
        ])
        .args(["--set", "input.topics=^news\\..*", "--set", "output.topic=news.clean"])
        .args(["--set", "delivery.drain_deadline=20s", "--set", "kafka.transaction_timeout=20s"])
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let told = String::from_utf8(refused.stderr).unwrap();
    for (key, reason) in [
        ("kafka.properties.enable.auto.commit", "a crash would lose them"),
        ("kafka.properties.acks", "every in-sync replica"),
        ("output.topic", "the worker would read what it wrote"),
        ("delivery.drain_deadline", "a drain must end while its commit still can"),
    ] {
        assert!(told.lines().any(|line| line.contains(key) && line.contains(reason)), "{key}: {told}");
    }
    assert!(refused.stdout.is_empty());
}

#[test]
fn an_admin_port_that_is_taken_ends_it_with_the_cause() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let failed = copydesk().args(["run", "--set", &format!("admin.listen={address}")]).output().unwrap();
    assert_eq!(failed.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&failed.stderr).expect("one line of the log");
    let cause = told["error"].as_str().unwrap();
    assert!(cause.contains("admin.listen") && cause.contains(&address), "{told}");
}

#[test]
fn the_demo_shows_every_sample_and_ends() {
    let began = Instant::now();
    let shown = copydesk()
        .args(["demo", "--rounds", "3", "--set", "admin.listen=127.0.0.1:0"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let took = began.elapsed();
    let (out, log) = (String::from_utf8(shown.stdout).unwrap(), String::from_utf8(shown.stderr).unwrap());
    assert_eq!(shown.status.code(), Some(0), "{out}\n{log}");
    let samples: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/samples"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    for name in &samples {
        assert!(out.contains(name.as_str()), "{name} is not shown:\n{out}");
    }
    let summary = out.lines().last().unwrap();
    assert!(summary.starts_with(&format!("{} records in ", samples.len() * 3)), "{summary}");
    assert!(summary.contains(" p50 ") && summary.contains(" p99 "), "{summary}");
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["message"], "record rejected", "{line}");
    }
    assert!(took < Duration::from_secs(30), "{took:?}");
}

#[test]
fn a_worker_that_was_down_goes_on_where_it_was() {
    let route = Route::create("return", 2);
    let numbers = |stored: &[Stored]| -> Vec<String> {
        stored
            .iter()
            .map(|stored| String::from_utf8(stored.header("number").unwrap().to_vec()).unwrap())
            .collect()
    };
    let mut first = route.start(&[]);
    write(broker(), &route.input, &records(0..5, 2));
    assert_eq!(read(broker(), &route.output, 5).len(), 5);
    first.stop();
    write(broker(), &route.input, &records(100..105, 2));
    let mut second = route.start(&[]);
    let out = read(broker(), &route.output, 10);
    second.stop();
    assert_eq!(visible(broker(), &route.output), 10);
    assert_eq!(numbers(&out).into_iter().collect::<BTreeSet<_>>().len(), 10);
}
