//! The one-byte encodings that UTF-8 is taken for, read backwards: which byte a character stands for.
//!
//! The tables are those of the WHATWG (crate `encoding_rs`), where the bytes that an encoding leaves
//! unassigned are C1 controls. So that text which was read as ISO 8859-1 counts as windows-1252, each
//! encoding but those of old machines takes a C1 control for the byte of the same number. Code page
//! 437 is none of the web's; its upper half is written out below, after the mapping of the Unicode
//! Consortium (`VENDORS/MICSFT/PC/CP437.TXT`).

use std::sync::LazyLock;

use encoding_rs::{
    Encoding, ISO_8859_2, MACINTOSH, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254,
    WINDOWS_1257,
};

/// How many encodings there are.
pub(super) const COUNT: usize = 9;

/// The upper half of code page 437.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// One of the encodings. Where two explain a text equally well, the one that comes first is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Codec(usize);

impl Codec {
    pub(super) const WINDOWS_1252: Self = Self(0);
    pub(super) const WINDOWS_1250: Self = Self(1);
    pub(super) const WINDOWS_1251: Self = Self(2);
    pub(super) const ISO_8859_2: Self = Self(3);
    pub(super) const MACINTOSH: Self = Self(4);
    pub(super) const WINDOWS_1253: Self = Self(5);
    pub(super) const WINDOWS_1254: Self = Self(6);
    pub(super) const WINDOWS_1257: Self = Self(7);
    pub(super) const CP437: Self = Self(8);

    /// All of them.
    pub(super) const ALL: [Self; COUNT] = [
        Self::WINDOWS_1252,
        Self::WINDOWS_1250,
        Self::WINDOWS_1251,
        Self::ISO_8859_2,
        Self::MACINTOSH,
        Self::WINDOWS_1253,
        Self::WINDOWS_1254,
        Self::WINDOWS_1257,
        Self::CP437,
    ];

    fn encoding(self) -> Option<&'static Encoding> {
        Some(match self {
            Self::WINDOWS_1252 => WINDOWS_1252,
            Self::WINDOWS_1250 => WINDOWS_1250,
            Self::WINDOWS_1251 => WINDOWS_1251,
            Self::ISO_8859_2 => ISO_8859_2,
            Self::MACINTOSH => MACINTOSH,
            Self::WINDOWS_1253 => WINDOWS_1253,
            Self::WINDOWS_1254 => WINDOWS_1254,
            Self::WINDOWS_1257 => WINDOWS_1257,
            _ => return None,
        })
    }

    /// The characters of the bytes 0x80 to 0xFF.
    pub(super) fn upper_half(self) -> Vec<char> {
        match self.encoding() {
            None => CP437.chars().collect(),
            Some(encoding) => {
                let bytes: Vec<u8> = (0x80..=0xFF).collect();
                encoding.decode_without_bom_handling(&bytes).0.chars().collect()
            }
        }
    }

    /// Whether it comes from a machine that knew no C1 controls, and no space at 0xA0.
    pub(super) fn is_of_old_machines(self) -> bool {
        self == Self::MACINTOSH || self == Self::CP437
    }

    /// A set of it alone.
    pub(super) fn bit(self) -> u16 {
        1 << self.0
    }

    /// The byte that it has for `c`, if that is no ASCII.
    pub(super) fn byte_of(self, c: char) -> Option<u8> {
        let row = ROWS.row(c)?;
        row.bytes.get(self.0).copied().filter(|&byte| byte != 0)
    }
}

/// The sets of encodings in which a character may begin, and may go on, a sequence of UTF-8.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Roles {
    pub(super) leads: u16,
    pub(super) goes_on: u16,
}

/// What `c` may be in a sequence.
pub(super) fn roles(c: char) -> Roles {
    ROWS.row(c).map_or(Roles::default(), |row| row.roles)
}

/// A character in all encodings.
#[derive(Debug, Clone, Copy)]
struct Row {
    /// 0: it is not in that encoding.
    bytes: [u8; COUNT],
    roles: Roles,
}

/// Characters below this one are looked up directly; it lies behind the last box of code page 437.
const DIRECT: usize = 0x2600;

struct Rows {
    /// Of each character below [`DIRECT`]: its place in `rows`, plus one.
    places: Vec<u16>,
    rows: Vec<Row>,
    /// Characters from [`DIRECT`] on: the two ligatures and the apple of the Macintosh.
    beyond: Vec<(char, Row)>,
}

static ROWS: LazyLock<Rows> = LazyLock::new(Rows::new);

impl Rows {
    fn new() -> Self {
        let mut rows = Self { places: vec![0; DIRECT], rows: Vec::with_capacity(512), beyond: Vec::new() };
        for codec in Codec::ALL {
            for (byte, c) in (0x80..=0xFF).zip(codec.upper_half()) {
                let is_assigned = c != char::REPLACEMENT_CHARACTER;
                rows.add(codec, byte, if is_assigned { c } else { char::from(byte) });
            }
            if !codec.is_of_old_machines() {
                for byte in 0x80..=0x9F {
                    rows.add(codec, byte, char::from(byte));
                }
            }
        }
        rows
    }

    /// The first byte of a character stays.
    fn add(&mut self, codec: Codec, byte: u8, c: char) {
        let row = self.row_mut(c);
        let Some(known) = row.bytes.get_mut(codec.0).filter(|known| **known == 0) else { return };
        *known = byte;
        match byte {
            0x80..=0xBF => row.roles.goes_on |= codec.bit(),
            0xC0 | 0xC2..=0xF4 => row.roles.leads |= codec.bit(),
            _ => {}
        }
    }

    fn row_mut(&mut self, c: char) -> &mut Row {
        let new = Row { bytes: [0; COUNT], roles: Roles::default() };
        let at = match self.places.get_mut(c as usize) {
            Some(place) => {
                if *place == 0 {
                    self.rows.push(new);
                    *place = u16::try_from(self.rows.len()).unwrap_or(0);
                }
                usize::from(*place) - 1
            }
            None => {
                let known = self.beyond.iter().position(|(known, _)| *known == c);
                let at = known.unwrap_or_else(|| {
                    self.beyond.push((c, new));
                    self.beyond.len() - 1
                });
                #[expect(clippy::indexing_slicing, reason = "the place was found or made just now")]
                return &mut self.beyond[at].1;
            }
        };
        #[expect(clippy::indexing_slicing, reason = "a place is one more than the index of its row")]
        &mut self.rows[at]
    }

    fn row(&self, c: char) -> Option<&Row> {
        match self.places.get(c as usize) {
            Some(0) => None,
            Some(place) => self.rows.get(usize::from(*place) - 1),
            None => self.beyond.iter().find(|(known, _)| *known == c).map(|(_, row)| row),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_characters() {
        assert_eq!(Codec::WINDOWS_1252.byte_of('€'), Some(0x80));
        assert_eq!(Codec::WINDOWS_1252.byte_of('\u{81}'), Some(0x81), "unassigned");
        assert_eq!(Codec::WINDOWS_1252.byte_of('\u{80}'), Some(0x80), "as ISO 8859-1 reads it");
        assert_eq!(Codec::WINDOWS_1251.byte_of('Р'), Some(0xD0));
        assert_eq!(Codec::MACINTOSH.byte_of('ﬁ'), Some(0xDE));
        assert_eq!(Codec::MACINTOSH.byte_of('\u{80}'), None);
        assert_eq!(Codec::CP437.byte_of('╨'), Some(0xD0));
        assert_eq!(Codec::CP437.byte_of('\u{a0}'), Some(0xFF));
        assert_eq!(Codec::WINDOWS_1252.byte_of('a'), None, "ASCII is the same everywhere");
    }

    #[test]
    fn each_encoding_has_128_characters() {
        for codec in Codec::ALL {
            assert_eq!(codec.upper_half().len(), 128, "{codec:?}");
        }
    }
}
