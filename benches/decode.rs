//! Decoding: one story as text, as JSON and as a page; and how time grows with its size.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench stops at the unexpected, and prints")]

mod story;

use std::hint::black_box;

use bytes::Bytes;
use copydesk::article::{Format, RawArticle};
use copydesk::budget::Budget;
use copydesk::decode::{DecodeLimits, Document, decode};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use story::{Story, print_growth, sizes, story};

type Form = (&'static str, Format, fn(&Story) -> String);

const FORMS: [Form; 3] = [
    ("text", Format::Text, Story::scraped),
    ("json", Format::Json, Story::json),
    ("page", Format::Html, Story::page),
];

fn raw(value: String) -> RawArticle {
    RawArticle { value: Bytes::from(value), ..RawArticle::default() }
}

fn limits() -> DecodeLimits {
    DecodeLimits::default()
}

/// Decodes, and checks that it read the format and the whole story.
fn check(raw: &RawArticle, format: Format, story: &Story) -> Document {
    let document = decode(black_box(raw), &limits(), &mut Budget::new(u64::MAX)).unwrap();
    assert_eq!(document.format, format);
    assert!(document.layout.text.len() >= story.characters);
    document
}

fn one_story(criterion: &mut Criterion) {
    let story = story(3_000);
    let mut group = criterion.benchmark_group("decode/story");
    for (name, format, lay_out) in FORMS {
        let raw = raw(lay_out(&story));
        let text = check(&raw, format, &story).layout.text;
        assert!(text.contains(story.paragraphs.last().unwrap()), "{text}");
        group.throughput(Throughput::Bytes(raw.value.len() as u64));
        group.bench_function(name, |bencher| bencher.iter(|| check(&raw, format, &story)));
    }
    group.finish();
}

fn growth(criterion: &mut Criterion) {
    for (name, format, lay_out) in FORMS {
        let mut group = criterion.benchmark_group(format!("decode/size/{name}"));
        group.sample_size(10);
        for size in sizes().step_by(3) {
            let story = story(size);
            let raw = raw(lay_out(&story));
            group.throughput(Throughput::Bytes(raw.value.len() as u64));
            group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
                bencher.iter(|| check(&raw, format, &story));
            });
        }
        group.finish();
        print_growth(
            &format!("decode/{name}"),
            |story| raw(lay_out(story)),
            |raw, story| {
                drop(check(raw, format, story));
            },
        );
    }
}

criterion_group!(benches, one_story, growth);
criterion_main!(benches);
