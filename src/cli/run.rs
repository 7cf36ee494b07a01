//! `copydesk run`: the worker, until a signal ends it.

use anyhow::{Context, Result};
use copydesk::settings::Settings;
use copydesk::{kafka, observe, worker};
use tokio::signal::unix::{SignalKind, signal};

use super::exit;

/// Runs the worker; the exit code.
pub(crate) fn run(settings: &Settings) -> Result<u8> {
    observe::log::init(&settings.log)?;
    let runtime = runtime()?;
    let shutdown = {
        let _signals_need_it = runtime.enter();
        stop_signal()?
    };
    let ended = runtime.block_on(worker::run(settings, kafka::connect, |_| {}, shutdown));
    // Whatever still blocks a thread ends with the process.
    runtime.shutdown_background();
    match ended {
        Ok(_) => Ok(exit::OK),
        Err(error) => {
            // Standard error is the log's: whoever reads it line by line finds the cause in its format.
            tracing::error!(error = %error, "worker failed");
            Ok(exit::FAILED)
        }
    }
}

/// The async side needs little: the pipeline's one task, the admin port, timers.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("copydesk-async")
        .enable_all()
        .build()
        .context("cannot start the async runtime")
}

/// Resolves at SIGTERM or SIGINT, with its name.
pub(crate) fn stop_signal() -> Result<impl Future<Output = &'static str> + Send> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        }
    })
}
