//! JSON-LD as pages write it, brought into a form that a JSON parser reads.
//!
//! Nothing is guessed where the text is valid; what is repaired is repaired in one pass.

use serde_json::Value;

/// Deepest nesting that is closed; the parser itself stops at 128.
const DEPTH_MAX: usize = 128;

/// Every value in a script: there may be several, wrapped in comments, with commas too many or too few brackets.
pub fn values(script: &str) -> Vec<Value> {
    let script = unwrapped(script);
    let (values, whole) = read(script);
    if whole {
        return values;
    }
    let unescaped;
    let escaped = script.find("&quot;");
    let text = if escaped.is_some_and(|at| script.find('"').is_none_or(|plain| at < plain)) {
        unescaped = html_escape::decode_html_entities(script);
        &unescaped
    } else {
        script
    };
    let (repaired, _) = read(&repaired(text));
    if repaired.len() >= values.len() {
        repaired
    } else {
        values
    }
}

fn read(text: &str) -> (Vec<Value>, bool) {
    let mut values = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter() {
        match value {
            Ok(value) => values.push(value),
            Err(_) => return (values, false),
        }
    }
    (values, true)
}

/// Without the comments and CDATA marks that hide a script from old browsers.
fn unwrapped(script: &str) -> &str {
    const BEFORE: &[&str] = &["<!--", "//", "/*", "*/", "<![CDATA["];
    const BEHIND: &[&str] = &["-->", "//", "*/", "/*", "]]>", ";"];
    let mut script = script.trim_matches(is_space);
    while let Some(rest) = BEFORE.iter().find_map(|mark| script.strip_prefix(mark)) {
        script = rest.trim_start_matches(is_space);
    }
    while let Some(rest) = BEHIND.iter().find_map(|mark| script.strip_suffix(mark)) {
        script = rest.trim_end_matches(is_space);
    }
    script
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{FEFF}'
}

/// What of a string's text must go or change.
fn repaired(script: &str) -> String {
    let mut out = String::with_capacity(script.len() + 16);
    let mut open = Vec::new();
    let mut in_string = false;
    let mut chars = script.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let c = if c.is_control() { ' ' } else { c };
        match c {
            '\\' if in_string => match chars.next() {
                Some((_, next @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u'))) => {
                    out.extend([c, next]);
                }
                Some((_, next)) if !next.is_control() => out.push(next),
                _ => {}
            },
            '"' if in_string && !ends_string(&script[at + 1..]) => out.push_str("\\\""),
            '"' => {
                in_string = !in_string;
                out.push(c);
            }
            _ if in_string => out.push(c),
            '{' | '[' if open.len() < DEPTH_MAX => {
                open.push(if c == '{' { '}' } else { ']' });
                out.push(c);
            }
            '{' | '[' => break,
            '}' | ']' => {
                if open.last() == Some(&c) {
                    open.pop();
                    drop_comma(&mut out);
                    out.push(c);
                }
            }
            // Between two values.
            ',' | ';' if open.is_empty() => out.push(' '),
            _ => out.push(c),
        }
    }
    if in_string {
        out.push('"');
    }
    while let Some(bracket) = open.pop() {
        drop_comma(&mut out);
        out.push(bracket);
    }
    out
}

/// A quotation mark ends a string when what JSON wants behind a string follows.
fn ends_string(rest: &str) -> bool {
    let next = rest.trim_start().chars().next();
    next.is_none_or(|next| matches!(next, ',' | ':' | '}' | ']'))
}

fn drop_comma(out: &mut String) {
    let kept = out.trim_end_matches([' ', ',']).len();
    out.truncate(kept);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn slightly_broken_scripts_are_read() {
        for (script, expected) in [
            (r#"{"a":1}"#, vec![json!({"a":1})]),
            (r#"{"a":1,}"#, vec![json!({"a":1})]),
            (r#"{"a":[1,2, ] , }"#, vec![json!({"a":[1,2]})]),
            ("{\"a\":\"one\n\ttwo\"}", vec![json!({"a":"one  two"})]),
            (r#"<!-- {"a":1} -->"#, vec![json!({"a":1})]),
            ("//<![CDATA[\n{\"a\":1}\n//]]>", vec![json!({"a":1})]),
            ("/*<![CDATA[*/{\"a\":1}/*]]>*/;", vec![json!({"a":1})]),
            (r#"{"a":1}{"b":2}"#, vec![json!({"a":1}), json!({"b":2})]),
            (r#"{"a":1},{"b":2}"#, vec![json!({"a":1}), json!({"b":2})]),
            (
                r#"{&quot;a&quot;:&quot;x&amp;y&quot;}"#,
                vec![json!({"a":"x&y"})],
            ),
            (r#"{"a":"it\'s"}"#, vec![json!({"a":"it's"})]),
            (
                r#"{"a":"say "no" now","b":1}"#,
                vec![json!({"a":"say \"no\" now","b":1})],
            ),
            (r#"{"a":{"b":"cut of"#, vec![json!({"a":{"b":"cut of"}})]),
            (r#"{"a":1}}"#, vec![json!({"a":1})]),
            ("\u{FEFF}{\"a\":1}", vec![json!({"a":1})]),
        ] {
            assert_eq!(values(script), expected, "{script}");
        }
    }

    #[test]
    fn hostile_scripts_end_in_time() {
        for script in [
            "[".repeat(1_000_000),
            "{\"a\":\"".repeat(100_000),
            "\"".repeat(1_000_000),
            "\\".repeat(1_000_000),
            format!("{{{}", ",".repeat(1_000_000)),
            format!("[{}", "}".repeat(1_000_000)),
            format!("[\"{}", "\" ".repeat(500_000)),
        ] {
            let _ = values(&script);
        }
    }
}
