//! What a real broker does rarely: each kind of error at each call of a transaction. The broker is
//! librdkafka's mock, which keeps no transaction, so what was aborted can be seen twice here; what counts is
//! that everything comes through, or that the worker ends with the cause.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop at once"
)]

mod harness;

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use copydesk::kafka::mock::Cluster;
use copydesk::settings::Guarantee;
use harness::client::{Stored, eventually, read_until, write};
use harness::desk::{Desk, Manner, settings};
use rdkafka::types::RDKafkaApiKey as Api;
use rdkafka::types::RDKafkaRespErr as Code;
use rdkafka::types::RDKafkaRespErr::*;

const PARTITIONS: i32 = 4;

struct Stage {
    cluster: Cluster,
    brokers: String,
    written: usize,
    desk: Option<Desk>,
    manner: Manner,
}

impl Stage {
    fn start() -> Self {
        let cluster = Cluster::start(&["in", "out", "dead"], PARTITIONS).unwrap();
        let brokers = cluster.brokers().join(",");
        Self { cluster, brokers, written: 0, desk: None, manner: Manner::default() }
    }

    fn desk(&mut self) {
        let mut settings = settings(&self.brokers, "desk", "in", "out", "dead");
        settings.delivery.guarantee = Guarantee::ExactlyOnce;
        let connect = self.cluster.connector_as_set();
        let started = Desk::start_on(&settings, self.manner.clone(), |watch| connect(&settings, watch));
        self.desk = Some(started);
    }

    /// Writes some records.
    fn feed(&mut self) {
        let batch: Vec<Stored> = (self.written..self.written + 20)
            .map(|number| {
                Stored::new(i32::try_from(number).unwrap() % PARTITIONS, format!("article {number}"))
            })
            .collect();
        write(&self.brokers, "in", &batch);
        self.written += batch.len();
    }

    /// Writes some records whose way out meets these errors. The desk sleeps until they are set, since the
    /// writer's own requests would meet them as well.
    fn feed_with(&mut self, call: Api, errors: &[Code]) {
        self.manner.asleep.store(true, Ordering::Relaxed);
        self.feed();
        self.cluster.answer_with(call, errors);
        self.manner.asleep.store(false, Ordering::Relaxed);
    }

    /// All that was written comes through. The mock keeps no offsets of transactions; that they were
    /// taken, the next records show, and at the end the drain.
    fn comes_through(&self, after: &str) {
        read_until(&self.brokers, "out", |read| {
            assert_eq!(*self.desk.as_ref().unwrap().watch.failure.lock().unwrap(), None, "{after}");
            values(read).len() == self.written
        });
    }

    /// The worker ends with a cause that says so.
    fn ends(&self, words: &str, after: &str) {
        eventually(&format!("after {after} it ends with {words}"), || {
            let failure = self.desk.as_ref().unwrap().watch.failure.lock().unwrap();
            failure.as_ref().is_some_and(|cause| {
                assert!(cause.contains(words), "{after}: {cause}");
                true
            })
        });
    }
}

fn values(records: &[Stored]) -> BTreeSet<String> {
    records.iter().map(Stored::text).collect()
}

/// What may pass: the same call again, or the transaction again.
const PASSING: &[(Api, Code)] = &[
    (Api::AddPartitionsToTxn, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE),
    (Api::AddPartitionsToTxn, RD_KAFKA_RESP_ERR_NOT_COORDINATOR),
    (Api::AddPartitionsToTxn, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS),
    (Api::AddPartitionsToTxn, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS),
    (Api::AddPartitionsToTxn, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART),
    (Api::AddPartitionsToTxn, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED),
    (Api::Produce, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION),
    (Api::Produce, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS),
    (Api::Produce, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT),
    (Api::Produce, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED),
    (Api::Produce, RD_KAFKA_RESP_ERR_UNKNOWN),
    (Api::Produce, RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR),
    (Api::AddOffsetsToTxn, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE),
    (Api::AddOffsetsToTxn, RD_KAFKA_RESP_ERR_NOT_COORDINATOR),
    (Api::AddOffsetsToTxn, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS),
    (Api::AddOffsetsToTxn, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED),
    (Api::TxnOffsetCommit, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE),
    (Api::TxnOffsetCommit, RD_KAFKA_RESP_ERR_NOT_COORDINATOR),
    (Api::TxnOffsetCommit, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS),
    (Api::TxnOffsetCommit, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART),
    (Api::TxnOffsetCommit, RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION),
    (Api::TxnOffsetCommit, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID),
    (Api::TxnOffsetCommit, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED),
    (Api::EndTxn, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE),
    (Api::EndTxn, RD_KAFKA_RESP_ERR_NOT_COORDINATOR),
    (Api::EndTxn, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS),
];

#[test]
fn what_may_pass_at_any_call_is_waited_out_or_done_again() {
    let mut stage = Stage::start();
    stage.desk();
    stage.feed();
    stage.comes_through("nothing");
    for (call, code) in PASSING {
        stage.feed_with(*call, &[*code]);
        stage.comes_through(&format!("{code:?} at {call:?}"));
    }
    stage.desk.take().unwrap().leave();
}

#[test]
fn a_producer_that_is_not_let_in_yet_asks_again() {
    for code in [
        RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
        RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
        RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS,
        RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    ] {
        let mut stage = Stage::start();
        stage.feed_with(Api::InitProducerId, &[code, code]);
        stage.desk();
        stage.comes_through(&format!("{code:?} at InitProducerId"));
        stage.desk.take().unwrap().leave();
    }
}

/// What never passes: the worker ends, and says why.
#[test]
fn a_fenced_producer_ends_the_worker_with_the_cause_at_any_call() {
    for call in [Api::AddPartitionsToTxn, Api::AddOffsetsToTxn, Api::TxnOffsetCommit, Api::EndTxn] {
        let mut stage = Stage::start();
        stage.desk();
        stage.feed();
        stage.comes_through("nothing");
        // Where librdkafka does not know the newer code it takes it for one that may pass.
        let fenced = match call {
            Api::AddOffsetsToTxn | Api::TxnOffsetCommit => RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
            _ => RD_KAFKA_RESP_ERR_PRODUCER_FENCED,
        };
        stage.feed_with(call, &[fenced; 3]);
        stage.ends("fenced", &format!("{fenced:?} at {call:?}"));
    }
}

#[test]
fn a_batch_that_is_refused_is_sent_again_one_record_at_a_time() {
    let mut stage = Stage::start();
    stage.desk();
    stage.feed();
    stage.comes_through("nothing");
    // The first batch is refused, as for one record in it; alone, each is taken.
    stage.feed_with(Api::Produce, &[RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE]);
    stage.comes_through("a refused batch");
    // A record that is refused alone, too, becomes a dead letter, and that only.
    stage.feed_with(Api::Produce, &[RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP; 2]);
    let dead = read_until(&stage.brokers, "dead", |read| !read.is_empty());
    let refused: BTreeSet<_> = dead.iter().map(|letter| letter.header("source").unwrap().to_vec()).collect();
    assert_eq!(refused.len(), 1, "one record was to blame");
    assert_eq!(dead[0].header("copydesk.error.code"), Some(&b"output_refused"[..]));
    let out = read_until(&stage.brokers, "out", |read| values(read).len() + 1 >= stage.written);
    assert_eq!(values(&out).len() + 1, stage.written, "the others are outputs");
    stage.desk.take().unwrap().leave();
}

#[test]
fn a_record_that_fails_again_and_again_becomes_a_dead_letter_and_lets_the_rest_pass() {
    let mut stage = Stage::start();
    stage.desk();
    stage.feed();
    stage.comes_through("nothing");
    // More than one record is tried for, fewer than all of them are.
    stage.feed_with(Api::Produce, &[RD_KAFKA_RESP_ERR_UNKNOWN; 12]);
    let dead = read_until(&stage.brokers, "dead", |read| !read.is_empty());
    assert!(dead.iter().all(|letter| letter.header("copydesk.error.code") == Some(b"output_failed")));
    let message = String::from_utf8(dead[0].header("copydesk.error.message").unwrap().to_vec()).unwrap();
    assert!(message.contains("5 attempts"), "{message}");
    stage.feed();
    let given_up = || {
        let dead = read_until(&stage.brokers, "dead", |_| true);
        dead.iter().map(|letter| letter.header("source").unwrap().to_vec()).collect::<BTreeSet<_>>().len()
    };
    read_until(&stage.brokers, "out", |read| values(read).len() + given_up() >= stage.written);
    assert!(given_up() <= 3, "{} were given up", given_up());
    stage.desk.take().unwrap().leave();
}
