//! Work on all cores whose results come out in the order of the input, with a bounded number of
//! batches in memory.

use std::collections::BTreeMap;
use std::thread;

use crossbeam_channel::{bounded, unbounded};

/// Items that one worker takes at a time.
const BATCH: usize = 16;
/// Batches in memory for each worker: one at work, one ready, and some that wait for an earlier one.
const BATCHES_A_WORKER: usize = 8;
/// Bytes after which a batch is full, whatever its count.
const BATCH_BYTES: usize = 1 << 20;

/// Runs `work` over `items` on `jobs` threads and gives the results to `write` in the order of the
/// items. `weigh` says how many bytes an item holds. Stops early when `write` fails.
///
/// # Errors
/// The first error of `items` or of `write`.
pub(crate) fn run<T, R, E>(
    jobs: usize,
    items: impl Iterator<Item = Result<T, E>>,
    weigh: impl Fn(&T) -> usize,
    work: impl Fn(T) -> R + Sync,
    mut write: impl FnMut(R) -> Result<(), E> + Send,
) -> Result<(), E>
where
    T: Send,
    R: Send,
    E: Send,
{
    let jobs = jobs.max(1);
    let permits = jobs * BATCHES_A_WORKER;
    let (to_work, from_reader) = bounded::<(u64, Vec<T>)>(permits);
    // Bounded by the permits: there are never more results than batches under way.
    let (to_writer, from_workers) = unbounded::<(u64, Vec<R>)>();
    let (give_permit, take_permit) = bounded::<()>(permits);
    for _ in 0..permits {
        if give_permit.try_send(()).is_err() {
            break;
        }
    }
    thread::scope(|scope| {
        for _ in 0..jobs {
            let (from_reader, to_writer, work) = (from_reader.clone(), to_writer.clone(), &work);
            scope.spawn(move || {
                for (number, batch) in from_reader {
                    let done = batch.into_iter().map(work).collect();
                    if to_writer.send((number, done)).is_err() {
                        break;
                    }
                }
            });
        }
        drop((from_reader, to_writer));
        let writer = scope.spawn(move || {
            let mut waiting = BTreeMap::new();
            let mut next = 0;
            for (number, batch) in from_workers {
                waiting.insert(number, batch);
                while let Some(batch) = waiting.remove(&next) {
                    next += 1;
                    for result in batch {
                        write(result)?;
                    }
                    // The reader may be done already.
                    give_permit.try_send(()).ok();
                }
            }
            Ok(())
        });
        let mut failed = Ok(());
        let mut number = 0;
        let mut batch = Vec::with_capacity(BATCH);
        let mut bytes = 0;
        let mut send = |batch: Vec<T>| {
            // Fails once the writer is gone: its error says why.
            let sent = take_permit.recv().is_ok() && to_work.send((number, batch)).is_ok();
            number += 1;
            sent
        };
        for item in items {
            match item {
                Ok(item) => {
                    bytes += weigh(&item);
                    batch.push(item);
                }
                Err(error) => {
                    failed = Err(error);
                    break;
                }
            }
            if batch.len() >= BATCH || bytes >= BATCH_BYTES {
                bytes = 0;
                if !send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))) {
                    break;
                }
            }
        }
        if !batch.is_empty() {
            send(batch);
        }
        drop(to_work);
        drop(take_permit);
        match writer.join() {
            Ok(written) => written.and(failed),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        for jobs in [1, 2, 7] {
            let mut seen = Vec::new();
            let items = (0..10_000_u32).map(Ok::<_, ()>);
            run(
                jobs,
                items,
                |_| 1,
                |n| n * 2,
                |n| {
                    seen.push(n);
                    Ok(())
                },
            )
            .unwrap();
            assert_eq!(seen, (0..10_000).map(|n| n * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_writer_that_fails_ends_the_run() {
        let items = (0..u64::MAX).map(Ok::<_, &str>);
        let ended = run(2, items, |_| 1, |n| n, |n| if n < 1000 { Ok(()) } else { Err("full") });
        assert_eq!(ended, Err("full"));
    }

    #[test]
    fn a_reader_that_fails_still_gives_what_came_before() {
        let mut seen = 0;
        let items = (0..100).map(|n| if n < 50 { Ok(n) } else { Err("torn") });
        let ended = run(
            2,
            items,
            |_| 1,
            |n| n,
            |_| {
                seen += 1;
                Ok(())
            },
        );
        assert_eq!((ended, seen), (Err("torn"), 50));
    }
}
