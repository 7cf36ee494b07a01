//! `copydesk replay` on a real Kafka: which letters go back, that each goes once, and where it ends.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop at once"
)]

mod harness;

use std::collections::BTreeMap;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use harness::client::{Stored, committed, create_topic, eventually, read, read_until, visible, write};
use harness::stories::records;
use harness::worker::{KEEP, Route, copydesk};
use harness::{PATIENCE, broker, unique};
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use tokio::time::Instant;

const INPUTS: i32 = 4;
const DEAD: i32 = 3;

/// Topics for a replay: an input with [`INPUTS`] partitions, dead letters in [`DEAD`].
fn route(name: &str) -> Route {
    let mut route = Route::create(name, INPUTS);
    route.dead = unique(&format!("{name}.dead"));
    create_topic(broker(), &route.dead, DEAD, KEEP);
    route
}

fn header(name: &str, value: &str) -> (String, Option<Vec<u8>>) {
    (name.to_owned(), Some(value.as_bytes().to_vec()))
}

/// A letter as the worker writes it, each part told by its number; every seventh has no key.
fn letter(route: &Route, number: usize) -> Stored {
    let at = i32::try_from(number).unwrap();
    let headers = vec![
        header("number", &number.to_string()),
        ("desk".to_owned(), Some(b"\x00\xffforeign".to_vec())),
        ("nothing".to_owned(), None),
        header("copydesk.error.stage", "decode"),
        header("copydesk.error.code", if number.is_multiple_of(2) { "bad_json" } else { "no_text" }),
        header("copydesk.error.message", "expected one JSON object, found nothing"),
        header("copydesk.original.topic", &route.input),
        header("copydesk.original.partition", &(at % INPUTS).to_string()),
        header("copydesk.original.offset", &(number * 3).to_string()),
        header("copydesk.original.timestamp", &timestamp(number).to_string()),
        header("copydesk.attempts", "1"),
        header("copydesk.version", "0.1.0"),
    ];
    Stored {
        partition: at % DEAD,
        timestamp: Some(timestamp(number)),
        key: (!number.is_multiple_of(7)).then(|| format!("letter-{number}\u{0}").into_bytes()),
        value: Some([&[0xff, 0x00][..], number.to_string().as_bytes()].concat()),
        headers,
        ..Stored::default()
    }
}

fn letters(route: &Route, numbers: std::ops::Range<usize>) -> Vec<Stored> {
    numbers.map(|number| letter(route, number)).collect()
}

fn timestamp(number: usize) -> i64 {
    1_672_531_200_000 + i64::try_from(number).unwrap() * 1000
}

/// What stands in the input once a letter is replayed; the offset is a matter of order.
fn sent(letter: &Stored, name: &str) -> Stored {
    let last = |name: &str| String::from_utf8(letter.header(name).unwrap().to_vec()).unwrap();
    let mut headers = letter.headers.clone();
    headers.push(header("copydesk.replay.name", name));
    let partition = last("copydesk.original.partition").parse().unwrap();
    Stored { partition, offset: 0, headers, ..letter.clone() }
}

fn by_value(records: impl IntoIterator<Item = Stored>) -> Vec<Stored> {
    let mut records: Vec<_> = records.into_iter().map(|record| Stored { offset: 0, ..record }).collect();
    records.sort_by(|one, other| (&one.headers, &one.value).cmp(&(&other.headers, &other.value)));
    records
}

fn command(route: &Route, arguments: &[&str]) -> Command {
    let mut command = copydesk();
    command.args(["replay", "--from", &route.dead]).args(arguments);
    for setting in route.settings() {
        command.args(["--set", &setting]);
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Waits for the end of a replay, at most for [`PATIENCE`].
fn end(mut child: Child) -> Output {
    let deadline = Instant::now() + PATIENCE;
    while child.try_wait().unwrap().is_none() {
        if Instant::now() >= deadline {
            child.kill().unwrap();
            panic!("the replay does not end: {:?}", child.wait_with_output());
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
    child.wait_with_output().unwrap()
}

fn replay(route: &Route, arguments: &[&str]) -> Output {
    end(command(route, arguments).spawn().unwrap())
}

/// What a replay wrote to standard output, if it ended with this code.
fn told(output: &Output, code: i32) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{errors}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn consumer() -> BaseConsumer {
    ClientConfig::new().set("bootstrap.servers", broker()).create().unwrap()
}

/// The sum of the ends of a topic's partitions for a reader of committed records; a new topic has no leader
/// for a moment, and so no end.
fn ends(consumer: &BaseConsumer, topic: &str, partitions: i32) -> Option<i64> {
    let end = |partition| Some(consumer.fetch_watermarks(topic, partition, PATIENCE).ok()?.1);
    (0..partitions).map(end).sum()
}

/// What was kept under a name, and whether it is all there is.
fn assert_all_is_kept(route: &Route, name: &str) {
    let kept = committed(broker(), &format!("{}.replay.{name}", route.group), &route.dead, DEAD);
    let consumer = consumer();
    eventually("everything is kept", || {
        ends(&consumer, &route.dead, DEAD).is_some_and(|ends| ends == kept.values().sum::<i64>())
    });
}

fn number(stored: &Stored) -> usize {
    std::str::from_utf8(stored.header("number").expect("header `number`")).unwrap().parse().unwrap()
}

/// Each letter once, in the order of the offsets of its dead-letter partition.
fn assert_each_once(found: &[Stored], expected: &[Stored], name: &str) {
    assert_eq!(found.len(), expected.len());
    assert_eq!(by_value(found.iter().cloned()), by_value(expected.iter().map(|letter| sent(letter, name))));
    let mut last = BTreeMap::new();
    for record in found {
        let number = number(record);
        let previous = last.insert((record.partition, number % usize::try_from(DEAD).unwrap()), number);
        assert!(previous.is_none_or(|previous| previous < number), "{number} after {previous:?}");
    }
}

#[test]
fn letters_go_back_as_they_came_and_a_name_keeps_the_progress() {
    let route = route("back");
    let fed = letters(&route, 0..20);
    write(broker(), &route.dead, &fed);
    let expected = format!(
        "code          sent\nbad_json        10\nno_text         10\ntotal           20\n\
         20 of 20 letters of `{}` sent, name `default`\n\
         no progress was kept under this name: it began at the beginning\n",
        route.dead
    );
    assert_eq!(told(&replay(&route, &[]), 0), expected);
    assert_each_once(&read(broker(), &route.input, 20), &fed, "default");
    assert_all_is_kept(&route, "default");

    let nothing = format!(
        "code       sent\ntotal         0\n0 of 0 letters of `{}` sent, name `default`\n",
        route.dead
    );
    assert_eq!(told(&replay(&route, &[]), 0), nothing, "the name has seen them all");
    let more = letter(&route, 20);
    write(broker(), &route.dead, std::slice::from_ref(&more));
    assert!(told(&replay(&route, &[]), 0).contains("\n1 of 1 letter of"));

    assert!(told(&replay(&route, &["--name", "other"]), 0).contains("\n21 of 21 letters of"));
    let found = read(broker(), &route.input, 42);
    let all: Vec<_> = fed.iter().chain([&more]).collect();
    let twice =
        ["default", "other"].into_iter().flat_map(|name| all.iter().map(move |letter| sent(letter, name)));
    assert_eq!(by_value(found), by_value(twice));
}

#[test]
fn what_is_not_sent_is_counted_with_its_reason() {
    let route = route("skipped");
    let with = |number: usize, more: &[(&str, &str)]| {
        let mut letter = letter(&route, number);
        letter.headers.extend(more.iter().map(|(name, value)| header(name, value)));
        letter
    };
    let tombstone = Stored { value: None, ..letter(&route, 8) };
    let fed = [
        letter(&route, 0),
        with(2, &[("copydesk.attempts", "2")]),
        with(3, &[("copydesk.attempts", "3")]),
        with(4, &[("copydesk.truncated", "900000")]),
        with(5, &[("copydesk.original.topic", &route.output)]),
        Stored { headers: vec![header("number", "6")], ..letter(&route, 6) },
        with(7, &[("copydesk.original.partition", "9")]),
        tombstone.clone(),
    ];
    write(broker(), &route.dead, &fed);

    let dry =
        told(&replay(&route, &["--dry-run", "--code", "bad_json", "--since", "2023-01-01T00:00:02Z"]), 0);
    let dead = &route.dead;
    let mut lines: Vec<_> = dry.lines().collect();
    lines[..2].sort_unstable();
    let expected = [
        format!("{dead} 2@0 -> {} 2: bad_json, rejected 2 times", route.input),
        format!("{dead} 2@2 -> {} 0: bad_json, rejected 1 time", route.input),
        "code          sent  other_code     older  no_letter  truncated".to_owned(),
        "-                0           0         0          1          0".to_owned(),
        "bad_json         2           0         1          0          1".to_owned(),
        "no_text          0           3         0          0          0".to_owned(),
        "total            2           3         1          1          1".to_owned(),
        format!("2 of 8 letters of `{dead}` would be sent, name `default`"),
        "no progress was kept under this name: it began at the beginning".to_owned(),
    ];
    assert_eq!(lines, expected);
    assert_eq!(visible(broker(), &route.input), 0, "a dry run sends nothing");
    assert_eq!(committed(broker(), &format!("{}.replay.default", route.group), dead, DEAD), BTreeMap::new());

    let table = told(&replay(&route, &["--name", "all"]), 0);
    let expected = [
        "code          sent  no_letter  truncated  too_many_rounds   foreign",
        "-                0          1          0                0         0",
        "bad_json         3          0          1                0         0",
        "no_text          1          0          0                1         1",
        "total            4          1          1                1         1",
    ];
    assert_eq!(table.lines().take(5).collect::<Vec<_>>(), expected);
    assert_all_is_kept(&route, "all");
    let found = read(broker(), &route.input, 4);
    // Number 7 has no key and came from a partition that is not there: 9 modulo 4.
    let mut lost_place = sent(&fed[6], "all");
    lost_place.partition = 1;
    let expected = [sent(&fed[0], "all"), sent(&fed[1], "all"), lost_place, sent(&tombstone, "all")];
    assert_eq!(by_value(found), by_value(expected));

    let fewer = told(&replay(&route, &["--name", "strict", "--max-rounds", "1", "--code", "bad_json"]), 0);
    assert!(
        fewer.contains("\nbad_json         0           0          0          1                3\n"),
        "{fewer}"
    );
}

/// A transaction that is open on a dead-letter topic, with these records in it.
fn open_transaction(topic: &str, records: &[Stored]) -> BaseProducer {
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", broker())
        .set("transactional.id", unique("opener"))
        .create()
        .unwrap();
    producer.init_transactions(PATIENCE).unwrap();
    producer.begin_transaction().unwrap();
    for record in records {
        let headers =
            record.headers.iter().fold(rdkafka::message::OwnedHeaders::new(), |headers, (key, value)| {
                headers.insert(rdkafka::message::Header { key, value: value.as_deref() })
            });
        let message = BaseRecord::<[u8], [u8]> {
            topic,
            partition: Some(record.partition),
            payload: record.value.as_deref(),
            key: record.key.as_deref(),
            timestamp: record.timestamp,
            headers: Some(headers),
            delivery_opaque: (),
        };
        producer.send(message).map_err(|(error, _)| error).unwrap();
    }
    producer.flush(PATIENCE).unwrap();
    producer
}

#[test]
fn an_open_transaction_is_the_end_and_an_aborted_one_is_no_letter() {
    let route = route("open");
    write(broker(), &route.dead, &letters(&route, 0..9));
    let open = open_transaction(&route.dead, &letters(&route, 9..15));
    write(broker(), &route.dead, &letters(&route, 15..18));
    assert!(told(&replay(&route, &[]), 0).contains("\n9 of 9 letters"), "up to the last stable offset");
    open.abort_transaction(PATIENCE).unwrap();
    eventually("the abort is in the log", || {
        told(&replay(&route, &["--dry-run"]), 0).contains("\n3 of 3 letters")
    });
    assert!(told(&replay(&route, &[]), 0).contains("\n3 of 3 letters"));
    assert_all_is_kept(&route, "default");
    let expected: Vec<_> = (0..9).chain(15..18).map(|number| letter(&route, number)).collect();
    assert_each_once(&read(broker(), &route.input, 12), &expected, "default");
    // A transaction that is committed last: its mark stands behind its letters, and is no letter.
    open_transaction(&route.dead, &letters(&route, 18..20)).commit_transaction(PATIENCE).unwrap();
    eventually("the commit is in the log", || {
        told(&replay(&route, &["--dry-run"]), 0).contains("\n2 of 2 letters")
    });
    assert!(told(&replay(&route, &[]), 0).contains("\n2 of 2 letters"));
    assert_all_is_kept(&route, "default");
}

#[test]
fn it_ends_while_letters_keep_coming() {
    let route = route("coming");
    write(broker(), &route.dead, &letters(&route, 0..200));
    let ended = AtomicBool::new(false);
    let written = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut next = 200;
            while !ended.load(Ordering::Acquire) {
                write(broker(), &route.dead, &letters(&route, next..next + 20));
                next += 20;
            }
            next
        });
        let first = replay(&route, &[]);
        ended.store(true, Ordering::Release);
        told(&first, 0);
        writer.join().unwrap()
    });
    assert!(written > 200, "letters came while it ran");
    told(&replay(&route, &[]), 0);
    assert_all_is_kept(&route, "default");
    assert_each_once(&read(broker(), &route.input, written), &letters(&route, 0..written), "default");
}

/// Looks at the end of the input again and again, without connecting anew.
struct Watch<'r> {
    consumer: BaseConsumer,
    route: &'r Route,
    stands: i64,
}

impl<'r> Watch<'r> {
    fn start(route: &'r Route) -> Self {
        let mut watch = Self { consumer: consumer(), route, stands: 0 };
        watch.grows(0);
        watch
    }

    /// Waits until so many more offsets are stable than when this was last asked.
    fn grows(&mut self, by: i64) {
        let from = self.stands;
        eventually("the input grows", || {
            let Some(ends) = ends(&self.consumer, &self.route.input, INPUTS) else { return false };
            self.stands = ends;
            ends >= from + by
        });
    }
}

#[test]
fn killed_at_any_time_each_letter_goes_once() {
    const COUNT: usize = 4000;
    let route = route("killed");
    let fed = letters(&route, 0..COUNT);
    write(broker(), &route.dead, &fed);
    let small = ["--set", "delivery.batch_records=25"];
    let mut watch = Watch::start(&route);
    let mut killed = 0;
    for by in [1, 60, 250, 40, 300, 5, 133] {
        let mut child = command(&route, &small).spawn().unwrap();
        watch.grows(by);
        child.kill().unwrap();
        killed += usize::from(end(child).status.code().is_none());
    }
    assert_eq!(killed, 7, "each was still at work");
    let last = told(&replay(&route, &small), 0);
    assert!(!last.contains("it began at the beginning"), "{last}");
    assert_all_is_kept(&route, "default");
    assert_each_once(&read(broker(), &route.input, COUNT), &fed, "default");
}

#[test]
fn a_second_replay_of_a_name_fences_the_first() {
    const COUNT: usize = 3000;
    let route = route("fenced");
    let fed = letters(&route, 0..COUNT);
    write(broker(), &route.dead, &fed);
    let mut watch = Watch::start(&route);
    let first = command(&route, &["--set", "delivery.batch_records=10"]).spawn().unwrap();
    watch.grows(1);
    signal(&first, "-STOP");
    assert!(visible(broker(), &route.input) < COUNT, "it was still at work");
    told(&replay(&route, &[]), 0);
    signal(&first, "-CONT");
    let first = end(first);
    told(&first, 1);
    let log = String::from_utf8(first.stderr).unwrap();
    let cause = format!("fenced: another replay of `{}` under the name `default` has begun", route.dead);
    assert!(log.contains(&cause), "{log}");
    assert_all_is_kept(&route, "default");
    assert_each_once(&read(broker(), &route.input, COUNT), &fed, "default");
}

fn signal(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn a_signal_ends_it_after_the_transaction_under_way() {
    const COUNT: usize = 3000;
    let route = route("signal");
    let fed = letters(&route, 0..COUNT);
    write(broker(), &route.dead, &fed);
    let small = ["--set", "delivery.batch_records=10"];
    let mut watch = Watch::start(&route);
    let first = command(&route, &small).spawn().unwrap();
    watch.grows(1);
    signal(&first, "-TERM");
    let first = told(&end(first), 0);
    assert!(first.ends_with("stopped before the end: start again to go on\n"), "{first}");
    let count = |told: &str| -> usize {
        let line = told.lines().find(|line| line.contains(" letters of ")).expect("a sum");
        line.split(' ').next().unwrap().parse().unwrap()
    };
    let sent_first = count(&first);
    assert_eq!(read(broker(), &route.input, sent_first).len(), sent_first, "what it told is what it did");
    let second = told(&replay(&route, &[]), 0);
    assert_eq!(sent_first + count(&second), COUNT);
    assert_all_is_kept(&route, "default");
    assert_each_once(&read(broker(), &route.input, COUNT), &fed, "default");
}

/// Bytes that no compression makes smaller.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let next = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    });
    next.take(length).collect()
}

#[test]
fn a_letter_that_the_input_refuses_is_told_and_left_out() {
    let small = [KEEP, &[("max.message.bytes", "3000")]].concat();
    let compacted = [("cleanup.policy", "compact"), ("min.compaction.lag.ms", "9000000000")];
    let odd = |length| Stored { value: Some(noise(length)), ..Stored::default() };
    let rows = [
        ("large", &small[..], odd(5000), "message size too large"),
        ("keyless", &compacted[..], odd(50), "failed to validate record"),
    ];
    for (name, topic, odd, cause) in rows {
        let mut route = route(name);
        route.input = unique(&format!("{name}.in"));
        create_topic(broker(), &route.input, INPUTS, topic);
        let mut fed: Vec<_> =
            (0..100).filter(|number| number % 7 != 0).map(|at| letter(&route, at)).collect();
        fed[40] = Stored { value: odd.value, key: odd.key, ..fed[40].clone() };
        write(broker(), &route.dead, &fed);
        let output = replay(&route, &[]);
        let text = told(&output, 3);
        let mut refused = fed.remove(40);
        refused.offset =
            i64::try_from(fed[..40].iter().filter(|at| at.partition == refused.partition).count()).unwrap();
        let line = format!(
            "topic `{}` refuses the letter at `{}` partition {} offset {}",
            route.input, route.dead, refused.partition, refused.offset
        );
        let line =
            text.lines().find(|found| found.starts_with(&line)).unwrap_or_else(|| panic!("{line}: {text}"));
        assert!(line.to_lowercase().contains(cause) && line.contains("another --name"), "{line}");
        assert!(text.contains(&format!("{} of {} letters", fed.len(), fed.len() + 1)), "{text}");
        assert_all_is_kept(&route, "default");
        assert_each_once(&read(broker(), &route.input, fed.len()), &fed, "default");
        assert!(told(&replay(&route, &[]), 0).contains("\n0 of 0 letters"));
        let again = told(&replay(&route, &["--name", "again", "--dry-run"]), 0);
        let place = format!("{} {}@{} -> ", route.dead, refused.partition, refused.offset);
        assert!(again.lines().any(|line| line.starts_with(&place)), "another name sees it: {again}");
    }
}

#[test]
fn what_the_worker_rejects_again_says_so_and_rounds_are_limited() {
    let route = Route::create("rounds", 3);
    let fed = records(0..100, 3);
    let rejected = 6;
    write(broker(), &route.input, &fed);
    let mut worker = route.start(&[]);
    let dead = |count: usize| read_until(broker(), &route.dead, |found| found.len() >= count);
    let first = dead(rejected);
    assert_eq!(first.len(), rejected);
    assert!(told(&replay(&route, &[]), 0).contains(&format!("\n{rejected} of {rejected} letters")));
    let both = dead(2 * rejected);
    worker.stop();
    assert_eq!(both.len(), 2 * rejected);
    let own = |stored: &Stored, name: &str| String::from_utf8(stored.header(name).unwrap().to_vec()).unwrap();
    for letter in &both[..rejected] {
        let again =
            both[rejected..].iter().find(|again| number(again) == number(letter)).expect("it comes back");
        assert_eq!(
            (&again.key, &again.value, again.timestamp),
            (&letter.key, &letter.value, letter.timestamp)
        );
        let history = [&letter.headers[..], &[header("copydesk.replay.name", "default")]].concat();
        assert_eq!(again.headers[..history.len()], history[..], "what happened before stays");
        assert_eq!(
            (own(letter, "copydesk.attempts"), own(again, "copydesk.attempts")),
            ("1".into(), "2".into())
        );
        for name in ["copydesk.error.code", "copydesk.original.partition", "copydesk.original.timestamp"] {
            assert_eq!(own(again, name), own(letter, name), "{name}");
        }
        let offset = |stored: &Stored| own(stored, "copydesk.original.offset").parse::<i64>().unwrap();
        assert!(offset(again) > offset(letter), "it was read from its new place");
    }
    let text = told(&replay(&route, &["--max-rounds", "2"]), 0);
    assert!(text.contains(&format!("\n0 of {rejected} letters")), "{text}");
    assert!(text.contains("too_many_rounds"), "{text}");
}

#[test]
fn mistakes_are_told_plainly() {
    let route = route("mistakes");
    let mut reads_input = copydesk();
    reads_input.args(["replay", "--from", &route.input]);
    for setting in route.settings() {
        reads_input.args(["--set", &setting]);
    }
    let output = reads_input.output().unwrap();
    told(&output, 2);
    let error = String::from_utf8(output.stderr).unwrap();
    let cause = format!("copydesk: `{0}` is read by input.topics (`{0}`)", route.input);
    assert!(error.starts_with(&cause), "{error}");

    let output = replay(&route, &["--name", "a.b"]);
    told(&output, 2);

    let output = replay(&route, &["--set", "kafka.properties.acks=1"]);
    told(&output, 2);

    let missing = Route { dead: unique("missing"), ..route };
    let output = replay(&missing, &[]);
    told(&output, 1);
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(
        log.contains(&format!("cannot begin: dead-letter topic `{}` does not exist", missing.dead)),
        "{log}"
    );
}
