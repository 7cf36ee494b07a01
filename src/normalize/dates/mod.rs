//! When an article was published: every candidate is read, the best one wins, and the record says
//! what speaks for it.

mod evidence;
mod languages;
mod published;
mod read;
mod relative;
mod url;
mod words;

pub(super) use published::{Candidate, Surroundings, publish};
pub(super) use read::{Manner, ReadDate, read};

/// Whether `text` is nothing but an age: `2 hours ago`.
pub(super) fn is_age(text: &str) -> bool {
    relative::is_age(text)
}

/// Whether `text` is a day and a month, with or without a year (`Jan 8`, `8 Jan.`, `March 3, 2023`).
pub(super) fn is_day_and_month(text: &str) -> bool {
    day_and_month(text).is_some()
}

/// The month and the day that `text` names.
pub(super) fn day_and_month(text: &str) -> Option<(i8, i8)> {
    let (mut month, mut day, mut year) = (None, None, false);
    for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
        let word = word.trim_end_matches('.');
        if let Ok(number) = word.parse::<i16>() {
            match number {
                1..=31 if day.is_none() => day = i8::try_from(number).ok(),
                _ if !year && read::YEARS.contains(&number.into()) => year = true,
                _ => return None,
            }
        } else if month.is_none() {
            month = Some(words::month(&word.to_lowercase(), None)?);
        } else {
            return None;
        }
    }
    Some((month?, day?))
}

/// What opens the date of an update, in lower case.
const UPDATES: &[&str] = &[
    "updated",
    "update",
    "last updated",
    "last update",
    "last modified",
    "modified",
    "aktualisiert",
    "zuletzt aktualisiert",
    "mis à jour",
    "mise à jour",
    "actualizado",
    "actualizada",
    "aggiornato",
    "ultimo aggiornamento",
    "atualizado",
    "atualizada",
    "bijgewerkt",
    "laatst bijgewerkt",
    "zaktualizowano",
    "ažurirano",
    "ажурирано",
    "обновлено",
    "güncellendi",
    "güncelleme",
    "son güncelleme",
];

/// Whether a date line says of itself that it tells of an update.
pub(super) fn is_update(line: &str) -> bool {
    let lowered = line.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    UPDATES
        .iter()
        .any(|word| lowered.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
}

/// Whether a word is the English name of a weekday or a month.
pub(super) fn is_weekday_or_month(word: &str) -> bool {
    words::is_english(&word.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_months() {
        for text in ["Jan 8", "8 Jan", "Jan. 8", "March 3, 2023", "3 March 2023"] {
            assert!(is_day_and_month(text), "{text}");
        }
        for text in ["Jan", "8", "8 9", "Jan Feb 3", "Oslo 8", "Jan 32", ""] {
            assert!(!is_day_and_month(text), "{text}");
        }
    }
}
