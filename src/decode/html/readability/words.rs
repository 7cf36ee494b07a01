//! The words in the names of classes and ids by which Readability tells the parts of a page.

use super::super::said::Saying;

/// Parts of names, as [`Groups`](super::super::classes::Groups) takes them. The order is that of the bits below.
pub(in super::super) const PARTS: [&str; 5] = [
    "-ad-|ai2html|banner|breadcrumbs|combx|comment|community|cover-wrap|disqus|extra|footer|gdpr|header|legends|menu|\
     related|remark|replies|rss|shoutbox|sidebar|skyscraper|social|sponsor|supplemental|ad-break|agegate|pagination|pager|\
     popup|yom-remote",
    "and|article|body|column|content|layout|main|mathjax|shadow",
    "-ad-|hidden| hid |banner|combx|comment|com-|contact|footer|gdpr|masthead|media|meta|outbrain|promo|related|scroll|\
     share|shoutbox|sidebar|skyscraper|sponsor|shopping|tags|widget",
    "article|body|content|entry|hentry|h-entry|main|page|post|text|blog|story",
    "byline|author|dateline|writtenby|p-author",
];
const UNLIKELY: u32 = 1;
const MAY_BE: u32 = 2;
const AGAINST: u32 = 4;
const FOR: u32 = 8;
const BYLINE: u32 = 16;

/// Whether an element whose class and id say this is unlikely to hold the article.
pub(super) fn is_unlikely(class: Saying, id: Saying) -> bool {
    let said = class.for_readability() | id.for_readability();
    said & UNLIKELY != 0 && said & MAY_BE == 0
}

/// Whether it is named as a byline.
pub(super) fn is_byline(class: Saying, id: Saying) -> bool {
    (class.for_readability() | id.for_readability()) & BYLINE != 0
}

/// How much its names speak for an element, or against it: the class and the id count 25 each.
pub(super) fn weight(class: Saying, id: Saying) -> i8 {
    [class, id].into_iter().map(Saying::for_readability).fold(0, |weight, said| {
        let (bad, good) = (said & AGAINST != 0, said & FOR != 0);
        weight + if good { 25 } else { 0 } - if bad { 25 } else { 0 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_speak_for_and_against() {
        let (none, story, side) = (Saying::default(), Saying::of("story-Body"), Saying::of("c-sidebar"));
        assert_eq!(weight(story, none), 25);
        assert_eq!(weight(story, Saying::of("main")), 50);
        assert_eq!(weight(side, none), -25);
        assert_eq!(weight(side, story), 0);
        assert_eq!(weight(Saying::of("hid"), none), -25);
        assert!(is_unlikely(side, none) && !is_unlikely(side, story));
        assert!(is_byline(none, Saying::of("p-author")) && !is_byline(story, side));
    }
}
