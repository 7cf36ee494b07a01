//! Loads from all sources, as an operator would give them.

use std::io::Write as _;

use super::super::reference::sections;
use super::super::{check, show};
use super::*;

fn sets(sets: &[&str]) -> Sources {
    Sources { sets: sets.iter().map(|set| (*set).to_owned()).collect(), ..Sources::default() }
}

fn environment(pairs: &[(&str, &str)]) -> Sources {
    let environment = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Sources { environment, ..Sources::default() }
}

fn file(text: &str) -> (tempfile::NamedTempFile, Sources) {
    let mut file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let sources = Sources { file: Some(file.path().to_owned()), ..Sources::default() };
    (file, sources)
}

#[track_caller]
fn faults(sources: &Sources) -> Vec<String> {
    load(sources).unwrap_err().0.iter().map(ToString::to_string).collect()
}

#[test]
fn the_defaults_are_valid_and_every_key_is_read() {
    let mut found = Vec::new();
    let merged = merge(&Sources::default(), &mut found);
    let mut reader = Reader::new(merged, found);
    let settings = reader.settings();
    assert_eq!(reader.faults, []);
    assert!(reader.values.is_empty(), "keys that nothing reads: {:?}", reader.values.keys());
    assert_eq!(conflicts(&settings, &reader.faulty), []);
    assert_eq!(settings.limits.steps, crate::budget::DEFAULT_STEPS);
    assert_eq!(settings.kafka.transaction_timeout, Duration::from_secs(10));
    assert_eq!(settings.limits.workers, None);
    assert_eq!(settings.normalize.time_zone, None);

    let documented: BTreeSet<String> =
        sections().into_iter().flat_map(|section| section.entries).map(|entry| entry.key).collect();
    assert_eq!(documented, reader.effective.keys().cloned().collect());
}

#[test]
fn the_documentation_states_the_ranges_that_hold() {
    let mut reader = Reader::new(merge(&Sources::default(), &mut Vec::new()), Vec::new());
    reader.settings();
    assert!(reader.ranges.len() > 15);
    let entries: BTreeMap<String, String> = sections()
        .into_iter()
        .flat_map(|section| section.entries)
        .map(|entry| (entry.key, entry.text))
        .collect();
    for (key, range) in &reader.ranges {
        let text = entries[*key].to_lowercase();
        assert!(text.contains(range.to_lowercase().as_str()), "{key}: expected `{range}` in `{text}`");
    }
}

#[test]
fn later_sources_win_and_origins_tell() {
    let (file, mut sources) = file(
        "[kafka]\nbrokers = [\"file:1\"]\ngroup_id = \"file\"\ninstance_id = \"file\"\n[limits]\nmemory = 33554432\n",
    );
    sources.environment = vec![
        ("COPYDESK_KAFKA__GROUP_ID".into(), "environment".into()),
        ("COPYDESK_KAFKA__INSTANCE_ID".into(), "environment".into()),
    ];
    sources.sets = vec!["kafka.instance_id=set".into()];
    let loaded = load(&sources).unwrap();
    assert_eq!(loaded.settings.kafka.brokers, ["file:1"]);
    assert_eq!(loaded.settings.kafka.group_id, "environment");
    assert_eq!(loaded.settings.kafka.instance_id.as_deref(), Some("set"));
    assert_eq!(loaded.settings.limits.memory, 32 << 20);
    assert_eq!(loaded.origin("kafka.brokers"), Some(&Origin::File(file.path().to_owned())));
    assert_eq!(
        loaded.origin("kafka.group_id"),
        Some(&Origin::Environment("COPYDESK_KAFKA__GROUP_ID".into()))
    );
    assert_eq!(loaded.origin("kafka.instance_id"), Some(&Origin::Set));
    assert_eq!(loaded.origin("kafka.protocol"), Some(&Origin::Default));
}

#[test]
fn all_faults_come_at_once() {
    let (_file, mut sources) =
        file("[kafka]\nbroker = \"x\"\nsession_timeout = 45\n[limits]\nmemory = \"1 parsec\"\n");
    sources.environment = vec![
        ("COPYDESK_LOG__FORMAT".into(), "xml".into()),
        ("COPYDESK_KAFKA_BROKERS".into(), "x:1".into()),
        ("COPYDESK_SERVICE_HOST".into(), "10.0.0.1".into()),
    ];
    sources.sets = vec!["limits.workers=0".into(), "oops".into()];
    let path = sources.file.as_ref().unwrap().display().to_string();
    let found = faults(&sources);
    let expected = [
        format!("`kafka.broker` (file {path}): expected a known key; did you mean `kafka.brokers`?"),
        "`COPYDESK_KAFKA_BROKERS` (environment COPYDESK_KAFKA_BROKERS): expected a known key; did you mean \
         `COPYDESK_KAFKA__BROKERS`?"
            .into(),
        "`--set oops`: expected `key=value`, such as `--set kafka.brokers=host:9092`".into(),
        format!(
            "`kafka.session_timeout` = \"45\" (file {path}): expected a duration with its unit, from 1s to 30m"
        ),
        format!(
            "`limits.memory` = \"1 parsec\" (file {path}): expected a size such as `64MiB`, from 16MiB to 64GiB"
        ),
        "`limits.workers` = \"0\" (--set): expected `auto`, or a whole number, from 1 to 1024".into(),
        "`log.format` = \"xml\" (environment COPYDESK_LOG__FORMAT): expected `json` or `pretty`".into(),
    ];
    assert_eq!(found, expected);
    let whole = load(&sources).unwrap_err().to_string();
    assert!(whole.starts_with("7 faults in the settings\n  `kafka.broker`"), "{whole}");
}

#[test]
fn values_that_do_not_go_together_are_refused() {
    for (given, words) in [
        (
            &["delivery.drain_deadline=10s", "kafka.session_timeout=20s"][..],
            "delivery.drain_deadline (10s) to be less than kafka.transaction",
        ),
        (&["kafka.max_poll_interval=46s", "kafka.transaction_timeout=46s"], "thrown out"),
        (
            &["kafka.max_poll_interval=30s", "kafka.session_timeout=31s"],
            "at most kafka.max_poll_interval (30s)",
        ),
        (
            &["kafka.session_timeout=5s"],
            "delivery.drain_deadline (5s) to be less than kafka.session_timeout (5s)",
        ),
        (&["kafka.transaction_timeout=15s", "delivery.commit_interval=15s"], "a commit must end in time"),
        (&["limits.in_flight_records=10"], "at most those of all (10)"),
        (&["delivery.batch_bytes=65MiB"], "delivery.batch_bytes (65MiB) to be at most limits.memory (64MiB)"),
        (&["output.topic=articles.raw"], "would read what it wrote"),
        (&["input.topics=a,articles.dead-letter"], "would read what it wrote"),
        (&["input.topics=^articles\\..*"], "which the input `^articles\\..*` takes in"),
        (&["output.topic=x", "dead_letter.topic=x"], "expected two topics, found `x` twice"),
    ] {
        let found = faults(&sets(given)).join("\n");
        assert!(found.contains(words), "{given:?}: {found}");
    }
    assert!(load(&sets(&["input.topics=^articles\\.raw.*"])).is_ok());
    assert!(load(&sets(&["kafka.protocol=consumer", "kafka.session_timeout=1s"])).is_ok());
    // A value that is wrong by itself is not compared with others, too.
    assert_eq!(faults(&sets(&["kafka.transaction_timeout=x"])).len(), 1);
}

#[test]
fn values_that_do_not_fit_are_refused() {
    for set in [
        "kafka.brokers=",
        "kafka.brokers=localhost",
        "kafka.brokers=localhost:99999",
        "kafka.group_id=",
        "kafka.protocol=Classic",
        "input.topics=",
        "input.topics=^(",
        "input.topics=^a,b c",
        "input.topics=a,b c",
        "input.topics=.",
        "output.topic=",
        "output.topic=a/b",
        "delivery.guarantee=most_of_the_time",
        "delivery.record_attempts=0",
        "dead_letter.on_refusal=drop",
        "kafka.call_timeout=1ms",
        "delivery.commit_interval=0s",
        "normalize.time_zone=Europe/Atlantis",
        "stages.tag.enabled=yes",
        "limits.steps=-1",
        "limits.memory=15MiB",
        "admin.listen=9464",
        "log.level=",
        "log.level=info,copydesk=loud",
        "kafka=x",
        "kafka.properties.=x",
    ] {
        let expected = if set.starts_with("input.topics=^a,b c") { 0 } else { 1 };
        let count = load(&sets(&[set])).map_or_else(|faults| faults.0.len(), |_| 0);
        assert_eq!(count, expected, "{set}");
    }
}

#[test]
fn values_are_written_as_people_do() {
    let loaded = load(&sets(&[
        "kafka.brokers=a:1, b:2",
        "input.topics=one,two",
        "limits.memory=1 GiB",
        "delivery.commit_interval=250ms",
        "limits.steps=1_000_000",
        "limits.workers=3",
        "normalize.time_zone=europe/belgrade",
        "admin.listen=",
        "log.level=info,copydesk::kafka=debug",
    ]))
    .unwrap();
    let settings = &loaded.settings;
    assert_eq!(settings.kafka.brokers, ["a:1", "b:2"]);
    assert_eq!(settings.input.topics, ["one", "two"]);
    assert_eq!(settings.limits.memory, 1 << 30);
    assert_eq!(settings.delivery.commit_interval, Duration::from_millis(250));
    assert_eq!(settings.limits.steps, 1_000_000);
    assert_eq!(settings.limits.workers, Some(3));
    assert_eq!(settings.normalize.time_zone.as_deref(), Some("Europe/Belgrade"));
    assert_eq!(settings.admin.listen, None);
    assert_eq!(settings.log.level, "info,copydesk::kafka=debug");
}

#[test]
fn properties_come_from_everywhere_under_one_name() {
    let (_file, mut sources) = file(
        "[kafka.properties]\n\"sasl.username\" = \"file\"\nsasl.mechanism = \"PLAIN\"\n\"linger.ms\" = 5\nenable.idempotence = true\n",
    );
    sources.environment = environment(&[
        ("COPYDESK_KAFKA__PROPERTIES__SASL_USERNAME", "environment"),
        ("COPYDESK_KAFKA__PROPERTIES__LOG_LEVEL", "7"),
    ])
    .environment;
    sources.sets = vec!["kafka.properties.sasl.mechanism=SCRAM-SHA-512".into()];
    let loaded = load(&sources).unwrap();
    let given: Vec<(&str, &str)> = loaded
        .settings
        .kafka
        .properties
        .iter()
        .map(|(name, value)| (name.as_str(), value.value.as_str()))
        .collect();
    let expected = [
        ("enable.idempotence", "true"),
        ("linger.ms", "5"),
        ("log_level", "7"),
        ("sasl.mechanism", "SCRAM-SHA-512"),
        ("sasl.username", "environment"),
    ];
    assert_eq!(given, expected);
}

#[test]
fn secrets_are_read_from_files_and_never_shown() {
    let mut secret = tempfile::NamedTempFile::new().unwrap();
    secret.write_all("hünter2\r\n".as_bytes()).unwrap();
    let path = secret.path().display().to_string();
    let loaded = load(&sets(&[
        &format!("kafka.properties_files.sasl.password={path}"),
        "kafka.properties.ssl.key.password=hunter3",
        "kafka.properties.sasl.username=desk",
    ]))
    .unwrap();
    assert_eq!(loaded.settings.kafka.properties["sasl.password"].value, "hünter2");
    let shown = format!("{loaded:?}{}{}", show(&loaded), check(&loaded));
    assert!(!shown.contains("nter2") && !shown.contains("hunter3"), "{shown}");
    assert!(
        shown.contains("desk")
            && shown.contains(&path)
            && shown.contains("\"ssl.key.password\" = \"********\"")
    );
}

#[test]
fn faults_show_no_secret_either() {
    let (_file, mut sources) = file("[kafka.properties]\n\"sasl.password\" = [\"hunter2\"]\n");
    sources.environment = vec![("COPYDESK_KAFKA__PROPERTIES".into(), "sasl.password=hunter2".into())];
    sources.sets = vec!["kafka.properties.sasl.password:hunter2".into()];
    let found = load(&sources).unwrap_err();
    assert_eq!(found.0.len(), 3, "{found}");
    assert!(!format!("{found}{found:?}{sources:?}").contains("hunter2"), "{found}");

    let (_file, sources) = file("[kafka.properties]\n\"sasl.password\" = \"hunter2\n");
    let found = load(&sources).unwrap_err();
    assert!(!format!("{found}{found:?}").contains("hunter2"), "{found}");
    assert!(found.to_string().contains("line 2"), "{found}");
}

#[test]
fn a_secret_file_must_be_there_be_text_and_be_the_only_source() {
    let missing = faults(&sets(&["kafka.properties_files.sasl.password=/no/such/file"])).join("\n");
    assert!(
        missing.contains("`kafka.properties_files.sasl.password` = \"/no/such/file\" (--set)"),
        "{missing}"
    );
    assert!(missing.contains("No such file"), "{missing}");

    let mut junk = tempfile::NamedTempFile::new().unwrap();
    junk.write_all(&[0xff, 0xfe]).unwrap();
    let set = format!("kafka.properties_files.sasl.password={}", junk.path().display());
    assert!(faults(&sets(&[&set])).join("\n").contains("it is not UTF-8"));

    junk.write_all(&vec![b'a'; 70_000]).unwrap();
    assert!(faults(&sets(&[&set])).join("\n").contains("it is larger"));

    let both = faults(&sets(&[&set, "kafka.properties.sasl.password=x"])).join("\n");
    assert!(both.contains("found it in two"), "{both}");
}

#[test]
fn what_show_prints_gives_the_same_settings() {
    let first = load(&sets(&[
        "kafka.properties.linger.ms=5",
        "input.topics=^raw\\.[a-z]{1,3}$",
        "admin.listen=",
        "limits.workers=2",
        "log.level=warn",
        "stages.tag.enabled=false",
    ]))
    .unwrap();
    let text = show(&first);
    let (_file, sources) = file(&text);
    let second = load(&sources).unwrap();
    assert_eq!(first.settings, second.settings);
    assert!(text.contains("workers = 2 # --set\n"), "{text}");
    assert!(text.contains("group_id = \"copydesk\" # default\n"), "{text}");
    assert!(text.contains("[stages.tag]\nenabled = false # --set\n"), "{text}");
}

#[test]
fn check_explains_what_the_worker_would_do() {
    let text = check(&load(&sets(&["kafka.instance_id=desk-1"])).unwrap());
    for words in [
        "reads  articles.raw from localhost:9092 as group copydesk",
        "static as desk-1: its partitions wait 10s",
        "writes  enriched records to articles.enriched, rejected ones to articles.dead-letter",
        "within 5s (drain) < 10s (commit) < 1m (poll)",
        "values are defaults; --set",
    ] {
        assert!(text.contains(words), "expected `{words}` in\n{text}");
    }
}

#[test]
fn a_file_that_is_missing_or_broken_is_a_fault() {
    let missing = Sources { file: Some("/no/such/copydesk.toml".into()), ..Sources::default() };
    assert!(faults(&missing).join("\n").contains("/no/such/copydesk.toml: expected a readable TOML file"));
    let (_file, sources) = file("[kafka\n");
    assert!(faults(&sources).join("\n").contains("line 1, column 7"));
}

#[test]
fn what_another_part_refuses_is_a_fault_like_others() {
    let refusals = |_: &Settings| {
        vec![
            ("kafka.properties.acks".to_owned(), "`1` is refused".to_owned()),
            ("kafka.brokers".to_owned(), "not these".to_owned()),
        ]
    };
    let mut sources = sets(&["kafka.properties.acks=1"]);
    let found = load_with(&sources, refusals).unwrap_err().to_string();
    assert_eq!(
        found,
        "2 faults in the settings\n  `kafka.properties.acks` (--set): `1` is refused\n  `kafka.brokers` (default): not these"
    );
    // A placeholder is not judged, a property is.
    sources.sets.push("kafka.brokers=".to_owned());
    let found = load_with(&sources, refusals).unwrap_err();
    assert_eq!(found.0.len(), 2, "{found}");
    assert!(!found.to_string().contains("not these"), "{found}");
}

proptest::proptest! {
    /// Whatever is given, the answer is settings or faults that name what was given.
    #[test]
    fn no_input_is_too_strange(
        variables in proptest::collection::vec(("COPYDESK_[A-Z_]{0,20}", "\\PC{0,20}"), 0..4),
        given in proptest::collection::vec("[a-z._=^,0-9 ]{0,30}", 0..4),
        text in "[\\[\\]a-z.=\"'0-9# \n]{0,60}",
    ) {
        let (_file, mut sources) = file(&text);
        sources.environment = variables;
        sources.sets = given;
        if let Err(faults) = load(&sources) {
            proptest::prop_assert!(!faults.0.is_empty());
        }
    }
}

fn repository_file(path: &str) -> String {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn the_example_lacks_nothing_but_its_secret() {
    let (_file, sources) = file(&repository_file("config/production.example.toml"));
    let found = faults(&sources);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("copydesk-kafka-password") && found[0].contains("No such file"), "{found:?}");
}

#[test]
fn what_the_deployment_sets_is_valid() {
    let mut pairs = Vec::new();
    for path in ["deploy/compose.yaml", "deploy/Dockerfile"] {
        let text = repository_file(path);
        let before = pairs.len();
        for line in text.lines().map(|line| line.trim().trim_start_matches("ENV ")) {
            let pair = line.split_once(": ").or_else(|| line.split_once('='));
            if let Some((name, value)) = pair.filter(|(name, _)| name.starts_with("COPYDESK_")) {
                pairs.push((name.to_owned(), value.to_owned()));
            }
        }
        assert!(pairs.len() > before, "{path} sets nothing");
    }
    let count = pairs.len();
    let loaded = load(&Sources { environment: pairs, ..Sources::default() }).unwrap();
    let from_there = loaded.effective.values().filter(|value| value.origin != Origin::Default).count();
    assert_eq!(from_there, count);
}
