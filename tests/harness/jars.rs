//! Kafka's jars, from Maven Central, once.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Failure;

const KAFKA: &str = "4.1.2";
const DEPENDENCY_PLUGIN: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";

/// Java's class path of Kafka. `harness` is the folder of the `pom.xml`, `target` one that keeps the jars.
///
/// # Errors
/// What is missing, with what to install, or why the jars cannot be had.
pub(super) fn classpath(harness: &Path, target: &Path) -> Result<String, Failure> {
    need(
        "java",
        "-version",
        "a Java runtime of version 17 or later (Debian: apt-get install default-jre-headless)",
    )?;
    Ok(format!("{}/*", libs(&harness.join("pom.xml"), target)?.display()))
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
        "a real Apache Kafka needs `{program}`: install {what}; tests that only need an address also take \
         COPYDESK_TEST_KAFKA=host:port, a broker that runs already"
    );
    Err(message.into())
}
