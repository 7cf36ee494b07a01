//! The lines of a page that are its article: of all lines that may be, those whose traits, weighed and added
//! up, speak for it. What Readability took and what the rules left of that are two traits among many.

use rustc_hash::FxHashSet;

use super::lines::Lines;
use super::surroundings::{Place, Told, places};
use super::traits::{TRAITS, View};
use super::weights::WEIGHTS;

/// More of a line than this share is links: it is the article's only if Readability took it.
const MOSTLY_LINKED: f64 = 0.8;
/// The share of a line's runs from which on the description, or a linked teaser, is that line.
const SAME: f64 = 0.6;
/// The fewest code points of a line under the headline, and of one that `articleBody` vouches for.
const MIN_STANDFIRST: usize = 40;
const MIN_VOUCHED: usize = 20;

/// A line of a page that may be the article's, as the weights see it: what they are fitted with.
#[derive(Debug, Clone, PartialEq)]
pub struct PageLine {
    /// Its text.
    pub text: String,
    /// What is seen of it, in the order of [`trait_names`].
    pub traits: Vec<f64>,
    /// Whether Readability took it.
    pub found: bool,
    /// Whether the rules left it of that.
    pub ruled: bool,
}

/// The names of the traits, in their order.
#[must_use]
pub fn trait_names() -> Vec<&'static str> {
    TRAITS.iter().map(|(name, _)| *name).collect()
}

/// Whether a line may be the article's at all.
fn may_be(place: &Place<'_>) -> bool {
    let linked = place.of_linked >= 0.5 && place.vouched && place.code_points >= MIN_VOUCHED
        || place.of_linked > SAME && !place.vouched && place.has_linked;
    let standfirst = place.under_headline && place.code_points >= MIN_STANDFIRST && place.linked < 0.5;
    place.is_found()
        || place.in_wide && place.linked < MOSTLY_LINKED
        || place.of_description > SAME
        || standfirst
        || linked
}

fn score(traits: &[f64]) -> f64 {
    traits.iter().zip(&WEIGHTS).map(|(seen, (_, weight))| seen * weight).sum()
}

/// All lines that may be the article's, with their traits.
fn weighed<'l>(lines: &'l Lines, told: &Told, ruled: &str) -> Vec<(Place<'l>, Vec<f64>)> {
    let ruled: FxHashSet<&str> = ruled.split('\n').collect();
    let places = places(lines, told, &ruled);
    let traits: Vec<Option<Vec<f64>>> = (0..places.len())
        .map(|at| {
            // Most lines of a page may not be, and looking is the dearest part.
            places.get(at).filter(|place| may_be(place))?;
            let view = View::of(&places, at)?;
            Some(TRAITS.iter().map(|(_, see)| see(&view)).collect())
        })
        .collect();
    places.into_iter().zip(traits).filter_map(|(place, traits)| Some((place, traits?))).collect()
}

/// The article among `lines`; `ruled` is what the rules made of Readability's choice. `None` if none is.
pub(super) fn article(lines: &Lines, told: &Told, ruled: &str) -> Option<String> {
    let kept: Vec<&str> = weighed(lines, told, ruled)
        .into_iter()
        .filter(|(_, traits)| score(traits) > 0.0)
        .map(|(place, _)| place.text)
        .collect();
    (!kept.is_empty()).then(|| kept.join("\n"))
}

/// The same lines, to fit the weights with.
pub(super) fn to_fit(lines: &Lines, told: &Told, ruled: &str) -> Vec<PageLine> {
    weighed(lines, told, ruled)
        .into_iter()
        .map(|(place, traits)| PageLine {
            text: place.text.to_owned(),
            traits,
            found: place.is_found(),
            ruled: place.ruled,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traits_and_weights_are_the_same_ones() {
        let weights: Vec<&str> = WEIGHTS.iter().map(|(name, _)| *name).collect();
        assert_eq!(trait_names(), weights);
        let distinct: FxHashSet<&str> = weights.iter().copied().collect();
        assert_eq!(distinct.len(), weights.len());
    }
}
