//! The names of authors as a source lists them: each once, and not without end.

/// The most authors that one article states; the rest is left out.
const MAX_AUTHORS: usize = 64;

/// Each name once, in order, empty ones left out.
pub(super) fn distinct(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for name in names {
        if kept.len() == MAX_AUTHORS {
            break;
        }
        if !name.is_empty() && !kept.contains(&name) {
            kept.push(name);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_once_and_not_without_end() {
        let names = ["Ana Lund", "", "Per Ek", "Ana Lund"].map(str::to_owned);
        assert_eq!(distinct(names), ["Ana Lund", "Per Ek"]);
        assert_eq!(distinct((0..1_000_000).map(|n| format!("A{n}"))).len(), MAX_AUTHORS);
    }
}
