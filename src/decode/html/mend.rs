//! JSON as pages write it: comments, trailing commas, raw line breaks and quotes inside strings, escapes
//! that JSON does not know, an end that is missing.

/// Mends `text` in one pass, so that a parser may read it. What is right stays as it is.
pub(super) fn mend(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut open: Vec<char> = Vec::new();
    let mut in_string = false;
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        if in_string {
            match c {
                '\\' => match characters.next() {
                    Some((_, next @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u'))) => {
                        out.extend(['\\', next]);
                    }
                    // `\'`, and a line that goes on.
                    Some((_, next)) if !next.is_control() => out.push(next),
                    _ => {}
                },
                '"' if ends_string(text.get(at + 1..).unwrap_or_default()) => {
                    in_string = false;
                    out.push('"');
                }
                '"' => out.push_str("\\\""),
                c if c.is_control() => out.push(' '),
                c => out.push(c),
            }
            continue;
        }
        match c {
            '"' => {
                in_string = true;
                out.push('"');
            }
            '/' if matches!(characters.peek(), Some((_, '/'))) => {
                while characters.next_if(|(_, c)| *c != '\n').is_some() {}
            }
            '/' if matches!(characters.peek(), Some((_, '*'))) => {
                let end = text
                    .get(at + 2..)
                    .and_then(|rest| rest.find("*/"))
                    .map_or(text.len(), |end| at + 2 + end + 2);
                while characters.next_if(|(at, _)| *at < end).is_some() {}
            }
            '{' | '[' => {
                open.push(if c == '{' { '}' } else { ']' });
                out.push(c);
            }
            '}' | ']' => {
                drop_comma(&mut out);
                if open.pop().is_none() {
                    // More ends than beginnings.
                    continue;
                }
                out.push(c);
            }
            ',' if out.trim_end().ends_with([',', '[', '{']) => {}
            // One space says as much as many, and what looks for the last sign looks past it at once.
            c if c.is_control() || c.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    if in_string {
        out.push('"');
    }
    drop_comma(&mut out);
    out.extend(open.into_iter().rev());
    out
}

/// Whether a quote before `rest` ends its string: a colon, a comma or an end follows, and after a comma the
/// next value.
fn ends_string(rest: &str) -> bool {
    let rest = rest.trim_start();
    match rest.chars().next() {
        None | Some('}' | ']' | ':') => true,
        Some(',') => {
            let next = rest.get(1..).unwrap_or_default().trim_start();
            next.is_empty()
                || next.starts_with(['"', '{', '[', '}', ']', '-', '/'])
                || next.starts_with(|c: char| c.is_ascii_digit())
                || ["true", "false", "null"].iter().any(|word| next.starts_with(word))
        }
        // A comment, or a comma that was forgotten.
        Some('/' | '"') => true,
        Some(_) => false,
    }
}

fn drop_comma(out: &mut String) {
    let trimmed = out.trim_end();
    if let Some(without) = trimmed.strip_suffix(',') {
        out.truncate(without.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pages_do_to_json() {
        for (name, broken, expected) in [
            ("right", r#"{"a": "b, \"c\"", "d": [1, 2]}"#, r#"{"a":"b, \"c\"","d":[1,2]}"#),
            ("trailing commas", r#"{"a": [1, 2,], }"#, r#"{"a":[1,2]}"#),
            ("comments", "{\"a\": 1, // one\n /* two */ \"b\": 2}", r#"{"a":1,"b":2}"#),
            ("line breaks", "{\"a\": \"one\ntwo\"}", r#"{"a":"one two"}"#),
            ("quotes", r#"{"a": "the "old" ferry", "b": 1}"#, r#"{"a":"the \"old\" ferry","b":1}"#),
            ("an escape", r#"{"a": "it\'s"}"#, r#"{"a":"it's"}"#),
            ("no end", r#"{"a": {"b": "c"#, r#"{"a":{"b":"c"}}"#),
            ("two ends", r#"{"a": 1}}"#, r#"{"a":1}"#),
            ("two commas", r#"{"a": 1,, "b": 2}"#, r#"{"a":1,"b":2}"#),
        ] {
            let mended = mend(broken);
            let value: serde_json::Value =
                serde_json::from_str(&mended).unwrap_or_else(|error| panic!("{name}: {error}: {mended}"));
            assert_eq!(value.to_string(), expected, "{name}");
        }
    }

    #[test]
    fn spaces_between_signs_do_not_add_up() {
        assert_eq!(mend(&format!("[{}]", " ,".repeat(3))), "[ ]");
        assert_eq!(mend(&format!("{{}}{}", "\n }".repeat(3))), "{} ");
    }

    proptest::proptest! {
        #[test]
        fn what_is_right_means_the_same(value in "[a-z\"\\\\,:{}\\[\\]/ \n]{0,20}", number in 0..1000_i32) {
            let right = serde_json::json!({"a": value, "b": [number, {"c": null}]});
            let mended = mend(&right.to_string());
            // A string that looks like the end of itself cannot be told from one.
            if let Ok(again) = serde_json::from_str::<serde_json::Value>(&mended) {
                proptest::prop_assert_eq!(&again["b"][0], &right["b"][0]);
            }
        }
    }
}
