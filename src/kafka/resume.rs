//! Where to go on with partitions that come in.
//!
//! librdkafka would look the committed offsets up by itself. But while a transaction that is not decided yet
//! keeps the answer back (KIP-447), and the assignment changes meanwhile, it takes "not yet" for "none" and
//! begins where `auto.offset.reset` says (2.12.1, `rd_kafka_assignment_apply_offsets`: the offset stays
//! invalid, other than for a stale member epoch): all of the partition is answered twice. So the source asks
//! itself, until the answer is a stable one, and gives the offsets with the assignment.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use rdkafka::consumer::Consumer as _;
use rdkafka::error::KafkaResult;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use tokio::time::Instant;

use super::backoff::Backoff;
use super::consumer::Consumer;
use super::watchdog::Watchdog;

/// Between two questions.
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Asks on a thread of its own: the answer may take as long as a transaction.
pub(crate) struct Resume {
    partitions: TopicPartitionList,
    /// Where to begin with a partition of which nothing was ever committed.
    none_committed: Offset,
    timeout: Duration,
    asked: Option<JoinHandle<KafkaResult<TopicPartitionList>>>,
    backoff: Backoff,
    next: Instant,
}

impl Resume {
    /// `reset`: what `auto.offset.reset` says.
    pub(crate) fn new(partitions: TopicPartitionList, reset: &str, timeout: Duration) -> Self {
        Self {
            partitions,
            none_committed: none_committed(reset),
            timeout,
            asked: None,
            backoff: Backoff::new(FIRST_WAIT, LONGEST_WAIT),
            next: Instant::now(),
        }
    }

    /// Asks, or looks for the answer: the partitions with their offsets, once all are known. Blocks never.
    pub(crate) fn settle(
        &mut self,
        consumer: &Arc<Consumer>,
        watchdog: &Arc<Watchdog>,
    ) -> io::Result<Option<TopicPartitionList>> {
        let Some(asked) = self.asked.take_if(|asked| asked.is_finished()) else {
            if self.asked.is_none() && Instant::now() >= self.next {
                self.asked = Some(self.ask(consumer, watchdog)?);
            }
            return Ok(None);
        };
        let answer = asked.join().map_err(|_| io::Error::other("it ended in a panic"))?;
        match answer.and_then(|answer| settled(&answer, self.none_committed)) {
            Ok(settled) => return Ok(Some(settled)),
            // A transaction that is not decided, a broker that is away, a coordinator that moves.
            Err(cause) => tracing::info!(%cause, "committed offsets are not known yet"),
        }
        self.next = Instant::now() + self.backoff.next_wait();
        Ok(None)
    }

    /// The partitions, to be taken in from their end: for one who will give them back.
    pub(crate) fn at_the_end(&self) -> TopicPartitionList {
        let mut list = self.partitions.clone();
        if let Err(error) = list.set_all_offsets(Offset::End) {
            tracing::debug!(%error, "offsets cannot be set");
        }
        list
    }

    fn ask(
        &self,
        consumer: &Arc<Consumer>,
        watchdog: &Arc<Watchdog>,
    ) -> io::Result<JoinHandle<KafkaResult<TopicPartitionList>>> {
        let (consumer, watchdog) = (Arc::clone(consumer), Arc::clone(watchdog));
        let (partitions, timeout) = (self.partitions.clone(), self.timeout);
        std::thread::Builder::new().name("kafka-resume".to_owned()).spawn(move || {
            let _watched = watchdog.watch("committed");
            consumer.committed_offsets(partitions, timeout)
        })
    }
}

fn none_committed(reset: &str) -> Offset {
    match reset {
        "latest" | "largest" | "end" => Offset::End,
        // With `error` librdkafka tells it when it looks again.
        "error" => Offset::Stored,
        _ => Offset::Beginning,
    }
}

/// The answer as a list to assign, if it is one for all.
fn settled(answer: &TopicPartitionList, none_committed: Offset) -> KafkaResult<TopicPartitionList> {
    let mut list = TopicPartitionList::with_capacity(answer.count());
    for partition in answer.elements() {
        partition.error()?;
        let offset = match partition.offset() {
            Offset::Offset(next) => Offset::Offset(next),
            _ => none_committed,
        };
        list.add_partition_offset(partition.topic(), partition.partition(), offset)?;
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use rdkafka::topic_partition_list::TopicPartitionListElem;

    use super::*;

    #[test]
    fn what_was_committed_is_where_to_go_on_and_else_the_setting_says() {
        let mut answer = TopicPartitionList::new();
        answer.add_partition_offset("raw", 0, Offset::Offset(7)).unwrap();
        answer.add_partition("raw", 1);
        for (reset, begins) in
            [("earliest", Offset::Beginning), ("latest", Offset::End), ("error", Offset::Stored)]
        {
            let list = settled(&answer, none_committed(reset)).unwrap();
            let offsets: Vec<_> = list.elements().iter().map(TopicPartitionListElem::offset).collect();
            assert_eq!(offsets, [Offset::Offset(7), begins], "{reset}");
        }
    }
}
