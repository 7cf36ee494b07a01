//! A real Apache Kafka of one node or three, on free ports, in a temporary folder, with a random cluster id.
//!
//! Each node has two listeners for clients: one that leads straight to it, and one that is advertised
//! wherever the caller says, so that something can stand in between.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::node::{Java, Node};
use super::{Failure, jars, random};

/// Running nodes. Dropped, they are killed and their folder is removed; if it is because a test failed,
/// the folder is kept.
pub struct Cluster {
    /// In the order of their ids.
    pub nodes: Vec<Node>,
    /// Data and logs of the nodes, and what else a test wants to be kept when it fails.
    pub folder: PathBuf,
    /// Removes the folder when its standard input closes, unless it was told to keep it.
    janitor: Child,
}

impl Cluster {
    /// Starts so many nodes and waits until they serve. `root` is the root of the repository, `target` a
    /// folder that keeps the jars. `advertise` is told where a node's second listener is, and says what
    /// its clients shall take for it.
    ///
    /// # Errors
    /// What is missing, with what to install, or why a node did not start.
    pub fn start(
        root: &Path,
        target: &Path,
        count: u32,
        mut advertise: impl FnMut(SocketAddr) -> Result<SocketAddr, Failure>,
    ) -> Result<Self, Failure> {
        let harness = root.join("tests/harness");
        let classpath = jars::classpath(&harness, target)?;
        let heap = if count == 1 { "512m" } else { "256m" };
        let java = Java { classpath, log4j: harness.join("log4j2.yaml"), heap };
        let folder = tempfile::Builder::new().prefix("copydesk-kafka-").tempdir()?.keep();
        let janitor = janitor(&folder)?;

        // All ports are held until all are known, so that they differ.
        let held = (0..count * 3).map(|_| free_port()).collect::<Result<Vec<_>, _>>()?;
        let mut listeners = Vec::new();
        for (id, chunk) in (1..).zip(held.chunks_exact(3)) {
            let [direct, second, controller] = chunk else { continue };
            let (direct, second) = (direct.local_addr()?, second.local_addr()?);
            let advertised = advertise(second)?;
            listeners.push(Listeners {
                id,
                direct,
                second,
                advertised,
                controller: controller.local_addr()?,
            });
        }
        drop(held);

        let cluster_id = uuid();
        let mut nodes = Vec::new();
        for own in &listeners {
            let home = folder.join(format!("node-{}", own.id));
            let properties = properties(&home, own, &listeners);
            let addresses = (own.direct.to_string(), own.advertised.to_string());
            nodes.push(Node::format(own.id, home, &cluster_id, &properties, addresses, java.clone())?);
        }
        // Three need each other to be ready.
        for node in &mut nodes {
            node.start()?;
        }
        for node in &mut nodes {
            node.wait_ready()?;
        }
        Ok(Self { nodes, folder, janitor })
    }

    /// All nodes as `bootstrap.servers`, straight.
    pub fn direct(&self) -> String {
        self.nodes.iter().map(|node| node.direct.as_str()).collect::<Vec<_>>().join(",")
    }

    /// All nodes as `bootstrap.servers`, as advertised.
    pub fn advertised(&self) -> String {
        self.nodes.iter().map(|node| node.advertised.as_str()).collect::<Vec<_>>().join(",")
    }
}

impl Drop for Cluster {
    #[expect(clippy::print_stderr, reason = "whoever looks into the failure needs to know")]
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some(pipe) = &mut self.janitor.stdin
            && pipe.write_all(KEEP.as_bytes()).is_ok()
        {
            eprintln!("data and logs are kept in {}", self.folder.display());
        }
    }
}

struct Listeners {
    id: u32,
    direct: SocketAddr,
    second: SocketAddr,
    advertised: SocketAddr,
    controller: SocketAddr,
}

/// A port that is free now, below those that the system gives to outgoing connections: while a node is
/// down, nobody else gets its port by chance.
fn free_port() -> Result<TcpListener, Failure> {
    const PORTS: std::ops::Range<u64> = 15_000..32_000;
    let mut last = None;
    for _ in 0..100 {
        let port = u16::try_from(PORTS.start + random() % (PORTS.end - PORTS.start))?;
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = Some(error),
        }
    }
    Err(format!("no free port among {PORTS:?}: {last:?}").into())
}

/// What the janitor is told to leave the folder alone.
const KEEP: &str = "keep\n";

/// Removes `folder` when this process has ended. The brokers end at the same time: while they still
/// write, it tries again.
fn janitor(folder: &Path) -> Result<Child, Failure> {
    let script = r#"
        read -r told && [ "$told" = keep ] && exit
        left=50
        while [ -e "$1" ] && [ $left -gt 0 ]; do
            sleep 0.2
            rm -rf "$1"
            left=$((left - 1))
        done
    "#;
    let child = Command::new("sh")
        .args(["-c", script, "copydesk-test-janitor"])
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()?;
    Ok(child)
}

/// A cluster id as Kafka writes it: 16 random bytes, base64 for URLs. With an example's id a stray
/// broker on a port of ours would be taken for our own.
fn uuid() -> String {
    use base64::Engine as _;
    // A version 4 UUID never begins with a dash, which the tool would take for an option.
    const FIXED: u128 = 0x80000000_0000_f000_c000_000000000000;
    const VERSION_4: u128 = 0x00000000_0000_4000_8000_000000000000;
    let bits = (u128::from(random()) << 64) | u128::from(random());
    let bytes = ((bits & !FIXED) | VERSION_4).to_be_bytes();
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// Short sessions and sweeps: tests wait for them. Small internal topics: a node starts faster.
fn properties(home: &Path, own: &Listeners, all: &[Listeners]) -> String {
    let voters: Vec<_> = all.iter().map(|node| format!("{}@{}", node.id, node.controller)).collect();
    let (replication, in_sync) = if all.len() >= 3 { (3, 2) } else { (1, 1) };
    format!(
        "process.roles=broker,controller
node.id={}
controller.quorum.voters={}
listeners=DIRECT://{},SECOND://{},CONTROLLER://{}
advertised.listeners=DIRECT://{},SECOND://{}
listener.security.protocol.map=DIRECT:PLAINTEXT,SECOND:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=DIRECT
log.dirs={}
auto.create.topics.enable=false
default.replication.factor={replication}
min.insync.replicas={in_sync}
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
group.consumer.min.heartbeat.interval.ms=500
group.consumer.heartbeat.interval.ms=500
group.consumer.min.session.timeout.ms=1000
group.consumer.session.timeout.ms=6000
offsets.topic.num.partitions=4
offsets.topic.segment.bytes=1048576
transaction.state.log.segment.bytes=1048576
offsets.topic.replication.factor={replication}
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor={replication}
transaction.state.log.min.isr={in_sync}
share.coordinator.state.topic.replication.factor={replication}
share.coordinator.state.topic.min.isr={in_sync}
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
log.cleaner.dedupe.buffer.size=16777216
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=2000
",
        own.id,
        voters.join(","),
        own.direct,
        own.second,
        own.controller,
        own.direct,
        own.advertised,
        home.join("data").display()
    )
}
