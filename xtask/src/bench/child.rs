//! A process that is measured, through `/proc`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child as Process, Command};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use tokio::time::Instant;

/// The kernel counts processor time for programs in hundredths of a second, on all architectures that
/// run here.
const TICK: Duration = Duration::from_millis(10);
/// How long a process may take to end once told to.
const END: Duration = Duration::from_secs(60);

/// What a process has used so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    /// User and system time of all its threads.
    pub(super) cpu: Duration,
    /// Resident memory, bytes; 0 once it has ended.
    pub(crate) rss: u64,
    /// The most that was resident at any time, bytes; 0 once it has ended.
    pub(super) rss_max: u64,
}

/// A running process. Killed when dropped.
pub(crate) struct Child {
    pub(crate) process: Process,
    pub(super) began: Instant,
}

impl Child {
    /// Starts `command`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let began = Instant::now();
        let process = command.spawn().with_context(|| format!("cannot start {:?}", command.get_program()))?;
        Ok(Self { process, began })
    }

    /// What it has used. Also answers for a process that has ended and was not waited for.
    ///
    /// # Errors
    /// When the system does not tell.
    pub(crate) fn usage(&self) -> anyhow::Result<Usage> {
        let folder = format!("/proc/{}", self.process.id());
        let stat = fs::read_to_string(format!("{folder}/stat")).context("cannot read /proc/PID/stat")?;
        let status = fs::read_to_string(format!("{folder}/status")).unwrap_or_default();
        let kilobytes = |key: &str| -> u64 {
            let line = status.lines().find_map(|line| line.strip_prefix(key));
            line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0) * 1024
        };
        Ok(Usage {
            cpu: cpu_of(&stat).context("cannot understand /proc/PID/stat")?,
            rss: kilobytes("VmRSS:"),
            rss_max: kilobytes("VmHWM:"),
        })
    }

    /// Processor time of its threads by name; the numbers at the end of names are left out.
    pub(super) fn threads(&self) -> BTreeMap<String, Duration> {
        let mut threads = BTreeMap::new();
        let folder = format!("/proc/{}/task", self.process.id());
        for task in fs::read_dir(folder).into_iter().flatten().flatten() {
            let read = |name: &str| fs::read_to_string(task.path().join(name)).unwrap_or_default();
            let name = read("comm");
            let name = name.trim().trim_end_matches(|c: char| c.is_ascii_digit() || c == '-').to_owned();
            *threads.entry(name).or_default() += cpu_of(&read("stat")).unwrap_or_default();
        }
        threads
    }

    /// Fails if it has ended, with the end of `log`.
    ///
    /// # Errors
    /// That it has ended.
    pub(crate) fn check(&mut self, log: &Path) -> anyhow::Result<()> {
        if let Some(status) = self.process.try_wait()? {
            let lines = fs::read_to_string(log).unwrap_or_default();
            let tail: Vec<_> = lines.lines().rev().take(5).collect();
            bail!("it ended by itself ({status}):\n{}", tail.join("\n"));
        }
        Ok(())
    }

    /// Asks it to end, and waits until it has.
    ///
    /// # Errors
    /// When it does not end, or not in good order.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        let pid = self.process.id().to_string();
        ensure!(Command::new("kill").args(["-TERM", &pid]).status()?.success(), "cannot signal {pid}");
        let deadline = Instant::now() + END;
        while Instant::now() < deadline {
            if let Some(status) = self.process.try_wait()? {
                ensure!(status.success(), "it ended badly: {status}");
                return Ok(());
            }
            std::thread::park_timeout(Duration::from_millis(10));
        }
        bail!("it did not end within {END:?}")
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if matches!(self.process.try_wait(), Ok(None)) {
            self.process.kill().ok();
            self.process.wait().ok();
        }
    }
}

/// User and system time in a `stat` of a process or thread.
fn cpu_of(stat: &str) -> Option<Duration> {
    // The name before may hold anything, brackets too.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u32 = fields.get(11)?.parse::<u32>().ok()? + fields.get(12)?.parse::<u32>().ok()?;
    Some(TICK * ticks)
}

/// Idle time and all time of the machine's cores so far, in ticks.
pub(super) fn machine_time() -> (u64, u64) {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let line = stat.lines().next().unwrap_or_default();
    let ticks: Vec<u64> = line.split_whitespace().skip(1).take(8).flat_map(str::parse).collect();
    (ticks.get(3..5).unwrap_or_default().iter().sum(), ticks.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_process_is_read_behind_its_name() {
        let stat = "42 (a) name) S 1 42 42 0 -1 4194560 100 0 0 0 150 25 0 0 20 0 9 0 12345 1000 200";
        assert_eq!(cpu_of(stat), Some(Duration::from_millis(1750)));
        assert_eq!(cpu_of("nothing"), None);
    }
}
