//! A record without a value says that what its key names is gone.

use super::Finished;
use crate::article::{Rejection, StageName};
use crate::pipeline::seam::Incoming;
use crate::settings::OutputKey;

/// The code of a tombstone that no output key can carry.
pub const TOMBSTONE_REJECTED: &str = "tombstone_rejected";

/// The answer to a tombstone: itself, with its key and its headers as they came.
///
/// # Errors
/// With [`OutputKey::Id`] and [`OutputKey::Url`] the key of the record that it would delete cannot be
/// known, since both come from the value that is not there: the tombstone is rejected.
pub fn tombstone(incoming: &Incoming, key: OutputKey) -> Result<Finished, Rejection> {
    let asked_for = match key {
        OutputKey::Keep => {
            return Ok(Finished {
                key: incoming.key.clone(),
                value: None,
                headers: incoming.headers.clone(),
            });
        }
        OutputKey::Id => "id",
        OutputKey::Url => "url",
    };
    Err(Rejection::new(
        StageName::Publish,
        TOMBSTONE_REJECTED,
        format!(
            "expected a value to take the output key from (`output.key` is `{asked_for}`), found a tombstone"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::pipeline::seam::{Epoch, PartitionId, Position};

    fn incoming() -> Incoming {
        Incoming {
            position: Position { partition: PartitionId::new("raw", 0), epoch: Epoch(0), offset: 5 },
            timestamp_ms: None,
            key: Some(Bytes::from_static(b"gone")),
            value: None,
            headers: vec![("why".to_owned(), None)],
        }
    }

    #[test]
    fn with_kept_keys_it_goes_on_as_it_came() {
        let finished = tombstone(&incoming(), OutputKey::Keep).unwrap();
        assert_eq!(finished.key.as_deref(), Some(&b"gone"[..]));
        assert_eq!(finished.value, None);
        assert_eq!(finished.headers, vec![("why".to_owned(), None)]);
    }

    #[test]
    fn with_computed_keys_it_is_rejected_with_the_setting_that_causes_it() {
        for (key, named) in [(OutputKey::Id, "`id`"), (OutputKey::Url, "`url`")] {
            let rejection = tombstone(&incoming(), key).unwrap_err();
            assert_eq!((rejection.stage, rejection.code), (StageName::Publish, TOMBSTONE_REJECTED));
            assert!(rejection.message.contains(named), "{}", rejection.message);
        }
    }
}
