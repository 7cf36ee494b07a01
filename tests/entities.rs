//! Sentences of our own that are hard for a recogniser of names: how many names it finds there must
//! not fall.

#![expect(clippy::unwrap_used, reason = "a test that meets the unexpected should stop at once")]

use std::collections::BTreeSet;

use copydesk::budget::Budget;
use copydesk::tag::{TagInput, Tagger};

/// Least F1 over all types, in percent.
const FLOOR: usize = 84;

/// A name: field, first and last place in code points, type.
type Name = (bool, usize, usize, String);

/// Takes the brackets out of a line; gives the line and the names in it.
fn plain(marked: &str, in_text: bool) -> (String, Vec<Name>) {
    let (mut line, mut names) = (String::new(), Vec::new());
    let mut rest = marked;
    while let Some((before, after)) = rest.split_once('[') {
        line.push_str(before);
        let (name, after) = after.split_once(']').unwrap();
        let (name, kind) = name.split_once('|').unwrap();
        let from = line.chars().count();
        line.push_str(name);
        names.push((in_text, from, line.chars().count(), kind.to_owned()));
        rest = after;
    }
    line.push_str(rest);
    (line, names)
}

#[test]
fn hard_names_are_found() {
    let tagger = Tagger::embedded().unwrap();
    let articles = include_str!("entities/hard.txt");
    let (mut right, mut found, mut wanted, mut sentences) = (0, 0, 0, 0);
    let mut faults = String::new();
    for article in articles.split("\n\n").filter(|article| !article.starts_with('#')) {
        let (mut headline, mut text, mut gold) = (None, String::new(), BTreeSet::new());
        for marked in article.trim().lines() {
            sentences += 1;
            let marked_headline = marked.strip_prefix("> ");
            let (line, names) = plain(marked_headline.unwrap_or(marked), marked_headline.is_none());
            gold.extend(names);
            if marked_headline.is_some() {
                headline = Some(line);
            } else {
                text = line;
            }
        }
        let input = TagInput { headline: headline.as_deref(), text: &text, ..TagInput::default() };
        let names = ["PERSON", "ORG", "GPE", "LOC", "FAC", "NORP"];
        let mut answer = BTreeSet::new();
        for entity in tagger.tag(&input, &mut Budget::default()).unwrap() {
            for mention in entity.mentions.iter().filter(|_| names.contains(&entity.kind.as_str())) {
                let in_text = mention.field == copydesk::article::MentionField::Text;
                answer.insert((in_text, mention.start, mention.end, entity.kind.clone()));
            }
        }
        right += answer.intersection(&gold).count();
        found += answer.len();
        wanted += gold.len();
        for (place, what) in answer
            .difference(&gold)
            .map(|name| (name, "wrong"))
            .chain(gold.difference(&answer).map(|name| (name, "missed")))
        {
            let field = if place.0 { &text } else { headline.as_ref().unwrap() };
            let name: String = field.chars().take(place.2).skip(place.1).collect();
            faults.push_str(&format!("{what}: {name} {} in: {field}\n", place.3));
        }
    }
    assert!(sentences >= 55, "{sentences} lines");
    let f1 = 200 * right / (found + wanted);
    println!("{faults}{right} right of {wanted}, {found} found: F1 {f1} %");
    assert!(f1 >= FLOOR, "{faults}{right} right of {wanted}, {found} found: F1 {f1} %");
}
