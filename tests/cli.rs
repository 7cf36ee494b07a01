//! The command line as a user meets it: `enrich`, `tag`, `schema`, `config`, exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop at once"
)]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn copydesk(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_copydesk"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    // A command that refuses its arguments does not read.
    drop(writer.join());
    output
}

fn lines(output: &Output) -> Vec<Value> {
    std::str::from_utf8(&output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn error(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

#[test]
fn enrich_gives_one_line_a_file_in_their_order() {
    let files = [
        "samples/09-text-updated-line.txt",
        "samples/38-empty.txt",
        "no/such/file",
        "samples/06-text-german.txt",
    ];
    let output = copydesk(&[&["enrich"], &files[..]].concat(), b"");
    assert_eq!(output.status.code(), Some(3), "{}", error(&output));
    let found = lines(&output);
    let names: Vec<_> = found.iter().map(|line| line["source"]["file"].as_str().unwrap()).collect();
    assert_eq!(names, files);
    assert_eq!(found[0]["headline"], "Storm leaves Boston without power");
    assert_eq!(found[1]["error"]["code"], "empty_value");
    assert_eq!(found[2]["error"]["code"], "unreadable_file");
    assert_eq!(found[3]["language"]["tag"], "de");
}

#[test]
fn enrich_reads_standard_input_and_indents() {
    let text = "Bridge opens in Oslo\n2023.01.08 10:33\nThe bridge opened.\n";
    let output = copydesk(&["enrich", "--pretty"], text.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", error(&output));
    let record: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(record["published"]["at"], "2023-01-08T10:33");
    assert!(output.stdout.starts_with(b"{\n  \"schema\""));
}

/// Any number of threads gives the same bytes in the same order.
#[test]
fn a_dump_of_json_lines_streams_in_order_whatever_the_threads() {
    let mut dump = String::new();
    for number in 0..500 {
        match number % 50 {
            7 => dump.push_str("{\"title\": \"torn\n"),
            9 => dump.push('\n'),
            _ => dump.push_str(&format!(
                "{{\"title\":\"Story {number} of the day\",\"text\":\"Norway waits. It is {number}.\"}}\n"
            )),
        }
    }
    let one = copydesk(&["enrich", "--format", "jsonl", "--jobs", "1"], dump.as_bytes());
    let four = copydesk(&["enrich", "--format", "jsonl", "--jobs", "4"], dump.as_bytes());
    assert_eq!(one.stdout, four.stdout);
    assert_eq!(one.status.code(), Some(3));
    let found = lines(&one);
    assert_eq!(found.len(), 490, "blank lines are none");
    assert_eq!(found[7]["error"]["code"], "bad_json");
    assert_eq!(found[7]["source"]["line"], 8);
    assert_eq!(found[8]["headline"], "Story 8 of the day");
}

#[test]
fn as_of_rules_out_later_dates() {
    let text = b"Bridge opens in Oslo\n05/02/2023\nThe bridge opened.\n";
    let at = |as_of: &[&str]| {
        let output = copydesk(&[&["enrich"], as_of].concat(), text);
        lines(&output)[0]["published"].clone()
    };
    assert_eq!(at(&[])["ambiguous"], true);
    assert_eq!(at(&["--as-of", "2023-02-06"])["ambiguous"], false);
    let wrong = copydesk(&["enrich", "--as-of", "soon"], text);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(error(&wrong).contains("found `soon`"), "{}", error(&wrong));
}

#[test]
fn tag_answers_each_line_in_place() {
    let input = "{\"id\":1,\"text\":\"Čačak lies in Serbia, said Norway’s envoy.\",\"date\":\"2023-01-08\"}\n\
                 nonsense\n{\"id\":\"c\",\"text\":\"\"}\n";
    let output = copydesk(&["tag"], input.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", error(&output));
    let found = lines(&output);
    assert_eq!(found.len(), 3);
    assert_eq!(found[0]["id"], 1);
    let text: Vec<char> = "Čačak lies in Serbia, said Norway’s envoy.".chars().collect();
    let mut qids = Vec::new();
    for entity in found[0]["entities"].as_array().unwrap() {
        let place = |key: &str| usize::try_from(entity[key].as_u64().unwrap()).unwrap();
        let slice: String = text[place("start")..place("end")].iter().collect();
        assert_eq!(entity["text"], slice);
        qids.extend(entity["qid"].as_str());
    }
    assert!(qids.contains(&"Q403") && qids.contains(&"Q20"), "{qids:?}");
    assert_eq!(found[1]["entities"], serde_json::json!([]));
    assert!(found[1]["error"].is_string());
    assert_eq!(found[2]["id"], "c");
}

#[test]
fn schema_is_json_and_names_the_record() {
    let output = copydesk(&["schema"], b"");
    let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(schema["properties"]["schema"]["const"], "copydesk.article/1");
}

#[test]
fn config_tells_all_faults_in_one_go() {
    let output = copydesk(
        &[
            "config",
            "check",
            "--set",
            "kafka.broker=x:1",
            "--set",
            "limits.memory=many",
            "--set",
            "kafka.properties.acks=1",
        ],
        b"",
    );
    assert_eq!(output.status.code(), Some(2));
    let told = error(&output);
    for part in ["did you mean `kafka.brokers`?", "limits.memory", "acks"] {
        assert!(told.contains(part), "{part} in {told}");
    }
}

#[test]
fn config_show_masks_secrets_and_says_where_settings_come_from() {
    let output = copydesk(&["config", "show", "--set", "kafka.properties.sasl.password=hunter2"], b"");
    assert_eq!(output.status.code(), Some(0), "{}", error(&output));
    let shown = std::str::from_utf8(&output.stdout).unwrap();
    assert!(!shown.contains("hunter2"));
    assert!(shown.contains("sasl.password") && shown.contains("--set"), "{shown}");
}

#[test]
fn every_command_has_help_with_an_example() {
    for command in [
        &["run"][..],
        &["demo"],
        &["enrich"],
        &["replay"],
        &["tag"],
        &["config", "check"],
        &["config", "show"],
        &["schema"],
        &["completions"],
    ] {
        let output = copydesk(&[command, &["--help"]].concat(), b"");
        assert_eq!(output.status.code(), Some(0));
        let help = std::str::from_utf8(&output.stdout).unwrap();
        assert!(help.contains("Example"), "{command:?}: {help}");
    }
    let output = copydesk(&["completions", "bash"], b"");
    assert!(output.stdout.starts_with(b"_copydesk()"));
}
