//! What librdkafka does not recover from by itself. A broker that has only just started may name no broker
//! at all, and it may then forget whom it was told of and never ask again (its issue 5301); and a member that
//! misses an answer to a heartbeat may be left without its partitions. The worker must not wait with it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop at once"
)]

mod harness;

use std::time::Duration;

use harness::client::{Stored, eventually, visible, write};
use harness::forgetful::{Forgetful, Side};
use harness::real::cluster::Cluster;
use harness::worker::{Route, Worker};
use harness::{PATIENCE, root, target};
use tokio::time::Instant;

struct Scene {
    cluster: Cluster,
    proxy: Forgetful,
    route: Route,
    written: usize,
}

impl Scene {
    fn start() -> Self {
        let mut proxy = None;
        let cluster =
            Cluster::start(root(), target(), 1, |second| Ok(proxy.insert(Forgetful::start(second)?).address));
        let cluster = cluster.unwrap_or_else(|failure| panic!("{failure}"));
        let route = Route::create_at(&cluster.direct(), "severed", 2);
        Self { cluster, proxy: proxy.unwrap(), route, written: 0 }
    }

    fn worker(&self, guarantee: &str) -> Worker {
        self.worker_with(&[&format!("delivery.guarantee={guarantee}")])
    }

    fn worker_with(&self, own: &[&str]) -> Worker {
        let settings = self.route.settings_at(&self.cluster.advertised());
        let more = [
            "kafka.call_timeout=2s",
            // It asks, and tells how it is, more often than it would.
            "kafka.properties.topic.metadata.refresh.interval.ms=250",
            "kafka.properties.statistics.interval.ms=500",
        ];
        let settings = settings.iter().map(String::as_str);
        Worker::start(settings.chain(more).chain(own.iter().copied()))
    }

    /// Writes some more records.
    fn feed(&mut self) {
        let batch: Vec<_> = (self.written..self.written + 20)
            .map(|number| Stored::new(i32::try_from(number % 2).unwrap(), format!("article {number}")))
            .collect();
        write(&self.cluster.direct(), &self.route.input, &batch);
        self.written += batch.len();
    }

    fn answers(&self) -> usize {
        visible(&self.cluster.direct(), &self.route.output)
    }

    /// Lets one side forget its brokers until `severed`. librdkafka is so only at a wrong moment, which cannot
    /// be forced: false if it did not come.
    fn forget_until(&mut self, side: Side, mut severed: impl FnMut() -> bool) -> bool {
        let deadline = Instant::now() + PATIENCE;
        self.proxy.forget(side);
        let mut came = severed();
        while !came && Instant::now() < deadline {
            // Whoever has nothing to do may have no connection to ask by.
            self.feed();
            std::thread::park_timeout(Duration::from_millis(200));
            came = severed();
        }
        self.proxy.forget(Side::Nobody);
        came
    }
}

#[test]
fn a_severed_producer_is_made_anew_or_ends_the_worker_and_nothing_is_lost() {
    for guarantee in ["exactly_once", "at_least_once"] {
        let mut scene = Scene::start();
        let mut worker = scene.worker(guarantee);
        scene.feed();
        eventually("it works", || scene.answers() == scene.written);
        scene.forget_until(Side::Producers, || {
            if worker.ended().is_some() {
                return true;
            }
            let anew = |message: &str| !worker.told(message).is_empty();
            anew("going on with a new producer") || anew("transaction expired, going on with a new producer")
        });
        scene.feed();
        let deadline = Instant::now() + PATIENCE;
        while scene.answers() < scene.written {
            assert!(
                Instant::now() < deadline,
                "{} of {} are answered: {:#?}",
                scene.answers(),
                scene.written,
                worker.log()
            );
            // In the middle of a call that then never returns, or of a commit that may have gone through, only
            // the next worker can go on; a client that was made while brokers were still forgotten may be
            // severed, too.
            if worker.ended().is_some() {
                let told = worker.told("worker failed");
                assert_eq!(worker.end().code(), Some(1), "{told:?}");
                let cause = told[0]["error"].as_str().unwrap();
                let known = ["has not returned", "it is not known whether the last commit went through"];
                assert!(known.iter().any(|known| cause.contains(known)), "{cause}");
                worker = scene.worker(guarantee);
            }
            std::thread::park_timeout(Duration::from_millis(50));
        }
        worker.stop();
        if guarantee == "exactly_once" {
            assert_eq!(scene.answers(), scene.written);
        }
    }
}

#[test]
fn a_severed_consumer_ends_the_worker_and_the_next_one_goes_on() {
    let mut scene = Scene::start();
    let mut worker = scene.worker("exactly_once");
    scene.feed();
    eventually("it works", || scene.answers() == scene.written);
    let severed = scene.forget_until(Side::Consumers, || worker.ended().is_some());
    scene.feed();
    let mut next = severed.then(|| {
        assert_eq!(worker.end().code(), Some(1));
        let cause = worker.told("worker failed");
        assert!(cause[0]["error"].as_str().unwrap().contains("knows no broker any more"), "{cause:?}");
        scene.worker("exactly_once")
    });
    eventually("all is answered", || scene.answers() == scene.written);
    next.as_mut().unwrap_or(&mut worker).stop();
    assert_eq!(scene.answers(), scene.written);
}

#[test]
fn a_consumer_that_reaches_nobody_while_others_do_ends_the_worker_and_the_next_one_goes_on() {
    let mut scene = Scene::start();
    let mut worker = scene.worker_with(&["kafka.properties.client.id=first"]);
    scene.feed();
    eventually("it works", || scene.answers() == scene.written);
    scene.proxy.admit_only("first-witness");
    eventually("it ends", || worker.ended().is_some());
    assert_eq!(worker.end().code(), Some(1));
    let cause = worker.told("worker failed");
    assert!(cause[0]["error"].as_str().unwrap().contains("reaches none that others reach"), "{cause:?}");
    scene.feed();
    scene.proxy.admit_only("second");
    let mut next = scene.worker_with(&["kafka.properties.client.id=second"]);
    eventually("all is answered", || scene.answers() == scene.written);
    next.stop();
    assert_eq!(scene.answers(), scene.written);
}

#[test]
fn a_member_whose_news_was_lost_takes_up_its_partition() {
    let mut scene = Scene::start();
    let protocol = "kafka.protocol=consumer";
    let mut first = scene.worker_with(&[protocol, "kafka.properties.client.id=first"]);
    first.waits_for_partitions(2);
    // The second is told that it is a member, but not of the partition that the first gives up for it.
    scene.proxy.lose_news("second");
    let mut second = scene.worker_with(&[protocol, "kafka.properties.client.id=second"]);
    eventually("the news is lost", || scene.proxy.has_lost_news());
    second.waits_for_partitions(1);
    scene.feed();
    eventually("all is answered", || scene.answers() == scene.written);
    second.stop();
    first.stop();
    assert_eq!(scene.answers(), scene.written);
}
