//! State machine and publisher under random schedules: arrivals, completions in any order, members that come
//! and go, lost assignments and zombies, refused batches and dead letters, crashes between any two calls, a
//! source that gives up waiting in the middle of a call, faults at each call, answers that are lost,
//! transactions that take too long, two workers with one name.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop at once"
)]

mod model;

use copydesk::pipeline::memory::{Guarantee, Protocol};
use copydesk::pipeline::publisher::RefusedLetter;
use proptest::prelude::*;

use self::model::{Setup, Step, calm_setup, calm_step, cases, play, setup, stormy_step};

fn either() -> impl Strategy<Value = Guarantee> {
    prop_oneof![Just(Guarantee::ExactlyOnce), Just(Guarantee::AtLeastOnce)]
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn members_that_come_and_go_answer_each_record_once_and_in_order(
        setup in either().prop_flat_map(calm_setup),
        steps in proptest::collection::vec(calm_step(), 0..150),
    ) {
        // A drain that waits longer than its deadline may lead to a second answer: here none does.
        let steps: Vec<Step> = steps
            .into_iter()
            .map(|step| match step {
                Step::Wait { milliseconds } => Step::Wait { milliseconds: milliseconds.min(1) },
                other => other,
            })
            .collect();
        play(setup, &steps);
    }

    #[test]
    fn crashes_and_lost_partitions_lose_nothing_and_keep_the_order(
        setup in setup(Guarantee::AtLeastOnce),
        steps in proptest::collection::vec(stormy_step(), 0..200),
    ) {
        play(setup, &steps);
    }
}

proptest! {
    #![proptest_config(cases(3000))]

    #[test]
    fn a_reader_sees_every_record_exactly_once_whatever_happens(
        setup in setup(Guarantee::ExactlyOnce),
        steps in proptest::collection::vec(stormy_step(), 0..200),
    ) {
        play(setup, &steps);
    }
}

#[test]
fn news_of_a_loss_gets_through_where_there_is_no_room_for_records() {
    use Step::{Expel, Join, Poll, Take};
    let append = |partition, count| Step::append(partition, count);
    let steps = [
        append(0, 5),
        append(0, 4),
        append(1, 3),
        Poll { worker: 0 },
        Take { worker: 0, count: 1 },
        Poll { worker: 0 },
        Take { worker: 0, count: 6 },
        Poll { worker: 0 },
        Join,
        Expel { worker: 0 },
        append(0, 1),
    ];
    for guarantee in [Guarantee::ExactlyOnce, Guarantee::AtLeastOnce] {
        let setup = Setup {
            seed: 0,
            guarantee,
            protocol: Protocol::Cooperative,
            named: true,
            tells_limits: true,
            refused_letter: RefusedLetter::Stop,
            calm: false,
        };
        play(setup, &steps);
    }
}
