//! Settings for this module's tests.

use crate::settings::{self, Settings, Sources};

/// The defaults, which have no fault, with topics of one short name each.
pub(crate) fn settings() -> Settings {
    let sets = ["input.topics=raw", "output.topic=enriched", "dead_letter.topic=dead", "kafka.group_id=desk"];
    let sources = Sources { sets: sets.map(str::to_owned).to_vec(), ..Sources::default() };
    settings::load(&sources).expect("the defaults have no fault").settings
}
