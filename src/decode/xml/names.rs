//! Namespaces that matter, each as one value: names are compared by what they mean, not by their prefix.

use quick_xml::name::ResolveResult;

/// Whose word an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vocabulary {
    /// In no namespace: RSS, NITF by its DTD.
    Plain,
    /// NewsML-G2.
    NewsMl,
    /// NITF by its schema.
    Nitf,
    /// XHTML.
    Xhtml,
    /// Atom.
    Atom,
    /// Dublin Core, elements and terms.
    DublinCore,
    /// The module of RSS for whole bodies.
    Content,
    /// Media RSS, for pictures.
    Media,
    /// Anything else.
    Other,
}

impl Vocabulary {
    /// What a namespace means. A prefix that nothing declares (an item cut out of its feed) means what it
    /// means by custom.
    pub(super) fn of(namespace: &ResolveResult<'_>) -> Self {
        match namespace {
            ResolveResult::Unbound => Self::Plain,
            ResolveResult::Bound(namespace) => Self::of_address(namespace.into_inner()),
            ResolveResult::Unknown(prefix) => match prefix.as_str() {
                "dc" | "dcterms" => Self::DublinCore,
                "content" => Self::Content,
                "media" => Self::Media,
                "atom" => Self::Atom,
                "nitf" => Self::Nitf,
                "xhtml" => Self::Xhtml,
                _ => Self::Other,
            },
        }
    }

    fn of_address(address: &str) -> Self {
        match address.trim() {
            // Some feeds of RSS put its words in a namespace, which RSS 2.0 itself has not.
            ""
            | "http://purl.org/rss/1.0/"
            | "http://backend.userland.com/rss2"
            | "http://backend.userland.com/RSS2" => Self::Plain,
            "http://www.w3.org/1999/xhtml" => Self::Xhtml,
            "http://www.w3.org/2005/Atom" => Self::Atom,
            "http://purl.org/dc/elements/1.1/" | "http://purl.org/dc/terms/" => Self::DublinCore,
            "http://purl.org/rss/1.0/modules/content/" => Self::Content,
            "http://search.yahoo.com/mrss/" => Self::Media,
            address if address.starts_with("http://iptc.org/std/nar/") => Self::NewsMl,
            address if address.starts_with("http://iptc.org/std/NITF/") => Self::Nitf,
            _ => Self::Other,
        }
    }
}
