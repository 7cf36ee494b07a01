//! The cluster inside the process, which the demo runs on: no Java, no network.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop at once"
)]

mod harness;

use copydesk::kafka::mock::{Cluster, PARTITIONS};
use harness::client::{Stored, read, write};
use harness::desk::{Desk, Manner, settings};

#[test]
fn a_worker_runs_on_the_mock_cluster() {
    let cluster = Cluster::start(&["raw", "enriched", "dead"], PARTITIONS).expect("mock cluster");
    let brokers = cluster.brokers().join(",");
    let settings = settings("127.0.0.1:1", "demo", "raw", "enriched", "dead");
    let records: Vec<_> = (0..2000).map(|n| Stored::new(n % PARTITIONS, format!("article {n}"))).collect();
    write(&brokers, "raw", &records);
    let desk =
        Desk::start_on(&settings, Manner::default(), |observer| cluster.connector()(&settings, observer));
    let out = read(&brokers, "enriched", records.len());
    desk.wait_for_partitions(usize::try_from(PARTITIONS).unwrap());
    desk.leave();
    let mut texts: Vec<_> = out.iter().map(Stored::text).collect();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), records.len());
}
