//! Everything that can be told of is shown, as the table says.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

fn fixed(now: Duration) -> Clock {
    Arc::new(move || now)
}

fn partition(number: i32) -> PartitionId {
    PartitionId::new("raw", number)
}

/// Tells one of everything.
fn told(metrics: &Metrics) {
    metrics.assigned(&partition(0), true);
    metrics.assigned(&partition(1), true);
    metrics.record_in(&partition(0), 100);
    metrics.record_in(&partition(1), 11);
    metrics.record_out(&partition(0), Destination::Output, false);
    metrics.record_out(&partition(0), Destination::Output, true);
    metrics.record_out(&partition(1), Destination::DeadLetter, false);
    metrics.rejected(&partition(0), 5, &Rejection::new(StageName::Tag, "budget_exceeded", "too much"));
    for stage in STAGES {
        metrics.stage_took(stage, Duration::from_micros(30));
    }
    for (depth, queue) in QUEUES.into_iter().enumerate() {
        metrics.queue_depth(queue, depth, 10 + depth);
    }
    metrics.in_flight(1, 2, 3, 4);
    metrics.partition_in_flight(&partition(0), 7, Some(Duration::from_secs(90)));
    metrics.partition_in_flight(&partition(1), 0, None);
    metrics.lag(&partition(0), 42);
    metrics.paused(&partition(0), true);
    metrics.aborted("refused");
    metrics.fenced();
    metrics.letter_truncated();
    metrics.rebalanced("assign");
    metrics.committed("ok", Duration::from_millis(20));
    metrics.end_to_end(Duration::from_millis(80));
    metrics.polled();
    metrics.broker_state("producer", Err("gone"));
    metrics.broker_state("consumer", Ok(()));
}

#[track_caller]
fn contains(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.lines().any(|found| found == *line), "expected `{line}` in\n{text}");
    }
}

#[test]
fn what_is_told_is_shown() {
    let metrics = Metrics::new(10, fixed(Duration::from_secs(100)));
    told(&metrics);
    let text = metrics.exposition().unwrap();
    contains(
        &text,
        &[
            "copydesk_records_in_total{topic=\"raw\"} 2",
            "copydesk_records_in_bytes_total{topic=\"raw\"} 111",
            "copydesk_records_out_total{topic=\"raw\"} 2",
            "copydesk_tombstones_total{topic=\"raw\"} 1",
            "copydesk_dead_letters_total{topic=\"raw\"} 1",
            "copydesk_rejections_total{stage=\"tag\",code=\"budget_exceeded\"} 1",
            "copydesk_rejections_not_logged_total 0",
            "copydesk_stage_duration_seconds_count{stage=\"normalize\"} 1",
            "copydesk_stage_duration_seconds_bucket{le=\"0.000025\",stage=\"tag\"} 0",
            "copydesk_stage_duration_seconds_bucket{le=\"0.00005\",stage=\"tag\"} 1",
            "copydesk_queue_depth{queue=\"source\"} 0",
            "copydesk_queue_depth{queue=\"delivery\"} 4",
            "copydesk_queue_capacity{queue=\"tag\"} 12",
            "copydesk_in_flight_records 1",
            "copydesk_in_flight_bytes 2",
            "copydesk_in_flight_limit_records 3",
            "copydesk_in_flight_limit_bytes 4",
            "copydesk_assigned_partitions 2",
            "copydesk_paused_partitions 1",
            "copydesk_partition_lag_records{topic=\"raw\",partition=\"0\"} 42",
            "copydesk_partition_oldest_age_seconds{topic=\"raw\",partition=\"0\"} 10.0",
            "copydesk_partition_oldest_age_seconds{topic=\"raw\",partition=\"1\"} 0.0",
            "copydesk_partition_in_flight_records{topic=\"raw\",partition=\"0\"} 7",
            "copydesk_partition_paused{topic=\"raw\",partition=\"0\"} 1",
            "copydesk_commits_total{outcome=\"ok\"} 1",
            "copydesk_commit_duration_seconds_sum{outcome=\"ok\"} 0.02",
            "copydesk_aborted_transactions_total{cause=\"refused\"} 1",
            "copydesk_fenced_total 1",
            "copydesk_dead_letters_truncated_total 1",
            "copydesk_rebalances_total{kind=\"assign\"} 1",
            "copydesk_end_to_end_duration_seconds_count 1",
            "copydesk_polls_total 1",
            "copydesk_broker_healthy{part=\"producer\"} 0",
            "copydesk_broker_healthy{part=\"consumer\"} 1",
        ],
    );
}

/// What the exposition declares must be what the table says: names, kinds, units, help and labels.
#[test]
fn the_exposition_and_the_table_agree() {
    let metrics = Metrics::new(10, fixed(Duration::ZERO));
    told(&metrics);
    let text = metrics.exposition().unwrap();
    let mut types: BTreeMap<&str, &str> = BTreeMap::new();
    let mut helps: BTreeMap<&str, &str> = BTreeMap::new();
    for line in text.lines() {
        if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
            assert_eq!(types.insert(name, kind), None, "{name} is declared twice");
        }
        if let Some((name, help)) = line.strip_prefix("# HELP ").and_then(|rest| rest.split_once(' ')) {
            helps.insert(name, help);
        }
    }
    assert_eq!(types.len(), TABLE.len(), "{:?}", types.keys());
    for row in TABLE {
        let declared = row.name.trim_end_matches("_total").trim_end_matches("_info");
        assert_eq!(types.get(declared), Some(&row.kind.as_str()), "{}", row.name);
        assert_eq!(helps.get(declared), Some(&row.help), "{}", row.name);
        let sample = match row.kind {
            Kind::Histogram => format!("{}_count", row.name),
            _ => row.name.to_owned(),
        };
        let line = text
            .lines()
            .find(|line| line.strip_prefix(&sample).is_some_and(|rest| rest.starts_with(['{', ' '])))
            .unwrap_or_else(|| panic!("no sample of {sample}"));
        let labels: Vec<&str> = line
            .split_once('{')
            .map(|(_, rest)| rest.rsplit_once('}').unwrap().0)
            .map(|labels| labels.split(',').map(|label| label.split_once('=').unwrap().0).collect())
            .unwrap_or_default();
        assert_eq!(labels, row.labels, "{}", row.name);
    }
}

#[test]
fn a_partition_that_is_gone_leaves_no_series() {
    let metrics = Metrics::new(10, fixed(Duration::ZERO));
    told(&metrics);
    metrics.assigned(&partition(0), false);
    // Late word of it brings nothing back.
    metrics.lag(&partition(0), 1);
    metrics.partition_in_flight(&partition(0), 1, None);
    metrics.paused(&partition(0), true);
    let text = metrics.exposition().unwrap();
    assert!(!text.contains("partition=\"0\""), "{text}");
    contains(&text, &["copydesk_assigned_partitions 1", "copydesk_paused_partitions 0"]);
    // It starts from nothing when it comes back.
    metrics.assigned(&partition(0), true);
    let text = metrics.exposition().unwrap();
    contains(
        &text,
        &[
            "copydesk_partition_lag_records{topic=\"raw\",partition=\"0\"} 0",
            "copydesk_partition_paused{topic=\"raw\",partition=\"0\"} 0",
        ],
    );
}

#[test]
fn ages_grow_with_the_clock() {
    let now = Arc::new(AtomicU64::new(5));
    let clock = Arc::clone(&now);
    let metrics = Metrics::new(10, Arc::new(move || Duration::from_secs(clock.load(Ordering::Relaxed))));
    metrics.assigned(&partition(3), true);
    metrics.partition_in_flight(&partition(3), 1, Some(Duration::ZERO));
    let series = "copydesk_partition_oldest_age_seconds{topic=\"raw\",partition=\"3\"}";
    contains(&metrics.exposition().unwrap(), &[&format!("{series} 5.0")]);
    now.store(8, Ordering::Relaxed);
    contains(&metrics.exposition().unwrap(), &[&format!("{series} 8.0")]);
}

#[cfg(target_os = "linux")]
#[test]
fn the_process_is_shown_as_the_kernel_sees_it() {
    let text = Metrics::new(10, fixed(Duration::ZERO)).exposition().unwrap();
    let value = |name: &str| -> f64 {
        let line = text.lines().find(|line| line.split(' ').next() == Some(name)).unwrap();
        line.split_once(' ').unwrap().1.parse().unwrap()
    };
    assert!(value("process_resident_memory_bytes") > 1e6);
    assert!(value("process_open_fds") >= 3.0 && value("process_max_fds") >= value("process_open_fds"));
    assert!(value("process_threads") >= 1.0);
    assert!(value("process_start_time_seconds") > 1.6e9);
    assert!(value("process_cpu_seconds_total") >= 0.0);
}
