//! Fields of life: which one a row of the knowledge base belongs to, by the words of its description,
//! and which ones an article speaks of, by its words. `Surrey` among wickets and overs is a cricket
//! club.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::word_list::WordList;

/// How many fields there are, "none" included.
pub const DOMAINS: usize = 24;

/// The first code of a sport and the first code after.
const SPORTS: std::ops::Range<u8> = 1..15;

/// Name, words of descriptions, words of articles (folded). The place is the code; 0 is none. Words of
/// descriptions are tried in this order, so that the narrower sport stands first.
const TABLE: [(&str, &str, &str); DOMAINS] = [
    ("none", "", ""),
    (
        "american football",
        "nfl quarterback linebacker cornerback gridiron",
        "nfl quarterback touchdown touchdowns linebacker receiver interceptions yards rushing cornerback \
         lineman punt preseason",
    ),
    (
        "baseball",
        "baseball mlb softball pitcher",
        "baseball inning innings pitcher homer homers mlb shortstop baseman rbi rbis pitched bullpen \
         strikeouts outfielder yankees dodgers",
    ),
    (
        "basketball",
        "basketball nba wnba",
        "basketball nba rebounds rebound dunk euroleague playoffs hoops assists",
    ),
    ("ice hockey", "hockey nhl", "hockey nhl puck goaltender defenseman powerplay"),
    ("cricket", "cricket cricketer", "cricket wicket wickets innings batsman bowler bowled overs lbw odi"),
    ("rugby", "rugby", "rugby scrum lock flyhalf springboks prop flanker conversions"),
    ("tennis", "tennis atp wta", "tennis atp wta seeded wimbledon sets davis seed seeds"),
    ("golf", "golf golfer pga", "golf golfer pga birdie birdies bogey par putt tee fairway"),
    (
        "motor sport",
        "racing formula motorsport motorcycle rally nascar driver",
        "motorcycling formula grand prix lap laps pole superbike nascar ferrari mclaren motogp",
    ),
    ("cycling", "cyclist cycling bicycle", "cycling cyclist peloton stage tour sprinters rider riders"),
    (
        "boxing",
        "boxer boxing wrestler wrestling martial",
        "boxing boxer heavyweight knockout bout wbc wba ibf",
    ),
    (
        "athletics",
        "athlete sprinter runner swimmer swimming skier gymnast olympic olympics athletics skater rower \
         volleyball handball badminton squash chess",
        "athletics olympic olympics metres hurdles javelin medal medals marathon swimming breaststroke \
         freestyle sprint gymnastics skating squash badminton",
    ),
    (
        "football",
        "football footballer soccer fifa uefa goalkeeper midfielder striker",
        "soccer football striker midfielder goalkeeper fifa uefa halftime penalty defender bundesliga \
         equaliser goalless qualifier",
    ),
    (
        "sport",
        "sports sport club athletic stadium team",
        "coach season league championship match scored \
      game games victory team teams players",
    ),
    (
        "business",
        "company business enterprise bank corporation manufacturer businessman businesswoman executive \
         entrepreneur economist investor retailer brand airline chain insurer conglomerate subsidiary \
         credit producer shop supermarket operator industrial",
        "shares stock shareholders company companies quarter profit profits earnings billion mln dlrs \
         acquisition merger bank banks investors market revenue sales dividend tender corp inc",
    ),
    (
        "politics",
        "politician party political minister president parliament member senator governor mayor government \
         diplomat ministry legislature statesman prime legislator councillor chancellor ambassador cabinet \
         agency treaty",
        "minister president government parliament election elections party opposition senate vote talks \
         ministry premier treaty sanctions coalition voters senator lawmakers congress diplomats",
    ),
    (
        "music",
        "musician singer band music album song rapper composer guitarist songwriter pianist rock musical \
         drummer bassist conductor opera",
        "album song songs band concert guitar singer music musician rock tour drummer lyrics guitarist \
         recorded",
    ),
    (
        "film",
        "actor actress film television director comedian filmmaker model presenter screenwriter broadcaster \
         tv entertainer host",
        "film movie actor actress starring hollywood director television episode sitcom oscar cast show \
         married",
    ),
    (
        "letters and arts",
        "writer novelist poet author painter artist sculptor philosopher historian playwright architect \
         photographer designer fashion journalist newspaper magazine publisher",
        "novel author painting book poet museum gallery exhibition fashion designer artist newspaper",
    ),
    (
        "science",
        "scientist physicist chemist mathematician university computer software technology biologist engineer \
         research college programmer inventor astronaut astronomer institute school academic professor \
         physician internet website education",
        "research researchers university scientists study professor software computer internet students \
         technology google facebook college science",
    ),
    (
        "war",
        "military army general war armed battle force forces militant militia navy commander officer \
         soldier guerrilla terrorist police air",
        "troops army soldiers military rebels killed attack fighters war guerrillas bomb bombing forces \
         militants police commander ceasefire separatist",
    ),
    (
        "religion",
        "religious bishop archbishop cardinal church catholic saint theologian pope diocese priest islamic \
         cleric monastery",
        "church bishop pope priest catholic mosque islam religious vatican nun prayer archdiocese",
    ),
    (
        "nature",
        "species plant mountain river lake island volcano mineral planet ocean",
        "river mountain island storm earthquake",
    ),
];

/// What stands before a narrower word in descriptions and would mislead.
const AMERICAN_FOOTBALL: [&str; 3] = ["american football", "canadian football", "national football league"];

fn words_of(
    column: impl Fn(&(&str, &'static str, &'static str)) -> &'static str,
) -> FxHashMap<&'static str, u8> {
    let mut words = FxHashMap::default();
    for (code, row) in (0_u8..).zip(&TABLE) {
        for word in column(row).split_whitespace() {
            words.entry(word).or_insert(code);
        }
    }
    words
}

static OF_ARTICLES: LazyLock<WordList<u8>> = LazyLock::new(|| WordList::new(words_of(|row| row.2)));
static OF_DESCRIPTIONS: LazyLock<FxHashMap<&'static str, u8>> = LazyLock::new(|| words_of(|row| row.1));

/// The field of a row by its description and name; 0 for none.
#[must_use]
pub fn of_description(description: &str) -> u8 {
    let lower = description.to_lowercase();
    if AMERICAN_FOOTBALL.iter().any(|phrase| lower.contains(phrase)) {
        return 1;
    }
    lower
        .split(|letter: char| !letter.is_alphanumeric())
        .filter_map(|word| OF_DESCRIPTIONS.get(word).copied())
        .min_by_key(|&code| if code == 14 { u8::MAX } else { code })
        .unwrap_or(0)
}

/// The field that a folded word of an article speaks of; 0 for none.
#[must_use]
pub(crate) fn of_word(folded: &str) -> u8 {
    OF_ARTICLES.get(folded)
}

/// Whether it is a sport.
#[must_use]
pub fn is_sport(code: u8) -> bool {
    SPORTS.contains(&code)
}

/// Whether it is one sport, not sport as such.
pub(crate) fn is_game(code: u8) -> bool {
    is_sport(code) && code + 1 < SPORTS.end
}

/// The name of a code.
#[must_use]
pub fn name(code: u8) -> &'static str {
    TABLE.get(usize::from(code)).map_or("none", |row| row.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_tell_the_field() {
        for (description, field) in [
            ("English cricketer", "cricket"),
            ("American football player", "american football"),
            ("German association football club", "football"),
            ("professional sports club", "sport"),
            ("Serbian politician", "politics"),
            ("business, enterprise", "business"),
            ("", "none"),
        ] {
            assert_eq!(name(of_description(description)), field, "{description}");
        }
        assert!(is_sport(of_description("golfer")) && !is_sport(of_description("actor")));
    }
}
