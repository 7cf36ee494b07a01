//! A story of our own for the benches, laid out as scraped text, as JSON and as a page; and how time
//! grows with size.

#![allow(dead_code, reason = "every bench uses another part of it")]

use std::time::Duration;

use tokio::time::Instant;

/// Sentences of our own, with the quotes, dashes, numbers and abbreviations that news has.
const SENTENCES: [&str; 8] = [
    "After a week of rain, engineers closed the harbour bridge at Lindholm on Sunday, and 4,200 commuters took the ferry.",
    "“We would rather lose a day than a lorry,” said Ingrid Halvorsen, who runs the works for the port authority.",
    "The river stood at 6.4 metres in the morning – the highest level since 1994 – and fell to 5.9 metres by nightfall.",
    "Mr. Halvorsen’s deputy told reporters in Oslo that two of the nine piers had moved by less than a centimetre.",
    "Freight for Germany and Poland was sent by rail; the U.N. food agency said that its grain was not affected.",
    "Shopkeepers near the quay complained that the notice came late, at 5 a.m., and that nobody answered the telephone.",
    "The ministry of transport has set aside 12.5 million euros, about a third of what the city council asked for.",
    "A decision on the new bridge is due in March, according to the European Union’s regional office.",
];

/// The headline of every story.
pub(crate) const HEADLINE: &str = "Harbour bridge at Lindholm stays closed as the river rises";

/// A story, in its pieces.
pub(crate) struct Story {
    pub(crate) paragraphs: Vec<String>,
    pub(crate) characters: usize,
}

/// A story with a body of at least `characters` characters.
pub(crate) fn story(characters: usize) -> Story {
    let mut paragraphs = Vec::new();
    let mut total = 0;
    for number in 0.. {
        if total >= characters {
            break;
        }
        let sentence = |offset: usize| SENTENCES.get((number * 3 + offset) % SENTENCES.len()).copied();
        let paragraph: Vec<&str> = (0..3).filter_map(sentence).collect();
        // No two are the same: a paragraph said twice would be cut.
        let paragraph = format!("Day {number}: {}", paragraph.join(" "));
        total += paragraph.chars().count() + 1;
        paragraphs.push(paragraph);
    }
    Story { paragraphs, characters: total - 1 }
}

impl Story {
    /// As a site shows it: headline, date line, the headline repeated at the head of the body, a
    /// teaser at the end.
    pub(crate) fn scraped(&self) -> String {
        let body = self.paragraphs.join("\n");
        format!("{HEADLINE}\n2023.01.08 10:33\n{HEADLINE} – {body}\nMore Ferry strike ends after two days\n")
    }

    /// As a scraper writes it.
    pub(crate) fn json(&self) -> String {
        serde_json::json!({
            "title": HEADLINE,
            "date_publish": "2023-01-08 10:33:00",
            "authors": ["Ingrid Halvorsen"],
            "url": "https://news.example.org/harbour-bridge",
            "language": "en",
            "maintext": self.paragraphs.join("\n"),
        })
        .to_string()
    }

    /// As a page, with menus and teasers around it.
    pub(crate) fn page(&self) -> String {
        let paragraphs: String = self.paragraphs.iter().map(|text| format!("<p>{text}</p>\n")).collect();
        let menu: String = ["World", "Business", "Sport", "Weather"]
            .iter()
            .map(|name| format!("<li><a href=\"/{name}\">{name}</a></li>"))
            .collect();
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{HEADLINE} | The Example</title>\n\
             <meta property=\"article:published_time\" content=\"2023-01-08T10:33:00+01:00\">\n\
             <style>p {{ margin: 0 }}</style><script>var page = \"story\";</script></head>\n\
             <body><nav><ul>{menu}</ul></nav><article><h1>{HEADLINE}</h1>\n{paragraphs}</article>\n\
             <footer><p>© The Example</p></footer></body></html>\n"
        )
    }
}

/// Sizes that double, in characters: 16 kB to 1 MB.
pub(crate) fn sizes() -> impl Iterator<Item = usize> {
    (0..7).map(|doubling| 16_384 << doubling)
}

/// Prints how the time of `work` grows with the size of a story that `lay_out` has laid out: the exponent
/// of the line through the best times, logarithms of both. Stops the bench where it is not linear.
pub(crate) fn print_growth<T>(name: &str, lay_out: impl Fn(&Story) -> T, work: impl Fn(&T, &Story)) {
    const LINEAR: f64 = 1.2;
    let mut points = Vec::new();
    for size in sizes() {
        let story = story(size);
        let laid_out = lay_out(&story);
        // The best of several: whatever else the machine does only adds.
        let best = (0..9).map(|_| time(|| work(&laid_out, &story))).min().unwrap_or_default();
        points.push(((story.characters as f64).ln(), best.as_secs_f64().ln()));
    }
    let count = points.len() as f64;
    let mean_size = points.iter().map(|(size, _)| size).sum::<f64>() / count;
    let mean_time = points.iter().map(|(_, time)| time).sum::<f64>() / count;
    let covariance: f64 = points.iter().map(|(size, time)| (size - mean_size) * (time - mean_time)).sum();
    let variance: f64 = points.iter().map(|(size, _)| (size - mean_size).powi(2)).sum();
    let exponent = covariance / variance;
    println!("{name}: time grows with size to the power of {exponent:.2}");
    assert!(exponent < LINEAR, "{name}: expected an exponent below {LINEAR}, found {exponent:.2}");
}

fn time(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}
