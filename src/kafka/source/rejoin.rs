//! The end of a membership that librdkafka does not tell of, and joining the group again.

use std::time::Duration;

use rdkafka::consumer::{Consumer as _, ConsumerGroupMetadata};
use tokio::time::Instant;

use super::Source;
use super::rebalance::names;
use crate::kafka::consumer::Change;
use crate::kafka::membership::Membership;
use crate::pipeline::seam::SourceEvent;

/// How long librdkafka has to ask for the partitions of a membership that is over, or to join again with them.
const GRACE: Duration = Duration::from_secs(3);

/// The source's view of its place in the group.
pub(super) struct Place {
    /// With the protocol of KIP-848: whether it is still a good one.
    doubt: Option<Membership>,
    /// Member ids that were given up, as far as that was acted on.
    given_up: u64,
    /// A newer membership than the one that commits go under. It holds once the log was read after it was taken.
    newer: Option<ConsumerGroupMetadata>,
    /// A member id was given up, and librdkafka has not asked for its partitions.
    astray: Option<Astray>,
    /// The group was left to be joined again, once everything is given back.
    pub(super) rejoining: bool,
}

/// Partitions that librdkafka keeps without a right to them.
struct Astray {
    since: Instant,
    /// Since then a change was served: it is a member again.
    joined: bool,
}

impl Place {
    pub(super) fn new(doubt: Option<Membership>) -> Self {
        Self { doubt, given_up: 0, newer: None, astray: None, rejoining: false }
    }

    /// A change is served.
    pub(super) fn changes(&mut self) {
        if let Some(astray) = &mut self.astray {
            astray.joined = true;
        }
    }

    /// The group is joined.
    pub(super) fn begin(&mut self) {
        if let Some(doubt) = &mut self.doubt {
            doubt.begin(Instant::now());
        }
    }
}

impl Source {
    /// Discards what is held under a member id that was given up, and renews what commits go under. To be called
    /// after a poll, which reads the log, and before the changes that it brought are answered.
    pub(super) fn mind_standing(&mut self) {
        let given_up = self.consumer.context().standing.given_up();
        if given_up != self.place.given_up {
            self.place.given_up = given_up;
            self.outlive();
            return;
        }
        let standing = &self.consumer.context().standing;
        if let Some(newer) = self.place.newer.take() {
            standing.renew(Some(newer));
        }
        if standing.take_refused() {
            // The group may have gone on to the next generation, and the change that it brings takes time.
            self.place.newer = self.consumer.group_metadata();
        }
    }

    /// Everything that is held must be taken for lost: others may have answered it meanwhile.
    fn outlive(&mut self) {
        self.place.newer = None;
        self.consumer.context().standing.withdraw();
        let rest = self.assignment.partitions();
        let resuming = self.resuming.take();
        // One that held nothing has left in good order.
        if self.leave_by.is_none() && (!rest.is_empty() || resuming.is_some()) {
            self.place.astray = Some(Astray { since: Instant::now(), joined: false });
        }
        if let Some(resume) = resuming {
            self.make(&Change::Assign(resume.at_the_end()));
        }
        // First the epochs, so that no commit starts any more.
        self.assignment.remove(&rest);
        self.held.clear();
        self.outbox.retain(|event| !matches!(event, SourceEvent::Record(_)));
        if let Some(draining) = self.draining.take() {
            self.make(&draining.change);
        }
        if rest.is_empty() {
            return;
        }
        for partition in &rest {
            self.paused.remove(partition);
        }
        tracing::warn!(
            partitions = %names(&rest),
            cause = "the member id was given up",
            "partitions lost, work in flight discarded"
        );
        self.send(SourceEvent::Lost { partitions: rest });
    }

    /// Leaves the group and joins it again, in good order, if there is a doubt about the membership.
    pub(super) fn mind_membership(&mut self) -> Result<(), String> {
        // Nothing else is under way.
        let is_free = self.leave_by.is_none() && self.is_steady();
        if self.place.rejoining {
            if is_free && self.holds_nothing() {
                self.place.rejoining = false;
                return self.subscribe();
            }
            return Ok(());
        }
        if !is_free {
            return Ok(());
        }
        if let Some(astray) = &self.place.astray {
            if !astray.joined && astray.since.elapsed() < GRACE {
                return Ok(());
            }
            if self.holds_nothing() {
                // It was asked for all.
                self.place.astray = None;
            } else if !self.consumer.assignment_lost() {
                self.leave_for_now("the member id was given up, its partitions were not");
            }
            return Ok(());
        }
        let holds_any = !self.assignment.is_empty();
        let doubt = self.place.doubt.as_mut();
        if doubt.is_some_and(|doubt| doubt.is_in_doubt(Instant::now(), holds_any)) {
            self.leave_for_now("no partition was assigned for a while");
        }
        Ok(())
    }

    fn leave_for_now(&mut self, cause: &str) {
        tracing::info!(cause, "joining the group again");
        self.place.astray = None;
        self.place.rejoining = true;
        self.consumer.unsubscribe();
    }

    /// Whether neither we nor librdkafka hold a partition.
    fn holds_nothing(&self) -> bool {
        self.assignment.is_empty() && self.consumer.assignment().is_ok_and(|held| held.count() == 0)
    }
}
