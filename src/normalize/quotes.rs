//! Whether curly quotes pair up. They are never mended: which of two to believe is the reader's call.

/// Whether the double quotes of `paragraphs` are unbalanced. A quotation that runs over paragraphs
/// opens each of them anew and closes once, as English prints it.
pub(super) fn unbalanced<'t>(paragraphs: impl Iterator<Item = &'t str>) -> bool {
    let mut open = false;
    for paragraph in paragraphs {
        if open && !paragraph.starts_with(['“', '„']) {
            return true;
        }
        let mut low = false;
        let mut guillemets = 0_i32;
        for (at, c) in paragraph.char_indices() {
            match c {
                // German and its neighbours open low and close with what opens in English.
                '„' => (open, low) = (true, true),
                '“' if low => (open, low) = (false, false),
                '“' if open && at > 0 => return true,
                '“' => open = true,
                '”' if open => (open, low) = (false, false),
                '”' => return true,
                '«' => guillemets += 1,
                '»' => guillemets -= 1,
                _ => {}
            }
        }
        if guillemets != 0 {
            return true;
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows() {
        let check = |text: &str| unbalanced(text.split('\n'));
        assert!(!check("“It rained,” she said. “It did.”"));
        assert!(!check("“It rained.\n“It did.”"));
        assert!(!check("„Es regnet“, sagte sie."));
        assert!(!check("« Il pleut », a-t-elle dit. »Es regnet«."));
        assert!(check("It rained.” She said."));
        assert!(check("“It rained, she said."));
        assert!(check("“It “rained” she said."));
        assert!(check("«Il pleut."));
        assert!(check("“It rained.\nIt did.”"));
    }
}
