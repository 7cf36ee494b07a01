//! Looks names up that were looked up before: most names of an article are those of the last ones, and a
//! walk over a transducer costs ten times what a table in memory does.

use std::cell::RefCell;
use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::{Candidate, Entry, KnowledgeBase};

/// Names that one memory keeps: some 9 MiB.
pub const KEPT_NAMES: usize = 1 << 15;

/// What a folded name leads to.
#[derive(Debug, Default)]
struct Known {
    entries: Option<[Entry; 2]>,
    candidates: Option<Box<[Candidate]>>,
    word: Option<u64>,
}

/// The names that were met.
#[derive(Debug, Default)]
struct Names(FxHashMap<Box<str>, Known>);

/// Memories of one knowledge base, one for each article that is under way at once.
#[derive(Debug, Default)]
pub struct Memories(Mutex<Vec<Names>>);

impl Memories {
    /// A knowledge base with a memory, which comes back when the lookup ends.
    pub fn on<'k>(&'k self, kb: &'k KnowledgeBase) -> Lookup<'k> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Lookup { kb, memories: self, names: RefCell::new(names.unwrap_or_default()) }
    }
}

/// A knowledge base that remembers; a memory serves one knowledge base only.
#[derive(Debug)]
pub struct Lookup<'k> {
    kb: &'k KnowledgeBase,
    memories: &'k Memories,
    names: RefCell<Names>,
}

impl Lookup<'_> {
    /// As [`KnowledgeBase::entries`].
    #[must_use]
    pub fn entries(&self, folded: &str) -> [Entry; 2] {
        self.with(folded, |known| *known.entries.get_or_insert_with(|| self.kb.entries(folded)))
    }

    /// The rows that a folded name leads to, those of further names last.
    pub fn each(&self, folded: &str, mut each: impl FnMut(Candidate)) {
        self.with(folded, |known| {
            let candidates = known.candidates.get_or_insert_with(|| {
                let entries = *known.entries.get_or_insert_with(|| self.kb.entries(folded));
                entries.into_iter().flat_map(|entry| self.kb.candidates(entry)).collect()
            });
            candidates.iter().for_each(|&candidate| each(candidate));
        });
    }

    fn with<T>(&self, folded: &str, ask: impl FnOnce(&mut Known) -> T) -> T {
        let names = &mut self.names.borrow_mut().0;
        if let Some(known) = names.get_mut(folded) {
            return ask(known);
        }
        if names.len() >= KEPT_NAMES {
            names.clear();
        }
        ask(names.entry(folded.into()).or_default())
    }

    /// As [`KnowledgeBase::word`].
    #[must_use]
    pub fn word(&self, folded: &str) -> u64 {
        self.with(folded, |known| *known.word.get_or_insert_with(|| self.kb.word(folded)))
    }
}

impl Deref for Lookup<'_> {
    type Target = KnowledgeBase;

    fn deref(&self) -> &KnowledgeBase {
        self.kb
    }
}

impl Drop for Lookup<'_> {
    fn drop(&mut self) {
        let names = std::mem::take(self.names.get_mut());
        self.memories.0.lock().unwrap_or_else(PoisonError::into_inner).push(names);
    }
}

#[cfg(test)]
mod tests {
    use super::super::format::{name, word};
    use super::super::writer::{NewRow, TableWriter};
    use super::*;
    use crate::tag::kind::Kind;

    #[test]
    fn it_says_what_the_knowledge_base_says_and_stays_bounded() {
        let mut writer = TableWriter::new("lookup");
        let row = writer.row(NewRow::named(1, "Tarnby", Kind::Gpe, 150));
        writer.name("tarnby", row, name::LABEL);
        writer.further("the port", row, name::SHORTENED);
        writer.word("ana", word::FIRST_NAME);
        let kb = KnowledgeBase::load(&[writer.finish().unwrap().into()]).unwrap();
        let memories = Memories::default();
        for _ in 0..2 {
            let lookup = memories.on(&kb);
            for folded in ["tarnby", "the port", "ana", "nothing"] {
                assert_eq!(lookup.entries(folded), [kb.entry(folded), kb.further(folded)], "{folded}");
                assert_eq!(lookup.word(folded), kb.word(folded), "{folded}");
                let mut found = Vec::new();
                lookup.each(folded, |candidate| found.push(candidate));
                let entries = kb.entries(folded).into_iter();
                assert_eq!(
                    found,
                    entries.flat_map(|entry| kb.candidates(entry)).collect::<Vec<_>>(),
                    "{folded}"
                );
            }
        }
        assert_eq!(memories.0.lock().unwrap().len(), 1);
        let lookup = memories.on(&kb);
        (0..KEPT_NAMES + 9)
            .for_each(|number| assert_eq!(lookup.entries(&format!("name {number}")), [Entry::default(); 2]));
        assert!(lookup.names.borrow().0.len() <= KEPT_NAMES);
    }
}
