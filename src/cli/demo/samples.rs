//! The sample articles, built into the program so that the demo runs from anywhere.

/// Name and bytes of each, in the order of their names.
pub(crate) const SAMPLES: &[(&str, &[u8])] = &[
    ("01-text-seed-layout.txt", include_bytes!("../../../samples/01-text-seed-layout.txt")),
    ("02-text-wire-dateline.txt", include_bytes!("../../../samples/02-text-wire-dateline.txt")),
    (
        "03-text-whitespace-and-controls.txt",
        include_bytes!("../../../samples/03-text-whitespace-and-controls.txt"),
    ),
    ("04-text-mojibake.txt", include_bytes!("../../../samples/04-text-mojibake.txt")),
    ("05-text-ambiguous-date.txt", include_bytes!("../../../samples/05-text-ambiguous-date.txt")),
    ("06-text-german.txt", include_bytes!("../../../samples/06-text-german.txt")),
    ("07-text-no-headline.txt", include_bytes!("../../../samples/07-text-no-headline.txt")),
    ("08-text-teasers.txt", include_bytes!("../../../samples/08-text-teasers.txt")),
    ("09-text-updated-line.txt", include_bytes!("../../../samples/09-text-updated-line.txt")),
    ("10-text-whitespace-only.txt", include_bytes!("../../../samples/10-text-whitespace-only.txt")),
    ("20-json-newspaper.json", include_bytes!("../../../samples/20-json-newspaper.json")),
    ("21-json-news-please.json", include_bytes!("../../../samples/21-json-news-please.json")),
    ("22-json-newsapi.json", include_bytes!("../../../samples/22-json-newsapi.json")),
    ("23-json-schema-org.json", include_bytes!("../../../samples/23-json-schema-org.json")),
    ("24-json-with-html.json", include_bytes!("../../../samples/24-json-with-html.json")),
    ("30-html-json-ld.html", include_bytes!("../../../samples/30-html-json-ld.html")),
    ("31-html-plain.html", include_bytes!("../../../samples/31-html-plain.html")),
    ("32-text-windows-1252.txt", include_bytes!("../../../samples/32-text-windows-1252.txt")),
    ("33-html-windows-1252.html", include_bytes!("../../../samples/33-html-windows-1252.html")),
    ("34-text-utf16-bom.txt", include_bytes!("../../../samples/34-text-utf16-bom.txt")),
    ("35-text-gzip.txt.gz", include_bytes!("../../../samples/35-text-gzip.txt.gz")),
    ("36-json-truncated.json", include_bytes!("../../../samples/36-json-truncated.json")),
    ("37-binary-junk.bin", include_bytes!("../../../samples/37-binary-junk.bin")),
    ("38-empty.txt", include_bytes!("../../../samples/38-empty.txt")),
    ("39-cloudevent-structured.json", include_bytes!("../../../samples/39-cloudevent-structured.json")),
    ("40-json-no-text.json", include_bytes!("../../../samples/40-json-no-text.json")),
    ("41-ninjs-1.json", include_bytes!("../../../samples/41-ninjs-1.json")),
    ("42-ninjs-3.json", include_bytes!("../../../samples/42-ninjs-3.json")),
    ("43-json-ld-graph.json", include_bytes!("../../../samples/43-json-ld-graph.json")),
    ("50-newsml-g2.xml", include_bytes!("../../../samples/50-newsml-g2.xml")),
    ("51-nitf.xml", include_bytes!("../../../samples/51-nitf.xml")),
    ("52-rss-item.xml", include_bytes!("../../../samples/52-rss-item.xml")),
    ("53-atom-entry.xml", include_bytes!("../../../samples/53-atom-entry.xml")),
    ("54-warc-response.warc", include_bytes!("../../../samples/54-warc-response.warc")),
    ("55-xml-truncated.xml", include_bytes!("../../../samples/55-xml-truncated.xml")),
    ("56-xml-entities.xml", include_bytes!("../../../samples/56-xml-entities.xml")),
    ("57-rss-several-items.xml", include_bytes!("../../../samples/57-rss-several-items.xml")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_built_in() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.file_type().unwrap().is_file())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        files.sort();
        let built_in: Vec<_> = SAMPLES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(built_in, files);
    }
}
