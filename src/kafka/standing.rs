//! Under which membership of the group offsets are committed, and whether that is still the one under which
//! partitions were taken in.
//!
//! A broker refuses offsets that come under a membership of the past. So a membership must never be taken up
//! by one that was out of the group in between: others may have answered what it holds. With the classic
//! protocol librdkafka does not always tell. Thrown out while a change of the assignment is under way, or
//! between a rebalance's news and its own request to join, it gives its member id up, joins again under another
//! and keeps its partitions, without the word that they were lost (2.12.1: `rd_kafka_cgrp_revoke_all_rejoin_maybe`
//! skips, and `rd_kafka_cgrp_handle_JoinGroup` just joins again on `UNKNOWN_MEMBER_ID`). That the id was given up
//! stands in its debug log alone, before anything is done under the next one. Lines of the log come ahead of
//! changes in librdkafka's queue, so after a change was served, all that led to it has been read.
//!
//! With the protocol of KIP-848 a member that was fenced hears of it before it joins again, so the present
//! membership may be taken at any time, except while partitions are given up.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rdkafka::consumer::ConsumerGroupMetadata;

use crate::settings::GroupProtocol;

/// What librdkafka has to log to be read here.
pub(crate) const DEBUG_CONTEXT: &str = "cgrp";
/// The lines that tell of a member id.
const FACILITY: &str = "MEMBERID";

/// The membership that commits go under. The source's thread writes it, the publisher's reads it.
pub(crate) struct Standing {
    protocol: GroupProtocol,
    held: Mutex<Held>,
    /// How many member ids were given up.
    given_up: AtomicU64,
    /// A commit was refused since that was last asked for.
    refused: AtomicBool,
    /// A commit was refused while partitions were given up.
    drain_refused: AtomicBool,
}

#[derive(Default)]
struct Held {
    membership: Option<Arc<ConsumerGroupMetadata>>,
    /// Partitions are being given up: it stays as it is.
    drains: bool,
}

/// What the publisher is to commit under.
pub(crate) enum Commits {
    /// This membership.
    Under(Arc<ConsumerGroupMetadata>),
    /// The one that the consumer has now.
    UnderThePresent,
    /// None: it was given up.
    Not,
}

impl Standing {
    pub(crate) fn new(protocol: GroupProtocol) -> Self {
        Self {
            protocol,
            held: Mutex::default(),
            given_up: AtomicU64::new(0),
            refused: AtomicBool::new(false),
            drain_refused: AtomicBool::new(false),
        }
    }

    /// Reads a line of librdkafka's log.
    pub(crate) fn read(&self, facility: &str, line: &str) {
        if facility == FACILITY && gives_up(line) {
            self.given_up.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// How many member ids were given up so far.
    pub(crate) fn given_up(&self) -> u64 {
        self.given_up.load(Ordering::Acquire)
    }

    /// A change was served: from here on commits go under this membership, if the protocol wants one kept.
    pub(crate) fn renew(&self, membership: Option<ConsumerGroupMetadata>) {
        if self.protocol == GroupProtocol::Classic {
            let mut held = self.lock();
            if !held.drains {
                held.membership = membership.map(Arc::new);
            }
        }
    }

    /// While partitions are given up, commits go under the membership that there was when that was asked for.
    ///
    /// librdkafka tells the group that it gives them up when it asks the application to, not when that has
    /// answered, and if the topic gets more partitions meanwhile it joins again at once (2.12.1,
    /// `rd_kafka_cgrp_rejoin` on a change of metadata). The partitions may then be another's under the next
    /// generation, of which we are a member, too: the broker would take our offsets.
    pub(crate) fn begin_drain(&self, membership: Option<ConsumerGroupMetadata>) {
        self.drain_refused.store(false, Ordering::Release);
        *self.lock() = Held { membership: membership.map(Arc::new), drains: true };
    }

    /// They are given up.
    pub(crate) fn end_drain(&self) {
        let mut held = self.lock();
        held.drains = false;
        if self.protocol == GroupProtocol::Consumer {
            held.membership = None;
        }
    }

    /// The membership is over: nothing is committed until a change is served.
    pub(crate) fn withdraw(&self) {
        *self.lock() = Held::default();
    }

    /// What the publisher is to commit under.
    pub(crate) fn commits(&self) -> Commits {
        let held = self.lock();
        match (&held.membership, self.protocol) {
            (Some(membership), _) => Commits::Under(Arc::clone(membership)),
            (None, GroupProtocol::Consumer) if !held.drains => Commits::UnderThePresent,
            (None, _) => Commits::Not,
        }
    }

    /// A commit was refused. If partitions are given up, the membership of that time is of the past, and they
    /// must be taken for lost.
    pub(crate) fn refuse(&self) {
        self.refused.store(true, Ordering::Release);
        if self.lock().drains {
            self.drain_refused.store(true, Ordering::Release);
        }
    }

    /// Whether a commit was refused since this was last asked.
    pub(crate) fn take_refused(&self) -> bool {
        self.refused.load(Ordering::Acquire) && self.refused.swap(false, Ordering::AcqRel)
    }

    /// Whether one was refused while partitions were given up.
    pub(crate) fn is_drain_refused(&self) -> bool {
        self.drain_refused.load(Ordering::Acquire)
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a line tells that a member id which there was is no more.
fn gives_up(line: &str) -> bool {
    // Group "desk": updating member id "rdkafka-…" -> ""
    let Some((before, _)) = line.rsplit_once("\" -> \"") else { return false };
    let Some((_, id)) = before.rsplit_once("updating member id \"") else { return false };
    !id.is_empty() && id != "(not-set)"
}

#[cfg(test)]
mod tests {
    use rdkafka::consumer::Consumer as _;

    use super::*;
    use crate::kafka::consumer::{Consumer, Context};
    use crate::kafka::fixture;
    use crate::kafka::properties;
    use crate::kafka::report::Reporter;

    fn consumer(protocol: GroupProtocol) -> Consumer {
        let mut settings = fixture::settings();
        settings.kafka.protocol = protocol;
        let observer = Arc::new(crate::pipeline::observer::Unobserved);
        let reporter = Arc::new(Reporter::new("consumer", &settings.kafka.brokers, observer));
        let context = Context::new(reporter, Arc::default(), protocol);
        properties::consumer(&settings).create_with_context(context).unwrap()
    }

    #[test]
    fn a_member_id_is_given_up_when_there_was_one() {
        for (line, expected) in [
            (r#"[thrd:main]: Group "desk": updating member id "(not-set)" -> """#, false),
            (r#"[thrd:main]: Group "desk": updating member id "" -> "rdkafka-1""#, false),
            (r#"[thrd:main]: Group "desk": updating member id "rdkafka-1" -> """#, true),
            (r#"[thrd:main]: Group "desk": updating member id "rdkafka-1" -> "(not-set)""#, true),
            (r#"[thrd:main]: Group "a" -> "b": updating member id "" -> "rdkafka-1""#, false),
            ("a line of another release", false),
        ] {
            assert_eq!(gives_up(line), expected, "{line}");
        }
        let standing = Standing::new(GroupProtocol::Classic);
        standing.read("JOIN", r#"updating member id "rdkafka-1" -> """#);
        assert_eq!(standing.given_up(), 0);
        standing.read("MEMBERID", r#"updating member id "rdkafka-1" -> """#);
        assert_eq!(standing.given_up(), 1);
    }

    #[test]
    fn with_the_classic_protocol_commits_go_under_what_a_change_brought() {
        let consumer = consumer(GroupProtocol::Classic);
        let standing = &consumer.context().standing;
        assert!(matches!(standing.commits(), Commits::Not));
        standing.renew(consumer.group_metadata());
        assert!(matches!(standing.commits(), Commits::Under(_)));
        standing.withdraw();
        assert!(matches!(standing.commits(), Commits::Not));
    }

    #[test]
    fn with_the_next_protocol_commits_go_under_the_present_membership() {
        let consumer = consumer(GroupProtocol::Consumer);
        let standing = &consumer.context().standing;
        standing.renew(consumer.group_metadata());
        assert!(matches!(standing.commits(), Commits::UnderThePresent));
        standing.begin_drain(consumer.group_metadata());
        assert!(matches!(standing.commits(), Commits::Under(_)));
        standing.end_drain();
        assert!(matches!(standing.commits(), Commits::UnderThePresent));
    }

    #[test]
    fn what_is_given_up_is_committed_under_the_membership_of_that_time() {
        for protocol in [GroupProtocol::Classic, GroupProtocol::Consumer] {
            let consumer = consumer(protocol);
            let standing = &consumer.context().standing;
            standing.refuse();
            assert!(standing.take_refused() && !standing.take_refused() && !standing.is_drain_refused());
            standing.begin_drain(consumer.group_metadata());
            let Commits::Under(before) = standing.commits() else { panic!("expected one, found none") };
            standing.renew(consumer.group_metadata());
            let Commits::Under(after) = standing.commits() else { panic!("expected one, found none") };
            assert!(Arc::ptr_eq(&before, &after) && !standing.is_drain_refused());
            standing.refuse();
            assert!(standing.is_drain_refused());
            standing.end_drain();
            standing.begin_drain(consumer.group_metadata());
            assert!(!standing.is_drain_refused(), "that was another time");
        }
    }
}
