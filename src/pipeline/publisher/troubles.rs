//! What goes wrong, and what comes after it: aborts, refusals, pauses, the end.

use std::time::Duration;

use super::queue::State;
use super::{
    Failure, Fault, Next, OUTPUT_FAILED, Phase, Producer, Publisher, Refusal, RefusedLetter, Report,
};
use crate::pipeline::seam::{Destination, SinkEvent};
use crate::publish;

/// The part that the observer hears of.
const PART: &str = "publisher";

/// How many failures in a row are news: they have taken more than half a second.
const NEWS: u32 = 5;

/// Why a transaction has to be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It holds records of a partition that is not ours any more.
    Lost,
    /// A topic refused a record, or a batch.
    Refused,
    /// A topic takes nothing for now.
    Blocked(String),
    /// Something failed that may go well the next time.
    Fault(String),
    /// The broker has given it up.
    Expired(String),
}

impl Trouble {
    /// The label of the metric.
    fn cause(&self) -> &'static str {
        match self {
            Self::Lost => "partition_lost",
            Self::Refused => "refused",
            Self::Blocked(_) => "blocked",
            Self::Fault(_) => "failed",
            Self::Expired(_) => "expired",
        }
    }

    /// The more there is to do about it, the higher.
    fn weight(&self) -> u8 {
        match self {
            Self::Lost => 0,
            Self::Fault(_) => 1,
            Self::Refused => 2,
            Self::Blocked(_) => 3,
            Self::Expired(_) => 4,
        }
    }
}

/// Rising pauses while one thing after the other fails.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    const FIRST: Duration = Duration::from_millis(20);
    const LONGEST: Duration = Duration::from_secs(5);

    fn next(&mut self) -> Duration {
        let step = Self::FIRST.saturating_mul(1 << self.failures.min(10));
        self.failures = self.failures.saturating_add(1);
        step.min(Self::LONGEST)
    }
}

impl<M> Publisher<M> {
    /// Something works again.
    pub(super) fn recovered(&mut self) {
        if self.backoff.failures > 0 {
            self.backoff.failures = 0;
            self.observer.broker_state(PART, Ok(()));
        }
    }

    /// The same again, after a while. That is news only once it has gone on for a while: a rebalance that
    /// comes between is none.
    pub(super) fn pause(&mut self, cause: &str) -> Next {
        if self.backoff.failures >= NEWS {
            self.observer.broker_state(PART, Err(cause));
        }
        Next::Pause(self.backoff.next())
    }

    /// There is no going on.
    pub(super) fn end(&mut self, fault: Fault) -> Next {
        if matches!(fault, Fault::Fenced(_)) {
            self.observer.fenced();
        }
        Next::End(fault)
    }

    /// A call inside a transaction failed.
    pub(super) fn failed(&mut self, fault: Fault) -> Next {
        match fault {
            Fault::Retry(cause) | Fault::Abort(cause) => self.spoil(Trouble::Fault(cause)),
            Fault::Expired(cause) => self.spoil(Trouble::Expired(cause)),
            fault => self.end(fault),
        }
    }

    pub(super) fn spoil(&mut self, trouble: Trouble) -> Next {
        self.phase = Phase::Spoilt(trouble);
        Next::Now
    }

    /// Takes the transaction back, and goes on as its trouble demands.
    pub(super) fn abort<P: Producer<Membership = M>>(&mut self, producer: &mut P, trouble: Trouble) -> Next {
        let expired = matches!(trouble, Trouble::Expired(_));
        if !expired {
            match producer.abort() {
                Ok(()) => {}
                Err(Fault::Retry(cause) | Fault::Abort(cause)) => {
                    self.phase = Phase::Spoilt(trouble);
                    return self.pause(&cause);
                }
                Err(Fault::Expired(cause)) => return self.spoil(Trouble::Expired(cause)),
                Err(fault) => return self.end(fault),
            }
        }
        self.observer.aborted(trouble.cause());
        tracing::info!(?trouble, held = self.queue.len(), "transaction aborted, to be published again");
        self.sent_is_gone();
        match trouble {
            Trouble::Lost => Next::Now,
            Trouble::Refused => {
                self.phase = Phase::Review;
                Next::Now
            }
            Trouble::Fault(cause) => self.pause(&cause),
            Trouble::Blocked(cause) => {
                self.phase = Phase::Review;
                self.observer.broker_state(PART, Err(&cause));
                self.pause(&cause)
            }
            Trouble::Expired(cause) => {
                self.phase = Phase::Renew;
                self.pause(&cause)
            }
        }
    }

    /// Accounts for reports; gives what is wrong, if something is.
    pub(super) fn take_reports(&mut self, reports: &[Report]) -> Option<Trouble> {
        let mut worst: Option<Trouble> = None;
        let alone = self.alone;
        for Report { sequence, outcome } in reports {
            self.outstanding = self.outstanding.saturating_sub(1);
            let Some(held) = self.queue.get_mut(*sequence) else { continue };
            let trouble = match outcome {
                Ok(()) => {
                    held.state = State::Delivered;
                    continue;
                }
                Err(Failure::Refused(refusal)) if alone => {
                    self.refused(*sequence, refusal.clone()).unwrap_or(Trouble::Refused)
                }
                Err(Failure::Refused(_)) => {
                    held.suspect = true;
                    Trouble::Refused
                }
                Err(Failure::Blocked(cause)) => Trouble::Blocked(cause.clone()),
                Err(Failure::Withdrawn(cause)) => Trouble::Fault(cause.clone()),
                Err(Failure::Failed(cause)) => {
                    held.suspect = true;
                    held.failures = held.failures.saturating_add(u32::from(alone));
                    if held.failures >= self.policy.record_attempts {
                        let message = format!("{cause} ({} attempts)", held.failures);
                        let refusal = Refusal { code: OUTPUT_FAILED, message, excess: None };
                        self.refused(*sequence, refusal).unwrap_or(Trouble::Refused)
                    } else {
                        Trouble::Fault(cause.clone())
                    }
                }
            };
            if worst.as_ref().is_none_or(|worst| trouble.weight() > worst.weight()) {
                worst = Some(trouble);
            }
        }
        worst
    }

    /// A topic refused this very record: a dead letter takes its place. If it is one already, what
    /// happens is a matter of policy; what is given then is why nothing can be published for now.
    pub(super) fn refused(&mut self, sequence: u64, refusal: Refusal) -> Option<Trouble> {
        let held = self.queue.get_mut(sequence)?;
        let Refusal { code, message, excess } = refusal;
        if held.record.destination != Destination::DeadLetter {
            let record = Box::new(held.record.clone());
            self.queue.refuse(sequence);
            self.events.push_back(SinkEvent::Refused { record, code, message });
            return None;
        }
        let position = held.record.position.clone();
        let cut = match (self.policy.refused_letter, excess) {
            (RefusedLetter::Truncate, Some(excess)) => publish::truncated(&held.record, excess),
            _ => None,
        };
        if let Some(letter) = cut {
            tracing::warn!(partition = %position.partition, offset = position.offset, cause = %message, "dead letter truncated");
            self.observer.letter_truncated();
            self.queue.replace(sequence, letter);
            return None;
        }
        held.suspect = true;
        Some(Trouble::Blocked(format!(
            "the dead-letter topic refuses the record {} offset {}: {message} ({code})",
            position.partition, position.offset
        )))
    }
}
