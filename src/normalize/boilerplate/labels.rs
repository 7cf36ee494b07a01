//! Labels: short lines of a template that mean the same wherever they stand.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::normalize::rules::Rule;

/// The longest label, in bytes.
const MAX_BYTES: usize = 80;

/// Labels in lower case, without what is no letter at their ends, by what they are of. In English, German,
/// French, Spanish, Italian, Portuguese, Dutch, Polish, Serbian and Croatian, Russian, Turkish.
const LABELS: &[(Rule, &[&str])] = &[
    (
        Rule::Advertisement,
        &[
            "advertisement",
            "advertisements",
            "advertising",
            "advert",
            "advertisement - scroll to continue",
            "advertisement - continue reading below",
            "advertisement - story continues below",
            "advertisement scroll to continue",
            "story continues below advertisement",
            "story continues below",
            "article continues below advertisement",
            "article continues below",
            "article continues after ad",
            "article continues after advertisement",
            "continue reading below",
            "scroll to continue",
            "scroll to continue reading",
            "scroll down to continue",
            "skip advertisement",
            "sponsored content",
            "paid content",
            "paid advertisement",
            "anzeige",
            "werbung",
            "artikel wird nach der werbung fortgesetzt",
            "weiter nach der werbung",
            "publicité",
            "la suite après la publicité",
            "la suite après cette publicité",
            "publicidad",
            "continúa después de la publicidad",
            "sigue leyendo después de la publicidad",
            "pubblicità",
            "continua a leggere dopo la pubblicità",
            "l'articolo prosegue dopo la pubblicità",
            "publicidade",
            "continua após a publicidade",
            "continua depois da publicidade",
            "advertentie",
            "tekst gaat verder onder de advertentie",
            "lees verder onder de advertentie",
            "reklama",
            "dalsza część artykułu pod reklamą",
            "reklame",
            "oglas",
            "oglasi",
            "nastavak teksta ispod oglasa",
            "tekst se nastavlja ispod oglasa",
            "nastavak teksta nakon oglasa",
            "реклама",
            "на правах рекламы",
            "оглас",
            "reklam",
            "haberin devamı",
            "haberin devamı reklamdan sonra",
        ],
    ),
    (
        Rule::ShareLine,
        &[
            "share",
            "share this",
            "share this article",
            "share this story",
            "share this post",
            "share this page",
            "share article",
            "share on facebook",
            "share on twitter",
            "share on x",
            "share on whatsapp",
            "share on linkedin",
            "share on telegram",
            "share on reddit",
            "share via email",
            "share to facebook",
            "share to twitter",
            "share with friends",
            "sharing is caring",
            "tweet",
            "tweet this",
            "pin it",
            "email this article",
            "email this story",
            "print this article",
            "print this story",
            "print article",
            "copy link",
            "copy link to article",
            "link copied",
            "leave a comment",
            "leave a reply",
            "post a comment",
            "add a comment",
            "view comments",
            "skip to content",
            "skip to main content",
            "back to top",
            "listen to this article",
            "teilen",
            "artikel teilen",
            "auf facebook teilen",
            "auf twitter teilen",
            "drucken",
            "artikel drucken",
            "nach oben",
            "zum inhalt springen",
            "partager",
            "partager cet article",
            "partager sur facebook",
            "imprimer",
            "laisser un commentaire",
            "compartir",
            "compartir en facebook",
            "compartir en twitter",
            "comparte este artículo",
            "compartir esta noticia",
            "imprimir",
            "condividi",
            "condividi su facebook",
            "condividi questo articolo",
            "stampa l'articolo",
            "compartilhar",
            "compartilhe",
            "compartilhe esta notícia",
            "compartilhar no facebook",
            "partilhar",
            "delen",
            "deel dit artikel",
            "delen op facebook",
            "udostępnij",
            "udostępnij artykuł",
            "drukuj",
            "podeli",
            "podijeli",
            "podeli na facebook-u",
            "podijeli članak",
            "подели",
            "поделиться",
            "распечатать",
            "paylaş",
            "haberi paylaş",
            "yazdır",
        ],
    ),
    (
        Rule::Subscribe,
        &[
            "subscribe",
            "subscribe now",
            "subscribe today",
            "sign up",
            "sign up now",
            "newsletter",
            "newsletters",
            "newsletter sign-up",
            "newsletter signup",
            "daily newsletter",
            "our newsletter",
            "follow us",
            "abonnieren",
            "jetzt abonnieren",
            "newsletter abonnieren",
            "folgen sie uns",
            "abonnez-vous",
            "s'abonner",
            "suscríbete",
            "suscríbase",
            "iscriviti",
            "abbonati ora",
            "assine",
            "assine já",
            "inscreva-se",
            "abonneer",
            "abonneer nu",
            "nieuwsbrief",
            "subskrybuj",
            "zapisz się",
            "pretplatite se",
            "pretplati se",
            "pratite nas",
            "претплатите се",
            "подписаться",
            "подписка",
            "abone ol",
        ],
    ),
    (
        Rule::CookieNotice,
        &[
            "accept cookies",
            "accept all cookies",
            "accept all",
            "reject all",
            "reject all cookies",
            "manage cookies",
            "cookie settings",
            "cookie policy",
            "cookie preferences",
            "manage cookie preferences",
            "cookies akzeptieren",
            "alle cookies akzeptieren",
            "alle akzeptieren",
            "cookie-einstellungen",
            "accepter les cookies",
            "tout accepter",
            "gérer les cookies",
            "paramètres des cookies",
            "aceptar cookies",
            "aceptar todas las cookies",
            "configurar cookies",
            "política de cookies",
            "accetta i cookie",
            "accetta tutti i cookie",
            "impostazioni cookie",
            "aceitar cookies",
            "aceitar todos os cookies",
            "cookies accepteren",
            "alle cookies accepteren",
            "akceptuję pliki cookie",
            "polityka cookies",
            "prihvati kolačiće",
            "prihvatam kolačiće",
            "принять cookie",
            "принять все cookie",
            "çerezleri kabul et",
        ],
    ),
    (
        Rule::Copyright,
        &[
            "all rights reserved",
            "alle rechte vorbehalten",
            "tous droits réservés",
            "todos los derechos reservados",
            "tutti i diritti riservati",
            "todos os direitos reservados",
            "alle rechten voorbehouden",
            "wszelkie prawa zastrzeżone",
            "sva prava pridržana",
            "sva prava zadržana",
            "все права защищены",
            "tüm hakları saklıdır",
        ],
    ),
];

/// What the buttons below an article are called; a line of two and more of them, and of nothing else, is a
/// row of buttons.
const BUTTONS: &[&str] = &[
    "share",
    "facebook",
    "twitter",
    "x",
    "tweet",
    "whatsapp",
    "linkedin",
    "telegram",
    "reddit",
    "pinterest",
    "instagram",
    "youtube",
    "tumblr",
    "flipboard",
    "pocket",
    "messenger",
    "viber",
    "vk",
    "email",
    "e-mail",
    "mail",
    "print",
    "copy",
    "link",
    "teilen",
    "drucken",
    "partager",
    "imprimer",
    "compartir",
    "imprimir",
    "condividi",
    "compartilhar",
    "delen",
    "podeli",
    "podijeli",
    "поделиться",
    "paylaş",
];
/// Buttons that are words of other lines, too: a row needs another one beside them.
const PLAIN_BUTTONS: &[&str] =
    &["x", "email", "e-mail", "mail", "print", "copy", "link", "instagram", "youtube"];

static INDEX: LazyLock<FxHashMap<&'static str, Rule>> = LazyLock::new(|| {
    LABELS.iter().flat_map(|(rule, labels)| labels.iter().map(|label| (*label, *rule))).collect()
});

/// What `line` is a label of.
pub(super) fn rule_of(line: &str) -> Option<Rule> {
    if line.len() > MAX_BYTES {
        return None;
    }
    let bare = line.trim_matches(|c: char| !c.is_alphanumeric());
    // `share.` is the last word of a sentence that a line parted.
    if bare.starts_with(char::is_lowercase) {
        return None;
    }
    let lowered = bare.to_lowercase();
    if let Some(rule) = INDEX.get(lowered.as_str()) {
        return Some(*rule);
    }
    // `Advertisement 2`, and of bare letters only a long word: `Share 3` may be the third.
    let unnumbered = lowered.trim_end_matches(|c: char| c.is_ascii_digit());
    if unnumbered.len() < lowered.len()
        && let Some(Rule::Advertisement) = INDEX.get(unnumbered.trim_end())
    {
        return Some(Rule::Advertisement);
    }
    is_row_of_buttons(&lowered).then_some(Rule::ShareLine)
}

fn is_row_of_buttons(lowered: &str) -> bool {
    let words = || {
        lowered
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | '|' | '/' | '·' | '•'))
            .filter(|word| !word.is_empty())
    };
    let count = words().count();
    (2..=12).contains(&count)
        && words().all(|word| BUTTONS.contains(&word))
        && words().any(|word| !PLAIN_BUTTONS.contains(&word))
}
