//! What the model sees of a name of the knowledge base.

use crate::tag::kb::format::name;
use crate::tag::kb::{Entry, KnowledgeBase};
use crate::tag::kind::Kind;

/// A name of the knowledge base over a token.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Listed {
    /// Tokens of the name; 0 where there is none.
    pub(super) tokens: u8,
    /// Place of the token in it: 0 first, 1 inside, 2 last, 3 alone.
    pub(super) part: u8,
    /// The best known row's kind.
    pub(super) kind: u8,
    /// One bit for each kind among the rows.
    pub(super) kinds: u8,
    /// How well known the best row is, in four steps.
    pub(super) prior: u8,
    /// What is known of the name.
    pub(super) flags: u8,
}

impl Listed {
    /// What `entry` says of a name, its tokens and their places aside; `None` where it holds acronyms
    /// only and the name is not in capitals.
    #[must_use]
    pub(super) fn new(entry: Entry, all_upper: bool, kb: &KnowledgeBase) -> Option<Self> {
        let mut listed = Self::default();
        let mut best: Option<u8> = None;
        for candidate in kb.candidates(entry) {
            if candidate.name & name::ACRONYM != 0 && !all_upper {
                continue;
            }
            listed.kinds |= 1 << candidate.row.kind.code().min(7);
            if best.is_none_or(|prior| candidate.row.prior > prior) {
                best = Some(candidate.row.prior);
                listed.kind = match candidate.row.kind {
                    Kind::Gpe | Kind::Loc | Kind::Fac => Kind::Gpe.code(),
                    kind => kind.code(),
                };
                listed.flags = candidate.name & (name::COMMON | name::PERSONAL | name::ACRONYM);
            }
        }
        listed.prior = best? / 64;
        Some(listed)
    }
}
