//! Sentences of our own with their values, and what must hold on any text.

use proptest::prelude::*;

use super::*;
use crate::article::EntityValue;

/// What is found in a text, as `words/TYPE/value`.
fn found(text: &str, anchor: Option<&str>, language: Option<&str>) -> Vec<String> {
    let words = Words::new(None, text, &mut Budget::default()).unwrap();
    let anchor = anchor.map(|day| day.parse().unwrap());
    let spans = scan(&words, language, anchor, &mut Budget::default()).unwrap();
    let said = |value: &EntityValue| match value {
        EntityValue::Time { stated, iso } => match iso {
            Some(iso) if iso == stated => iso.clone(),
            Some(iso) => format!("{stated} = {iso}"),
            None => stated.clone(),
        },
        EntityValue::Money { amount, to, currency, unit } => format!(
            "{}{} {}",
            amount.as_deref().unwrap_or("?"),
            to.as_ref().map(|to| format!("..{to}")).unwrap_or_default(),
            currency.clone().unwrap_or_else(|| format!("({unit})"))
        ),
        EntityValue::Number { amount, to, unit, duration } => format!(
            "{}{} {unit}{}",
            amount.as_deref().unwrap_or("?"),
            to.as_ref().map(|to| format!("..{to}")).unwrap_or_default(),
            duration.as_ref().map(|length| format!(" {length}")).unwrap_or_default()
        ),
    };
    spans
        .iter()
        .map(|span| format!("{}/{}/{}", span.bytes.of(text), span.kind.as_str(), said(&span.value)))
        .collect()
}

/// Rows of a text and what is found in it with Sunday, 8 January 2023 as the day of the article.
#[track_caller]
fn check(rows: &[(&str, &[&str])]) {
    let mut wrong = Vec::new();
    for (text, expected) in rows {
        let found = found(text, Some("2023-01-08"), None);
        if found != *expected {
            wrong.push(format!("{text}\n   expected {expected:?}\n   found    {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn days() {
    check(&[
        ("It opened on January 5, 2023, at last.", &["January 5, 2023/DATE/2023-01-05"]),
        ("It opened on 5 January 2023.", &["5 January 2023/DATE/2023-01-05"]),
        ("It opened on Jan. 5.", &["Jan. 5/DATE/XXXX-01-05 = 2023-01-05"]),
        ("It closed on December 20.", &["December 20/DATE/XXXX-12-20 = 2022-12-20"]),
        ("It closes on the 9th of March.", &["9th of March/DATE/XXXX-03-09 = 2023-03-09"]),
        (
            "On March 25 last year it shut.",
            &["March 25/DATE/XXXX-03-25 = 2022-03-25", "last year/TIME/-P1Y = 2022"],
        ),
        ("On Friday, January 6th, 2023 it shut.", &["Friday, January 6th, 2023/DATE/2023-01-06"]),
        ("On Friday 6 January it shut.", &["Friday 6 January/DATE/XXXX-01-06 = 2023-01-06"]),
        ("Dated 2023-01-05 and 28/01/2022.", &["2023-01-05/DATE/2023-01-05", "28/01/2022/DATE/2022-01-28"]),
        ("Dated 03/04/2022.", &["03/04/2022/DATE/2022-XX-XX"]),
        ("The fair runs March 23-24, 2021.", &["March 23-24, 2021/DATE/2021-03-23/2021-03-24"]),
        ("The fair runs 7 to 10 May.", &["7 to 10 May/DATE/XXXX-05-07/XXXX-05-10 = 2023-05-07/2023-05-10"]),
        ("Shops close on Christmas Day.", &["Christmas Day/DATE/XXXX-12-25 = 2022-12-25"]),
        ("They met on New Year's Eve.", &["New Year's Eve/DATE/XXXX-12-31 = 2022-12-31"]),
        ("They met on 05-Aug-2021.", &["05-Aug-2021/DATE/2021-08-05"]),
        ("They met on February 30.", &["February/DATE/XXXX-02 = 2023-02"]),
    ]);
}

#[test]
fn weekdays() {
    check(&[
        ("It rained on Sunday.", &["Sunday/DATE/XXXX-WXX-7 = 2023-01-08"]),
        ("It rained on Monday.", &["Monday/DATE/XXXX-WXX-1 = 2023-01-02"]),
        ("They meet next Sunday.", &["Sunday/DATE/XXXX-WXX-7 = 2023-01-15"]),
        ("They met last Sunday.", &["Sunday/DATE/XXXX-WXX-7 = 2023-01-01"]),
        ("They meet this Tuesday.", &["Tuesday/DATE/XXXX-WXX-2 = 2023-01-10"]),
        ("They met on Friday night.", &["Friday night/TIME/XXXX-WXX-5TNI = 2023-01-06TNI"]),
        ("It is open on Saturdays.", &["Saturdays/DATE/XXXX-WXX-6"]),
        ("The Sunday Times wrote of Bloody Sunday.", &[]),
        ("On Good Friday 2022 it rained.", &["Good Friday 2022/DATE/2022"]),
    ]);
}

#[test]
fn months() {
    check(&[
        ("Prices rose in December.", &["December/DATE/XXXX-12 = 2022-12"]),
        (
            "Prices rose in May, and since March.",
            &["May/DATE/XXXX-05 = 2023-05", "March/DATE/XXXX-03 = 2023-03"],
        ),
        ("They left last August.", &["August/DATE/XXXX-08 = 2022-08"]),
        ("They leave next January.", &["January/DATE/XXXX-01 = 2024-01"]),
        ("They left in June of last year.", &["June/DATE/XXXX-06 = 2022-06", "last year/TIME/-P1Y = 2022"]),
        ("They left in mid-June.", &["June/DATE/XXXX-06 = 2023-06"]),
        ("In September 2021 and Oct 2021.", &["September 2021/DATE/2021-09", "Oct 2021/DATE/2021-10"]),
        ("In March of 2020 it shut.", &["March of 2020/DATE/2020-03"]),
        (
            "The dry season (December to April) is long.",
            &["December to April/DATE/XXXX-12/XXXX-04 = 2022-12/2023-04"],
        ),
        ("May said so, and Theresa May left.", &[]),
        ("The March on Washington, the Long March 5, a march in Lima.", &[]),
        ("April Novak and June Doe may march. We sat in the sun in mar.", &[]),
        ("He lives in Mar del Plata with Jan.", &[]),
    ]);
}

#[test]
fn years_and_longer() {
    check(&[
        ("It was built in 1867.", &["1867/DATE/1867"]),
        ("It was built in 2019, before 2022-23.", &["2019/DATE/2019", "2022-23/DATE/2022/2023"]),
        ("The war of 1914–1918 ended.", &["1914–1918/DATE/1914/1918"]),
        ("Rents rose in the 1990s and 80s.", &["1990s/DATE/199X", "80s/DATE/XX8X = 198X"]),
        ("Rents rose in the ’80s.", &["’80s/DATE/XX8X = 198X"]),
        ("A town of the 19th century.", &["19th century/DATE/18XX"]),
        ("A town of the twentieth century.", &["twentieth century/DATE/19XX"]),
        ("A town of the 8th century BC.", &["8th century BC/DATE/-0799/-0700"]),
        ("A town of the 3rd century CE.", &["3rd century CE/DATE/02XX"]),
        (
            "It fell in 44 BC, rose in 12 BCE and burnt in AD 70.",
            &["44 BC/DATE/-0043", "12 BCE/DATE/-0011", "AD 70/DATE/0070"],
        ),
        ("It was 1 BC, not 30 ad pages nor 12 ce.", &["1 BC/DATE/0000"]),
        ("Call 1800 247 600 or 555-1234 now, or 0800 1999.", &[]),
        ("The 747 took 1500 people, 2000 jobs, and 1024×683 dots.", &[]),
        ("They won 3-1, then 2-0, under Act 2015 and Vision 2030.", &[]),
        ("It fell to 2,017 from 2017.5 in Section 2019/4.", &[]),
    ]);
}

#[test]
fn relative_times() {
    check(&[
        ("It rained yesterday.", &["yesterday/TIME/-P1D = 2023-01-07"]),
        ("It rains today, and tomorrow.", &["today/TIME/P0D = 2023-01-08", "tomorrow/TIME/P1D = 2023-01-09"]),
        ("They met last week.", &["last week/TIME/-P1W = 2022-W52"]),
        ("They met last month.", &["last month/TIME/-P1M = 2022-12"]),
        ("They meet next year.", &["next year/TIME/P1Y = 2024"]),
        ("They met this weekend.", &["this weekend/TIME/P0W-WE = 2023-01-07/2023-01-08"]),
        ("They met last night.", &["last night/TIME/-P1DTNI = 2023-01-07TNI"]),
        ("They met two years ago.", &["two years ago/TIME/-P2Y = 2021"]),
        (
            "They met a year ago, 3 weeks ago.",
            &["a year ago/TIME/-P1Y = 2022", "3 weeks ago/TIME/-P3W = 2022-W50"],
        ),
        ("They met three hours ago.", &["three hours ago/TIME/-PT3H"]),
        ("USA Today wrote it.", &[]),
    ]);
    assert_eq!(
        found("It rained yesterday, on Monday.", None, None),
        ["yesterday/TIME/-P1D", "Monday/DATE/XXXX-WXX-1"]
    );
    assert_eq!(
        found("On January 8 and in May.", None, None),
        ["January 8/DATE/XXXX-01-08", "May/DATE/XXXX-05"]
    );
}

#[test]
fn times_of_day() {
    check(&[
        ("At 5:30 p.m. EST it began.", &["5:30 p.m. EST/TIME/T17:30-05:00"]),
        ("At 5:30 p.m. It began.", &["5:30 p.m./TIME/T17:30"]),
        ("At 5pm, at 8 am, at 12.14pm.", &["5pm/TIME/T17:00", "8 am/TIME/T08:00", "12.14pm/TIME/T12:14"]),
        ("At 17:30 GMT, or 1730 GMT.", &["17:30 GMT/TIME/T17:30Z", "1730 GMT/TIME/T17:30Z"]),
        ("At 0600 hours, at 9 o’clock.", &["0600 hours/TIME/T06:00", "9 o’clock/TIME/T09:00"]),
        ("From noon to midnight.", &["noon/TIME/T12:00", "midnight/TIME/T00:00"]),
        ("At 12 a.m. sharp.", &["12 a.m./TIME/T00:00"]),
        ("She ran it in 1:45:30, he in 2:03.", &[]),
        ("At 6 p.m. IST.", &["6 p.m. IST/TIME/T18:00"]),
    ]);
}

#[test]
fn money() {
    check(&[
        ("It cost $5.", &["$5/MONEY/5 USD"]),
        (
            "It cost $1,234.50 or €3.5 million.",
            &["$1,234.50/MONEY/1234.5 USD", "€3.5 million/MONEY/3500000 EUR"],
        ),
        (
            "It cost US$5 million, A$20 and HK$7.",
            &["US$5 million/MONEY/5000000 USD", "A$20/MONEY/20 AUD", "HK$7/MONEY/7 HKD"],
        ),
        ("It cost US $2.3 billion.", &["US $2.3 billion/MONEY/2300000000 USD"]),
        ("It cost $5bn, then $30m.", &["$5bn/MONEY/5000000000 USD", "$30m/MONEY/30000000 USD"]),
        ("It cost $5-10 million.", &["$5-10 million/MONEY/5000000..10000000 USD"]),
        ("It cost $5-$10.", &["$5-$10/MONEY/5..10 USD"]),
        (
            "It cost Rs 500 crore, Rs. 20 and Rs500.",
            &["Rs 500 crore/MONEY/5000000000 (Rs)", "Rs. 20/MONEY/20 (Rs)", "Rs500/MONEY/500 (Rs)"],
        ),
        ("It cost ₹1,50,000.", &["₹1,50,000/MONEY/150000 INR"]),
        ("It cost 10 billion yuan.", &["10 billion yuan/MONEY/10000000000 CNY"]),
        ("Loss of 3 mln dlrs.", &["3 mln dlrs/MONEY/3000000 USD"]),
        ("It cost 9 million Australian dollars.", &["9 million Australian dollars/MONEY/9000000 AUD"]),
        ("It cost 50 Hong Kong dollars.", &["50 Hong Kong dollars/MONEY/50 HKD"]),
        ("It cost 2.5 billion U.S. dollars.", &["2.5 billion U.S. dollars/MONEY/2500000000 USD"]),
        (
            "It cost 300 pesos, or 20 Mexican pesos.",
            &["300 pesos/MONEY/300 (peso)", "20 Mexican pesos/MONEY/20 MXN"],
        ),
        ("It cost half a million euros.", &["half a million euros/MONEY/500000 EUR"]),
        ("It cost millions of dollars.", &["millions of dollars/MONEY/? USD"]),
        ("It cost a million dollars.", &["a million dollars/MONEY/1000000 USD"]),
        ("It cost five dollars and 50 cents.", &["five dollars/MONEY/5 USD", "50 cents/MONEY/50 (cent)"]),
        ("It cost R75 000 and R4.5 million.", &["R75 000/MONEY/75000 ZAR", "R4.5 million/MONEY/4500000 ZAR"]),
        ("It cost 2 million pounds sterling.", &["2 million pounds sterling/MONEY/2000000 GBP"]),
        ("It cost 500 €.", &["500 €/MONEY/500 EUR"]),
        ("USD 3,000 and EUR 5 were paid.", &["USD 3,000/MONEY/3000 USD", "EUR 5/MONEY/5 EUR"]),
        ("The two won; five won medals. Take the N1 and R2.", &[]),
    ]);
}

#[test]
fn percentages() {
    check(&[
        ("Up 5%.", &["5%/PERCENT/5 %"]),
        ("Up 5 pct, or 12.5 per cent.", &["5 pct/PERCENT/5 %", "12.5 per cent/PERCENT/12.5 %"]),
        ("Up five percent.", &["five percent/PERCENT/5 %"]),
        ("Up twenty-five per cent.", &["twenty-five per cent/PERCENT/25 %"]),
        ("Up 5 to 10 percent.", &["5 to 10 percent/PERCENT/5..10 %"]),
        ("Up 5-10%.", &["5-10%/PERCENT/5..10 %"]),
        ("A change of -3%.", &["-3%/PERCENT/-3 %"]),
        ("Up 0.25 percentage points.", &["0.25 percentage points/PERCENT/0.25 pp"]),
    ]);
}

#[test]
fn quantities() {
    check(&[
        ("It is 10 km away.", &["10 km/QUANTITY/10 km"]),
        ("It is 10km or 30 tonnes.", &["10km/QUANTITY/10 km", "30 tonnes/QUANTITY/30 t"]),
        ("It covers 5 square miles.", &["5 square miles/QUANTITY/5 mi2"]),
        (
            "It does 200 mph, or 75 kilometers per hour.",
            &["200 mph/QUANTITY/200 mi/h", "75 kilometers per hour/QUANTITY/75 km/h"],
        ),
        ("It makes 6,000 megawatts.", &["6,000 megawatts/QUANTITY/6000 MW"]),
        ("It pumps 2.5 million barrels per day.", &["2.5 million barrels per day/QUANTITY/2500000 bbl/d"]),
        (
            "It is 30 °C, or 86 degrees Fahrenheit.",
            &["30 °C/QUANTITY/30 °C", "86 degrees Fahrenheit/QUANTITY/86 °F"],
        ),
        ("A five-mile road of 20-30 metres.", &["five-mile/QUANTITY/5 mi", "20-30 metres/QUANTITY/20..30 m"]),
        ("It weighs 500 pounds.", &["500 pounds/QUANTITY/500 lb"]),
        ("It took five years.", &["five years/QUANTITY/5 a P5Y"]),
        (
            "It took two decades and 36 hours.",
            &["two decades/QUANTITY/20 a P20Y", "36 hours/QUANTITY/36 h PT36H"],
        ),
        (
            "A 45-year-old and a child of 3 years old.",
            &["45-year-old/QUANTITY/45 a P45Y", "3 years old/QUANTITY/3 a P3Y"],
        ),
        ("Two hundred and fifty miles on.", &["Two hundred and fifty miles/QUANTITY/250 mi"]),
    ]);
}

#[test]
fn only_what_needs_no_language_is_read_abroad() {
    for (text, expected) in [
        ("Am 2023-01-08 und im Mai 2023 um 17:30.", &["2023-01-08/DATE/2023-01-08"][..]),
        ("Es kostet €5 oder 10 Euro.", &["€5/MONEY/5 EUR"]),
        ("Es kostet 1.234,56 €.", &["1.234,56 €/MONEY/1234.56 EUR"]),
        ("Es kostet 1.234 €, 3,5 % mehr.", &["1.234 €/MONEY/? EUR", "3,5 %/PERCENT/3.5 %"]),
    ] {
        assert_eq!(found(text, Some("2023-01-08"), Some("de")), expected, "{text}");
    }
}

#[test]
fn steps_grow_with_the_text_and_no_faster() {
    for text in [
        "million ",
        "$5-10 ",
        "May 5 ",
        "1,000,",
        "two hundred and ",
        "a a ",
        "12:12:",
        "1999-",
        "last week ",
    ] {
        let steps = |times: usize| {
            let long = text.repeat(times);
            let words = Words::new(None, &long, &mut Budget::default()).unwrap();
            let mut budget = Budget::default();
            scan(&words, None, None, &mut budget).unwrap();
            budget.spent()
        };
        let (short, long) = (steps(500), steps(5_000));
        assert!(long <= short * 10 + 200, "{text}: {short} steps, ten times the text {long}");
    }
}

#[test]
fn no_time_of_day_runs_from_the_headline_into_the_text() {
    for (headline, text) in
        [("It fell to 1.5", "p.m. May"), ("At 5 p.", "m. on May 5"), ("At 5 p.m.", "EST is late")]
    {
        let words = Words::new(Some(headline), text, &mut Budget::default()).unwrap();
        let spans = scan(&words, None, None, &mut Budget::default()).unwrap();
        for span in spans {
            assert_eq!(
                span.from < words.in_headline(),
                span.to <= words.in_headline(),
                "{headline} | {text}"
            );
        }
    }
}

#[test]
fn a_sign_between_two_numbers_belongs_to_one() {
    for language in ["en", "fr"] {
        let words = Words::new(None, "from 20€ 5 of them", &mut Budget::default()).unwrap();
        let spans = scan(&words, Some(language), None, &mut Budget::default()).unwrap();
        assert!(
            spans.is_sorted_by(|one, other| one.bytes.end() <= other.bytes.start()),
            "{language}: {spans:?}"
        );
    }
}

/// Pieces that make rules meet.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::sample::select(vec![
            "May", "March", "Jan.", "January", "Sunday", "Sun", "Christmas", "New Year", "Eid", "al", "5", "31", "12", "2023",
            "1990s", "80s", "20th", "century", "00", "$", "US", "€", "₵", "R", "Rs", "500", "000", "1.5", "million", "bn", "m",
            "crore", "half", "a", "an", "and", "of", "to", "the", "last", "next", "week", "year", "ago", "hours", "old", "km", "square",
            "percent", "%", "°", "C", "p.m.", "pm", "GMT", "noon", "dollars", "Hong Kong", "pounds", "sterling", "s", "’s",
            "-", "–", ",", ".", ":", "/", "(", ")", "\n", "½", "日本", "\u{301}", "99999999999999999999999999999999",
        ])
        .prop_map(str::to_owned),
        1 => "\\PC{0,6}",
        4 => Just(" ".to_owned()),
    ]
}

proptest! {
    #[test]
    fn spans_are_sorted_disjoint_and_slice(
        headline in prop::option::of(prop::collection::vec(piece(), 0..12)),
        pieces in prop::collection::vec(piece(), 0..60),
        english in any::<bool>(),
        dated in any::<bool>(),
    ) {
        let headline = headline.map(|pieces| pieces.concat());
        let text = pieces.concat();
        let words = Words::new(headline.as_deref(), &text, &mut Budget::default()).unwrap();
        let anchor = dated.then(|| "2024-02-29".parse().unwrap());
        let language = if english { Some("en-GB") } else { Some("fr") };
        let spans = scan(&words, language, anchor, &mut Budget::default()).unwrap();
        let (mut token, mut byte) = (0, 0);
        for span in spans {
            prop_assert!(span.from >= token && span.to > span.from && span.to <= words.len());
            let in_text = span.from >= words.in_headline();
            if in_text && token <= words.in_headline() {
                byte = 0;
            }
            let field = if in_text { text.as_str() } else { headline.as_deref().unwrap() };
            prop_assert!(in_text || span.to <= words.in_headline());
            prop_assert!(span.bytes.start() >= byte && !span.bytes.of(field).is_empty());
            (token, byte) = (span.to, span.bytes.end());
        }
    }
}
