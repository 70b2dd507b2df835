//! The verdict over a page as a page: what it holds on the left, the article on the right. Nothing of it runs, nothing
//! is loaded from elsewhere.

use std::fmt::Write;

use html_escape::encode_safe;

use super::Verdict;
use crate::channel::render::plain;

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
<meta name=\"viewport\" content=\"width=device-width\">\n";

const STYLE: &str = "<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 1.5rem; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
td, th { vertical-align: top; text-align: left; padding: .2rem .6rem; overflow-wrap: anywhere; }
.facts { margin-bottom: 1.5rem; } .facts th { width: 9rem; font-weight: 600; }
.left { opacity: .6; } .why { font-style: italic; color: #b35900; } .taken { border-left: 3px solid #2e7d32; }
</style>\n";

/// The whole page.
pub(super) fn page(verdict: &Verdict) -> String {
    let title = &verdict.explained.extracted.article.title;
    let mut out = format!(
        "{HEAD}<title>wirewatch: {}</title>\n{STYLE}<body>\n<table class=\"facts\">\n",
        safe(title)
    );
    for (name, value) in verdict.facts() {
        writeln!(
            out,
            "<tr><th>{name}</th><td dir=\"auto\">{}</td></tr>",
            safe(&value)
        )
        .expect("a string grows");
    }
    out.push_str("</table>\n<table>\n<tr><th>The page</th><th>The article</th></tr>\n");
    for line in &verdict.explained.lines {
        let text = safe(&line.text);
        let (cell, article) = match line.why() {
            None => (
                text.clone(),
                format!("<td dir=\"auto\" class=\"taken\">{text}</td>"),
            ),
            Some(why) => {
                let why = safe(&why);
                (
                    format!("<span class=\"left\">{text}</span> <span class=\"why\">{why}</span>"),
                    "<td></td>".to_owned(),
                )
            }
        };
        writeln!(out, "<tr><td dir=\"auto\">{cell}</td>{article}</tr>").expect("a string grows");
    }
    out.push_str("</table>\n</body>\n</html>\n");
    out
}

/// Text that can stand anywhere in a page.
fn safe(text: &str) -> String {
    encode_safe(&plain(text)).into_owned()
}
