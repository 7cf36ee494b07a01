//! What mentions may stand for, as a person would like to see it.

use std::fmt::Write as _;

use copydesk::tag::{Explained, ExplainedCandidate, domain};

/// Candidates that are shown of a mention.
const SHOWN: usize = 5;
/// Reasons that are shown of a candidate.
const REASONS: usize = 6;

/// All mentions of a text, each with its candidates.
pub(crate) fn page(mentions: &[Explained]) -> String {
    let mut page = String::new();
    for (number, mention) in (1..).zip(mentions) {
        // A `String` takes everything: there is no error to lose.
        _ = writeln!(
            page,
            "{number}. \"{}\"  {}, characters {} to {}, {:.0} % sure to be a name of that type",
            mention.text,
            mention.kind.as_str(),
            mention.span.start(),
            mention.span.end(),
            mention.confidence * 100.0
        );
        _ = writeln!(page, "   {}", verdict(mention));
        for candidate in mention.candidates.iter().take(SHOWN) {
            _ = writeln!(page, "   {}", line(candidate));
        }
        if mention.candidates.len() > SHOWN {
            _ = writeln!(page, "         and {} more", mention.candidates.len() - SHOWN);
        }
    }
    if mentions.is_empty() {
        page.push_str("no mentions\n");
    }
    page
}

fn verdict(mention: &Explained) -> String {
    let long_form =
        mention.same_as.map_or_else(String::new, |place| format!(", as for mention {}", place + 1));
    match mention.candidates.first() {
        Some(best) if mention.linked => {
            let id = best.id.as_deref().unwrap_or("a row without an id");
            format!("stands for {} ({id}){long_form}", best.label)
        }
        Some(_) => format!("no link: {:.0} % for none of these{long_form}", mention.none * 100.0),
        None => format!("no link: no row has that name{long_form}"),
    }
}

fn line(candidate: &ExplainedCandidate) -> String {
    let id = candidate.id.as_deref().unwrap_or("no id");
    let mut about = candidate.kind.as_str().to_owned();
    if let Some(country) = &candidate.country {
        _ = write!(about, ", {country}");
    }
    if candidate.domain != 0 {
        _ = write!(about, ", {}", domain::name(candidate.domain));
    }
    let reasons: Vec<String> = candidate
        .reasons()
        .into_iter()
        .take(REASONS)
        .map(|(name, points)| format!("{points:+.1} {name}"))
        .collect();
    format!(
        "{:>4.0} %  {} ({id}; {about}), score {:.1}: {}",
        candidate.confidence * 100.0,
        candidate.label,
        candidate.score,
        reasons.join(", ")
    )
}
