//! Further names of an institution as papers write it: British and American spelling, the words of a ministry
//! the other way round, without a leading article.

/// Spellings of one word, folded.
const SPELLINGS: [(&str, &str); 9] = [
    ("organisation", "organization"),
    ("organisations", "organizations"),
    ("defence", "defense"),
    ("centre", "center"),
    ("centres", "centers"),
    ("labour", "labor"),
    ("harbour", "harbor"),
    ("theatre", "theater"),
    ("programme", "program"),
];

/// Words that open the name of a part of a government.
const OFFICES: [&str; 3] = ["ministry", "department", "office"];

/// Articles of other languages.
const ARTICLES: [&str; 10] = ["la", "le", "el", "il", "die", "der", "das", "los", "las", "les"];

/// The folded name in the other spelling.
pub(super) fn respelled(key: &str) -> Option<String> {
    let other = |token: &str| {
        SPELLINGS.iter().find_map(|&(british, american)| match token {
            _ if token == british => Some(american),
            _ if token == american => Some(british),
            _ => None,
        })
    };
    let mut found = false;
    let tokens: Vec<&str> = key
        .split(' ')
        .map(|token| {
            let spelled = other(token);
            found |= spelled.is_some();
            spelled.unwrap_or(token)
        })
        .collect();
    found.then(|| tokens.join(" "))
}

/// The folded name without a leading article.
pub(super) fn without_article(key: &str) -> Option<&str> {
    let (first, rest) = key.split_once(' ')?;
    (ARTICLES.contains(&first) && rest.contains(' ')).then_some(rest)
}

/// `justice department` and `us justice department` of `united states department of justice`.
pub(super) fn turned(key: &str) -> Vec<String> {
    let tokens: Vec<&str> = key.split(' ').collect();
    let Some(at) = tokens.iter().position(|token| OFFICES.contains(token)).filter(|&at| at <= 2) else {
        return Vec::new();
    };
    let (Some(office), Some(&"of" | &"for")) = (tokens.get(at), tokens.get(at + 1)) else {
        return Vec::new();
    };
    let of: Vec<&str> = tokens
        .iter()
        .skip(at + 2)
        .copied()
        .skip_while(|token| *token == "the")
        .take_while(|token| !matches!(*token, "of" | "in" | "for"))
        .collect();
    if of.is_empty() || of.len() > 4 {
        return Vec::new();
    }
    let field = of.join(" ");
    let mut names = vec![format!("{field} {office}")];
    if field == "foreign affairs" {
        names.push(format!("foreign {office}"));
    }
    if tokens.starts_with(&["united", "states"]) {
        let american: Vec<String> = names.iter().map(|name| format!("us {name}")).collect();
        names.extend(american);
    }
    names
}

/// Whether an alias leaves out the year or the number that tells one event from its kin: `World Cup` is no name
/// of the one of 2006.
pub(super) fn loses_number(label: &str, alias: &str) -> bool {
    let numbered = |name: &str| name.chars().any(|letter| letter.is_ascii_digit());
    numbered(label) && !numbered(alias)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_other_forms() {
        assert_eq!(respelled("world trade organization").as_deref(), Some("world trade organisation"));
        assert_eq!(respelled("bank of peru"), None);
        assert_eq!(without_article("la gazzetta dello sport"), Some("gazzetta dello sport"));
        assert_eq!(without_article("la paz"), None);
        assert_eq!(
            turned("united states department of the treasury"),
            ["treasury department", "us treasury department"]
        );
        assert_eq!(
            turned("ministry of foreign affairs of peru"),
            ["foreign affairs ministry", "foreign ministry"]
        );
        assert!(turned("bank of the department").is_empty());
        assert!(loses_number("2006 FIFA World Cup", "World Cup") && !loses_number("World Cup", "Mundial"));
    }
}
