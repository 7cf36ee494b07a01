//! The options of a chore: `--name value`.

use anyhow::{Context, bail};

/// The values of the options `names`, in that order; of one that comes twice the last counts.
///
/// # Errors
/// With the usage, where that is asked for, or an option is unknown or has no value.
pub(crate) fn options<const N: usize>(
    mut arguments: impl Iterator<Item = String>,
    usage: &'static str,
    names: [&str; N],
) -> anyhow::Result<[Option<String>; N]> {
    let mut values = [const { None }; N];
    while let Some(argument) = arguments.next() {
        if argument == "--help" {
            bail!(usage);
        }
        let value =
            arguments.next().with_context(|| format!("expected a value after {argument}\n{usage}"))?;
        let known = names.iter().zip(&mut values).find(|(name, _)| **name == argument);
        let Some((_, slot)) = known else { bail!("expected an option, found {argument}\n{usage}") };
        *slot = Some(value);
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(arguments: &[&str]) -> anyhow::Result<[Option<String>; 2]> {
        options(arguments.iter().map(|argument| (*argument).to_owned()), "usage: x", ["--data", "--out"])
    }

    #[test]
    fn options_come_in_any_order_and_the_last_counts() {
        let [data, out] = given(&["--out", "o", "--data", "d", "--out", "p"]).unwrap();
        assert_eq!((data.as_deref(), out.as_deref()), (Some("d"), Some("p")));
        assert_eq!(given(&[]).unwrap(), [None, None]);
    }

    #[test]
    fn what_is_wrong_comes_with_the_usage() {
        for (arguments, expected) in [
            (&["--out"][..], "expected a value after --out\nusage: x"),
            (&["--in", "i"], "expected an option, found --in\nusage: x"),
            (&["--help"], "usage: x"),
        ] {
            assert_eq!(given(arguments).unwrap_err().to_string(), expected);
        }
    }
}
