//! Page numbers: `Page 2 of 3`, `- 2 -`, `Continued on page 4`.

use std::sync::LazyLock;

use regex::Regex;

/// The longest page number, in bytes.
const MAX_BYTES: usize = 60;

static PAGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^[-–—|\[( ]*(?:",
        r"(?:(?:continued|cont'd|fortsetzung|suite|continúa|continua|vervolg) (?:on |from |auf |von |à la |en la |a |op )?)?",
        r"(?:page|seite|página|pagina|strona|stranica|strana|страница|страна|sayfa) [a-z]?[0-9]{1,3}",
        r"(?: ?(?:of|von|sur|de|di|van|z|od|из|/) ?[0-9]{1,3})?",
        r")[-–—|\]). ]*$|^[-–—] ?[0-9]{1,3} ?[-–—]$",
    ))
    .ok()
});

/// Whether a line is nothing but the number of a page.
pub(super) fn is_page_number(line: &str) -> bool {
    line.len() <= MAX_BYTES && line.bytes().any(|byte| byte.is_ascii_digit()) && super::finds(&PAGE, line)
}
