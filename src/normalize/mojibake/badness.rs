//! How odd a piece of text looks: what people do not write beside each other, counted in points.
//!
//! Derived from classes of characters alone, with no words and no language: a letter runs into a
//! sign, a lower-case letter into a capital with an accent, a word changes its script within. What
//! clean text of any language has costs nothing; so a text in which nothing is odd cannot gain by a
//! repair. The few pairs that are named are the first two bytes of common characters.

/// Points of a character that text does not hold: of a private area, of no script in use today.
const BAD: u32 = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    /// Han, Kana, Hangul, Thai …: words are not told apart by spaces, or one letter may be a word.
    Dense,
    /// The number of its block.
    Other(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// White space and the ends of the line.
    Space,
    Digit,
    Lower(Script),
    Upper(Script),
    Caseless(Script),
    /// A quotation mark that opens or closes, by language.
    Quote,
    /// Opens a quotation or a sentence at the foot of the line: `„` `‚` `¿` `¡`.
    Low,
    /// Apostrophes, dashes, the ellipsis, ASCII: may stand anywhere.
    Neutral,
    Currency,
    /// Stands after a word or number, or before one: `©` `°` `½` `§` …
    Sign,
    /// An accent without a letter, and what no sentence has: `¨` `¬` `¦`.
    Stray,
    Math,
    Box,
    Control,
    Lost,
    /// Everything else: arrows, emoji, combining marks.
    Other,
}

fn script(c: char) -> Script {
    match u32::from(c) {
        0x370..=0x3FF | 0x1F00..=0x1FFF => Script::Greek,
        0x400..=0x52F => Script::Cyrillic,
        0..=0x24F | 0x250..=0x2AF | 0x1E00..=0x1EFF | 0xFB00..=0xFB06 | 0xFF21..=0xFF5A => Script::Latin,
        0xE00..=0xEFF | 0x1000..=0x109F | 0x1100..=0x11FF | 0x1780..=0x17FF => Script::Dense,
        0x2E80..=0xA4CF | 0xAC00..=0xD7FF | 0xF900..=0xFAFF | 0xFF66..=0xFFDC | 0x20000.. => Script::Dense,
        // Arabic and Devanagari stretch over several rows of 128.
        number => Script::Other(number >> 8),
    }
}

fn class(c: char) -> Class {
    match c {
        '\u{80}'..='\u{9f}' => Class::Control,
        '0'..='9' => Class::Digit,
        '“' | '”' | '«' | '»' | '‹' | '›' => Class::Quote,
        '„' | '‚' | '¿' | '¡' => Class::Low,
        '’' | '‘' | '–' | '—' | '…' | '•' | '·' => Class::Neutral,
        '£' | '¥' | '€' | '¢' | '¤' | '₧' => Class::Currency,
        '©' | '®' | '™' | '°' | 'ª' | 'º' | '¹' | '²' | '³' | '¼' | '½' | '¾' | '§' | '¶' | '†' | '‡'
        | '‰' | 'ⁿ' | '∙' | '⁄' => Class::Sign,
        '¨' | '´' | '¸' | '¯' | '˜' | 'ˆ' | 'ˇ' | '˘' | '˙' | '˝' | '˛' | '˚' | '΄' | '΅' | '¬' | '¦'
        | '⌐' => Class::Stray,
        '√' | '∂' | '∑' | '∏' | '∫' | '≈' | '≠' | '≤' | '≥' | '∞' | '∆' | '◊' | '×' | '÷' | '±' | '∩'
        | '≡' | '⌠' | '⌡' | '\u{f8ff}' => Class::Math,
        '─'..='▟' | '■' => Class::Box,
        char::REPLACEMENT_CHARACTER => Class::Lost,
        'µ' => Class::Lower(Script::Greek),
        c if c.is_ascii_lowercase() => Class::Lower(Script::Latin),
        c if c.is_ascii_uppercase() => Class::Upper(Script::Latin),
        c if c.is_ascii_punctuation() => Class::Neutral,
        c if c.is_whitespace() => Class::Space,
        c if c.is_lowercase() => Class::Lower(script(c)),
        c if c.is_uppercase() => Class::Upper(script(c)),
        c if c.is_alphabetic() => Class::Caseless(script(c)),
        _ => Class::Other,
    }
}

/// Points of a character for itself: 0 where text of today may hold it.
fn alone(c: char) -> u32 {
    match u32::from(c) {
        0x80..=0x9F => 3,
        0xFFFD => 1,
        0xA4 | 0xA6 | 0xA8 | 0xAF | 0xB4 | 0xB8 | 0x192 | 0x2C6 | 0x2C7 | 0x2D8..=0x2DD | 0x2310 => 1,
        // Latin letters of orthographies long gone, of few speakers, of phonetics. Azerbaijani,
        // Vietnamese, Pinyin and Romanian have theirs between.
        0x138 | 0x17F => BAD,
        0x18F
        | 0x1A0
        | 0x1A1
        | 0x1AF
        | 0x1B0
        | 0x1C4..=0x1DC
        | 0x1E6
        | 0x1E7
        | 0x1F1..=0x1F3
        | 0x218..=0x21B
        | 0x259 => 0,
        0x180..=0x2B9 | 0x2BD..=0x2C5 | 0x2C8..=0x2D7 | 0x2DE..=0x2FF => BAD,
        0x370..=0x383 | 0x3CF..=0x3FF => BAD,
        0x460..=0x489 | 0x500..=0x530 => BAD,
        // The Ґ of Ukrainian.
        0x490 | 0x491 => 0,
        0x48A..=0x4FF => 1,
        0x557..=0x560 | 0x588..=0x5CF | 0x5EB..=0x60B | 0x610..=0x61A | 0x61C..=0x61D | 0x656..=0x65F => BAD,
        0x66E..=0x66F | 0x6D5..=0x6EF | 0x6FA..=0x8FF => BAD,
        0x1380..=0x177F | 0x1800..=0x1DFF => BAD,
        0xA000..=0xABFF | 0xD7A4..=0xF8FF | 0xFB07..=0xFDFF | 0xFE10..=0xFE6F => BAD,
        0x10000..=0x1CFFF | 0x1E000..=0x1EFFF | 0x2FA20.. => BAD,
        0x20000..=0x2FA1F => 1,
        _ => 0,
    }
}

/// Whether `c` may end a word in quotation or speech, whatever letter comes before it.
fn may_close(c: char) -> bool {
    matches!(c, '’' | '”' | '»' | '…' | '–' | '—' | '‘' | '“')
}

/// The first bytes of letters of Latin alphabets, of typographic signs and of emoji, where windows-1252
/// and its kin have letters that next to never stand before anything but a plain letter.
fn named(a: char, b: char) -> Option<u32> {
    match (a, b) {
        // A word may end here: see `between`.
        ('Ã' | 'Â', '\u{a0}') => Some(0),
        ('Ã' | 'Â' | 'â', b) if !b.is_ascii() && !may_close(b) => {
            let is_letter = b.is_alphabetic() && !matches!(b, 'œ' | 'š' | 'ž' | 'ƒ' | 'ª' | 'º' | 'µ');
            (!is_letter || a == 'Ã').then_some(3)
        }
        ('ð', 'Ÿ') | ('в', 'Ђ') | ('¿', '½') => Some(3),
        ('Ã' | 'Â', ' ') => Some(0),
        // French and Latin have plain letters around it.
        ('œ' | 'Œ', other) | (other, 'œ' | 'Œ') if !other.is_ascii() && other.is_alphabetic() => Some(2),
        (a, 'Ã' | 'Â') if a.is_ascii_digit() || a.is_lowercase() => Some(2),
        _ => None,
    }
}

/// Points of two characters side by side.
fn pair(a: char, b: char) -> u32 {
    use Class::{Box, Caseless, Currency, Digit, Lost, Low, Lower, Math, Neutral, Quote, Sign, Stray, Upper};
    if a.is_ascii() && b.is_ascii() {
        return 0;
    }
    if let Some(points) = named(a, b) {
        return points;
    }
    match (class(a), class(b)) {
        (Lower(left), Upper(right)) if left == right => 1,
        (Lower(left) | Upper(left) | Caseless(left), Lower(right) | Upper(right) | Caseless(right)) => {
            mixed(left, right)
        }
        (Lower(_) | Upper(_) | Caseless(_), Low | Math) => 2,
        (Lower(_) | Upper(_) | Caseless(_), Currency) if !a.is_ascii() => 2,
        // Marks of a brand follow its name, that of an owner does not.
        (Lower(_) | Upper(_) | Caseless(_), Sign) if b == '©' => 2,
        (Lower(_) | Upper(_) | Caseless(_), Sign | Stray) => 1,
        (Lower(_), Currency) => 1,
        (Sign, Upper(_)) if a == '°' && b.is_ascii() => 0,
        (Sign | Stray, Lower(_) | Upper(_) | Caseless(_)) => 2,
        (Math, Lower(script) | Upper(script)) => match script {
            Script::Greek => 0,
            _ if b.is_ascii() => 0,
            _ => 2,
        },
        (Math, Quote | Neutral) if a == '×' && !b.is_ascii() => 1,
        (Math, Math | Sign | Stray | Currency) | (Sign | Stray | Currency, Math) => 1,
        (Box, Lower(_) | Upper(_) | Digit | Caseless(_))
        | (Lower(_) | Upper(_) | Digit | Caseless(_), Box) => 2,
        (Currency, Lower(_) | Upper(_)) if !a.is_ascii() => 1,
        (Sign | Stray | Currency | Low | Box, Sign | Stray | Currency | Low | Box) if a != b => {
            u32::from(!(class(a) == Box && class(b) == Box))
        }
        (Upper(_), Lost) if !a.is_ascii() => 1,
        _ => 0,
    }
}

fn mixed(left: Script, right: Script) -> u32 {
    match (left, right) {
        (left, right) if left == right => 0,
        // Names of quantities: a Greek letter within a formula, a unit.
        (Script::Latin, Script::Greek) | (Script::Greek, Script::Latin) => 0,
        (Script::Other(_), Script::Other(_)) => 0,
        _ => 2,
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic()
}

/// Points of a character for what stands on both its sides.
fn between(a: char, c: char, b: char) -> u32 {
    match c {
        // A quotation begins or ends within a word.
        '“' | '”' | '«' | '»' | '‹' | '›' if is_letter(a) && is_letter(b) => 3,
        '•' if is_letter(a) && is_letter(b) => 2,
        // The first bytes of Cyrillic on the Macintosh.
        '–' | '—' if ![a, b].iter().any(|c| c.is_ascii() || c.is_whitespace()) => 1,
        // The three bytes of quotes, dashes and the ellipsis on the Macintosh.
        'Ä' if a == '‚' && !b.is_ascii() => 3,
        '‘' if matches!(a, 'Ã' | 'Â') && is_letter(b) => 3,
        // Words of Portuguese, Vietnamese and Turkish end in these capitals, after others.
        'Ã' if (a.is_whitespace() || a == '\'') && b == ' ' => 1,
        'Ã' if a.is_whitespace() && b == '\u{a0}' => 2,
        'Â' if !a.is_uppercase() && b == '\u{a0}' => 3,
        '\u{a0}' if matches!(a, 'Ã' | 'Â') && (b.is_lowercase() || (a == 'Â' && b.is_ascii_digit())) => 3,
        _ => lone_letter(a, c, b),
    }
}

/// Points of a letter that stands alone, of a script that writes words of several.
fn lone_letter(a: char, c: char, b: char) -> u32 {
    if c.is_ascii() {
        return 0;
    }
    let (Class::Lower(own) | Class::Upper(own) | Class::Caseless(own)) = class(c) else { return 0 };
    let joins = |other: char| is_letter(other) && script(other) == own;
    match own {
        Script::Other(_) if !joins(a) && !joins(b) => 2,
        Script::Dense if !joins(a) && !joins(b) => 1,
        _ => 0,
    }
}

/// The points of a whole piece. Its ends count as ends of the line: give it with two characters of
/// what is around it, before and after, and compare only pieces in the same surroundings.
pub(super) fn points(piece: &[char]) -> u32 {
    let mut sum = 0;
    let (mut before, mut a) = (' ', ' ');
    for &c in piece.iter().chain(&[' ']) {
        if a.is_ascii() && c.is_ascii() && a != ' ' {
            (before, a) = (a, c);
            continue;
        }
        sum += pair(a, c) + between(before, a, c) + alone(c);
        (before, a) = (a, c);
    }
    sum
}
