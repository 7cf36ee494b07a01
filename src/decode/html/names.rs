//! What the names of an element's classes and its id say it is for, in groups.

use super::said::Saying;

/// A set of [`Group`]s.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Names(u32);

/// What an element is for, by its names. The order is that of [`PARTS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Caption,
    Related,
    Share,
    Subscribe,
    Author,
    Comment,
    Advert,
    Meta,
    Frame,
    Intro,
    Body,
    Hidden,
    List,
    Box,
    Embed,
}

/// Parts of the names of each group, as [`Groups`] takes them.
pub(super) const PARTS: [&str; 15] = [
    "caption|credit|copyright|figure|photo|image|gallery|slideshow|legend|bildunter|media",
    "related|recommend|read-?more|read-?also|most-?read|popular|trending|teaser|also|more-|see-also|outbrain|taboola|promo|\
     latest|mehr|topstor|carousel|rail",
    "share|sharing|social|follow|facebook|twitter|whatsapp|addthis|toolbar|tools",
    "newsletter|subscri|paywall|sign-?up|register|login|abo|premium|donat",
    "author|byline|bio|profile|writer|autor|contributor|vcard",
    "comment|disqus|discuss|reply|replies|respond|kommentar|forum",
    "advert|sponsor|[-]ad[-]|[-]ads[-]|banner|werbung|anzeige|dfp|commercial|affiliate",
    "meta|date|time|tag|categor|topic|keyword|breadcrumb|label|kicker|rubri|eyebrow|location|info",
    "nav|menu|footer|header|sidebar|aside|widget|masthead|cookie|consent|popup|modal|overlay|search|skip|paginat|pager",
    "lead|lede|intro|summary|standfirst|sub-?title|subhead|dek|deck|abstract|excerpt|teaser|description|vorspann|sapo|chapo|\
     strap|perex|bajada|entradilla|preamble|ingress",
    "text|content|body|paragraph|prose|main|article|story|entry|post",
    "hidden|sr-only|visually|screen-?reader|offscreen|print-only|noprint|d-none|invisible",
    "list|grid|card|item|tile|box|teaser|block",
    "quote|pull|highlight|factbox|infobox|fact-?box|box",
    "embed|twitter-tweet|instagram|external|placeholder|iframe|consent",
];

impl Names {
    /// What classes, or an id, say.
    pub(super) fn of(said: Saying) -> Self {
        Self(said.for_names())
    }

    /// These and those.
    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether one of them is of this group.
    pub(super) fn has(self, group: Group) -> bool {
        self.0 & 1 << group as u32 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_an_element_is_for() {
        let cases: [(&str, &[Group]); 5] = [
            ("c-Standfirst", &[Group::Intro]),
            ("entry-content", &[Group::Body]),
            ("fig__credit", &[Group::Caption]),
            ("ad top", &[Group::Advert]),
            ("x1 y2", &[]),
        ];
        let all = [Group::Caption, Group::Intro, Group::Body, Group::Advert, Group::Comment];
        for (names, expected) in cases {
            let found: Vec<_> =
                all.into_iter().filter(|group| Names::of(Saying::of(names)).has(*group)).collect();
            assert_eq!(found, expected, "{names}");
        }
        assert!(!Names::of(Saying::of("shadow")).has(Group::Advert));
    }
}
