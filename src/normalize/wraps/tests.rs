//! Pages, and what is none.

use super::*;
use crate::budget::Budget;
use crate::normalize::lines;

#[track_caller]
fn check(raw: &str, expected: &[&str]) {
    let mut found = lines(raw, Span::new(0, raw.len()), &mut Budget::default()).unwrap();
    join(raw, &mut found, Lines::Raw);
    let texts: Vec<_> = found.iter().map(|line| line.text.as_ref()).collect();
    assert_eq!(texts, expected);
}

#[test]
fn paragraphs_parted_by_empty_lines() {
    check(
        "The ferry line between the two towns of the fjord was closed on\nSunday after a storm, the council said. Nobody \
         was hurt in it,\nand no boat was lost.\n\nIt will open again on Monday.\n",
        &[
            "The ferry line between the two towns of the fjord was closed on Sunday after a storm, the council said. \
             Nobody was hurt in it, and no boat was lost.",
            "It will open again on Monday.",
        ],
    );
}

#[test]
fn paragraphs_parted_by_indents_or_by_nothing() {
    let joined = [
        "The ferry line between the two towns of the fjord was closed on Sunday after a storm, the council said.",
        "It will open again on Monday, at noon or so, if the wind does not turn to the north once more.",
    ];
    let first = "The ferry line between the two towns of the fjord was closed on\nSunday after a storm, the council said.";
    let second =
        "It will open again on Monday, at noon or so, if the wind does not\nturn to the north once more.";
    check(&format!("{first}\n    {second}"), &joined);
    check(&format!("{first}\r\n{second}"), &joined);
}

#[test]
fn what_was_broken_on_purpose_stays() {
    let untouched = |raw: &str| check(raw, &raw.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>());
    untouched(
        "O bridge that stands where all the waters meet,\nand bears the tread of half a thousand feet,\nthe storm is \
         gone,\nthe night is done,\nand here you stand in sun.",
    );
    untouched(
        "The harbour office counts:\n- two ferries of the line that sails to the north\n- one tug\n- nine boats",
    );
    untouched(
        "Harbour 2, Town 1\nFjord 0, Island 0\nNorth Pier Rovers of Lindholm 3, South Pier 2\nIsland 1, Bridge 1",
    );
    untouched(
        "The ferry line was closed on Sunday.\nIt will open again on Monday at noon, the council said.\nNobody was hurt \
         in the storm, and no boat was lost.\nThe bridge stays closed.",
    );
    untouched(
        "港口大桥在暴风雨后关闭了两天\n港口大桥在暴风雨后关闭了两天而且\n港口大桥在暴风雨后关闭了两\n港口大桥在暴风雨后",
    );
}

#[test]
fn hyphens_go_only_from_known_words() {
    check(
        "The council said after a night of long talks that the nego-\ntiation with the ferry line had failed, and that a \
         new well-\nknown engineer was to look at all of the town's own govern-\nment houses before the negotiation goes \
         on, and at all two-\nand three-storey houses of the quay.",
        &[
            "The council said after a night of long talks that the negotiation with the ferry line had failed, and that a \
           new well-known engineer was to look at all of the town's own government houses before the negotiation goes \
           on, and at all two- and three-storey houses of the quay.",
        ],
    );
}

#[test]
fn a_soft_hyphen_says_that_the_word_goes_on() {
    check(
        "The council said after a night of long talks that the nego\u{ad}\ntiation with the ferry line had failed, and \
         that it was not\nto go on.",
        &[
            "The council said after a night of long talks that the negotiation with the ferry line had failed, and that \
           it was not to go on.",
        ],
    );
}
