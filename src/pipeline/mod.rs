//! Order, concurrency and limits; knows no Kafka.

pub mod observer;
pub mod seam;
