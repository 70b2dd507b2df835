//! Tables for spreadsheets (RFC 4180).

/// Rows as CSV with a head; every line ends in CR LF. Cells that a spreadsheet would calculate start with an
/// apostrophe: what a newspaper writes must not become a formula on the reader's machine.
pub(super) fn csv(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut out = line(head.iter().map(|name| (*name).to_owned()));
    for row in rows {
        out.push_str(&line(row.iter().map(|text| cell(text))));
    }
    out
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let mut line = cells.collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

fn cell(text: &str) -> String {
    let guard = if starts_formula(text) { "'" } else { "" };
    if text.contains(['"', ',', '\r', '\n']) || text.starts_with(' ') || text.ends_with(' ') {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{guard}{text}")
    }
}

/// The signs that begin a formula in one of the usual programs, full-width ones with them; white space in
/// front of them is skipped there.
fn starts_formula(text: &str) -> bool {
    text.starts_with(['\t', '\r', '\n'])
        || text
            .trim_start()
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        for (text, expected) in [
            ("plain", "plain"),
            ("a, \"b\"", "\"a, \"\"b\"\"\""),
            ("=1+1", "'=1+1"),
            (
                "=HYPERLINK(\"http://x\",\"y\")",
                "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"",
            ),
            ("+7 495", "'+7 495"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            (" =1", "\"' =1\""),
            ("＝1", "'＝1"),
            ("two\nlines", "\"two\nlines\""),
            ("a=b", "a=b"),
        ] {
            assert_eq!(cell(text), expected, "{text:?}");
        }
        let table = csv(&["ID", "TITLE"], &[vec!["a1".to_owned(), "x,y".to_owned()]]);
        assert_eq!(table, "ID,TITLE\r\na1,\"x,y\"\r\n");
    }
}
