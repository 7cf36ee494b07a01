//! The worker as an operator meets it: a process with settings, a log, an admin port, and signals.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::Value;
use tokio::time::Instant;

use super::client::{create_topic, eventually, read, visible};
use super::log::Log;
use super::{PATIENCE, broker, unique};

/// Stories keep the timestamps of their time: with the usual retention the broker would delete them at once.
pub const KEEP: &[(&str, &str)] = &[("retention.ms", "-1")];

/// Topics and a group of its own for a test.
#[derive(Debug, Clone)]
pub struct Route {
    pub group: String,
    pub input: String,
    pub output: String,
    pub dead: String,
}

impl Route {
    /// Names only: the topics are not there.
    pub fn named(name: &str) -> Self {
        let part = |part: &str| unique(&format!("{name}.{part}"));
        Self { group: unique(name), input: part("in"), output: part("out"), dead: part("dead") }
    }

    /// The topics with `partitions` each; dead letters have one.
    pub fn create(name: &str, partitions: i32) -> Self {
        Self::create_at(broker(), name, partitions)
    }

    /// The same at other brokers.
    pub fn create_at(brokers: &str, name: &str, partitions: i32) -> Self {
        let route = Self::named(name);
        create_topic(brokers, &route.input, partitions, KEEP);
        create_topic(brokers, &route.output, partitions, KEEP);
        create_topic(brokers, &route.dead, 1, KEEP);
        route
    }

    /// Another group and other topics for the answers to the same input.
    pub fn beside(&self, name: &str, partitions: i32) -> Self {
        let other = Self::named(name);
        create_topic(broker(), &other.output, partitions, KEEP);
        create_topic(broker(), &other.dead, 1, KEEP);
        Self { input: self.input.clone(), ..other }
    }

    /// As arguments of `copydesk run`, with a short session and a free admin port.
    pub fn settings(&self) -> Vec<String> {
        self.settings_at(broker())
    }

    /// The same at other brokers.
    pub fn settings_at(&self, brokers: &str) -> Vec<String> {
        let sets = [
            ("kafka.brokers", brokers),
            ("kafka.group_id", &self.group),
            ("kafka.session_timeout", "6s"),
            ("input.topics", &self.input),
            ("output.topic", &self.output),
            ("dead_letter.topic", &self.dead),
            ("admin.listen", "127.0.0.1:0"),
        ];
        sets.iter().map(|(key, value)| format!("{key}={value}")).collect()
    }

    /// How often each number was answered, as a `read_committed` reader sees it.
    pub fn answers(&self, brokers: &str) -> BTreeMap<usize, usize> {
        let mut counts = BTreeMap::new();
        for topic in [&self.output, &self.dead] {
            for stored in read(brokers, topic, visible(brokers, topic)) {
                let number = std::str::from_utf8(stored.header("number").expect("a number"));
                *counts.entry(number.expect("UTF-8").parse().expect("digits")).or_default() += 1;
            }
        }
        counts
    }

    /// Fails unless the numbers below `count`, and no others, were answered once.
    pub fn assert_each_once(&self, brokers: &str, count: usize) {
        let wanted: BTreeMap<usize, usize> = (0..count).map(|number| (number, 1)).collect();
        let found = self.answers(brokers);
        let wrong: Vec<_> = wanted.keys().filter(|number| found.get(number) != Some(&1)).collect();
        assert!(found == wanted, "{} of {count} are not answered once: {wrong:?}", wrong.len());
    }

    /// Starts a worker on this route; `more` settings go over the route's.
    pub fn start(&self, more: &[&str]) -> Worker {
        let settings = self.settings();
        Worker::start(settings.iter().map(String::as_str).chain(more.iter().copied()))
    }
}

/// `copydesk` with these arguments and nothing of the tests' environment.
pub fn copydesk() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_copydesk"));
    command.env_clear().current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    command
}

/// A worker that runs, or ran. Dropped, it is killed.
pub struct Worker {
    child: Child,
    /// What it wrote to standard error so far.
    lines: Arc<Mutex<Log>>,
    reader: Option<JoinHandle<()>>,
    admin: Option<String>,
}

impl Worker {
    /// Starts `copydesk run` with these settings.
    pub fn start<'a>(settings: impl IntoIterator<Item = &'a str>) -> Self {
        Self::start_logging(Log::default(), settings)
    }

    /// The same with a log that is kept in another way.
    pub fn start_logging<'a>(log: Log, settings: impl IntoIterator<Item = &'a str>) -> Self {
        let mut command = copydesk();
        command.arg("run");
        for setting in settings {
            command.args(["--set", setting]);
        }
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("copydesk");
        let stderr = BufReader::new(child.stderr.take().expect("stderr"));
        let lines = Arc::new(Mutex::new(log));
        let page = Arc::clone(&lines);
        let reader = std::thread::spawn(move || {
            for line in stderr.lines() {
                page.lock().expect("lines").push(line.expect("a line of UTF-8"));
            }
        });
        Self { child, lines, reader: Some(reader), admin: None }
    }

    /// The log so far. Every line has to be one JSON object.
    pub fn log(&self) -> Vec<Value> {
        let lines = self.lines.lock().expect("lines");
        let parsed = lines.lines().map(|line| match serde_json::from_str(line) {
            Ok(value @ Value::Object(_)) => value,
            other => panic!("not a JSON object: {line}: {other:?}"),
        });
        parsed.collect()
    }

    /// The lines of the log with this message.
    pub fn told(&self, message: &str) -> Vec<Value> {
        self.log().into_iter().filter(|line| line["message"] == message).collect()
    }

    /// The first line with this message, as soon as it is there.
    pub fn waits_to_tell(&mut self, message: &str) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(line) = self.told(message).into_iter().next() {
                return line;
            }
            let ended = self.child.try_wait().expect("status");
            assert!(
                ended.is_none() && Instant::now() < deadline,
                "never told: {message} ({ended:?}): {:#?}",
                self.log()
            );
            std::thread::park_timeout(std::time::Duration::from_millis(20));
        }
    }

    /// Status and body of `GET path` at the admin port.
    pub fn get(&mut self, path: &str) -> (u16, String) {
        if self.admin.is_none() {
            let line = self.waits_to_tell("admin port listens");
            self.admin = Some(line["address"].as_str().expect("address").to_owned());
        }
        let mut stream = TcpStream::connect(self.admin.as_deref().expect("address")).expect("admin port");
        stream.set_read_timeout(Some(PATIENCE)).expect("timeout");
        write!(stream, "GET {path} HTTP/1.1\r\nhost: desk\r\n\r\n").expect("request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("head and body");
        let status = head.split(' ').nth(1).expect("status").parse().expect("status");
        (status, body.to_owned())
    }

    /// Whether `/readyz` says yes.
    pub fn is_ready(&mut self) -> bool {
        self.get("/readyz").0 == 200
    }

    /// Every series of `/metrics`, by name and labels as they are written.
    pub fn metrics(&mut self) -> BTreeMap<String, f64> {
        let (status, text) = self.get("/metrics");
        assert_eq!(status, 200, "{text}");
        series(&text)
    }

    /// One series; 0 while it is not there.
    pub fn metric(&mut self, series: &str) -> f64 {
        self.metrics().get(series).copied().unwrap_or_default()
    }

    /// Waits until so many input partitions are assigned.
    pub fn waits_for_partitions(&mut self, count: u32) {
        eventually(&format!("{count} partitions are assigned"), || {
            self.is_ready() && self.metric("copydesk_assigned_partitions") == f64::from(count)
        });
    }

    pub fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().expect("kill").success());
    }

    /// Its status, once it has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("status")
    }

    /// Adds its complaints to `sums`, and gives the cause that its last error named.
    pub fn sum_up(&self, sums: &mut BTreeMap<String, u64>) -> Option<String> {
        let lines = self.lines.lock().expect("lines");
        for (complaint, count) in lines.complaints() {
            *sums.entry(complaint.clone()).or_default() += count;
        }
        lines.last_error().map(str::to_owned)
    }

    /// Waits for its end; every line of the log is there then.
    pub fn end(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("status") {
                break status;
            }
            assert!(Instant::now() < deadline, "it does not end: {:#?}", self.log());
            std::thread::park_timeout(std::time::Duration::from_millis(10));
        };
        if let Some(reader) = self.reader.take() {
            reader.join().expect("reader");
        }
        status
    }

    /// SIGTERM; the end has to be a good one.
    pub fn stop(&mut self) {
        self.signal("-TERM");
        let status = self.end();
        assert_eq!(status.code(), Some(0), "{:#?}", self.log());
    }

    /// The lines of a level worse than INFO.
    pub fn complaints(&self) -> Vec<Value> {
        self.log().into_iter().filter(|line| line["level"] != "INFO").collect()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Reads the text format of OpenMetrics, line by line; what is not of it fails the test.
fn series(text: &str) -> BTreeMap<String, f64> {
    let mut found = BTreeMap::new();
    let body = text.strip_suffix("# EOF\n").expect("the end is marked");
    for line in body.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            let kind = comment.split(' ').next().expect("a word");
            assert!(["HELP", "TYPE", "UNIT"].contains(&kind), "{line}");
            continue;
        }
        let (name, value) = line.rsplit_once(' ').expect("name and value");
        let bare = name.split('{').next().expect("a name");
        assert!(bare.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{line}");
        assert!(!name.contains('{') || name.ends_with('}'), "{line}");
        let value = value.parse().unwrap_or_else(|error| panic!("{line}: {error}"));
        assert!(found.insert(name.to_owned(), value).is_none(), "twice: {line}");
    }
    found
}
