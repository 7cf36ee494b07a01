//! The kicker: the name of a section or a form above the headline.

/// The longest kicker, in bytes.
const MAX_BYTES: usize = 40;

/// Sections and forms, in lower case.
const KICKERS: &[&str] = &[
    "world",
    "world news",
    "news",
    "top news",
    "top stories",
    "local news",
    "national",
    "national news",
    "international",
    "politics",
    "business",
    "economy",
    "markets",
    "finance",
    "technology",
    "tech",
    "science",
    "health",
    "environment",
    "climate",
    "sport",
    "sports",
    "football",
    "soccer",
    "culture",
    "arts",
    "entertainment",
    "lifestyle",
    "travel",
    "opinion",
    "analysis",
    "editorial",
    "commentary",
    "comment",
    "exclusive",
    "breaking",
    "breaking news",
    "just in",
    "developing",
    "developing story",
    "live",
    "live updates",
    "latest",
    "feature",
    "features",
    "explainer",
    "factbox",
    "interview",
    "investigation",
    "special report",
    "europe",
    "asia",
    "africa",
    "americas",
    "middle east",
    "asia pacific",
    "us news",
    "u.s. news",
    "uk news",
    "politik",
    "wirtschaft",
    "kultur",
    "meinung",
    "panorama",
    "ausland",
    "inland",
    "gesellschaft",
    "wissen",
    "eilmeldung",
    "kommentar",
    "politique",
    "monde",
    "économie",
    "société",
    "política",
    "economía",
    "mundo",
    "internacional",
    "deportes",
    "cultura",
    "sociedad",
    "politica",
    "economia",
    "esteri",
    "cronaca",
    "mondo",
    "esportes",
    "brasil",
    "politiek",
    "buitenland",
    "binnenland",
    "economie",
    "polska",
    "świat",
    "polityka",
    "gospodarka",
    "vesti",
    "vijesti",
    "svet",
    "svijet",
    "ekonomija",
    "hronika",
    "crna hronika",
    "политика",
    "экономика",
    "общество",
    "в мире",
    "свет",
    "вести",
    "спорт",
    "gündem",
    "dünya",
    "ekonomi",
    "spor",
    "siyaset",
    "son dakika",
];

/// Whether `line`, above `next`, is a kicker: known, and with more than a word or two below it.
pub(super) fn is_kicker(line: &str, next: &str) -> bool {
    line.len() <= MAX_BYTES && next.len() > line.len() && next.contains(' ') && {
        let lowered = line.trim_matches(|c: char| !c.is_alphanumeric() && c != '.').to_lowercase();
        lowered.split(['|', '/', '·', '•', '>', '›', '&']).all(|part| {
            KICKERS.contains(&part.trim().trim_end_matches('.')) || KICKERS.contains(&part.trim())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kickers() {
        for line in ["WORLD NEWS", "Politics", "Exclusive:", "World | Europe", "Politik", "U.S. news"] {
            assert!(is_kicker(line, "Harbour bridge reopens after storm"), "{line}");
        }
        assert!(!is_kicker("World Bank", "Harbour bridge reopens after storm"));
        assert!(!is_kicker("Harbour bridge reopens", "Politics is not to blame for it"));
        assert!(!is_kicker("Politics", "By Ana"), "a headline stays");
    }
}
