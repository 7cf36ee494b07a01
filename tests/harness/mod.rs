//! A real Apache Kafka for the tests of one test binary.
//!
//! `COPYDESK_TEST_KAFKA=host:port` names one that runs already. Else its jars come from Maven Central
//! (once, into `target/`), and one broker is started on free ports, in a temporary folder, with a random
//! cluster id. A shell holds it on a pipe from this process: when the process ends, however it does,
//! the pipe closes and the shell stops the broker and removes its folder.

#![allow(dead_code, reason = "every test binary uses another part of the harness")]
#![allow(unreachable_pub, reason = "a module of several test binaries")]

pub mod client;
pub mod desk;
pub mod stories;
pub mod worker;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

const KAFKA: &str = "4.1.2";
const DEPENDENCY_PLUGIN: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";
const READY: &str = "Kafka Server started";
/// A broker starts in 2 to 7 seconds; a machine that builds meanwhile takes its time.
const START: Duration = Duration::from_secs(120);

/// How long a test waits for anything before it fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// `host:port` of the broker that all tests of this binary share.
pub fn broker() -> &'static str {
    static BROKER: OnceLock<Broker> = OnceLock::new();
    &BROKER.get_or_init(Broker::start).address
}

/// A name that no other test, and no other run on the same broker, uses.
pub fn unique(name: &str) -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("{name}-{:08x}-{number}", random() & 0xffff_ffff)
}

/// Whatever the standard library keys its hash maps with: random in each process and for each call.
pub fn random() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::process::id())
}

struct Broker {
    address: String,
    /// Closing its standard input stops the broker.
    _shell: Option<Child>,
}

impl Broker {
    #[expect(clippy::disallowed_methods, reason = "this environment is the tests', not the worker's")]
    fn start() -> Self {
        if let Ok(address) = std::env::var("COPYDESK_TEST_KAFKA") {
            return Self { address, _shell: None };
        }
        need(
            "java",
            "-version",
            "a Java runtime of version 17 or later (Debian: apt-get install default-jre-headless)",
        );
        let libs = libs();
        let folder =
            tempfile::Builder::new().prefix("copydesk-kafka-").tempdir().expect("temporary folder").keep();
        let (port, controller_port) = free_ports();
        let id = uuid();
        fs::write(folder.join("server.properties"), properties(&folder, port, controller_port))
            .expect("properties");
        let classpath = format!("{}/*", libs.display());
        let log4j = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/harness/log4j2.yaml");
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
            .spawn()
            .expect("sh");
        let mut first = String::new();
        let mut stdout = BufReader::new(shell.stdout.take().expect("stdout"));
        stdout.read_line(&mut first).expect("shell");
        if first.trim() != "formatted" {
            stdout.read_to_string(&mut first).expect("shell");
            panic!("Kafka's storage cannot be formatted:\n{first}");
        }
        let log = folder.join("broker.log");
        let deadline = Instant::now() + START;
        loop {
            let lines = fs::read_to_string(&log).unwrap_or_default();
            if lines.contains(READY) {
                break;
            }
            let ended = shell.try_wait().expect("shell").is_some();
            assert!(!ended && Instant::now() < deadline, "Kafka did not start within {START:?}:\n{lines}");
            std::thread::park_timeout(Duration::from_millis(50));
        }
        Self { address: format!("127.0.0.1:{port}"), _shell: Some(shell) }
    }
}

/// The jars, downloaded at the first call of all. Parallel test binaries wait for each other.
fn libs() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("target").to_owned();
    let libs = target.join(format!("kafka-libs-{KAFKA}"));
    let done = libs.join("complete");
    if done.exists() {
        return libs;
    }
    let lock = File::create(target.join("kafka-libs.lock")).expect("lock file");
    lock.lock().expect("lock");
    if done.exists() {
        return libs;
    }
    need("mvn", "-version", "Apache Maven (Debian: apt-get install maven), which downloads Kafka once");
    let pom = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/harness/pom.xml");
    let output = Command::new("mvn")
        .args(["-B", "-q", "-f"])
        .arg(&pom)
        .arg(DEPENDENCY_PLUGIN)
        .arg("-DincludeScope=runtime")
        .arg(format!("-DoutputDirectory={}", libs.display()))
        .stdin(Stdio::null())
        .output()
        .expect("mvn");
    assert!(
        output.status.success(),
        "Maven could not download Kafka {KAFKA}:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    File::create(&done).and_then(|mut file| file.write_all(KAFKA.as_bytes())).expect("mark as complete");
    libs
}

/// Panics with what to install if a program is not there.
fn need(program: &str, version: &str, what: &str) {
    let found = Command::new(program)
        .arg(version)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(
        found.is_ok_and(|status| status.success()),
        "the tests with a real Apache Kafka need `{program}`: install {what}, \
         or set COPYDESK_TEST_KAFKA=host:port to a broker that runs already"
    );
}

/// Two ports that are free now. Both are held until both are known, so that they differ.
fn free_ports() -> (u16, u16) {
    let listen = || TcpListener::bind("127.0.0.1:0").expect("free port");
    let (first, second) = (listen(), listen());
    let port = |listener: &TcpListener| listener.local_addr().expect("address").port();
    (port(&first), port(&second))
}

/// A cluster id as Kafka writes it: 16 random bytes, base64 for URLs. With an example's id a stray
/// broker on a port of ours would be taken for our own.
fn uuid() -> String {
    use base64::Engine as _;
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&random().to_be_bytes());
    bytes[8..].copy_from_slice(&random().to_be_bytes());
    // A version 4 UUID never begins with a dash, which the tool would take for an option.
    bytes[0] &= 0x7f;
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
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
