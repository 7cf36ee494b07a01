//! Words for the people and things of a place that is no country, and of a religion: the tables know
//! the places and the religions, but not these words. The id is the one that the tables give.

use copydesk::tag::Kind;
use copydesk::tag::kb::format::row;

use super::choose::Chosen;

/// What the tables call it, and its words.
const PEOPLES: [(&str, &str); 44] = [
    ("Europe", "European|Europeans"),
    ("Africa", "African|Africans"),
    ("Asia", "Asian|Asians"),
    ("Latin America", "Latin American|Latin Americans"),
    ("North America", "North American|North Americans"),
    ("South America", "South American|South Americans"),
    ("Southeast Asia", "Southeast Asian|Southeast Asians"),
    ("Central America", "Central American|Central Americans"),
    ("Yugoslavia", "Yugoslav|Yugoslavs|Yugoslavian"),
    ("Czechoslovakia", "Czechoslovak|Czechoslovaks"),
    ("Transylvania", "Transylvanian|Transylvanians"),
    ("Scandinavia", "Scandinavian|Scandinavians"),
    ("England", "English|Englishman|Englishmen"),
    ("Scotland", "Scottish|Scot|Scots|Scotsman"),
    ("Wales", "Welsh|Welshman|Welshmen"),
    ("Northern Ireland", "Northern Irish"),
    ("Catalonia", "Catalan|Catalans"),
    ("Chechnya", "Chechen|Chechens"),
    ("Tibet", "Tibetan|Tibetans"),
    ("Quebec", "Quebecois|Quebecker|Quebeckers"),
    ("Sicily", "Sicilian|Sicilians"),
    ("Bavaria", "Bavarian|Bavarians"),
    ("Siberia", "Siberian"),
    ("Corsica", "Corsican|Corsicans"),
    ("Dagestan", "Dagestani"),
    ("Kurds", "Kurdish|Kurd"),
    ("Texas", "Texan|Texans"),
    ("California", "Californian|Californians"),
    ("Alaska", "Alaskan"),
    ("Hawaii", "Hawaiian"),
    ("Flanders", "Flemish"),
    ("Sardinia", "Sardinian"),
    ("Crimea", "Crimean"),
    ("Soviet Union", "Soviet|Soviets"),
    ("West Germany", "West German|West Germans"),
    ("East Germany", "East German|East Germans"),
    ("Islam", "Muslim|Muslims|Moslem|Moslems|Islamic"),
    ("Christianity", "Christian|Christians"),
    ("Judaism", "Jewish"),
    ("Jewish people", "Jew|Jews"),
    ("Hinduism", "Hindu|Hindus"),
    ("Buddhism", "Buddhist|Buddhists"),
    ("Sikhism", "Sikh|Sikhs"),
    ("Protestantism", "Protestant|Protestants"),
];

/// Adds a group for each, with the id of the best-known row of that label.
pub(super) fn add(chosen: &mut Vec<Chosen>) {
    for (label, words) in PEOPLES {
        let best = chosen
            .iter()
            .filter(|row| {
                row.qid != 0 && row.label == label && (row.kind.is_place() || row.kind == Kind::Norp)
            })
            .max_by_key(|row| (row.prior, std::cmp::Reverse(row.qid)));
        let Some(best) = best else { continue };
        let aliases: Vec<String> = words.split('|').map(str::to_owned).collect();
        let group = Chosen {
            label: aliases.first().cloned().unwrap_or_default(),
            aliases,
            kind: Kind::Norp,
            flags: row::OF_PLACE,
            domain: 0,
            linker_only: true,
            ..best.clone()
        };
        chosen.push(group);
    }
}
