//! The project's own chores: `cargo run -p xtask -- kb --data FOLDER` builds the knowledge base,
//! `cargo run --release -p xtask -- bench` measures the worker on a real Apache Kafka, `-- recovery` how it
//! recovers there, `-- quality` scores it on labelled data, `-- fit` weighs on such data what chooses the lines of a
//! page's article, `-- clusters` makes the table of word clusters, `-- train` the weights of the recogniser,
//! `-- fit-links` those of what chooses the row that a name stands for.

mod bench;
mod clusters;
mod fit;
mod kb;
mod links;
mod options;
mod quality;
mod recovery;
mod train;

use std::path::Path;

use anyhow::{Context, bail};

const KB_USAGE: &str = "usage: xtask kb --data FOLDER [--root FOLDER]

  --data FOLDER   the source tables
  --root FOLDER   of the repository (.)";

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("kb") => {
            let [data, root] = options::options(arguments, KB_USAGE, ["--data", "--root"])?;
            let data = data.with_context(|| format!("expected --data FOLDER\n{KB_USAGE}"))?;
            kb::build(Path::new(&data), Path::new(root.as_deref().unwrap_or(".")))
        }
        Some("bench") => bench::run(arguments),
        Some("recovery") => recovery::run(arguments),
        Some("quality") => quality::run(arguments),
        Some("fit") => fit::run(arguments),
        Some("clusters") => clusters::run(arguments),
        Some("train") => train::run(arguments),
        Some("fit-links") => links::run(arguments),
        Some(bench::PASS_THROUGH) => bench::pass_through(arguments),
        other => bail!(
            "expected `kb --data FOLDER [--root FOLDER]`, `bench --help`, `recovery --help`, `quality --help`, `fit --data FOLDER`, `clusters --vectors FOLDER`, `train --data FOLDER` or `fit-links --data FOLDER`, found {other:?}"
        ),
    }
}
