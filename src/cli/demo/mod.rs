//! `copydesk demo`: the real worker on a broker inside this process, fed with the samples.

mod samples;

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use copydesk::enrich::Explanation;
use copydesk::kafka::mock::{Cluster, Feed, PARTITIONS, ReadBack, Reader};
use copydesk::observe::{self, Watch};
use copydesk::pipeline::clock::{Clock, RealClock};
use copydesk::publish;
use copydesk::settings::Settings;
use copydesk::worker::{self, Started};
use tokio::sync::oneshot;

use self::samples::SAMPLES;
use super::args::DemoArgs;
use super::render::{self, Palette};
use super::{exit, run, settings};

/// How long the demo waits for the next record before it gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// What came out.
#[derive(Default)]
struct Seen {
    enriched: usize,
    rejected: usize,
    latencies_ms: Vec<i64>,
    /// The first answer to each sample, to be shown in their order.
    first: BTreeMap<String, ReadBack>,
}

/// Runs the demo; the exit code.
pub(crate) fn run(args: &DemoArgs) -> Result<u8> {
    let mut settings = settings::load(&args.settings)?.settings;
    let quiet = settings.log.level == "info" && !args.keep_running;
    if quiet {
        // What is rejected stands among the records; it need not be logged as well.
        settings.log.level = "error".to_owned();
    }
    observe::log::init(&settings.log)?;
    let clock = RealClock::start();
    let topics = topics(&settings)?;
    let cluster = Cluster::start(&[&topics, &settings.output.topic, &settings.dead_letter.topic], PARTITIONS)
        .context("cannot start the broker inside this process")?;
    let palette = Palette::of_stdout();
    say(
        "copydesk demo: the worker on a Kafka broker inside this process (at least once: this broker ignores transactions)",
    )?;

    let runtime = run::runtime()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let (tell_started, started) = std::sync::mpsc::channel();
    let worker_settings = settings.clone();
    let connect = cluster.connector();
    let worker = runtime.spawn(async move {
        let shutdown = async {
            // The sender gone is the end as well.
            stopped.await.ok();
            "the end of the demo"
        };
        let tell = move |started| {
            tell_started.send(started).ok();
        };
        worker::run(&worker_settings, connect, tell, shutdown).await
    });
    // Without an answer the worker has ended: its error says why.
    let Ok(Started { admin, watch }) = started.recv() else {
        runtime.block_on(worker)??;
        bail!("the worker ended before it began");
    };
    runtime.block_on(until_ready(&watch))?;
    let ready_after = clock.now();
    let mut reader = Reader::start(&cluster, &[&settings.output.topic, &settings.dead_letter.topic])?;
    let feed = Feed::start(&cluster, &topics)?;
    let rounds = args.rounds.max(1);
    for round in 0..rounds {
        for (name, value) in SAMPLES {
            feed.send(name, &format!("{round}"), value)?;
        }
    }
    feed.finish(PATIENCE)?;
    let seen = read(&mut reader, &settings, SAMPLES.len() * rounds, &clock)?;
    let took = clock.now().saturating_sub(ready_after);
    show(&seen, palette)?;
    summarize(&seen, took, ready_after)?;
    if args.keep_running {
        let address = admin.map_or_else(|| "off".to_owned(), |address| format!("http://{address}"));
        say(&format!(
            "\nstill running; admin port {address}, brokers {}; Ctrl-C ends it",
            cluster.brokers().join(",")
        ))?;
        runtime.block_on(async {
            run::stop_signal()?.await;
            anyhow::Ok(())
        })?;
    }
    if stop.send(()).is_err() {
        bail!("the worker ended by itself");
    }
    runtime.block_on(worker)??;
    runtime.shutdown_background();
    Ok(exit::OK)
}

/// Waits until the worker has its partitions, so that the latencies are those of a running worker.
async fn until_ready(watch: &Watch) -> Result<()> {
    let ready = async {
        while !watch.health.ready().ok {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, ready).await.context("the worker got no partitions")
}

fn topics(settings: &Settings) -> Result<String> {
    match settings.input.topics.as_slice() {
        [topic] if !topic.starts_with('^') => Ok(topic.clone()),
        _ => bail!("input.topics: the demo expects the name of one topic"),
    }
}

fn say(line: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout().lock(), "{line}")?)
}

/// Reads until every record that was fed is answered.
fn read(reader: &mut Reader, settings: &Settings, expected: usize, clock: &RealClock) -> Result<Seen> {
    let mut seen = Seen::default();
    while seen.enriched + seen.rejected < expected {
        let Some(record) = reader.next(PATIENCE)? else {
            bail!(
                "expected {expected} answers, found {} after {PATIENCE:?} of silence",
                seen.enriched + seen.rejected
            );
        };
        if record.topic == settings.output.topic {
            seen.enriched += 1;
        } else {
            seen.rejected += 1;
        }
        seen.latencies_ms.extend(record.timestamp_ms.map(|sent| clock.unix_ms() - sent));
        let name = record.header("sample").unwrap_or_default();
        if record.header("round").as_deref() == Some("0") {
            seen.first.entry(name).or_insert(record);
        }
    }
    Ok(seen)
}

fn show(seen: &Seen, palette: Palette) -> Result<()> {
    let mut out = std::io::stdout().lock();
    for (name, answer) in &seen.first {
        let page = match answer.header(publish::ERROR_CODE) {
            Some(code) => {
                let header = |name: &str| answer.header(name).unwrap_or_default();
                render::dead_letter(
                    &header(publish::ERROR_STAGE),
                    &code,
                    &header(publish::ERROR_MESSAGE),
                    name,
                    palette,
                )
            }
            None => {
                let value = serde_json::from_slice(answer.value.as_deref().unwrap_or_default())
                    .with_context(|| format!("the record of {name} is no JSON"))?;
                render::record(&value, &Explanation::default(), name, palette)
            }
        };
        writeln!(out, "{page}")?;
    }
    Ok(())
}

fn summarize(seen: &Seen, took: Duration, ready_after: Duration) -> Result<()> {
    let mut latencies = seen.latencies_ms.clone();
    latencies.sort_unstable();
    let quantile = |percent: usize| {
        let at = (latencies.len() * percent / 100).min(latencies.len().saturating_sub(1));
        latencies.get(at).copied().unwrap_or_default()
    };
    let records = seen.enriched + seen.rejected;
    let rate = records as f64 / took.as_secs_f64().max(0.001);
    say(&format!(
        "{records} records in {:.2} s ({rate:.0} a second): {} enriched, {} rejected; from produce to \
         consume p50 {} ms, p99 {} ms; ready {:.2} s after the start",
        took.as_secs_f64(),
        seen.enriched,
        seen.rejected,
        quantile(50),
        quantile(99),
        ready_after.as_secs_f64(),
    ))
}
