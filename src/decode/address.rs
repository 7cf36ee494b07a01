//! Addresses without what only tells who sent the reader.

/// How the names of parameters begin that only track readers, and whole such names.
const FAMILIES: [&str; 10] = ["utm_", "mtm_", "pk_", "piwik_", "hsa_", "ga_", "at_", "oly_", "vero_", "_hs"];
const NAMES: [&str; 19] = [
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "ysclid",
    "twclid",
    "ttclid",
    "igshid",
    "igsh",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "s_kwcid",
    "_ga",
];

/// `address` without parameters that only track readers, and without a fragment, which no server sees (`#!` is
/// one that pages are told apart by).
pub(crate) fn without_tracking(address: &str) -> String {
    let (before, fragment) = match address.split_once('#') {
        Some((before, fragment)) if fragment.starts_with('!') => (before, Some(fragment)),
        Some((before, _)) => (before, None),
        None => (address, None),
    };
    let (path, query) = before.split_once('?').map_or((before, ""), |(path, query)| (path, query));
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !is_tracking(pair)).collect();
    let mut cut = path.to_owned();
    if !kept.is_empty() {
        cut.push('?');
        cut.push_str(&kept.join("&"));
    }
    if let Some(fragment) = fragment {
        cut.push('#');
        cut.push_str(fragment);
    }
    cut
}

fn is_tracking(pair: &str) -> bool {
    let name = pair.split_once('=').map_or(pair, |(name, _)| name).to_ascii_lowercase();
    NAMES.contains(&name.as_str()) || FAMILIES.iter().any(|family| name.starts_with(family))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tracks_readers_goes_and_what_names_the_article_stays() {
        let cases = [
            ("https://a.example/x?id=7&utm_source=feed&UTM_Medium=rss", "https://a.example/x?id=7"),
            ("https://a.example/x?fbclid=1#comments", "https://a.example/x"),
            ("https://a.example/?p=12&gclid=a&page=2", "https://a.example/?p=12&page=2"),
            ("https://a.example/#!/story/5", "https://a.example/#!/story/5"),
            ("https://a.example/x?att=1&galaxy=2", "https://a.example/x?att=1&galaxy=2"),
            ("https://a.example/x?", "https://a.example/x"),
        ];
        for (address, expected) in cases {
            assert_eq!(without_tracking(address), expected);
        }
    }
}
