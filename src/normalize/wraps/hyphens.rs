//! Hyphens at the end of a wrapped line: of the word itself, or of the one who wrapped it.
//!
//! A hyphen goes only where the whole word is known: it stands elsewhere in the text, or its second half is
//! an ending that no word of its own has. A hyphen that stays is never wrong by much; one that goes from
//! `re-form` is.

use rustc_hash::FxHashSet;

use crate::normalize::clean::CleanLine;

/// The fewest letters on either side of a hyphen that is mended.
const MIN_LETTERS: usize = 2;

/// Second halves that are endings and no words, in lower case: English, and what German, French, Spanish,
/// Italian, Portuguese and Dutch have beside it.
const ENDINGS: &str = " tion tions tional tionally tioned tioning tionary sion sions sional ation ations ational \
    ative atives ating ated ization isation cation cations gation gations lation lations mation \
    tation tations zation sation ment ments mental mented menting mentary ernment ernments vernment vernments \
    ness nesses ing ings ed ly ity ities ility ilities bility sity versity tary rity nity lity ance ances ence ences ency \
    encies ancy ancies cial cially tial tially cian cians ical ically tical tically ular ularly ious iously eous \
    uous tive tives tively sive sives sively ism isms ist ists ized ised izing ising ture tures tured turing \
    ible ably ibly ulate ulated ulating gress gressional gressive dustry dustrial dustries nomic nomics nomy \
    ters tors ders pected quired quire quirement quirements duced ducing ducer ducers ferred ference ferences \
    ceived ceive formance agement ternational telligence ployed ployees ployment \
    ganization ganisation partment partments pany panies mittee mittees ister isters istry istration istrative \
    ung ungen heit heiten keit keiten lich liche lichen licher isch ische ischen ción ciones siones mente zione \
    zioni ção ções heid heden lijk lijke ";

/// Second halves before which a hyphen stands for what is left out: `two- and three-year bonds`.
const SUSPENDS: &[&str] = &[
    "and", "or", "to", "but", "und", "oder", "bis", "sowie", "et", "ou", "y", "o", "e", "en", "of", "i",
    "ili", "lub", "oraz", "и", "или",
];

/// How two lines are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// With a space.
    Space,
    /// Without one: the hyphen or the dash stays.
    Word,
    /// Without one, and the hyphen goes.
    Mended,
}

/// The words of a text.
#[derive(Debug, Default)]
pub(super) struct Known {
    words: FxHashSet<String>,
}

impl Known {
    /// The words of `lines`, if one that goes on in the next (`joins` of the next) ends with a hyphen.
    pub(super) fn of(lines: &[CleanLine<'_>], joins: &[bool]) -> Self {
        let hyphened =
            lines.iter().zip(joins.iter().skip(1)).any(|(line, join)| *join && line.text.ends_with('-'));
        let mut words = FxHashSet::default();
        if hyphened {
            for line in lines {
                words.extend(
                    line.text
                        .split(|c: char| !c.is_alphanumeric() && c != '-')
                        .filter(|word| !word.is_empty())
                        .map(str::to_lowercase),
                );
            }
        }
        Self { words }
    }

    /// How `next` goes on from `line`.
    pub(super) fn link(&self, line: &str, next: &str) -> Link {
        let Some(before) = line.strip_suffix('-') else {
            let parted = |dash: char| line.strip_suffix(dash).is_some_and(|before| !before.ends_with(' '));
            return if parted('—') || parted('/') { Link::Word } else { Link::Space };
        };
        let left = before.rsplit(|c: char| !c.is_alphanumeric() && c != '-').next().unwrap_or_default();
        let right = next.split(|c: char| !c.is_alphanumeric() && c != '-').next().unwrap_or_default();
        if left.is_empty() || right.is_empty() {
            return Link::Space;
        }
        let right = right.to_lowercase();
        if SUSPENDS.contains(&right.as_str()) {
            return Link::Space;
        }
        let letters =
            |word: &str| word.chars().count() >= MIN_LETTERS && word.chars().all(char::is_alphabetic);
        let joins_in_lower_case = next.starts_with(char::is_lowercase) && !left.ends_with(char::is_uppercase);
        if !(letters(left) && letters(&right) && joins_in_lower_case) {
            return Link::Word;
        }
        let left = left.to_lowercase();
        if self.words.contains(&format!("{left}-{right}")) {
            return Link::Word;
        }
        let whole = format!("{left}{right}");
        if self.knows(&whole) || ENDINGS.contains(&format!(" {right} ")) { Link::Mended } else { Link::Word }
    }

    /// Whether `word` stands in the text, in the singular or the plural.
    fn knows(&self, word: &str) -> bool {
        self.words.contains(word)
            || self.words.contains(&format!("{word}s"))
            || word.strip_suffix('s').is_some_and(|one| self.words.contains(one))
    }
}
