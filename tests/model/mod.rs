//! The state machine and the publisher against the broker in memory, under a schedule that says what
//! happens when. Everything is a function of the setup and the schedule: no threads, no time.
//!
//! The checks share no code with the machine, nor with the publisher: what is published is compared, one
//! by one, with what the machine was given, and what a reader sees with what was appended.

mod answers;
mod checks;
mod schedule;
mod worker;
mod world;

use copydesk::pipeline::memory::{Guarantee, Protocol};
use copydesk::pipeline::publisher::RefusedLetter;
use proptest::prelude::*;

pub(crate) use self::schedule::{Step, calm_step, stormy_step};
use self::world::World;

/// What holds for a whole schedule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setup {
    pub(crate) seed: u64,
    pub(crate) guarantee: Guarantee,
    pub(crate) protocol: Protocol,
    /// A worker that starts takes the name of one that is gone.
    pub(crate) named: bool,
    /// The broker says what its topics take; else that shows in refused batches only.
    pub(crate) tells_limits: bool,
    pub(crate) refused_letter: RefusedLetter,
    /// Nothing can go wrong but what the group does: then nothing comes twice, or in disorder, even at least once.
    pub(crate) calm: bool,
}

/// Any setup with this guarantee.
pub(crate) fn setup(guarantee: Guarantee) -> impl Strategy<Value = Setup> {
    let protocol = prop_oneof![2 => Just(Protocol::Cooperative), 1 => Just(Protocol::Eager)];
    let letter = prop_oneof![Just(RefusedLetter::Stop), Just(RefusedLetter::Truncate)];
    (any::<u64>(), protocol, any::<bool>(), any::<bool>(), letter).prop_map(
        move |(seed, protocol, named, tells_limits, refused_letter)| Setup {
            seed,
            guarantee,
            protocol,
            named,
            tells_limits,
            refused_letter,
            calm: false,
        },
    )
}

/// A setup in which limits are known and nothing is refused but for them.
pub(crate) fn calm_setup(guarantee: Guarantee) -> impl Strategy<Value = Setup> {
    setup(guarantee).prop_map(|setup| Setup { tells_limits: true, calm: true, ..setup })
}

/// Plays a schedule, then runs everything to its end, and checks all that must hold on the way.
pub(crate) fn play(setup: Setup, steps: &[Step]) {
    let mut world = World::new(setup);
    for step in steps {
        world.step(step);
    }
    world.run_to_the_end();
    world.check_end();
    world.check_nothing_is_left();
}

pub(crate) fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 20_000, ..ProptestConfig::default() }
}
