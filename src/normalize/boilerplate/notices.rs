//! Notices of the law: cookies, copyright.

use std::sync::LazyLock;

use regex::Regex;

use super::{any_of, finds};
use crate::normalize::rules::Rule;

/// The longest notice of copyright, in bytes.
const MAX_COPYRIGHT: usize = 300;

/// What a site says of its cookies, in lower case.
pub(super) const COOKIES: &[&str] = &[
    "we use cookies",
    "we also use cookies",
    "we and our partners use cookies",
    "this site uses cookies",
    "this website uses cookies",
    "our site uses cookies",
    "our website uses cookies",
    "this web site uses cookies",
    "our use of cookies",
    "to our cookie policy",
    "please accept cookies",
    "you accept cookies",
    "wir verwenden cookies",
    "wir nutzen cookies",
    "wir setzen cookies",
    "diese website verwendet cookies",
    "diese webseite verwendet cookies",
    "diese website nutzt cookies",
    "diese seite verwendet cookies",
    "unsere website verwendet cookies",
    "nous utilisons des cookies",
    "ce site utilise des cookies",
    "notre site utilise des cookies",
    "l'utilisation de cookies",
    "utilizamos cookies",
    "usamos cookies",
    "este sitio utiliza cookies",
    "este sitio web utiliza cookies",
    "este sitio usa cookies",
    "esta web utiliza cookies",
    "questo sito utilizza cookie",
    "questo sito utilizza i cookie",
    "questo sito usa cookie",
    "questo sito usa i cookie",
    "utilizziamo i cookie",
    "utilizziamo cookie",
    "este site utiliza cookies",
    "este site usa cookies",
    "nós usamos cookies",
    "wij gebruiken cookies",
    "we gebruiken cookies",
    "deze website gebruikt cookies",
    "deze site gebruikt cookies",
    "ta strona używa plików cookie",
    "ta strona używa ciasteczek",
    "strona korzysta z plików cookie",
    "serwis korzysta z plików cookie",
    "używamy plików cookie",
    "ova stranica koristi kolačiće",
    "ovaj sajt koristi kolačiće",
    "ova web stranica koristi kolačiće",
    "koristimo kolačiće",
    "овај сајт користи колачиће",
    "мы используем cookie",
    "мы используем файлы cookie",
    "этот сайт использует cookie",
    "этот сайт использует файлы cookie",
    "сайт использует файлы cookie",
    "bu site çerez kullanmaktadır",
    "bu site çerezleri kullanır",
    "çerezleri kullanıyoruz",
    "çerezler kullanıyoruz",
    "sitemizde çerez",
];

static COOKIE: LazyLock<Option<Regex>> = LazyLock::new(|| any_of("", COOKIES.iter().copied(), r"(?:\W|$)"));

/// What each notice of copyright has one of that is ASCII alone, in lower case.
pub(super) const OF_COPYRIGHT: [&str; 10] = [
    "(c)",
    "copyright",
    "urheberrecht",
    "all rights reserved",
    "vorbehalten",
    "derechos reservados",
    "diritti riservati",
    "direitos reservados",
    "voorbehouden",
    "may not be",
];

/// `© 2023 The Harbour Post`, `Copyright 2023 …`, `… All rights reserved.`
static COPYRIGHT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^(?:©|\(c\) ?(?:19|20)[0-9]{2}|(?:copyright|urheberrecht)(?: notice)?:? (?:©|\(c\)|(?:19|20)[0-9]{2}|by ))",
        r"|(?:all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados",
        r"|tutti i diritti riservati|todos os direitos reservados|alle rechten voorbehouden|wszelkie prawa zastrzeżone",
        r"|sva prava (?:pridržana|zadržana)|сва права задржана|все права защищены|tüm hakları saklıdır)[.!]?$",
        r"|may not be published, broadcast, rewritten",
        r"|may not be reproduced,? .{0,60}without (?:prior |the |our |express )*(?:written )?(?:permission|consent)",
    ))
    .ok()
});

/// What the notice `line` is of.
pub(super) fn rule_of(line: &str) -> Option<Rule> {
    if line.len() <= MAX_COPYRIGHT && finds(&COPYRIGHT, line) && !super::quotes(line) {
        return Some(Rule::Copyright);
    }
    (finds(&COOKIE, line) && !super::quotes(line)).then_some(Rule::CookieNotice)
}
