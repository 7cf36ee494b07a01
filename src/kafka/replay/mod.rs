//! Replay: dead letters back to the input topic they came from, each once.
//!
//! [`run`] reads a dead-letter topic from the progress that is kept under a name up to where the topic
//! ended when it began. Letters go out in transactions together with that progress, so whatever ends a
//! replay, the next one of the same name goes on behind the last transaction that was committed.
//!
//! ```text
//! dead-letter topic ──► reader ──► decision ──► batch ──► writer ──► input topics, progress
//!                                  letter.rs    records and bytes    one transaction
//! ```

mod attempts;
mod batch;
mod error;
mod letter;
mod reader;
mod summary;
mod writer;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rdkafka::consumer::Consumer as _;
use tokio::time::Instant;

pub use error::{OrderError, ReplayError};
pub use letter::Planned;
pub use summary::{Counts, Outcome, Refusal, Summary};

use self::batch::Batch;
use self::letter::{Selection, decide};
use self::reader::Reader;
use self::writer::{Answer, Writer};
use super::guarantees::reads;
use super::report::Reporter;
use super::topics::{self, Wanted};
use crate::pipeline::observer::Observer;
use crate::settings::Settings;

/// How long brokers and topics may be missing at the start.
const START: Duration = Duration::from_secs(20);

/// How long a batch that has something waits for more.
const GATHER: Duration = Duration::from_secs(1);

/// The longest name, in bytes: a group id is no place for a novel.
const MAX_NAME: usize = 100;

/// What to replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    from: String,
    name: String,
    selection: Selection,
    dry_run: bool,
}

impl Order {
    /// The letters of topic `from`, with progress kept under `name`. Sends all that were rejected fewer
    /// than `max_rounds` times.
    ///
    /// # Errors
    /// When the worker itself reads `from`, or `name` is not made of `a-z`, `A-Z`, `0-9`, `_` and `-`.
    pub fn new(settings: &Settings, from: &str, name: &str, max_rounds: u32) -> Result<Self, OrderError> {
        if let Some(input) = settings.input.topics.iter().find(|input| reads(input, from)) {
            return Err(OrderError::ReadByInput { topic: from.to_owned(), input: input.clone() });
        }
        // No dots: they part the name from what is around it in group and transactional id.
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if name.is_empty() || name.len() > MAX_NAME || !name.chars().all(legal) {
            return Err(OrderError::Name { name: name.to_owned(), longest: MAX_NAME });
        }
        let selection = Selection { codes: BTreeSet::new(), since_ms: None, max_rounds };
        Ok(Self { from: from.to_owned(), name: name.to_owned(), selection, dry_run: false })
    }

    /// Only letters whose last code is one of these; none given: of any code.
    #[must_use]
    pub fn of_codes(mut self, codes: impl IntoIterator<Item = String>) -> Self {
        self.selection.codes = codes.into_iter().collect();
        self
    }

    /// Only letters with a timestamp of `since_ms` or later, milliseconds since 1970 UTC.
    #[must_use]
    pub fn since(mut self, since_ms: Option<i64>) -> Self {
        self.selection.since_ms = since_ms;
        self
    }

    /// Sends nothing and keeps no progress.
    #[must_use]
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }

    /// Whose committed offsets are the progress.
    fn group_id(&self, settings: &Settings) -> String {
        format!("{}.replay.{}", settings.kafka.group_id, self.name)
    }

    /// One for each name and topic, so that a second replay of the same fences the first.
    fn transactional_id(&self, settings: &Settings) -> String {
        format!("{}.{}", self.group_id(settings), self.from)
    }
}

/// Replays until the end of the topic as of now, or until `stop` is set: then after the transaction
/// under way. `told` hears of each letter that a dry run would send, and may end it.
///
/// Blocks: call it from no async task.
///
/// # Errors
/// When the brokers or a topic stay away, refuse us, or another replay of this name has begun. What was
/// committed until then stays; the rest is as it was.
pub fn run(
    settings: &Settings,
    order: &Order,
    stop: &AtomicBool,
    told: &mut dyn FnMut(&Planned) -> ControlFlow<()>,
) -> Result<Summary, ReplayError> {
    let watch = Arc::new(LastCause::default());
    let reporter = |part| Arc::new(Reporter::new(part, &settings.kafka.brokers, watch.clone()));
    let consumer = reader::connect(settings, order, reporter("consumer"))?;
    let deadline = Instant::now() + START;
    let found = |wanted: &Wanted| {
        let mut pause = |wait: Duration| {
            std::thread::park_timeout(wait);
            Instant::now() < deadline && !stop.load(Ordering::Acquire)
        };
        // Nothing is assigned: this only serves logs and errors, which name the cause.
        let serve = || drop(consumer.poll(Duration::ZERO));
        topics::wait(consumer.client(), wanted, &consumer.context().reporter, &serve, &mut pause)
            .ok_or_else(|| ReplayError::NotReady { cause: watch.take() })
    };
    let inputs = found(&Wanted::input(settings))?;
    let dead = found(&Wanted::Names { role: "dead-letter", topics: vec![order.from.clone()] })?;
    let partitions = dead.get(&order.from).copied().unwrap_or(0);
    // First the writer: it ends what a killed predecessor left open, without which no progress is told.
    let writer = match order.dry_run {
        true => None,
        false => Some(Writer::connect(settings, order, &inputs, reporter("producer"), stop)?),
    };
    let reader = Reader::begin(consumer, order, partitions, stop)?;
    tracing::info!(
        topic = order.from,
        name = order.name,
        group = order.group_id(settings),
        partitions,
        offsets = reader.offsets_left(),
        "replay begins"
    );
    let summary = Summary { begins_anew: reader.begins_anew(), ..Summary::default() };
    let limits = batch::Limits::of(settings);
    let mut replay = Replay { order, inputs, reader, limits, stop, summary };
    match writer {
        Some(mut writer) => replay.send(&mut writer)?,
        None => replay.rehearse(told)?,
    }
    replay.summary.stopped = !replay.reader.is_done();
    Ok(replay.summary)
}

/// A replay under way.
struct Replay<'r> {
    order: &'r Order,
    /// The input topics that are there, and how many partitions each has.
    inputs: BTreeMap<String, i32>,
    reader: Reader<'r>,
    limits: batch::Limits,
    stop: &'r AtomicBool,
    summary: Summary,
}

impl Replay<'_> {
    fn goes_on(&self) -> bool {
        !self.reader.is_done() && !self.stop.load(Ordering::Acquire)
    }

    /// Reads and decides until the batch is full or the topic is at its end.
    fn gather(&mut self) -> Result<Batch, ReplayError> {
        let mut batch = Batch::default();
        let deadline = Instant::now() + GATHER;
        while self.goes_on() && !batch.is_full(&self.limits) {
            if let Some(letter) = self.reader.poll()? {
                let decision = decide(&letter, &self.order.selection, &self.inputs);
                batch.take(letter, decision);
            } else if !batch.is_empty() && Instant::now() >= deadline {
                break;
            }
        }
        batch.progress = self.reader.take_progress();
        Ok(batch)
    }

    fn send(&mut self, writer: &mut Writer<'_>) -> Result<(), ReplayError> {
        while self.goes_on() {
            let batch = self.gather()?;
            if batch.progress.is_empty() {
                continue;
            }
            let group = self.reader.group()?;
            match writer.commit(&batch.letters, &batch.progress, &group)? {
                Answer::Committed => {
                    for letter in &batch.letters {
                        self.summary.counts.add(&letter.code, Outcome::Sent);
                    }
                }
                Answer::Refused { cause } => {
                    tracing::warn!(
                        cause,
                        letters = batch.letters.len(),
                        "a batch was refused: one by one now"
                    );
                    self.send_one_by_one(writer, &batch)?;
                }
            }
            self.summary.counts.merge(&batch.skipped);
        }
        Ok(())
    }

    /// Which letter a broker refuses is not told when it refuses a batch: each gets its own transaction.
    fn send_one_by_one(&mut self, writer: &mut Writer<'_>, batch: &Batch) -> Result<(), ReplayError> {
        let group = self.reader.group()?;
        for letter in &batch.letters {
            let behind = BTreeMap::from([(letter.letter.partition, letter.letter.offset + 1)]);
            match writer.commit(std::slice::from_ref(letter), &behind, &group)? {
                Answer::Committed => self.summary.counts.add(&letter.code, Outcome::Sent),
                Answer::Refused { cause } => {
                    writer.commit(&[], &behind, &group)?;
                    let refusal = Refusal::new(&self.order.from, letter, &cause);
                    tracing::error!(%refusal, "a letter is refused");
                    self.summary.refuse(&letter.code, refusal);
                }
            }
        }
        // What was skipped behind the last of them.
        writer.commit(&[], &batch.progress, &group).map(drop)
    }

    fn rehearse(&mut self, told: &mut dyn FnMut(&Planned) -> ControlFlow<()>) -> Result<(), ReplayError> {
        while self.goes_on() {
            let batch = self.gather()?;
            for letter in &batch.letters {
                self.summary.counts.add(&letter.code, Outcome::Sent);
                if told(&letter.planned(&self.order.from)).is_break() {
                    return Ok(());
                }
            }
            self.summary.counts.merge(&batch.skipped);
        }
        Ok(())
    }
}

/// The last cause that a client named for not being able to go on.
#[derive(Default)]
struct LastCause(Mutex<Option<String>>);

impl LastCause {
    fn take(&self) -> String {
        let cause = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        cause.unwrap_or_else(|| "stopped before the brokers answered".to_owned())
    }
}

impl Observer for LastCause {
    fn broker_state(&self, _part: &'static str, healthy: Result<(), &str>) {
        if let Err(cause) = healthy {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(cause.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::fixture;

    #[test]
    fn an_order_is_checked() {
        let mut settings = fixture::settings();
        let order = |settings: &Settings, from: &str, name: &str| {
            Order::new(settings, from, name, 3).map(drop).map_err(|error| error.to_string())
        };
        assert_eq!(order(&settings, "dead", "default"), Ok(()));
        assert_eq!(
            order(&settings, "raw", "default").unwrap_err(),
            "`raw` is read by input.topics (`raw`): expected a topic of dead letters"
        );
        settings.input.topics = vec!["^news\\.".to_owned()];
        assert!(order(&settings, "news.dead", "default").unwrap_err().contains("`^news\\.`"));
        for name in ["", "a.b", "a b", "ü", &"n".repeat(101)] {
            let error = order(&settings, "dead", name).unwrap_err();
            assert!(error.contains("expected 1 to 100 of"), "{error}");
        }
    }

    #[test]
    fn ids_hold_group_name_and_topic() {
        let settings = fixture::settings();
        let order = Order::new(&settings, "dead.letters", "fixed-dates", 3).unwrap();
        assert_eq!(order.group_id(&settings), "desk.replay.fixed-dates");
        assert_eq!(order.transactional_id(&settings), "desk.replay.fixed-dates.dead.letters");
    }
}
