//! What must hold on sentences of our own, and what must hold on any text.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::*;
use crate::article::{Entity, MentionField};
use crate::budget::Budget;

/// The embedded tagger, loaded once for all tests.
pub(crate) fn tagger() -> &'static Tagger {
    static TAGGER: OnceLock<Tagger> = OnceLock::new();
    TAGGER.get_or_init(|| Tagger::embedded().unwrap())
}

fn tag(headline: Option<&str>, text: &str) -> Vec<Entity> {
    let input = TagInput { headline, text, ..TagInput::default() };
    tagger().tag(&input, &mut Budget::default()).unwrap()
}

/// Checks the mentions of a text: `text/TYPE/qid`, in order.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let mentions = tagger().tag_text(text, None, &mut Budget::default()).unwrap();
    let found: Vec<String> = mentions
        .iter()
        .map(|m| format!("{}/{}/{}", m.text, m.kind.as_str(), m.qid.as_deref().unwrap_or("-")))
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn countries_organisations_and_possessives() {
    check(
        "Envoys from Serbia met NATO’s chief in Pristina, while Kosovo wrote to the United Nations.",
        &[
            "Serbia/GPE/Q403",
            "NATO/ORG/Q7184",
            "Pristina/GPE/Q25270",
            "Kosovo/GPE/Q1246",
            "United Nations/ORG/Q1065",
        ],
    );
    check(
        "A vote in the U.N. Security Council was put off; the U.S. and the UK had asked for it.",
        &["U.N. Security Council/ORG/Q37470", "U.S./GPE/Q30", "UK/GPE/Q145"],
    );
}

#[test]
fn titles_stay_outside_and_last_names_join() {
    let entities = tag(
        Some("Vucic writes to the alliance"),
        "President Aleksandar Vucic wrote the letter. Vučić’s office sent it, and Albin Kurti read it. Kurti smiled.",
    );
    let vucic = entities.iter().find(|entity| entity.id == "Q222031").unwrap();
    let mentions: Vec<_> = vucic.mentions.iter().map(|m| (m.field, m.start, m.text.as_str())).collect();
    assert_eq!(
        mentions,
        [
            (MentionField::Headline, 0, "Vucic"),
            (MentionField::Text, 10, "Aleksandar Vucic"),
            (MentionField::Text, 45, "Vučić"),
        ]
    );
    assert_eq!((vucic.kind.as_str(), vucic.country.as_deref()), ("PERSON", Some("RS")));
    let kurti = entities.iter().find(|entity| entity.id == "Q441633").unwrap();
    assert_eq!(kurti.mentions.len(), 2);
}

#[test]
fn a_nationality_is_a_group_beside_its_country() {
    let entities =
        tag(None, "The Serbian side spoke of Serbs in Serbia, the other of Albanians and an Albanian flag.");
    let found: Vec<_> = entities.iter().map(|e| (e.id.as_str(), e.kind.as_str(), e.mentions.len())).collect();
    assert_eq!(found, [("Q403", "NORP", 2), ("Q403", "GPE", 1), ("Q222", "NORP", 2)]);
}

#[test]
fn people_and_organisations_that_no_table_holds() {
    check(
        "Shop owner Zdravka Mirilovska, 41, said that Tarnby Grain Traders Ltd had closed.",
        &["Zdravka Mirilovska/PERSON/-", "Tarnby Grain Traders Ltd/ORG/-"],
    );
    check(
        "Dr. Quillon spoke for the Ministry of Rivers and Harbours.",
        &["Quillon/PERSON/-", "Ministry of Rivers and Harbours/ORG/-"],
    );
}

#[test]
fn an_acronym_in_brackets_is_joined() {
    let entities = tag(None, "The Tarnby Harbour Pilots (THP) met at sea. THP has forty members.");
    let found: Vec<_> = entities.iter().map(|e| (e.id.as_str(), e.mentions.len())).collect();
    assert_eq!(found, [("nil:ORG:tarnby harbour pilots", 3)]);
    let force = tag(None, "Kosovo Force (KFOR) has a camp there; KFOR keeps the road open.");
    assert_eq!(
        force.first().map(|e| (e.id.as_str(), e.kind.as_str(), e.mentions.len())),
        Some(("Q159470", "ORG", 3))
    );
}

#[test]
fn common_words_are_no_names() {
    check("Who asked us? Will it rain, may it? Nice. Reading helps, and pink hats too.", &[]);
    check("Give us time, the US said.", &["US/GPE/Q30"]);
}

#[test]
fn names_and_values_share_no_token() {
    check(
        "It cost US$5 million in May, Theresa May said on Wednesday.",
        &["US$5 million/MONEY/-", "May/DATE/-", "Theresa May/PERSON/Q264766", "Wednesday/DATE/-"],
    );
    check(
        "The Sunday Herald was read in Peru on Sunday.",
        &["The Sunday Herald/ORG/-", "Peru/GPE/Q419", "Sunday/DATE/-"],
    );
}

#[test]
fn values_that_are_one_are_one_entity() {
    let input = TagInput {
        headline: Some("Ferry to Gozo shut on Sunday"),
        text: "The ferry shut on Sunday, 8 January. It cost 2,000,000 euros on Sunday, €2 million more than in 2022.",
        date: Some("2023-01-08".parse().unwrap()),
        ..TagInput::default()
    };
    let entities = tagger().tag(&input, &mut Budget::default()).unwrap();
    let found: Vec<_> = entities
        .iter()
        .filter(|entity| entity.value.is_some())
        .map(|entity| (entity.id.as_str(), entity.name.as_str(), entity.mentions.len()))
        .collect();
    assert_eq!(
        found,
        [
            ("nil:DATE:2023-01-08", "Sunday, 8 January", 3),
            ("nil:MONEY:2000000 EUR", "2,000,000 euros", 2),
            ("nil:DATE:2022", "2022", 1),
        ]
    );
    assert!(entities.iter().all(|entity| entity.value.is_none() || entity.qid.is_none()));
}

#[test]
fn capitals_say_nothing_in_a_line_of_capitals() {
    let entities = tag(Some("WHO WILL GIVE US TIME IN PERU"), "Nothing more.");
    let found: Vec<_> = entities.iter().map(|e| e.id.as_str()).collect();
    assert_eq!(found, ["Q419"]);
}

#[test]
fn a_channel_with_the_name_of_a_colour_is_no_singer() {
    let entities = tag(None, "He spoke to private Pink television, and on the next day to a paper.");
    assert!(entities.iter().all(|e| e.kind != "PERSON"), "{entities:?}");
}

#[test]
fn rules_of_english_hold_back_in_another_language() {
    let text = "Der Minister Zdravka Mirilovska sprach in Peru.";
    let input = TagInput { text, language: Some("de"), ..TagInput::default() };
    let entities = tagger().tag(&input, &mut Budget::default()).unwrap();
    assert_eq!(entities.iter().map(|e| e.id.as_str()).collect::<Vec<_>>(), ["Q419"]);
}

#[test]
fn a_capital_says_little_where_every_noun_has_one() {
    let text = "Die Busse fahren von Dresden nach Peru, die Brücken sind offen.";
    let input = TagInput { text, language: Some("de"), ..TagInput::default() };
    let entities = tagger().tag(&input, &mut Budget::default()).unwrap();
    assert_eq!(entities.iter().map(|e| e.id.as_str()).collect::<Vec<_>>(), ["Q1731", "Q419"]);
}

#[test]
fn datelines_find_their_place() {
    for (name, expected) in [
        ("PRISTINA", Some("Q25270")),
        ("Paris", Some("Q90")),
        ("Serbia", Some("Q403")),
        ("Nowhere Atall", None),
        ("", None),
    ] {
        assert_eq!(tagger().place_qid(name).as_deref(), expected, "{name}");
    }
}

#[test]
fn the_budget_ends_the_work() {
    let input = TagInput { text: "Peru and Chile met in Lima.", ..TagInput::default() };
    let error = tagger().tag(&input, &mut Budget::new(30)).unwrap_err();
    assert_eq!(error.code(), "budget_exceeded");
    let rejection = Rejection::from(error);
    assert_eq!((rejection.stage, rejection.code), (StageName::Tag, "budget_exceeded"));
}

/// Steps are counted, so that linear work can be tested without a clock.
#[test]
fn steps_grow_with_the_text_and_no_faster() {
    for text in ["Maria Novakova ", "GRAIN SHIPS OF PERU ", "Grain Trade Union (GTU) ", "A. B. ", "ab", "Ab"]
    {
        let steps = |times: usize| {
            let mut budget = Budget::default();
            let long = text.repeat(times);
            tagger().tag(&TagInput { text: &long, ..TagInput::default() }, &mut budget).unwrap();
            budget.spent()
        };
        let (short, long) = (steps(500), steps(5_000));
        assert!(long <= short * 10 + 1_000, "{text}: {short} steps, ten times the text {long}");
    }
}

#[test]
fn the_largest_value_fits_the_default_budget() {
    for text in
        ["GRAIN SHIPS LEAVE THE PORT OF PERU ", "Maria Novakova left. ", "United Nations Security Council "]
    {
        let long = text.repeat((1 << 20) / text.len());
        let mut budget = Budget::default();
        let entities = tagger().tag(&TagInput { text: &long, ..TagInput::default() }, &mut budget).unwrap();
        assert_eq!(entities.len(), 1, "{text}");
    }
}

/// Pieces that make rules meet.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "Serbia", "President", "Aleksandar Vucic", "Vucic", "’s", "'", ".", ",", " (", ")", "KFOR", "U.N.", "-", "\n",
            "the", "of", "Ministry", "Party", "said", "MARIA", "Maria Novak", "al", "bin", "Čović", "&", "“", "”", "US", "$5",
            "Kosovo Force", "日本", "\u{301}", "\u{200d}",
        ])
        .prop_map(str::to_owned),
        1 => "\\PC{0,6}",
        3 => Just(" ".to_owned()),
    ]
}

proptest! {
    #[test]
    fn mentions_slice_their_field_and_never_overlap(
        headline in prop::option::of(prop::collection::vec(piece(), 0..12)),
        pieces in prop::collection::vec(piece(), 0..60),
    ) {
        let headline = headline.map(|pieces| pieces.concat());
        let text = pieces.concat();
        let entities = tag(headline.as_deref(), &text);
        prop_assert_eq!(&entities, &tag(headline.as_deref(), &text));
        let fields = [headline.unwrap_or_default(), text].map(|field| field.chars().collect::<Vec<_>>());
        let mut all = Vec::new();
        let mut firsts = Vec::new();
        for entity in &entities {
            prop_assert!((0.0..=1.0).contains(&entity.confidence));
            prop_assert_eq!(entity.qid.is_some(), entity.link_confidence.is_some());
            prop_assert_eq!(entity.id.starts_with("nil:"), entity.qid.is_none());
            prop_assert!(!entity.mentions.is_empty() && !entity.name.is_empty());
            prop_assert!(entity.mentions.is_sorted_by_key(|m| (m.field, m.start)));
            firsts.push((entity.mentions[0].field, entity.mentions[0].start));
            for mention in &entity.mentions {
                let field = &fields[usize::from(mention.field == MentionField::Text)];
                let slice: String = field[mention.start..mention.end].iter().collect();
                prop_assert_eq!(&slice, &mention.text);
                all.push((mention.field, mention.start, mention.end));
            }
        }
        prop_assert!(firsts.is_sorted());
        all.sort_unstable();
        for pair in all.windows(2) {
            prop_assert!(pair[0].0 != pair[1].0 || pair[0].2 <= pair[1].1, "{:?}", pair);
        }
        let mut ids: Vec<_> = entities.iter().map(|e| (&e.id, &e.kind)).collect();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), entities.len());
    }

    #[test]
    fn any_text_is_tagged(text in "\\PC{0,300}") {
        let mentions = tagger().tag_text(&text, None, &mut Budget::default()).unwrap();
        let mut end = 0;
        for mention in mentions {
            prop_assert!(mention.span.start() >= end && !mention.span.is_empty());
            end = mention.span.end();
        }
    }
}
