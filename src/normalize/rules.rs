//! The rules that cut or repair text, in one table. Each has an example that it must change and a
//! counter-example that it must leave alone; both are tests, and `docs/rules.md` is made from them.

/// A rule that cuts or repairs text. Its name stands in `edits[].rule`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A line that is a date.
    DateLine,
    /// A line that says who wrote it.
    Byline,
    /// Place, date and agency before the lead.
    Dateline,
    /// The headline once more, before the lead or as a line of its own.
    HeadlineRepeat,
    /// The word that opens a teaser of another article.
    Teaser,
    /// The section above the headline.
    Kicker,
    /// Who reported, wrote and edited, at the end.
    Credits,
    /// A paragraph once more.
    DuplicateParagraph,
    /// A caption, or who took a picture.
    Caption,
    /// A call to subscribe, to sign up, to follow.
    Subscribe,
    /// A label that an advertisement stood there.
    Advertisement,
    /// Buttons below an article.
    ShareLine,
    /// A notice about cookies.
    CookieNotice,
    /// A notice about copyright.
    Copyright,
    /// The number of a page.
    PageNumber,
    /// The end of a line within a paragraph.
    LineWrap,
    /// The hyphen of a word that a line parted.
    Hyphenation,
    /// White space: runs, look-alikes, ends of lines.
    Whitespace,
    /// What stands between two fields, or between two paragraphs, and is not one LF.
    LineBreak,
    /// Control characters and characters without width.
    Invisible,
    /// Text that was decoded with the wrong encoding.
    Mojibake,
    /// Character references of HTML in plain text.
    Reference,
    /// Letters that are one character.
    Ligature,
    /// The wide forms of East Asia in other text.
    Width,
}

/// What a rule does, for people and for tests.
#[derive(Debug, Clone, Copy)]
pub struct RuleInfo {
    /// The rule.
    pub rule: Rule,
    /// Its name in the record.
    pub name: &'static str,
    /// What it does.
    pub does: &'static str,
    /// A raw text that it changes.
    pub example: &'static str,
    /// What it cuts of the example.
    pub cuts: &'static str,
    /// A raw text that looks alike and stays as it is.
    pub counter_example: &'static str,
}

/// All rules.
pub const RULES: &[RuleInfo] = &[
    RuleInfo {
        rule: Rule::DateLine,
        name: "date_line",
        does: "takes a line that is nothing but a date out of the text; it becomes `published`",
        example: "Harbour bridge reopens\n2023.01.08 10:33\nTraffic returned to the bridge at noon.",
        cuts: "\n2023.01.08 10:33\n",
        counter_example: "Harbour bridge reopens\n2023 was the wettest year on record.\nIt rained.",
    },
    RuleInfo {
        rule: Rule::Byline,
        name: "byline",
        does: "takes a line that names the authors out of the text; it becomes `authors`",
        example: "Harbour bridge reopens\nBy Mara Lindqvist and Tom Okoro\nTraffic returned at noon.",
        cuts: "\nBy Mara Lindqvist and Tom Okoro\n",
        counter_example: "Harbour bridge reopens\nBy noon the traffic had returned.\nIt rained.",
    },
    RuleInfo {
        rule: Rule::Dateline,
        name: "dateline",
        does: "takes place, date and agency before the lead out of the text; they become `dateline`",
        example: "Harbour bridge reopens\nOSLO, Jan 8 (Reuters) - Traffic returned at noon.",
        cuts: "\nOSLO, Jan 8 (Reuters) - ",
        counter_example: "Harbour bridge reopens\nThe bridge - closed since May - is open.",
    },
    RuleInfo {
        rule: Rule::HeadlineRepeat,
        name: "headline_repeat",
        does: "takes the headline out of the lead, or a line that only repeats it out of the text",
        example: "Harbour bridge reopens\nHarbour bridge reopens – Traffic returned at noon.",
        cuts: "\nHarbour bridge reopens – ",
        counter_example: "Harbour bridge reopens\nHarbour bridge reopens today after repairs.",
    },
    RuleInfo {
        rule: Rule::Teaser,
        name: "teaser",
        does: "moves a teaser of another article at the end of the text to `related`, and takes one before out",
        example: "Harbour bridge reopens\nTraffic returned at noon.\nMore Ferry line closes after forty years",
        cuts: "\nMore ",
        counter_example: "Harbour bridge reopens\nTraffic returned.\nMore than 100 people fled.",
    },
    RuleInfo {
        rule: Rule::Kicker,
        name: "kicker",
        does: "takes the name of a section or a form above the headline out of the text",
        example: "WORLD NEWS\nHarbour bridge reopens\n2023.01.08 10:33\nTraffic returned at noon.",
        cuts: "WORLD NEWS\n",
        counter_example: "World Bank lends for bridge\n2023.01.08 10:33\nTraffic returned at noon.",
    },
    RuleInfo {
        rule: Rule::Credits,
        name: "credits",
        does: "takes who reported, wrote or edited out of the end of the text; they become `credits`",
        example: "Harbour bridge reopens\nTraffic returned at noon.\n(Reporting by Mara Lindqvist in Oslo; Editing by \
                  Tom Okoro)",
        cuts: "\n(Reporting by Mara Lindqvist in Oslo; Editing by Tom Okoro)",
        counter_example: "Harbour bridge reopens\nTraffic returned.\nReporting by the council was late.",
    },
    RuleInfo {
        rule: Rule::DuplicateParagraph,
        name: "duplicate_paragraph",
        does: "takes a paragraph of 60 bytes or more out that stood before, letter by letter",
        example: "Harbour bridge reopens\nTraffic returned to the harbour bridge at noon, said the council of the \
                  town.\nIt rained.\nTraffic returned to the harbour bridge at noon, said the council of the town.",
        cuts: "\nTraffic returned to the harbour bridge at noon, said the council of the town.",
        counter_example: "Harbour bridge reopens\n“No comment.”\nIt rained.\n“No comment.”",
    },
    RuleInfo {
        rule: Rule::Caption,
        name: "caption",
        does: "takes a line that is a picture's caption, or says who took it, out of the text",
        example: "Harbour bridge reopens\nFILE PHOTO: The bridge in May. REUTERS/Mara Lindqvist\nTraffic is back.",
        cuts: "\nFILE PHOTO: The bridge in May. REUTERS/Mara Lindqvist\n",
        counter_example: "Harbour bridge reopens\nPhotos of the bridge were on Reuters and in the papers.\nIt rained.",
    },
    RuleInfo {
        rule: Rule::Subscribe,
        name: "subscribe",
        does: "takes a line that asks the reader to subscribe, to sign up or to follow out of the text",
        example: "Harbour bridge reopens\nSign up for our newsletter and get the news by mail.\nTraffic is back.",
        cuts: "\nSign up for our newsletter and get the news by mail.\n",
        counter_example: "Harbour bridge reopens\nSubscribers to the ferry's newsletter fell to 900.\nIt rained.",
    },
    RuleInfo {
        rule: Rule::Advertisement,
        name: "advertisement",
        does: "takes a line that only says that an advertisement stood there out of the text",
        example: "Harbour bridge reopens\nTraffic is back.\nADVERTISEMENT\nIt rained.",
        cuts: "\nADVERTISEMENT\n",
        counter_example: "Harbour bridge reopens\nAdvertisement sales fell.\nIt rained.",
    },
    RuleInfo {
        rule: Rule::ShareLine,
        name: "share_line",
        does: "takes buttons of a page out of the text: to share, to print, to comment",
        example: "Harbour bridge reopens\nFacebook Twitter WhatsApp Email\nTraffic is back.",
        cuts: "\nFacebook Twitter WhatsApp Email\n",
        counter_example: "Harbour bridge reopens\nFacebook and Twitter were full of it.\nShare prices fell.",
    },
    RuleInfo {
        rule: Rule::CookieNotice,
        name: "cookie_notice",
        does: "takes what a site says of its cookies out of the text",
        example: "Harbour bridge reopens\nWe use cookies to improve your experience. Learn more\nTraffic is back.",
        cuts: "\nWe use cookies to improve your experience. Learn more\n",
        counter_example: "Harbour bridge reopens\nThe firm uses cookies to follow its readers, a court heard.\nIt rained.",
    },
    RuleInfo {
        rule: Rule::Copyright,
        name: "copyright",
        does: "takes a notice about copyright out of the text",
        example: "Harbour bridge reopens\nTraffic is back.\n© 2023 The Harbour Post. All rights reserved.",
        cuts: "\n© 2023 The Harbour Post. All rights reserved.",
        counter_example: "Harbour bridge reopens\nCopyright law was on the council's table, too.\nIt rained.",
    },
    RuleInfo {
        rule: Rule::PageNumber,
        name: "page_number",
        does: "takes the number of a page out of the text",
        example: "Harbour bridge reopens\nTraffic is back.\nPage 2 of 3\nIt rained.",
        cuts: "\nPage 2 of 3\n",
        counter_example: "Harbour bridge reopens\nPage 2 of the report was blank.\n2\nIt rained.",
    },
    RuleInfo {
        rule: Rule::LineWrap,
        name: "line_wrap",
        does: "joins the lines of a paragraph that was wrapped at a width of 40 to 100 code points",
        example: "Harbour bridge reopens\n\nTraffic returned to the harbour bridge at noon on Sunday, a\nweek after \
                  the storm, the council of the town said. It thanked\nthe crews.\n\nIt rained.",
        cuts: "\n",
        counter_example: "Harbour bridge reopens\nO bridge that stands where waters meet,\nand bears the tread of \
                          many feet,\nthe storm is gone, the night is done,\nand here you stand in morning sun.",
    },
    RuleInfo {
        rule: Rule::Hyphenation,
        name: "hyphenation",
        does: "takes the hyphen out of a word that a wrapped line parted, where the whole word is known",
        example: "Harbour bridge reopens\n\nTraffic returned to the harbour bridge at noon, after a long nego-\n\
                  tiation of the council with the ferry line. The negotiation was\nheld at night.\n\nIt rained.",
        cuts: "-\n",
        counter_example: "Harbour bridge reopens\n\nTraffic returned to the harbour bridge at noon, after a well-\n\
                          known engineer of the ferry line had looked at all of its piers\nby boat.\n\nIt rained.",
    },
    RuleInfo {
        rule: Rule::Whitespace,
        name: "whitespace",
        does: "makes one space of a run of white space or of a look-alike, none at the ends of the text",
        example: "Harbour bridge reopens\nTraffic  returned at\u{a0}noon.",
        cuts: "  ",
        counter_example: "Harbour bridge reopens\nTraffic returned at noon.",
    },
    RuleInfo {
        rule: Rule::LineBreak,
        name: "line_break",
        does: "parts fields, and parts paragraphs by one LF",
        example: "Harbour bridge reopens\nTraffic returned at noon.\n\nIt rained.",
        cuts: "\n\n",
        counter_example: "Traffic returned at noon, and it rained on the harbour.",
    },
    RuleInfo {
        rule: Rule::Invisible,
        name: "invisible",
        does: "drops control characters, soft hyphens and characters without width",
        example: "Harbour bridge reopens\nTraf\u{ad}fic returned at noon.",
        cuts: "\u{ad}",
        counter_example: "Harbour bridge reopens\nنمی\u{200c}خواهم گفت که باران می‌بارد.",
    },
    RuleInfo {
        rule: Rule::Mojibake,
        name: "mojibake",
        does: "repairs text that was decoded with the wrong encoding, once or more often",
        example: "Harbour bridge reopens\nThe cafÃ© opened.",
        cuts: "Ã©",
        counter_example: "Harbour bridge reopens\nA FAÇADE, “CAFÉ” and SÃO PAULO.",
    },
    RuleInfo {
        rule: Rule::Reference,
        name: "character_reference",
        does: "decodes a character reference of HTML that was left in plain text",
        example: "Harbour bridge reopens\nLindqvist &amp; Sons built it.",
        cuts: "&amp;",
        counter_example: "Harbour bridge reopens\nLindqvist & Sons built it; R&D; was paid.",
    },
    RuleInfo {
        rule: Rule::Ligature,
        name: "ligature",
        does: "spells out letters that were set as one character",
        example: "Harbour bridge reopens\nThe ﬁrst trafﬁc returned.",
        cuts: "ﬁ",
        counter_example: "Harbour bridge reopens\nThe œuvre of Hærland returned.",
    },
    RuleInfo {
        rule: Rule::Width,
        name: "width",
        does: "makes plain characters of the wide forms of East Asia, where nothing else of the line is East Asian",
        example: "Harbour bridge reopens\nNagoya，Japan and Bergen are twins.",
        cuts: "，",
        counter_example: "Harbour bridge reopens\n港口大桥重新开放，交通恢复。",
    },
];

impl Rule {
    /// The name in the record.
    #[must_use]
    pub fn name(self) -> &'static str {
        RULES.iter().find(|info| info.rule == self).map_or("", |info| info.name)
    }
}

/// The Markdown of `docs/rules.md`.
#[must_use]
pub fn markdown() -> String {
    let mut page = String::from(
        "# Rules of normalization\n\n<!-- Made from the table in src/normalize/rules.rs. After a change there: \
         make docs -->\n\n`␤` is an LF. Each example and each counter-example is a test.\n\n\
         | `rule` | what it does | example | cut | left alone |\n|---|---|---|---|---|\n",
    );
    let show = |text: &str| {
        text.replace('\n', "␤")
            .replace('\u{ad}', "U+00AD")
            .replace('\u{a0}', "U+00A0")
            .replace('\u{200c}', "U+200C")
            .replace('|', "\\|")
    };
    for info in RULES {
        page.push_str(&format!(
            "| `{}` | {} | {} | {} | {} |\n",
            info.name,
            info.does,
            show(info.example),
            show(info.cuts),
            show(info.counter_example)
        ));
    }
    page
}
