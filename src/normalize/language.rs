//! The language of a text, told from its first 1,000 code points.

use crate::article::Language;

/// How much of the text is looked at, in code points.
const WINDOW: usize = 1_000;
/// The share of function words above which a text is English without a second look, which costs more
/// than all the rest of normalizing. Of news in English, more than nine in ten have more.
const ENGLISH_SHARE: f64 = 0.18;
/// One word in so many must be `the`, the one of them that no other language has: Afrikaans has `is`,
/// `was`, `by` and `as`, too.
const WORDS_TO_A_THE: u32 = 50;
/// The fewest words for that short way.
const ENGLISH_WORDS: usize = 40;
/// Below this confidence of the detector the language is not said.
const MIN_CONFIDENCE: f64 = 0.5;

/// The commonest English words that are no common words of another language in Latin script.
const ENGLISH: [u64; 31] = packed_all([
    "the", "of", "and", "to", "that", "was", "for", "with", "his", "they", "which", "their", "said", "were",
    "from", "this", "have", "has", "had", "would", "been", "who", "its", "are", "by", "is", "it", "as", "at",
    "not", "but",
]);

/// The length of the longest of them, in bytes, and the surest.
const LONGEST_ENGLISH: usize = 5;
const THE: u64 = packed(b"the");

/// The bytes of a word as a number, so that all words of a list are compared with it at once; 0, which is
/// none, for a word of more than eight.
const fn packed(word: &[u8]) -> u64 {
    let mut number = 0;
    let mut rest = word;
    while let [head @ .., last] = rest {
        number = number << 8 | *last as u64;
        rest = head;
    }
    if word.len() > 8 { 0 } else { number }
}

#[expect(clippy::indexing_slicing, reason = "worked out by the compiler")]
const fn packed_all<const WORDS: usize>(words: [&str; WORDS]) -> [u64; WORDS] {
    let mut numbers = [0; WORDS];
    let mut at = 0;
    while at < WORDS {
        numbers[at] = packed(words[at].as_bytes());
        at += 1;
    }
    numbers
}

/// The tag of ISO 639-1 for the detector's tag of ISO 639-3, where there is one.
fn short(lang: whatlang::Lang) -> &'static str {
    use whatlang::Lang as L;
    match lang {
        L::Afr => "af",
        L::Aka => "ak",
        L::Amh => "am",
        L::Ara => "ar",
        L::Aze => "az",
        L::Bel => "be",
        L::Ben => "bn",
        L::Bul => "bg",
        L::Cat => "ca",
        L::Ces => "cs",
        L::Cmn => "zh",
        L::Dan => "da",
        L::Deu => "de",
        L::Ell => "el",
        L::Eng => "en",
        L::Epo => "eo",
        L::Est => "et",
        L::Fin => "fi",
        L::Fra => "fr",
        L::Guj => "gu",
        L::Heb => "he",
        L::Hin => "hi",
        L::Hrv => "hr",
        L::Hun => "hu",
        L::Hye => "hy",
        L::Ind => "id",
        L::Ita => "it",
        L::Jav => "jv",
        L::Jpn => "ja",
        L::Kan => "kn",
        L::Kat => "ka",
        L::Khm => "km",
        L::Kor => "ko",
        L::Lat => "la",
        L::Lav => "lv",
        L::Lit => "lt",
        L::Mal => "ml",
        L::Mar => "mr",
        L::Mkd => "mk",
        L::Mya => "my",
        L::Nep => "ne",
        L::Nld => "nl",
        L::Nob => "nb",
        L::Ori => "or",
        L::Pan => "pa",
        L::Pes => "fa",
        L::Pol => "pl",
        L::Por => "pt",
        L::Ron => "ro",
        L::Rus => "ru",
        L::Sin => "si",
        L::Slk => "sk",
        L::Slv => "sl",
        L::Sna => "sn",
        L::Spa => "es",
        L::Srp => "sr",
        L::Swe => "sv",
        L::Tam => "ta",
        L::Tel => "te",
        L::Tgl => "tl",
        L::Tha => "th",
        L::Tuk => "tk",
        L::Tur => "tr",
        L::Ukr => "uk",
        L::Urd => "ur",
        L::Uzb => "uz",
        L::Vie => "vi",
        L::Yid => "yi",
        L::Zul => "zu",
        other => other.code(),
    }
}

/// The head of `text` that is looked at.
fn window(text: &str) -> &str {
    if text.len() <= WINDOW {
        return text;
    }
    if let Some((head, _)) = text.split_at_checked(WINDOW).filter(|(head, _)| head.is_ascii()) {
        return head;
    }
    let end = text.char_indices().nth(WINDOW).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}

/// The share of common English words among the words of `text`; `None` if there are too few words, or
/// too few of the surest.
fn english_share(text: &str) -> Option<f64> {
    let (mut words, mut common, mut surest) = (0_u32, 0_u32, 0_u32);
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        words += 1;
        if word.len() <= LONGEST_ENGLISH {
            let word = packed(word.as_bytes());
            common += ENGLISH.iter().map(|&known| u32::from(known == word)).sum::<u32>();
            surest += u32::from(word == THE);
        }
    }
    (words as usize >= ENGLISH_WORDS && surest * WORDS_TO_A_THE >= words)
        .then(|| f64::from(common) / f64::from(words))
}

fn rounded(confidence: f64) -> f64 {
    (confidence * 100.0).round() / 100.0
}

/// Tells the language of `text`. `stated`: what the source says, which decides where the text alone
/// does not. `None` without a text.
pub(super) fn detect(text: &str, stated: Option<&str>) -> Option<Language> {
    let window = window(text);
    if window.is_empty() {
        return None;
    }
    if let Some(share) = english_share(window).filter(|share| *share >= ENGLISH_SHARE) {
        return Some(Language { tag: "en".to_owned(), confidence: rounded((0.6 + share).min(1.0)) });
    }
    let primary =
        stated.and_then(|tag| tag.split(['-', '_']).next()).filter(|tag| matches!(tag.len(), 2 | 3));
    let found = whatlang::detect(window);
    if let Some(found) = found.as_ref().filter(|found| found.confidence() >= MIN_CONFIDENCE) {
        return Some(Language {
            tag: short(found.lang()).to_owned(),
            confidence: rounded(found.confidence()),
        });
    }
    let confidence = rounded(found.as_ref().map_or(0.0, whatlang::Info::confidence));
    let tag = primary.map_or_else(|| "und".to_owned(), str::to_lowercase);
    Some(Language { tag, confidence })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, stated: Option<&str>, tag: &str) {
        assert_eq!(detect(text, stated).unwrap().tag, tag, "{text}");
    }

    #[test]
    fn words_are_told_apart_as_numbers() {
        let known = |word: &str| ENGLISH.contains(&packed(word.as_bytes()));
        assert!(["the", "of", "their", "but"].into_iter().all(known));
        assert!(!["eht", "o", "them", "thei", "", "theirwhich"].into_iter().any(known));
        assert_eq!(packed(b"theirwhich"), 0);
    }

    #[test]
    fn languages() {
        let english = "The bridge over the harbour was closed for two days after the storm, and the council said \
                       that it would be open again by noon. They have not said which of the lanes would be closed.";
        check(english, None, "en");
        let accented = english.replace("the council", "Council – “Łódź’s” –").replace("storm", "El Niño");
        check(&accented, None, "en");
        check(
            "Die hawe is na die storm vir twee dae gesluit en die brug was toe onder water. Dit is die eerste keer \
             dat dit gebeur, en die burgemeester het gesê daar is geen gevaar nie. Die skool was by die kerk en is \
             nou by die hawe. Die reën was so swaar as wat dit in jare was.",
            None,
            "af",
        );
        check(
            "Der Hafen der Stadt wurde nach dem Sturm für zwei Tage gesperrt, und die Behörden teilten mit, dass \
             die Brücke am Mittag wieder geöffnet werde.",
            None,
            "de",
        );
        check("Мост через гавань был закрыт на два дня после шторма, сообщили городские власти.", None, "ru");
        check("港口大桥在暴风雨后关闭了两天。", None, "zh");
        check("42", None, "und");
        check("42", Some("fr-CA"), "fr");
        assert_eq!(detect("", Some("fr")), None);
    }
}
