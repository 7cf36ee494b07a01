//! How each fault is done, and undone when its time is over.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::crew::Crew;
use super::plan::{Fault, Random};
use super::topics::Topics;
use crate::harness::proxy::{Line, Proxy};
use crate::harness::real::cluster::Cluster;

/// What is still to be undone.
#[derive(Debug, Clone, Copy)]
enum Undo {
    Thaw(usize),
    Pass(usize),
    RaiseOutput,
}

/// All that a fault can lay hands on.
pub(crate) struct Stage {
    pub(crate) cluster: Cluster,
    pub(crate) proxies: Vec<Proxy>,
    pub(crate) crew: Crew,
    pub(crate) topics: Topics,
    random: Random,
    pending: Vec<(Instant, Undo)>,
    /// How often each fault was done.
    pub(crate) done: BTreeMap<Fault, u64>,
}

impl Stage {
    pub(crate) fn new(cluster: Cluster, proxies: Vec<Proxy>, crew: Crew, topics: Topics, seed: u64) -> Self {
        let random = Random::new(seed ^ 0x5eed);
        Self { cluster, proxies, crew, topics, random, pending: Vec::new(), done: BTreeMap::new() }
    }

    /// Does it. With nobody to do it to (all are frozen, or on their way out) it is not done.
    pub(crate) fn strike(&mut self, fault: Fault) {
        let random = &mut self.random;
        let done = match fault {
            Fault::WorkerKilled => {
                // At once, as a supervisor would, or so late that others have its partitions.
                let pause = random.pick(&[0, 0, 1_500, 9_000]).map(Duration::from_millis);
                self.crew.kill(random, pause.unwrap_or_default())
            }
            Fault::WorkerTerminated => self.crew.restart(random),
            Fault::WorkerJoins => self.crew.hire(),
            Fault::WorkerLeaves => self.crew.dismiss(random),
            Fault::WorkerFrozen => {
                // The session is 6 seconds.
                let pause = random.millis(8_000..13_000);
                self.crew.freeze(random).map(|at| self.later(pause, Undo::Thaw(at))).is_some()
            }
            Fault::NodeKilled => {
                let at = self.coordinator();
                let node = &mut self.cluster.nodes[at];
                node.kill().and_then(|()| node.start()).and_then(|()| node.wait_ready()).expect("a node");
                true
            }
            Fault::NodeRestarted => {
                let at = self.any_node();
                let node = &mut self.cluster.nodes[at];
                node.stop().and_then(|()| node.start()).and_then(|()| node.wait_ready()).expect("a node");
                true
            }
            Fault::LineCut => {
                let at = self.any_node();
                let refused = self.random.millis(0..3_000);
                self.proxies[at].set(Line::Refuse);
                self.proxies[at].cut();
                self.later(refused, Undo::Pass(at));
                true
            }
            Fault::LineDelayed => {
                let at = self.any_node();
                let (delay, pause) = (self.random.millis(20..150), self.random.millis(2_000..6_000));
                self.proxies[at].set(Line::Delay(delay));
                self.later(pause, Undo::Pass(at));
                true
            }
            Fault::LineStalled => {
                let at = self.any_node();
                let pause = self.random.millis(2_000..9_000);
                self.proxies[at].set(Line::Stall);
                self.later(pause, Undo::Pass(at));
                true
            }
            Fault::OutputLimitLowered => {
                let pause = random.millis(3_000..8_000);
                self.topics.lower_output();
                self.later(pause, Undo::RaiseOutput);
                true
            }
            Fault::InputPartitionsAdded => {
                self.topics.add_partition(&self.topics.input);
                true
            }
            Fault::OutputPartitionsAdded => {
                self.topics.add_partition(&self.topics.output);
                true
            }
        };
        if done {
            *self.done.entry(fault).or_default() += 1;
        }
    }

    fn later(&mut self, pause: Duration, undo: Undo) {
        self.pending.push((Instant::now() + pause, undo));
    }

    fn any_node(&mut self) -> usize {
        let count = self.cluster.nodes.len() as u64;
        usize::try_from(self.random.within(0..count)).expect("an index")
    }

    fn coordinator(&self) -> usize {
        let leads = self.topics.coordinator();
        let nodes = self.cluster.nodes.iter();
        nodes.map(|node| i32::try_from(node.id()).ok()).position(|id| id == leads).unwrap_or(0)
    }

    /// Undoes what is due, and looks after the workers.
    pub(crate) fn tick(&mut self) {
        let now = Instant::now();
        let (due, later): (Vec<_>, Vec<_>) = self.pending.iter().partition(|(at, _)| *at <= now);
        self.pending = later;
        due.into_iter().for_each(|(_, undo)| self.undo(undo));
        self.crew.watch();
    }

    /// Undoes everything: from here on nothing is wrong.
    pub(crate) fn calm(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        pending.into_iter().for_each(|(_, undo)| self.undo(undo));
        self.crew.watch();
    }

    fn undo(&mut self, undo: Undo) {
        match undo {
            Undo::Thaw(at) => self.crew.thaw(at),
            Undo::Pass(at) => self.proxies[at].set(Line::Pass),
            Undo::RaiseOutput => self.topics.raise_output(),
        }
    }
}
