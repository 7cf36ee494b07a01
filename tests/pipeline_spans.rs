//! The spans of a record: one a record with its place and id, one a stage inside it. In a file of its
//! own, since a subscriber is for the whole process.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected should stop at once")]

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use copydesk::article::Rejection;
use copydesk::budget::Budget;
use copydesk::pipeline::clock::RealClock;
use copydesk::pipeline::memory::{Broker, Connection, connect};
use copydesk::pipeline::observer::Unobserved;
use copydesk::pipeline::seam::Incoming;
use copydesk::pipeline::{Limits, Options, Sealing, Stages, run};
use copydesk::publish::Finished;

struct Named;

impl Stages for Named {
    type Normalized = String;

    fn normalize(&self, incoming: &Incoming, _: &mut Budget) -> Result<String, Rejection> {
        tracing::debug!("looking at it");
        Ok(format!("id-of-{}", incoming.position.offset))
    }

    fn tag(&self, _: &Incoming, id: String, _: &mut Budget) -> Result<Finished, Rejection> {
        tracing::debug!("tagging it");
        Ok(Finished { key: None, value: Some(Bytes::from(id)), headers: Vec::new() })
    }

    fn id<'a>(&self, normalized: &'a String) -> Option<&'a str> {
        Some(normalized)
    }
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_log_line_of_a_stage_says_which_record_it_is_about() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let broker = Broker::new(3, 1);
    let partition = broker.partitions().pop().unwrap();
    broker.skip(&partition, 40);
    broker.append(&partition, None, Some(Bytes::from_static(b"x")), None);
    let (_, ends) = connect(&broker, Connection::default());
    let options = Options {
        limits: Limits { records: 10, bytes: 1 << 20, partition_records: 10, partition_bytes: 1 << 20 },
        sealing: Sealing::each(Duration::from_millis(5)),
        drain_deadline: Duration::from_secs(20),
        workers: 1,
        steps: 10,
    };
    let watched = broker.clone();
    let done = async move {
        while !watched.all_committed() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let running =
        run(Arc::new(Named), ends, options, Arc::new(Unobserved), Arc::new(RealClock::start()), done);
    tokio::time::timeout(Duration::from_secs(60), running).await.unwrap().unwrap();

    let written = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let spans_of = |message: &str| -> serde_json::Value {
        let line = written.lines().find(|line| line.contains(message)).unwrap();
        serde_json::from_str::<serde_json::Value>(line).unwrap().get("spans").unwrap().clone()
    };
    assert_eq!(
        spans_of("looking at it"),
        serde_json::json!([
            { "name": "record", "topic": "raw", "partition": 2, "offset": 40 },
            { "name": "normalize" },
        ])
    );
    assert_eq!(
        spans_of("tagging it"),
        serde_json::json!([
            { "name": "record", "topic": "raw", "partition": 2, "offset": 40, "id": "id-of-40" },
            { "name": "tag" },
        ])
    );
}
