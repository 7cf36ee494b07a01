//! Lines that talk to the reader about the site and not about the news: to subscribe, to share, to comment,
//! to read on elsewhere; and the loose words that templates leave round an article. Of pages only: a scraped
//! text has no such lines, or they are its own.

use std::collections::HashSet;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, StartKind};

use super::white_space::words;

/// The longest line that can be a label, and the longest that can be a prompt, in code points.
const MAX_LABEL: usize = 60;
const MAX_PROMPT: usize = 260;
/// A line of at least so many code points is a paragraph.
const PARAGRAPH: usize = 80;
/// More words than this are no loose ones.
const MAX_LOOSE_WORDS: usize = 5;
/// A repeated line shorter than this may be said twice.
const MIN_REPEAT: usize = 30;
/// A longer run of loose words before the first paragraph, or behind the last, is a list of the article's.
const MAX_LOOSE_BEFORE: usize = 8;
const MAX_LOOSE_AFTER: usize = 5;
/// So many paragraphs behind a heading like that are the article again.
const MANY: usize = 2;
/// What opens the end of an article must stand behind this share of its text, in hundredths.
const END_AFTER: usize = 60;

/// Whole lines, in lower case, without what is no letter at their ends.
const LABELS: &[&str] = &[
    "advert",
    "advertisement",
    "anzeige",
    "werbung",
    "publicidad",
    "publicité",
    "pubblicità",
    "reklama",
    "sponsored",
    "article content",
    "story continues below",
    "continue reading below",
    "share",
    "share this",
    "sharing is caring",
    "teilen",
    "drucken",
    "senden",
    "merken",
    "print",
    "email",
    "close",
    "caption",
    "subscribe",
    "sign up",
    "home",
    "news",
    "startseite",
    "inhalt",
    "inhaltsverzeichnis",
    "comments",
    "comment",
    "kommentare",
    "kommentar",
    "kommentare geschlossen",
    "kommentare schreiben",
    "copy link copied",
    "copy link",
    "share via email",
    "share on x",
    "share on whatsapp",
    "share on facebook",
    "this slideshow requires javascript",
    "bild anzeigen",
    "externer inhalt",
    "zurück",
    "top",
    "nach oben",
    "trending",
    "highlights",
    "pfadnavigation",
    "breadcrumb",
    "menu",
    "ende der weiteren informationen",
    "weitere informationen",
    "read more",
    "mehr lesen",
    "lire la suite",
    "leer más",
    "load more",
    "bitte aktivieren sie javascript",
    "tell us what you think",
    "this content is reserved for subscribers only",
];

/// Openings of lines, in lower case, behind which nothing of the article stands.
const OPENINGS: &[&str] = &[
    "subscribe to",
    "subscribe now",
    "sign up",
    "click here",
    "download the",
    "get the latest",
    "follow us",
    "like this story",
    "read more:",
    "read also:",
    "read next:",
    "related:",
    "see also:",
    "see more:",
    "also read:",
    "don't miss",
    "more:",
    "watch:",
    "recommended:",
    "lesen sie auch",
    "lesen sie mehr",
    "lesen sie hier",
    "lesen sie dazu",
    "lest auch",
    "mehr zum thema",
    "mehr dazu",
    "auch interessant",
    "zum artikel:",
    "siehe auch",
    "artikel gefallen",
    "gefällt dir",
    "melden sie sich",
    "jetzt abonnieren",
    "abonnieren sie",
    "folgen sie uns",
    "möchten sie den artikel",
    "war der artikel",
    "hier können sie den artikel",
    "lea también",
    "lee también",
    "mira:",
    "mire:",
    "le puede interesar",
    "te puede interesar",
    "suscríbete",
    "suscríbase",
    "síguenos",
    "valora esta noticia",
    "lire aussi",
    "à lire aussi",
    "abonnez-vous",
    "inscrivez-vous",
    "leggi anche",
    "iscriviti",
    "leia também",
    "leia mais",
    "assine",
    "inscreva-se",
    "image copyright",
    "image caption",
    "image source",
    "foto:",
    "photo:",
    "bild:",
    "fotos:",
    "quelle:",
    "credit:",
    "file photo",
    "credit...",
    "(image:",
    "(foto:",
    "(photo:",
    "(bild:",
    "placeholder image",
    "advertisement ",
    "anzeige:",
    "open this photo in gallery",
    "copyright ©",
    "copyright @",
    "©",
    "all rights reserved",
    "stand:",
    "published ",
    "updated ",
    "last updated",
    "legende:",
    "image 1 of",
    "read the full",
    "photograph by",
    "continue reading",
];

/// Words of a short line that asks for something, in lower case.
const ASKS: &[&str] = &[
    "newsletter",
    "subscribe",
    "sign up",
    "abonnement",
    "abonnieren",
    "whatsapp-kanal",
    "telegram-kanal",
    "push-nachricht",
    "our app",
    "news app",
    "breaking news emails",
    "delivered to your inbox",
    "your inbox",
    "suscríbete",
    "boletín",
    "inscrivez-vous",
    "iscriviti",
    "terms of use",
    "privacy policy",
    "datenschutz",
    "cookies",
    "affiliate",
    "rights reserved",
    "follow us on",
    "on facebook, twitter",
    "auf facebook",
    "auf twitter",
    "auf instagram",
    "youtube-kanal",
    "canal de youtube",
    "canal de telegram",
    "lesedauer:",
    "minute read",
    "min read",
    "javascript",
    "log in to",
    "register to",
    "anmelden, um",
    "kommentieren zu können",
    "to leave a comment",
];

/// Headings of what comes after an article, in lower case.
const ENDS: &[&str] = &[
    "auch interessant",
    "das könnte",
    "mehr zum thema",
    "weitere artikel",
    "weitere beiträge",
    "weitere themen",
    "empfohlene beiträge",
    "empfehlungen",
    "beiträge zum thema",
    "weiterführende links",
    "lesen sie auch",
    "related articles",
    "related stories",
    "related news",
    "related posts",
    "you may also like",
    "you might also like",
    "more from",
    "more stories",
    "recommended",
    "read next",
    "más noticias",
    "te puede interesar",
    "notas relacionadas",
    "articles liés",
    "à lire aussi",
    "sur le même sujet",
    "articoli correlati",
    "leggi anche",
    "comments",
    "kommentare",
    "leave a comment",
    "leave a reply",
    "about the author",
    "über den autor",
    "die autorin",
    "der autor",
    "mehr themen",
    "want more stories",
    "more great",
    "trending",
];

/// Many words, looked for in one go; `None` if there are too many of them: nothing is found.
type AnyOf = Option<AhoCorasick>;

static OPENS: LazyLock<AnyOf> = LazyLock::new(|| any_of(OPENINGS));
static ASKED: LazyLock<AnyOf> = LazyLock::new(|| any_of(ASKS));
static ENDED: LazyLock<AnyOf> = LazyLock::new(|| any_of(ENDS));

fn any_of(words: &[&str]) -> AnyOf {
    AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).start_kind(StartKind::Both).build(words).ok()
}

fn opens_with(text: &str, any: &AnyOf) -> bool {
    any.as_ref().is_some_and(|any| any.is_match(Input::new(text).anchored(Anchored::Yes)))
}

fn holds(text: &str, any: &AnyOf) -> bool {
    any.as_ref().is_some_and(|any| any.is_match(text))
}

fn bare(line: &str) -> &str {
    line.trim_matches(|c: char| !c.is_alphanumeric())
}

/// Whether a line is nothing but a template's label, or a prompt.
pub(super) fn is_prompt(line: &str) -> bool {
    let length = line.chars().count();
    if length > MAX_PROMPT {
        return false;
    }
    let lowered = line.to_lowercase();
    let bare = bare(&lowered);
    let counted = bare.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    let label = length <= MAX_LABEL && LABELS.iter().any(|label| bare == *label || counted == *label);
    let opening = || {
        (opens_with(&lowered, &OPENS) || opens_with(bare, &OPENS))
            && (length <= PARAGRAPH * 2 || !ends_sentence(line))
    };
    label || opening() || length <= PARAGRAPH * 2 && holds(&lowered, &ASKED)
}

/// Whether a line is a heading of what follows an article.
fn opens_end(line: &str) -> bool {
    line.chars().count() <= MAX_LABEL && opens_with(&bare(line).to_lowercase(), &ENDED)
}

fn ends_sentence(line: &str) -> bool {
    line.trim_end_matches(['”', '"', '’', '\'', '»', ')', '«', '“'])
        .ends_with(['.', '!', '?', '…', '。', '！', '？', ':', '।', '؟'])
}

/// Whether a line is a few words and no sentence.
fn is_loose(line: &str) -> bool {
    !ends_sentence(line) && words(line).count() <= MAX_LOOSE_WORDS && line.chars().count() <= MAX_LABEL
}

/// The lines that are the article. `is_heading` says of each line whether it is a heading.
pub(super) fn article<'t>(lines: &[&'t str], is_heading: impl Fn(usize) -> bool) -> Vec<&'t str> {
    let total: usize = lines.iter().map(|line| line.len()).sum();
    let paragraph = |line: &str| line.chars().count() >= PARAGRAPH;
    let Some(first) = lines.iter().position(|line| paragraph(line)) else { return lines.to_vec() };
    let last = lines.iter().rposition(|line| paragraph(line)).unwrap_or(first);
    let count_loose = |lines: &[&str]| lines.iter().filter(|line| is_loose(line)).count();
    let before = count_loose(lines.get(..first).unwrap_or_default()) <= MAX_LOOSE_BEFORE;
    let after = count_loose(lines.get(last + 1..).unwrap_or_default()) <= MAX_LOOSE_AFTER;
    // Of each line: how many paragraphs come behind it.
    let mut behind = vec![0; lines.len()];
    let mut paragraphs = 0;
    for (at, line) in lines.iter().enumerate().rev() {
        if let Some(behind) = behind.get_mut(at) {
            *behind = paragraphs;
        }
        paragraphs += usize::from(paragraph(line) && ends_sentence(line));
    }
    let mut kept: Vec<&str> = Vec::with_capacity(lines.len());
    let mut known: HashSet<&str> = HashSet::new();
    let mut so_far = 0;
    for (at, &line) in lines.iter().enumerate() {
        so_far += line.len();
        let goes_on = behind.get(at).is_some_and(|behind| *behind >= MANY);
        if opens_end(line) && so_far * 100 > total * END_AFTER && !goes_on {
            break;
        }
        let outside = before && at < first || after && at > last;
        let loose = outside && is_loose(line) && !(is_heading(at) && at > first);
        let repeated = line.len() >= MIN_REPEAT && !known.insert(line);
        if !(loose || repeated || is_prompt(line)) {
            kept.push(line);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_and_labels() {
        for line in [
            "Advertisement 2",
            "- Anzeige -",
            "SUBSCRIBE",
            "Read more: Ferry line closes",
            "Sign up for our newsletter and get the news by mail.",
            "Image copyright Harbour Pictures",
            "© 2023 Harbour Post",
            "Lesen Sie auch: Fähre gesunken",
        ] {
            assert!(is_prompt(line), "{line}");
        }
        for line in [
            "He said he would subscribe to no such view, and that the ferry, which had sailed for forty years under \
             three flags and as many owners, would be mended by the spring; the harbour master agreed with him.",
            "Share prices fell.",
            "News of the wreck reached the town at noon.",
            "The printers went home.",
        ] {
            assert!(!is_prompt(line), "{line}");
        }
    }

    #[test]
    fn what_templates_leave_round_an_article_goes() {
        let story =
            "The ferry ran aground off the old harbour at noon and was freed in the evening by two tugs.";
        let other =
            "Its master told the harbour office that a lamp had been out, which the office did not deny.";
        let lines =
            ["World", "Ana Lund", story, "A short one", other, other, "Print", "You may also like", "Teaser"];
        assert_eq!(article(&lines, |_| false), [story, "A short one", other]);
        assert_eq!(article(&["One", "Two"], |_| false), ["One", "Two"], "nothing but loose words stays");
    }
}
