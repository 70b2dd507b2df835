//! Files of ftr-site-config: one `key: value` a line, expressions in XPath 1.0.
//!
//! Whole repositories of them are public domain (fivefilters/ftr-site-config). They were written for another program:
//! lines that mean nothing here are passed over, lines that are not understood are counted and told.

use super::{Alternative, Finder, SiteRule};

/// Keys that are about images, tidying, or the other program's own parser: without a meaning for plain text.
const MEANINGLESS: &[&str] = &[
    "tidy",
    "prune",
    "parser",
    "autodetect_on_failure",
    "strip_image_src",
    "strip_attr",
    "post_strip_attr",
    "strip_comments",
    "convert_double_br_tags",
    "insert_detected_image",
    "src_lazy_load_attr",
    "skip_json_ld",
    "footnotes",
    "native_ad_clue",
    "dissolve",
    "test_contains",
    "test_contains_html",
    "test_not_contains",
    "move_into",
    "skip_id_or_class",
];
/// Longest file; real ones have a few kilobytes.
const BYTES_MAX: usize = 256 * 1024;
/// Lines that are told; of a file of another kind there would be thousands.
const TOLD_MAX: usize = 20;

/// Reads a file. `name` stands in messages.
#[must_use]
pub fn parse(text: &str, name: &str) -> SiteRule {
    let text = &text[..text.floor_char_boundary(BYTES_MAX)];
    let mut file = File::default();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        if let Err(why) = file.take(line.trim())
            && file.rule.not_understood.len() < TOLD_MAX
        {
            file.rule
                .not_understood
                .push(format!("line {}: {why}", index + 1));
        }
    }
    let links = std::mem::take(&mut file.single_page);
    SiteRule {
        name: name.to_owned(),
        imported: true,
        alternative: (!links.is_empty()).then_some(Alternative::Link(links)),
        ..file.rule
    }
}

/// A file while it is read.
#[derive(Default)]
struct File {
    rule: SiteRule,
    single_page: Vec<Finder>,
    /// What the line before added: a condition may follow.
    before: Option<Link>,
}

/// Keys that `if_page_contains` may follow, with the expression.
#[derive(Clone)]
enum Link {
    SinglePage(String),
    NextPage(String),
}

impl File {
    fn take(&mut self, line: &str) -> Result<(), String> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let (key, value) = line.split_once(':').ok_or("no `key: value`")?;
        let (key, value) = (key.trim().to_lowercase(), value.trim());
        let before = self.before.take();
        match key.as_str() {
            _ if value.is_empty() => {}
            "title" => self.rule.title.push(xpath(value)?),
            "body" => self.rule.body.push(xpath(value)?),
            "date" => self.rule.date.push(xpath(value)?),
            "author" => self.rule.author.push(xpath(value)?),
            "strip" => self.rule.remove.push(xpath(value)?),
            "strip_id_or_class" => self.rule.remove.push(named(value)?),
            "next_page_link" => {
                self.rule.next_page.push(xpath(value)?);
                self.before = Some(Link::NextPage(value.to_owned()));
            }
            "single_page_link" => {
                self.single_page.push(xpath(value)?);
                self.before = Some(Link::SinglePage(value.to_owned()));
            }
            "if_page_contains" => self.condition(before, value)?,
            "test_url" => self.rule.test_urls.push(value.to_owned()),
            known if MEANINGLESS.contains(&known) => {}
            _ => return Err(format!("`{key}` is not understood")),
        }
        Ok(())
    }

    /// The link of the line before counts only on pages on which the condition finds something.
    fn condition(&mut self, before: Option<Link>, condition: &str) -> Result<(), String> {
        let (links, expression) = match before {
            Some(Link::SinglePage(expression)) => (&mut self.single_page, expression),
            Some(Link::NextPage(expression)) => (&mut self.rule.next_page, expression),
            None => return Err("`if_page_contains` follows no link".to_owned()),
        };
        // Without its condition the link would lead astray.
        links.pop();
        links.push(xpath(&format!("({expression})[{condition}]"))?);
        Ok(())
    }
}

fn xpath(expression: &str) -> Result<Finder, String> {
    let xpath = expression
        .parse()
        .map_err(|why| format!("`{expression}`: {why}"))?;
    Ok(Finder::XPath(xpath))
}

/// Elements whose class or id contains a text; quotation marks around it are no part of it.
fn named(text: &str) -> Result<Finder, String> {
    let text = text.replace(['"', '\''], "");
    if text.trim().is_empty() {
        return Err("`strip_id_or_class` names nothing".to_owned());
    }
    let text = text.trim();
    xpath(&format!(
        "//*[contains(@class, '{text}') or contains(@id, '{text}')]"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_line_by_line() {
        let rule = parse(
            "\u{feff}# Harbour News\n\
             title: //h1[@class='head']\n\
             body: //div[@id='text']\n\
             body: //article\n\
             author: //span[@class='by']/a\n\
             date: //time/@datetime\n\
             strip: //div[@class='ad'] | //aside\n\
             strip_id_or_class: 'share'\n\
             prune: no\ntidy: no\n\
             single_page_link: //a[@class='print']\n\
             next_page_link: //a[@rel='next']/@href\n\
             if_page_contains: //div[@class='pages']\n\
             test_url: https://news.example/1\n",
            "news.example.txt",
        );
        assert_eq!(rule.not_understood, [] as [&str; 0]);
        let lengths = [
            &rule.title,
            &rule.body,
            &rule.author,
            &rule.date,
            &rule.remove,
            &rule.next_page,
        ]
        .map(Vec::len);
        assert_eq!(lengths, [1, 2, 1, 1, 2, 1]);
        assert!(rule.imported && matches!(rule.alternative, Some(Alternative::Link(_))));
        assert_eq!(rule.test_urls, ["https://news.example/1"]);
        let Finder::XPath(next) = &rule.next_page[0] else {
            panic!("no XPath")
        };
        assert_eq!(
            next.as_str(),
            "(//a[@rel='next']/@href)[//div[@class='pages']]"
        );
    }

    #[test]
    fn what_is_not_understood_is_told_and_the_rest_counts() {
        let rule = parse(
            "body: //div[@id='x'\nnonsense\nhttp_header(cookie): secret=1\nfind_string: <x>\n\
             if_page_contains: //p\nstrip_id_or_class: ''\nbody: //main\nbody:\n",
            "x.txt",
        );
        let expected = [
            "line 1: `//div[@id='x'`: `]` is missing",
            "line 2: no `key: value`",
            "line 3: `http_header(cookie)` is not understood",
            "line 4: `find_string` is not understood",
            "line 5: `if_page_contains` follows no link",
            "line 6: `strip_id_or_class` names nothing",
        ];
        assert_eq!(rule.not_understood, expected);
        assert_eq!(rule.body.len(), 1);
        assert_eq!(
            parse(&"x\n".repeat(1_000), "x").not_understood.len(),
            TOLD_MAX
        );
    }
}
