//! Orders from the pipeline to the source's thread.

use crossbeam_channel::Sender;

use crate::pipeline::seam::{PartitionId, SourceControl};

/// An order from the pipeline.
#[derive(Debug)]
pub(crate) enum Command {
    Pause(PartitionId),
    Resume(PartitionId),
    Leave,
}

/// Orders to the Kafka source.
#[derive(Debug, Clone)]
pub struct KafkaControl {
    /// Orders wait here for at most one turn of the poll loop.
    commands: Sender<Command>,
}

impl KafkaControl {
    pub(crate) fn new(commands: Sender<Command>) -> Self {
        Self { commands }
    }

    fn order(&self, command: Command) {
        if self.commands.send(command).is_err() {
            tracing::debug!("the source has ended, the order is ignored");
        }
    }
}

impl SourceControl for KafkaControl {
    fn pause(&self, partition: &PartitionId) {
        self.order(Command::Pause(partition.clone()));
    }

    fn resume(&self, partition: &PartitionId) {
        self.order(Command::Resume(partition.clone()));
    }

    fn leave(&self) {
        self.order(Command::Leave);
    }
}
