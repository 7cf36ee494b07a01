//! What the attributes of an element say, looked at once for all who ask.

use html5ever::{Attribute, local_name};

use super::nodes::{NodeId, Tree};
use super::said::{Said, Saying};

/// What the attributes of one element say; those of a text say nothing.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Marks {
    /// What its classes and its id say.
    pub(super) class: Saying,
    pub(super) id: Saying,
    flags: u8,
}

const HIDDEN: u8 = 1;
const INVISIBLE: u8 = 1 << 1;
const DIALOG: u8 = 1 << 2;
const ROLE_BESIDE: u8 = 1 << 3;
const CREDITS: u8 = 1 << 4;
const ARTICLE_BODY: u8 = 1 << 5;

/// Roles of what stands beside an article.
const ROLES_BESIDE: [&str; 7] =
    ["menu", "menubar", "complementary", "navigation", "alert", "alertdialog", "dialog"];

impl Marks {
    fn of(attributes: &[Attribute], said: &Said<'_>) -> Self {
        let mut marks = Self::default();
        let (mut is_modal, mut is_aria_hidden, mut is_fallback) = (false, false, false);
        for Attribute { name, value } in attributes {
            let value: &str = value;
            match name.local {
                local_name!("class") => {
                    marks.class = said.known(value);
                    is_fallback = value.contains("fallback-image");
                }
                local_name!("id") => marks.id = said.known(value),
                local_name!("hidden") => marks.flags |= HIDDEN | INVISIBLE,
                local_name!("style") => {
                    let style = value.replace(' ', "");
                    let is_hidden = style.contains("display:none") || style.contains("visibility:hidden");
                    marks.flags |= if is_hidden { HIDDEN } else { 0 };
                    marks.flags |= if hides(value) { INVISIBLE } else { 0 };
                }
                local_name!("rel") if value.eq_ignore_ascii_case("author") => marks.flags |= CREDITS,
                _ => match &*name.local {
                    "aria-hidden" => is_aria_hidden = value == "true",
                    "aria-modal" => is_modal = value == "true",
                    "role" => {
                        marks.flags |= if value == "dialog" { DIALOG } else { 0 };
                        marks.flags |= if ROLES_BESIDE.contains(&value) { ROLE_BESIDE } else { 0 };
                    }
                    "itemprop" => {
                        marks.flags |= if value == "articleBody" { ARTICLE_BODY } else { 0 };
                        marks.flags |= if value.contains("author") { CREDITS } else { 0 };
                    }
                    _ => {}
                },
            }
        }
        marks.flags |= if is_aria_hidden { HIDDEN } else { 0 };
        marks.flags |= if is_aria_hidden && !is_fallback { INVISIBLE } else { 0 };
        marks.flags &= if is_modal { u8::MAX } else { !DIALOG };
        marks
    }

    /// Those of all nodes of a page, by their places.
    pub(super) fn of_all(tree: &Tree, said: &Said<'_>) -> Vec<Self> {
        tree.all().map(|node| Self::of(tree.attributes(node), said)).collect()
    }

    fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Whether it says that the element is not shown.
    pub(super) fn is_hidden(self) -> bool {
        self.has(HIDDEN)
    }

    /// The same as Readability has it: a picture that is shown where scripts do not run is shown.
    pub(super) fn is_invisible(self) -> bool {
        self.has(INVISIBLE)
    }

    /// Whether it is a dialog that must be answered.
    pub(super) fn is_dialog(self) -> bool {
        self.has(DIALOG)
    }

    /// Whether its role is one beside an article.
    pub(super) fn has_role_beside(self) -> bool {
        self.has(ROLE_BESIDE)
    }

    /// Whether it is marked as who wrote the article.
    pub(super) fn is_credit(self) -> bool {
        self.has(CREDITS)
    }

    /// Whether it is marked as the text of the article.
    pub(super) fn is_article_body(self) -> bool {
        self.has(ARTICLE_BODY)
    }
}

/// The marks of a node; a node that was added later has none.
pub(super) fn marks_of(all: &[Marks], node: NodeId) -> Marks {
    all.get(node.place()).copied().unwrap_or_default()
}

/// Whether a style hides an element, as Readability reads it.
fn hides(style: &str) -> bool {
    let style = style.to_ascii_lowercase();
    let is = |key: &str, wanted: &str| {
        let value = style.find(key).and_then(|at| style.get(at..)?.split_once(':')).map(|(_, value)| value);
        let value = value.and_then(|value| value.split(';').next()).unwrap_or_default();
        value.split_whitespace().next() == Some(wanted)
    };
    is("display", "none") || is("visibility", "hidden")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_hide() {
        for (style, hidden) in [
            ("display:none", true),
            ("DISPLAY: none !important; color:red", true),
            ("display: none!important", false),
            ("font-family: x; visibility:hidden", true),
            ("display:", false),
            ("display", false),
        ] {
            assert_eq!(hides(style), hidden, "{style}");
        }
    }
}
