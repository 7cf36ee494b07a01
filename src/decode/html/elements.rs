//! The elements that are told apart, by their names.

/// The name of an element, or what a node is that has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Name {
    /// Not an element: text.
    Text,
    /// Not an element: a comment.
    Comment,
    /// Not an element: the page itself, a doctype and the like.
    #[default]
    Nothing,
    /// An element of another name.
    Other,
    A,
    Abbr,
    Address,
    Area,
    Article,
    Aside,
    Audio,
    B,
    Base,
    Bdi,
    Bdo,
    Blockquote,
    Body,
    Br,
    Button,
    Caption,
    Center,
    Cite,
    Code,
    Col,
    Colgroup,
    Data,
    Datalist,
    Dd,
    Del,
    Details,
    Dfn,
    Dialog,
    Div,
    Dl,
    Dt,
    Em,
    Embed,
    Fieldset,
    Figcaption,
    Figure,
    Font,
    Footer,
    Form,
    H1,
    H2,
    H3,
    H4,
    H5,
    H6,
    Head,
    Header,
    Hr,
    Html,
    I,
    Iframe,
    Img,
    Input,
    Ins,
    Kbd,
    Label,
    Li,
    Link,
    Main,
    Mark,
    Math,
    Menu,
    Meta,
    Meter,
    Nav,
    Noembed,
    Noframes,
    Noscript,
    Object,
    Ol,
    Option,
    Output,
    P,
    Param,
    Picture,
    Pre,
    Progress,
    Q,
    Ruby,
    S,
    Samp,
    Script,
    Section,
    Select,
    Small,
    Source,
    Span,
    Strong,
    Style,
    Sub,
    Summary,
    Sup,
    Svg,
    Table,
    Tbody,
    Td,
    Textarea,
    Tfoot,
    Th,
    Thead,
    Time,
    Title,
    Tr,
    Track,
    U,
    Ul,
    Var,
    Wbr,
    Xmp,
}

impl Name {
    /// The element of that name, which is in lower case.
    #[rustfmt::skip]
    pub(super) fn of(name: &str) -> Self {
        match name.as_bytes() {
            b"a" => Self::A, b"abbr" => Self::Abbr, b"address" => Self::Address, b"article" => Self::Article,
            b"aside" => Self::Aside, b"audio" => Self::Audio, b"b" => Self::B, b"bdi" => Self::Bdi, b"bdo" => Self::Bdo,
            b"blockquote" => Self::Blockquote, b"body" => Self::Body, b"br" => Self::Br, b"button" => Self::Button,
            b"caption" => Self::Caption, b"center" => Self::Center, b"cite" => Self::Cite, b"code" => Self::Code,
            b"col" => Self::Col, b"colgroup" => Self::Colgroup, b"data" => Self::Data, b"datalist" => Self::Datalist,
            b"dd" => Self::Dd, b"del" => Self::Del, b"details" => Self::Details, b"dfn" => Self::Dfn,
            b"dialog" => Self::Dialog, b"div" => Self::Div, b"dl" => Self::Dl, b"dt" => Self::Dt, b"em" => Self::Em,
            b"embed" => Self::Embed, b"fieldset" => Self::Fieldset, b"figcaption" => Self::Figcaption,
            b"figure" => Self::Figure, b"font" => Self::Font, b"footer" => Self::Footer, b"form" => Self::Form,
            b"h1" => Self::H1, b"h2" => Self::H2, b"h3" => Self::H3, b"h4" => Self::H4, b"h5" => Self::H5,
            b"h6" => Self::H6, b"head" => Self::Head, b"header" => Self::Header, b"hr" => Self::Hr,
            b"html" => Self::Html, b"i" => Self::I, b"iframe" => Self::Iframe, b"img" => Self::Img,
            b"input" => Self::Input, b"ins" => Self::Ins, b"kbd" => Self::Kbd, b"label" => Self::Label,
            b"li" => Self::Li, b"link" => Self::Link, b"main" => Self::Main, b"mark" => Self::Mark,
            b"math" => Self::Math, b"menu" => Self::Menu, b"meta" => Self::Meta, b"meter" => Self::Meter,
            b"nav" => Self::Nav, b"noscript" => Self::Noscript, b"object" => Self::Object, b"ol" => Self::Ol,
            b"option" => Self::Option, b"output" => Self::Output, b"p" => Self::P, b"picture" => Self::Picture,
            b"pre" => Self::Pre, b"progress" => Self::Progress, b"q" => Self::Q, b"ruby" => Self::Ruby, b"s" => Self::S,
            b"samp" => Self::Samp, b"script" => Self::Script, b"section" => Self::Section, b"select" => Self::Select,
            b"small" => Self::Small, b"span" => Self::Span, b"strong" => Self::Strong, b"style" => Self::Style,
            b"sub" => Self::Sub, b"summary" => Self::Summary, b"sup" => Self::Sup, b"svg" => Self::Svg,
            b"table" => Self::Table, b"tbody" => Self::Tbody, b"td" => Self::Td, b"textarea" => Self::Textarea,
            b"tfoot" => Self::Tfoot, b"th" => Self::Th, b"thead" => Self::Thead, b"time" => Self::Time,
            b"title" => Self::Title, b"tr" => Self::Tr, b"u" => Self::U, b"ul" => Self::Ul, b"var" => Self::Var,
            b"wbr" => Self::Wbr, b"area" => Self::Area, b"base" => Self::Base, b"noembed" => Self::Noembed,
            b"noframes" => Self::Noframes, b"param" => Self::Param, b"source" => Self::Source, b"track" => Self::Track,
            b"xmp" => Self::Xmp,
            _ => Self::Other,
        }
    }

    /// The element of that name, in any case.
    pub(super) fn of_written(name: &str) -> Self {
        match Self::of(name) {
            Self::Other if name.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                Self::of(&name.to_ascii_lowercase())
            }
            known => known,
        }
    }

    /// Whether it is the name of an element at all.
    pub(super) fn is_element(self) -> bool {
        !matches!(self, Self::Text | Self::Comment | Self::Nothing)
    }

    /// `h1` to `h6`.
    pub(super) fn is_heading(self) -> bool {
        matches!(self, Self::H1 | Self::H2 | Self::H3 | Self::H4 | Self::H5 | Self::H6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        assert_eq!(Name::of("h2"), Name::H2);
        assert_eq!(Name::of("x-box"), Name::Other);
        assert_eq!(Name::of_written("FigCaption"), Name::Figcaption);
        assert!(Name::H6.is_heading() && !Name::Head.is_heading());
        assert!(Name::Other.is_element() && !Name::Text.is_element());
    }
}
