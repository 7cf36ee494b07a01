//! Tagging: an ordinary article, and texts made to hurt. Each bench asserts its answer, so that one
//! that computes nothing cannot look fast.

#![expect(clippy::unwrap_used, reason = "a bench that meets the unexpected should stop at once")]

use std::hint::black_box;
use std::sync::Arc;

use copydesk::budget::Budget;
use copydesk::tag::kb::KnowledgeBase;
use copydesk::tag::model::{Memory, Model, ModelRecognizer};
use copydesk::tag::{Linker, Recognizer, TagInput, Tagger, Token, TraitLinker, Words, grammar};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// Sentences of our own; each names three things, and the first a time.
const SENTENCES: [&str; 6] = [
    "The government of Peru asked the World Bank for a loan last week, the finance ministry in Lima said.",
    "Shipping through the ports of Kenya slowed after the rains, although NATO and Germany sent engineers to help.",
    "President Maria Novakova told reporters in Vienna that the talks with Japan would go on until the summer.",
    "Two Norwegian ships reached Singapore on the third day with grain for the people of Indonesia and its islands.",
    "Farmers near Toulouse blamed the European Union for prices that fell again, the French papers wrote at length.",
    "A court in Nairobi freed the editor, and the United Nations thanked Ghana for the part that it had played.",
];
/// Mentions in each round of the sentences above.
const MENTIONS_IN_ROUND: usize = 19;

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
        ("one_line", SENTENCES.join(" ").repeat(1_700)),
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

/// Sentences of our own, with values.
const VALUED: [&str; 4] = [
    "The government of Peru asked for a loan of $3.5 million last week, the finance ministry in Lima said on Tuesday.",
    "Shipping through the ports slowed by 12.5 per cent after the rains of May 2019, although engineers came to help.",
    "President Maria Novakova told reporters in Vienna at 5:30 p.m. that the talks would go on until the summer of 2024.",
    "Two ships reached the port with 300 tonnes of grain for five years to come, which farmers blamed for prices that fell.",
];
/// Values in each round of the sentences above.
const VALUES_IN_ROUND: usize = 9;

/// The grammar alone, in tokens a second.
fn values(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("tag/grammar");
    let round = VALUED.join(" ");
    let hostile =
        ["May 5 ", "$5-10 ", "million ", "1,000,"].map(|piece| (piece.to_owned(), piece.repeat(50_000)));
    let article = (String::from("article"), vec![round; 100].join("\n"));
    for (name, text) in std::iter::once(article).chain(hostile) {
        let words = Words::new(None, &text, &mut Budget::new(u64::MAX)).unwrap();
        group.throughput(Throughput::Elements(words.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(name.trim()), |bencher| {
            bencher.iter(|| {
                let found = grammar::scan(black_box(&words), None, None, &mut Budget::new(u64::MAX)).unwrap();
                assert!(name != "article" || found.len() == 100 * VALUES_IN_ROUND, "{}", found.len());
                found
            });
        });
    }
    group.finish();
}

/// The steps of the stage one by one, in tokens a second of the whole text. A pass of the model takes in
/// its look at the knowledge base; "two passes" less "one pass" is the second one.
fn steps(criterion: &mut Criterion) {
    let kb = Arc::new(KnowledgeBase::embedded(true).unwrap());
    let model = Model::embedded().unwrap();
    let recognizer = ModelRecognizer::new(Arc::clone(&kb), Model::embedded().unwrap());
    let linker = TraitLinker::new(Arc::clone(&kb));
    let (text, rounds) = article(3_000);
    let budget = || Budget::new(u64::MAX);
    let words = Words::new(None, &text, &mut budget()).unwrap();
    let mut group = criterion.benchmark_group("tag/steps");
    group.throughput(Throughput::Elements(words.len() as u64));
    group.bench_function("tokens", |bencher| {
        bencher.iter(|| Words::new(None, black_box(&text), &mut budget()).unwrap());
    });
    group.bench_function("gazetteer", |bencher| {
        bencher.iter(|| {
            let capitals = (0..words.len()).filter(|&at| words.get(at).is_some_and(Token::has_upper));
            let walked: usize = capitals.map(|at| kb.names_from(black_box(&words), at).1).sum();
            assert!(walked > rounds * MENTIONS_IN_ROUND);
        });
    });
    for (name, passes) in [("model, one pass", 1), ("model, two passes", 2)] {
        let mut memory = Memory::default();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let (article, labels) = model.labels(black_box(&words), &kb, &mut memory, passes);
                assert!(!article.stretches.is_empty());
                labels
            });
        });
    }
    let spans = recognizer.recognize(&words, None, &mut budget()).unwrap();
    group.bench_function("recogniser", |bencher| {
        bencher.iter(|| {
            let found = recognizer.recognize(black_box(&words), None, &mut budget()).unwrap();
            assert_eq!(found.len(), spans.len());
        });
    });
    group.bench_function("grammar", |bencher| {
        bencher.iter(|| {
            let found = grammar::scan(black_box(&words), None, None, &mut budget()).unwrap();
            assert!(found.len() >= rounds);
        });
    });
    group.bench_function("link", |bencher| {
        bencher.iter(|| {
            let links = linker.link(black_box(&words), &spans, None, &mut budget()).unwrap();
            assert!(links.iter().flatten().count() > rounds);
        });
    });
    group.finish();
}

criterion_group!(benches, ordinary, steps, hostile, values, load);
criterion_main!(benches);
