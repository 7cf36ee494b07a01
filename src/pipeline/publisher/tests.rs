//! Single schedules, written out, with a producer that does as the script says. Random ones against a
//! broker are in `tests/pipeline_model.rs`.

mod script;

use std::sync::Arc;

use bytes::Bytes;

use self::script::{Script, raw};
use super::*;
use crate::pipeline::observer::Unobserved;
use crate::pipeline::seam::{Destination, Position, SealId};

/// A publisher at work: everything ordered and called is told in words.
struct Desk {
    publisher: Publisher<u64>,
    producer: Script,
    last: Next,
}

impl Desk {
    /// One that has partitions, and has done its first steps.
    fn new() -> Self {
        Self::with(RefusedLetter::Stop)
    }

    fn with(refused_letter: RefusedLetter) -> Self {
        let policy = Policy { refused_letter, record_attempts: 2 };
        let mut desk = Self {
            publisher: Publisher::new(policy, Arc::new(Unobserved)),
            producer: Script::default(),
            last: Next::Order,
        };
        desk.publisher.assigned();
        assert_eq!(desk.run(), ["init"]);
        desk
    }

    fn record(&mut self, partition: i32, offset: i64) {
        self.publisher.order(Order::Produce(record(partition, offset, Destination::Output)));
    }

    fn letter(&mut self, partition: i32, offset: i64) {
        self.publisher.order(Order::Produce(record(partition, offset, Destination::DeadLetter)));
    }

    fn seal(&mut self, id: u64, next: &[(i32, i64)]) {
        self.publisher.order(Order::Seal(seal(id, next)));
    }

    /// Steps until an order, a pause or the end is waited for; gives the calls.
    fn run(&mut self) -> Vec<String> {
        for _ in 0..100 {
            self.last = self.publisher.step(&mut self.producer);
            if self.last != Next::Now {
                return std::mem::take(&mut self.producer.said);
            }
        }
        panic!("it loops: {:?}", self.producer.said);
    }

    /// What the pipeline was told, in words.
    fn told(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.publisher.next_event())
            .map(|event| match event {
                SinkEvent::Sealed { id, lost } => {
                    let lost: Vec<i32> = lost.iter().map(|next| next.partition.number).collect();
                    format!("sealed {} lost {lost:?}", id.0)
                }
                SinkEvent::Stale { id } => format!("stale {}", id.0),
                SinkEvent::Refused { record, code, message } => {
                    let Position { partition, offset, .. } = record.position;
                    format!("refused {}@{offset} {code}: {message}", partition.number)
                }
                other => format!("{other:?}"),
            })
            .collect()
    }

    fn paused(&self) -> bool {
        matches!(self.last, Next::Pause(_))
    }
}

fn record(partition: i32, offset: i64, destination: Destination) -> Outgoing {
    let position = Position { partition: raw(partition), epoch: Epoch(1), offset };
    let value = Some(Bytes::from(vec![b'x'; 500]));
    Outgoing { position, destination, timestamp_ms: None, key: None, value, headers: Vec::new() }
}

fn seal(id: u64, next: &[(i32, i64)]) -> Seal {
    let offsets = next
        .iter()
        .map(|(partition, next)| NextOffset { partition: raw(*partition), epoch: Epoch(1), next: *next })
        .collect();
    Seal { id: SealId(id), offsets }
}

fn words() -> String {
    "scripted".to_owned()
}

/// Calls of a unit of two records of partition 0.
const UNIT: [&str; 6] = ["begin", "out 0@0", "out 0@1", "member 1", "offer 0@2", "commit"];

fn a_unit() -> Desk {
    let mut desk = Desk::new();
    desk.record(0, 0);
    desk.record(0, 1);
    desk.seal(0, &[(0, 2)]);
    desk
}

/// `before`, then what is done from `UNIT`, `from` on.
fn then_unit(before: &[&str], from: usize) -> Vec<String> {
    before.iter().chain(&UNIT[from..]).map(ToString::to_string).collect()
}

#[test]
fn a_unit_is_one_transaction() {
    let mut desk = a_unit();
    assert_eq!(desk.run(), UNIT);
    assert_eq!(desk.told(), ["sealed 0 lost []"]);
    assert_eq!((desk.publisher.held(), desk.publisher.is_open()), (0, false));
    assert_eq!(desk.last, Next::Order);
}

#[test]
fn there_are_no_empty_transactions() {
    let mut desk = Desk::new();
    desk.seal(0, &[]);
    assert_eq!(desk.run(), Vec::<String>::new());
    assert_eq!(desk.told(), ["sealed 0 lost []"]);
    assert_eq!(desk.run(), Vec::<String>::new());
}

#[test]
fn nobody_is_fenced_before_something_is_assigned() {
    let policy = Policy { refused_letter: RefusedLetter::Stop, record_attempts: 2 };
    let mut publisher: Publisher<u64> = Publisher::new(policy, Arc::new(Unobserved));
    let mut producer = Script::default();
    assert_eq!(publisher.step(&mut producer), Next::Order);
    assert_eq!(producer.said, Vec::<String>::new());
    publisher.assigned();
    assert_eq!(publisher.step(&mut producer), Next::Now);
    assert_eq!(producer.said, ["init"]);
}

#[test]
fn records_after_a_seal_wait_for_the_next_transaction() {
    let mut desk = a_unit();
    desk.record(0, 2);
    assert_eq!(desk.run(), [&UNIT[..], &["begin", "out 0@2"]].concat());
    assert_eq!(desk.told(), ["sealed 0 lost []"]);
    desk.seal(1, &[(0, 3)]);
    assert_eq!(desk.run(), ["member 1", "offer 0@3", "commit"]);
    assert_eq!(desk.told(), ["sealed 1 lost []"]);
}

/// What each fault at each call leads to, and where it stops for a moment.
#[test]
fn each_fault_at_each_call_has_its_answer() {
    let calls = ["begin", "out 0@1", "member 1", "offer 0@2", "commit"];
    for call in calls {
        let reached = UNIT.iter().position(|known| *known == call).unwrap();
        let upto = &UNIT[..=reached];
        // Retry and Abort: the transaction again, but for the commit, which is tried again as it is.
        for fault in [Fault::Retry(words()), Fault::Abort(words())] {
            let mut desk = a_unit();
            desk.producer.fail(call, fault.clone());
            let again = call == "commit" && matches!(fault, Fault::Retry(_));
            if again {
                assert_eq!(desk.run(), upto, "{call} {fault:?}");
                assert!(desk.paused());
                assert_eq!(desk.run(), ["commit"], "{call} {fault:?}");
            } else {
                assert_eq!(desk.run(), [upto, &["abort"]].concat(), "{call} {fault:?}");
                assert!(desk.paused());
                assert_eq!(desk.run(), UNIT, "{call} {fault:?}");
            }
            assert_eq!(desk.told(), ["sealed 0 lost []"]);
        }
        // Expired: a new producer; but after a commit nobody knows whether it went through.
        let mut desk = a_unit();
        desk.producer.fail(call, Fault::Expired(words()));
        assert_eq!(desk.run(), upto, "{call}");
        if call == "commit" {
            let cause = "it is not known whether the last commit went through: scripted".to_owned();
            assert_eq!(desk.last, Next::End(Fault::Fatal(cause)));
        } else {
            assert!(desk.paused(), "{call}");
            assert_eq!(desk.run(), then_unit(&["renew"], 0), "{call}");
            assert_eq!(desk.told(), ["sealed 0 lost []"]);
        }
        for fault in [Fault::Fenced(words()), Fault::Fatal(words())] {
            let mut desk = a_unit();
            desk.producer.fail(call, fault.clone());
            assert_eq!(desk.run(), upto, "{call}");
            assert_eq!(desk.last, Next::End(fault), "{call}");
            assert_eq!(desk.told(), Vec::<String>::new());
        }
    }
}

#[test]
fn init_review_renew_and_abort_are_tried_again_until_they_go_well_or_cannot() {
    let again = [Fault::Retry(words()), Fault::Abort(words())];
    let ends = [Fault::Fenced(words()), Fault::Fatal(words())];
    /// Leads to the call.
    type Lead = fn(&mut Desk);
    let ways: [(&str, Lead); 3] = [
        ("abort", |desk| desk.producer.fail("offer 0@2", Fault::Abort(words()))),
        ("review", |desk| desk.producer.refuse_batch_once(0, 1)),
        ("renew", |desk| desk.producer.fail("offer 0@2", Fault::Expired(words()))),
    ];
    for (call, lead) in ways {
        for fault in again.iter().chain(&ends) {
            let mut desk = a_unit();
            lead(&mut desk);
            desk.producer.fail(call, fault.clone());
            let mut said = desk.run();
            while desk.paused() {
                said.extend(desk.run());
            }
            if ends.contains(fault) {
                assert_eq!(desk.last, Next::End(fault.clone()), "{call}");
                assert_eq!(said.last().map(String::as_str), Some(call));
            } else {
                assert_eq!(said.iter().filter(|said| *said == call).count(), 2, "{call} {fault:?}: {said:?}");
                assert_eq!(desk.told(), ["sealed 0 lost []"], "{call}");
            }
        }
    }
    for fault in again.iter().chain(&ends).chain(&[Fault::Expired(words())]) {
        let policy = Policy { refused_letter: RefusedLetter::Stop, record_attempts: 2 };
        let mut publisher: Publisher<u64> = Publisher::new(policy, Arc::new(Unobserved));
        publisher.assigned();
        let mut producer = Script::default();
        producer.fail("init", fault.clone());
        let next = publisher.step(&mut producer);
        if again.contains(fault) {
            assert!(matches!(next, Next::Pause(_)));
            assert_eq!(publisher.step(&mut producer), Next::Now);
        } else {
            assert_eq!(next, Next::End(fault.clone()));
        }
    }
}

#[test]
fn an_expired_abort_is_renewed_and_an_expired_review_too() {
    let mut desk = a_unit();
    desk.producer.fail("offer 0@2", Fault::Abort(words()));
    desk.producer.fail("abort", Fault::Expired(words()));
    assert_eq!(desk.run(), [&UNIT[..5], &["abort"]].concat());
    assert!(desk.paused());
    assert_eq!(desk.run(), then_unit(&["renew"], 0));

    let mut desk = a_unit();
    desk.producer.refuse_batch_once(0, 1);
    desk.producer.fail("review", Fault::Expired(words()));
    let said = desk.run();
    assert_eq!(said[..6], ["begin", "out 0@0", "out 0@1", "abort", "review", "renew"]);
    assert_eq!(desk.told(), ["sealed 0 lost []"]);
}

#[test]
fn nothing_is_sent_again_once_a_commit_is_in_doubt() {
    for fault in [Fault::Abort(words()), Fault::Expired(words())] {
        let mut desk = a_unit();
        desk.producer.fail("commit", Fault::Retry(words()));
        desk.producer.fail("commit", fault);
        assert_eq!(desk.run(), UNIT);
        assert!(desk.paused());
        assert_eq!(desk.run(), ["commit"]);
        let cause = "it is not known whether the last commit went through: scripted".to_owned();
        assert_eq!(desk.last, Next::End(Fault::Fatal(cause)));
        assert_eq!(desk.told(), Vec::<String>::new());
    }
}

#[test]
fn after_a_refused_batch_suspects_go_alone_and_the_guilty_one_becomes_a_letter() {
    let mut desk = a_unit();
    desk.record(1, 0);
    desk.record(2, 7);
    desk.seal(1, &[(1, 1), (2, 8)]);
    desk.producer.refuse(0, 1);
    let said = desk.run();
    // The batch is refused, so is its guilty record alone; the letter is awaited in the new transaction.
    let expected = [
        "begin", "out 0@0", "out 0@1", "abort", "review", // together
        "begin", "out 0@0", "out 0@1", "abort", "review", // alone
        "begin", "out 0@0",
    ];
    assert_eq!(said, expected);
    assert_eq!(desk.last, Next::Order, "the seal waits for the letter");
    assert_eq!(desk.told(), ["refused 0@1 output_refused: the topic's policy"]);
    desk.letter(0, 1);
    assert_eq!(
        desk.run(),
        [
            "dead 0@1",
            "member 1",
            "offer 0@2",
            "commit",
            "begin",
            "out 1@0",
            "out 2@7",
            "member 1",
            "offer 1@1 2@8",
            "commit"
        ]
    );
    assert_eq!(desk.told(), ["sealed 0 lost []", "sealed 1 lost []"]);
}

#[test]
fn a_suspect_does_not_join_a_record_that_is_on_its_way() {
    let mut desk = Desk::new();
    desk.record(0, 0);
    assert_eq!(desk.run(), ["begin", "out 0@0"]);
    desk.record(0, 1);
    desk.producer.refuse(0, 1);
    let again = ["out 0@1", "abort", "review", "begin", "out 0@0"];
    assert_eq!(desk.run(), [again, again].concat());
    assert_eq!(desk.told(), ["refused 0@1 output_refused: the topic's policy"], "and not what went before");
}

#[test]
fn no_record_joins_a_suspect_that_is_on_its_way() {
    let mut desk = Desk::new();
    desk.record(0, 0);
    desk.record(0, 1);
    desk.producer.refuse(0, 1);
    while desk.producer.said.last().map(String::as_str) != Some("abort") {
        desk.publisher.step(&mut desk.producer);
    }
    desk.producer.said.clear();
    desk.record(0, 2);
    let alone = ["review", "begin", "out 0@0", "out 0@1", "abort"];
    let then = ["review", "begin", "out 0@0", "out 0@2"];
    assert_eq!(desk.run(), [&alone[..], &then].concat());
    assert_eq!(desk.told(), ["refused 0@1 output_refused: the topic's policy"]);
}

#[test]
fn an_output_that_is_known_not_to_fit_is_not_sent() {
    let mut desk = a_unit();
    desk.producer.unfit.insert((false, 0, 0));
    assert_eq!(desk.run(), ["begin", "out 0@1"]);
    assert_eq!(desk.told(), ["refused 0@0 output_too_large: too large"]);
    desk.letter(0, 0);
    assert_eq!(desk.run(), ["dead 0@0", "member 1", "offer 0@2", "commit"]);
    assert_eq!(desk.told(), ["sealed 0 lost []"]);
}

#[test]
fn a_refused_letter_stops_everything_until_its_topic_takes_it() {
    let mut desk = Desk::new();
    desk.letter(0, 0);
    desk.seal(0, &[(0, 1)]);
    desk.producer.refuse_letter(0, 0);
    for _ in 0..20 {
        desk.run();
        assert_eq!(desk.told(), Vec::<String>::new());
        assert!(matches!(desk.last, Next::Pause(_) | Next::Order));
    }
    desk.producer.refused.clear();
    let mut said = Vec::new();
    while desk.paused() {
        said = desk.run();
    }
    assert_eq!(said[said.len() - 3..], ["member 1", "offer 0@1", "commit"]);
    assert_eq!(desk.told(), ["sealed 0 lost []"]);
}

#[test]
fn a_refused_letter_is_truncated_where_that_is_wanted() {
    let mut desk = Desk::with(RefusedLetter::Truncate);
    desk.letter(0, 0);
    desk.seal(0, &[(0, 1)]);
    desk.producer.unfit.insert((true, 0, 0));
    assert_eq!(desk.run(), ["begin", "cut 0@0", "member 1", "offer 0@1", "commit"]);
    assert_eq!(desk.told(), ["sealed 0 lost []"]);
}

#[test]
fn a_record_that_goes_on_failing_becomes_a_letter() {
    let mut desk = a_unit();
    desk.producer.failing.insert((false, 0, 0));
    let mut rounds = 0;
    while desk.told().is_empty() {
        desk.run();
        rounds += 1;
        assert!(rounds < 10, "it loops");
    }
    desk.letter(0, 0);
    while desk.paused() {
        desk.run();
    }
    desk.run();
    assert_eq!(desk.told(), ["sealed 0 lost []"]);
}

#[test]
fn a_blocked_topic_is_waited_for() {
    let mut desk = a_unit();
    desk.producer.blocked = true;
    for _ in 0..5 {
        desk.run();
        assert!(desk.paused());
    }
    desk.producer.blocked = false;
    while desk.paused() {
        desk.run();
    }
    assert_eq!(desk.told(), ["sealed 0 lost []"]);
}

#[test]
fn a_lost_partition_in_an_open_transaction_aborts_it_and_the_rest_goes_again() {
    let mut desk = Desk::new();
    desk.record(0, 0);
    desk.record(1, 0);
    assert_eq!(desk.run(), ["begin", "out 0@0", "out 1@0"]);
    desk.producer.lose(0);
    desk.seal(0, &[(0, 1), (1, 1)]);
    assert_eq!(desk.run(), ["abort", "begin", "out 1@0", "member 2", "offer 1@1", "commit"]);
    assert_eq!(desk.told(), ["sealed 0 lost [0]"]);
}

#[test]
fn a_seal_of_which_nothing_is_ours_is_stale() {
    let mut desk = a_unit();
    desk.producer.lose(0);
    assert_eq!(desk.run(), Vec::<String>::new());
    assert_eq!(desk.told(), ["stale 0"]);
    assert_eq!(desk.publisher.held(), 0);
}

#[test]
fn a_partition_that_a_seal_leaves_out_is_not_published() {
    let mut desk = Desk::new();
    desk.record(0, 0);
    desk.record(1, 0);
    // The pipeline has given partition 0 up, and the source is about to.
    desk.seal(0, &[(1, 1)]);
    let said = desk.run();
    assert_eq!(said, ["begin", "out 0@0", "out 1@0", "member 1", "abort"]);
    desk.producer.lose(0);
    assert_eq!(desk.run(), ["begin", "out 1@0", "member 2", "offer 1@1", "commit"]);
    assert_eq!(desk.told(), ["sealed 0 lost []"]);
}

#[test]
fn the_letter_of_a_lost_record_is_not_kept_for_ever() {
    let mut desk = a_unit();
    desk.producer.unfit.insert((false, 0, 0));
    desk.run();
    desk.producer.lose(0);
    desk.run();
    assert_eq!(desk.told(), ["refused 0@0 output_too_large: too large", "stale 0"]);
    desk.letter(0, 0);
    desk.run();
    assert_eq!(desk.publisher.held(), 0);
}

/// A partition goes, and with it the generation, at any look: what is committed was ours at that moment.
#[test]
fn whenever_a_partition_goes_no_offset_of_it_is_taken() {
    for call in 0..40 {
        let mut desk = Desk::new();
        desk.record(0, 0);
        desk.record(1, 0);
        desk.seal(0, &[(0, 1), (1, 1)]);
        desk.producer.goes_after = Some((call, 0));
        let mut said = desk.run();
        while desk.paused() {
            said.extend(desk.run());
        }
        let told = desk.told();
        let gone_in_time = !desk.producer.holds(&raw(0), Epoch(1)) && !desk.producer.gone_after_offer;
        let expected = if gone_in_time { "sealed 0 lost [0]" } else { "sealed 0 lost []" };
        assert_eq!(told, [expected], "call {call}: {said:?}");
    }
}
