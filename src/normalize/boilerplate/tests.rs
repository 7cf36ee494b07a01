//! What each kind of line looks like, and what only looks like it.

use super::*;

#[track_caller]
fn check(rule: Option<Rule>, lines: &[&str]) {
    for line in lines {
        assert_eq!(rule_of(line), rule, "{line}");
    }
}

#[test]
fn labels() {
    check(
        Some(Rule::Advertisement),
        &["ADVERTISEMENT", "- Advertisement -", "Advertisement 2", "Anzeige", "Реклама"],
    );
    check(Some(Rule::ShareLine), &["Share", "Share this article:", "Facebook | Twitter | Email", "Teilen"]);
    check(None, &["share.", "advertising", "print"]);
    check(Some(Rule::CookieNotice), &["Accept all cookies", "Cookie settings"]);
    check(Some(Rule::Subscribe), &["SUBSCRIBE NOW", "Jetzt abonnieren!", "Abone ol"]);
}

#[test]
fn page_numbers() {
    check(
        Some(Rule::PageNumber),
        &[
            "Page 2 of 3",
            "- 2 -",
            "— 12 —",
            "Seite 2 von 3",
            "Page 2",
            "Continued on page A4",
            "Página 2 de 3",
            "[Page 4]",
        ],
    );
    check(None, &["2", "2-1", "Page 2 of the report was blank.", "Page by page", "-2", "Page 2023", "- 2"]);
}

#[test]
fn captions() {
    check(
        Some(Rule::Caption),
        &[
            "(Photo: Mara Lindqvist)",
            "FILE PHOTO: The bridge is seen in May 2021. REUTERS/Mara Lindqvist/File Photo",
            "The bridge is seen in May 2021. REUTERS/Mara Lindqvist",
            "FILE - Traffic on the bridge in May. (AP Photo/Mara Lindqvist, File)",
            "The bridge in May. (Photo by Mara Lindqvist/Getty Images)",
            "Image source, Getty Images",
            "Image caption, The bridge reopened on Sunday",
            "Photo by Mara Lindqvist",
            "The bridge in May. Photograph: Mara Lindqvist/The Harbour Post",
            "Foto: Mara Lindqvist/dpa",
            "[Photo/Agencies]",
            "Фото: Мара Линдквист",
        ],
    );
    check(
        None,
        &[
            "Photos of the bridge were on every front page.",
            "He told Reuters/Ipsos pollsters that he would vote.",
            "The files - all of them - were lost.",
            "She sold the picture to Getty Images.",
            "The museum shows photographs by Mara Lindqvist.",
            "Image is everything, the mayor said.",
        ],
    );
}

#[test]
fn notices() {
    check(
        Some(Rule::Copyright),
        &[
            "© 2023 The Harbour Post",
            "Copyright 2023 The Harbour Post. All rights reserved.",
            "(c) 2023 Harbour Post",
            "Harbour Post, alle Rechte vorbehalten",
            "This material may not be published, broadcast, rewritten or redistributed without permission.",
        ],
    );
    check(
        Some(Rule::CookieNotice),
        &[
            "This website uses cookies. By continuing to browse you agree to our use of cookies.",
            "Wir verwenden Cookies, um die Seite zu verbessern.",
            "Este sitio web utiliza cookies propias y de terceros",
        ],
    );
    check(
        None,
        &[
            "Copyright law was changed in May.",
            "The site uses cookies to follow its readers, the court heard.",
            "“We use cookies,” the firm wrote to the court.",
            "She bakes cookies on Sundays.",
        ],
    );
}

#[test]
fn prompts() {
    check(
        Some(Rule::Subscribe),
        &[
            "Sign up for our newsletter to get the news every morning.",
            "Subscribe to The Harbour Post for less than a coffee a week",
            "Follow us on Twitter @harbourpost",
            "Get the latest news delivered to your inbox",
            "► Abonnieren Sie unseren Newsletter",
            "Suscríbete a nuestro boletín",
            "Подписывайтесь на наш телеграм-канал",
            "Abonnez-vous à notre lettre d'information",
        ],
    );
    check(
        None,
        &[
            "Subscribers to the newsletter fell to 900.",
            "He said that readers should sign up for our newsletter.",
            "“Subscribe to our paper,” the mayor joked.",
            "The council will sign up for the scheme in May.",
            "Get the latest figures wrong and you lose, traders say.",
            "Follow us, the crews told them.",
        ],
    );
}

#[test]
fn every_table_builds() {
    for line in [
        "Sign up for our newsletter",
        "This site uses cookies",
        "© 2023",
        "Photo: Ana",
        "Photo by Ana Lund",
        "Page 2",
    ] {
        assert!(rule_of(line).is_some(), "{line}");
    }
}

#[test]
fn what_is_searched_for_is_hinted_at() {
    let ascii = notices::COOKIES.iter().chain(prompts::PHRASES).filter(|phrase| phrase.is_ascii());
    for phrase in ascii.copied().chain(notices::OF_COPYRIGHT) {
        assert!(hints::are_in(&format!("2023 {} end", phrase.to_uppercase())), "{phrase}");
    }
    assert!(hints::are_in("Über") && !hints::are_in("The bridge reopened on Sunday."));
    check(
        Some(Rule::Copyright),
        &[
            "(c) 2023 The Harbour Post",
            "Copyright 2023 The Harbour Post",
            "Urheberrecht by Harbour Post",
            "2023 The Harbour Post. ALL RIGHTS RESERVED.",
            "Harbour Post, alle Rechte vorbehalten",
            "Todos los derechos reservados",
            "Tutti i diritti riservati",
            "Todos os direitos reservados.",
            "Alle rechten voorbehouden",
            "This may not be published, broadcast, rewritten or sold.",
            "It may not be reproduced in whole or in part without permission of the owner.",
        ],
    );
}
