//! What every article promises of its raw text: parts and edits give its fields back and leave nothing out,
//! and every span is a slice. In time that is linear in the article, since the articles here are long.

use copydesk::article::{Edit, Entity, Field, MentionField, Part, Record, Related};
use copydesk::normalize::Article;
use copydesk::offsets::{CodePointIndex, CodePoints, Span};

/// An article, as far as its raw text accounts for it.
pub(crate) struct Account<'a> {
    headline: Option<&'a str>,
    text: &'a str,
    paragraphs: &'a [Span<CodePoints>],
    sentences: &'a [Span<CodePoints>],
    parts: &'a [Part],
    edits: &'a [Edit],
    related: &'a [Related],
    entities: &'a [Entity],
}

impl<'a> From<&'a Article> for Account<'a> {
    fn from(article: &'a Article) -> Self {
        Self {
            headline: article.headline.as_deref(),
            text: &article.text,
            paragraphs: &article.paragraphs,
            sentences: &article.sentences,
            parts: &article.parts,
            edits: &article.edits,
            related: &article.related,
            entities: &[],
        }
    }
}

impl<'a> From<&'a Record> for Account<'a> {
    fn from(record: &'a Record) -> Self {
        Self {
            headline: record.headline.as_deref(),
            text: &record.text,
            paragraphs: &record.paragraphs,
            sentences: &record.sentences,
            parts: &record.parts,
            edits: &record.edits,
            related: &record.related,
            entities: record.entities.as_deref().unwrap_or_default(),
        }
    }
}

impl Account<'_> {
    /// Checks the account of an article over its raw text.
    pub(crate) fn check(&self, raw: &str) {
        self.check_fields(raw);
        self.check_slices();
    }

    /// Replays the fields, and finds every code point of the raw text in one place.
    fn check_fields(&self, raw: &str) {
        let index = CodePointIndex::new(raw);
        let slice = |start: usize, end: usize| index.byte_span(Span::new(start, end)).of(raw);
        let (mut headline, mut text, mut related) = (None::<String>, String::new(), Vec::new());
        let mut edits = self.edits.iter().peekable();
        let mut at = 0;
        for part in self.parts {
            assert!(at <= part.raw.start() && !part.raw.is_empty(), "parts are sorted and hold something");
            while let Some(edit) = edits.next_if(|edit| edit.raw.start() < part.raw.start()) {
                at = check_outside(edit, at, slice);
            }
            assert_eq!(at, part.raw.start(), "what lies before a part is an edit");
            let mut field = String::new();
            while let Some(edit) = edits.next_if(|edit| {
                part.raw.contains(edit.raw) && (edit.raw.start() < part.raw.end() || !edit.put.is_empty())
            }) {
                assert!(at <= edit.raw.start(), "edits are sorted and disjoint");
                assert_eq!(edit.cut, slice(edit.raw.start(), edit.raw.end()), "what is cut is its slice");
                field.push_str(slice(at, edit.raw.start()));
                field.push_str(&edit.put);
                at = edit.raw.end();
            }
            field.push_str(slice(at, part.raw.end()));
            at = part.raw.end();
            match part.field {
                Field::Headline => headline.get_or_insert_default().push_str(&field),
                Field::Text => text.push_str(&field),
                Field::Related => related.push(field),
            }
        }
        for edit in edits {
            at = check_outside(edit, at, slice);
        }
        assert_eq!(at, index.code_points(), "what lies behind the last part is an edit");
        assert_eq!(headline.as_deref(), self.headline, "the headline replays");
        assert!(text == self.text, "the text replays");
        assert!(related.iter().eq(self.related.iter().map(|related| &related.text)), "teasers replay");
    }

    /// Paragraphs make the text, sentences lie within them, mentions are their slices.
    fn check_slices(&self) {
        let text = CodePointIndex::new(self.text);
        let headline = CodePointIndex::new(self.headline.unwrap_or_default());
        let slice = |index: &CodePointIndex<'_>, start: usize, end: usize| {
            index.byte_span(Span::new(start, end)).of(index.text()).to_owned()
        };
        let paragraphs: Vec<String> =
            self.paragraphs.iter().map(|span| slice(&text, span.start(), span.end())).collect();
        assert!(paragraphs.join("\n") == self.text, "paragraphs make the text");
        let mut paragraphs = self.paragraphs.iter().peekable();
        let mut at = 0;
        for sentence in self.sentences {
            assert!(
                at <= sentence.start() && !sentence.is_empty(),
                "sentences are sorted and hold something"
            );
            at = sentence.end();
            while paragraphs.next_if(|paragraph| paragraph.end() < at).is_some() {}
            let paragraph = paragraphs.peek().expect("a sentence lies within a paragraph");
            assert!(paragraph.contains(*sentence), "a sentence lies within a paragraph");
        }
        for mention in self.entities.iter().flat_map(|entity| &entity.mentions) {
            let index = if mention.field == MentionField::Headline { &headline } else { &text };
            assert!(mention.start < mention.end, "a mention holds something");
            assert_eq!(mention.text, slice(index, mention.start, mention.end), "a mention is its slice");
        }
    }
}

/// Checks an edit outside all parts, which begins where the last one ended; gives where it ends.
fn check_outside<'r>(edit: &Edit, at: usize, slice: impl Fn(usize, usize) -> &'r str) -> usize {
    assert_eq!(at, edit.raw.start(), "edits outside the parts leave nothing out");
    assert_eq!(edit.cut, slice(edit.raw.start(), edit.raw.end()), "what is cut is its slice");
    assert_eq!(edit.put, "", "nothing is put outside the parts");
    edit.raw.end()
}
