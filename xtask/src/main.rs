//! The project's own chores.

mod docs;

fn main() -> std::io::Result<()> {
    docs::write(std::path::Path::new("."))
}
