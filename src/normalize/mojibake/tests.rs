//! Clean text stays, garbled text comes back. The sentences were written for this test.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;

/// One or two sentences a language, with what its newspapers use: quotes, dashes, currency, capitals.
const CLEAN: [(&str, &str); 30] = [
    ("en", "The minister’s café bill — £1,200 — was “absurd”… 20°C, ½ mile, §5, naïve façades, 3 × 4 µm."),
    (
        "fr",
        "« L’été, à Noël », répète-t-il ; où est l’œuvre de Mme Gaëlle Lévêque ? ÉTÉ, À L’ŒUVRE, ÇA, L’ÎLE.",
    ),
    (
        "de",
        "„Die Straße ist naß“, rügte Jörg Müller – „für Fußgänger übel.“ »Ähnlich«, höhnte Ökonom Özil. ÄÖÜẞ.",
    ),
    (
        "es",
        "¿Qué pasó ayer? ¡Nadie lo sabe! El niño de Cádiz cumplió 5 años; la 1.ª y el 2.º. «Ñandú», AÑO, SÍ…",
    ),
    (
        "pt",
        "São João não é só tradição: “às vezes”, diz a avó. CORAÇÃO, MAÇÃ, AÇÕES, IRMÃ, É Ó! Lá está você… À noite.",
    ),
    ("it", "Perché la città è così? «È già più virtù», disse. LIBERTÀ, PERÒ, È UN’ALTRA COSA. 5 € al kg."),
    ("nl", "De coördinatie van de reünie kostte € 5.000; ‘één’ idee, zei Zoë. Crèmeïgere scène’s."),
    ("da", "»Smørrebrød på Ærø«, sagde Åse – ØL OG FRÆKHED. Å er en å, og så går det. ÅRHUS, HÅØYA."),
    ("sv", "”Går det an?” frågade Åsa på Öland. Å nej! Räksmörgås för 45 öre. ÄPPELPAJ, GÖTEBORG, Ä, Ö."),
    ("no", "«Blåbærsyltetøy», sa Øyvind på Værøy. Være eller ikke være. ÆRLIG TALT, FØR PÅSKE."),
    ("fi", "”Hyvää yötä”, sanoi Päivi Äijälä. Työ jää kesken. SELKÄ EDELLÄ, YÖ, ÄÄNI."),
    ("is", "„Það er góð æfing,“ sagði Þórður á Ísafirði. Ég fæ mér kaffi í dag. ÆÐI, ÞETTA, ÓÐUR."),
    ("pl", "„Zażółć gęślą jaźń” – napisał Łukasz Żółkowski ze Śródmieścia. ŁÓDŹ, ŹDŹBŁO, ĆMA, Ś. P."),
    ("cs", "„Příliš žluťoučký kůň úpěl ďábelské ódy,“ řekla Šárka z Plzně. ČESKÁ, ŘEKA, ŽIŽKOV, Ó ŘÍMĚ!"),
    ("sk", "„Kŕdeľ šťastných ďatľov učí pri ústí Váhu,“ povedal Ľubomír. ŽILINA, ŠŤASTIE, Ô."),
    ("hu", "„Árvíztűrő tükörfúrógép” – mondta Őze Ödön. Őszi eső, ÜGYÉSZSÉG, Ó, ŐK ÉS Ő."),
    ("ro", "„Și-a văzut țara în flăcări”, a spus Ștefan. Înţeles şi ţară. NICIODATĂ, ÎNCĂ, ROMÂNĂ, CÂȘTIG."),
    ("hr", "„Đak žvače češnjak”, kaže Željko Šušnjić iz Čakovca. ŠĆEPAN, ĐURĐEVAC, ŽIVOT."),
    ("lv", "“Šodien Rīgā līst,” teica Jānis Bērziņš. Ķēniņš, ģimene, ŪDENS, ŅEMT, ĒST. “Glāžšķūņa rūķīši.”"),
    ("lt", "„Ąžuolų šlamėjimas“, – sakė Žydrūnas Šimkus. Įžūlu, ĖSTI, ŲJŲ, TRANSFORMATORIŲ."),
    ("tr", "“Şişli’de ığdır güneşi”, dedi Çağrı Öztürk. İSTANBUL, IĞDIR, ŞEHİR, ÜÇ, Ğ. Kâğıt hâlâ kârlı."),
    ("vi", "“Trời ơi, mưa quá!” chị Ngọc Ánh ở Đà Nẵng nói. ĐÃ XONG, NGÃ BA, ÂU LẠC, HÀ NỘI, Ừ Ở."),
    ("cy", "“Mae’r tŷ’n wag,” meddai Siân Ŵyn. Tê, dŵr, ŷd, GWÊN."),
    (
        "ru",
        "«Её объявили вчера…» — сказал Пётр Ёлкин. В мае 2023 г. № 5, «Да»; А я — нет. ЁЛКА, Г. ОРЁЛ, РОССИЯ.",
    ),
    ("uk", "«Її з’їзд — у Києві», — мовив Євген Їжак. ҐАНОК, ВІКІ, ЇЇ, ГРІМ, РІЄ, МОЇ, Ці ґави. Ві́н «є»."),
    ("sr", "„Њено ђубре“, рече Ђорђе Џомбић. ЊЕГОШ, ЉУБАВ, ЂАЦИ, ЖИВЈЕЛИ; „Ћути!“"),
    ("bg", "„Ъгълът е широк“, каза Щилян. ЪГЪЛ, ЮГ, Я! № 7…"),
    ("el", "«Η ανατροφή», είπε ο Άρης Ώριμος. Τι ώρα είναι; ΕΛΛΆΔΑ, Έξω, Ό,τι θέλεις, ϊ, ΐ."),
    ("he", "“שלום לכולם”, אמר דוד בן־גוריון. 5 ₪ – זול… ‘כן’, ×2."),
    ("zh", "“港口大桥重新开放”，市长说。GDP增长5％…《晚报》（上海）："),
];

/// Text that looks like a repair would help, and would not.
const ODD: [&str; 16] = [
    "( o¬ô )",
    "`¬´    ):",
    "Η ¨ανατροφή¨ είναι καλή",
    "5×£35, 4288×…, 10 Å— long",
    "∆° and √π, 2012—∞",
    "NESTLÉ® and KÄSE™ and AHÅ™",
    "MAÇÃ” and L’ÉTÉ’ and É” and Õ…",
    "├──┤ ┌─┐ │ö│ ╔═╗",
    "C O N C L U S Ã O",
    "[x]\u{a0}© 2023\u{a0}– SELKÄ\u{a0}EDELLÄ",
    "ПоздравЂаво",
    "¡SÉ¡ ¿y tú¿",
    "á´´ and í´´ and ``lá´´",
    "Ô Ôôô, Ê… and Ó…",
    "a lot of Ã’s",
    "1ª, 2º, 3°, 100 Å³",
];

fn mended(text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..20 {
        let repairs = round(&chars);
        if repairs.is_empty() {
            break;
        }
        let mut good = Vec::new();
        let mut at = 0;
        for repair in repairs {
            good.extend_from_slice(&chars[at..repair.at]);
            good.push(repair.put);
            good.extend(repair.space_after.then_some(' '));
            at = repair.at + repair.length;
        }
        good.extend_from_slice(&chars[at..]);
        chars = good;
    }
    chars.into_iter().collect()
}

/// The UTF-8 of `text`, read in `codec`. What the encoding leaves unassigned is a control.
fn garbled(text: &str, codec: Codec) -> String {
    let upper_half = codec.upper_half();
    let character = |byte: u8| match byte {
        0..0x80 => char::from(byte),
        byte => match upper_half[usize::from(byte - 0x80)] {
            char::REPLACEMENT_CHARACTER => char::from(byte),
            c => c,
        },
    };
    text.bytes().map(character).collect()
}

#[track_caller]
fn stays(text: &str) {
    assert_eq!(mended(text), text);
}

#[test]
fn clean_text_stays() {
    for (_, text) in CLEAN {
        stays(text);
        stays(&text.to_uppercase());
        stays(&text.to_lowercase());
        for word in text.split(' ') {
            for around in [
                ("", ""),
                ("“", "”"),
                ("„", "“"),
                ("«", "»"),
                ("", "…”"),
                ("", "’s"),
                ("—", "—"),
                ("", "\u{a0}%"),
            ] {
                stays(&format!("{}{word}{}", around.0, around.1));
                stays(&format!("{}{}{}", around.0, word.to_uppercase(), around.1));
            }
        }
    }
    for text in ODD {
        stays(text);
    }
}

#[test]
fn garbled_text_comes_back() {
    for (language, text) in CLEAN {
        for codec in Codec::ALL {
            let once = garbled(text, codec);
            assert_eq!(mended(&once), text, "{language}, {codec:?}: {once}");
        }
        let twice = garbled(&garbled(text, Codec::WINDOWS_1252), Codec::WINDOWS_1252);
        assert_eq!(mended(&twice), text, "{language}, twice: {twice}");
    }
}

#[test]
fn single_words() {
    for (garbled, good) in [
        ("itâ€™s", "it’s"),
        ("itâ\u{80}\u{99}s", "it’s"),
        ("10Â\u{a0}000", "10\u{a0}000"),
        ("cafÃ© â€œcrÃ¨meâ€\u{9d}", "café “crème”"),
        ("Ã€ Paris, lâ€™Ã©tÃ© dâ€™AndrÃ©", "À Paris, l’été d’André"),
        ("MÃ‰XICO, PERÃš", "MÉXICO, PERÚ"),
        ("caf√© and na√Øve", "café and naïve"),
        ("it‚Äôs", "it’s"),
        ("itâ\u{20ac}\u{2122}s", "it’s"),
        ("РјР°Р№", "май"),
        ("В© 2023", "© 2023"),
        ("Â© 2023 â€“ Â£5", "© 2023 – £5"),
        ("20Â°C", "20°C"),
        ("ï¿½", "\u{fffd}"),
        ("\u{93}quoted\u{94}\u{85}", "“quoted”…"),
        ("itÂ’s", "it’s"),
        ("il va Ã Lyon, lâ€™Ã©tÃ©", "il va à Lyon, l’été"),
        ("ðŸŽ‰ and ðŸ˜\u{80}", "🎉 and 😀"),
    ] {
        assert_eq!(mended(garbled), good);
    }
}

/// Text of one script: words of letters outside ASCII among others.
fn text_of(letters: &'static str) -> impl Strategy<Value = String> {
    let word = proptest::string::string_regex(letters).unwrap();
    proptest::collection::vec(word, 8..16).prop_map(|words| words.join(" "))
}

proptest! {
    // Letters at random make words that no language has, and once in many thousand texts two that read better
    // otherwise: so the texts are the same each time.
    #![proptest_config(ProptestConfig {
        cases: 300,
        rng_seed: RngSeed::Fixed(20_261_125),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn random_text_comes_back(
        text in prop_oneof![
            text_of("[A-Z]?[a-z]{2,5}[àâçéèêëîïôùûñöüäßáíóú][a-z]{1,4}"),
            text_of("[A-Z]?[a-z]{2,5}[ąćęłńśźżčďěňřšťůžőű][a-z]{1,4}"),
            text_of("[А-ЯЁ]?[а-яё]{4,9}"),
            text_of("[Α-Ρ]?[α-ωάέήίόύώ]{4,9}"),
            text_of("[א-ת]{4,9}"),
            text_of("[一-龥]{4,9}"),
        ],
        which in 0..codecs::COUNT,
    ) {
        let once = garbled(&text, Codec::ALL[which]);
        let good = mended(&once);
        // The same bytes may be other letters of the same script in another encoding: ñ and ù.
        let shape = |word: &str| -> String {
            word.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()
        };
        let words = good.split(' ').zip(text.split(' '));
        let wrong = words.filter(|(found, meant)| shape(found) != shape(meant)).count();
        prop_assert!(wrong <= 1, "{once} -> {good}");
    }

    #[test]
    fn random_text_stays(
        text in prop_oneof![
            text_of("[A-ZÀ-ÖØ-Þ]?[a-zà-öø-ÿ]{2,9}[,.…!]?"),
            text_of("[A-ZÀ-ÖØ-Þ]{1,9}[,.…!’”]?"),
            text_of("[A-ZĄĆĘŁŃÓŚŹŻŠČŘŽĚŤĎŇ]?[a-ząćęłńóśźżčďěňřšťůžőű]{2,9}[,.…!”]?"),
            text_of("«?[А-ЯЁІЇЄҐ]?[а-яёіїєґ]{1,9}[,.…!]?»?"),
            text_of("[А-ЯЁІЇЄҐЂЉЊЋЏЈ]{1,9}[,.…!”]?"),
            text_of("[Α-ΡΣ-ΩΆΈΉΊΌΎΏ]?[α-ωάέήίόύώϊ]{1,9}[,.…!»]?"),
            text_of("[א-ת]{2,9}[,.…!”]?"),
        ],
    ) {
        prop_assert_eq!(mended(&text), text);
    }

    #[test]
    fn any_text_ends(text in "[Ã-ãâÂ€™¬√∂ƒ©Ð-Ѵ \u{80}-\u{a0}?]{0,60}") {
        let once = mended(&text);
        prop_assert_eq!(mended(&once), once);
    }
}
