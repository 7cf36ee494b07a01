//! Builds the two knowledge base files, byte for byte the same from the same source tables, and
//! `docs/attributions.md`.

mod attributions;
mod choose;
mod further;
mod names;
mod peoples;
mod sources;
mod states;
mod variants;
mod written;

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

/// How hard the files are packed: building is rare, unpacking is as fast at any level.
const PACKING: i32 = 19;

/// Reads the source tables in `data` and writes `data/kb/*.kb` and `docs/attributions.md` under `root`.
///
/// # Errors
/// If a table cannot be read or a file cannot be written.
pub(crate) fn build(data: &Path, root: &Path) -> anyhow::Result<()> {
    let sources = Sources::read(data)?;
    let mut chosen = choose::rows(&sources);
    let naming = Naming::learn(&sources, &chosen);
    peoples::add(&mut chosen);
    written::add(&sources, root, &mut chosen)?;
    further::rows(&sources, &naming, &mut chosen);
    let folder = root.join("data/kb");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut report = std::io::stdout().lock();
    for (file, share_alike) in [("open", false), ("share-alike", true)] {
        let plain = table(file, &chosen, &naming, share_alike)?;
        let bytes = zstd::bulk::compress(&plain, PACKING)?;
        let path = folder.join(format!("{file}.kb"));
        fs::write(&path, &bytes).with_context(|| format!("cannot write {}", path.display()))?;
        writeln!(report, "{}: {} bytes, {} unpacked", path.display(), bytes.len(), plain.len())?;
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
        if !row.linker_only {
            naming.names_of(row, &mut names);
        }
        let further = further::names(row, naming, &names);
        if names.is_empty() && further.is_empty() {
            continue;
        }
        let place = writer.row(NewRow {
            qid: row.qid,
            label: &row.label,
            kind: row.kind,
            prior: row.prior,
            country: row.country,
            flags: row.flags,
            domain: row.domain,
            years: row.years,
        });
        for (folded, &flags) in &names {
            writer.name(folded, place, flags);
        }
        for (folded, &flags) in &further {
            writer.further(folded, place, flags);
        }
    }
    if !share_alike {
        for (word, bits) in naming.words() {
            writer.word(word, bits);
        }
    }
    Ok(writer.finish()?)
}
