//! Why a record was not delivered, by whose fault it is.

use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use crate::pipeline::publisher::{Failure, Refusal};

/// Code of an output that its topic has no room for.
pub const OUTPUT_TOO_LARGE: &str = "output_too_large";
/// Code of an output that its topic refuses for another reason.
pub const OUTPUT_REFUSED: &str = "output_refused";

/// The code of a refusal that may be the record's own fault.
pub(crate) fn refusal(code: RDKafkaErrorCode) -> Option<&'static str> {
    use RDKafkaErrorCode as E;
    match code {
        E::MessageSizeTooLarge | E::MessageBatchTooLarge => Some(OUTPUT_TOO_LARGE),
        E::InvalidMessage
        | E::InvalidMessageSize
        | E::InvalidRecord
        | E::InvalidTimestamp
        | E::PolicyViolation => Some(OUTPUT_REFUSED),
        _ => None,
    }
}

/// Why a record was not delivered.
pub(crate) fn failure(error: &KafkaError, topic: &str) -> Failure {
    use RDKafkaErrorCode as E;
    let words = format!("topic `{topic}` refused the record: {error}");
    let Some(code) = error.rdkafka_error_code() else { return Failure::Failed(words) };
    if let Some(code) = refusal(code) {
        return Failure::Refused(Refusal { code, message: words, excess: None });
    }
    match code {
        E::TopicAuthorizationFailed
        | E::ClusterAuthorizationFailed
        | E::UnknownTopicOrPartition
        | E::UnknownTopic
        | E::UnknownPartition
        | E::InvalidTopic => Failure::Blocked(words),
        // It went down with others, or never got through: that says nothing about the record.
        E::PurgeQueue
        | E::PurgeInflight
        | E::InvalidDifferentRecord
        | E::Fatal
        | E::Fenced
        | E::ProducerFenced
        | E::InvalidProducerEpoch
        | E::InvalidProducerIdMapping
        | E::UnknownProducerId
        | E::InvalidTransactionalState
        | E::OutOfOrderSequenceNumber
        | E::State
        | E::MessageTimedOut
        | E::TimedOutQueue
        | E::OperationTimedOut
        | E::RequestTimedOut
        | E::BrokerTransportFailure
        | E::AllBrokersDown
        | E::NetworkException
        | E::NotLeaderForPartition
        | E::LeaderNotAvailable
        | E::BrokerNotAvailable
        | E::NotEnoughReplicas
        | E::NotEnoughReplicasAfterAppend
        | E::KafkaStorageError
        | E::BrokerDestroy => Failure::Withdrawn(words),
        _ => Failure::Failed(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_told_apart_by_whose_fault_they_are() {
        let failure = |code| failure(&KafkaError::MessageProduction(code), "t");
        assert!(matches!(failure(RDKafkaErrorCode::MessageSizeTooLarge), Failure::Refused(_)));
        assert!(matches!(failure(RDKafkaErrorCode::InvalidTimestamp), Failure::Refused(_)));
        assert!(matches!(failure(RDKafkaErrorCode::TopicAuthorizationFailed), Failure::Blocked(_)));
        assert!(matches!(failure(RDKafkaErrorCode::PurgeQueue), Failure::Withdrawn(_)));
        assert!(matches!(failure(RDKafkaErrorCode::MessageTimedOut), Failure::Withdrawn(_)));
        assert!(matches!(failure(RDKafkaErrorCode::Unknown), Failure::Failed(_)));
    }
}
