//! One run: faults under load, then quiet, then the account.

use std::time::Duration;

use tokio::time::Instant;

use super::checker::{Checker, Guarantee, Topic};
use super::crew::Crew;
use super::faults::Stage;
use super::load::Load;
use super::plan::{Fault, Plan};
use super::reader::read_all;
use super::report::{Head, table};
use super::topics::Topics;
use crate::harness::proxy::Proxy;
use crate::harness::real::cluster::Cluster;
use crate::harness::{root, target};

/// With nothing wrong any more, how long the workers may get nothing done.
const STILL: Duration = Duration::from_secs(90);
const PROGRESS: Duration = Duration::from_secs(60);

/// What is run.
pub(crate) struct Run {
    pub(crate) name: &'static str,
    pub(crate) seed: u64,
    pub(crate) nodes: u32,
    pub(crate) workers: usize,
    pub(crate) protocol: &'static str,
    pub(crate) guarantee: Guarantee,
    /// Records a second.
    pub(crate) rate: u32,
    pub(crate) faults_for: Duration,
}

impl Run {
    /// Runs it; fails, with the account, if a promise was broken.
    pub(crate) fn go(&self, kinds: &[Fault]) {
        println!("{}: seed {} (COPYDESK_CHAOS_SEED={})", self.name, self.seed, self.seed);
        let mut proxies = Vec::new();
        let cluster = Cluster::start(root(), target(), self.nodes, |second| {
            let proxy = Proxy::start(second)?;
            let address = proxy.address;
            proxies.push(proxy);
            Ok(address)
        });
        let cluster = cluster.unwrap_or_else(|failure| panic!("{failure}"));
        let topics = Topics::create(&cluster.direct(), i32::try_from(self.nodes).expect("a count"));
        let crew = Crew::start(self.settings(&cluster, &topics), &cluster.folder, self.workers);
        let load = Load::start(&topics, self.seed, self.rate);
        let mut stage = Stage::new(cluster, proxies, crew, topics, self.seed);

        let faults_for = self.trouble(kinds, &mut stage, &load);
        stage.calm();
        let written = load.end();
        let lag = settle(&mut stage);
        stage.crew.stop();

        let mut checker = Checker::new(&stage.topics.input, self.guarantee);
        let Topics { brokers, input, output, dead, .. } = &stage.topics;
        read_all(brokers, input, |stored| checker.input(stored));
        read_all(brokers, output, |stored| checker.answer(Topic::Output, stored));
        read_all(brokers, dead, |stored| checker.answer(Topic::DeadLetter, stored));
        let verdict = checker.verdict();
        let promised = match self.guarantee {
            Guarantee::ExactlyOnce => "exactly once",
            Guarantee::AtLeastOnce => "at least once",
        };
        let head = Head {
            name: self.name,
            seed: self.seed,
            protocol: self.protocol,
            promised,
            workers: self.workers,
            nodes: self.nodes,
            faults_for,
            written,
            lag,
        };
        let table = table(&head, &stage, &verdict);
        println!("{table}");
        assert_eq!(
            verdict.records - verdict.repeats,
            written,
            "the input holds what was acknowledged\n{table}"
        );
        assert_eq!(lag, 0, "the workers do not come to the end of the input\n{table}");
        assert_eq!(stage.crew.hung, 0, "a worker did not end\n{table}");
        for fault in kinds {
            assert!(stage.done.contains_key(fault), "never happened: {}\n{table}", fault.name());
        }
        assert!(verdict.holds(self.guarantee), "a promise was broken\n{table}");
    }

    fn settings(&self, cluster: &Cluster, topics: &Topics) -> Vec<String> {
        let brokers = cluster.advertised();
        let mut settings = vec![
            ("kafka.brokers", brokers.as_str()),
            ("kafka.group_id", &topics.group),
            ("kafka.protocol", self.protocol),
            ("kafka.session_timeout", "6s"),
            ("kafka.transaction_timeout", "10s"),
            ("kafka.properties.topic.metadata.refresh.interval.ms", "2000"),
            ("delivery.drain_deadline", "5s"),
            ("input.topics", &topics.input),
            ("output.topic", &topics.output),
            ("dead_letter.topic", &topics.dead),
            ("admin.listen", ""),
        ];
        if self.guarantee == Guarantee::AtLeastOnce {
            settings.push(("delivery.guarantee", "at_least_once"));
        }
        settings.iter().map(|(key, value)| format!("{key}={value}")).collect()
    }

    /// Faults, until the time is over and each kind has come.
    fn trouble(&self, kinds: &[Fault], stage: &mut Stage, load: &Load) -> Duration {
        let began = Instant::now();
        let mut told = began;
        let mut plan = Plan::new(self.seed, kinds);
        // Whatever it is, it shall meet workers at work.
        while stage.topics.lag().is_none_or(|lag| i64::try_from(load.acknowledged()).expect("a count") <= lag)
        {
            assert!(began.elapsed() < STILL, "the workers do not begin");
            stage.tick();
            std::thread::park_timeout(Duration::from_millis(100));
        }
        let began = Instant::now();
        while began.elapsed() < self.faults_for || !plan.all_had() {
            let (pause, fault) = plan.next();
            let due = Instant::now() + pause;
            while Instant::now() < due {
                stage.tick();
                std::thread::park_timeout(Duration::from_millis(20));
            }
            println!("{:7.1} s  {}", began.elapsed().as_secs_f64(), fault.name());
            stage.strike(fault);
            if told.elapsed() >= PROGRESS {
                told = Instant::now();
                println!(
                    "{:7.1} s  == {} faults, {} records written, {} not yet committed, {} workers",
                    began.elapsed().as_secs_f64(),
                    stage.done.values().sum::<u64>(),
                    load.acknowledged(),
                    stage.topics.lag().map_or_else(|| "?".to_owned(), |lag| lag.to_string()),
                    stage.crew.running()
                );
            }
        }
        began.elapsed()
    }
}

/// Waits until all is committed, as long as something gets done. What is left.
fn settle(stage: &mut Stage) -> i64 {
    let (mut least, mut since) = (i64::MAX, Instant::now());
    while since.elapsed() < STILL {
        stage.tick();
        match stage.topics.lag() {
            Some(0) => return 0,
            Some(lag) if lag < least => (least, since) = (lag, Instant::now()),
            _ => {}
        }
        std::thread::park_timeout(Duration::from_millis(200));
    }
    least
}
