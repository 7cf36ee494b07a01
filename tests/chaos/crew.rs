//! The workers of a run, and a supervisor that starts again whoever ends.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use tokio::time::Instant;

use super::plan::Random;
use crate::harness::log::Log;
use crate::harness::worker::Worker;

/// Lines of a worker's log that are kept.
const LINES: usize = 200;
/// A supervisor does not start what fails at once more often than this.
const RESTART: Duration = Duration::from_millis(500);
/// The drain deadline of the workers is 5 seconds, and a commit may wait for a broker that comes back.
const END: Duration = Duration::from_secs(90);

/// What the crew did to a worker that is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Killed,
    Terminated(Instant),
}

struct Place {
    settings: Vec<String>,
    worker: Option<Worker>,
    asked: Option<Asked>,
    frozen: bool,
    /// Whether it has a worker, or gets one again.
    wanted: bool,
    not_before: Instant,
}

/// Worker processes.
pub(crate) struct Crew {
    settings: Vec<String>,
    /// Where each place has its log.
    folder: PathBuf,
    places: Vec<Place>,
    most: usize,
    /// How workers ended, and how often.
    pub(crate) exits: BTreeMap<String, u64>,
    /// What they complained of.
    pub(crate) complaints: BTreeMap<String, u64>,
    /// Those that did not end after SIGTERM.
    pub(crate) hung: u64,
}

impl Crew {
    /// `count` workers with these settings, with logs in `folder`; every other one has an instance id.
    pub(crate) fn start(settings: Vec<String>, folder: &Path, count: usize) -> Self {
        let mut crew = Self {
            settings,
            folder: folder.to_owned(),
            places: Vec::new(),
            most: count + 2,
            exits: BTreeMap::new(),
            complaints: BTreeMap::new(),
            hung: 0,
        };
        for _ in 0..count {
            crew.add_place();
        }
        crew.watch();
        crew
    }

    fn add_place(&mut self) {
        let number = self.places.len();
        let mut settings = self.settings.clone();
        if number.is_multiple_of(2) {
            settings.push(format!("kafka.instance_id=desk-{number}"));
        }
        let not_before = Instant::now();
        let place = Place { settings, worker: None, asked: None, frozen: false, wanted: true, not_before };
        self.places.push(place);
    }

    /// Counts those that have ended, and starts those that shall run.
    pub(crate) fn watch(&mut self) {
        let now = Instant::now();
        for (number, place) in self.places.iter_mut().enumerate() {
            if let Some(worker) = &mut place.worker {
                if worker.ended().is_some() {
                    let status = worker.end();
                    let error = worker.sum_up(&mut self.complaints);
                    let exit = exit(status, place.asked, error.as_deref());
                    *self.exits.entry(exit).or_default() += 1;
                    if place.asked.is_none() {
                        place.not_before = place.not_before.max(now + RESTART);
                    }
                    (place.worker, place.asked, place.frozen) = (None, None, false);
                } else if let Some(Asked::Terminated(since)) = place.asked
                    && now > since + END
                {
                    self.hung += 1;
                    worker.signal("-KILL");
                    place.asked = Some(Asked::Killed);
                }
            }
            if place.worker.is_none() && place.wanted && now >= place.not_before {
                let settings = place.settings.iter().map(String::as_str);
                let log = Log::long(LINES, &self.folder.join(format!("worker-{number}.log")));
                place.worker = Some(Worker::start_logging(log, settings));
            }
        }
    }

    /// One that runs and that nothing is being done to.
    fn pick(&mut self, random: &mut Random) -> Option<usize> {
        let able = |place: &Place| place.worker.is_some() && place.asked.is_none() && !place.frozen;
        let able: Vec<_> = (0..self.places.len()).filter(|at| able(&self.places[*at])).collect();
        random.pick(&able)
    }

    fn signal(&mut self, at: usize, signal: &str, asked: Option<Asked>) {
        let place = &mut self.places[at];
        if let Some(worker) = &mut place.worker
            // A process that has ended and was not waited for can still be sent signals.
            && worker.ended().is_none()
        {
            worker.signal(signal);
            place.asked = asked;
        }
    }

    /// Kills one, which is started again after the pause. Whether there was one.
    pub(crate) fn kill(&mut self, random: &mut Random, pause: Duration) -> bool {
        let Some(at) = self.pick(random) else { return false };
        self.signal(at, "-KILL", Some(Asked::Killed));
        self.places[at].not_before = Instant::now() + pause;
        true
    }

    /// Asks one to end, which is then started again.
    pub(crate) fn restart(&mut self, random: &mut Random) -> bool {
        let Some(at) = self.pick(random) else { return false };
        self.signal(at, "-TERM", Some(Asked::Terminated(Instant::now())));
        true
    }

    /// Asks one to end for good, unless it is the last.
    pub(crate) fn dismiss(&mut self, random: &mut Random) -> bool {
        if self.places.iter().filter(|place| place.wanted).count() < 2 {
            return false;
        }
        let Some(at) = self.pick(random) else { return false };
        self.places[at].wanted = false;
        self.signal(at, "-TERM", Some(Asked::Terminated(Instant::now())));
        true
    }

    /// One more.
    pub(crate) fn hire(&mut self) -> bool {
        if let Some(place) = self.places.iter_mut().find(|place| !place.wanted) {
            place.wanted = true;
        } else if self.places.len() < self.most {
            self.add_place();
        } else {
            return false;
        }
        self.watch();
        true
    }

    /// Freezes one; [`Crew::thaw`] lets it go on.
    pub(crate) fn freeze(&mut self, random: &mut Random) -> Option<usize> {
        let at = self.pick(random)?;
        self.signal(at, "-STOP", None);
        self.places[at].frozen = true;
        Some(at)
    }

    pub(crate) fn thaw(&mut self, at: usize) {
        self.signal(at, "-CONT", None);
        self.places[at].frozen = false;
    }

    /// How many run now.
    pub(crate) fn running(&self) -> usize {
        self.places.iter().filter(|place| place.worker.is_some()).count()
    }

    /// Asks all to end, and waits until they have.
    pub(crate) fn stop(&mut self) {
        for at in 0..self.places.len() {
            self.places[at].wanted = false;
            if self.places[at].asked.is_none() {
                self.signal(at, "-TERM", Some(Asked::Terminated(Instant::now())));
            }
        }
        while self.running() > 0 {
            self.watch();
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }
}

/// What ended, by whom, and why.
fn exit(status: ExitStatus, asked: Option<Asked>, error: Option<&str>) -> String {
    let how = match (status.code(), status.signal()) {
        (Some(code), _) => format!("code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "no status".to_owned(),
    };
    match (asked, status.code()) {
        (Some(Asked::Killed), None) => format!("killed: {how}"),
        (Some(_), Some(0)) => format!("asked to end: {how}"),
        (Some(_), _) => format!("asked to end: {how}: {}", shape(error)),
        (None, _) => format!("by itself: {how}: {}", shape(error)),
    }
}

/// A cause without what differs each time.
fn shape(error: Option<&str>) -> String {
    let masked = error.unwrap_or("no error in the log").replace(|c: char| c.is_ascii_digit(), "#");
    masked.chars().take(160).collect()
}
