//! Tagging: an ordinary article, and texts made to hurt. Each bench asserts its answer, so that one
//! that computes nothing cannot look fast.

#![expect(clippy::unwrap_used, reason = "a bench that meets the unexpected should stop at once")]

use std::hint::black_box;

use copydesk::budget::Budget;
use copydesk::tag::{TagInput, Tagger};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// Sentences of our own; each names three things.
const SENTENCES: [&str; 6] = [
    "The government of Peru asked the World Bank for a loan last week, the finance ministry in Lima said.",
    "Shipping through the ports of Kenya slowed after the rains, although NATO and Germany sent engineers to help.",
    "President Maria Novakova told reporters in Vienna that the talks with Japan would go on until the summer.",
    "Two Norwegian ships reached Singapore on the third day with grain for the people of Indonesia and its islands.",
    "Farmers near Toulouse blamed the European Union for prices that fell again, the French papers wrote at length.",
    "A court in Nairobi freed the editor, and the United Nations thanked Ghana for the part that it had played.",
];
/// Names in each round of the sentences above.
const MENTIONS_IN_ROUND: usize = 18;

/// An article of at least `characters`, and how many rounds of the sentences it holds.
fn article(characters: usize) -> (String, usize) {
    let round = SENTENCES.join(" ");
    let rounds = characters.div_ceil(round.len());
    (vec![round; rounds].join("\n"), rounds)
}

fn mentions(tagger: &Tagger, headline: &str, text: &str) -> usize {
    let input = TagInput { headline: Some(headline), text, ..TagInput::default() };
    let entities = tagger.tag(&input, &mut Budget::new(u64::MAX)).unwrap();
    entities.iter().map(|entity| entity.mentions.len()).sum()
}

fn ordinary(criterion: &mut Criterion) {
    let tagger = Tagger::embedded().unwrap();
    let mut group = criterion.benchmark_group("tag/article");
    for characters in [3_000, 30_000, 300_000] {
        let (text, rounds) = article(characters);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(characters), &text, |bencher, text| {
            bencher.iter(|| {
                let found = mentions(&tagger, "Lima asks for a loan", black_box(text));
                assert_eq!(found, 1 + rounds * MENTIONS_IN_ROUND);
            });
        });
    }
    group.finish();
}

fn hostile(criterion: &mut Criterion) {
    let tagger = Tagger::embedded().unwrap();
    let mut group = criterion.benchmark_group("tag/hostile");
    group.sample_size(10);
    let texts = [
        ("one_name", "Maria Novakova ".repeat(70_000)),
        ("capitals", "GRAIN SHIPS LEAVE THE PORT OF LIMA ".repeat(30_000)),
        ("one_word", "Ab".repeat(500_000)),
        ("brackets", "Grain Trade Union (GTU) ".repeat(40_000)),
        ("initials", "A. B. ".repeat(170_000)),
    ];
    for (name, text) in texts {
        let half = text.get(..text.len() / 2).unwrap_or_default();
        for (size, text) in [("half", half), ("whole", text.as_str())] {
            group.throughput(Throughput::Bytes(text.len() as u64));
            group.bench_function(BenchmarkId::new(name, size), |bencher| {
                bencher.iter(|| {
                    let found = mentions(&tagger, "", black_box(text));
                    assert_eq!(found > 0, !matches!(name, "one_word" | "initials"));
                });
            });
        }
    }
    group.finish();
}

fn load(criterion: &mut Criterion) {
    criterion.bench_function("tag/load", |bencher| {
        bencher.iter(|| {
            let tagger = Tagger::embedded().unwrap();
            assert!(!tagger.kb_name().is_empty());
            tagger
        });
    });
}

criterion_group!(benches, ordinary, hostile, load);
criterion_main!(benches);
