//! Writes the pages of `docs/` that are made from tables in the code.

use std::path::Path;

/// Writes them below `root`.
///
/// # Errors
/// Whatever the file system says.
pub(crate) fn write(root: &Path) -> std::io::Result<()> {
    std::fs::write(root.join("docs/rules.md"), copydesk::normalize::rules::markdown())
}
