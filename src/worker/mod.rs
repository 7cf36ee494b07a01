//! The worker put together: Kafka, the pipeline, the core, the admin port.
//!
//! [`run`] begins at once and ends when asked to; whatever goes wrong in between is retried by the
//! parts themselves, or ends the worker with its cause.

mod stages;

use std::fs::File;
use std::future::Future;
use std::io::{self, Read as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub use stages::Desk;

use crate::decode::DecodeLimits;
use crate::enrich::{Enricher, VERSION};
use crate::kafka::{ConnectError, Connected};
use crate::normalize::{Normalizer, UnknownZone};
use crate::observe::{Clock as WatchClock, Watch, admin};
use crate::pipeline::clock::{Clock, RealClock};
use crate::pipeline::observer::Observer;
use crate::pipeline::{self, Ends, Options, Summary};
use crate::settings::Settings;
use crate::tag::kb::KnowledgeBase;
use crate::tag::kb::own::{MAX_OWN_BYTES, OwnError, OwnTable};
use crate::tag::{EmbeddedError, Tagger};

/// How long the threads of the Kafka clients may take to end once all is drained.
const JOIN_DEADLINE: Duration = Duration::from_secs(5);

/// Why a worker did not start, or ended by itself.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The core cannot be set up.
    #[error(transparent)]
    Core(#[from] CoreError),
    /// The admin port is taken, or is no address.
    #[error("admin.listen: cannot listen on `{address}`: {source}")]
    Admin {
        /// As configured.
        address: String,
        /// What the system said.
        source: io::Error,
    },
    /// The Kafka clients cannot be set up.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The pipeline ended by itself.
    #[error(transparent)]
    Stopped(#[from] pipeline::Stopped),
}

/// Why the core cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum CoreError {
    /// `normalize.time_zone` is none.
    #[error("normalize.time_zone: {0}")]
    Zone(#[from] UnknownZone),
    /// `kb.extra` cannot be read.
    #[error("kb.extra: cannot read {}: {cause}", path.display())]
    ExtraUnread {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// `kb.extra` is no table of entities.
    #[error("kb.extra: {}: {cause}", path.display())]
    Extra {
        /// The file.
        path: PathBuf,
        /// What is wrong, and in which line.
        cause: OwnError,
    },
    /// The program was built with a damaged knowledge base or model.
    #[error("the embedded data cannot be read: {0}")]
    Embedded(#[from] EmbeddedError),
}

/// A worker that runs.
pub struct Started {
    /// The address of the admin port, if there is one; it listens.
    pub admin: Option<SocketAddr>,
    /// What the admin port shows.
    pub watch: Arc<Watch>,
}

/// The core as `settings` want it.
///
/// # Errors
/// [`CoreError`].
pub fn enricher(settings: &Settings) -> Result<Enricher, CoreError> {
    let decode = &settings.decode;
    let limits = DecodeLimits {
        max_expanded: decode.max_expanded,
        max_html_depth: decode.max_html_depth,
        max_html_nodes: decode.max_html_nodes,
        ..DecodeLimits::default()
    };
    let normalizer = Normalizer::new(settings.normalize.time_zone.as_deref())?;
    let tagger = if settings.stages.tag_enabled { Some(Arc::new(tagger(settings)?)) } else { None };
    Ok(Enricher::new(limits, normalizer, tagger))
}

/// The tagger as `settings` want it, with the user's own table if there is one.
///
/// # Errors
/// [`CoreError`].
pub fn tagger(settings: &Settings) -> Result<Tagger, CoreError> {
    let kb = KnowledgeBase::embedded(settings.kb.share_alike).map_err(EmbeddedError::from)?;
    let Some(path) = &settings.kb.extra else { return Ok(Tagger::on(kb)?) };
    let unread = |cause: io::Error| CoreError::ExtraUnread { path: path.clone(), cause };
    // One byte more than may be: a larger file is told, not read.
    let limit = u64::try_from(MAX_OWN_BYTES + 1).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(unread)?;
    let own = OwnTable::read(&bytes).map_err(|cause| CoreError::Extra { path: path.clone(), cause })?;
    let kb = kb.with_own(own).map_err(EmbeddedError::from)?;
    Ok(Tagger::on(kb)?)
}

/// Runs the worker until `shutdown` resolves, with what asked for it, and what is in flight is drained, or
/// until it cannot go on. `connect` connects it to its broker: [`crate::kafka::connect`], but for the
/// demo. `started` hears once that it runs.
///
/// # Errors
/// [`WorkerError`] with the cause.
pub async fn run(
    settings: &Settings,
    connect: impl FnOnce(&Settings, Arc<dyn Observer>) -> Result<Connected, ConnectError>,
    started: impl FnOnce(Started),
    shutdown: impl Future<Output = &'static str> + Send,
) -> Result<Summary, WorkerError> {
    let clock = RealClock::start();
    let watch_clock: WatchClock = Arc::new(move || clock.now());
    let watch = Arc::new(Watch::new(settings, &watch_clock));
    let (admin_stop, admin_stopped) = oneshot::channel::<()>();
    let (address, admin) = match &settings.admin.listen {
        None => (None, None),
        Some(address) => {
            let failed = |source| WorkerError::Admin { address: address.clone(), source };
            let listener = TcpListener::bind(address).await.map_err(failed)?;
            let bound = listener.local_addr().map_err(failed)?;
            tracing::info!(address = %bound, "admin port listens");
            let stop = async {
                // An error is the sender gone: the end as well.
                admin_stopped.await.ok();
            };
            let limits = admin::Limits::from(&settings.admin);
            (Some(bound), Some(tokio::spawn(admin::serve(listener, Arc::clone(&watch), limits, stop))))
        }
    };
    let desk = Arc::new(Desk::new(enricher(settings)?, settings.output.key));
    let observer: Arc<dyn Observer> = Arc::clone(&watch) as Arc<dyn Observer>;
    let connected = connect(settings, Arc::clone(&observer))?;
    tracing::info!(
        version = VERSION,
        brokers = settings.kafka.brokers.join(","),
        group = settings.kafka.group_id,
        input = settings.input.topics.join(","),
        output = settings.output.topic,
        dead_letter = settings.dead_letter.topic,
        "worker started"
    );
    started(Started { admin: address, watch: Arc::clone(&watch) });
    let ends = Ends {
        source_events: connected.source_events,
        control: connected.control,
        sink_events: connected.sink_events,
        sink: connected.sink,
    };
    let stopping = Arc::clone(&watch);
    let shutdown = async move {
        let asked_by = shutdown.await;
        tracing::info!(asked_by, "stopping: draining what is in flight");
        stopping.health.stopping();
    };
    let outcome =
        pipeline::run(desk, ends, Options::from_settings(settings), observer, Arc::new(clock), shutdown)
            .await;
    let threads = connected.threads;
    let late = tokio::task::spawn_blocking(move || threads.join(JOIN_DEADLINE)).await.unwrap_or_default();
    if !late.is_empty() {
        tracing::warn!(threads = late.join(","), "threads have not ended in time; they end with the process");
    }
    drop(admin_stop);
    if let Some(admin) = admin
        && let Err(error) = admin.await
    {
        tracing::warn!(error = %error, "admin port ended badly");
    }
    let summary = outcome?;
    let Summary { counts, drained } = &summary;
    tracing::info!(
        drained,
        received = counts.received,
        outputs = counts.outputs,
        tombstones = counts.tombstones,
        dead_letters = counts.dead_letters,
        left_to_others = counts.dropped,
        "worker stopped"
    );
    Ok(summary)
}
