//! Repairs UTF-8 that was once read as windows-1252: `â€™` for `’`, `Ã©` for `é`.
//!
//! Only sequences that real text does not hold are taken: `Ã` or `Â` before a character of the upper
//! half, `â€` with a third one. `É”` at the end of a quotation is none of them, though its two bytes
//! would be valid UTF-8.

/// Characters a run may have; a longer one is repaired in pieces.
const MAX_RUN: usize = 256;
/// How often a text may have been read wrongly in a row.
const MAX_ROUNDS: usize = 8;

/// Whether a sequence may begin with `c`.
pub(super) fn may_open(c: char) -> bool {
    matches!(c, 'Â' | 'Ã' | 'â')
}

/// The byte that windows-1252 has for a character of its upper half. The five that it leaves
/// undefined are taken as the C1 control of the same number, as browsers do.
fn byte_of(c: char) -> Option<u8> {
    let byte = match c {
        '\u{80}'..='\u{ff}' => u8::try_from(u32::from(c)).ok()?,
        '€' => 0x80,
        '‚' => 0x82,
        'ƒ' => 0x83,
        '„' => 0x84,
        '…' => 0x85,
        '†' => 0x86,
        '‡' => 0x87,
        'ˆ' => 0x88,
        '‰' => 0x89,
        'Š' => 0x8A,
        '‹' => 0x8B,
        'Œ' => 0x8C,
        'Ž' => 0x8E,
        '‘' => 0x91,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        '•' => 0x95,
        '–' => 0x96,
        '—' => 0x97,
        '˜' => 0x98,
        '™' => 0x99,
        'š' => 0x9A,
        '›' => 0x9B,
        'œ' => 0x9C,
        'ž' => 0x9E,
        'Ÿ' => 0x9F,
        _ => return None,
    };
    Some(byte)
}

/// Characters that show nothing, are no part of a sequence, and may lie within one and hide it.
fn transparent(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}')
        || (c.is_ascii_control() && !c.is_ascii_whitespace() && c != '\u{b}')
}

/// Reads one sequence at the head of `run`: the character it means, and how many it takes.
fn sequence(run: &[char]) -> Option<(char, usize)> {
    let mut visible = run.iter().enumerate().filter(|(_, c)| !transparent(**c));
    let (_, &lead) = visible.next()?;
    if !may_open(lead) {
        return None;
    }
    let lead = byte_of(lead)?;
    let length = if lead == 0xE2 { 3 } else { 2 };
    let mut bytes = smallvec::SmallVec::<[u8; 3]>::new();
    bytes.push(lead);
    let mut taken = 0;
    while bytes.len() < length {
        let (at, &c) = visible.next()?;
        let byte = byte_of(c).filter(|byte| (0x80..=0xBF).contains(byte))?;
        bytes.push(byte);
        taken = at + 1;
    }
    let good = std::str::from_utf8(&bytes).ok()?.chars().next()?;
    Some((good, taken))
}

/// One round over a run; `None` if nothing was wrong.
fn round(run: &[char]) -> Option<Vec<char>> {
    let mut good = Vec::with_capacity(run.len());
    let mut at = 0;
    let mut changed = false;
    while let Some(rest) = run.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some((c, taken)) = sequence(rest) {
            good.push(c);
            at += taken;
            changed = true;
            continue;
        }
        good.extend(rest.first());
        at += 1;
    }
    changed.then_some(good)
}

/// Bytes of the run of characters at the head of `text` that windows-1252 has in its upper half, with
/// what hides between them. 0 if `text` begins with another character.
pub(super) fn run_bytes(text: &str) -> usize {
    if text.chars().next().is_none_or(|c| c.is_ascii() || byte_of(c).is_none()) {
        return 0;
    }
    text.chars()
        .take_while(|&c| transparent(c) || (!c.is_ascii() && byte_of(c).is_some()))
        .take(MAX_RUN)
        .map(char::len_utf8)
        .sum()
}

/// Repairs a whole run of [`run_bytes`]. `None` if it is as it should be.
pub(super) fn repair(run: &str) -> Option<String> {
    let run: Vec<char> = run.chars().collect();
    let mut good = round(&run)?;
    for _ in 1..MAX_ROUNDS {
        let Some(better) = round(&good) else { break };
        good = better;
    }
    Some(good.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, expected: Option<&str>) {
        assert_eq!(repair(&raw[..run_bytes(raw)]).as_deref(), expected, "{raw}");
    }

    #[test]
    fn repaired() {
        check("Ã©", Some("é"));
        check("â€œ", Some("“"));
        check("â€\u{9d}", Some("”"));
        check("Â£5", Some("£"));
        check("Ã¢â‚¬â„¢", Some("’"));
        check("â\u{200b}€™", Some("’"));
        check("ÂÂ\u{99}€", Some("\u{99}€"));
    }

    #[test]
    fn left_alone() {
        check("É”", None);
        check("ÃO", None);
        check("âge", None);
        check("Â", None);
    }
}
