//! Starts a real Apache Kafka: one node, on free ports, in a temporary folder, with a random cluster id.
//!
//! Its jars come from Maven Central, once. A shell holds the broker on a pipe from this process: when
//! the process ends, however it does, the pipe closes and the shell stops the broker and removes its
//! folder. Also used by `xtask bench`.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::Instant;

const KAFKA: &str = "4.1.2";
const DEPENDENCY_PLUGIN: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";
const READY: &str = "Kafka Server started";
/// A broker starts in 2 to 7 seconds; a machine that builds meanwhile takes its time.
const START: Duration = Duration::from_secs(120);

type Failure = Box<dyn Error + Send + Sync>;

/// A running broker.
pub struct Broker {
    /// `host:port`.
    pub address: String,
    /// Closing its standard input stops the broker.
    _shell: Option<Child>,
}

impl Broker {
    /// The broker that `COPYDESK_TEST_KAFKA=host:port` names, else one of our own. `root` is the root of
    /// the repository, `target` a folder that keeps the jars.
    ///
    /// # Errors
    /// What is missing, with what to install, or why the broker did not start.
    #[expect(clippy::disallowed_methods, reason = "this environment is the tests', not the worker's")]
    pub fn start(root: &Path, target: &Path) -> Result<Self, Failure> {
        if let Ok(address) = std::env::var("COPYDESK_TEST_KAFKA") {
            return Ok(Self { address, _shell: None });
        }
        need(
            "java",
            "-version",
            "a Java runtime of version 17 or later (Debian: apt-get install default-jre-headless)",
        )?;
        let harness = root.join("tests/harness");
        let libs = libs(&harness.join("pom.xml"), target)?;
        let folder = tempfile::Builder::new().prefix("copydesk-kafka-").tempdir()?.keep();
        let (port, controller_port) = free_ports()?;
        let id = uuid();
        fs::write(folder.join("server.properties"), properties(&folder, port, controller_port))?;
        let classpath = format!("{}/*", libs.display());
        let log4j = harness.join("log4j2.yaml");
        // $1: the folder. The broker is the shell's child; the shell waits on the pipe from this process.
        let script = r#"
            trap '' INT TERM HUP
            java -Xmx256m -Dlog4j2.configurationFile="$4" -cp "$2" kafka.tools.StorageTool format \
                -t "$3" -c "$1/server.properties" >"$1/format.log" 2>&1 </dev/null || { cat "$1/format.log"; exit 1; }
            java -Xmx512m -Dlog4j2.configurationFile="$4" -cp "$2" kafka.Kafka "$1/server.properties" \
                >"$1/broker.log" 2>&1 </dev/null &
            broker=$!
            echo formatted
            cat >/dev/null
            kill -9 "$broker" 2>/dev/null
            wait "$broker" 2>/dev/null
            rm -rf "$1"
        "#;
        let mut shell = Command::new("sh")
            .args(["-c", script, "copydesk-test-broker"])
            .args([&folder.display().to_string(), &classpath, &id, &log4j.display().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut first = String::new();
        if let Some(stdout) = shell.stdout.take() {
            let mut stdout = BufReader::new(stdout);
            stdout.read_line(&mut first)?;
            if first.trim() != "formatted" {
                stdout.read_to_string(&mut first)?;
                return Err(format!("Kafka's storage cannot be formatted:\n{first}").into());
            }
        }
        let log = folder.join("broker.log");
        let deadline = Instant::now() + START;
        loop {
            let lines = fs::read_to_string(&log).unwrap_or_default();
            if lines.contains(READY) {
                break;
            }
            let ended = shell.try_wait()?.is_some();
            if ended || Instant::now() >= deadline {
                return Err(format!("Kafka did not start within {START:?}:\n{lines}").into());
            }
            std::thread::park_timeout(Duration::from_millis(50));
        }
        Ok(Self { address: format!("127.0.0.1:{port}"), _shell: Some(shell) })
    }
}

/// Whatever the standard library keys its hash maps with: random in each process and for each call.
pub fn random() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::process::id())
}

/// The jars, downloaded at the first call of all. Processes that want them at the same time wait for
/// each other.
fn libs(pom: &Path, target: &Path) -> Result<PathBuf, Failure> {
    let libs = target.join(format!("kafka-libs-{KAFKA}"));
    let done = libs.join("complete");
    if done.exists() {
        return Ok(libs);
    }
    let lock = File::create(target.join("kafka-libs.lock"))?;
    lock.lock()?;
    if done.exists() {
        return Ok(libs);
    }
    need("mvn", "-version", "Apache Maven (Debian: apt-get install maven), which downloads Kafka once")?;
    let output = Command::new("mvn")
        .args(["-B", "-q", "-f"])
        .arg(pom)
        .arg(DEPENDENCY_PLUGIN)
        .arg("-DincludeScope=runtime")
        .arg(format!("-DoutputDirectory={}", libs.display()))
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        return Err(format!("Maven could not download Kafka {KAFKA}:\n{out}{err}").into());
    }
    File::create(&done)?.write_all(KAFKA.as_bytes())?;
    Ok(libs)
}

/// Fails with what to install if a program is not there.
fn need(program: &str, version: &str, what: &str) -> Result<(), Failure> {
    let found = Command::new(program)
        .arg(version)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if found.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    let message = format!(
        "a real Apache Kafka needs `{program}`: install {what}, \
         or set COPYDESK_TEST_KAFKA=host:port to a broker that runs already"
    );
    Err(message.into())
}

/// Two ports that are free now. Both are held until both are known, so that they differ.
fn free_ports() -> Result<(u16, u16), Failure> {
    let (first, second) = (TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?);
    Ok((first.local_addr()?.port(), second.local_addr()?.port()))
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

fn properties(folder: &Path, port: u16, controller_port: u16) -> String {
    format!(
        "process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
group.consumer.min.heartbeat.interval.ms=500
group.consumer.heartbeat.interval.ms=500
group.consumer.min.session.timeout.ms=1000
group.consumer.session.timeout.ms=6000
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
log.cleaner.dedupe.buffer.size=16777216
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=2000
",
        folder.join("data").display()
    )
}
