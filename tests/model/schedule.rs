//! What may happen, and how likely it is.

use copydesk::pipeline::memory::{Call, Mishap};
use copydesk::pipeline::publisher::Fault;
use copydesk::pipeline::seam::Destination;
use proptest::prelude::*;

pub(super) const PARTITIONS: usize = 4;

/// What is appended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Nature {
    Plain,
    Tombstone,
    /// Its output is refused.
    Refused,
    /// Its output fails so often before it goes well.
    Failing(u32),
}

/// What happens in the middle of a publisher's step.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Happening {
    /// The source does not wait for its drain any longer.
    GiveUp,
    Expel,
    Expire,
    Heartbeat,
}

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Append {
        partition: usize,
        count: usize,
        gap: bool,
        nature: Nature,
    },
    Poll {
        worker: usize,
    },
    Take {
        worker: usize,
        count: usize,
    },
    Complete {
        worker: usize,
        which: usize,
    },
    Publish {
        worker: usize,
    },
    Deliver {
        worker: usize,
        count: usize,
    },
    Wait {
        milliseconds: u64,
    },
    Heartbeat {
        worker: usize,
    },
    Join,
    Leave {
        worker: usize,
    },
    /// The group gives the worker up; it learns of that with its next poll.
    Expel {
        worker: usize,
    },
    /// The source does not wait for its drain any longer.
    GiveUp {
        worker: usize,
    },
    /// The worker is dead; what was on its way arrives, or not.
    Crash {
        worker: usize,
        arrives: bool,
    },
    /// Another worker starts under the same name.
    Twin {
        worker: usize,
    },
    Mishap {
        worker: usize,
        call: Call,
        mishap: Mishap,
    },
    /// An open transaction takes too long.
    Expire {
        which: usize,
    },
    Interrupt {
        worker: usize,
        calls: u32,
        happening: Happening,
    },
    Block {
        destination: Destination,
        blocked: bool,
    },
    LimitLetters {
        bytes: usize,
    },
}

const WORKERS: std::ops::Range<usize> = 0..3;

fn append(nature: impl Strategy<Value = Nature>) -> impl Strategy<Value = Step> {
    (0..PARTITIONS, 1..6_usize, any::<bool>(), nature)
        .prop_map(|(partition, count, gap, nature)| Step::Append { partition, count, gap, nature })
}

/// The group's everyday life: nothing fails, nobody dies.
pub(crate) fn calm_step() -> impl Strategy<Value = Step> {
    let nature = prop_oneof![6 => Just(Nature::Plain), 1 => Just(Nature::Tombstone)];
    prop_oneof![
        4 => append(nature),
        4 => WORKERS.prop_map(|worker| Step::Poll { worker }),
        6 => (WORKERS, 1..8_usize).prop_map(|(worker, count)| Step::Take { worker, count }),
        12 => (WORKERS, 0..12_usize).prop_map(|(worker, which)| Step::Complete { worker, which }),
        6 => WORKERS.prop_map(|worker| Step::Publish { worker }),
        8 => (WORKERS, 1..6_usize).prop_map(|(worker, count)| Step::Deliver { worker, count }),
        4 => (1..15_u64).prop_map(|milliseconds| Step::Wait { milliseconds }),
        1 => WORKERS.prop_map(|worker| Step::Heartbeat { worker }),
        2 => Just(Step::Join),
        1 => WORKERS.prop_map(|worker| Step::Leave { worker }),
    ]
}

fn call() -> impl Strategy<Value = Call> {
    use Call::{Abort, Begin, Commit, Init, Membership, Offer, Renew, Review, Send};
    prop_oneof![
        8 => prop_oneof![
            Just(Init),
            Just(Begin),
            Just(Send),
            Just(Membership),
            Just(Offer),
            Just(Abort),
            Just(Review),
            Just(Renew),
        ],
        3 => Just(Commit),
    ]
}

fn mishap() -> impl Strategy<Value = Step> {
    let words = || "an injected fault".to_owned();
    let mishap = prop_oneof![
        3 => Just(Mishap::Before(Fault::Retry(words()))),
        4 => Just(Mishap::After(Fault::Retry(words()))),
        3 => Just(Mishap::Before(Fault::Abort(words()))),
        1 => Just(Mishap::Before(Fault::Expired(words()))),
        1 => Just(Mishap::Before(Fault::Fenced(words()))),
        1 => Just(Mishap::Before(Fault::Fatal(words()))),
    ];
    (WORKERS, call(), mishap).prop_map(|(worker, call, mishap)| Step::Mishap { worker, call, mishap })
}

fn interrupt() -> impl Strategy<Value = Step> {
    let happening = prop_oneof![
        3 => Just(Happening::GiveUp),
        1 => Just(Happening::Expel),
        1 => Just(Happening::Expire),
        1 => Just(Happening::Heartbeat),
    ];
    (WORKERS, 0..12_u32, happening).prop_map(|(worker, calls, happening)| Step::Interrupt {
        worker,
        calls,
        happening,
    })
}

/// All that can go wrong.
pub(crate) fn stormy_step() -> impl Strategy<Value = Step> {
    let nature = prop_oneof![
        3 => Just(Nature::Refused),
        2 => (1..6_u32).prop_map(Nature::Failing),
    ];
    let destination = || prop_oneof![Just(Destination::Output), Just(Destination::DeadLetter)];
    prop_oneof![
        60 => calm_step(),
        2 => append(nature),
        2 => WORKERS.prop_map(|worker| Step::Expel { worker }),
        2 => (WORKERS, any::<bool>()).prop_map(|(worker, arrives)| Step::Crash { worker, arrives }),
        2 => WORKERS.prop_map(|worker| Step::GiveUp { worker }),
        1 => WORKERS.prop_map(|worker| Step::Twin { worker }),
        3 => mishap(),
        2 => (0..3_usize).prop_map(|which| Step::Expire { which }),
        3 => interrupt(),
        1 => (destination(), any::<bool>())
            .prop_map(|(destination, blocked)| Step::Block { destination, blocked }),
        1 => prop_oneof![Just(400_usize), Just(1)].prop_map(|bytes| Step::LimitLetters { bytes }),
        1 => (50..250_u64).prop_map(|milliseconds| Step::Wait { milliseconds }),
    ]
}

impl Step {
    /// Appends plain records.
    pub(crate) fn append(partition: usize, count: usize) -> Self {
        Self::Append { partition, count, gap: false, nature: Nature::Plain }
    }
}
