//! A moment as it is typed: RFC 3339, or a day.

use anyhow::{Context, Result};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// A moment, or the start of a day in UTC; milliseconds since 1970 UTC.
pub(crate) fn start(text: &str) -> Result<i64> {
    parse(text, Time::midnight())
}

/// A moment, or the last second of a day in UTC; milliseconds since 1970 UTC.
pub(crate) fn end(text: &str) -> Result<i64> {
    parse(text, Time::constant(23, 59, 59, 0))
}

fn parse(text: &str, time_of_day: Time) -> Result<i64> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment.as_millisecond());
    }
    let day: Date = text.parse().with_context(|| {
        format!("expected a day (2023-01-08) or a moment (2023-01-08T10:33:00Z), found `{text}`")
    })?;
    Ok(TimeZone::UTC.to_timestamp(day.to_datetime(time_of_day))?.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_itself_and_a_day_has_two_ends() {
        assert_eq!(start("2023-01-08T10:33:00Z").unwrap(), 1_673_173_980_000);
        assert_eq!(end("2023-01-08T10:33:00Z").unwrap(), 1_673_173_980_000);
        assert_eq!(start("2023-01-08").unwrap(), 1_673_136_000_000);
        assert_eq!(end("2023-01-08").unwrap(), 1_673_222_399_000);
        let error = start("Sunday").unwrap_err().to_string();
        assert_eq!(error, "expected a day (2023-01-08) or a moment (2023-01-08T10:33:00Z), found `Sunday`");
    }
}
