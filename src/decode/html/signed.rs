//! Who signs the article, as the page shows it: texts of elements that say that they hold an author or a
//! byline, the ones nearest to the headline and surest by their markup first.

use super::classes::{Nearness, nearness};
use super::elements::Name;
use super::said::Saying;
use super::token::Tag;

/// The longest byline, in bytes of markup text.
const MAX_TEXT: usize = 240;
/// The most of one text that is kept for a byline, in bytes: white space round it counts, too.
const MAX_SAID: usize = 4 * MAX_TEXT;
/// Bylines that are kept while a page is read.
const MAX_SEEN: usize = 60;
/// Open elements that are remembered.
const MAX_OPEN: usize = 64;
/// How many texts after a heading, and before it, its byline may stand.
const AFTER_HEADING: usize = 30;
const BEFORE_HEADING: usize = 8;
/// Below this it signs something else.
const MIN_SCORE: i32 = 3;

/// Parts of names of classes and ids, and what they say, as bits: of what belongs to something else, of elements
/// round an author that say more than the name, of what holds a byline, and of what may hold an author.
pub(super) const PARTS: [&str; 4] = [
    "comment|kommentar|related|sidebar|footer|teaser|widget|recommend|popular|latest|newsletter|bio|reply|respond|\
         testimonial|menu",
    "date|time|role|job|title|social|avatar|image|follow",
    "byline|author-name|author__name|authorname|vcard",
    "author|autor|redakteur|writer",
];
const SAYS_FOREIGN: u32 = 1;
const SAYS_BESIDE: u32 = 2;
const SAYS_BYLINE: u32 = 4;
const SAYS_AUTHOR: u32 = 8;

/// Elements without content.
const VOID: [Name; 8] =
    [Name::Br, Name::Img, Name::Hr, Name::Meta, Name::Link, Name::Input, Name::Source, Name::Wbr];

#[derive(Debug)]
struct Open<'p> {
    name: &'p str,
    element: Name,
    foreign: bool,
    /// Of one that holds a byline: how sure that is.
    strength: i32,
    text: String,
    at: usize,
    /// What stands in here is not the name.
    beside: bool,
}

/// Who was found.
#[derive(Debug, Default)]
pub(super) struct Signed<'p> {
    open: Vec<Open<'p>>,
    /// How many of these hold a byline.
    holding: usize,
    seen: Vec<(i32, usize, String)>,
    texts: usize,
    headings: Vec<usize>,
}

/// How surely an element with these attributes holds the author.
fn strength(said: u32, rel: &str, role: &str) -> i32 {
    let is =
        |text: &str, name: &str| text.split([' ', '\n', '\t']).any(|part| part.eq_ignore_ascii_case(name));
    if !role.is_empty() && (is(role, "author") || is(role, "creator")) || !rel.is_empty() && is(rel, "author")
    {
        return 4;
    }
    match said {
        said if said & SAYS_BYLINE != 0 => 3,
        said if said & SAYS_AUTHOR != 0 => 2,
        _ => 0,
    }
}

impl<'p> Signed<'p> {
    /// An opening tag with its attributes, and what its class and its id say.
    pub(super) fn open(
        &mut self,
        tag: &Tag<'p>,
        attributes: &[(&'p str, &'p str)],
        class: Saying,
        id: Saying,
    ) {
        if tag.is(Name::H1) && self.headings.len() < MAX_SEEN {
            self.headings.push(self.texts);
        }
        if VOID.contains(&tag.element) {
            if tag.is(Name::Br) {
                self.say(" ");
            }
            return;
        }
        let (mut rel, mut role) = ("", "");
        for &(name, value) in attributes {
            match name {
                "rel" => rel = value,
                "itemprop" => role = value,
                _ => {}
            }
        }
        let outer = self.open.last();
        let is_body = tag.is(Name::Body) || tag.is(Name::Html) || tag.is(Name::Article) || tag.is(Name::Main);
        let said = class.for_signed() | id.for_signed();
        let foreign = outer.is_some_and(|outer| outer.foreign)
            || !is_body && said & SAYS_FOREIGN != 0
            || tag.is(Name::Footer)
            || tag.is(Name::Nav)
            || tag.is(Name::Aside);
        let strength = if is_body { 0 } else { strength(said, rel, role) };
        let beside = self.holding > 0
            && strength == 0
            && (tag.is(Name::Time) || tag.is(Name::Button) || said & SAYS_BESIDE != 0);
        if self.open.len() >= MAX_OPEN {
            self.holding -= usize::from(self.open.remove(0).strength > 0);
        }
        // Words of two elements are two words.
        self.say(" ");
        self.holding += usize::from(strength > 0);
        self.open.push(Open {
            name: tag.name,
            element: tag.element,
            foreign,
            strength,
            text: String::new(),
            at: self.texts,
            beside,
        });
    }

    /// A closing tag.
    pub(super) fn close(&mut self, tag: &Tag<'p>) {
        let Some(at) = self.open.iter().rposition(|open| tag.is(open.element) && tag.has_name(open.name))
        else {
            return;
        };
        for open in self.open.drain(at..) {
            self.holding -= usize::from(open.strength > 0);
            let text = open.text.trim();
            if open.strength > 0 && !text.is_empty() && text.len() <= MAX_TEXT && self.seen.len() < MAX_SEEN {
                let score = open.strength - if open.foreign { 6 } else { 0 };
                self.seen.push((score, open.at, text.to_owned()));
            }
        }
        self.say(" ");
    }

    /// A text that is nothing but white space.
    pub(super) fn space(&mut self) {
        self.say(" ");
    }

    /// Any other text.
    pub(super) fn text(&mut self, text: &'p str) {
        self.texts += 1;
        self.say(text);
    }

    /// Adds to all bylines that are open, up to one that holds something beside the name.
    fn say(&mut self, text: &str) {
        if self.holding == 0 {
            return;
        }
        let text = text.get(..text.floor_char_boundary(MAX_SAID)).unwrap_or(text);
        for open in self.open.iter_mut().rev() {
            if open.beside {
                return;
            }
            if open.strength > 0 && open.text.len() <= MAX_TEXT {
                open.text.push_str(text);
            }
        }
    }

    /// The bylines as shown, the surest first.
    pub(super) fn finish(self) -> Vec<String> {
        let near = |at| match nearness(at, &self.headings, AFTER_HEADING, BEFORE_HEADING) {
            Nearness::After => 2,
            Nearness::Before => 1,
            Nearness::Far => 0,
        };
        let mut found: Vec<(i32, usize, String)> = Vec::new();
        for (score, at, text) in &self.seen {
            let score = score + near(*at);
            if score >= MIN_SCORE {
                found.push((score, *at, super::text::one_line(text)));
            }
        }
        found.sort_by_key(|(score, at, _)| (std::cmp::Reverse(*score), *at));
        // Of one element within another only the surest, and only those as sure as the first.
        let best = found.first().map_or(0, |(score, ..)| *score);
        let mut bylines: Vec<String> = Vec::new();
        for (_, _, text) in found.into_iter().filter(|(score, ..)| *score == best) {
            if !bylines.iter().any(|known| known.contains(&text) || text.contains(known.as_str())) {
                bylines.push(text);
            }
        }
        bylines
    }
}

#[cfg(test)]
mod tests {
    use super::super::said::Said;
    use super::super::token::{Token, tokens};
    use super::*;

    fn found(page: &str) -> Vec<String> {
        let (mut signed, mut said) = (Signed::default(), Said::default());
        for token in tokens(page) {
            match token {
                Token::Text(text) if text.trim().is_empty() => signed.space(),
                Token::Text(text) => signed.text(text),
                Token::Open(tag) => {
                    let attributes: Vec<_> = tag.attributes().collect();
                    let (class, id) = said.of_attributes(&attributes);
                    signed.open(&tag, &attributes, class, id);
                }
                Token::Close(tag) => signed.close(&tag),
                _ => {}
            }
        }
        signed.finish()
    }

    #[test]
    fn the_byline_of_the_article_and_not_of_comments() {
        let page = "<h1>Ferry</h1><p class=byline>By <a rel=author href=/a>Ana Lund</a> \
            <span class=date>8 Jan</span></p><div class=comments><cite class=author>Troll says</cite></div>";
        assert_eq!(found(page), ["Ana Lund"]);
        assert_eq!(found("<h1>Ferry</h1><div class=post-author>Von Per Ek</div>"), ["Von Per Ek"]);
        assert_eq!(found("<h1>Ferry</h1><p>By the harbour</p>"), Vec::<String>::new());
    }

    #[test]
    fn two_authors_of_one_kind_are_both_given() {
        let page = "<h1>Ferry</h1><a rel=author>Ana Lund</a> and <a rel=author>Per Ek</a>";
        assert_eq!(found(page), ["Ana Lund", "Per Ek"]);
    }
}
