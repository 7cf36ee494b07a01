//! Hostile and broken values, made and not kept: each kind is a function from a size to bytes. The same size
//! gives the same bytes.
//!
//! A kind stands for one way to make some code do more work, or take more memory, than its input is worth,
//! or for one way in which a value can be broken. A value that was found by hand or by fuzzing becomes one.

use ::bytes::Bytes;
use copydesk::article::RawArticle;

pub(crate) mod bytes;
pub(crate) mod embedded;
pub(crate) mod json;
pub(crate) mod markup;
pub(crate) mod text;

/// One kind of hostile value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    /// What it is, in two or three words.
    pub(crate) name: &'static str,
    /// The `content-type` that the value comes with; without one it is sniffed.
    pub(crate) media: Option<&'static str>,
    /// A value of about so many bytes (of a compressed one: after expansion).
    pub(crate) make: fn(usize) -> Vec<u8>,
}

impl Kind {
    /// The raw article of about `size` bytes.
    pub(crate) fn raw(&self, size: usize) -> RawArticle {
        let media = self.media.map(|media| ("content-type".to_owned(), Some(Bytes::from(media))));
        RawArticle {
            value: (self.make)(size).into(),
            headers: media.into_iter().collect(),
            ..RawArticle::default()
        }
    }

    const fn new(name: &'static str, make: fn(usize) -> Vec<u8>) -> Self {
        Self { name, media: None, make }
    }

    const fn of_media(name: &'static str, media: &'static str, make: fn(usize) -> Vec<u8>) -> Self {
        Self { name, media: Some(media), make }
    }
}

/// Every kind.
pub(crate) fn all() -> impl Iterator<Item = Kind> {
    [markup::KINDS, embedded::KINDS, json::KINDS, text::KINDS, bytes::KINDS].into_iter().flatten().copied()
}

/// An ordinary paragraph of our own.
pub(crate) const STORY: &str = "The ferry to the outer islands ran aground off the old harbour at noon on Sunday, and \
    two tugs freed it in the evening, said Ingrid Halvorsen, who runs the port. Nobody was hurt.";

/// `opening`, then `unit` again and again until there are `size` bytes, then `closing`.
pub(crate) fn repeated(size: usize, opening: &str, unit: &str, closing: &str) -> String {
    numbered(size, opening, |_| unit.to_owned(), closing)
}

/// The same with a unit that depends on its number.
pub(crate) fn numbered(size: usize, opening: &str, unit: impl Fn(usize) -> String, closing: &str) -> String {
    let mut value = String::with_capacity(size + 256);
    value.push_str(opening);
    for number in 0.. {
        let next = unit(number);
        if value.len() + next.len() + closing.len() > size.max(opening.len() + closing.len() + next.len()) {
            break;
        }
        value.push_str(&next);
    }
    value.push_str(closing);
    value
}

/// Numbers that look random and are the same for the same seed. Source: SplitMix64 (Steele, Lea and Flood,
/// 2014).
pub(crate) struct Random(u64);

impl Random {
    /// The numbers of `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub(crate) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// One of `these`.
    pub(crate) fn pick<T: Copy>(&mut self, these: &[T]) -> T {
        let place = self.number() % these.len() as u64;
        these[usize::try_from(place).expect("less than their number")]
    }
}
