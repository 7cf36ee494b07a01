//! What an article speaks of as a whole: countries, states and fields of life.

use crate::tag::domain::{self, DOMAINS};
use crate::tag::kb::format::{name, row};
use crate::tag::kind::Kind;
use crate::tag::token::Words;

use super::candidates::Candidates;

/// How fast a lead in prior becomes certainty in the first round.
const STEEPNESS: f32 = 9.0;
/// What a word of a field counts against a name of it.
const OF_A_WORD: f32 = 0.5;
/// Words of the headline, or of a text without one the first so many, say more.
const OPENING: usize = 14;
const OF_AN_OPENING_WORD: f32 = 3.0;
/// In a text of fewer words a team may stand without any word of its sport.
const SHORT: usize = 60;
/// A word counts so often at most: an article of one word repeated is about nothing.
const MOST_WORDS: f32 = 12.0;
/// Of the countries this many votes are kept apart: 26 × 26 codes.
const CODES: usize = 26 * 26;

/// The votes of an article.
#[derive(Debug)]
pub(super) struct Evidence {
    countries: Vec<f32>,
    country_votes: f32,
    states: Vec<f32>,
    state_votes: f32,
    domains: [f32; DOMAINS],
    domain_votes: f32,
    sports: bool,
}

fn place(country: [u8; 2]) -> Option<usize> {
    let [a, b] = country.map(|letter| usize::from(letter.wrapping_sub(b'A')));
    (a < 26 && b < 26).then_some(a * 26 + b)
}

impl Evidence {
    /// What the words say.
    pub(super) fn of(words: &Words<'_>) -> Self {
        let mut domains = [0.0_f32; DOMAINS];
        let opening = if words.in_headline() > 0 { words.in_headline() } else { OPENING };
        for index in 0..words.len() {
            let weight = if index < opening { OF_AN_OPENING_WORD } else { OF_A_WORD };
            let code = domain::of_word(words.folded(index));
            if code != 0
                && let Some(votes) = domains.get_mut(usize::from(code))
            {
                *votes = (*votes + weight).min(MOST_WORDS);
            }
        }
        let domain_votes = domains.iter().sum();
        let sports = words.len() < SHORT
            || (0..).zip(&domains).any(|(code, votes)| domain::is_sport(code) && *votes > OF_A_WORD);
        Self {
            countries: vec![0.0; CODES],
            country_votes: 0.0,
            states: vec![0.0; CODES],
            state_votes: 0.0,
            domains,
            domain_votes,
            sports,
        }
    }

    /// Whether words of the article speak of any sport.
    pub(super) fn sports(&self) -> bool {
        self.sports
    }

    /// Lets a name vote for what its best-known candidates are, each by its share of the certainty.
    pub(super) fn vote(&mut self, kind: Kind, candidates: &Candidates) {
        let weak = name::LAST_NAME | name::FIRST_NAME | name::TEAM | name::COMMON;
        let voters = || {
            candidates.iter().filter(|candidate| candidate.name & weak == 0 && fits(kind, candidate.row.kind))
        };
        let prior = |prior: u8| f32::from(prior) / 255.0;
        let Some(best) = voters().map(|candidate| candidate.row.prior).max() else { return };
        let all: f32 = voters().map(|other| ((prior(other.row.prior) - prior(best)) * STEEPNESS).exp()).sum();
        for candidate in voters() {
            let share = ((prior(candidate.row.prior) - prior(best)) * STEEPNESS).exp() / all;
            if let Some(votes) = place(candidate.row.country).and_then(|place| self.countries.get_mut(place))
            {
                let country = candidate.row.flags & row::COUNTRY != 0 || candidate.row.kind == Kind::Norp;
                let vote = if country { 2.0 * share } else { share };
                *votes += vote;
                self.country_votes += vote;
            }
            if let Some(votes) = place(candidate.row.state()).and_then(|place| self.states.get_mut(place)) {
                let vote = if candidate.row.flags & row::REGION != 0 { 2.0 * share } else { share };
                *votes += vote;
                self.state_votes += vote;
            }
            if candidate.row.domain != 0
                && let Some(votes) = self.domains.get_mut(usize::from(candidate.row.domain))
            {
                *votes += share;
                self.domain_votes += share;
            }
        }
    }

    /// The share of the votes for a country without the `own` ones, 0 to 1; little where there are few.
    pub(super) fn country(&self, country: [u8; 2], own: f32) -> f32 {
        let votes = place(country).and_then(|place| self.countries.get(place)).copied().unwrap_or_default();
        (votes - own).max(0.0) / (self.country_votes - own + 1.0).max(1.0)
    }

    /// The share of the votes for a state of the United States, likewise.
    pub(super) fn state(&self, state: [u8; 2], own: f32) -> f32 {
        let votes = place(state).and_then(|place| self.states.get(place)).copied().unwrap_or_default();
        (votes - own).max(0.0) / (self.state_votes - own + 1.0).max(1.0)
    }

    /// The share of the votes for a field, likewise.
    pub(super) fn domain(&self, code: u8, own: f32) -> f32 {
        if code == 0 {
            return 0.0;
        }
        let votes = self.domains.get(usize::from(code)).copied().unwrap_or_default();
        (votes - own).max(0.0) / (self.domain_votes - own + 2.0).max(2.0)
    }

    /// The votes for the game that most are for.
    pub(super) fn chief_sport(&self) -> f32 {
        let games = (0..).zip(&self.domains).filter(|&(code, _)| domain::is_game(code));
        games.map(|(_, &votes)| votes).fold(0.0, f32::max)
    }

    /// Whether it is a sport that no game has more votes than: `chief` as [`Evidence::chief_sport`] gives it.
    pub(super) fn is_chief_sport(&self, code: u8, chief: f32) -> bool {
        let votes = self.domains.get(usize::from(code)).copied().unwrap_or_default();
        domain::is_sport(code) && votes > 1.0 && chief <= votes
    }

    /// The share of the votes for sports of any sort.
    pub(super) fn sport(&self) -> f32 {
        let votes: f32 = (0..)
            .zip(&self.domains)
            .filter(|(code, _)| domain::is_sport(*code))
            .map(|(_, votes)| votes)
            .sum();
        votes / (self.domain_votes + 2.0)
    }
}

/// Whether a row of type `row` may stand for a span of type `span`: sorts of places are one.
pub(super) fn fits(span: Kind, row: Kind) -> bool {
    span == row || (span.is_place() && row.is_place())
}
