//! Normalization: one story alone, and on its whole way from bytes to a record without entities; and
//! how time grows with its size.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench stops at the unexpected, and prints")]

mod story;

use std::hint::black_box;

use bytes::Bytes;
use copydesk::article::RawArticle;
use copydesk::budget::Budget;
use copydesk::decode::{DecodeLimits, Document, Layout};
use copydesk::enrich::{Enricher, to_json};
use copydesk::normalize::Normalizer;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use story::{HEADLINE, Story, print_growth, sizes, story};

fn document(story: &Story) -> Document {
    Document::of_layout(Layout::scraped(story.scraped()))
}

/// Normalizes, and checks headline, date, text and teaser.
fn check(document: &Document, story: &Story) {
    let normalizer = Normalizer::default();
    let article = normalizer.normalize(black_box(document), None, &mut Budget::new(u64::MAX)).unwrap();
    assert_eq!(article.headline.as_deref(), Some(HEADLINE));
    assert_eq!(article.published.as_ref().unwrap().at, "2023-01-08T10:33");
    assert_eq!(article.stats.characters, story.characters);
    assert_eq!(article.paragraphs.len(), story.paragraphs.len());
    assert_eq!(article.related.len(), 1);
    black_box(article);
}

fn one_story(criterion: &mut Criterion) {
    let story = story(3_000);
    let mut group = criterion.benchmark_group("normalize/story");
    let document = document(&story);
    group.throughput(Throughput::Bytes(document.layout.text.len() as u64));
    group.bench_function("alone", |bencher| bencher.iter(|| check(&document, &story)));

    let enricher = Enricher::new(DecodeLimits::default(), Normalizer::default(), None);
    let raw = RawArticle { value: Bytes::from(story.scraped()), ..RawArticle::default() };
    let length = to_json(&enricher.enrich(&raw, &mut Budget::default()).unwrap()).unwrap().len();
    assert!(length > story.characters);
    group.bench_function("bytes to record", |bencher| {
        bencher.iter(|| {
            let record = enricher.enrich(black_box(&raw), &mut Budget::default()).unwrap();
            assert_eq!(record.stats.characters, story.characters);
            let json = to_json(&record).unwrap();
            assert_eq!(json.len(), length);
            json
        });
    });
    group.finish();
}

fn growth(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("normalize/size");
    group.sample_size(10);
    for size in sizes().step_by(3) {
        let story = story(size);
        let document = document(&story);
        group.throughput(Throughput::Bytes(document.layout.text.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
            bencher.iter(|| check(&document, &story));
        });
    }
    group.finish();
    print_growth("normalize", document, check);
    let long_line = |story: &Story| {
        let text = format!("{HEADLINE}\n2023.01.08 10:33\n{}\n", story.paragraphs.join(" "));
        Document::of_layout(Layout::scraped(text))
    };
    print_growth("normalize, one paragraph", long_line, |document, story| {
        let article = Normalizer::default().normalize(document, None, &mut Budget::new(u64::MAX)).unwrap();
        assert_eq!(article.paragraphs.len(), 1);
        assert_eq!(article.sentences.len(), 3 * story.paragraphs.len());
    });
    print_growth(
        "normalize, one paragraph of ASCII",
        |story| {
            let text: String = story.paragraphs.join(" ").chars().filter(char::is_ascii).collect();
            Document::of_layout(Layout::of_fields(Some(HEADLINE), &text))
        },
        |document, _| {
            let article =
                Normalizer::default().normalize(document, None, &mut Budget::new(u64::MAX)).unwrap();
            assert_eq!(article.paragraphs.len(), 1);
        },
    );
}

criterion_group!(benches, one_story, growth);
criterion_main!(benches);
