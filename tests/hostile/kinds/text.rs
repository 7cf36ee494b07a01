//! Plain texts: lines without end, characters that show nothing, bait for every rule of normalization and of
//! tagging.

use super::{Kind, STORY, numbered, repeated};

/// A headline, a lead, and `unit` again and again.
fn story(size: usize, unit: &str) -> Vec<u8> {
    repeated(size, &format!("Ferry runs aground off the old harbour\n{STORY}\n"), unit, "").into_bytes()
}

/// Nothing but `unit`.
fn only(size: usize, unit: &str) -> Vec<u8> {
    repeated(size, "", unit, "").into_bytes()
}

/// The windows-1252 reading of the UTF-8 of `text`, so often.
fn misread(text: &str, rounds: usize) -> String {
    let mut text = text.to_owned();
    for _ in 0..rounds {
        text = encoding_rs::WINDOWS_1252.decode_without_bom_handling(text.as_bytes()).0.into_owned();
    }
    text
}

/// Texts, by what they are made of.
pub(crate) const KINDS: &[Kind] = &[
    Kind::new("one long word", |size| only(size, "ferry")),
    Kind::new("one long line", |size| only(size, &format!("{STORY} "))),
    Kind::new("one long line, not ASCII", |size| only(size, &format!("“{STORY}” – "))),
    Kind::new("spaces", |size| only(size, " ")),
    Kind::new("spaces in a line", |size| repeated(size, "Ferry", " ", "tide.").into_bytes()),
    Kind::new("spaces of all sorts", |size| {
        repeated(size, "Ferry", "\u{a0}\u{2003}\u{3000}\t", "tide.").into_bytes()
    }),
    Kind::new("lines", |size| story(size, "x\n")),
    Kind::new("empty lines", |size| repeated(size, "Ferry", "\n", "tide.").into_bytes()),
    Kind::new("line ends of all sorts", |size| story(size, "x\r\u{85}\u{2028}\u{c}\r\n")),
    Kind::new("double spaces", |size| story(size, "x  ")),
    Kind::new("zero widths", |size| story(size, "x\u{200b}\u{2060}\u{feff}")),
    Kind::new("soft hyphens", |size| story(size, "\u{ad}")),
    Kind::new("nul", |size| story(size, &format!("{STORY}{STORY}\0"))),
    Kind::new("control characters", |size| story(size, &format!("{STORY}\u{1}\u{1b}[31m"))),
    Kind::new("replacement characters", |size| story(size, "ferry tide\u{fffd}")),
    Kind::new("combining marks", |size| story(size, "\u{301}")),
    Kind::new("combining marks out of order", |size| story(size, "a\u{315}\u{300}\u{5ae}\u{327}\u{323}")),
    Kind::new("letters with many marks", |size| story(size, &format!("e{} ", "\u{301}\u{323}".repeat(500)))),
    Kind::new("jamo", |size| story(size, "\u{1100}\u{1161}\u{11a8}")),
    Kind::new("ligatures that grow", |size| story(size, "\u{fdfa}\u{fb03}\u{1f82} ")),
    Kind::new("capitals that grow", |size| story(size, "İßŉǰ ")),
    Kind::new("joined emoji", |size| story(size, "👩\u{200d}👩\u{200d}👧\u{200d}")),
    Kind::new("flags", |size| story(size, "🇳🇴")),
    Kind::new("right to left", |size| story(size, "\u{202e}ferry\u{202c} \u{2067}tide\u{2069} ")),
    Kind::new("right to left, open", |size| story(size, "\u{202e}")),
    Kind::new("private characters", |size| story(size, "\u{e000}\u{10ffff}")),
    Kind::new("no characters", |size| story(size, "\u{fdd0}\u{ffff} ")),
    Kind::new("Chinese", |size| story(size, "渡船在旧港口附近搁浅。")),
    Kind::new("Thai", |size| story(size, "เรือเฟอร์รี่เกยตื้น")),
    Kind::new("Arabic", |size| story(size, "جنحت العبارة قبالة المرفأ القديم. ")),
    Kind::new("quotes that open", |size| story(size, "“")),
    Kind::new("quotes that open, in lines", |size| story(size, "“Ferry\n")),
    Kind::new("quotes low", |size| story(size, "„ferry“ „")),
    Kind::new("guillemets", |size| story(size, "«")),
    Kind::new("straight quotes", |size| story(size, "\"' ")),
    Kind::new("misread once", |size| story(size, &misread("“it’s é” – ", 1))),
    Kind::new("misread five times", |size| story(size, &misread("é’ ", 5))),
    Kind::new("misread without end", |size| story(size, &misread("“é’", 3))),
    Kind::new("Â only", |size| story(size, "Â")),
    Kind::new("â only", |size| story(size, "â€")),
    Kind::new("Ã and controls", |size| story(size, "Ã\u{83}Â\u{200b}\u{1}")),
    Kind::new("By", |size| only(size, "By ")),
    Kind::new("bylines", |size| only(size, "By Ana Lund\n")),
    Kind::new("bylines that are none", |size| only(size, "By Ana Lund, Per Ek and 2\n")),
    Kind::new("datelines", |size| only(size, "OSLO (Reuters) - ")),
    Kind::new("datelines, dates", |size| only(size, "OSLO, Jan 8 (Reuters) – ")),
    Kind::new("datelines, agencies", |size| only(size, "(AP) - ")),
    Kind::new("datelines, a story", |size| {
        repeated(size, "Ferry runs aground\n", "OSLO (AP) - ", "It sailed.").into_bytes()
    }),
    Kind::new("dashes", |size| only(size, "A - ")),
    Kind::new("long dashes", |size| story(size, "—")),
    Kind::new("hyphens", |size| story(size, "a-")),
    Kind::new("date lines", |size| only(size, "2023.01.08 10:33\n")),
    Kind::new("date lines that are none", |size| only(size, "2023.01.08 10:33 10:33 x\n")),
    Kind::new("updated", |size| only(size, "Updated: 8 January 2023 10:33\n")),
    Kind::new("teaser lines", |size| story(size, "Read more: Ferry line closes after forty years\n")),
    Kind::new("bare teasers", |size| story(size, "More Ferry Line Closes\n")),
    Kind::new("headlines that repeat", |size| story(size, "Ferry runs aground off the old harbour\n")),
    Kind::new("headlines before leads", |size| {
        repeated(size, "Ferry runs aground\n2023.01.08\n", "Ferry runs aground – ", "It sailed.").into_bytes()
    }),
    Kind::new("full stops", |size| story(size, ".")),
    Kind::new("sentences of a letter", |size| story(size, "A. ")),
    Kind::new("sentences of a word", |size| story(size, "Ferry! ")),
    Kind::new("abbreviations", |size| story(size, "Mr. Gen. St. U.S. ")),
    Kind::new("dotted letters", |size| story(size, "U.")),
    Kind::new("brackets", |size| story(size, "(")),
    Kind::new("stops and brackets", |size| story(size, ". (“")),
    Kind::new("numbers", |size| story(size, "2023 ")),
    Kind::new("number without end", |size| story(size, "7")),
    Kind::new("names", |size| story(size, "Ana Lund met Per Ek. ")),
    Kind::new("names without end", |size| story(size, "Ana ")),
    Kind::new("names, each another", |size| {
        numbered(size, "Ferry\n", |number| format!("President Ana Lu{number}nd spoke. "), "").into_bytes()
    }),
    Kind::new("countries", |size| story(size, "Norway, Serbia and the United States of America. ")),
    Kind::new("openings of long names", |size| story(size, "Democratic Republic of the ")),
    Kind::new("ministries", |size| story(size, "Ministry of the Interior of the ")),
    Kind::new("offices that close", |size| story(size, "Lindholm Institute Council Party of ")),
    Kind::new("acronyms that are defined", |size| {
        story(size, "Kosovo Force (KFOR) World Trade Union (WTU) ")
    }),
    Kind::new("acronyms that are not", |size| story(size, "ABCDEFG (ABCDEFG) ")),
    Kind::new("capitals", |size| story(size, "FERRY ")),
    Kind::new("possessives", |size| story(size, "Ana’s ’s ")),
    Kind::new("apostrophes", |size| story(size, "a'")),
    Kind::new("ampersands", |size| story(size, "A & ")),
    Kind::new("articles of Arabic", |size| story(size, "al-Ana el-")),
    Kind::new("hyphened names", |size| story(size, "Ana-")),
    Kind::new("signs", |size| story(size, "$€£#@*|")),
    Kind::new("address in a text", |size| story(size, "https://paper.example/")),
    Kind::new("tabs", |size| story(size, "a\tb\n")),
];
