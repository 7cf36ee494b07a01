//! What is done to a record: two stages that know nothing of order, threads or brokers.

use super::seam::Incoming;
use crate::article::Rejection;
use crate::budget::Budget;
use crate::publish::Finished;

/// The two stages of the pipeline. Both are pure functions of the record: they may run on any
/// thread, at the same time as any stage of any other record.
pub trait Stages: Send + Sync + 'static {
    /// What the first stage hands to the second.
    type Normalized: Send + 'static;

    /// From the record to a clean article.
    ///
    /// # Errors
    /// The reason to reject the record: it becomes a dead letter.
    fn normalize(&self, incoming: &Incoming, budget: &mut Budget) -> Result<Self::Normalized, Rejection>;

    /// From the clean article to what is published. The budget is the one that
    /// [`normalize`](Self::normalize) left.
    ///
    /// # Errors
    /// The reason to reject the record: it becomes a dead letter.
    fn tag(
        &self,
        incoming: &Incoming,
        normalized: Self::Normalized,
        budget: &mut Budget,
    ) -> Result<Finished, Rejection>;

    /// The record's id, for the `id` field of its span; asked only where that span is on.
    fn id<'a>(&self, _normalized: &'a Self::Normalized) -> Option<&'a str> {
        None
    }
}
