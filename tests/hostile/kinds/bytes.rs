//! Bytes that are no text, or not in the encoding that they are said to be in; and values that are compressed.

use std::io::Write;

use super::{Kind, Random, STORY, repeated};

fn story(size: usize) -> String {
    repeated(size, "Ferry runs aground\n", &format!("{STORY} Čačak, “Öl” – déjà vu.\n"), "")
}

fn bytes(size: usize, unit: &[u8]) -> Vec<u8> {
    let mut value = STORY.as_bytes().to_vec();
    value.extend(unit.iter().copied().cycle().take(size.saturating_sub(value.len())));
    value
}

fn gzip(value: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(value).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

fn zstd(value: &[u8]) -> Vec<u8> {
    ::zstd::encode_all(value, 1).expect("memory takes all")
}

fn encoded(size: usize, encoding: &'static encoding_rs::Encoding) -> Vec<u8> {
    encoding.encode(&story(size)).0.into_owned()
}

fn utf16(size: usize, unit: &[u16], bom: bool) -> Vec<u8> {
    let mark: &[u16] = if bom { &[0xFEFF] } else { &[] };
    let text: Vec<u16> = "Ferry runs aground\n".encode_utf16().collect();
    let units = mark.iter().chain(&text).copied().chain(unit.iter().copied().cycle());
    units.take(size / 2).flat_map(u16::to_le_bytes).collect()
}

/// Entities that stand for ten others each.
fn laughs(size: usize, root: &str) -> Vec<u8> {
    let mut value = format!("<?xml version=\"1.0\"?><!DOCTYPE {root} [<!ENTITY l0 \"ferry\">");
    let mut level = 1;
    while value.len() < size.saturating_sub(400) {
        let inner = format!("&l{};", level - 1).repeat(10);
        value.push_str(&format!("<!ENTITY l{level} \"{inner}\">"));
        level += 1;
    }
    value.push_str(&format!("]><{root}><body><p>{STORY}</p><p>&l{};</p></body></{root}>", level - 1));
    value.into_bytes()
}

/// Bytes, by what is wrong with them.
pub(crate) const KINDS: &[Kind] = &[
    Kind::new("random bytes, seed 1", |size| {
        let mut random = Random::new(1);
        std::iter::repeat_with(|| random.number().to_le_bytes()).flatten().take(size).collect()
    }),
    Kind::new("random bytes behind a text, seed 2", |size| {
        let mut random = Random::new(2);
        let mut value = story(size.min(16 << 10)).into_bytes();
        let noise = std::iter::repeat_with(|| random.number().to_le_bytes()).flatten();
        value.extend(noise.take(size.saturating_sub(value.len())));
        value
    }),
    Kind::new("random letters, seed 3", |size| {
        let mut random = Random::new(3);
        let letters =
            ["a", "B", " ", "\n", ".", "“", "”", "é", "Ã", "©", "-", "(", ")", "1", "By ", "\u{a0}", "–"];
        let mut text = String::with_capacity(size + 8);
        while text.len() < size {
            text.push_str(random.pick(&letters));
        }
        text.into_bytes()
    }),
    Kind::new("zero bytes", |size| vec![0; size]),
    Kind::new("bytes of 255", |size| bytes(size, &[0xFF])),
    Kind::new("continuations", |size| bytes(size, &[0x80])),
    Kind::new("cut sequences", |size| bytes(size, b"ferry \xF0\x9F\x98")),
    Kind::new("overlong sequences", |size| bytes(size, b"ferry \xC0\xAF")),
    Kind::new("surrogates in UTF-8", |size| bytes(size, b"the ferry \xED\xA0\x80")),
    Kind::new("byte order marks", |size| bytes(size, b"\xEF\xBB\xBF")),
    Kind::of_media("windows-1252 said to be UTF-8", "text/plain; charset=utf-8", |size| {
        encoded(size, encoding_rs::WINDOWS_1252)
    }),
    Kind::of_media("UTF-8 said to be Shift_JIS", "text/plain; charset=shift_jis", |size| {
        story(size).into_bytes()
    }),
    Kind::of_media("UTF-8 said to be GB 18030", "text/plain; charset=gb18030", |size| {
        story(size).into_bytes()
    }),
    Kind::of_media("UTF-8 said to be UTF-16", "text/plain; charset=utf-16le", |size| {
        story(size).into_bytes()
    }),
    Kind::of_media("UTF-8 said to be nothing", "text/plain; charset=ferry", |size| story(size).into_bytes()),
    Kind::of_media("escapes of ISO-2022-JP", "text/plain; charset=iso-2022-jp", |size| {
        bytes(size, b"\x1b$B$O\x1b(B a ")
    }),
    Kind::of_media("escapes of ISO-2022-JP, cut", "text/plain; charset=iso-2022-jp", |size| {
        bytes(size, b"\x1b$")
    }),
    Kind::new("page that says another charset", |size| {
        let mut page = b"<html><head><meta charset=koi8-r></head><body><p>".to_vec();
        page.extend(encoded(size, encoding_rs::WINDOWS_1252));
        page
    }),
    Kind::new("page of charsets", |size| {
        repeated(size, "<html><head>", "<meta charset=koi8-r><meta charset=utf-16>", &format!("<p>{STORY}"))
            .into_bytes()
    }),
    Kind::new("UTF-16", |size| utf16(size, &"ferry – tide. ".encode_utf16().collect::<Vec<_>>(), true)),
    Kind::new("UTF-16 without a mark", |size| {
        utf16(size, &"ferry tide. ".encode_utf16().collect::<Vec<_>>(), false)
    }),
    Kind::new("UTF-16 of lone surrogates", |size| {
        utf16(size, &[0xD83D, 0x20, 0x66, 0x65, 0x72, 0x72, 0x79, 0x20, 0x61, 0x20, 0x61, 0x20], true)
    }),
    Kind::new("UTF-32", |size| {
        let mut value = vec![0xFF, 0xFE, 0, 0];
        value.extend(story(size / 4).chars().flat_map(|letter| u32::from(letter).to_le_bytes()));
        value
    }),
    Kind::new("UTF-32 of no characters", |size| {
        let mut value = vec![0xFF, 0xFE, 0, 0];
        value.extend(std::iter::repeat_n([0xFF, 0xFF, 0xFF, 0x7F], size / 4).flatten());
        value
    }),
    Kind::new("gzip of a story", |size| gzip(story(size).as_bytes())),
    Kind::new("zstd of a story", |size| zstd(story(size).as_bytes())),
    Kind::new("gzip of zeros", |size| gzip(&vec![0; size])),
    Kind::new("gzip of one letter", |size| gzip(&vec![b'a'; size])),
    Kind::new("gzip in gzip", |size| gzip(&gzip(&gzip(&vec![b'a'; size])))),
    Kind::new("zstd of one letter", |size| zstd(&vec![b'a'; size])),
    Kind::new("zstd in gzip", |size| gzip(&zstd(story(size).as_bytes()))),
    Kind::new("gzip of nested markup", |size| {
        gzip(repeated(size, "<html><body>", "<div><b>", "").as_bytes())
    }),
    Kind::new("gzip, cut", |size| {
        let mut value = gzip(story(size).as_bytes());
        value.truncate(value.len() / 2);
        value
    }),
    Kind::new("gzip of many members", |size| {
        let member = gzip(b"");
        [member.repeat(size / member.len()), gzip(STORY.as_bytes())].concat()
    }),
    Kind::new("gzip of many short members", |size| {
        let member = gzip(b"ferry ");
        member.repeat(size / member.len())
    }),
    Kind::new("zstd of many frames", |size| {
        let frame = zstd(b"ferry ");
        frame.repeat(size / frame.len())
    }),
    Kind::new("zstd of frames that are skipped", |size| {
        let mut value = zstd(STORY.as_bytes());
        let skipped = [0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0];
        value.extend(skipped.repeat(size / skipped.len()));
        value
    }),
    Kind::new("zstd that asks for a wide window", |size| {
        let mut value = vec![0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xF0];
        value.resize(size, 0x41);
        value
    }),
    Kind::new("billion laughs", |size| laughs(size, "news")),
    Kind::new("billion laughs in a page", |size| laughs(size, "html")),
];
