//! Builds the two knowledge base files, byte for byte the same from the same source tables, and
//! `docs/attributions.md`.

mod attributions;
mod choose;
mod names;
mod sources;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context;
use copydesk::tag::kb::writer::{NewRow, TableWriter};
use sha2::{Digest, Sha256};

use self::choose::Chosen;
use self::names::Naming;
use self::sources::Sources;

/// Reads the source tables in `data` and writes `data/kb/*.kb` and `docs/attributions.md` under `root`.
///
/// # Errors
/// If a table cannot be read or a file cannot be written.
pub(crate) fn build(data: &Path, root: &Path) -> anyhow::Result<()> {
    let sources = Sources::read(data)?;
    let chosen = choose::rows(&sources);
    let naming = Naming::learn(&sources, &chosen);
    let folder = root.join("data/kb");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut report = std::io::stdout().lock();
    for (file, share_alike) in [("open", false), ("share-alike", true)] {
        let bytes = table(file, &chosen, &naming, share_alike)?;
        let path = folder.join(format!("{file}.kb"));
        fs::write(&path, &bytes).with_context(|| format!("cannot write {}", path.display()))?;
        writeln!(report, "{}: {} bytes", path.display(), bytes.len())?;
    }
    let docs = root.join("docs");
    fs::create_dir_all(&docs)?;
    fs::write(docs.join("attributions.md"), attributions::text(&chosen))?;
    fs::write(folder.join("share-alike.LICENSE.md"), attributions::SHARE_ALIKE)?;
    Ok(())
}

/// One file: the rows of one licence side, in the order of their type and prominence.
fn table(file: &str, chosen: &[Chosen], naming: &Naming, share_alike: bool) -> anyhow::Result<Vec<u8>> {
    let mine: Vec<&Chosen> = chosen.iter().filter(|row| row.share_alike == share_alike).collect();
    let mut digest = Sha256::new();
    for row in &mine {
        digest.update(format!("{row:?}"));
    }
    let hash: String = digest.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let mut writer = TableWriter::new(&format!("{file}-{hash}"));
    let mut names: BTreeMap<String, u8> = BTreeMap::new();
    for row in mine {
        names.clear();
        naming.names_of(row, &mut names);
        if names.is_empty() {
            continue;
        }
        let place = writer.row(NewRow {
            qid: row.qid,
            label: &row.label,
            kind: row.kind,
            prior: row.prior,
            country: row.country,
            flags: row.flags,
        });
        for (folded, &flags) in &names {
            writer.name(folded, place, flags);
        }
    }
    if !share_alike {
        for (word, bits) in naming.words() {
            writer.word(word, bits);
        }
    }
    Ok(writer.finish()?)
}
