//! The states of the United States: where American papers place a town (`Portland, Maine`; `Key West, Fla.`).

/// Name, postal code, abbreviation of the Associated Press (empty where it has none).
const STATES: [(&str, [u8; 2], &str); 51] = [
    ("Alabama", *b"AL", "Ala"),
    ("Alaska", *b"AK", ""),
    ("Arizona", *b"AZ", "Ariz"),
    ("Arkansas", *b"AR", "Ark"),
    ("California", *b"CA", "Calif"),
    ("Colorado", *b"CO", "Colo"),
    ("Connecticut", *b"CT", "Conn"),
    ("Delaware", *b"DE", "Del"),
    ("District of Columbia", *b"DC", ""),
    ("Florida", *b"FL", "Fla"),
    ("Georgia", *b"GA", "Ga"),
    ("Hawaii", *b"HI", ""),
    ("Idaho", *b"ID", ""),
    ("Illinois", *b"IL", "Ill"),
    ("Indiana", *b"IN", "Ind"),
    ("Iowa", *b"IA", ""),
    ("Kansas", *b"KS", "Kan"),
    ("Kentucky", *b"KY", "Ky"),
    ("Louisiana", *b"LA", "La"),
    ("Maine", *b"ME", ""),
    ("Maryland", *b"MD", "Md"),
    ("Massachusetts", *b"MA", "Mass"),
    ("Michigan", *b"MI", "Mich"),
    ("Minnesota", *b"MN", "Minn"),
    ("Mississippi", *b"MS", "Miss"),
    ("Missouri", *b"MO", "Mo"),
    ("Montana", *b"MT", "Mont"),
    ("Nebraska", *b"NE", "Neb"),
    ("Nevada", *b"NV", "Nev"),
    ("New Hampshire", *b"NH", "NH"),
    ("New Jersey", *b"NJ", "NJ"),
    ("New Mexico", *b"NM", "NM"),
    ("New York", *b"NY", "NY"),
    ("North Carolina", *b"NC", "NC"),
    ("North Dakota", *b"ND", "ND"),
    ("Ohio", *b"OH", ""),
    ("Oklahoma", *b"OK", "Okla"),
    ("Oregon", *b"OR", "Ore"),
    ("Pennsylvania", *b"PA", "Pa"),
    ("Rhode Island", *b"RI", "RI"),
    ("South Carolina", *b"SC", "SC"),
    ("South Dakota", *b"SD", "SD"),
    ("Tennessee", *b"TN", "Tenn"),
    ("Texas", *b"TX", ""),
    ("Utah", *b"UT", ""),
    ("Vermont", *b"VT", "Vt"),
    ("Virginia", *b"VA", "Va"),
    ("Washington", *b"WA", "Wash"),
    ("West Virginia", *b"WV", "W Va"),
    ("Wisconsin", *b"WI", "Wis"),
    ("Wyoming", *b"WY", "Wyo"),
];

/// The code of the state of that name.
pub(super) fn code(name: &str) -> Option<[u8; 2]> {
    STATES.iter().find(|(known, _, _)| *known == name).map(|&(_, code, _)| code)
}

/// The state that a description of a place ends on (`Town in Kennebec County, Maine, United States`); `None`
/// where it names no state of the United States, or no country.
pub(super) fn of_description(description: &str) -> Option<[u8; 2]> {
    let rest = ["United States of America", "United States", "USA"]
        .iter()
        .find_map(|country| description.trim_end_matches('.').strip_suffix(country))?
        .trim_end_matches([' ', ',']);
    STATES
        .iter()
        .filter(|(name, _, _)| rest.strip_suffix(name).is_some_and(|before| before.ends_with([' ', ','])))
        .max_by_key(|(name, _, _)| name.len())
        .map(|&(_, code, _)| code)
}

/// The abbreviation of a state by its code.
pub(super) fn abbreviation(code: [u8; 2]) -> Option<&'static str> {
    STATES
        .iter()
        .find(|(_, known, _)| *known == code)
        .map(|&(_, _, short)| short)
        .filter(|short| !short.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_end_on_their_state() {
        for (description, state) in [
            ("Town in Kennebec County, Maine, United States", Some(*b"ME")),
            ("City of the state Washington, United States", Some(*b"WA")),
            ("City in West Virginia, USA", Some(*b"WV")),
            ("city in Kansas", None),
            ("Human settlement in Yukon, Canada", None),
            ("lake in the United States", None),
        ] {
            assert_eq!(of_description(description), state, "{description}");
        }
        assert_eq!((code("Maine"), abbreviation(*b"FL")), (Some(*b"ME"), Some("Fla")));
    }
}
