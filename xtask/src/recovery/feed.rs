//! A steady load of stories of 3 kB, each with its number.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::anyhow;
use rdkafka::message::{Header, OwnedHeaders};
use tokio::time::Instant;

use super::scene::{Route, Scene};
use crate::bench::load::Load;
use crate::bench::topics::Writer;

/// A writer at work.
pub(super) struct Feed {
    stop: Arc<AtomicBool>,
    writer: JoinHandle<anyhow::Result<usize>>,
}

impl Feed {
    /// Writes `rate` stories a second until it is told to end.
    pub(super) fn start(scene: &Scene, route: &Route, rate: u32) -> anyhow::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, writer) = (Arc::clone(&stop), Writer::new(&scene.broker, &route.input, 5)?);
        let writer = std::thread::spawn(move || {
            let (load, began) = (Load::generated(), Instant::now());
            let mut number = 0;
            while !stopped.load(Ordering::Relaxed) {
                let due = f64::from(rate) * began.elapsed().as_secs_f64();
                while (number as f64) < due {
                    write(&writer, &load, number)?;
                    number += 1;
                }
                std::thread::park_timeout(Duration::from_millis(5));
            }
            writer.flush()?;
            Ok(number)
        });
        Ok(Self { stop, writer })
    }

    /// How many were written.
    pub(super) fn end(self) -> anyhow::Result<usize> {
        self.stop.store(true, Ordering::Relaxed);
        self.writer.join().map_err(|_| anyhow!("the writer panicked"))?
    }
}

/// Writes so many stories at once.
pub(super) fn fill(scene: &Scene, route: &Route, records: usize) -> anyhow::Result<()> {
    let (writer, load) = (Writer::new(&scene.broker, &route.input, 50)?, Load::generated());
    for number in 0..records {
        write(&writer, &load, number)?;
    }
    writer.flush()
}

fn write(writer: &Writer, load: &Load, number: usize) -> anyhow::Result<()> {
    let text = number.to_string();
    let headers = OwnedHeaders::new().insert(Header { key: "number", value: Some(&text) });
    writer.write(number, &load.scraped(number), &headers)
}
