//! The stage: tokens, recogniser, borders, joins, linker, entities.

use std::sync::Arc;

use jiff::civil::Date;

use super::grammar::{self, ValueSpan};
use super::kb::KnowledgeBase;
use super::kb::format::row;
use super::kind::Kind;
use super::link::TraitLinker;
use super::model::{Model, ModelRecognizer};
use super::span::{Link, Linker, Recognizer, TypedSpan};
use super::token::{Words, key_of};
use super::{
    EmbeddedError, Explained, TagError, endings, entities, explain, joins, mend, merge, own, retype,
};
use crate::article::{Entity, EntityValue};
use crate::budget::Budget;
use crate::offsets::{CodePointIndex, CodePoints, Span};

/// A Wikidata id, `Q7184`.
pub type Qid = String;

/// The id of that number; none for 0.
pub(crate) fn qid(number: u32) -> Option<Qid> {
    (number != 0).then(|| {
        let mut id = number.to_string();
        id.insert(0, 'Q');
        id
    })
}

/// What the stage needs of an article.
#[derive(Debug, Clone, Copy, Default)]
pub struct TagInput<'a> {
    /// The headline.
    pub headline: Option<&'a str>,
    /// The clean text.
    pub text: &'a str,
    /// Its language (BCP 47), if known. Rules of English hold back where it is another one.
    pub language: Option<&'a str>,
    /// The day of the article, if known: the anchor of relative dates.
    pub date: Option<Date>,
}

/// A mention as `copydesk tag` lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaggedMention {
    /// Where, in code points of the text.
    pub span: Span<CodePoints>,
    /// Type.
    pub kind: Kind,
    /// Wikidata id, if linked.
    pub qid: Option<Qid>,
    /// What it says, if it is no name.
    pub value: Option<EntityValue>,
    /// That slice of the text.
    pub text: String,
}

/// Finds the entities of articles. Cheap to share: it holds no state of an article.
#[derive(Debug)]
pub struct Tagger {
    kb: Arc<KnowledgeBase>,
    recognizer: Box<dyn Recognizer>,
    linker: Box<dyn Linker>,
}

impl Tagger {
    /// The tagger on the knowledge base that is built into the program, share-alike rows included.
    ///
    /// # Errors
    /// [`EmbeddedError`] if the program was built with a damaged file.
    pub fn embedded() -> Result<Self, EmbeddedError> {
        Self::on(KnowledgeBase::embedded(true)?)
    }

    /// The tagger on that knowledge base.
    ///
    /// # Errors
    /// [`EmbeddedError`] if the program was built with a damaged model.
    pub fn on(kb: KnowledgeBase) -> Result<Self, EmbeddedError> {
        let kb = Arc::new(kb);
        let recognizer = Box::new(ModelRecognizer::new(Arc::clone(&kb), Model::embedded()?));
        let linker = Box::new(TraitLinker::new(Arc::clone(&kb)));
        Ok(Self::new(kb, recognizer, linker))
    }

    /// A tagger of these parts.
    #[must_use]
    pub fn new(kb: Arc<KnowledgeBase>, recognizer: Box<dyn Recognizer>, linker: Box<dyn Linker>) -> Self {
        Self { kb, recognizer, linker }
    }

    /// The name of the recogniser that runs for texts of that language, for `processing.model`.
    #[must_use]
    pub fn model_name(&self, language: Option<&str>) -> &str {
        self.recognizer.name(language)
    }

    /// The knowledge base's name, for `processing.kb`.
    #[must_use]
    pub fn kb_name(&self) -> &str {
        self.kb.name()
    }

    /// The entities of an article, in the order of their first mention (headline, then text).
    ///
    /// # Errors
    /// [`TagError::Budget`] if the budget ends, [`TagError::TooLong`] from 2 GiB on.
    pub fn tag(&self, input: &TagInput<'_>, budget: &mut Budget) -> Result<Vec<Entity>, TagError> {
        let words = Words::new(input.headline, input.text, budget)?;
        let found = self.found(&words, input, budget)?;
        let headline = CodePointIndex::new(input.headline.unwrap_or_default());
        let text = CodePointIndex::new(input.text);
        Ok(entities::group(&words, &self.kb, &found, &headline, &text))
    }

    /// Every mention in `text`, sorted, never overlapping. `date` is the anchor of relative dates.
    ///
    /// # Errors
    /// As [`Tagger::tag`].
    pub fn tag_text(
        &self,
        text: &str,
        date: Option<Date>,
        budget: &mut Budget,
    ) -> Result<Vec<TaggedMention>, TagError> {
        let input = TagInput { text, date, ..TagInput::default() };
        let words = Words::new(None, input.text, budget)?;
        let found = self.found(&words, &input, budget)?;
        let index = CodePointIndex::new(text);
        let names = found.names.iter().zip(&found.links).map(|(span, link)| TaggedMention {
            span: index.span(words.name_bytes(span.from, span.to)),
            kind: span.kind,
            qid: link.and_then(|link| self.kb.row(link.at)).and_then(|row| qid(row.qid)),
            value: None,
            text: words.name_bytes(span.from, span.to).of(text).to_owned(),
        });
        let values = found.values.into_iter().map(|span| TaggedMention {
            span: index.span(span.bytes),
            kind: span.kind,
            qid: None,
            value: Some(span.value),
            text: span.bytes.of(text).to_owned(),
        });
        let mut mentions: Vec<TaggedMention> = names.chain(values).collect();
        mentions.sort_by_key(|mention| mention.span.start());
        Ok(mentions)
    }

    /// The id of the best known place of that name, as a dateline writes it (`PRISTINA`, `Paris`).
    #[must_use]
    pub fn place_qid(&self, name: &str) -> Option<Qid> {
        let entry = self.kb.entry(&key_of(name.trim()));
        self.kb
            .candidates(entry)
            .filter(|candidate| candidate.row.kind.is_place() && candidate.row.qid != 0)
            .max_by_key(|candidate| {
                let country = candidate.row.flags & row::COUNTRY != 0;
                (candidate.row.prior, country, std::cmp::Reverse(candidate.at))
            })
            .and_then(|candidate| qid(candidate.row.qid))
    }

    fn found(&self, words: &Words<'_>, input: &TagInput<'_>, budget: &mut Budget) -> Result<Found, TagError> {
        let (mut names, values) = self.spans(words, input, budget)?;
        let links = self.linker.link(words, &names, input.date, budget)?;
        for (name, link) in names.iter_mut().zip(&links) {
            retype::retype(&self.kb, name, link.as_ref());
        }
        Ok(Found { names, links, values })
    }

    /// The spans before linking: what the recogniser finds, the user's own names over it, short forms; and values.
    fn spans(
        &self,
        words: &Words<'_>,
        input: &TagInput<'_>,
        budget: &mut Budget,
    ) -> Result<(Vec<TypedSpan>, Vec<ValueSpan>), TagError> {
        let recognised = self.recognizer.recognize(words, input.language, budget)?;
        let recognised = mend::mend(words, &self.kb, recognised, budget)?;
        let recognised = endings::take_in(words, recognised);
        let recognised = own::over(words, &self.kb, recognised, budget)?;
        let fill = !self.recognizer.reads_whole_article(input.language);
        let mut names = joins::join(words, &self.kb, recognised, fill, budget)?;
        let mut values = grammar::scan(words, input.language, input.date, budget)?;
        merge::merge(&mut names, &mut values);
        Ok((names, values))
    }

    /// Every mention in `text` with all that was considered for it.
    ///
    /// # Errors
    /// As [`Tagger::tag`].
    pub fn explain(&self, input: &TagInput<'_>, budget: &mut Budget) -> Result<Vec<Explained>, TagError> {
        let words = Words::new(input.headline, input.text, budget)?;
        let (mut names, _) = self.spans(&words, input, budget)?;
        let considered = self.linker.explain(&words, &names, input.date, budget)?;
        for (name, considered) in names.iter_mut().zip(&considered) {
            retype::retype(&self.kb, name, considered.link.as_ref());
        }
        let headline = CodePointIndex::new(input.headline.unwrap_or_default());
        let text = CodePointIndex::new(input.text);
        Ok(explain::all(&words, &self.kb, &names, considered, &headline, &text))
    }
}

/// All that was found in one article; names and values share no token.
#[derive(Debug)]
pub(crate) struct Found {
    /// Sorted.
    pub(crate) names: Vec<TypedSpan>,
    /// One for each of the names.
    pub(crate) links: Vec<Option<Link>>,
    /// Sorted.
    pub(crate) values: Vec<ValueSpan>,
}
