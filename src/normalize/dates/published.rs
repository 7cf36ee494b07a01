//! From candidates to `published`.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::evidence::{self, weight};
use super::read::find;
use super::{Manner, ReadDate, day_and_month, read, relative, url, words};
use crate::article::{OtherDate, Precision, Published, Reading, ZoneKnowledge};
use crate::decode::StatedDate;
use crate::offsets::{Bytes, CodePointIndex, Span};

/// How much of the text is searched for a weekday, in bytes: the lead and a paragraph or two.
const WEEKDAY_WINDOW: usize = 2_000;

/// A text that may say when the article was published.
#[derive(Debug, Clone, Copy)]
pub(in crate::normalize) struct Candidate<'t> {
    /// Becomes `evidence.kind`.
    pub(in crate::normalize) kind: &'static str,
    /// Becomes `evidence.place`.
    pub(in crate::normalize) place: Option<&'t str>,
    /// As written.
    pub(in crate::normalize) text: &'t str,
    /// Where in the raw text, if it stood there.
    pub(in crate::normalize) span: Option<Span<Bytes>>,
}

impl<'t> Candidate<'t> {
    /// One that the source states.
    pub(in crate::normalize) fn stated(date: &'t StatedDate) -> Self {
        Self { kind: date.kind, place: date.place.as_deref(), text: &date.text, span: None }
    }
}

/// What else is known about the article when its dates are judged.
#[derive(Debug, Clone, Copy)]
pub(in crate::normalize) struct Surroundings<'t> {
    /// The clean text.
    pub(in crate::normalize) text: &'t str,
    /// The date of the dateline, as written.
    pub(in crate::normalize) dateline_date: Option<&'t str>,
    /// The language as stated or detected.
    pub(in crate::normalize) language: Option<&'t str>,
    /// Zone of dates that state none.
    pub(in crate::normalize) zone: Option<&'t TimeZone>,
    /// Milliseconds since 1970 UTC; nothing later than a day after it is believed.
    pub(in crate::normalize) as_of_ms: Option<i64>,
}

/// Kinds of candidates that are short texts of the page in which a date may stand.
const VISIBLE: &str = "visible";
/// The kind of a candidate that is an address.
const URL: &str = "url";

/// Judges `candidates`: of those that can be read the most trusted wins, of equals the first.
///
/// # Errors
/// What there was and why none of it is a date of publication.
pub(in crate::normalize) fn publish(
    mut candidates: Vec<Candidate<'_>>,
    around: Surroundings<'_>,
    index: &CodePointIndex<'_>,
) -> Result<Published, Vec<OtherDate>> {
    candidates.sort_by(|one, other| weight(other.kind, other.place).total_cmp(&weight(one.kind, one.place)));
    let manner = manner(around.language);
    let month_first = manner.month_first;
    let latest = around.as_of_ms.and_then(day_after);
    let believable = |date: Date| latest.is_none_or(|latest| date <= latest);
    let all: Vec<(&Candidate<'_>, Option<ReadDate>)> = candidates
        .iter()
        .map(|candidate| (candidate, read_candidate(candidate, manner, around.as_of_ms)))
        .collect();
    let readings: Vec<(&Candidate<'_>, ReadDate)> = all
        .iter()
        .filter_map(|(candidate, read)| Some((*candidate, read.clone()?)))
        .filter(|(candidate, _)| evidence::may_decide(candidate))
        .filter(|(_, read)| believable(read.date) || read.swapped.is_some_and(believable))
        .collect();
    let Some((mut candidate, mut best)) = readings.first().cloned() else {
        let mut against = Vec::new();
        for (other, read) in &all {
            let because = match read {
                Some(read) if !believable(read.date) => evidence::AFTER_AS_OF,
                Some(_) => evidence::NEVER_ALONE,
                None => evidence::UNREAD,
            };
            evidence::add(&mut against, other, read.as_ref().map(ReadDate::at), because);
        }
        return Err(against);
    };
    if !believable(best.date) {
        best.swap();
    }
    if !best.swapped.is_none_or(believable) {
        best.swapped = None;
    }
    best.settle_by_others(readings.iter().skip(1).map(|(_, other)| other));
    let spoken = spoken_weekday(around.text);
    best.settle_by_weekday(best.weekday.or(spoken.as_ref().map(|spoken| spoken.day)));

    let (zone, instant) = best.instant(around.zone);
    // The day that readers were shown, where the moment is told in UTC.
    let local = local_day(&best, &readings);
    if let Some((shown, read)) = local {
        (candidate, best) = (shown, read);
    }

    let at = best.at();
    let mut evidence = vec![evidence::of(candidate, at.clone())];
    let mut against = Vec::new();
    for (other, read) in all.iter().filter(|(other, _)| !std::ptr::eq(*other, candidate)) {
        match read {
            Some(read) if read.date == best.date => evidence.push(evidence::of(other, read.at())),
            Some(read) if believable(read.date) => {
                evidence::add(&mut against, other, Some(read.at()), evidence::ANOTHER_DAY);
            }
            Some(read) => evidence::add(&mut against, other, Some(read.at()), evidence::AFTER_AS_OF),
            None => evidence::add(&mut against, other, None, evidence::UNREAD),
        }
    }
    if let Some(text) = around.dateline_date
        && day_and_month(text) == Some((best.date.month(), best.date.day()))
    {
        evidence.push(evidence::spoken("dateline", text, best.date.to_string()));
    }
    if best.precision >= Precision::Day
        && let Some(spoken) = spoken.filter(|spoken| spoken.day == best.date.weekday())
    {
        let reading = format!("{} is a {}", best.date, spoken.name);
        evidence.push(evidence::spoken("weekday", spoken.text, reading));
    }

    let order = |first: bool| if first { "month before day" } else { "day before month" };
    let readings = best.swapped.map_or_else(Vec::new, |swapped| {
        let other = ReadDate { date: swapped, ..best.clone() };
        vec![
            Reading { at: at.clone(), because: order(month_first).to_owned() },
            Reading { at: other.at(), because: order(!month_first).to_owned() },
        ]
    });
    Ok(Published {
        at,
        instant,
        zone,
        precision: best.precision,
        raw: candidate.span.map_or(candidate.text, |span| span.of(index.text())).to_owned(),
        span: candidate.span.map(|span| index.span(span)),
        evidence,
        against,
        ambiguous: best.swapped.is_some(),
        readings,
    })
}

/// Where a moment is told in UTC, and the page shows its readers the day before or after, and never the
/// day in UTC: what it shows.
fn local_day<'c, 't>(
    best: &ReadDate,
    readings: &[(&'c Candidate<'t>, ReadDate)],
) -> Option<(&'c Candidate<'t>, ReadDate)> {
    if best.offset != Some(0) || best.precision < Precision::Minute {
        return None;
    }
    let shown = || {
        readings.iter().filter(|(candidate, read)| {
            read.offset.is_none()
                && read.precision >= Precision::Day
                && matches!(candidate.kind, VISIBLE | URL | "time_element" | "microdata" | "date_line")
        })
    };
    if shown().any(|(_, read)| read.date == best.date) {
        return None;
    }
    let (hour, ..) = best.time?;
    // East of Greenwich the next day has begun in the evening, west of it the day before still lasts.
    let (before, after) = (best.date.yesterday().ok(), best.date.tomorrow().ok());
    let found = shown().find(|(_, read)| {
        (hour >= 10 && Some(read.date) == after) || (hour < 12 && Some(read.date) == before)
    })?;
    Some((found.0, found.1.clone()))
}

/// The last day that is believed.
fn day_after(as_of_ms: i64) -> Option<Date> {
    let as_of = Timestamp::from_millisecond(as_of_ms).ok()?;
    as_of.to_zoned_datetime(TimeZone::UTC).date().checked_add(1.day()).ok()
}

/// How a language writes dates. Only the English of the United States writes the month first.
fn manner(language: Option<&str>) -> Manner<'_> {
    let american = |tag: &str| tag.eq_ignore_ascii_case("en-us") || tag.eq_ignore_ascii_case("en_us");
    Manner {
        month_first: language.is_some_and(american),
        language: language.and_then(|tag| tag.split(['-', '_']).next()),
    }
}

fn read_candidate(candidate: &Candidate<'_>, manner: Manner<'_>, as_of_ms: Option<i64>) -> Option<ReadDate> {
    let text = candidate.text.trim();
    match candidate.kind {
        URL => url::day(text).map(|(date, _)| ReadDate::of_day(date)),
        VISIBLE => find(text, manner).or_else(|| read_age(text, as_of_ms?)),
        _ => read_stated(text, manner).or_else(|| read_age(text, as_of_ms?)),
    }
}

/// `2 hours ago`, in UTC.
fn read_age(text: &str, as_of_ms: i64) -> Option<ReadDate> {
    let as_of = Timestamp::from_millisecond(as_of_ms).ok()?;
    let (moment, fine) = relative::read(text, as_of)?;
    let moment = moment.to_zoned_datetime(TimeZone::UTC).datetime();
    let day = ReadDate::of_day(moment.date());
    Some(if fine {
        ReadDate {
            time: Some((moment.hour(), moment.minute(), 0)),
            offset: Some(0),
            precision: Precision::Minute,
            ..day
        }
    } else {
        day
    })
}

/// A date, or seconds or milliseconds since 1970 as scrapers write them.
fn read_stated(text: &str, manner: Manner<'_>) -> Option<ReadDate> {
    if matches!(text.len(), 10 | 13) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = text.parse().ok()?;
        let millis = if text.len() == 10 { number.checked_mul(1000)? } else { number };
        let moment = Timestamp::from_millisecond(millis).ok()?.to_zoned_datetime(TimeZone::UTC).datetime();
        return Some(ReadDate {
            date: moment.date(),
            swapped: None,
            time: Some((moment.hour(), moment.minute(), moment.second())),
            offset: Some(0),
            weekday: None,
            precision: Precision::Second,
        });
    }
    // `Sun Jan 08 2023 10:33:00 GMT+0100 (Central European Standard Time)`
    let bare = text.strip_suffix(')').and_then(|text| text.rsplit_once(" (")).map(|(before, _)| before);
    read(text, manner).or_else(|| read(bare?, manner))
}

impl ReadDate {
    /// Nothing but a day.
    fn of_day(date: Date) -> Self {
        Self { date, swapped: None, time: None, offset: None, weekday: None, precision: Precision::Day }
    }

    /// With two readings left, another date of the page that can be read in one way only, and is one of
    /// the two, decides.
    fn settle_by_others<'d>(&mut self, others: impl Iterator<Item = &'d Self>) {
        let Some(swapped) = self.swapped else { return };
        for other in others.filter(|other| other.swapped.is_none() && other.precision >= Precision::Day) {
            if other.date == self.date || other.date == swapped {
                self.date = other.date;
                self.swapped = None;
                return;
            }
        }
    }

    fn swap(&mut self) {
        if let Some(swapped) = self.swapped {
            self.swapped = Some(self.date);
            self.date = swapped;
        }
    }

    /// With two readings left, a weekday that fits only one of them decides.
    fn settle_by_weekday(&mut self, weekday: Option<Weekday>) {
        let (Some(weekday), Some(swapped)) = (weekday, self.swapped) else { return };
        match (self.date.weekday() == weekday, swapped.weekday() == weekday) {
            (true, false) => self.swapped = None,
            (false, true) => {
                self.date = swapped;
                self.swapped = None;
            }
            _ => {}
        }
    }

    /// ISO 8601 local time as written, cut to its precision; the offset only if stated.
    fn at(&self) -> String {
        let date = self.date;
        let (hour, minute, second) = self.time.unwrap_or_default();
        let mut at = match self.precision {
            Precision::Year => format!("{:04}", date.year()),
            Precision::Month => format!("{:04}-{:02}", date.year(), date.month()),
            Precision::Day => date.to_string(),
            Precision::Minute => format!("{date}T{hour:02}:{minute:02}"),
            Precision::Second => format!("{date}T{hour:02}:{minute:02}:{second:02}"),
        };
        match self.offset {
            Some(0) => at.push('Z'),
            Some(minutes) => {
                let sign = if minutes < 0 { '-' } else { '+' };
                let minutes = minutes.abs();
                at.push_str(&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
            }
            None => {}
        }
        at
    }

    /// How the zone is known, and the moment in UTC if the date is fine enough.
    fn instant(&self, configured: Option<&TimeZone>) -> (ZoneKnowledge, Option<String>) {
        let zone = match (self.offset, configured) {
            (Some(_), _) => ZoneKnowledge::Stated,
            (None, Some(_)) => ZoneKnowledge::Configured,
            (None, None) => ZoneKnowledge::Assumed,
        };
        let moment = || {
            let (hour, minute, second) = self.time?;
            let local = self.date.at(hour, minute, second, 0);
            let moment = match (self.offset, configured) {
                (Some(minutes), _) => local
                    .checked_sub(i64::from(minutes).minutes())
                    .ok()?
                    .to_zoned_datetime(TimeZone::UTC)
                    .ok()?,
                (None, Some(zone)) => local.to_zoned_datetime(zone.clone()).ok()?,
                (None, None) => local.to_zoned_datetime(TimeZone::UTC).ok()?,
            };
            Some(moment.timestamp().to_string())
        };
        (zone, moment())
    }
}

/// A weekday that the text speaks of.
struct Spoken<'t> {
    day: Weekday,
    name: &'static str,
    text: &'t str,
}

/// The first weekday named near the head of the text, with the `on` before it.
fn spoken_weekday(text: &str) -> Option<Spoken<'_>> {
    let mut window = text.len().min(WEEKDAY_WINDOW);
    while !text.is_char_boundary(window) {
        window -= 1;
    }
    let window = text.get(..window)?;
    for at in memchr::memmem::find_iter(window.as_bytes(), "day") {
        let found = words::ENGLISH_WEEKDAYS.iter().find_map(|&(name, day)| {
            let start = (at + "day".len()).checked_sub(name.len())?;
            (window.get(start..at + "day".len())? == name).then_some((start, name, day))
        });
        let Some((start, name, day)) = found else { continue };
        let whole = !window.get(at + "day".len()..)?.starts_with(char::is_alphanumeric)
            && !window.get(..start)?.ends_with(char::is_alphanumeric);
        if whole {
            let from = if window.get(..start)?.ends_with(" on ") { start - "on ".len() } else { start };
            return Some(Spoken { day, name, text: window.get(from..at + "day".len())? });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(text: &str) -> Surroundings<'_> {
        Surroundings { text, dateline_date: None, language: None, zone: None, as_of_ms: None }
    }

    fn published(dates: &[&str], around: Surroundings<'_>) -> Published {
        let candidates: Vec<_> =
            dates.iter().map(|text| Candidate { kind: "field", place: None, text, span: None }).collect();
        publish(candidates, around, &CodePointIndex::new("")).unwrap()
    }

    #[test]
    fn the_zone_is_stated_configured_or_assumed() {
        let stated = published(&["2023-01-08T10:33:00+01:00"], around(""));
        assert_eq!((stated.at.as_str(), stated.zone), ("2023-01-08T10:33:00+01:00", ZoneKnowledge::Stated));
        assert_eq!(stated.instant.as_deref(), Some("2023-01-08T09:33:00Z"));
        let zone = TimeZone::get("Europe/Belgrade").unwrap();
        let configured = published(&["2023.07.08 10:33"], Surroundings { zone: Some(&zone), ..around("") });
        assert_eq!(
            (configured.at.as_str(), configured.zone),
            ("2023-07-08T10:33", ZoneKnowledge::Configured)
        );
        assert_eq!(configured.instant.as_deref(), Some("2023-07-08T08:33:00Z"));
        let assumed = published(&["2023.01.08 10:33"], around(""));
        assert_eq!(
            (assumed.zone, assumed.instant.as_deref()),
            (ZoneKnowledge::Assumed, Some("2023-01-08T10:33:00Z"))
        );
        assert_eq!(published(&["2023-01-08"], around("")).instant, None, "coarser than a minute");
    }

    #[test]
    fn two_orders_stay_unless_something_decides() {
        let open = published(&["08/01/2023"], around("It rained."));
        assert_eq!((open.at.as_str(), open.ambiguous, open.readings.len()), ("2023-01-08", true, 2));
        let spoken = published(&["08/01/2023"], around("It rained, she said on Tuesday."));
        assert_eq!((spoken.at.as_str(), spoken.ambiguous), ("2023-08-01", false));
        assert_eq!(spoken.evidence.last().unwrap().text, "on Tuesday");
        let american = published(&["08/01/2023"], Surroundings { language: Some("en-US"), ..around("") });
        assert_eq!(american.at, "2023-08-01");
        let bound = Surroundings { as_of_ms: Some(1_673_200_000_000), language: Some("en-US"), ..around("") };
        let bounded = published(&["08/01/2023"], bound);
        assert_eq!((bounded.at.as_str(), bounded.ambiguous), ("2023-01-08", false), "August had not come");
    }

    #[test]
    fn what_lies_in_the_future_is_not_believed() {
        let bound = Surroundings { as_of_ms: Some(1_673_200_000_000), ..around("") };
        let found = published(&["2031-05-05", "2023-01-07"], bound);
        assert_eq!(found.at, "2023-01-07");
        let against: Vec<_> = found.against.iter().map(|date| (date.text.as_str(), date.because)).collect();
        assert_eq!(against, [("2031-05-05", "after as_of")]);
    }

    #[test]
    fn what_is_not_taken_is_told_with_its_cause() {
        let stated = |kind, text| Candidate { kind, place: None, text, span: None };
        let candidates = vec![
            stated("http_header", "Mon, 09 Jan 2023 08:00:00 GMT"),
            stated("meta", "soon"),
            stated("url", "https://a.example/2022/12/31/x"),
            stated("visible", "8 January 2023"),
            stated("json_ld", "2023-01-08"),
        ];
        let found = publish(candidates, around(""), &CodePointIndex::new("")).unwrap();
        let weights: Vec<_> = found.evidence.iter().map(|date| (date.kind.as_str(), date.weight)).collect();
        assert_eq!(weights, [("json_ld", 0.95), ("visible", 0.5)]);
        let against: Vec<_> = found
            .against
            .iter()
            .map(|date| (date.kind.as_str(), date.reading.as_deref(), date.because))
            .collect();
        assert_eq!(
            against,
            [
                ("meta", None, "unread"),
                ("url", Some("2022-12-31"), "another day"),
                ("http_header", Some("2023-01-09T08:00:00Z"), "another day"),
            ]
        );
        let only = vec![stated("http_header", "Mon, 09 Jan 2023 08:00:00 GMT")];
        let against = publish(only, around(""), &CodePointIndex::new("")).unwrap_err();
        assert_eq!(against.len(), 1, "that is no publication");
        assert_eq!(against[0].because, "dates no article alone");
    }

    #[test]
    fn candidates_that_agree_are_evidence() {
        let found = published(
            &["2023-01-08T10:33:00Z", "January 8, 2023", "2022-01-01"],
            around("On Sunday it rained."),
        );
        let kinds: Vec<_> = found
            .evidence
            .iter()
            .map(|evidence| (evidence.kind.as_str(), evidence.reading.as_str()))
            .collect();
        assert_eq!(
            kinds,
            [
                ("field", "2023-01-08T10:33:00Z"),
                ("field", "2023-01-08"),
                ("weekday", "2023-01-08 is a Sunday")
            ]
        );
    }

    #[test]
    fn a_moment_in_utc_has_the_day_that_readers_were_shown() {
        let seen = |moment: &str, shown: &str| {
            let candidates = vec![
                Candidate { kind: "visible", place: None, text: shown, span: None },
                Candidate { kind: "json_ld", place: None, text: moment, span: None },
            ];
            let found = publish(candidates, around(""), &CodePointIndex::new("")).unwrap();
            (found.at, found.instant)
        };
        let instant = Some("2023-01-08T23:30:00Z".to_owned());
        assert_eq!(
            seen("2023-01-08T23:30:00Z", "9 January 2023"),
            ("2023-01-09".to_owned(), instant.clone())
        );
        assert_eq!(
            seen("2023-01-08T23:30:00Z", "8 January 2023"),
            ("2023-01-08T23:30:00Z".to_owned(), instant.clone())
        );
        assert_eq!(
            seen("2023-01-08T23:30:00Z", "7 January 2023"),
            ("2023-01-08T23:30:00Z".to_owned(), instant)
        );
    }

    #[test]
    fn epochs_are_dates() {
        assert_eq!(published(&["1673173980"], around("")).at, "2023-01-08T10:33:00Z");
        assert_eq!(published(&["1673173980000"], around("")).at, "2023-01-08T10:33:00Z");
    }
}
