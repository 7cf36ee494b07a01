//! The log: JSON lines or lines for people, on standard error.

use std::io::{self, IsTerminal as _};

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

use crate::settings::{Log, LogFormat};

/// Why the log cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// `log.level` is not a list of directives.
    #[error(
        "`log.level` = {level:?}: expected a level or directives such as `info,copydesk::kafka=debug`: {cause}"
    )]
    Level {
        /// The value.
        level: String,
        /// What is wrong with it.
        cause: tracing_subscriber::filter::ParseError,
    },
    /// There is a log already.
    #[error("expected to set up the log once: {0}")]
    Taken(#[from] TryInitError),
}

/// Sets up the log of this process, and has panics logged too: in JSON, a bare panic would break
/// the lines.
///
/// # Errors
/// [`LogError`]: directives that cannot be read; a log that is there already.
pub fn init(log: &Log) -> Result<(), LogError> {
    subscriber(log, io::stderr, io::stderr().is_terminal())?.try_init()?;
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.payload_as_str().unwrap_or("a value that is not text");
        let location = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(message, location, thread = std::thread::current().name(), "panicked");
    }));
    Ok(())
}

/// The subscriber that [`init`] sets up, writing to `writer`, in colour or not.
///
/// # Errors
/// [`LogError::Level`].
pub fn subscriber<W>(
    log: &Log,
    writer: W,
    colour: bool,
) -> Result<Box<dyn Subscriber + Send + Sync>, LogError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&log.level)
        .map_err(|cause| LogError::Level { level: log.level.clone(), cause })?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(colour);
    Ok(match log.format {
        // Fields at the top, where log stores look for them; the innermost span holds the record.
        LogFormat::Json => Box::new(
            builder.json().flatten_event(true).with_current_span(true).with_span_list(false).finish(),
        ),
        LogFormat::Pretty => Box::new(builder.finish()),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use super::*;
    use crate::article::{Rejection, StageName};
    use crate::observe::Metrics;
    use crate::pipeline::observer::Observer as _;
    use crate::pipeline::seam::PartitionId;

    #[derive(Debug, Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(format: LogFormat, level: &str, write: impl FnOnce()) -> String {
        let page = Page::default();
        let log = Log { format, level: level.to_owned(), rejected_per_second: 1 };
        let writer = page.clone();
        let subscriber = subscriber(&log, move || writer.clone(), false).unwrap();
        tracing::subscriber::with_default(subscriber, write);
        String::from_utf8(page.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn json_lines_have_their_fields_at_the_top() {
        let text = written(LogFormat::Json, "info", || {
            let _record = tracing::info_span!("record", topic = "raw", offset = 7).entered();
            tracing::info!(error = "x", "worker started");
            tracing::debug!("not at this level");
        });
        let lines: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 1, "{text}");
        assert_eq!(lines[0]["message"], "worker started");
        assert_eq!(lines[0]["level"], "INFO");
        assert_eq!(lines[0]["error"], "x");
        assert_eq!(lines[0]["span"]["offset"], 7);
    }

    #[test]
    fn directives_reach_parts_of_the_program() {
        let text =
            written(LogFormat::Pretty, "warn,copydesk::observe=debug", || tracing::debug!(lag = 3, "moved"));
        assert!(text.contains("DEBUG copydesk::observe::log::tests: moved lag=3"), "{text}");
    }

    #[test]
    fn a_level_that_cannot_be_read_is_an_error_that_says_so() {
        let log = Log { format: LogFormat::Json, level: "x=loud".into(), rejected_per_second: 1 };
        let error = subscriber(&log, io::sink, false).err().unwrap().to_string();
        assert!(error.starts_with("`log.level` = \"x=loud\": expected a level or directives"), "{error}");
    }

    #[test]
    fn a_rejection_is_logged_and_counted_together() {
        let now = Arc::new(Mutex::new(Duration::ZERO));
        let clock = Arc::clone(&now);
        let metrics = Metrics::new(1, Arc::new(move || *clock.lock().unwrap()));
        let rejection = Rejection::new(StageName::Decode, "json_truncated", "é".repeat(2000));
        let text = written(LogFormat::Json, "info", || {
            for offset in 0..3 {
                metrics.rejected(&PartitionId::new("raw", 4), offset, &rejection);
            }
            metrics.polled();
            *now.lock().unwrap() = Duration::from_secs(2);
            metrics.polled();
            metrics.polled();
        });
        let lines: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert_eq!(lines[0]["message"], "record rejected");
        assert_eq!((&lines[0]["topic"], &lines[0]["partition"]), (&"raw".into(), &4.into()));
        assert_eq!((&lines[0]["offset"], &lines[0]["code"]), (&0.into(), &"json_truncated".into()));
        assert_eq!(lines[0]["cause"].as_str().unwrap().chars().count(), 500);
        assert_eq!((&lines[1]["withheld"], &lines[1]["stage"]), (&2.into(), &"decode".into()));
        let shown = metrics.exposition().unwrap();
        assert!(
            shown.contains("copydesk_rejections_total{stage=\"decode\",code=\"json_truncated\"} 3\n"),
            "{shown}"
        );
        assert!(shown.contains("copydesk_rejections_not_logged_total 2\n"), "{shown}");
    }
}
