//! The table, the bars, and the file of results.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::measure::Row;

const MIB: f64 = 1024.0 * 1024.0;

/// A figure that must hold.
pub(super) struct Bar {
    what: String,
    holds: bool,
}

/// Rows by what they are.
pub(super) struct Rows {
    pub(super) pass_through: Row,
    pub(super) pipeline: Row,
    pub(super) untagged: Row,
    pub(super) at_least_once: Row,
    pub(super) worker: Row,
    pub(super) enrich: Row,
}

impl Rows {
    fn all(&self) -> [&Row; 6] {
        let Self { pass_through, pipeline, untagged, at_least_once, worker, enrich } = self;
        [pass_through, pipeline, untagged, at_least_once, worker, enrich]
    }

    /// The table, one row a subject.
    pub(super) fn table(&self) -> String {
        let mut lines = vec![
            [
                "",
                "records",
                "records/s",
                "CPU µs",
                "cores",
                "idle",
                "RSS max",
                "RSS at ¼ ½ ¾ 1 (MiB)",
                "p50 ms",
                "p99 ms",
                "first s",
            ]
            .map(str::to_owned),
        ];
        for row in self.all() {
            let quarters = row.rss.map(|rss| format!("{:.0}", rss as f64 / MIB)).join(" ");
            let milliseconds = |latency: Option<std::time::Duration>| {
                latency
                    .map_or_else(|| "–".to_owned(), |latency| format!("{:.1}", latency.as_secs_f64() * 1e3))
            };
            lines.push([
                row.name.clone(),
                row.records.to_string(),
                format!("{:.0}", row.records_per_second),
                format!("{:.1}", row.cpu_us),
                format!("{:.2}", row.cores),
                format!("{:.0} %", row.idle * 100.0),
                format!("{:.0}", row.rss_max as f64 / MIB),
                quarters,
                milliseconds(row.latency.map(|(median, _)| median)),
                milliseconds(row.latency.map(|(_, slowest)| slowest)),
                format!("{:.2}", row.first.as_secs_f64()),
            ]);
        }
        let mut widths = [0; 11];
        for line in &lines {
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut text = String::new();
        for line in &lines {
            for (number, (cell, width)) in line.iter().zip(widths).enumerate() {
                let padding = " ".repeat(width - cell.chars().count());
                text.push_str(&if number == 0 {
                    format!("{cell}{padding}")
                } else {
                    format!("  {padding}{cell}")
                });
            }
            text.push('\n');
        }
        text
    }

    /// Where each subject's time goes.
    pub(super) fn threads(&self) -> String {
        let mut text = String::new();
        for row in self.all().into_iter().filter(|row| !row.threads.is_empty()) {
            let total: f64 = row.threads.iter().map(|(_, cpu)| cpu.as_secs_f64()).sum();
            let shares: Vec<_> = row
                .threads
                .iter()
                .map(|(name, cpu)| (name, cpu.as_secs_f64() * 100.0 / total.max(f64::MIN_POSITIVE)))
                .filter(|(_, share)| *share >= 1.0)
                .map(|(name, share)| format!("{name} {share:.0} %"))
                .collect();
            writeln!(text, "{}: {}", row.name, shares.join(", ")).ok();
        }
        text
    }

    /// What must hold.
    pub(super) fn bars(&self) -> Vec<Bar> {
        // The cheaper way to pass through is the stricter bar.
        let through = self.pass_through.cpu_us.min(self.pipeline.cpu_us);
        let allowed = 1.2 * (through + self.enrich.cpu_us);
        let rss = self.worker.rss_max as f64 / MIB;
        // At first the queues fill, within their limits.
        let [_, half, _, end] = self.worker.rss.map(|rss| rss as f64 / MIB);
        let first = self.worker.first.as_secs_f64();
        let kept = self.worker.records_per_second / self.at_least_once.records_per_second;
        let slowest = self.worker.latency.map_or(f64::INFINITY, |(_, slowest)| slowest.as_secs_f64() * 1e3);
        let bar = |holds: bool, what: String| Bar { what, holds };
        vec![
            bar(
                self.worker.cpu_us <= allowed,
                format!(
                    "the worker's CPU a record, {:.1} µs, is at most 1.2 × (the cheaper pass-through {:.1} + enrich {:.1}) = {allowed:.1} µs",
                    self.worker.cpu_us, through, self.enrich.cpu_us
                ),
            ),
            bar(rss <= 256.0, format!("the worker's RSS, {rss:.0} MiB, is at most 256 MiB")),
            bar(
                end <= half * 1.1,
                format!(
                    "the worker's RSS is flat: at the end, {end:.0} MiB, at most a tenth above {half:.0} MiB half-way"
                ),
            ),
            bar(first <= 2.0, format!("the worker's first record is out after {first:.2} s, at most 2 s")),
            bar(
                kept >= 0.9,
                format!(
                    "exactly once keeps {kept:.2} of the records a second of at least once, at least 0.9"
                ),
            ),
            bar(
                slowest <= 250.0,
                format!("the worker's p99 at half load, {slowest:.0} ms, is at most 250 ms"),
            ),
            bar(
                self.worker.idle <= 0.1,
                format!(
                    "all cores are used while there is work: {:.0} % idle, at most 10 %",
                    self.worker.idle * 100.0
                ),
            ),
        ]
    }

    /// Writes the figures to `<folder>/<machine>/<date>.csv`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn record(&self, folder: &Path, machine: &str, load: &str) -> anyhow::Result<PathBuf> {
        let folder = folder.join(machine);
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let date = jiff::Timestamp::now().strftime("%Y-%m-%d");
        let path = folder.join(format!("{date}.csv"));
        let mut text = format!("# {load}\n");
        text.push_str(
            "subject,records,records_per_second,cpu_us,cores,idle,rss_max,rss_25,rss_50,rss_75,rss_100,p50_ms,p99_ms,first_s\n",
        );
        for row in self.all() {
            let [quarter, half, three, end] = row.rss;
            let milliseconds = |latency: Option<std::time::Duration>| {
                latency.map_or_else(String::new, |latency| format!("{:.2}", latency.as_secs_f64() * 1e3))
            };
            writeln!(
                text,
                "{},{},{:.0},{:.2},{:.3},{:.3},{},{quarter},{half},{three},{end},{},{},{:.3}",
                row.name,
                row.records,
                row.records_per_second,
                row.cpu_us,
                row.cores,
                row.idle,
                row.rss_max,
                milliseconds(row.latency.map(|(median, _)| median)),
                milliseconds(row.latency.map(|(_, slowest)| slowest)),
                row.first.as_secs_f64(),
            )?;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }
}

impl std::fmt::Display for Bar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}  {}", if self.holds { "pass" } else { "FAIL" }, self.what)
    }
}
