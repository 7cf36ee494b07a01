//! Characters that stand for others only because a font or a character set of old had them: letters
//! set as one, and the wide forms of East Asia in text that is not East Asian.

/// The letters that a ligature or digraph of one character is spelled with. The letters of Dutch
/// (`ij`) and Croatian (`dž`, `lj`, `nj`) are none of their own in today's spelling.
pub(super) fn spelled_out(c: char) -> Option<&'static str> {
    Some(match c {
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'ﬅ' | 'ﬆ' => "st",
        'Ĳ' => "IJ",
        'ĳ' => "ij",
        'ŉ' => "’n",
        'Ǆ' => "DŽ",
        'ǅ' => "Dž",
        'ǆ' => "dž",
        'Ǉ' => "LJ",
        'ǈ' => "Lj",
        'ǉ' => "lj",
        'Ǌ' => "NJ",
        'ǋ' => "Nj",
        'ǌ' => "nj",
        'Ǳ' => "DZ",
        'ǲ' => "Dz",
        'ǳ' => "dz",
        _ => return None,
    })
}

/// The ASCII character of which `c` is the wide form.
pub(super) fn narrow(c: char) -> Option<char> {
    matches!(c, '！'..='～').then(|| char::from_u32(u32::from(c) - 0xFEE0)).flatten()
}

/// Whether a line with `c` in it may be East Asian, where wide forms belong.
pub(super) fn is_east_asian(c: char) -> bool {
    matches!(u32::from(c), 0x1100..=0x11FF | 0x2E80..=0x9FFF | 0xA960..=0xA97F | 0xAC00..=0xD7FF
        | 0xF900..=0xFAFF | 0xFF5F..=0xFFDC | 0x20000..=0x3FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_forms() {
        assert_eq!(narrow('，'), Some(','));
        assert_eq!(narrow('～'), Some('~'));
        assert_eq!(narrow('、'), None, "it has no narrow form");
        assert!(is_east_asian('日') && is_east_asian('、') && !is_east_asian('，'));
    }

    #[test]
    fn ligatures() {
        assert_eq!(spelled_out('ﬃ'), Some("ffi"));
        assert_eq!(spelled_out('œ'), None, "a letter of French");
        assert_eq!(spelled_out('æ'), None, "a letter of Danish");
    }
}
