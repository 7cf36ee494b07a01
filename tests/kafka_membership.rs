//! A member that its group threw out without a word of librdkafka's: what it still holds, others have answered.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop at once"
)]

mod harness;

use std::time::Duration;

use harness::client::{committed, eventually, write};
use harness::proxy::{Line, Proxy};
use harness::real::cluster::Cluster;
use harness::stories::records;
use harness::worker::{Route, Worker};
use harness::{PATIENCE, root, target};
use tokio::time::Instant;

const PARTITIONS: i32 = 6;
const COUNT: usize = 6000;

/// A cluster that is reached on a line of its own or through a proxy.
struct Scene {
    cluster: Cluster,
    proxy: Proxy,
    route: Route,
}

impl Scene {
    fn start() -> Self {
        let mut proxy = None;
        let cluster =
            Cluster::start(root(), target(), 1, |second| Ok(proxy.insert(Proxy::start(second)?).address));
        let cluster = cluster.unwrap_or_else(|failure| panic!("{failure}"));
        let route = Route::create_at(&cluster.direct(), "thrown-out", PARTITIONS);
        Self { cluster, proxy: proxy.unwrap(), route }
    }

    fn worker(brokers: &str, route: &Route, name: &str) -> Worker {
        let settings = route.settings_at(brokers);
        let name = format!("kafka.instance_id={name}");
        let more = [
            name.as_str(),
            "log.level=info,copydesk::kafka=debug",
            "kafka.transaction_timeout=6s",
            "limits.in_flight_records=600",
            "limits.partition_records=100",
            "limits.workers=1",
        ];
        Worker::start(settings.iter().map(String::as_str).chain(more))
    }

    fn committed(&self) -> usize {
        let offsets = committed(&self.cluster.direct(), &self.route.group, &self.route.input, PARTITIONS);
        usize::try_from(offsets.values().sum::<i64>()).unwrap()
    }
}

/// Waits for a line of the log as closely as it can: the moment is short.
fn at_once_when_told(worker: &Worker, message: &str) {
    let deadline = Instant::now() + PATIENCE;
    while worker.told(message).is_empty() {
        assert!(Instant::now() < deadline, "never told: {message}");
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

#[test]
fn a_member_that_is_thrown_out_while_it_gives_partitions_up_publishes_nothing_of_those_it_kept() {
    let scene = Scene::start();
    let direct = scene.cluster.direct();
    write(&direct, &scene.route.input, &records(0..COUNT, PARTITIONS));
    let mut first = Scene::worker(&scene.cluster.advertised(), &scene.route, "first");
    eventually("it is in the middle of work", || scene.committed() > 200);
    // On a slow line the last commit of what it gives up takes long enough to be frozen in the middle of it.
    scene.proxy.set(Line::Delay(Duration::from_millis(300)));
    let mut second = Scene::worker(&direct, &scene.route, "second");
    at_once_when_told(&first, "partitions are to be revoked, draining");
    first.signal("-STOP");
    assert!(first.told("partitions given up").is_empty(), "the moment was missed: {:#?}", first.log());
    // The session of the first ends, and the second answers all.
    eventually("all is committed", || scene.committed() == COUNT);
    scene.proxy.set(Line::Pass);
    first.signal("-CONT");
    eventually("it knows that it was thrown out, or has ended", || {
        first.ended().is_some() || !first.told("partitions lost, work in flight discarded").is_empty()
    });
    write(&direct, &scene.route.input, &records(COUNT..COUNT + 400, PARTITIONS));
    eventually("all of the rest is committed", || scene.committed() == COUNT + 400);
    if first.ended().is_none() {
        first.waits_for_partitions(3);
        first.stop();
    }
    second.stop();
    for line in first.log() {
        println!("FIRST {line}");
    }
    for line in second.log() {
        println!("SECOND {line}");
    }
    scene.route.assert_each_once(&direct, COUNT + 400);
}
