//! A part of a tree as markup, for the rules by which pages become text.

use super::tree::{Element, Node};

/// What becomes of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It goes, and all that it holds.
    Dropped,
    /// Only its tags go.
    Opened,
    /// It becomes this element.
    Named(&'static str),
    /// It stays what it is.
    Kept,
}

/// What `root` holds, as markup; `fate` says what becomes of each element.
pub(super) fn inside(root: &Element, fate: impl Fn(&Element) -> Fate) -> String {
    let mut markup = String::new();
    write_nodes(root, &fate, &mut markup);
    markup
}

// The depth of the tree is limited, and so is this recursion.
fn write_nodes(element: &Element, fate: &impl Fn(&Element) -> Fate, markup: &mut String) {
    for node in element.nodes() {
        match node {
            Node::Text(text) => {
                html_escape::encode_text_to_string(text, markup);
            }
            Node::Element(inner) => {
                let name = match fate(inner) {
                    Fate::Dropped => continue,
                    Fate::Opened => {
                        write_nodes(inner, fate, markup);
                        continue;
                    }
                    Fate::Named(name) => name,
                    Fate::Kept => inner.name(),
                };
                markup.extend(["<", name]);
                for key in ["class", "href"] {
                    if let Some(value) = inner.attribute(key) {
                        markup.extend([" ", key, "=\""]);
                        html_escape::encode_double_quoted_attribute_to_string(value, markup);
                        markup.push('"');
                    }
                }
                markup.push('>');
                if !is_void(name) {
                    write_nodes(inner, fate, markup);
                    markup.extend(["</", name, ">"]);
                }
            }
        }
    }
}

/// Elements that HTML never closes.
fn is_void(name: &str) -> bool {
    matches!(name, "br" | "hr" | "img" | "wbr" | "col" | "embed" | "input" | "source" | "track")
}

#[cfg(test)]
mod tests {
    use super::super::tree::parse;
    use super::*;
    use crate::budget::Budget;
    use crate::decode::DecodeLimits;

    #[test]
    fn a_tree_becomes_markup_again() {
        let text = "<d><x>1 &lt; 2<br/></x><y class='a&quot;b' id='i'>two</y><z>three</z><w>four</w></d>";
        let root = parse(text, &DecodeLimits::default(), &mut Budget::default()).unwrap();
        let markup = inside(&root, |element| match element.name() {
            "x" => Fate::Named("p"),
            "z" => Fate::Dropped,
            "w" => Fate::Opened,
            _ => Fate::Kept,
        });
        assert_eq!(markup, "<p>1 &lt; 2<br></p><y class=\"a&quot;b\">two</y>four");
    }
}
