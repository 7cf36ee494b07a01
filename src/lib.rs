//! copydesk turns raw news into clean, tagged records, as a Kafka stream.
//!
//! Data flows one way: [`decode`] → [`normalize`] → [`tag`] → [`publish`]. These four and
//! [`article`] are the core: pure functions that know no Kafka, no tokio, no clock and no
//! environment. The [`pipeline`] adds order, concurrency and limits and knows no Kafka either;
//! [`kafka`] stands behind the seam of [`pipeline::seam`]. `docs/ARCHITECTURE.md` is the map.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::string_slice,
        reason = "a test that meets the unexpected should stop at once"
    )
)]

pub mod article;
pub mod budget;
pub mod decode;
pub mod enrich;
pub mod kafka;
pub mod normalize;
pub mod observe;
pub mod offsets;
pub mod pipeline;
pub mod publish;
pub mod settings;
pub mod tag;
pub mod worker;
