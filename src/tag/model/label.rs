//! The labels of tokens: a class, and where in its name the token stands.

/// What the model tells apart. Sorts of places, and what is neither person, body, place nor group,
/// are told apart afterwards, by the knowledge base and by the words that close a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A person.
    Person,
    /// An organisation.
    Org,
    /// A place of any sort.
    Place,
    /// A nationality, an ethnic or religious group.
    Norp,
    /// An event, a product, a work, a law.
    Misc,
}

impl Class {
    /// All classes; a class' place here is its number.
    pub const ALL: [Self; CLASSES] = [Self::Person, Self::Org, Self::Place, Self::Norp, Self::Misc];

    /// The number of the class.
    #[must_use]
    pub fn number(self) -> usize {
        self as usize
    }
}

/// How many classes there are.
pub const CLASSES: usize = 5;
/// How many labels there are: one for what is in no name, four for each class.
pub const LABELS: usize = 1 + 4 * CLASSES;
/// [`LABELS`], rounded up to what a processor adds at once.
pub const LANES: usize = 24;
/// In no name.
pub const OUTSIDE: usize = 0;
/// First of several tokens.
pub const FIRST: usize = 0;
/// Neither first nor last.
pub const INSIDE: usize = 1;
/// Last of several.
pub const LAST: usize = 2;
/// The only one.
pub const ALONE: usize = 3;

/// The label of a token of a name.
#[must_use]
pub const fn label(class: Class, part: usize) -> usize {
    1 + 4 * class as usize + part
}

/// The class of a label; `None` outside of names.
#[must_use]
pub fn class_of(label: usize) -> Option<Class> {
    label.checked_sub(1).and_then(|inner| Class::ALL.get(inner / 4)).copied()
}

/// Which part of its name a token with that label is.
#[must_use]
pub const fn part_of(label: usize) -> usize {
    label.wrapping_sub(1) % 4
}

/// Whether a label may end a name or lie outside of one.
#[must_use]
pub const fn closes(label: usize) -> bool {
    label == OUTSIDE || part_of(label) >= LAST
}

/// Whether a label may follow one that closes.
#[must_use]
pub const fn opens(label: usize) -> bool {
    label == OUTSIDE || part_of(label) == FIRST || part_of(label) == ALONE
}

/// Whether `to` may follow `from`.
#[must_use]
pub const fn may_follow(from: usize, to: usize) -> bool {
    if closes(from) { opens(to) } else { !opens(to) && (from - 1) / 4 == (to - 1) / 4 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_opens_once_and_closes_once() {
        let (first, last) = (label(Class::Org, FIRST), label(Class::Org, LAST));
        assert!(may_follow(first, last) && may_follow(last, OUTSIDE) && may_follow(OUTSIDE, first));
        assert!(!may_follow(first, OUTSIDE) && !may_follow(OUTSIDE, last) && !may_follow(first, first));
        assert!(!may_follow(first, label(Class::Person, LAST)));
        assert_eq!(class_of(last), Some(Class::Org));
        assert_eq!(class_of(OUTSIDE), None);
    }
}
