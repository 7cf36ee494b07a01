//! Tables of data, which stay as they are, and tables that only lay out a page.

use html5ever::local_name;
use rustc_hash::FxHashSet;

use super::super::elements::Name;
use super::super::nodes::NodeId;
use super::page::Page;

/// Rows, columns and cells from which on a table holds data.
const ROWS: usize = 10;
const COLUMNS: usize = 5;
const CELLS: usize = 11;
/// The most columns that a cell may span.
const MAX_SPAN: usize = 1_000;

/// The tables of data within `root`.
pub(super) fn of_data(page: &Page<'_>, root: NodeId) -> FxHashSet<NodeId> {
    let tables = page.select(root, |name| name == Name::Table);
    tables.into_iter().filter(|table| is_data(page, *table)).collect()
}

fn is_data(page: &Page<'_>, table: NodeId) -> bool {
    let attribute = |wanted: &str| {
        let all = page.tree.attributes(table).iter();
        all.clone().find(|attribute| &*attribute.name.local == wanted).map(|attribute| &*attribute.value)
    };
    if attribute("role") == Some("presentation") || attribute("datatable") == Some("0") {
        return false;
    }
    if attribute("summary").is_some() {
        return true;
    }
    let (mut rows, mut columns, mut nests) = (0, 0, false);
    for node in page.shape.within(table) {
        match page.name(node) {
            Name::Caption | Name::Col | Name::Colgroup | Name::Tfoot | Name::Thead | Name::Th => return true,
            Name::Table => nests = true,
            Name::Tr => {
                rows += 1;
                columns = columns.max(width(page, node));
            }
            _ => {}
        }
    }
    !nests && rows != 1 && columns != 1 && (rows >= ROWS || columns >= COLUMNS || rows * columns >= CELLS)
}

/// How many columns a row has.
fn width(page: &Page<'_>, row: NodeId) -> usize {
    let span = |cell: NodeId| match page.tree.attribute(cell, &local_name!("colspan")).unwrap_or("1") {
        written if !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_digit()) => {
            written.parse().unwrap_or(MAX_SPAN).clamp(1, MAX_SPAN)
        }
        _ => 1,
    };
    page.shape.within(row).filter(|node| page.is(*node, Name::Td)).map(span).sum()
}

/// Tables of one cell become what is in it.
pub(super) fn unwrap_cells(page: &mut Page<'_>, root: NodeId) {
    for table in page.select(root, |name| name == Name::Table) {
        let rows = page.only(table, Name::Tbody).unwrap_or(table);
        let Some(cell) = page.only(rows, Name::Tr).and_then(|row| page.only(row, Name::Td)) else { continue };
        let is_line = page.shape.children(cell).all(|node| page.is_phrasing(node));
        page.shape.rename(cell, if is_line { Name::P } else { Name::Div });
        page.shape.replace(table, cell);
    }
}
