//! What is seen of a line, as numbers: each trait has a name and a weight (`weights`).

use super::lines::Tag;
use super::names::Group;
use super::prompts;
use super::runs::ratio;
use super::surroundings::Place;
use super::white_space;

/// A line with the lines round it.
pub(super) struct View<'v, 'l> {
    places: &'v [Place<'l>],
    at: usize,
    place: &'v Place<'l>,
    words: usize,
    capitals: usize,
    prompt: bool,
}

/// Lines before and behind that are looked at.
const WINDOW: usize = 4;

impl<'v, 'l> View<'v, 'l> {
    /// The line number `at`. `None` if there is none.
    pub(super) fn of(places: &'v [Place<'l>], at: usize) -> Option<Self> {
        let place = places.get(at)?;
        let (mut words, mut capitals) = (0, 0);
        for word in white_space::words(place.text) {
            words += 1;
            capitals += usize::from(word.starts_with(char::is_uppercase));
        }
        Some(Self { places, at, place, words, capitals, prompt: prompts::is_prompt(place.text) })
    }

    fn near(&self, by: isize, see: impl Fn(&Place<'_>) -> f64) -> f64 {
        self.at.checked_add_signed(by).and_then(|at| self.places.get(at)).map_or(0.0, see)
    }

    fn window(&self, from: usize, to: usize, see: impl Fn(&Place<'_>) -> f64) -> f64 {
        let places = self.places.get(from..to.min(self.places.len())).unwrap_or_default();
        places.iter().map(see).sum::<f64>()
    }

    fn start(&self) -> usize {
        self.at.saturating_sub(WINDOW)
    }

    fn is(&self, tag: Tag) -> f64 {
        yes(self.place.own & tag.bit() != 0)
    }

    fn within(&self, tag: Tag) -> f64 {
        yes(self.place.within & tag.bit() != 0)
    }

    fn own(&self, group: Group) -> f64 {
        yes(self.place.own_names.has(group))
    }

    fn named(&self, group: Group) -> f64 {
        yes(self.place.names.has(group))
    }

    fn longer(&self, code_points: usize) -> f64 {
        yes(self.place.code_points > code_points)
    }

    fn unquoted(&self) -> &'l str {
        self.place.text.trim_end_matches(['”', '"', '’', '\'', '»', ')', '«', '“', ' '])
    }
}

fn yes(is: bool) -> f64 {
    f64::from(u8::from(is))
}

/// At most `most`, as a share of it.
fn capped(count: usize, most: usize) -> f64 {
    ratio(count.min(most), most)
}

fn good(place: &Place<'_>) -> f64 {
    yes(place.is_found() && place.is_paragraph())
}

fn paragraph(place: &Place<'_>) -> f64 {
    yes(place.is_paragraph())
}

/// One trait: its name, and what is seen of it.
pub(super) type Trait = (&'static str, fn(&View<'_, '_>) -> f64);

/// All traits, in the order of the weights.
pub(super) const TRAITS: &[Trait] = &[
    ("any", |_| 1.0),
    ("longer than 12", |v| v.longer(12)),
    ("longer than 25", |v| v.longer(25)),
    ("longer than 50", |v| v.longer(50)),
    ("longer than 80", |v| v.longer(80)),
    ("longer than 140", |v| v.longer(140)),
    ("longer than 220", |v| v.longer(220)),
    ("longer than 400", |v| v.longer(400)),
    ("linked", |v| v.place.linked),
    ("all linked", |v| yes(v.place.linked > 0.95)),
    ("partly linked", |v| yes(v.place.linked > 0.0)),
    ("bold", |v| yes(v.place.bold > 0.9)),
    ("found", |v| v.place.found),
    ("ruled", |v| yes(v.place.ruled)),
    ("found and ruled", |v| v.place.found * yes(v.place.ruled)),
    ("found and not ruled", |v| yes(v.place.is_found() && !v.place.ruled)),
    ("prompt", |v| yes(v.prompt)),
    ("in main", |v| yes(v.place.in_main)),
    ("in wide", |v| yes(v.place.in_wide)),
    ("below main", |v| if v.place.in_main { capped(v.place.below, 6) } else { 1.2 }),
    ("hidden", |v| yes(v.place.hidden)),
    ("marked as body", |v| yes(v.place.article_body)),
    ("of parent", |v| v.place.of_parent),
    ("of make", |v| v.place.of_make),
    ("any of parent", |v| yes(v.place.of_parent > 0.0)),
    ("any of make", |v| yes(v.place.of_make > 0.0)),
    ("of element", |v| v.place.of_tag),
    ("is p", |v| v.is(Tag::Paragraph)),
    ("is li", |v| v.is(Tag::Item)),
    ("is div", |v| v.is(Tag::Division)),
    ("is td", |v| v.is(Tag::Cell)),
    ("is blockquote", |v| v.is(Tag::Quote)),
    ("is figcaption", |v| v.is(Tag::FigureCaption)),
    ("is h1", |v| v.is(Tag::Heading1)),
    ("is h2", |v| v.is(Tag::Heading2)),
    ("is h3", |v| v.is(Tag::Heading3)),
    ("is h4", |v| v.is(Tag::LowerHeading)),
    ("is dd", |v| v.is(Tag::Definition)),
    ("is section", |v| v.is(Tag::Section)),
    ("is article", |v| v.is(Tag::Article)),
    ("is pre", |v| v.is(Tag::Preformatted)),
    ("in li", |v| v.within(Tag::Item)),
    ("in table", |v| v.within(Tag::Table)),
    ("in blockquote", |v| v.within(Tag::Quote)),
    ("in figure", |v| v.within(Tag::Figure)),
    ("in aside", |v| v.within(Tag::Aside)),
    ("in nav", |v| v.within(Tag::Navigation)),
    ("in footer", |v| v.within(Tag::Footer)),
    ("in header", |v| v.within(Tag::Header)),
    ("in form", |v| v.within(Tag::Form)),
    ("in button", |v| v.within(Tag::Button)),
    ("in a", |v| v.within(Tag::Link)),
    ("in section", |v| v.within(Tag::Section)),
    ("in article", |v| v.within(Tag::Article)),
    ("in h1", |v| v.within(Tag::Heading1)),
    ("in h2", |v| v.within(Tag::Heading2)),
    ("in time", |v| v.within(Tag::Time)),
    ("in details", |v| v.within(Tag::Details)),
    ("named caption", |v| v.named(Group::Caption)),
    ("named related", |v| v.named(Group::Related)),
    ("named share", |v| v.named(Group::Share)),
    ("named subscribe", |v| v.named(Group::Subscribe)),
    ("named author", |v| v.named(Group::Author)),
    ("named comment", |v| v.named(Group::Comment)),
    ("named advert", |v| v.named(Group::Advert)),
    ("named meta", |v| v.named(Group::Meta)),
    ("named frame", |v| v.named(Group::Frame)),
    ("named intro", |v| v.named(Group::Intro)),
    ("named body", |v| v.named(Group::Body)),
    ("named hidden", |v| v.named(Group::Hidden)),
    ("named list", |v| v.named(Group::List)),
    ("named box", |v| v.named(Group::Box)),
    ("named embed", |v| v.named(Group::Embed)),
    ("own caption", |v| v.own(Group::Caption)),
    ("own related", |v| v.own(Group::Related)),
    ("own share", |v| v.own(Group::Share)),
    ("own subscribe", |v| v.own(Group::Subscribe)),
    ("own author", |v| v.own(Group::Author)),
    ("own comment", |v| v.own(Group::Comment)),
    ("own advert", |v| v.own(Group::Advert)),
    ("own meta", |v| v.own(Group::Meta)),
    ("own frame", |v| v.own(Group::Frame)),
    ("own intro", |v| v.own(Group::Intro)),
    ("own body", |v| v.own(Group::Body)),
    ("own hidden", |v| v.own(Group::Hidden)),
    ("own list", |v| v.own(Group::List)),
    ("own box", |v| v.own(Group::Box)),
    ("own embed", |v| v.own(Group::Embed)),
    ("ends a sentence", |v| {
        yes(v.unquoted().ends_with(['.', '!', '?', '…', '。', '！', '？', ':', '।', '؟']))
    }),
    ("ends with a colon", |v| yes(v.unquoted().ends_with(':'))),
    ("commas", |v| capped(v.place.text.matches(',').count(), 5)),
    ("capitals", |v| ratio(v.capitals, v.words)),
    ("no small letter", |v| {
        yes(!v.place.text.chars().any(char::is_lowercase) && v.place.text.chars().any(char::is_uppercase))
    }),
    ("digits", |v| ratio(v.place.text.bytes().filter(u8::is_ascii_digit).count(), v.place.code_points)),
    ("bar", |v| yes(v.place.text.contains('|'))),
    ("copyright sign", |v| yes(v.place.text.contains('©'))),
    ("address", |v| {
        yes(v.place.text.contains("http") || v.place.text.contains("www.") || v.place.text.contains('@'))
    }),
    ("in brackets", |v| yes(v.place.text.starts_with('(') && v.place.text.ends_with(')'))),
    ("opens with a quote", |v| yes(v.place.text.starts_with(['"', '“', '„', '«', '‘', '\'']))),
    ("of headline", |v| v.place.of_headline),
    ("of description", |v| v.place.of_description),
    ("of description, long", |v| v.place.of_description * v.longer(60)),
    ("vouched for", |v| yes(v.place.vouched && v.place.of_linked >= 0.5)),
    ("not vouched for", |v| yes(v.place.vouched && v.place.of_linked < 0.5)),
    ("of a linked teaser", |v| yes(!v.place.vouched && v.place.has_linked && v.place.of_linked > 0.6)),
    ("repeated", |v| yes(v.place.repeated)),
    ("before", |v| yes(v.place.before > 0)),
    ("after", |v| yes(v.place.after > 0)),
    ("far before", |v| capped(v.place.before, 30)),
    ("far after", |v| capped(v.place.after, 30)),
    ("near before", |v| capped(v.place.before, 5)),
    ("near after", |v| capped(v.place.after, 5)),
    ("progress", |v| v.place.progress),
    ("near the end", |v| yes(v.place.after == 0 && v.place.progress > 0.85)),
    ("above the headline", |v| yes(v.place.above_headline)),
    ("under the headline", |v| yes(v.place.under_headline)),
    ("last but one found", |v| v.near(-2, |p| p.found)),
    ("last found", |v| v.near(-1, |p| p.found)),
    ("next found", |v| v.near(1, |p| p.found)),
    ("next but one found", |v| v.near(2, |p| p.found)),
    ("last is a paragraph", |v| v.near(-1, paragraph)),
    ("next is a paragraph", |v| v.near(1, paragraph)),
    ("last linked", |v| v.near(-1, |p| p.linked)),
    ("next linked", |v| v.near(1, |p| p.linked)),
    ("last is short", |v| v.near(-1, |p| yes(p.code_points < 40))),
    ("next is short", |v| v.near(1, |p| yes(p.code_points < 40))),
    ("last ruled", |v| v.near(-1, |p| yes(p.ruled))),
    ("next ruled", |v| v.near(1, |p| yes(p.ruled))),
    ("last of parent", |v| v.near(-1, |p| yes(p.parent == v.place.parent))),
    ("next of parent", |v| v.near(1, |p| yes(p.parent == v.place.parent))),
    ("found before", |v| v.window(v.start(), v.at, good) / 4.0),
    ("found behind", |v| v.window(v.at + 1, v.at + 1 + WINDOW, good) / 4.0),
    ("found round it", |v| v.window(v.start(), v.at + 1 + WINDOW, good) / 9.0),
    ("linked round it", |v| v.window(v.start(), v.at + 1 + WINDOW, |p| p.linked) / 9.0),
];
