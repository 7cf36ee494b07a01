//! Reads one character of UTF-8 whose bytes were taken for characters of another encoding.

use super::codecs::Codec;

/// How whole a sequence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    /// Every byte is there.
    None,
    /// A no-break space (byte 0xA0) became a plain one on the way.
    Space,
    /// A byte became U+FFFD: so does the character.
    Byte,
    /// A byte became a question mark: the character becomes U+FFFD.
    Question,
}

/// A character found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sequence {
    /// How many characters it takes.
    pub(super) length: usize,
    /// What it means.
    pub(super) put: char,
    /// Whether a space follows it that was not there, or stood for a byte.
    pub(super) space_after: bool,
    pub(super) loss: Loss,
}

/// A byte of a sequence after its first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Byte(u8),
    Space,
    Lost,
    Question,
}

/// Reads the sequence at the head of `chars`, if there is one in `codec`.
pub(super) fn read(chars: &[char], codec: Codec) -> Option<Sequence> {
    let lead = codec.byte_of(*chars.first()?)?;
    let length = match lead {
        // An overlong zero, as some libraries write it.
        0xC0 | 0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    let mut value = u32::from(lead) & (0x7F >> length);
    let mut loss = Loss::None;
    let mut bytes = 0;
    for at in 1..length {
        let found = match next(*chars.get(at)?, codec)? {
            Next::Lost => {
                loss = Loss::Byte;
                0x80
            }
            Next::Question => {
                loss = if loss == Loss::Byte { loss } else { Loss::Question };
                0x80
            }
            Next::Space if loss == Loss::None => {
                loss = Loss::Space;
                0xA0
            }
            Next::Space => 0xA0,
            Next::Byte(byte) => {
                bytes += 1;
                byte
            }
        };
        if at == 1 && matches!(loss, Loss::None | Loss::Space) && !may_follow(lead, found) {
            return None;
        }
        value = value << 6 | u32::from(found & 0x3F);
    }
    if matches!(loss, Loss::Byte | Loss::Question) {
        // Of a question mark alone nobody knows what it was, but after a lead of two it may be told.
        return (length == 2 || bytes > 0).then_some(Sequence {
            length,
            put: char::REPLACEMENT_CHARACTER,
            space_after: false,
            loss,
        });
    }
    if (0xD800..0xDC00).contains(&value) {
        let low = low_surrogate(chars.get(length..)?, codec)?;
        let put = char::from_u32(0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00))?;
        return Some(Sequence { length: 2 * length, put, space_after: false, loss });
    }
    let put = char::from_u32(value)?;
    // What is parted by spaces that were put in is no sequence that lost a byte to one.
    if loss == Loss::Space && chars.get(length).is_some_and(|c| goes_on(*c, codec)) {
        return None;
    }
    if loss == Loss::Space && put == 'à' {
        return Some(grave(chars));
    }
    Some(Sequence { length, put, space_after: false, loss })
}

fn next(c: char, codec: Codec) -> Option<Next> {
    match c {
        ' ' | '?' | char::REPLACEMENT_CHARACTER if codec.is_of_old_machines() => None,
        ' ' => Some(Next::Space),
        '?' => Some(Next::Question),
        char::REPLACEMENT_CHARACTER => Some(Next::Lost),
        c => codec.byte_of(c).filter(|_| goes_on(c, codec)).map(Next::Byte),
    }
}

/// Whether `c` stands for a byte that goes on a sequence.
fn goes_on(c: char, codec: Codec) -> bool {
    codec.byte_of(c).is_some_and(|byte| (0x80..=0xBF).contains(&byte))
}

/// Whether the second byte keeps a sequence in Unicode and as short as it can be. Surrogates are let
/// through.
fn may_follow(lead: u8, second: u8) -> bool {
    match lead {
        0xC0 => second == 0x80,
        0xE0 => second >= 0xA0,
        0xF0 => second >= 0x90,
        0xF4 => second <= 0x8F,
        _ => true,
    }
}

/// The second half of a pair of surrogates, each written as a character of its own (CESU-8).
fn low_surrogate(chars: &[char], codec: Codec) -> Option<u32> {
    let byte = |at: usize| codec.byte_of(*chars.get(at)?);
    let (lead, second, third) = (byte(0)?, byte(1)?, byte(2)?);
    let is_low = lead == 0xED && (0xB0..=0xBF).contains(&second) && (0x80..=0xBF).contains(&third);
    is_low.then(|| 0xD000 | u32::from(second & 0x3F) << 6 | u32::from(third & 0x3F))
}

/// The endings of the Portuguese words that "à" is written together with: às, àquele, àquela, àquilo.
const JOINED: [&str; 7] = ["s", "quele", "queles", "quela", "quelas", "quilo", "quilos"];

/// "à" whose last byte is a space now. It is a word of its own in French, Italian and Portuguese, and
/// ends others, so a space belongs after it, which may have been merged with the byte; in Portuguese
/// it may go on.
fn grave(chars: &[char]) -> Sequence {
    let rest = chars.get(2..).unwrap_or_default();
    let two_spaces = rest.first() == Some(&' ');
    let word = rest.iter().take_while(|c| c.is_alphanumeric() || **c == '’' || **c == '\'');
    let joined = JOINED.iter().any(|ending| word.clone().copied().eq(ending.chars()));
    Sequence { length: 2, put: 'à', space_after: !joined && !two_spaces, loss: Loss::Space }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, codec: Codec) -> Option<(usize, char, Loss)> {
        let chars: Vec<char> = text.chars().collect();
        read(&chars, codec).map(|sequence| (sequence.length, sequence.put, sequence.loss))
    }

    #[test]
    fn whole_sequences() {
        assert_eq!(found("Ã©t", Codec::WINDOWS_1252), Some((2, 'é', Loss::None)));
        assert_eq!(found("â€™s", Codec::WINDOWS_1252), Some((3, '’', Loss::None)));
        assert_eq!(found("рџЋ‰", Codec::WINDOWS_1251), Some((4, '🎉', Loss::None)));
        assert_eq!(found("í\u{a0}½í¸\u{8d}", Codec::WINDOWS_1252), Some((6, '😍', Loss::None)), "CESU-8");
        assert_eq!(found("√©", Codec::MACINTOSH), Some((2, 'é', Loss::None)));
        assert_eq!(found("À\u{80}", Codec::WINDOWS_1252), Some((2, '\0', Loss::None)));
    }

    #[test]
    fn none() {
        for text in ["Ãa", "É", "à€€", "ô\u{90}\u{80}\u{80}", "í°\u{80}", "À©", "plain"] {
            assert_eq!(found(text, Codec::WINDOWS_1252), None, "{text:?}");
        }
    }

    #[test]
    fn with_losses() {
        assert_eq!(found("â€?", Codec::WINDOWS_1252), Some((3, '\u{fffd}', Loss::Question)));
        assert_eq!(found("â\u{fffd}™", Codec::WINDOWS_1252), Some((3, '\u{fffd}', Loss::Byte)));
        assert_eq!(found("Å iauliai", Codec::WINDOWS_1257), Some((2, 'Š', Loss::Space)));
        assert_eq!(found("â??", Codec::WINDOWS_1252), None, "nothing left of it");
        assert_eq!(found("Ã ³n", Codec::WINDOWS_1252), None, "a space was put in");
    }

    #[test]
    fn the_space_after_a_grave() {
        let after = |text: &str| {
            let chars: Vec<char> = text.chars().collect();
            read(&chars, Codec::WINDOWS_1252).map(|sequence| sequence.space_after)
        };
        assert_eq!(after("Ã Lyon"), Some(true));
        assert_eq!(after("Ã  Lyon"), Some(false));
        assert_eq!(after("Ã s vezes"), Some(false));
        assert_eq!(after("Ã s’asseoir"), Some(true));
    }
}
