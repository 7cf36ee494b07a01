//! A worker that passes records through unchanged: the smallest thing that keeps the seam's promises.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use copydesk::kafka::{self, ConnectError, Connected, KafkaControl};
use copydesk::pipeline::observer::Observer;
use copydesk::pipeline::seam::{
    Destination, Epoch, Full, Incoming, NextOffset, Outgoing, PartitionId, Seal, SealId, Sink as _,
    SinkEvent, SourceControl as _, SourceEvent,
};
use copydesk::settings::{self, Settings, Sources};
use tokio::sync::oneshot;

use super::client::eventually;

/// Settings for a worker of a test: the defaults with short deadlines, its own group and topics.
pub fn settings(brokers: &str, group: &str, input: &str, output: &str, dead_letter: &str) -> Settings {
    let sets = [
        ("kafka.brokers", brokers),
        ("kafka.group_id", group),
        ("kafka.session_timeout", "6s"),
        ("kafka.transaction_timeout", "30s"),
        ("input.topics", input),
        ("output.topic", output),
        ("dead_letter.topic", dead_letter),
        ("delivery.commit_interval", "50ms"),
        ("delivery.drain_deadline", "5s"),
        ("admin.listen", ""),
    ];
    let sets = sets.iter().map(|(key, value)| format!("{key}={value}")).collect();
    settings::load(&Sources { sets, ..Sources::default() }).unwrap().settings
}

/// What a desk was told about itself.
#[derive(Default)]
pub struct Watch {
    pub broker_states: Mutex<BTreeMap<&'static str, Result<(), String>>>,
    pub causes: Mutex<Vec<String>>,
    pub lag: Mutex<BTreeMap<PartitionId, i64>>,
    pub polls: AtomicU64,
    pub lost: AtomicU64,
    pub records_in: AtomicU64,
    pub assigned: Mutex<BTreeMap<PartitionId, Epoch>>,
    /// The highest epoch so far.
    pub epochs: Mutex<Vec<Epoch>>,
    pub failure: Mutex<Option<String>>,
}

impl Watch {
    pub fn ready(&self) -> bool {
        let states = self.broker_states.lock().unwrap();
        states.len() >= 2 && states.values().all(Result::is_ok)
    }

    pub fn partitions(&self) -> usize {
        self.assigned.lock().unwrap().len()
    }

    pub fn cause_with(&self, words: &[&str]) -> bool {
        self.causes.lock().unwrap().iter().any(|cause| words.iter().all(|word| cause.contains(word)))
    }
}

impl Observer for Watch {
    fn broker_state(&self, part: &'static str, healthy: Result<(), &str>) {
        let state = healthy.map_err(str::to_owned);
        if let Err(cause) = &state {
            self.causes.lock().unwrap().push(cause.clone());
        }
        self.broker_states.lock().unwrap().insert(part, state);
    }

    fn lag(&self, partition: &PartitionId, records: i64) {
        self.lag.lock().unwrap().insert(partition.clone(), records);
    }

    fn polled(&self) {
        self.polls.fetch_add(1, Ordering::Relaxed);
    }
}

/// How a desk departs from passing through.
#[derive(Clone, Default)]
pub struct Manner {
    /// While set, the desk takes no events from the source: the channel fills up.
    pub asleep: Arc<AtomicBool>,
    /// Never answers a revoke.
    pub deaf: bool,
    /// Outputs get this many bytes appended to their value.
    pub pad: usize,
}

/// A desk on its own thread.
pub struct Desk {
    pub watch: Arc<Watch>,
    pub control: KafkaControl,
    thread: JoinHandle<Vec<&'static str>>,
}

impl Desk {
    pub fn start(settings: &Settings) -> Self {
        Self::start_with(settings, Manner::default())
    }

    pub fn start_with(settings: &Settings, manner: Manner) -> Self {
        Self::start_on(settings, manner, |observer| kafka::connect(settings, observer))
    }

    pub fn start_on(
        settings: &Settings,
        manner: Manner,
        connect: impl FnOnce(Arc<Watch>) -> Result<Connected, ConnectError>,
    ) -> Self {
        assert_eq!(kafka::faults(settings), []);
        // Shown when a test fails. The first desk of a test binary sets it for all.
        drop(
            tracing_subscriber::fmt().with_ansi(false).with_thread_names(true).with_test_writer().try_init(),
        );
        let watch = Arc::new(Watch::default());
        let observer = Arc::clone(&watch);
        let connected = connect(observer).expect("connect");
        let control = connected.control.clone();
        let told = Arc::clone(&watch);
        let commit_interval = settings.delivery.commit_interval;
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_time().build().expect("runtime");
            let threads = runtime.block_on(run(connected, told, manner, commit_interval));
            threads.join(Duration::from_secs(20))
        });
        Self { watch, control, thread }
    }

    /// Waits until it holds this many partitions and both sides are healthy.
    pub fn wait_for_partitions(&self, count: usize) {
        eventually(&format!("{count} partitions"), || {
            let failure = self.watch.failure.lock().unwrap();
            assert_eq!(*failure, None);
            self.watch.partitions() == count && self.watch.ready()
        });
    }

    /// Leaves as on SIGTERM. Every thread must have ended.
    pub fn leave(self) {
        self.control.leave();
        assert_eq!(self.thread.join().expect("desk"), [] as [&str; 0], "threads that have not ended");
    }
}

struct State {
    watch: Arc<Watch>,
    pending: VecDeque<Outgoing>,
    seals: u64,
    /// One at a time is on its way.
    unanswered: bool,
    /// Next offsets, and whether a seal has them already.
    frontier: BTreeMap<PartitionId, (NextOffset, bool)>,
    waiting: Vec<(Option<SealId>, Vec<PartitionId>, oneshot::Sender<()>)>,
}

async fn run(
    connected: Connected,
    watch: Arc<Watch>,
    manner: Manner,
    commit_interval: Duration,
) -> kafka::Threads {
    let Connected { mut source_events, mut sink_events, mut sink, threads, control: _control } = connected;
    let mut state = State {
        watch,
        pending: VecDeque::new(),
        seals: 0,
        unanswered: false,
        frontier: BTreeMap::new(),
        waiting: Vec::new(),
    };
    let mut tick = tokio::time::interval(commit_interval);
    let mut deaf = Vec::new();
    loop {
        let awake = !manner.asleep.load(Ordering::Relaxed) && state.pending.len() < 1000;
        tokio::select! {
            biased;
            event = sink_events.recv() => match event {
                Some(SinkEvent::Room) | None => {}
                Some(SinkEvent::Sealed { id, .. } | SinkEvent::Stale { id }) => state.answer(id),
                Some(SinkEvent::Refused { record, code, message }) => {
                    let mut record = *record;
                    record.destination = Destination::DeadLetter;
                    record.value = Some(Bytes::from_static(b"refused"));
                    record.headers.push(("copydesk.error.code".to_owned(), Some(code.into())));
                    record.headers.push(("copydesk.error.message".to_owned(), Some(message.into())));
                    state.pending.push_front(record);
                }
                Some(SinkEvent::Failed { message }) => {
                    *state.watch.failure.lock().unwrap() = Some(message);
                    return threads;
                }
            },
            _ = tick.tick() => {}
            event = source_events.recv(), if awake => match event {
                None => return threads,
                Some(SourceEvent::Record(record)) => state.take(record, &manner),
                Some(SourceEvent::Assigned { epoch, partitions }) => {
                    let mut epochs = state.watch.epochs.lock().unwrap();
                    assert!(epochs.last().is_none_or(|last| *last < epoch), "epochs must rise");
                    epochs.push(epoch);
                    let mut assigned = state.watch.assigned.lock().unwrap();
                    assigned.extend(partitions.into_iter().map(|partition| (partition, epoch)));
                }
                Some(SourceEvent::Revoking { partitions, drained }) => {
                    if manner.deaf {
                        deaf.push(drained);
                    } else {
                        state.waiting.push((None, partitions, drained));
                    }
                }
                Some(SourceEvent::Lost { partitions }) => {
                    state.watch.lost.fetch_add(1, Ordering::Relaxed);
                    state.forget(&partitions);
                }
                Some(SourceEvent::Failed { message }) => {
                    *state.watch.failure.lock().unwrap() = Some(message);
                    return threads;
                }
            },
        }
        while let Some(record) = state.pending.pop_front() {
            let position = record.position.clone();
            let next = NextOffset {
                partition: position.partition,
                epoch: position.epoch,
                next: position.offset + 1,
            };
            match sink.produce(record) {
                Ok(()) => {
                    let known =
                        state.frontier.get(&next.partition).is_some_and(|(known, _)| known.next >= next.next);
                    if !known {
                        state.frontier.insert(next.partition.clone(), (next, false));
                    }
                }
                Err(Full(record)) => {
                    state.pending.push_front(record);
                    break;
                }
            }
        }
        state.seal(&mut sink);
    }
}

impl State {
    fn take(&mut self, record: Incoming, manner: &Manner) {
        self.watch.records_in.fetch_add(1, Ordering::Relaxed);
        let mut headers = record.headers;
        let offset = record.position.offset.to_string();
        headers.push(("source".to_owned(), Some(format!("{}@{offset}", record.position.partition).into())));
        let value = record.value.map(|value| {
            let mut value = value.to_vec();
            value.resize(value.len() + manner.pad, b'.');
            Bytes::from(value)
        });
        self.pending.push_back(Outgoing {
            position: record.position,
            destination: Destination::Output,
            timestamp_ms: record.timestamp_ms,
            key: record.key,
            value,
            headers,
        });
    }

    fn seal(&mut self, sink: &mut kafka::KafkaSink) {
        if self.unanswered {
            return;
        }
        let drains = self.waiting.iter().any(|(id, ..)| id.is_none()) && self.pending.is_empty();
        let news: Vec<_> =
            self.frontier.values().filter(|(_, sealed)| !sealed).map(|(next, _)| next.clone()).collect();
        if news.is_empty() && !drains {
            return;
        }
        self.seals += 1;
        let id = SealId(self.seals);
        if sink.seal(Seal { id, offsets: news }).is_err() {
            return;
        }
        self.unanswered = true;
        self.frontier.values_mut().for_each(|(_, sealed)| *sealed = true);
        if drains {
            self.waiting.iter_mut().for_each(|(waiting, ..)| {
                waiting.get_or_insert(id);
            });
        }
    }

    fn answer(&mut self, sealed: SealId) {
        self.unanswered = false;
        let waiting = std::mem::take(&mut self.waiting);
        let (answered, waiting) = waiting.into_iter().partition(|(id, ..)| id.is_some_and(|id| id <= sealed));
        self.waiting = waiting;
        for (_, partitions, drained) in answered {
            self.forget(&partitions);
            drop(drained);
        }
    }

    fn forget(&mut self, partitions: &[PartitionId]) {
        self.pending.retain(|record| !partitions.contains(&record.position.partition));
        for partition in partitions {
            self.frontier.remove(partition);
            self.watch.assigned.lock().unwrap().remove(partition);
        }
    }
}
