//! Names and values put together: where a name and a value share a token, one of them stays.
//!
//! - The longer one stays: `2022 World Cup` is a name, `US$5 million` is money.
//! - Of two as long, the value stays (`Wednesday` is a day, whatever village bears the name), unless
//!   its words have another reading and the article has somebody of that name: `May` beside `Theresa
//!   May`.

use smallvec::SmallVec;

use super::grammar::ValueSpan;
use super::span::TypedSpan;

/// Drops from each list what the other one overrules. Both are sorted and disjoint, and stay so.
pub(crate) fn merge(names: &mut Vec<TypedSpan>, values: &mut Vec<ValueSpan>) {
    if names.is_empty() || values.is_empty() {
        return;
    }
    let mut keep_name = vec![true; names.len()];
    let mut keep_value = vec![true; values.len()];
    let mut first = 0;
    for (value, kept) in values.iter().zip(&mut keep_value) {
        while names.get(first).is_some_and(|name| name.to <= value.from) {
            first += 1;
        }
        let met: SmallVec<[usize; 4]> =
            (first..).take_while(|&at| names.get(at).is_some_and(|name| name.from < value.to)).collect();
        // One value may meet several names: it has to be better than each that is left.
        let left = |at: &&usize| keep_name.get(**at).copied().unwrap_or(false);
        *kept = met.iter().filter(left).filter_map(|&at| names.get(at)).all(|name| value_stays(value, name));
        if *kept {
            for at in met {
                if let Some(name) = keep_name.get_mut(at) {
                    *name = false;
                }
            }
        }
    }
    retain(names, &keep_name);
    retain(values, &keep_value);
}

fn value_stays(value: &ValueSpan, name: &TypedSpan) -> bool {
    let (value_tokens, name_tokens) = (value.to - value.from, name.to - name.from);
    if value_tokens == name_tokens && value.from == name.from {
        return value.firm || name.full_form.is_none();
    }
    value_tokens > name_tokens
}

fn retain<T>(list: &mut Vec<T>, keep: &[bool]) {
    let mut kept = keep.iter();
    list.retain(|_| kept.next().copied().unwrap_or(true));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::EntityValue;
    use crate::offsets::Span;
    use crate::tag::Kind;

    fn value(from: usize, to: usize, firm: bool) -> ValueSpan {
        let value = EntityValue::Time { stated: String::new(), iso: None };
        ValueSpan { from, to, bytes: Span::new(from, to), kind: Kind::Date, value, firm }
    }

    #[track_caller]
    fn check(names: &[(usize, usize)], values: &[(usize, usize)], kept: (&[usize], &[usize])) {
        let mut names: Vec<_> =
            names.iter().map(|&(from, to)| TypedSpan::new(from, to, Kind::Person, 0.9)).collect();
        let mut values: Vec<_> = values.iter().map(|&(from, to)| value(from, to, true)).collect();
        merge(&mut names, &mut values);
        let starts: Vec<_> = names.iter().map(|name| name.from).collect();
        assert_eq!(
            (starts.as_slice(), values.iter().map(|value| value.from).collect::<Vec<_>>().as_slice()),
            kept
        );
    }

    #[test]
    fn the_longer_one_stays() {
        check(&[(0, 1), (4, 7)], &[(0, 2), (4, 5), (8, 9)], (&[4], &[0, 8]));
        check(&[(0, 1), (2, 3)], &[(0, 3)], (&[], &[0]));
        check(&[(0, 3)], &[(0, 1), (2, 3)], (&[0], &[]));
        check(&[(0, 2)], &[(1, 3)], (&[0], &[]));
        check(&[(3, 4)], &[(3, 4)], (&[], &[3]));
    }

    #[test]
    fn a_person_of_the_article_keeps_a_doubtful_month() {
        let mut short = TypedSpan::new(5, 6, Kind::Person, 0.9);
        short.full_form = Some(0);
        let (mut names, mut values) = (vec![short], vec![value(5, 6, false)]);
        merge(&mut names, &mut values);
        assert_eq!((names.len(), values.len()), (1, 0));
        let (mut names, mut values) = (vec![short], vec![value(5, 6, true)]);
        merge(&mut names, &mut values);
        assert_eq!((names.len(), values.len()), (0, 1));
    }
}
