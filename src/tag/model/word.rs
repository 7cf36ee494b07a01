//! What the model sees of a word by itself: hashes of its form, shape and endings, its clusters, and
//! what the tables know of it. Worked out once for a word and kept ([`Lexis`]).

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::clusters::{ClusterTable, Clusters};
use super::listed::Listed;
use crate::tag::fold::fold_into;
use crate::tag::kb::format::name;
use crate::tag::kb::{Entry, KnowledgeBase, Opening};
use crate::tag::kind::Kind;
use crate::tag::lexicon;

/// Endings of a word that count, in letters.
const SUFFIXES: [usize; 4] = [2, 3, 4, 5];
/// Beginnings of a word that count, in letters.
const PREFIXES: [usize; 3] = [2, 3, 4];
/// Runs of letters or digits of a shape.
const LONGEST_SHAPE: usize = 8;

/// A word by itself: one line of the processor's cache.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
pub struct Word {
    /// Hash of the word as written.
    pub(crate) form: u32,
    /// Hash of its folded form.
    pub(crate) lower: u32,
    /// Hash of its runs of capitals, small letters and digits.
    pub(crate) shape: u32,
    /// Hashes of beginnings and endings; 0 where the word is shorter.
    pub(crate) affixes: [u32; PREFIXES.len() + SUFFIXES.len()],
    /// Clusters of the form, else of its small letters.
    pub(crate) clusters: Clusters,
    /// Clusters of its small letters.
    pub(crate) lower_clusters: Clusters,
    /// What the knowledge base (8 bits) and the lists (above) say.
    pub(crate) bits: u32,
    /// How well known the best known are that go by this word alone: a nibble for each of [`ROLES`].
    pub(crate) fame: u32,
}

/// What may go by one word: people by their last name, by their first, by their only; places;
/// organisations; groups; others.
pub(super) const ROLES: usize = 7;

/// The nibbles of [`Word::fame`] of a word that leads so far into the names.
fn fame(folded: &str, opening: &Opening, kb: &KnowledgeBase) -> u32 {
    let mut best = [0_u32; ROLES];
    for entry in [kb.entry_at(opening), kb.further(folded)] {
        for candidate in kb.candidates(entry) {
            let role = match candidate.row.kind {
                Kind::Person if candidate.name & name::LAST_NAME != 0 => 0,
                Kind::Person if candidate.name & name::FIRST_NAME != 0 => 1,
                Kind::Person => 2,
                Kind::Gpe | Kind::Loc | Kind::Fac => 3,
                Kind::Org => 4,
                Kind::Norp => 5,
                _ => 6,
            };
            // Nine steps: none, and eight of prior.
            let level = 1 + u32::from(candidate.row.prior / 32);
            if let Some(best) = best.get_mut(role) {
                *best = level.max(*best);
            }
        }
    }
    (0..).zip(best).map(|(role, level)| level << (4 * role)).sum()
}

/// FNV-1a.
fn hash(text: &str) -> u32 {
    super::clusters::hash(text)
}

fn shape_of(form: &str) -> u32 {
    let mut shape = String::with_capacity(LONGEST_SHAPE + 1);
    let mut runs = 0;
    let mut before = '\0';
    for letter in form.chars() {
        let class = if letter.is_uppercase() {
            'X'
        } else if letter.is_alphabetic() {
            'x'
        } else if letter.is_numeric() {
            'd'
        } else {
            letter
        };
        // One capital and several differ.
        if class != before {
            shape.push(class);
            runs += 1;
        } else if class == 'X' && !shape.ends_with("XX") {
            shape.push(class);
        }
        before = class;
        if runs == LONGEST_SHAPE {
            break;
        }
    }
    hash(&shape)
}

impl Word {
    /// What can be said of `form`, a word as written, and how far its letters lead into the names.
    #[must_use]
    pub fn new(form: &str, kb: &KnowledgeBase, clusters: &ClusterTable) -> (Self, Opening) {
        let mut folded = String::with_capacity(form.len());
        form.chars().filter(|c| c.is_alphanumeric() || *c == '&').for_each(|c| fold_into(c, &mut folded));
        let small = form.to_lowercase();
        let lower_clusters = clusters.get(&small).or_else(|| clusters.get(&folded)).unwrap_or_default();
        let starts: SmallVec<[usize; 24]> = folded.char_indices().map(|(at, _)| at).collect();
        let letters = starts.len();
        let mut affixes = [0; PREFIXES.len() + SUFFIXES.len()];
        let lengths =
            PREFIXES.map(|length| (length, true)).into_iter().chain(SUFFIXES.map(|length| (length, false)));
        for (affix, (length, opens)) in affixes.iter_mut().zip(lengths) {
            if letters <= length {
                continue;
            }
            let cut = starts.get(if opens { length } else { letters - length }).copied().unwrap_or(0);
            let (head, tail) = folded.split_at_checked(cut).unwrap_or_default();
            *affix = hash(if opens { head } else { tail });
        }
        let opening = kb.opening(&folded);
        let known = u32::try_from(kb.word(&folded) & 0xFF).unwrap_or(0);
        let word = Self {
            form: hash(form),
            lower: hash(&folded),
            shape: shape_of(form),
            affixes,
            clusters: clusters.get(form).unwrap_or(lower_clusters),
            lower_clusters,
            bits: known | u32::from(lexicon::bits(&folded)) << 8,
            fame: fame(&folded, &opening, kb),
        };
        (word, opening)
    }
}

/// The number of a word in a [`Lexis`].
pub type WordId = u32;
/// What stands where no word does: before the first of a sentence and after the last.
pub const NO_WORD: WordId = 0;

/// A word of at most 15 bytes as two numbers, which a table holds in place: its bytes, its length, and
/// whether it is of a line in capitals.
type Short = (u64, u64);

/// The numbers of a word that is short enough.
#[inline]
fn short(form: &str, shouted: bool) -> Option<Short> {
    let mut bytes = [0_u8; 16];
    let (rest, last) = bytes.split_at_mut(15);
    rest.get_mut(..form.len())?.copy_from_slice(form.as_bytes());
    last.fill(u8::try_from(form.len()).unwrap_or(0) | u8::from(shouted) << 7);
    let (first, second) = bytes.split_at(8);
    Some((u64::from_le_bytes(first.try_into().ok()?), u64::from_le_bytes(second.try_into().ok()?)))
}

/// Words that were met, each worked out once.
#[derive(Debug)]
pub struct Lexis {
    short: FxHashMap<Short, WordId>,
    /// All others; apart those of lines in capitals, whose case says nothing.
    long: [FxHashMap<Box<str>, WordId>; 2],
    words: Vec<Word>,
    /// How far each leads into the names, where that is known.
    openings: Vec<Option<Opening>>,
    /// What the model sees of names that were met, for names in capitals and for others.
    listed: FxHashMap<(Entry, bool), Option<Listed>>,
}

impl Default for Lexis {
    fn default() -> Self {
        let nothing = Word { form: 1, lower: 1, shape: 1, ..Word::default() };
        Self {
            short: FxHashMap::default(),
            long: [FxHashMap::default(), FxHashMap::default()],
            words: vec![nothing],
            openings: vec![None],
            listed: FxHashMap::default(),
        }
    }
}

/// Numbers are one word for each count of digits.
const NUMBERS: [&str; 8] = ["0", "00", "000", "0000", "00000", "000000", "0000000", "00000000"];

impl Lexis {
    /// The number of the word `form`, worked out if it is new.
    pub fn id(&mut self, form: &str, shouted: bool, kb: &KnowledgeBase, clusters: &ClusterTable) -> WordId {
        let form = if form.bytes().all(|byte| byte.is_ascii_digit()) {
            NUMBERS.get(form.len().saturating_sub(1)).copied().unwrap_or("00000000")
        } else {
            form
        };
        let new = WordId::try_from(self.words.len()).unwrap_or(NO_WORD);
        let [plain, of_capitals] = &mut self.long;
        let long = if shouted { of_capitals } else { plain };
        let id = match short(form, shouted) {
            Some(short) => *self.short.entry(short).or_insert(new),
            None => long.get(form).copied().unwrap_or_else(|| *long.entry(form.into()).or_insert(new)),
        };
        if id != new {
            return id;
        }
        let (word, opening) =
            if shouted { Word::new(&spoken(form), kb, clusters) } else { Word::new(form, kb, clusters) };
        self.words.push(word);
        // Of other words the tokens keep signs, which names have, too.
        self.openings.push(form.bytes().all(|byte| byte.is_ascii_alphabetic()).then_some(opening));
        new
    }

    /// The word of a number.
    #[must_use]
    #[inline]
    pub fn get(&self, id: WordId) -> Word {
        self.words.get(id as usize).copied().unwrap_or_default()
    }

    /// How far the word of a number, `folded`, leads into the names. A memory serves one knowledge base only.
    pub fn opening(&mut self, id: WordId, folded: &str, kb: &KnowledgeBase) -> Opening {
        if id == NO_WORD {
            return kb.opening(folded);
        }
        self.openings
            .get_mut(id as usize)
            .map_or_else(|| kb.opening(folded), |kept| *kept.get_or_insert_with(|| kb.opening(folded)))
    }

    /// What the model sees of the name that leads to `entry`. A memory serves one knowledge base only.
    pub(super) fn listed(&mut self, entry: Entry, all_upper: bool, kb: &KnowledgeBase) -> Option<Listed> {
        *self.listed.entry((entry, all_upper)).or_insert_with(|| Listed::new(entry, all_upper, kb))
    }

    /// How many words are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// How many names are known.
    #[must_use]
    pub fn names(&self) -> usize {
        self.listed.len()
    }

    /// Never: the place before a sentence is a word, too.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

/// A word of a line in capitals as a sentence would write a name: a capital, then small letters.
fn spoken(form: &str) -> String {
    let mut letters = form.chars();
    letters.next().into_iter().chain(letters.flat_map(char::to_lowercase)).collect()
}
