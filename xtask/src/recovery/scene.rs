//! A broker, fresh topics and a group for each part, workers on them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use tokio::time::Instant;

use crate::bench::broker::cluster::Cluster;
use crate::bench::broker::random;
use crate::bench::child::Child;
use crate::bench::topics;

/// How long anything may take that is not what is measured.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);
/// How often the group's offsets are asked for.
const LOOK: Duration = Duration::from_millis(5);

/// Where everything happens.
pub(super) struct Scene {
    pub(super) cluster: Cluster,
    pub(super) broker: String,
    copydesk: PathBuf,
    sets: Vec<String>,
    folder: tempfile::TempDir,
}

/// Topics and a group.
pub(super) struct Route {
    pub(super) input: String,
    pub(super) output: String,
    pub(super) dead: String,
    pub(super) group: String,
    /// Asks for the group's offsets.
    asking: BaseConsumer,
}

impl Scene {
    pub(super) fn start(
        root: &Path,
        target: &Path,
        copydesk: PathBuf,
        sets: Vec<String>,
    ) -> anyhow::Result<Self> {
        ensure!(
            copydesk.exists(),
            "expected the worker at {}: run `cargo build --release` first",
            copydesk.display()
        );
        let cluster = Cluster::start(root, target, 1, Ok).map_err(|failure| anyhow::anyhow!("{failure}"))?;
        let broker = cluster.direct();
        Ok(Self { cluster, broker, copydesk, sets, folder: tempfile::tempdir()? })
    }

    /// New topics and a new group.
    pub(super) fn route(&self) -> anyhow::Result<Route> {
        let name = |part: &str| format!("recovery-{part}-{:08x}", random() & 0xffff_ffff);
        let (input, output, dead) = (name("in"), name("out"), name("dead"));
        topics::create(&self.broker, &[&input, &output, &dead])?;
        let group = name("group");
        // What is in an open transaction is not waited for: only what is committed counts.
        let asking = ClientConfig::new()
            .set("bootstrap.servers", &self.broker)
            .set("group.id", &group)
            .set("isolation.level", "read_uncommitted")
            .create()?;
        Ok(Route { input, output, dead, group, asking })
    }

    /// Starts a worker with the default settings and those of the command line.
    pub(super) fn worker(&self, route: &Route, instance: Option<&str>) -> anyhow::Result<Child> {
        let mut command = Command::new(&self.copydesk);
        command.env_clear().arg("run");
        let instance = instance.map(|name| ("kafka.instance_id", name));
        let sets = [
            ("kafka.brokers", self.broker.as_str()),
            ("kafka.group_id", &route.group),
            ("input.topics", &route.input),
            ("output.topic", &route.output),
            ("dead_letter.topic", &route.dead),
            ("admin.listen", ""),
        ];
        for (key, value) in sets.into_iter().chain(instance) {
            command.args(["--set", &format!("{key}={value}")]);
        }
        for set in &self.sets {
            command.args(["--set", set]);
        }
        let log = File::options().create(true).append(true).open(self.log())?;
        Child::start(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log))
    }

    /// What the workers have to say.
    pub(super) fn log(&self) -> PathBuf {
        self.folder.path().join("workers.log")
    }
}

/// The committed offset of each partition; 0 before the first commit.
pub(super) type Committed = Vec<i64>;

impl Route {
    pub(super) fn committed(&self) -> anyhow::Result<Committed> {
        let mut list = TopicPartitionList::new();
        list.add_partition_range(&self.input, 0, topics::PARTITIONS - 1);
        let deadline = Instant::now() + PATIENCE;
        let answer = loop {
            // The first group of a new broker has to wait for its coordinator.
            match self.asking.committed_offsets(list.clone(), PATIENCE) {
                Ok(answer) => break answer,
                Err(error) if Instant::now() >= deadline => {
                    return Err(error).context("no committed offsets");
                }
                Err(_) => std::thread::park_timeout(LOOK),
            }
        };
        let offset = |raw| if let Offset::Offset(offset) = raw { offset } else { 0 };
        Ok(answer.elements().iter().map(|element| offset(element.offset())).collect())
    }

    /// Asks for the committed offsets until `enough` says so of them.
    ///
    /// # Errors
    /// When that does not happen, or `check` fails.
    pub(super) fn wait_committed(
        &self,
        what: &str,
        mut check: impl FnMut() -> anyhow::Result<()>,
        mut enough: impl FnMut(&Committed) -> bool,
    ) -> anyhow::Result<Committed> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let committed = self.committed()?;
            if enough(&committed) {
                return Ok(committed);
            }
            check()?;
            ensure!(Instant::now() < deadline, "never happened: {what}; committed is {committed:?}");
            std::thread::park_timeout(LOOK);
        }
    }

    /// Waits until so many records are committed, and stops the worker.
    ///
    /// # Errors
    /// When they are not, or it ends badly.
    pub(super) fn finish(&self, records: usize, mut worker: Child, log: &Path) -> anyhow::Result<()> {
        let all = i64::try_from(records)?;
        self.wait_committed("all is committed", || worker.check(log), |now| now.iter().sum::<i64>() == all)?;
        worker.stop()
    }

    /// Waits until the group has so many members, and has been at rest for a while.
    pub(super) fn wait_members(&self, count: usize) -> anyhow::Result<()> {
        const REST: Duration = Duration::from_secs(3);
        let deadline = Instant::now() + PATIENCE;
        let mut since = None;
        while Instant::now() < deadline {
            // The first group of a new broker has to wait for its coordinator.
            let list = self.asking.fetch_group_list(Some(&self.group), Duration::from_secs(10)).ok();
            let at_rest = list
                .as_ref()
                .and_then(|list| list.groups().first())
                .is_some_and(|group| group.state() == "Stable" && group.members().len() == count);
            since = if at_rest { since.or(Some(Instant::now())) } else { None };
            if since.is_some_and(|since| since.elapsed() >= REST) {
                return Ok(());
            }
            std::thread::park_timeout(Duration::from_millis(50));
        }
        anyhow::bail!("the group never had {count} members at rest")
    }
}

/// `kill -9`, and waits until it is gone.
pub(super) fn kill(mut child: Child) -> anyhow::Result<()> {
    child.process.kill()?;
    child.process.wait()?;
    Ok(())
}
