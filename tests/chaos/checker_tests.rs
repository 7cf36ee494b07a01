//! The checker finds what it is there to find, in accounts that are made up.

use super::checker::{Checker, Guarantee, Topic, Verdict};
use crate::harness::client::Stored;

const INPUT: &str = "raw";

/// Six records in two partitions: number 4 is a tombstone.
fn inputs() -> Vec<Stored> {
    let input = |number: i32| Stored {
        partition: number % 2,
        offset: i64::from(number / 2),
        timestamp: Some(1_000 + i64::from(number)),
        key: Some(format!("key-{number}").into_bytes()),
        value: (number != 4).then(|| format!("value {number}").into_bytes()),
        headers: vec![
            ("number".to_owned(), Some(number.to_string().into_bytes())),
            ("desk".to_owned(), Some(vec![0, 0xff])),
        ],
    };
    (0..6).map(input).collect()
}

fn output(input: &Stored, offset: i64) -> Stored {
    let source = format!(
        r#"{{"schema":"s","source":{{"topic":"{INPUT}","partition":{},"offset":{}}},"text":"t"}}"#,
        input.partition, input.offset
    );
    let mut answer = Stored { offset, partition: 0, ..input.clone() };
    answer.value = input.value.is_some().then(|| source.into_bytes());
    if input.value.is_some() {
        answer.headers.push(("ce_id".to_owned(), Some(b"1".to_vec())));
    }
    answer
}

fn dead_letter(input: &Stored, code: &str) -> Stored {
    let mut answer = Stored { offset: 0, partition: 0, ..input.clone() };
    let own = [
        ("error.code", code.to_owned()),
        ("original.topic", INPUT.to_owned()),
        ("original.partition", input.partition.to_string()),
        ("original.offset", input.offset.to_string()),
    ];
    let own = own.map(|(name, value)| (format!("copydesk.{name}"), Some(value.into_bytes())));
    answer.headers.extend(own);
    answer
}

/// What stood in the three topics after a run.
struct Account {
    inputs: Vec<Stored>,
    outputs: Vec<Stored>,
    dead: Vec<Stored>,
}

/// A run in which all went well: number 5 was rejected, the others are in the output.
fn account() -> Account {
    let inputs = inputs();
    let outputs = (0..5).zip(&inputs).map(|(offset, input)| output(input, offset)).collect();
    let dead = vec![dead_letter(&inputs[5], "bad_json")];
    Account { inputs, outputs, dead }
}

fn check(guarantee: Guarantee, account: &Account) -> Verdict {
    let mut checker = Checker::new(INPUT, guarantee);
    account.inputs.iter().for_each(|stored| checker.input(stored));
    account.outputs.iter().for_each(|stored| checker.answer(Topic::Output, stored));
    account.dead.iter().for_each(|stored| checker.answer(Topic::DeadLetter, stored));
    checker.verdict()
}

/// The counts of a made-up account: lost, twice, out of order, altered, undeserved.
#[track_caller]
fn counts(change: impl FnOnce(&mut Account), expected: [u64; 5]) {
    let mut changed = account();
    change(&mut changed);
    let verdict = check(Guarantee::ExactlyOnce, &changed);
    let found = [verdict.lost, verdict.twice, verdict.disorder, verdict.altered, verdict.undeserved];
    assert_eq!(found, expected, "{:#?}", verdict.told);
    assert_eq!(verdict.holds(Guarantee::ExactlyOnce), expected == [0; 5]);
    assert_eq!(verdict.told.is_empty(), expected == [0; 5], "each fault is told");
}

#[test]
fn a_good_run_has_nothing_wrong() {
    let verdict = check(Guarantee::ExactlyOnce, &account());
    assert_eq!((verdict.records, verdict.outputs, verdict.tombstones), (6, 4, 1));
    assert_eq!(verdict.dead_letters.into_iter().collect::<Vec<_>>(), [("bad_json".to_owned(), 1)]);
    counts(|_| (), [0; 5]);
}

#[test]
fn a_loss_a_double_and_a_swap_are_found() {
    counts(|account| drop(account.outputs.remove(2)), [1, 0, 0, 0, 0]);
    counts(|account| account.dead.clear(), [1, 0, 0, 0, 0]);
    counts(|account| account.outputs.push(account.outputs[3].clone()), [0, 1, 1, 0, 0]);
    counts(|account| account.dead.push(dead_letter(&account.inputs[1], "bad_json")), [0, 1, 1, 0, 0]);
    // Numbers 0 and 2 are of one partition, 0 and 1 are not.
    counts(|account| account.outputs.swap(0, 2), [0, 0, 1, 0, 0]);
    counts(|account| account.outputs.swap(0, 1), [0; 5]);
    // In another partition of the output there is no order between them.
    counts(
        |account| {
            account.outputs.swap(0, 2);
            account.outputs[2].partition = 1;
        },
        [0; 5],
    );
}

#[test]
fn whatever_is_altered_is_found() {
    type Change = fn(&mut Stored);
    let frame: [Change; 5] = [
        |answer| answer.key = None,
        |answer| answer.timestamp = Some(1),
        |answer| answer.headers[1].1 = Some(vec![0, 0xfe]),
        |answer| answer.headers[1].1 = None,
        |answer| answer.headers.swap(0, 1),
    ];
    for change in frame {
        counts(|account| change(&mut account.dead[0]), [0, 0, 0, 1, 0]);
        counts(|account| change(&mut account.outputs[1]), [0, 0, 0, 1, 0]);
        counts(|account| change(&mut account.outputs[4]), [0, 0, 0, 1, 0]);
    }
    let letter: [Change; 4] = [
        |answer| answer.value = Some(b"value 6".to_vec()),
        |answer| answer.value = None,
        |answer| answer.headers.insert(2, ("more".to_owned(), None)),
        |answer| answer.headers[5].1 = Some(b"9".to_vec()),
    ];
    for change in letter {
        counts(|account| change(&mut account.dead[0]), [0, 0, 0, 1, 0]);
    }
    let output: [Change; 3] = [
        |answer| answer.value = None,
        |answer| answer.value = Some(b"{}".to_vec()),
        |answer| {
            answer.value = Some(br#"{"source":{"topic":"raw","partition":0,"offset":9}}"#.to_vec());
        },
    ];
    for change in output {
        counts(|account| change(&mut account.outputs[0]), [0, 0, 0, 1, 0]);
    }
    let tombstone: [Change; 2] = [
        |answer| answer.value = Some(b"{}".to_vec()),
        |answer| answer.headers.push(("ce_id".to_owned(), None)),
    ];
    for change in tombstone {
        counts(|account| change(&mut account.outputs[4]), [0, 0, 0, 1, 0]);
    }
    // An answer to nobody leaves its record without one.
    counts(|account| account.outputs[0].headers[0].1 = Some(b"77".to_vec()), [1, 0, 0, 1, 0]);
}

#[test]
fn what_the_writer_wrote_twice_is_answered_twice() {
    // Numbers 2 and 4, an article and a tombstone of partition 0, come again at its end.
    let repeat = |account: &mut Account| {
        for (at, offset) in [(2, 3), (4, 4)] {
            let input = Stored { offset, ..account.inputs[at].clone() };
            account.outputs.push(output(&input, offset));
            account.inputs.push(input);
        }
    };
    counts(repeat, [0; 5]);
    for at in [2, 4, 5, 6] {
        let lose = |account: &mut Account| {
            repeat(account);
            drop(account.outputs.remove(at));
        };
        counts(lose, [1, 0, 0, 0, 0]);
    }
    let twice = |account: &mut Account| {
        repeat(account);
        account.outputs.push(account.outputs[5].clone());
    };
    counts(twice, [0, 1, 1, 0, 0]);
}

#[test]
fn a_dead_letter_has_to_be_deserved() {
    counts(|account| account.dead[0] = dead_letter(&account.inputs[5], "output_too_large"), [0, 0, 0, 0, 1]);
    counts(|account| account.dead[0] = dead_letter(&account.inputs[5], "stage_panicked"), [0, 0, 0, 0, 1]);
    counts(
        |account| {
            account.inputs[5].value = Some(vec![b'a'; 70_000]);
            account.dead[0] = dead_letter(&account.inputs[5], "output_too_large");
        },
        [0; 5],
    );
}

#[test]
fn at_least_once_lets_answers_come_again_and_no_more() {
    let holds = |change: &dyn Fn(&mut Account)| {
        let mut changed = account();
        change(&mut changed);
        check(Guarantee::AtLeastOnce, &changed).holds(Guarantee::AtLeastOnce)
    };
    // Numbers 0, 2 and 4 once more, in their order.
    assert!(holds(&|account| {
        for at in [0, 2, 4] {
            account.outputs.push(account.outputs[at].clone());
        }
    }));
    // A refusal comes when the answers behind it are on their way.
    let late = |code| {
        move |account: &mut Account| {
            account.outputs.remove(1);
            account.dead.push(dead_letter(&account.inputs[1], code));
        }
    };
    assert!(holds(&late("output_too_large")));
    assert!(!holds(&late("bad_json")), "a dead letter out of order");
    assert!(!holds(&|account| account.outputs.swap(0, 2)), "a swap is no repeat");
    assert!(!holds(&|account| drop(account.outputs.pop())), "a loss");
    assert!(!holds(&|account| account.dead[0].key = None), "an altered dead letter");
}
