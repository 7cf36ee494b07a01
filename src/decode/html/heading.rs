//! The text of a heading while it is read: its elements part words as they do on the page.

/// Bytes of a heading that are kept.
const MAX_HEADING: usize = 1_000;
/// An element of fewer bytes than this is a letter of a word, set large.
const MIN_WORD: usize = 2;

/// A heading that is open.
#[derive(Debug)]
pub(super) struct Heading {
    pub(super) level: u8,
    pub(super) text: String,
    /// Where the text of the element within that began last starts.
    element: usize,
    /// An element has ended, and nothing has come behind it.
    parted: bool,
}

impl Heading {
    pub(super) fn new(level: u8) -> Self {
        Self { level, text: String::new(), element: 0, parted: false }
    }

    /// An element within begins.
    pub(super) fn open(&mut self) {
        self.text.push(' ');
        self.element = self.text.len();
        self.parted = false;
    }

    /// An element within ends: what it holds is often a kicker, and parted from the rest by how it looks.
    pub(super) fn close(&mut self) {
        self.parted = self.text.len() - self.element.min(self.text.len()) >= MIN_WORD;
    }

    /// A text.
    pub(super) fn push(&mut self, text: &str) {
        if self.text.len() >= MAX_HEADING {
            return;
        }
        // In scripts that part words by spaces and have two cases: what is written without spaces stays so.
        let is_word =
            |c: Option<char>| c.is_some_and(|c| c.is_lowercase() || c.is_uppercase() || c.is_ascii_digit());
        if std::mem::take(&mut self.parted)
            && is_word(self.text.chars().next_back())
            && is_word(text.chars().next())
        {
            self.text.push(' ');
        }
        self.text.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_part_words() {
        let cases: [(&str, &[&str]); 6] = [
            (" Storm Ferry runs aground", &["<", "Storm", ">", "Ferry runs aground"]),
            (" Ferry runs aground", &["<", "F", ">", "erry runs aground"]),
            (" Storm, and a ferry", &["<", "Storm", ">", ", and a ferry"]),
            ("Ferry  and tide", &["Ferry ", "<", "and", ">", " tide"]),
            (" 子どもへの", &["<", "子ど", ">", "もへの"]),
            ("A Storm Ferry", &["A", "<", "Storm", ">", "<", ">", "Ferry"]),
        ];
        for (expected, steps) in cases {
            let mut heading = Heading::new(1);
            for step in steps {
                match *step {
                    "<" => heading.open(),
                    ">" => heading.close(),
                    text => heading.push(text),
                }
            }
            assert_eq!(heading.text, expected, "{steps:?}");
        }
    }
}
