//! What must hold of links, on small tables of our own.

use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::tag::kb::format::{name, row};
use crate::tag::kb::own::OwnTable;
use crate::tag::kb::writer::{NewRow, TableWriter};
use crate::tag::{Kind, TagInput, Tagger, domain};

/// A port, its football and its cricket club, a country, two people, a company.
fn small() -> Bytes {
    let mut writer = TableWriter::new("small");
    let mut add = |qid, label: &'static str, kind, prior, country: &[u8; 2], flags, about: &str| {
        let row = NewRow {
            country: *country,
            flags,
            domain: domain::of_description(about),
            ..NewRow::named(qid, label, kind, prior)
        };
        (writer.row(row), crate::tag::key_of(label))
    };
    let rows = [
        add(1, "Tarnby", Kind::Gpe, 170, b"DK", 0, ""),
        add(2, "Tarnby Rovers", Kind::Org, 120, b"DK", 0, "football club"),
        add(3, "Tarnby County Cricket Club", Kind::Org, 120, b"DK", 0, "cricket club"),
        add(4, "Norland", Kind::Gpe, 220, b"NL", row::COUNTRY, ""),
        add(5, "Maria Novakova", Kind::Person, 150, b"NL", row::OFFICE, "politician"),
        add(6, "Novakova Shipping Corporation", Kind::Org, 110, b"NL", 0, "company"),
    ];
    for (place, key) in &rows {
        writer.name(key, *place, name::LABEL);
    }
    writer.further("tarnby", rows[1].0, name::TEAM);
    writer.further("tarnby", rows[2].0, name::TEAM);
    writer.further("novakova", rows[4].0, name::LAST_NAME);
    writer.further("novakova shipping", rows[5].0, name::SHORTENED);
    writer.finish().unwrap().into()
}

fn kb() -> KnowledgeBase {
    KnowledgeBase::load(&[small()]).unwrap()
}

/// The spans of `names` in `text` and the ids that they are linked to.
fn ids(kb: KnowledgeBase, text: &str, names: &[(&str, Kind)]) -> Vec<u32> {
    let kb = Arc::new(kb);
    let words = Words::new(None, text, &mut Budget::default()).unwrap();
    let mut spans: Vec<TypedSpan> = Vec::new();
    for from in 0..words.len() {
        let longest = (from + 1..=(from + 6).min(words.len())).rev();
        let found = longest.filter_map(|to| {
            let kind = names.iter().find(|(name, _)| *name == words.written(from, to))?.1;
            Some(TypedSpan::new(from, to, kind, 0.9))
        });
        if let Some(span) =
            found.into_iter().next().filter(|span| spans.last().is_none_or(|last| last.to <= span.from))
        {
            spans.push(span);
        }
    }
    let links = TraitLinker::new(Arc::clone(&kb)).link(&words, &spans, None, &mut Budget::default()).unwrap();
    links.iter().map(|link| link.and_then(|link| kb.row(link.at)).map_or(0, |row| row.qid)).collect()
}

#[test]
fn names_lead_to_their_rows() {
    let text = "Maria Novakova of Norland wrote to Tarnby. The letter was long, and the Novakova Shipping Corp. paid \
                the postage to Zdravka Mirilovska.";
    let names = [
        ("Maria Novakova", Kind::Person),
        ("Norland", Kind::Gpe),
        ("Tarnby", Kind::Gpe),
        ("the Novakova Shipping Corp", Kind::Org),
        ("Zdravka Mirilovska", Kind::Person),
    ];
    assert_eq!(ids(kb(), text, &names), [5, 4, 1, 6, 0]);
}

#[test]
fn a_place_in_a_league_table_is_its_team() {
    let text = "CRICKET - COUNTY SCORES\nCricket scores after the first day, wickets and overs: Tarnby 212 all out, \
                batsman bowled. The innings closed at tea after forty overs; the bowler took six wickets.";
    assert_eq!(ids(kb(), text, &[("Tarnby", Kind::Org)]), [3]);
    let news = "The council of the town met in Tarnby on Monday about the harbour, which had been closed for a year \
                because of the flood, and about the road to it; nobody had asked for either, said the paper, and so \
                the councillors went home early and the matter was put off until the spring, when the ice is gone.";
    assert_eq!(ids(kb(), news, &[("Tarnby", Kind::Gpe)]), [1]);
}

#[test]
fn the_users_own_rows_win() {
    let table =
        "id\tname\ttype\taliases\nQ77\tTarnby Port Authority\tORG\tTarnby\nmine-1\tpier seven\tFAC\t\n";
    let kb = kb().with_own(OwnTable::read(table.as_bytes()).unwrap()).unwrap();
    let tagger = Tagger::on(kb).unwrap();
    let input = TagInput { text: "A ship reached Tarnby and lies at Pier Seven.", ..TagInput::default() };
    let entities = tagger.tag(&input, &mut Budget::default()).unwrap();
    let found: Vec<_> = entities.iter().map(|e| (e.id.as_str(), e.kind.as_str(), e.name.as_str())).collect();
    assert_eq!(found, [("Q77", "ORG", "Tarnby Port Authority"), ("nil:FAC:mine-1", "FAC", "pier seven")]);
    assert_eq!(entities.iter().filter_map(|e| e.link_confidence).collect::<Vec<_>>(), [1.0]);
    assert!(tagger.kb_name().contains("+own-"), "{}", tagger.kb_name());
}

#[test]
fn what_is_considered_adds_up() {
    let tagger = Tagger::on(kb()).unwrap();
    let input = TagInput { text: "Maria Novakova left Norland for Tarnby.", ..TagInput::default() };
    for mention in tagger.explain(&input, &mut Budget::default()).unwrap() {
        let shares: f64 = mention.candidates.iter().map(|candidate| candidate.confidence).sum();
        assert!((shares + mention.none - 1.0).abs() < 1e-9, "{mention:?}");
        assert!(mention.candidates.is_sorted_by(|a, b| a.score >= b.score));
        for candidate in &mention.candidates {
            let points: f64 = candidate.reasons().iter().map(|(_, points)| points).sum();
            assert!((points - candidate.score).abs() < 1.0, "{candidate:?}");
        }
    }
}

#[test]
fn the_weights_are_those_of_the_traits() {
    let named: Vec<&str> = weights::WEIGHTS.iter().map(|(name, _)| *name).collect();
    assert_eq!(named, trait_names());
}

/// Steps are counted, so that linear work can be tested without a clock.
#[test]
fn steps_grow_with_the_names_and_no_faster() {
    let steps = |times: usize| {
        let text = "Tarnby Rovers 3 Norland 2 Maria Novakova Tarnby ".repeat(times);
        let mut budget = Budget::default();
        Tagger::on(kb())
            .unwrap()
            .explain(&TagInput { text: &text, ..TagInput::default() }, &mut budget)
            .unwrap();
        budget.spent()
    };
    assert!(steps(3_000) <= steps(300) * 10 + 1_000);
}

proptest! {
    #[test]
    fn links_are_the_same_every_time_and_bounded(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "Tarnby", "Norland", "Maria Novakova", "Novakova", "Rovers", "in", "the", "wickets", "football",
                "Corp", "'s", "3", ".", "TARNBY", "said", "Novakova Shipping",
            ]),
            0..60,
        ),
    ) {
        let text = pieces.join(" ");
        let tagger = Tagger::on(kb()).unwrap();
        let input = TagInput { text: &text, ..TagInput::default() };
        let explained = tagger.explain(&input, &mut Budget::default()).unwrap();
        let linked = tagger.tag_text(&text, None, &mut Budget::default()).unwrap();
        prop_assert_eq!(&linked, &tagger.tag_text(&text, None, &mut Budget::default()).unwrap());
        prop_assert_eq!(explained.len(), linked.len());
        for (considered, mention) in explained.iter().zip(&linked) {
            prop_assert!(considered.candidates.len() <= candidates::MAX_CANDIDATES + 1);
            prop_assert!((0.0..=1.0).contains(&considered.none));
            let best = considered.candidates.first().filter(|_| considered.linked);
            prop_assert_eq!(best.and_then(|best| best.id.as_deref()), mention.qid.as_deref());
        }
    }
}
