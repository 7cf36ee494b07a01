//! What any structured source gives: a headline, a body, and what it states of both.

use super::{DecodeError, Stated};
use crate::article::Flag;

/// An article taken from named fields, whatever named them.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Story {
    /// The headline, on one line.
    pub(super) headline: Option<String>,
    /// Paragraphs joined by one LF; empty if there is none.
    pub(super) body: String,
    /// A description or teaser, where there is nothing better.
    pub(super) summary: Option<String>,
    /// What the source states.
    pub(super) stated: Stated,
    /// What reading the body noticed.
    pub(super) flags: Vec<Flag>,
}

impl Story {
    /// The text of the article: its body, else its summary.
    ///
    /// # Errors
    /// [`DecodeError::NoText`] with the words of `found` if it has neither.
    pub(super) fn text(&mut self, found: impl FnOnce() -> String) -> Result<String, DecodeError> {
        let body = Some(std::mem::take(&mut self.body)).filter(|body| !body.trim().is_empty());
        body.or_else(|| self.summary.take().filter(|summary| !summary.trim().is_empty()))
            .ok_or_else(|| DecodeError::NoText { found: found() })
    }
}

/// An address, if `identifier` is one: news standards identify by URI, which is an address only sometimes.
pub(super) fn address(identifier: &str) -> Option<String> {
    let identifier = identifier.trim();
    let is_address = identifier.starts_with("https://") || identifier.starts_with("http://");
    is_address.then(|| identifier.to_owned())
}

/// Refuses what its provider holds back or has taken back.
///
/// # Errors
/// [`DecodeError::UnsupportedShape`] if `status` (`stat:canceled`, `withheld`) says so.
pub(super) fn publishable(status: Option<&str>) -> Result<(), DecodeError> {
    let bare =
        |status: &str| status.trim().rsplit([':', '/']).next().unwrap_or_default().to_ascii_lowercase();
    match status.map(bare).as_deref() {
        Some(held @ ("canceled" | "cancelled" | "withheld" | "killed")) => {
            Err(DecodeError::UnsupportedShape {
                expected: "an article that may be used",
                found: format!("one whose status is {held}"),
            })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_back_is_refused() {
        for status in
            ["canceled", "stat:canceled", "http://cv.iptc.org/newscodes/pubstatusg2/withheld", "Cancelled"]
        {
            assert_eq!(publishable(Some(status)).unwrap_err().code(), "unsupported_shape", "{status}");
        }
        for status in [None, Some("usable"), Some("stat:usable"), Some("")] {
            assert_eq!(publishable(status), Ok(()), "{status:?}");
        }
    }

    #[test]
    fn only_an_address_is_one() {
        assert_eq!(address(" https://wire.example/1 ").as_deref(), Some("https://wire.example/1"));
        assert_eq!(address("tag:wire.example,2024:1"), None);
        assert_eq!(address("urn:newsml:wire.example:20240305:1"), None);
    }

    #[test]
    fn a_summary_stands_in_for_a_body() {
        let mut story =
            Story { body: " ".to_owned(), summary: Some("It sails.".to_owned()), ..Story::default() };
        assert_eq!(story.text(String::new).as_deref(), Ok("It sails."));
        assert_eq!(story.text(|| "nothing".to_owned()).unwrap_err().code(), "no_text");
    }
}
