//! Currencies: signs, codes, names.
//!
//! A code of ISO 4217 is given where the text leaves one reading: `€`, `yuan`, `Mexican pesos`. A
//! dollar sign alone is the US dollar, as in the wires' own style; `pesos`, `rupees` or `pounds` alone
//! have no code.

/// A currency by its name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Currency {
    /// Folded names.
    pub(crate) names: &'static str,
    /// The name that the record gives.
    pub(crate) name: &'static str,
    /// The code where no country is named; empty where that leaves more than one.
    pub(crate) code: &'static str,
    /// `word=CODE`: the folded word or words before it that say whose it is (`_` for a space).
    pub(crate) whose: &'static str,
    /// The name means something else as well, so that a magnitude, a country or many digits have to
    /// stand before it: `won`, `pounds`, `sol`.
    pub(crate) doubtful: bool,
    /// A hundredth, which of several currencies: no code.
    pub(crate) part: bool,
}

const fn sure(names: &'static str, name: &'static str, code: &'static str, whose: &'static str) -> Currency {
    Currency { names, name, code, whose, doubtful: false, part: false }
}

const fn doubtful(
    names: &'static str,
    name: &'static str,
    code: &'static str,
    whose: &'static str,
) -> Currency {
    Currency { names, name, code, whose, doubtful: true, part: false }
}

/// All names.
pub(crate) const CURRENCIES: [Currency; 58] = [
    sure(
        "dollar dollars dlr dlrs",
        "dollar",
        "USD",
        "us=USD usa=USD american=USD australian=AUD canadian=CAD hong_kong=HKD hk=HKD new_zealand=NZD \
         singapore=SGD singaporean=SGD taiwan=TWD taiwanese=TWD nt=TWD new_taiwan=TWD namibian=NAD \
         namibia=NAD zimbabwean=null zimbabwe=null jamaican=JMD jamaica=JMD fijian=FJD fiji=FJD \
         liberian=LRD bahamian=BSD barbados=BBD barbadian=BBD belize=BZD guyanese=GYD guyana=GYD \
         surinamese=SRD bermudian=BMD brunei=BND caribbean=XCD trinidad=TTD tobago=TTD",
    ),
    sure("euro euros", "euro", "EUR", ""),
    sure("yuan renminbi", "yuan", "CNY", ""),
    sure("yen", "yen", "JPY", ""),
    doubtful(
        "pound pounds",
        "pound",
        "",
        "british=GBP egyptian=EGP lebanese=LBP syrian=SYP sudanese=SDG south_sudanese=SSP gibraltar=GIP \
         falkland=FKP sterling=GBP",
    ),
    sure("sterling", "pound", "GBP", ""),
    sure(
        "rupee rupees",
        "rupee",
        "",
        "indian=INR pakistani=PKR pakistan=PKR nepali=NPR nepalese=NPR lankan=LKR mauritian=MUR \
         mauritius=MUR seychelles=SCR seychellois=SCR",
    ),
    sure("rupiah rupiahs", "rupiah", "IDR", ""),
    sure("ringgit", "ringgit", "MYR", ""),
    sure("baht", "baht", "THB", ""),
    sure(
        "peso pesos",
        "peso",
        "",
        "mexican=MXN argentine=ARS argentinian=ARS argentinean=ARS chilean=CLP colombian=COP cuban=CUP \
         dominican=DOP philippine=PHP filipino=PHP uruguayan=UYU",
    ),
    sure("shekel shekels", "shekel", "ILS", ""),
    doubtful("rand", "rand", "ZAR", ""),
    sure("naira", "naira", "NGN", ""),
    sure("cedi cedis", "cedi", "GHS", ""),
    sure(
        "shilling shillings",
        "shilling",
        "",
        "kenyan=KES kenya=KES ugandan=UGX uganda=UGX tanzanian=TZS tanzania=TZS somali=SOS",
    ),
    sure("birr", "birr", "ETB", ""),
    sure("kwacha", "kwacha", "", "zambian=ZMW malawian=MWK zambia=ZMW malawi=MWK"),
    sure("dirham dirhams", "dirham", "", "uae=AED emirati=AED moroccan=MAD"),
    sure(
        "dinar dinars",
        "dinar",
        "",
        "kuwaiti=KWD bahraini=BHD iraqi=IQD jordanian=JOD algerian=DZD tunisian=TND libyan=LYD serbian=RSD \
         macedonian=MKD",
    ),
    sure("riyal riyals", "riyal", "", "saudi=SAR qatari=QAR qatar=QAR omani=OMR yemeni=YER iranian=IRR"),
    sure("rial rials", "rial", "", "iranian=IRR omani=OMR yemeni=YER saudi=SAR"),
    sure("toman tomans", "toman", "", ""),
    sure("ruble rubles rouble roubles", "rouble", "", "russian=RUB belarusian=BYN belarussian=BYN"),
    sure("lira lire liras", "lira", "", "turkish=TRY italian=ITL syrian=SYP lebanese=LBP"),
    doubtful("won", "won", "", "korean=KRW south_korean=KRW north_korean=KPW"),
    sure(
        "franc francs",
        "franc",
        "",
        "swiss=CHF french=FRF belgian=BEF cfa=null congolese=CDF rwandan=RWF burundian=BIF guinean=GNF \
         djiboutian=DJF",
    ),
    sure("krona kronor", "krona", "", "swedish=SEK icelandic=ISK"),
    sure("krone kroner", "krone", "", "danish=DKK norwegian=NOK"),
    doubtful("crown crowns", "crown", "", "danish=DKK norwegian=NOK swedish=SEK czech=CZK icelandic=ISK"),
    sure("koruna korunas", "koruna", "CZK", "czech=CZK slovak=SKK"),
    sure("zloty zlotys zlotych", "zloty", "PLN", ""),
    sure("forint forints", "forint", "HUF", ""),
    doubtful("leu lei", "leu", "", "romanian=RON moldovan=MDL"),
    doubtful("lev leva", "lev", "BGN", ""),
    sure("hryvnia hryvnias hryvnya", "hryvnia", "UAH", ""),
    doubtful("dong", "dong", "VND", ""),
    doubtful("kip", "kip", "LAK", ""),
    sure("kyat kyats", "kyat", "MMK", ""),
    sure("taka", "taka", "BDT", ""),
    sure("reais", "real", "BRL", ""),
    doubtful("soles", "sol", "PEN", ""),
    sure("bolivar bolivars bolivares", "bolivar", "VES", ""),
    sure("guarani guaranies guaranis", "guarani", "PYG", ""),
    sure("lempira lempiras", "lempira", "HNL", ""),
    sure("quetzal quetzales quetzals", "quetzal", "GTQ", ""),
    sure("cordoba cordobas", "cordoba", "NIO", ""),
    sure("gourde gourdes", "gourde", "HTG", ""),
    sure("tenge", "tenge", "KZT", ""),
    sure("manat manats", "manat", "", "azerbaijani=AZN turkmen=TMT"),
    doubtful("lari", "lari", "GEL", ""),
    sure("tugrik tugriks", "tugrik", "MNT", ""),
    sure("afghani afghanis", "afghani", "AFN", ""),
    doubtful("mark marks", "mark", "", "german=DEM finnish=FIM deutsche=DEM"),
    doubtful("pula", "pula", "BWP", ""),
    sure("dalasi dalasis", "dalasi", "GMD", ""),
    sure("bitcoin bitcoins", "bitcoin", "", ""),
    Currency { names: "cent cents", name: "cent", code: "", whose: "", doubtful: false, part: true },
];

/// Letters before a number: folded, how they are written, code (empty where it leaves more than one).
///
/// Those with `~` before the code are so short that a comma, a point or a magnitude has to be in the number.
pub(crate) const PREFIXES: [(&str, &str, &str); 59] = [
    ("usd", "USD", "USD"),
    ("eur", "EUR", "EUR"),
    ("gbp", "GBP", "GBP"),
    ("jpy", "JPY", "JPY"),
    ("cny", "CNY", "CNY"),
    ("rmb", "RMB", "CNY"),
    ("chf", "CHF", "CHF"),
    ("aud", "AUD", "AUD"),
    ("cad", "CAD", "CAD"),
    ("nzd", "NZD", "NZD"),
    ("hkd", "HKD", "HKD"),
    ("sgd", "SGD", "SGD"),
    ("inr", "INR", "INR"),
    ("pkr", "PKR", "PKR"),
    ("lkr", "LKR", "LKR"),
    ("npr", "NPR", "NPR"),
    ("bdt", "BDT", "BDT"),
    ("aed", "AED", "AED"),
    ("sar", "SAR", "SAR"),
    ("qar", "QAR", "QAR"),
    ("omr", "OMR", "OMR"),
    ("kwd", "KWD", "KWD"),
    ("bhd", "BHD", "BHD"),
    ("jod", "JOD", "JOD"),
    ("egp", "EGP", "EGP"),
    ("zar", "ZAR", "ZAR"),
    ("ngn", "NGN", "NGN"),
    ("ghs", "GHS", "GHS"),
    ("kes", "KES", "KES"),
    ("ugx", "UGX", "UGX"),
    ("tzs", "TZS", "TZS"),
    ("mnt", "MNT", "MNT"),
    ("mop", "MOP", "MOP"),
    ("php", "PHP", "PHP"),
    ("myr", "MYR", "MYR"),
    ("thb", "THB", "THB"),
    ("idr", "IDR", "IDR"),
    ("krw", "KRW", "KRW"),
    ("vnd", "VND", "VND"),
    ("nis", "NIS", "ILS"),
    ("rs", "Rs", ""),
    ("tk", "Tk", "BDT"),
    ("rp", "Rp", "IDR"),
    ("rm", "RM", "MYR"),
    ("qr", "QR", "QAR"),
    ("sr", "SR", "SAR"),
    ("kd", "KD", "KWD"),
    ("jd", "JD", "JOD"),
    ("le", "LE", "EGP"),
    ("dh", "Dh", "AED"),
    ("dhs", "Dhs", "AED"),
    ("ksh", "KSh", "KES"),
    ("tsh", "TSh", "TZS"),
    ("ush", "USh", "UGX"),
    ("sh", "Sh", ""),
    ("shs", "Shs", ""),
    ("r", "R", "~ZAR"),
    ("n", "N", "~NGN"),
    ("p", "P", "~PHP"),
];

/// Signs, and the code where one leaves no doubt.
const SIGNS: [(char, &str); 19] = [
    ('$', "USD"),
    ('£', "GBP"),
    ('€', "EUR"),
    ('¥', ""),
    ('₹', "INR"),
    ('₦', "NGN"),
    ('₱', "PHP"),
    ('₩', ""),
    ('₽', "RUB"),
    ('₺', "TRY"),
    ('₴', "UAH"),
    ('₪', "ILS"),
    ('฿', "THB"),
    ('₫', "VND"),
    ('₡', "CRC"),
    ('₵', "GHS"),
    ('₸', "KZT"),
    ('₾', "GEL"),
    ('₿', ""),
];

/// Letters before a dollar sign (folded), and the code.
const DOLLARS: [(&str, &str); 21] = [
    ("us", "USD"),
    ("u", "USD"),
    ("a", "AUD"),
    ("au", "AUD"),
    ("aus", "AUD"),
    ("c", "CAD"),
    ("ca", "CAD"),
    ("can", "CAD"),
    ("nz", "NZD"),
    ("hk", "HKD"),
    ("s", "SGD"),
    ("nt", "TWD"),
    ("r", "BRL"),
    ("n", "NAD"),
    ("j", "JMD"),
    ("tt", "TTD"),
    ("fj", "FJD"),
    ("bz", "BZD"),
    ("g", "GYD"),
    ("ec", "XCD"),
    ("z", ""),
];

/// The code of a currency sign; empty where it leaves more than one. `None` for another character.
pub(crate) fn of_sign(sign: char) -> Option<&'static str> {
    if sign.is_ascii() && sign != '$' {
        return None;
    }
    SIGNS.iter().find(|(known, _)| *known == sign).map(|(_, code)| *code)
}

/// The code of the letters before a dollar sign.
pub(crate) fn of_dollar(letters: &str) -> Option<&'static str> {
    DOLLARS.iter().find(|(known, _)| *known == letters).map(|(_, code)| *code)
}

/// The currency of an [`Entry`](super::lexicon::Entry).
pub(crate) fn currency(place: u8) -> Option<&'static Currency> {
    CURRENCIES.get(usize::from(place).checked_sub(1)?)
}

/// How the prefix of an entry is written, its code, and whether it asks for more evidence.
pub(crate) fn prefix(place: u8) -> Option<(&'static str, &'static str, bool)> {
    let (_, written, code) = PREFIXES.get(usize::from(place).checked_sub(1)?)?;
    Some(match code.strip_prefix('~') {
        Some(code) => (written, code, true),
        None => (written, code, false),
    })
}

impl Currency {
    /// The code that the folded word before the name gives it: `Some("")` where it gives none for sure.
    pub(crate) fn whose(&self, word: &str) -> Option<&'static str> {
        if self.whose.is_empty() || word.is_empty() {
            return None;
        }
        self.whose.split_whitespace().find_map(|pair| {
            let (known, code) = pair.split_once('=')?;
            let same = known.len() == word.len()
                && known.bytes().zip(word.bytes()).all(|(a, b)| a == b || (a == b'_' && b == b' '));
            same.then_some(if code == "null" { "" } else { code })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_money_it_is_gives_the_code() {
        let dollar = &CURRENCIES[0];
        assert_eq!(dollar.whose("hong kong"), Some("HKD"));
        assert_eq!(dollar.whose("zimbabwean"), Some(""));
        assert_eq!(dollar.whose("many"), None);
    }

    #[test]
    fn codes_are_codes() {
        let codes = CURRENCIES.iter().map(|currency| currency.code);
        let prefixes = PREFIXES.iter().map(|(_, _, code)| code.trim_start_matches('~'));
        for code in
            codes.chain(prefixes).chain(SIGNS.map(|(_, code)| code)).chain(DOLLARS.map(|(_, code)| code))
        {
            let upper = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
            assert!(code.is_empty() || upper, "{code}");
        }
    }
}
