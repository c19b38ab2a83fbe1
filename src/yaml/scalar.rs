//! What a plain scalar is, as Kubernetes' YAML library resolves it (sigs.k8s.io/yaml, a fork of go-yaml 2.4: YAML 1.1, so
//! `on` is a boolean and `0755` an octal number).

use super::node::Value;

const TRUE: [&str; 11] = ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"];
const FALSE: [&str; 11] = ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"];

/// A scalar without quotes or tag.
pub(super) fn resolve(plain: &str) -> Value {
    let Some(first) = plain.bytes().next() else { return Value::Null };
    // Most scalars are words that begin like no other kind.
    if !matches!(
        first,
        b'0'..=b'9'
            | b'+'
            | b'-'
            | b'.'
            | b'~'
            | b'y'
            | b'Y'
            | b'n'
            | b'N'
            | b't'
            | b'T'
            | b'f'
            | b'F'
            | b'o'
            | b'O'
    ) {
        return Value::Text(plain.to_owned());
    }
    match plain {
        "~" | "null" | "Null" | "NULL" => Value::Null,
        _ if TRUE.contains(&plain) => Value::Bool(true),
        _ if FALSE.contains(&plain) => Value::Bool(false),
        _ => number(plain).unwrap_or_else(|| Value::Text(plain.to_owned())),
    }
}

fn number(plain: &str) -> Option<Value> {
    const SPECIAL: [&str; 12] = [
        ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN",
    ];
    let special = SPECIAL.contains(&plain);
    let digits = plain.replace('_', "");
    let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(&digits);
    if !special && !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let sign = if digits.starts_with('-') { -1 } else { 1 };
    let radix = |prefix: &str, radix| {
        let digits = unsigned.strip_prefix(prefix).filter(|digits| !digits.starts_with(['+', '-']))?;
        i64::from_str_radix(digits, radix).ok()
    };
    let integer = radix("0b", 2).or_else(|| radix("0o", 8)).or_else(|| radix("0x", 16)).or_else(|| {
        let octal = unsigned.len() > 1 && unsigned.starts_with('0');
        let digits = unsigned.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| i64::from_str_radix(unsigned, if octal { 8 } else { 10 }).ok()).flatten()
    });
    if let Some(integer) = integer {
        return Some(Value::Integer(sign * integer));
    }
    let float = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-');
    let number = special || unsigned.chars().all(float) && unsigned.parse::<f64>().is_ok();
    number.then(|| Value::Number(plain.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_are_what_yaml_1_1_makes_of_them() {
        for (plain, value) in [
            ("", Value::Null),
            ("~", Value::Null),
            ("on", Value::Bool(true)),
            ("No", Value::Bool(false)),
            ("y", Value::Bool(true)),
            ("6", Value::Integer(6)),
            ("-3", Value::Integer(-3)),
            ("+3", Value::Integer(3)),
            ("010", Value::Integer(8)),
            ("0o10", Value::Integer(8)),
            ("0x1F", Value::Integer(31)),
            ("1_000", Value::Integer(1000)),
        ] {
            assert_eq!(resolve(plain), value, "{plain}");
        }
        for number in ["6.0", "1e3", ".5", ".inf", "-.Inf", "08", "99999999999999999999"] {
            assert_eq!(resolve(number), Value::Number(number.to_owned()), "{number}");
        }
        for text in ["0 8 * * *", "yesterday", "1.2.3", "2026-10-03", "e5", "-", "1e", "nullable", "0b2"] {
            assert_eq!(resolve(text), Value::Text(text.to_owned()), "{text}");
        }
    }
}
