//! A real Apache Kafka for tests that need no more of it than an address. Also used by `xtask`.

pub mod cluster;
mod jars;
pub mod node;

use std::error::Error;
use std::path::Path;

use cluster::Cluster;

pub type Failure = Box<dyn Error + Send + Sync>;

/// A running broker.
pub struct Broker {
    /// `host:port`.
    pub address: String,
    /// Dropped, it ends; `None` if it is somebody else's.
    _cluster: Option<Cluster>,
}

impl Broker {
    /// The broker that `COPYDESK_TEST_KAFKA=host:port` names, else one of our own. `root` is the root of
    /// the repository, `target` a folder that keeps the jars.
    ///
    /// # Errors
    /// What is missing, with what to install, or why the broker did not start.
    #[expect(clippy::disallowed_methods, reason = "this environment is the tests', not the worker's")]
    pub fn start(root: &Path, target: &Path) -> Result<Self, Failure> {
        if let Ok(address) = std::env::var("COPYDESK_TEST_KAFKA") {
            return Ok(Self { address, _cluster: None });
        }
        let cluster = Cluster::start(root, target, 1, Ok)?;
        Ok(Self { address: cluster.direct(), _cluster: Some(cluster) })
    }
}

/// Whatever the standard library keys its hash maps with: random in each process and for each call.
pub fn random() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::process::id())
}
