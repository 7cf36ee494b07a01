//! Raw articles of our own making, each different by its number.

use super::client::Stored;

/// What is wrong with an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    Empty,
    Binary,
    TruncatedJson,
}

impl Fault {
    /// The code of its dead letter.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty_value",
            Self::Binary => "binary_value",
            Self::TruncatedJson => "bad_json",
        }
    }
}

/// What kind of input a number stands for: of 50, one of each fault, one tombstone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Story,
    Tombstone,
    Bad(Fault),
}

pub fn kind(number: usize) -> Kind {
    match number % 50 {
        7 => Kind::Bad(Fault::Empty),
        18 => Kind::Bad(Fault::Binary),
        29 => Kind::Bad(Fault::TruncatedJson),
        40 => Kind::Tombstone,
        _ => Kind::Story,
    }
}

/// A story laid out as wire text comes from a scraper: headline, date line, the headline once more before
/// the lead, paragraphs, a teaser.
pub fn story(number: usize) -> String {
    let pick = |words: &'static [&'static str], step: usize| words[(number / step) % words.len()];
    let capital = pick(&["Belgrade", "Pristina", "Madrid", "Lisbon", "Ankara", "Vienna", "Oslo"], 1);
    let subject = pick(&["ferry line", "tram depot", "grain store", "harbour wall", "night train"], 7);
    let actor = pick(&["NATO", "the United Nations", "the European Union", "Serbia", "Kosovo"], 3);
    let headline = format!("Council of {capital} votes on {subject} number {number}");
    let (month, day, hour, minute) = (1 + number % 12, 1 + number % 28, number % 24, (number / 24) % 60);
    let filler = (0..4 + number % 9).fold(String::new(), |text, line| {
        text + &format!(
            "Paragraph {line} of story {number} says that work on the {subject} in {capital} costs {} euros a day.\n",
            1000 + number * (line + 3)
        )
    });
    format!(
        "{headline}\n2023.{month:02}.{day:02} {hour:02}:{minute:02}\n{headline} – After a long evening the council \
         of {capital} agreed on the {subject}, and {actor} welcomed the vote.\n{filler}Serbian President Aleksandar \
         Vucic called it “a small step.” Vucic spoke in Belgrade.\nMore Oslo counts its trams again"
    )
}

/// The input record of a number: key, headers, timestamp and value all tell it; every eleventh has no key,
/// but tombstones always have one.
pub fn record(number: usize, partitions: i32) -> Stored {
    let kind = kind(number);
    let value = match kind {
        Kind::Story => Some(story(number).into_bytes()),
        Kind::Tombstone => None,
        Kind::Bad(Fault::Empty) => Some(Vec::new()),
        Kind::Bad(Fault::Binary) => {
            let noise = (0..600usize).map(|at| u8::try_from((at * 89 + number * 31) % 256).expect("a byte"));
            Some([&b"\x89PNG\r\n\x1a\n\x00\x00"[..], &noise.collect::<Vec<_>>()].concat())
        }
        Kind::Bad(Fault::TruncatedJson) => {
            Some(format!("{{\"title\": \"Cut off {number}\", \"text\": \"The line went dead at").into_bytes())
        }
    };
    let keyless = number % 11 == 3 && kind != Kind::Tombstone;
    Stored {
        partition: i32::try_from(number).expect("a small number") % partitions,
        timestamp: Some(1_672_531_200_000 + i64::try_from(number).expect("a small number") * 977),
        key: (!keyless).then(|| format!("story-{number}").into_bytes()),
        value,
        headers: vec![
            ("number".to_owned(), Some(number.to_string().into_bytes())),
            ("desk".to_owned(), Some(b"\x00\xffforeign".to_vec())),
        ],
        ..Stored::default()
    }
}

pub fn records(numbers: std::ops::Range<usize>, partitions: i32) -> Vec<Stored> {
    numbers.map(|number| record(number, partitions)).collect()
}
