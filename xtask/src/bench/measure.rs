//! One measured process: at full speed over what waits for it, and at half of that for its latency.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::message::{Header, Headers as _, Message as _, OwnedHeaders};
use tokio::time::Instant;

use super::child::{Child, Usage, machine_time};
use super::load::Load;
use super::topics::{self, Writer};

/// How often a process at work is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// The longest that a run may take.
const LONGEST: Duration = Duration::from_secs(180);
/// The header with the nanosecond at which a paced article was written.
const WRITTEN: &str = "bench-written";

/// A way to run a worker: program, first arguments, settings of its own.
pub(super) struct Subject {
    pub(super) name: &'static str,
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<String>,
    pub(super) sets: Vec<String>,
    /// Records until it is stopped.
    pub(super) records: u64,
    /// What an output must hold, to be an answer.
    pub(super) answers: fn(&[u8]) -> bool,
}

/// What was found out about a subject.
#[derive(Debug, Default, Clone)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) records: u64,
    pub(super) records_per_second: f64,
    /// Microseconds of processor time, user and system, a record.
    pub(super) cpu_us: f64,
    /// Cores that it kept busy.
    pub(super) cores: f64,
    /// Which part of the machine's cores was idle meanwhile, 0 to 1.
    pub(super) idle: f64,
    /// The most memory that was resident, bytes.
    pub(super) rss_max: u64,
    /// Resident memory after a quarter, a half, three quarters and all of the records, bytes.
    pub(super) rss: [u64; 4],
    /// From the start of the process to its first output.
    pub(super) first: Duration,
    /// From produce to consume at half load: half of the records, and all but one of a hundred.
    pub(super) latency: Option<(Duration, Duration)>,
    /// Processor time by thread, the most first.
    pub(super) threads: Vec<(String, Duration)>,
}

/// Where subjects work.
pub(super) struct Bench<'a> {
    pub(super) broker: &'a str,
    pub(super) load: &'a Load,
    /// The topic that is full of articles.
    pub(super) input: &'a str,
    pub(super) folder: &'a Path,
    /// Settings for all workers.
    pub(super) sets: &'a [String],
    /// How long the paced run is.
    pub(super) paced: Duration,
}

/// A process looked at while it works.
struct Look {
    at: Duration,
    done: u64,
    usage: Usage,
    machine: (u64, u64),
}

fn look(child: &Child, done: u64) -> anyhow::Result<Look> {
    Ok(Look { at: child.began.elapsed(), done, usage: child.usage()?, machine: machine_time() })
}

impl Row {
    /// From what was seen, the start of the process left out.
    fn of(name: &str, first: Duration, looks: &[Look]) -> anyhow::Result<Self> {
        let last = looks.last().context("nothing was seen")?;
        let begin = looks.iter().find(|look| look.done * 50 >= last.done).context("nothing was done")?;
        ensure!(last.done > begin.done, "it was done before it could be measured: give it more records");
        let done = (last.done - begin.done) as f64;
        let wall = (last.at - begin.at).as_secs_f64();
        let cpu = (last.usage.cpu - begin.usage.cpu).as_secs_f64();
        let [idle, all] = [last.machine.0 - begin.machine.0, last.machine.1 - begin.machine.1];
        let rss_at = |quarter: u64| {
            let reached =
                looks.iter().find(|look| look.done * 4 >= last.done * quarter && look.usage.rss > 0);
            // At its very end a process has no memory any more.
            let seen = reached.or_else(|| looks.iter().rev().find(|look| look.usage.rss > 0));
            seen.map_or(0, |look| look.usage.rss)
        };
        Ok(Self {
            name: name.to_owned(),
            records: last.done,
            records_per_second: done / wall,
            cpu_us: cpu * 1e6 / done,
            cores: cpu / wall,
            idle: idle as f64 / (all as f64).max(1.0),
            rss_max: looks.iter().map(|look| look.usage.rss_max).max().unwrap_or(0),
            rss: [1, 2, 3, 4].map(rss_at),
            first,
            latency: None,
            threads: Vec::new(),
        })
    }
}

impl Bench<'_> {
    /// Runs a subject over the articles that wait, then at half of its speed.
    ///
    /// # Errors
    /// When it ends by itself, answers nothing, or answers something else.
    pub(super) fn measure(&self, subject: &Subject) -> anyhow::Result<Row> {
        let mut row = self.full_speed(subject).with_context(|| format!("{} at full speed", subject.name))?;
        row.latency = self
            .paced(subject, row.records_per_second / 2.0)
            .with_context(|| format!("{} at half load", subject.name))
            .map(Some)?;
        Ok(row)
    }

    fn full_speed(&self, subject: &Subject) -> anyhow::Result<Row> {
        let run = self.prepare(subject.name, "full")?;
        let log = self.folder.join(format!("{}.log", run.output));
        let mut child = Child::start(&mut self.command(subject, self.input, &run, &log)?)?;
        let reader = topics::reader(self.broker, &run.output)?;
        let value = topics::first(&reader, || child.check(&log))?;
        let first = child.began.elapsed();
        ensure!((subject.answers)(&value), "unexpected output: {}", String::from_utf8_lossy(&value));
        reader.unassign()?;
        let mut looks = vec![look(&child, 0)?];
        let mut next = Instant::now();
        loop {
            let done = topics::count(&reader, &run.output)?;
            looks.push(look(&child, done)?);
            if done >= subject.records {
                break;
            }
            child.check(&log)?;
            ensure!(child.began.elapsed() < LONGEST, "only {done} records in {LONGEST:?}");
            next += LOOK;
            std::thread::park_timeout(next.saturating_duration_since(Instant::now()));
        }
        let mut row = Row::of(subject.name, first, &looks)?;
        row.threads = by_most(child.threads());
        child.stop()?;
        // The markers of transactions have offsets, too: records are counted once it has ended.
        let (seen, offsets) =
            (topics::visible(self.broker, &run.output)?, topics::count(&reader, &run.output)?);
        let share = seen as f64 / (offsets as f64).max(1.0);
        row.records_per_second *= share;
        row.cpu_us /= share;
        self.finish(&reader, &run)?;
        Ok(row)
    }

    /// Median and 99th percentile of the time from produce to consume, with so many records a second.
    fn paced(&self, subject: &Subject, rate: f64) -> anyhow::Result<(Duration, Duration)> {
        let run = self.prepare(subject.name, "paced")?;
        let input = format!("{}-in", run.output);
        topics::create(self.broker, &[&input])?;
        let log = self.folder.join(format!("{}.log", run.output));
        let mut child = Child::start(&mut self.command(subject, &input, &run, &log)?)?;
        let reader = topics::reader(self.broker, &run.output)?;
        let writer = Writer::new(self.broker, &input, 1)?;
        // Only once it works does the clock run.
        writer.write(0, &self.load.scraped(0), &OwnedHeaders::new())?;
        topics::first(&reader, || child.check(&log))?;
        let began = Instant::now();
        let mut waits = std::thread::scope(|scope| {
            let writing = scope.spawn(|| self.write_paced(&writer, rate, began));
            let waits = self.read_paced(&reader, rate, began);
            writing.join().map_err(|_| anyhow::anyhow!("the writer panicked"))??;
            waits
        })?;
        child.stop()?;
        self.finish(&reader, &run)?;
        topics::remove(self.broker, &[&input])?;
        waits.sort_unstable();
        let at = |percent: usize| waits.get(waits.len() * percent / 100).copied();
        at(50).zip(at(99)).context("no record came back")
    }

    fn write_paced(&self, writer: &Writer, rate: f64, began: Instant) -> anyhow::Result<()> {
        let mut written = 1;
        while began.elapsed() < self.paced {
            let due = records_due(began.elapsed(), rate) + 1;
            while written < due {
                let value = self.load.scraped(written);
                let moment = began.elapsed().as_nanos().to_string();
                let header = Header { key: WRITTEN, value: Some(&moment) };
                writer.write(written, &value, &OwnedHeaders::new().insert(header))?;
                written += 1;
            }
            std::thread::park_timeout(Duration::from_millis(1));
        }
        writer.flush()
    }

    /// How long each record took, the first second left out; of those that do not come back until the end, how
    /// long they have waited by then.
    fn read_paced(&self, reader: &BaseConsumer, rate: f64, began: Instant) -> anyhow::Result<Vec<Duration>> {
        let settled = Duration::from_secs(1);
        let mut waits = Vec::with_capacity(records_due(self.paced, rate) + 1);
        while began.elapsed() < self.paced {
            let Some(message) = reader.poll(Duration::from_millis(10)) else { continue };
            let message = message?;
            let now = began.elapsed();
            let headers = message.headers();
            let written = headers.and_then(|headers| headers.iter().find(|header| header.key == WRITTEN));
            let nanos = written.and_then(|header| std::str::from_utf8(header.value?).ok()?.parse().ok());
            if let Some(written) = nanos.map(Duration::from_nanos)
                && written >= settled
            {
                waits.push(now.saturating_sub(written));
            }
        }
        ensure!(!waits.is_empty(), "none of the records came back within {:?}", self.paced);
        // What has not come back has waited since it was due: it counts with that, the least that it can be.
        let missing = records_due(self.paced - settled, rate).saturating_sub(waits.len());
        waits.extend((0..missing).map(|after| Duration::from_secs_f64(after as f64 / rate)));
        Ok(waits)
    }

    /// Makes the topics of one run.
    fn prepare(&self, name: &str, kind: &str) -> anyhow::Result<Run> {
        let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let output = format!("{}-{name}-{kind}", self.input);
        let dead_letter = format!("{output}-dead");
        topics::create(self.broker, &[&output, &dead_letter])?;
        Ok(Run { output, dead_letter })
    }

    /// Nothing may have been rejected; the topics go.
    fn finish(&self, reader: &BaseConsumer, run: &Run) -> anyhow::Result<()> {
        let rejected = topics::count(reader, &run.dead_letter)?;
        ensure!(rejected == 0, "expected no dead letter, found {rejected}");
        topics::remove(self.broker, &[&run.output, &run.dead_letter])
    }

    fn command(&self, subject: &Subject, input: &str, run: &Run, log: &Path) -> anyhow::Result<Command> {
        let Run { output, dead_letter } = run;
        let mut command = Command::new(&subject.program);
        command.args(&subject.arguments);
        let own = [
            format!("kafka.brokers={}", self.broker),
            format!("kafka.group_id={output}"),
            format!("input.topics={input}"),
            format!("output.topic={output}"),
            format!("dead_letter.topic={dead_letter}"),
            "admin.listen=127.0.0.1:0".to_owned(),
        ];
        for set in own.iter().chain(self.sets).chain(&subject.sets) {
            command.args(["--set", set]);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(log)?);
        Ok(command)
    }
}

struct Run {
    output: String,
    dead_letter: String,
}

fn by_most(threads: BTreeMap<String, Duration>) -> Vec<(String, Duration)> {
    let mut threads: Vec<_> = threads.into_iter().collect();
    threads.sort_by_key(|(_, cpu)| std::cmp::Reverse(*cpu));
    threads
}

/// Runs a command that answers each line of `file` with a line, and checks that there are `records`.
///
/// # Errors
/// When there are not, or when it fails.
pub(super) fn lines(name: &str, command: &mut Command, records: u64) -> anyhow::Result<Row> {
    let mut child = Child::start(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
    let mut stdout = child.process.stdout.take().context("no standard output")?;
    let mut first = None;
    let mut looks = Vec::new();
    let mut next = Instant::now();
    let mut done = 0;
    let mut chunk = vec![0; 1 << 18];
    loop {
        let length = stdout.read(&mut chunk)?;
        let bytes = chunk.get(..length).unwrap_or_default();
        done += bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        if length == 0 {
            break;
        }
        if first.is_none() {
            first = Some(child.began.elapsed());
            looks.push(look(&child, 0)?);
        }
        if Instant::now() >= next {
            next = Instant::now() + LOOK;
            looks.push(look(&child, done)?);
        }
    }
    // It may still be ending; what it used counts once it has.
    while child.usage()?.rss > 0 {
        std::thread::park_timeout(Duration::from_millis(1));
    }
    looks.push(look(&child, done)?);
    let status = child.process.wait()?;
    ensure!(status.success(), "{name} ended badly: {status}");
    ensure!(done == records, "{name}: expected {records} lines, found {done}");
    Row::of(name, first.unwrap_or_default(), &looks)
}

/// How many records are written by the end of `elapsed` at `rate` a second.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate is positive and a run is short"
)]
fn records_due(elapsed: Duration, rate: f64) -> usize {
    (elapsed.as_secs_f64() * rate) as usize
}
