//! Places of a page that may say when its article was published: attributes of microdata and
//! microformats, and short texts that look like a date, with what stands round them.
//!
//! Nothing is read here; what looks like a date is kept with what speaks for it, the best first.

use super::classes::{Nearness, nearness};
use super::elements::Name;
use super::said::Saying;
use super::token::Tag;
use crate::decode::StatedDate;
use std::borrow::Cow;

/// The longest text that is looked at whole, in bytes; of a longer one only the head counts.
const MAX_TEXT: usize = 120;
const MAX_HEAD: usize = 60;
/// Texts that are kept while a page is read, and that are given.
const MAX_SEEN: usize = 200;
const MAX_GIVEN: usize = 12;
const MAX_ATTRIBUTES: usize = 4;
/// Open elements that are remembered.
const MAX_OPEN: usize = 64;
/// How many texts after a heading, and before it, its date may stand.
const AFTER_HEADING: usize = 25;
const BEFORE_HEADING: usize = 12;
/// Below this a text is not given at all. What stands in a foreign element, or beside a ©, comes last: it is
/// taken where nothing better is found.
const MIN_SCORE: i32 = -12;

/// Elements without content: nothing stands in them.
const VOID: [Name; 14] = [
    Name::Area,
    Name::Base,
    Name::Br,
    Name::Col,
    Name::Embed,
    Name::Hr,
    Name::Img,
    Name::Input,
    Name::Link,
    Name::Meta,
    Name::Param,
    Name::Source,
    Name::Track,
    Name::Wbr,
];
/// Classes of microformats that hold a date.
pub(super) const MICROFORMATS: [&str; 5] =
    ["published", "dt-published", "entry-date", "post-date", "updated"];
/// Roles of microdata that do.
const ROLES: [&str; 5] = ["datePublished", "dateCreated", "dc:date", "dc:issued", "pubdate"];

/// Parts of names of classes and ids, and what they say, as bits: of what holds a date, of what often does, and of
/// what belongs to something else.
pub(super) const PARTS: [&str; 3] = [
    "date|datum|publish|posted|time|created|erstellt|fecha|pubdate|veroeff|released|issued|calendar",
    "meta|info|byline|author|submitted|sub-title|subtitle|topline|kicker|dateline|header",
    "footer|sidebar|comment|related|widget|recommend|copyright|event|aside|nav|menu|archive|popular|latest|ticker|\
         newsletter|breaking",
];
pub(super) const SAYS_DATED: u32 = 1;
const SAYS_NEAR: u32 = 2;
const SAYS_FOREIGN: u32 = 4;

/// What a date in one of them is said to stand in.
pub(crate) const FOREIGN_PLACE: &str = "beside the article";
/// Elements that belong to something else.
const FOREIGN_ELEMENTS: [Name; 4] = [Name::Footer, Name::Nav, Name::Aside, Name::Select];
/// Words before a date of publication, in lower case.
const LABELS: [&str; 20] = [
    "publi",
    "posted",
    "datum",
    "date",
    "veröffentlicht",
    "erschienen",
    "erstellt",
    "created",
    "gespeichert",
    "vom ",
    " am ",
    "am ",
    "stand",
    "mise en ligne",
    "opublikowano",
    "опубликован",
    "publicado",
    "pubblicato",
    "gepubliceerd",
    "on ",
];
/// Words before a date of another kind.
const CHANGED: [&str; 12] = [
    "updated",
    "modified",
    "aktualisiert",
    "geändert",
    "änderung",
    "mis à jour",
    "actualizado",
    "aggiornato",
    "atualizado",
    "zuletzt",
    "bijgewerkt",
    "обновлен",
];

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Dated<'p> {
    open: Vec<Open<'p>>,
    attributes: Vec<String>,
    /// `time` elements that are not marked as anything: whether they belong to something else, where, and
    /// the `datetime`.
    times: Vec<(bool, usize, String)>,
    seen: Vec<Seen<'p>>,
    /// Texts so far, and before which of them headings stood.
    texts: usize,
    first: Vec<usize>,
    second: Vec<usize>,
    before: &'p str,
}

#[derive(Debug, Clone, Copy)]
struct Open<'p> {
    name: &'p str,
    element: Name,
    /// What its class and its id say.
    said: u32,
}

#[derive(Debug)]
struct Seen<'p> {
    text: &'p str,
    at: usize,
    score: i32,
}

impl<'p> Dated<'p> {
    /// An opening tag with its attributes, and what its class and its id say.
    pub(super) fn open(
        &mut self,
        tag: &Tag<'p>,
        attributes: &[(&'p str, &'p str)],
        class: Saying,
        id: Saying,
    ) {
        let (mut role, mut written) = ("", ["", "", ""]);
        for &(name, value) in attributes {
            match name {
                "itemprop" | "property" => role = value,
                "content" => written[0] = value,
                "datetime" => written[1] = value,
                "title" => written[2] = value,
                _ => {}
            }
        }
        let here = Open { name: tag.name, element: tag.element, said: class.for_dated() | id.for_dated() };
        let is_meta = tag.is(Name::Meta) && !role.starts_with("og:") && !role.starts_with("article:");
        let says_when =
            !role.is_empty() && ROLES.iter().any(|name| role.split(' ').any(|role| role.ends_with(name)));
        if self.attributes.len() < MAX_ATTRIBUTES
            && (says_when && (!tag.is(Name::Meta) || is_meta) || class.is_microformat())
        {
            let value = written.into_iter().find(|value| looks_like_date(value));
            self.attributes.extend(value.map(|value| html_escape::decode_html_entities(value).into_owned()));
        }
        if tag.is(Name::Time) && !says_when && self.times.len() < MAX_SEEN {
            let value = html_escape::decode_html_entities(written[1]).trim().to_owned();
            if !value.is_empty() {
                self.times.push((self.is_foreign(), self.texts, value));
            }
        }
        if tag.is(Name::H1) && self.first.len() < MAX_SEEN {
            self.first.push(self.texts);
        } else if tag.is(Name::H2) && self.second.len() < MAX_SEEN {
            self.second.push(self.texts);
        }
        if !VOID.contains(&tag.element) && !tag.whole.ends_with("/>") {
            if self.open.len() >= MAX_OPEN {
                self.open.remove(0);
            }
            self.open.push(here);
        }
    }

    /// A closing tag.
    pub(super) fn close(&mut self, tag: &Tag<'p>) {
        let opened = self.open.iter().rposition(|open| tag.is(open.element) && tag.has_name(open.name));
        if let Some(at) = opened {
            self.open.truncate(at);
        }
    }

    /// A text.
    pub(super) fn text(&mut self, text: &'p str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        self.texts += 1;
        let before = std::mem::replace(&mut self.before, text);
        let head = if text.len() <= MAX_TEXT { text } else { head(text) };
        if self.seen.len() >= MAX_SEEN || !looks_like_date(head) {
            return;
        }
        let score = self.score(head, before, text.len() > MAX_TEXT);
        self.seen.push(Seen { text: head, at: self.texts, score });
    }

    /// What the words and the elements round a text say for it.
    fn score(&self, text: &str, before: &str, is_long: bool) -> i32 {
        let mut score = if is_long { -3 } else { 0 };
        for open in self.open.iter().rev().take(3) {
            if open.said & SAYS_DATED != 0 || matches!(open.element, Name::Time | Name::Abbr) {
                score += 4;
                break;
            }
            if open.said & SAYS_NEAR != 0 {
                score += 2;
                break;
            }
        }
        score -= if self.is_foreign() { 6 } else { 0 };
        let before = if before.len() <= MAX_HEAD { before.to_lowercase() } else { String::new() };
        let text = text.to_lowercase();
        let either = |word: &str| before.contains(word) || text.contains(word);
        if either("©") || either("&copy;") || either("copyright") {
            // A year alone is no date; a whole date there is that of the page.
            score -= 4;
        }
        let says = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
        // Its own label counts; only without one that before it.
        for label in [text.as_str(), before.as_str()] {
            if says(label, &CHANGED) {
                score -= 2;
                break;
            }
            if says(label, &LABELS) {
                score += 2;
                break;
            }
        }
        score + i32::from(text.len() <= 30)
    }

    /// Whether what comes now belongs to something else than the article.
    fn is_foreign(&self) -> bool {
        self.open.iter().any(|open| {
            FOREIGN_ELEMENTS.contains(&open.element)
                || open.said & SAYS_FOREIGN != 0 && !matches!(open.element, Name::Body | Name::Html)
        })
    }

    /// Dates, the most trusted first: those of attributes, then those of texts.
    pub(super) fn finish(self) -> Vec<StatedDate> {
        let headings = if self.first.is_empty() { &self.second } else { &self.first };
        let near = |place| match nearness(place, headings, AFTER_HEADING, BEFORE_HEADING) {
            Nearness::After => 3,
            Nearness::Before => 2,
            Nearness::Far => 0,
        };
        let mut times = self.times;
        times.sort_by_key(|(_, at, _)| std::cmp::Reverse(near(*at)));
        let (foreign, times): (Vec<_>, Vec<_>) = times.into_iter().partition(|(foreign, ..)| *foreign);
        let times = times.into_iter().take(MAX_GIVEN).map(element(None));
        let mut found: Vec<(i32, &Seen<'_>)> =
            self.seen.iter().map(|seen| (seen.score + near(seen.at), seen)).collect();
        found.retain(|(score, _)| *score >= MIN_SCORE);
        // Stable: of equals the first on the page.
        found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        let attributes =
            self.attributes.into_iter().map(|text| StatedDate { kind: "microdata", place: None, text });
        let texts = found.into_iter().take(MAX_GIVEN).map(|(_, seen)| StatedDate {
            kind: "visible",
            place: None,
            text: super::text::one_line(seen.text),
        });
        let foreign = foreign.into_iter().take(MAX_GIVEN).map(element(Some(FOREIGN_PLACE)));
        attributes.chain(times).chain(texts).chain(foreign).collect()
    }
}

/// A `time` element: whether it belongs to something else, where, and the `datetime`.
fn element(place: Option<&'static str>) -> impl Fn((bool, usize, String)) -> StatedDate {
    move |(_, _, text)| StatedDate { kind: "time_element", place: place.map(Cow::Borrowed), text }
}

fn head(text: &str) -> &str {
    let mut end = MAX_HEAD;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// Whether there is a year of our time, or three numbers as in `08.01.23`.
fn looks_like_date(text: &str) -> bool {
    if !text.is_ascii() && text.chars().any(|c| c.is_numeric() && !c.is_ascii()) {
        return true;
    }
    let bytes = text.as_bytes();
    let (mut at, mut short) = (0, 0);
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(u8::is_ascii_digit)) {
        let start = at + found;
        let length =
            bytes.get(start..).map_or(0, |rest| rest.iter().take_while(|b| b.is_ascii_digit()).count());
        at = start + length;
        let number = text.get(start..at).unwrap_or_default();
        match length {
            4 if number.starts_with("19") || number.starts_with("20") || number.starts_with("25") => {
                return true;
            }
            8 if number.starts_with("19") || number.starts_with("20") => return true,
            1 | 2 => {
                let joined = start > 0 && matches!(bytes.get(start - 1), Some(b'.' | b'/' | b'-'));
                short = if joined { short + 1 } else { 1 };
                if short == 3 {
                    return true;
                }
            }
            _ => short = 0,
        }
    }
    // `vor 2 Stunden`: an age is short.
    text.len() <= MAX_HEAD
        && bytes.iter().any(u8::is_ascii_digit)
        && [" ago", "vor ", "hace ", "il y a", " fa", " назад"].iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::super::said::Said;
    use super::super::token::{Token, tokens};
    use super::*;

    fn found(page: &str) -> Vec<(&'static str, String)> {
        let (mut dated, mut said) = (Dated::default(), Said::default());
        for token in tokens(page) {
            match token {
                Token::Text(text) => dated.text(text),
                Token::Open(tag) => {
                    let attributes: Vec<_> = tag.attributes().collect();
                    let (class, id) = said.of_attributes(&attributes);
                    dated.open(&tag, &attributes, class, id);
                }
                Token::Close(tag) => dated.close(&tag),
                _ => {}
            }
        }
        dated.finish().into_iter().map(|date| (date.kind, date.text)).collect()
    }

    #[test]
    fn dates_of_the_article_and_not_of_its_neighbours() {
        let page = "<nav><span class=date>1.1.2020</span></nav><h1>Ferry runs aground</h1>\
            <p class=meta><span>By Ana Lund</span> <span class=post-date>8 January 2023</span></p>\
            <p>It sailed in 1998 and will be mended by 2024.</p>\
            <aside><span class=date>2 January 2023</span></aside><footer>&copy; 2023</footer>";
        assert_eq!(found(page)[0], ("visible", "8 January 2023".to_owned()));
    }

    #[test]
    fn attributes_say_it_before_texts() {
        let page = "<h1>Ferry</h1><abbr class=published title='2023-01-08T10:00:00+01:00'>Sunday</abbr>\
            <span property='schema:dateCreated' content='2023-01-07'>yesterday</span>";
        assert_eq!(
            found(page),
            [("microdata", "2023-01-08T10:00:00+01:00".to_owned()), ("microdata", "2023-01-07".to_owned())]
        );
    }

    #[test]
    fn labels_and_long_texts() {
        let page = "<h1>Ferry</h1><div><span>Datum:</span>26. Januar 2022</div>";
        assert_eq!(found(page), [("visible", "26. Januar 2022".to_owned())]);
        let long = format!("<h1>Ferry</h1><p>In 2022 the ferry {}</p><p>8.1.2023</p>", "sailed ".repeat(40));
        assert_eq!(found(&long)[0], ("visible", "8.1.2023".to_owned()));
    }
}
