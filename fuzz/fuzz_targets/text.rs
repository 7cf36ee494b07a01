//! Scraped texts: what comes out accounts for the raw text, its mentions are slices, and a second time changes
//! nothing.

#![no_main]

use std::sync::LazyLock;

use copydesk::budget::Budget;
use copydesk::decode::{Document, Layout};
use copydesk::normalize::{Article, Normalizer};
use copydesk::tag::Tagger;
use libfuzzer_sys::fuzz_target;

#[path = "../../tests/hostile/account.rs"]
mod account;

static TAGGER: LazyLock<Tagger> = LazyLock::new(|| Tagger::embedded().expect("the tables are built in"));

fn normalized(layout: Layout) -> Option<Article> {
    Normalizer::default().normalize(&Document::of_layout(layout), None, &mut Budget::default()).ok()
}

fuzz_target!(|data: &[u8]| {
    let raw = String::from_utf8_lossy(data);
    let Some(article) = normalized(Layout::scraped(&*raw)) else { return };
    account::Account::from(&article).check(&raw);
    // Columns of a table are seen by tabs and runs of spaces, which its clean text has no more.
    let has_columns = raw.contains('\t') || raw.contains("   ");
    if !has_columns && (article.headline.is_some() || !article.text.is_empty()) {
        let layout = Layout::of_fields(article.headline.as_deref(), &article.text);
        let again = normalized(layout).expect("a clean article is an article");
        assert_eq!((&again.headline, &again.text), (&article.headline, &article.text), "it settles");
        assert!(again.related.is_empty());
    }
    let mentions = TAGGER.tag_text(&article.text, None, &mut Budget::default()).expect("within the budget");
    let letters: Vec<char> = article.text.chars().collect();
    let mut at = 0;
    for mention in mentions {
        assert!(at <= mention.span.start() && !mention.span.is_empty(), "mentions never overlap");
        at = mention.span.end();
        assert!(letters[mention.span.start()..at].iter().copied().eq(mention.text.chars()));
    }
});
