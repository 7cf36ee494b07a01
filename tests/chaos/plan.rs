//! What goes wrong, and when: a random plan that its seed repeats.

use std::time::Duration;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    WorkerKilled,
    WorkerTerminated,
    /// Frozen for longer than its session lasts: when it goes on it is a zombie.
    WorkerFrozen,
    WorkerJoins,
    WorkerLeaves,
    /// `kill -9`, then back on its data. With several nodes it is the one that coordinates the group.
    NodeKilled,
    NodeRestarted,
    LineCut,
    LineDelayed,
    LineStalled,
    /// The output topic's `max.message.bytes`, for some seconds.
    OutputLimitLowered,
    InputPartitionsAdded,
    OutputPartitionsAdded,
}

impl Fault {
    pub(crate) const ALL: [Self; 13] = [
        Self::WorkerKilled,
        Self::WorkerTerminated,
        Self::WorkerFrozen,
        Self::WorkerJoins,
        Self::WorkerLeaves,
        Self::NodeKilled,
        Self::NodeRestarted,
        Self::LineCut,
        Self::LineDelayed,
        Self::LineStalled,
        Self::OutputLimitLowered,
        Self::InputPartitionsAdded,
        Self::OutputPartitionsAdded,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::WorkerKilled => "worker killed (kill -9)",
            Self::WorkerTerminated => "worker restarted (SIGTERM)",
            Self::WorkerFrozen => "worker frozen past its session (SIGSTOP, SIGCONT)",
            Self::WorkerJoins => "worker joins",
            Self::WorkerLeaves => "worker leaves",
            Self::NodeKilled => "broker killed (kill -9)",
            Self::NodeRestarted => "broker restarted (SIGTERM)",
            Self::LineCut => "connections reset",
            Self::LineDelayed => "connections delayed",
            Self::LineStalled => "connections stalled",
            Self::OutputLimitLowered => "max.message.bytes of the output lowered, raised",
            Self::InputPartitionsAdded => "partition added to the input",
            Self::OutputPartitionsAdded => "partition added to the output",
        }
    }

    /// Whether a broker is gone for a while, and comes back.
    fn takes_a_node_away(self) -> bool {
        matches!(self, Self::NodeKilled | Self::NodeRestarted)
    }

    /// How often it may happen in one run: topics must not grow without end.
    fn limit(self) -> u32 {
        match self {
            Self::InputPartitionsAdded | Self::OutputPartitionsAdded => 2,
            _ => u32::MAX,
        }
    }
}

/// Random numbers that a seed repeats: `SplitMix64`, by Steele, Lea and Flood (2014).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number of a range; the bias for ranges as short as these is nothing.
    pub(crate) fn within(&mut self, range: std::ops::Range<u64>) -> u64 {
        range.start + self.next() % (range.end - range.start)
    }

    pub(crate) fn millis(&mut self, range: std::ops::Range<u64>) -> Duration {
        Duration::from_millis(self.within(range))
    }

    /// One of them.
    pub(crate) fn pick<T: Copy>(&mut self, among: &[T]) -> Option<T> {
        let at = usize::try_from(self.next() % among.len().max(1) as u64).expect("an index");
        among.get(at).copied()
    }
}

/// Faults in rounds: each round has every kind once, in an order of its own.
#[derive(Debug)]
pub(crate) struct Plan {
    kinds: Vec<Fault>,
    random: Random,
    round: Vec<Fault>,
    /// Rounds that have begun.
    rounds: u32,
    node_was_away: bool,
}

impl Plan {
    pub(crate) fn new(seed: u64, kinds: &[Fault]) -> Self {
        Self {
            kinds: kinds.to_vec(),
            random: Random::new(seed),
            round: Vec::new(),
            rounds: 0,
            node_was_away: false,
        }
    }

    /// Whether every kind has been had.
    pub(crate) fn all_had(&self) -> bool {
        self.rounds > 1 || (self.rounds == 1 && self.round.is_empty())
    }

    /// The next fault, and how long to wait for it.
    pub(crate) fn next(&mut self) -> (Duration, Fault) {
        if self.round.is_empty() {
            self.rounds += 1;
            let rounds = self.rounds;
            self.round = self.kinds.iter().copied().filter(|fault| rounds <= fault.limit()).collect();
            for at in (1..self.round.len()).rev() {
                let other = usize::try_from(self.random.within(0..at as u64 + 1)).expect("an index");
                self.round.swap(at, other);
            }
        }
        let mut pause = self.random.millis(300..3_000);
        if self.node_was_away {
            // A broker needs seconds to read its logs; else none is ever long enough up to do work.
            pause += self.random.millis(2_000..8_000);
        }
        let fault = self.round.pop().expect("some kinds have no limit");
        self.node_was_away = fault.takes_a_node_away();
        (pause, fault)
    }
}

#[test]
fn a_seed_repeats_its_plan_and_every_round_has_every_kind() {
    let draw = |seed| {
        let mut plan = Plan::new(seed, &Fault::ALL);
        let mut first: Vec<_> = (0..Fault::ALL.len()).map(|_| plan.next()).collect();
        assert!(plan.all_had());
        let order = first.clone();
        first.sort_by_key(|(_, fault)| *fault);
        assert_eq!(first.iter().map(|(_, fault)| *fault).collect::<Vec<_>>(), Fault::ALL);
        for _ in 0..200 {
            plan.next();
        }
        (order, plan.next())
    };
    assert_eq!(draw(7), draw(7));
    assert_ne!(draw(7).0, draw(8).0);
    let mut plan = Plan::new(3, &Fault::ALL);
    let added = (0..500).filter(|_| plan.next().1 == Fault::InputPartitionsAdded).count();
    assert_eq!(added, 2, "topics grow twice and no more");
}
