//! One node of a real Apache Kafka. It can be stopped, killed and frozen, and comes back on its data and
//! its ports.
//!
//! A shell holds each run of the broker on a pipe from this process: when the process ends, however it
//! does, the pipe closes and the shell kills the broker. While the broker lives, so does its shell.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::Instant;

use super::Failure;

const READY: &str = "Kafka Server started";
/// A broker starts in 2 to 7 seconds, and ends in 2 to 4; a machine that builds meanwhile takes its time.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is needed to run Java.
#[derive(Debug, Clone)]
pub(super) struct Java {
    pub(super) classpath: String,
    pub(super) log4j: PathBuf,
    /// As `-Xmx` takes it.
    pub(super) heap: &'static str,
}

/// A node, running or not. Dropped, it is killed.
pub struct Node {
    /// `host:port` that leads straight to it.
    pub direct: String,
    /// `host:port` that it advertises to whoever comes by its other listener.
    pub advertised: String,
    id: u32,
    folder: PathBuf,
    java: Java,
    /// How often it was started: each run has a log of its own, so that an old "started" is not taken
    /// for the new one.
    runs: u32,
    run: Option<Run>,
}

struct Run {
    /// Its standard input is the pipe; it ends when the broker has ended.
    shell: Child,
    broker: String,
    log: PathBuf,
}

impl Node {
    /// A node with this id, whose storage in `folder` gets formatted.
    ///
    /// # Errors
    /// Why the storage cannot be formatted.
    pub(super) fn format(
        id: u32,
        folder: PathBuf,
        cluster_id: &str,
        properties: &str,
        addresses: (String, String),
        java: Java,
    ) -> Result<Self, Failure> {
        fs::create_dir_all(&folder)?;
        let file = folder.join("server.properties");
        fs::write(&file, properties)?;
        let output = Command::new("java")
            .args(["-Xmx256m", "-cp", &java.classpath])
            .arg(format!("-Dlog4j2.configurationFile={}", java.log4j.display()))
            .args(["kafka.tools.StorageTool", "format", "-t", cluster_id, "-c"])
            .arg(&file)
            .stdin(Stdio::null())
            .output()?;
        if !output.status.success() {
            let (out, err) =
                (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            return Err(format!("Kafka's storage cannot be formatted:\n{out}{err}").into());
        }
        let (direct, advertised) = addresses;
        Ok(Self { direct, advertised, id, folder, java, runs: 0, run: None })
    }

    /// Its `node.id`.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Starts the broker on what data there is; [`Node::wait_ready`] says when it serves.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(&mut self) -> Result<(), Failure> {
        // $1: the folder, $2: the log. The guard is told of the end by the pipe, the shell by `wait`.
        let script = r#"
            exec 3<&0
            java -Xmx"$3" -Dlog4j2.configurationFile="$4" -cp "$5" kafka.Kafka "$1/server.properties" \
                >"$2" 2>&1 </dev/null 3<&- &
            broker=$!
            (cat <&3 >/dev/null; kill -9 "$broker" 2>/dev/null) &
            guard=$!
            echo "$broker"
            wait "$broker"
            kill -9 "$guard"
        "#;
        self.runs += 1;
        let log = self.folder.join(format!("broker-{}.log", self.runs));
        let mut shell = Command::new("sh")
            .args(["-c", script, "copydesk-test-broker"])
            .args([&self.folder, &log])
            .args([self.java.heap, &self.java.log4j.display().to_string(), &self.java.classpath])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Ctrl-C in a terminal is for the tests; the broker ends by the pipe.
            .process_group(0)
            .spawn()?;
        let mut broker = String::new();
        if let Some(stdout) = shell.stdout.take() {
            BufReader::new(stdout).read_line(&mut broker)?;
        }
        self.run = Some(Run { shell, broker: broker.trim().to_owned(), log });
        Ok(())
    }

    /// Waits until the log of this run says that the broker serves.
    ///
    /// # Errors
    /// The log, if it ended or took too long.
    pub fn wait_ready(&mut self) -> Result<(), Failure> {
        let run = self.run.as_mut().ok_or("the node does not run")?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            let lines = fs::read_to_string(&run.log).unwrap_or_default();
            if lines.contains(READY) {
                return Ok(());
            }
            let ended = run.shell.try_wait()?.is_some();
            if ended || Instant::now() >= deadline {
                return Err(format!("Kafka did not start within {PATIENCE:?}:\n{lines}").into());
            }
            std::thread::park_timeout(Duration::from_millis(50));
        }
    }

    /// Sends a signal, such as `-STOP`, to the broker.
    ///
    /// # Errors
    /// When it does not run.
    pub fn signal(&self, signal: &str) -> Result<(), Failure> {
        let run = self.run.as_ref().ok_or("the node does not run")?;
        if Command::new("kill").args([signal, &run.broker]).status()?.success() {
            return Ok(());
        }
        Err(format!("node {} cannot be sent {signal}:\n{}", self.id, self.tail()).into())
    }

    /// Kills it at once (`kill -9`), as a machine that loses power would.
    ///
    /// # Errors
    /// When it does not run.
    pub fn kill(&mut self) -> Result<(), Failure> {
        self.signal("-KILL")?;
        self.ended()
    }

    /// Stops it in good order (SIGTERM). A node without a quorum never comes to its end: it is killed.
    ///
    /// # Errors
    /// When it does not run.
    pub fn stop(&mut self) -> Result<(), Failure> {
        self.signal("-TERM")?;
        if self.ended().is_ok() {
            return Ok(());
        }
        self.kill()
    }

    /// What its log ends with.
    pub fn tail(&self) -> String {
        let log = self.run.as_ref().map_or(Path::new(""), |run| run.log.as_path());
        let lines = fs::read_to_string(log).unwrap_or_default();
        let mut tail: Vec<_> = lines.lines().rev().take(20).collect();
        tail.reverse();
        tail.join("\n")
    }

    fn ended(&mut self) -> Result<(), Failure> {
        let Some(run) = &mut self.run else { return Ok(()) };
        let deadline = Instant::now() + Duration::from_secs(30);
        while run.shell.try_wait()?.is_none() {
            if Instant::now() >= deadline {
                return Err(format!("node {} does not end:\n{}", self.id, self.tail()).into());
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
        self.run = None;
        Ok(())
    }
}
