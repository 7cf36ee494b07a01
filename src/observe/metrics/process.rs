//! What the kernel says about the process, read when it is asked for.

use std::fs;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

use super::table::{
    PROCESS_CPU, PROCESS_MAX_FDS, PROCESS_OPEN_FDS, PROCESS_RESIDENT, PROCESS_START, PROCESS_THREADS, Row,
};

/// Ticks a second in `/proc`: `USER_HZ`, which is 100 on every architecture that Rust's Linux
/// targets run on (the kernel keeps it so for programs, whatever its own `HZ`).
const TICKS: f64 = 100.0;

/// Gives the `process_` metrics.
#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), std::fmt::Error> {
        let stat = fs::read_to_string("/proc/self/stat").ok();
        let stat = stat.as_deref().and_then(Stat::parse);
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
        let kernel = fs::read_to_string("/proc/stat").unwrap_or_default();
        // The listing itself holds one descriptor.
        let open = fs::read_dir("/proc/self/fd").ok().map(|entries| entries.count().saturating_sub(1));

        if let Some(stat) = stat {
            encode(&mut encoder, &PROCESS_CPU, &ConstCounter::new(stat.cpu_seconds))?;
        }
        let start =
            stat.zip(number_after(&kernel, "btime ")).map(|(stat, boot)| boot + stat.started_after_boot);
        let resident = number_after(&status, "VmRSS:").map(|kibibytes| kibibytes * 1024.0);
        #[expect(clippy::cast_precision_loss, reason = "a count of files fits")]
        let open = open.map(|count| count as f64);
        for (row, value) in [
            (&PROCESS_RESIDENT, resident),
            (&PROCESS_OPEN_FDS, open),
            (&PROCESS_MAX_FDS, number_after(&limits, "Max open files")),
            (&PROCESS_THREADS, number_after(&status, "Threads:")),
            (&PROCESS_START, start),
        ] {
            if let Some(value) = value {
                encode(&mut encoder, row, &ConstGauge::new(value))?;
            }
        }
        Ok(())
    }
}

fn encode(
    encoder: &mut DescriptorEncoder,
    row: &Row,
    metric: &impl EncodeMetric,
) -> Result<(), std::fmt::Error> {
    let (stem, unit) = row.stem();
    metric.encode(encoder.encode_descriptor(stem, row.help, unit.as_ref(), metric.metric_type())?)
}

/// What is of use in `/proc/self/stat` (proc_pid_stat(5)).
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stat {
    cpu_seconds: f64,
    started_after_boot: f64,
}

impl Stat {
    fn parse(text: &str) -> Option<Self> {
        // The second field is the program's name in brackets, and may hold anything: count from its end.
        let (_, rest) = text.rsplit_once(')')?;
        let field = |number: usize| rest.split_ascii_whitespace().nth(number - 3)?.parse::<f64>().ok();
        Some(Self { cpu_seconds: (field(14)? + field(15)?) / TICKS, started_after_boot: field(22)? / TICKS })
    }
}

/// The first number after `name` at the head of a line.
fn number_after(text: &str, name: &str) -> Option<f64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_ascii_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_and_blanks_does_not_shift_the_fields() {
        let text = "77 (copy (desk) 1) S 1 77 77 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 5 0 12345 1000 200";
        assert_eq!(Stat::parse(text), Some(Stat { cpu_seconds: 3.0, started_after_boot: 123.45 }));
        assert_eq!(Stat::parse("77 (x) S 1"), None);
    }

    #[test]
    fn numbers_are_found_by_the_head_of_their_line() {
        let status = "Name:\tx\nVmRSS:\t  2048 kB\nThreads:\t7\n";
        assert_eq!(number_after(status, "VmRSS:"), Some(2048.0));
        assert_eq!(number_after(status, "Threads:"), Some(7.0));
        assert_eq!(
            number_after("Max open files            1024                 4096   files", "Max open files"),
            Some(1024.0)
        );
        assert_eq!(
            number_after("Max open files            unlimited            unlimited", "Max open files"),
            None
        );
    }
}
