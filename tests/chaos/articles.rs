//! The records of a run: mostly stories, some enormous, some poison. A number and a seed make each.

use super::plan::Random;
use crate::harness::client::Stored;
use crate::harness::stories::story;

/// What a number stands for, of a thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Story,
    Json,
    Html,
    SingleLine,
    /// 100 kB to 900 kB.
    Enormous,
    InvalidUtf8,
    Empty,
    Noise,
    TruncatedJson,
    OneByte,
    Tombstone,
}

fn form(draw: u64) -> Form {
    match draw {
        0..3 => Form::Enormous,
        3..13 => Form::InvalidUtf8,
        13..18 => Form::Empty,
        18..28 => Form::Noise,
        28..38 => Form::TruncatedJson,
        38..58 => Form::Tombstone,
        58..68 => Form::OneByte,
        68..88 => Form::SingleLine,
        88..188 => Form::Json,
        188..238 => Form::Html,
        _ => Form::Story,
    }
}

/// The record of a number. Where it goes is the producer's to say.
pub(crate) fn record(seed: u64, number: usize) -> Stored {
    let mut random = Random::new(seed ^ (number as u64).wrapping_mul(0x2545_f491_4f6c_dd1d));
    let form = form(random.within(0..1000));
    let length = usize::try_from(random.within(1_000..4_000)).expect("a length");
    let value = match form {
        Form::Story => Some(long_story(number, length).into_bytes()),
        Form::Json => {
            let text = long_story(number, length);
            let json = serde_json::json!({"title": format!("Notes of day {number}"), "text": text});
            Some(json.to_string().into_bytes())
        }
        Form::Html => {
            let body = long_story(number, length).replace('\n', "</p>\n<p>");
            let page = format!(
                "<html><head><title>Page {number}</title></head><body><article><p>{body}</p></article></body></html>"
            );
            Some(page.into_bytes())
        }
        Form::SingleLine => Some(long_story(number, length).replace('\n', " ").into_bytes()),
        Form::Enormous => {
            let length = usize::try_from(random.within(100_000..900_000)).expect("a length");
            Some(long_story(number, length).into_bytes())
        }
        Form::InvalidUtf8 => {
            let mut bytes = long_story(number, length).into_bytes();
            let at = bytes.len() / 2;
            bytes.splice(at..at, [0xff, 0xfe, 0xc0, 0x80]);
            Some(bytes)
        }
        Form::Empty => Some(Vec::new()),
        Form::Noise => Some((0..2_000).map(|_| random.next().to_le_bytes()[0]).collect()),
        Form::TruncatedJson => {
            Some(format!("{{\"title\": \"Cut off {number}\", \"text\": \"The line went dead at").into_bytes())
        }
        Form::OneByte => Some(vec![b'a' + u8::try_from(number % 26).expect("a letter")]),
        Form::Tombstone => None,
    };
    let keyless = random.within(0..10) == 0 && form != Form::Tombstone;
    let mut headers = vec![
        ("number".to_owned(), Some(number.to_string().into_bytes())),
        ("desk".to_owned(), Some(random.next().to_le_bytes().to_vec())),
    ];
    if number.is_multiple_of(3) {
        headers.push(("note".to_owned(), None));
        headers.push(("desk".to_owned(), Some(b"\x00\xffonce more".to_vec())));
        headers.push(("mark".to_owned(), Some(Vec::new())));
    }
    Stored {
        // Keys come back, as those of corrected articles do.
        key: (!keyless).then(|| format!("story-{}", random.within(0..5_000)).into_bytes()),
        value,
        headers,
        ..Stored::default()
    }
}

/// A story of about so many bytes, never fewer than a story has.
fn long_story(number: usize, length: usize) -> String {
    let mut text = story(number);
    let mut line = 0;
    while text.len() < length {
        line += 1;
        text.push_str(&format!(
            "\nOn day {line} the desk of story {number} heard from Oslo and Vienna that the harbour is open again."
        ));
    }
    text
}

#[test]
fn a_number_repeats_its_record_and_every_form_comes() {
    let records: Vec<_> = (0..3_000).map(|number| record(5, number)).collect();
    assert_eq!(records[17], record(5, 17));
    let any = |holds: &dyn Fn(&Stored) -> bool| records.iter().any(holds);
    let length = |stored: &Stored| stored.value.as_ref().map(Vec::len);
    assert!(any(&|stored| length(stored).is_none() && stored.key.is_some()), "a tombstone");
    for (least, most) in [(0, 0), (1, 1), (2_000, 2_000), (3_000, 4_000), (100_000, 901_000)] {
        assert!(any(&|stored| length(stored).is_some_and(|found| (least..=most).contains(&found))));
    }
    assert!(any(&|stored| stored.key.is_none()));
}
