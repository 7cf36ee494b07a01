//! Numbers in digits and in words, read exactly.

use super::lexicon::VAGUE;
use super::{Join, Scan};

/// Digits that a number may have; a longer one is no amount.
const MOST_DIGITS: u32 = 30;
/// Tokens that one number may take.
const MOST_TOKENS: usize = 10;

/// An exact decimal: `mantissa / 10^scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal {
    mantissa: u128,
    scale: u8,
}

impl Decimal {
    pub(crate) fn new(whole: u64) -> Self {
        Self { mantissa: u128::from(whole), scale: 0 }
    }

    fn with_digit(self, digit: u8, after_point: bool) -> Option<Self> {
        let mantissa = self.mantissa.checked_mul(10)?.checked_add(u128::from(digit))?;
        (mantissa < 10_u128.pow(MOST_DIGITS))
            .then_some(Self { mantissa, scale: self.scale + u8::from(after_point) })
    }

    fn with_digits(self, digits: &str, after_point: bool) -> Option<Self> {
        digits.bytes().try_fold(self, |decimal, byte| decimal.with_digit(byte - b'0', after_point))
    }

    /// Ten to the `power` times as much.
    pub(crate) fn times_ten_to(self, power: u8) -> Option<Self> {
        if power <= self.scale {
            return Some(Self { scale: self.scale - power, ..self });
        }
        let mantissa = self.mantissa.checked_mul(10_u128.checked_pow(u32::from(power - self.scale))?)?;
        (mantissa < 10_u128.pow(MOST_DIGITS)).then_some(Self { mantissa, scale: 0 })
    }

    /// With three more digits at its end.
    pub(crate) fn times_thousand_and(self, group: &str) -> Option<Self> {
        if self.scale > 0 { None } else { self.with_digits(group, false) }
    }

    /// The number where it is whole and small.
    pub(crate) fn whole(self) -> Option<u32> {
        if self.scale == 0 { u32::try_from(self.mantissa).ok() } else { None }
    }

    /// As `3500000` or `12.5`: no exponent, no zeros at the end of a fraction.
    pub(crate) fn written(self) -> String {
        let (mut mantissa, mut scale) = (self.mantissa, self.scale);
        while scale > 0 && mantissa.is_multiple_of(10) {
            mantissa /= 10;
            scale -= 1;
        }
        let digits = format!("{mantissa:0>width$}", width = usize::from(scale) + 1);
        let (whole, fraction) =
            digits.split_at_checked(digits.len() - usize::from(scale)).unwrap_or_default();
        if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
    }
}

/// A number as it stands in the text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number<'w> {
    /// First token after.
    pub(crate) to: usize,
    /// What it says; `None` where it does not say how many (`millions`).
    pub(crate) value: Option<Decimal>,
    /// Letters that stick to its last token: `m`, `bn`, `km`.
    pub(crate) suffix: &'w str,
    /// A word of magnitude is in it.
    pub(crate) scaled: bool,
}

/// `5m`, `1.2bn`: the power of ten of letters that stick to a number.
pub(crate) fn power_of_suffix(suffix: &str) -> Option<u8> {
    Some(match suffix {
        "k" => 3,
        "m" | "mn" | "mln" | "million" => 6,
        "cr" | "crore" => 7,
        "b" | "bn" | "bln" | "billion" => 9,
        "t" | "tn" | "trn" | "trillion" => 12,
        _ => return None,
    })
}

impl Scan<'_, '_> {
    /// The token's digits from `skip` bytes on, and the letters after them.
    pub(crate) fn digits(&self, index: usize, skip: usize) -> Option<(&str, &str)> {
        let rest = self.folded(index).get(skip..)?;
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, suffix) = rest.split_at_checked(length)?;
        (length > 0 && suffix.bytes().all(|byte| byte.is_ascii_alphabetic())).then_some((digits, suffix))
    }

    /// The number in digits at the token, after `skip` bytes of it.
    pub(crate) fn number_in_digits(&self, at: usize, skip: usize) -> Option<Number<'_>> {
        if !self.english {
            return self.number_abroad(at, skip);
        }
        let (first, mut suffix) = self.digits(at, skip)?;
        let mut value = Decimal::new(0).with_digits(first, false)?;
        let mut to = at + 1;
        if suffix.is_empty() && first.len() <= 3 {
            // `1,500,000` and `1,50,000`.
            while to < at + MOST_TOKENS && suffix.is_empty() && self.before(to) == "," {
                let Some((group, letters)) = self.digits(to, 0) else { break };
                let lakh = group.len() == 2 && letters.is_empty() && self.before(to + 1) == ",";
                if group.len() != 3 && !lakh {
                    break;
                }
                value = value.with_digits(group, false)?;
                suffix = letters;
                to += 1;
            }
        }
        if suffix.is_empty()
            && self.join(to) == Join::Dot
            && let Some((fraction, letters)) = self.digits(to, 0)
        {
            value = value.with_digits(fraction, true)?;
            suffix = letters;
            to += 1;
            // `1.2.3` is no number.
            if suffix.is_empty() && self.join(to) == Join::Dot && self.digits(to, 0).is_some() {
                return None;
            }
        }
        Some(Number { to, value: Some(value), suffix, scaled: false })
    }

    /// Where the language is not known to be English, `1.234` may be either: then no value.
    fn number_abroad(&self, at: usize, skip: usize) -> Option<Number<'_>> {
        let (first, suffix) = self.digits(at, skip)?;
        let mut value = Decimal::new(0).with_digits(first, false)?;
        let (mut to, mut last, mut marks, mut mixed) = (at + 1, "", 0_usize, false);
        let mut fraction = false;
        while suffix.is_empty() && to < at + MOST_TOKENS {
            let mark = self.before(to);
            let Some((group, "")) = self.digits(to, 0).filter(|_| matches!(mark, "." | ",")) else { break };
            if fraction {
                return None;
            }
            mixed |= marks > 0 && mark != last;
            fraction = group.len() != 3 || (mixed && mark != last);
            value = value.with_digits(group, fraction)?;
            (last, marks, to) = (mark, marks + 1, to + 1);
        }
        let unsure = marks == 1 && !fraction;
        Some(Number { to, value: Some(value).filter(|_| !unsure), suffix, scaled: false })
    }

    /// `million`, `lakh crore` after a number, and what sticks to it where `letters` may do so.
    pub(crate) fn scale<'w>(&self, mut number: Number<'w>, letters: bool) -> Option<Number<'w>> {
        let sticks = number.suffix.len() > 1 || letters;
        if let Some(power) = power_of_suffix(number.suffix).filter(|_| sticks) {
            number.value = match number.value {
                Some(value) => Some(value.times_ten_to(power)?),
                None => None,
            };
            (number.suffix, number.scaled) = ("", true);
        }
        let mut scales = 0;
        // `lakh crore`: two words at most.
        while self.english
            && scales < 2
            && number.suffix.is_empty()
            && self.joined(number.to, &[Join::Space, Join::Dash, Join::SpacedDash])
        {
            let entry = self.entry(number.to);
            // `500-strong`, and `cr` only where letters mean amounts.
            if entry.power == 0 || (self.folded(number.to).len() == 2 && !letters && number.scaled) {
                break;
            }
            number.value = match number.value {
                Some(value) => Some(value.times_ten_to(entry.power)?),
                None => None,
            };
            number.scaled = true;
            number.to += 1;
            scales += 1;
        }
        Some(number)
    }

    /// The number in words at the token: `twenty-five`, `two hundred and ten`, `half a million`,
    /// `hundreds of millions`.
    pub(crate) fn number_in_words(&self, at: usize) -> Option<Number<'_>> {
        let (mut total, mut part, mut tens) = (0_u64, None::<u64>, false);
        let (mut vague, mut half, mut scaled) = (false, false, false);
        let (mut to, mut end) = (at, at);
        while to < at + MOST_TOKENS {
            if to > at && !self.joined(to, &[Join::Space, Join::Dash]) {
                break;
            }
            let entry = self.entry(to);
            let word = self.folded(to);
            if entry.has(VAGUE) {
                (vague, scaled) = (true, true);
            } else if entry.number != 0 && !entry.has(super::lexicon::ORDINAL) {
                let number = u64::from(entry.number - 1);
                part = match part {
                    None => Some(number),
                    Some(before) if tens && number < 10 && number > 0 => Some(before + number),
                    Some(before) if before % 100 == 0 && before > 0 && number > 0 => Some(before + number),
                    Some(_) => break,
                };
                tens = number >= 20;
            } else if entry.power == 2 {
                part = Some(part.unwrap_or(1).checked_mul(100)?);
                (tens, scaled) = (false, true);
            } else if entry.power > 2 {
                let scale = 10_u64.checked_pow(u32::from(entry.power))?;
                let many = part.take().unwrap_or(1).checked_mul(scale)?;
                total = total.checked_add(if half { many / 2 } else { many })?;
                (tens, scaled) = (false, true);
            } else if word == "several" && to == at {
                vague = true;
            } else if word == "half" && to == at {
                half = true;
            } else if (matches!(word, "a" | "an") && half && to == at + 1)
                || (word == "and" && scaled && part.is_none_or(|part| part % 100 == 0))
                || (word == "of" && vague)
            {
                to += 1;
                continue;
            } else {
                break;
            }
            to += 1;
            end = to;
        }
        if end == at || (half && total == 0) {
            return None;
        }
        let value = total.checked_add(part.unwrap_or(0))?;
        Some(Number { to: end, value: (!vague).then(|| Decimal::new(value)), suffix: "", scaled })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_written_exactly() {
        let read = |whole: &str, fraction: &str| {
            Decimal::new(0).with_digits(whole, false).unwrap().with_digits(fraction, true).unwrap()
        };
        assert_eq!(read("3", "5").times_ten_to(6).unwrap().written(), "3500000");
        assert_eq!(read("3", "1415926").times_ten_to(6).unwrap().written(), "3141592.6");
        assert_eq!(read("0", "05").written(), "0.05");
        assert_eq!(read("12", "50").written(), "12.5");
        assert_eq!(read("0", "").written(), "0");
        assert_eq!(Decimal::new(0).with_digits(&"9".repeat(31), false), None);
    }
}
