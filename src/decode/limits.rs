//! What decoding one value may cost.

/// Limits of decoding; each is a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeLimits {
    /// `decode.max_expanded`: bytes that a compressed value may expand to. Default 16 MiB.
    pub max_expanded: usize,
    /// `decode.max_html_depth`: how deep elements of a page may nest before it is read without a
    /// tree. Building a tree costs time with the square of the depth; pages of the press stay below
    /// 80. Default 256.
    pub max_html_depth: usize,
    /// `decode.max_html_nodes`: how many elements a page may hold before it is read without a tree.
    /// Default 50,000.
    pub max_html_nodes: usize,
    /// How deep a JSON value may nest: at most 127, where the parser itself stops. Default 64.
    pub max_json_depth: usize,
    /// How deep elements of XML that is no page may nest: it is walked by recursion. Default 128; news
    /// formats stay below 30.
    pub max_xml_depth: usize,
    /// How many elements such XML may hold. Default 100,000; an article has some hundreds.
    pub max_xml_elements: usize,
}

impl Default for DecodeLimits {
    fn default() -> Self {
        Self {
            max_expanded: 16 << 20,
            max_html_depth: 256,
            max_html_nodes: 50_000,
            max_json_depth: 64,
            max_xml_depth: 128,
            max_xml_elements: 100_000,
        }
    }
}
