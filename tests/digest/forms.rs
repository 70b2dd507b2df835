//! Reading facts off each form, with the means of a reader: lines, CommonMark's escapes, an HTML parser, a feed
//! parser, JSON.

use std::collections::BTreeSet;

use regex::Regex;
use scraper::{ElementRef, Html, Selector};
use wirewatch::model::{AlertArticle, Digest, DigestItem};

use crate::facts::{Facts, Story, is_counting, squeezed};

const PLACES: &str =
    "lead|title in the feed|summary in the feed|title|body|a later story of the page";

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern")
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// Plain text, 72 columns.
pub fn of_text(text: &str) -> Facts {
    let mut facts = Facts::default();
    let story = regex(r"^\d+\. (NEW|UPDATED|CORRECTED|ENDED) \[(\w+)\] (a\d+)");
    let line_of_rest = regex(r"^- (?:NEW|UPDATED|CORRECTED|ENDED) \[\w+\] (a\d+)");
    let mut part = "";
    let mut blocks: Vec<(String, Vec<&str>)> = Vec::new();
    for line in text.lines() {
        match line {
            "Further stories" | "Near misses" => part = line,
            _ if line.starts_with("Feeds: ") => part = "Feeds",
            _ => {}
        }
        if let Some(found) = story.captures(line).filter(|_| part.is_empty()) {
            facts.stories.insert(
                found[3].to_owned(),
                Story {
                    label: found[1].to_owned(),
                    severity: found[2].to_owned(),
                    ..Story::default()
                },
            );
            blocks.push((found[3].to_owned(), Vec::new()));
        } else if part.is_empty() {
            match blocks.last_mut() {
                Some((_, lines)) => lines.push(line),
                None if is_counting(line) => facts.count(line),
                None => {}
            }
        } else if part == "Further stories" {
            if let Some(found) = line_of_rest.captures(line) {
                blocks.push((found[1].to_owned(), Vec::new()));
            } else if is_web(line.trim()) {
                let (id, _) = blocks.last().expect("a line before it");
                facts.rest.insert((id.clone(), line.trim().to_owned()));
            }
        } else if part == "Near misses" && is_web(line.trim()) {
            facts.misses.insert(line.trim().to_owned());
        }
    }
    for (id, lines) in &blocks {
        if let Some(story) = facts.stories.get_mut(id) {
            text_story(story, lines);
        }
    }
    facts
}

fn text_story(story: &mut Story, lines: &[&str]) {
    let why = lines
        .iter()
        .position(|line| line.starts_with("   Why: watch "));
    let why = why.expect("it says why");
    // The last address under an article is its own; its title may look like one.
    let mut url = None;
    for line in &lines[..why] {
        if line.starts_with("   - ") {
            story.urls.extend(url.take());
        }
        if is_web(line.trim()) && line.starts_with("     ") {
            url = Some(line.trim().to_owned());
        }
    }
    story.urls.extend(url);
    let rest = lines[why]["   Why: watch ".len()..].trim();
    story.watch = rest.split([' ', ',']).next().expect("a name").to_owned();
    let quotes = lines[why + 1..]
        .iter()
        // How its terms matched stands deeper.
        .filter(|line| line.starts_with("     ") && !line.starts_with("      "));
    let quotes: String = quotes.map(|line| squeezed(line)).collect();
    let places = squeezed(PLACES);
    let quote = regex(&format!(r#""(.*?)"\((?:{places})\)"#));
    story.sentences = quote
        .captures_iter(&quotes)
        .map(|found| found[1].to_owned())
        .collect();
}

/// The words, without backslashes and the signs of strong emphasis.
fn unescaped(markdown: &str) -> String {
    let mut words = String::new();
    let mut letters = markdown.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '\\' => words.extend(letters.next()),
            '*' if letters.peek() == Some(&'*') => {
                letters.next();
            }
            c => words.push(c),
        }
    }
    words
}

/// The address of the last link of a line.
fn linked(line: &str) -> Option<String> {
    let link = regex(r"\]\(<([^<>]*)>\)");
    link.captures_iter(line)
        .last()
        .map(|found| found[1].to_owned())
}

/// CommonMark.
pub fn of_markdown(text: &str) -> Facts {
    let mut facts = Facts::default();
    let head = regex(r"^## (NEW|UPDATED|CORRECTED|ENDED): ");
    let of_rest = regex(r" \(\w+ (a\d+)\)$");
    let quote = regex(&format!(r"^> (.*) \((?:{PLACES})\)$"));
    let mut part = "head".to_owned();
    let mut label = String::new();
    for line in text.lines() {
        if let Some(found) = head.captures(line) {
            (part, label) = ("story".to_owned(), found[1].to_owned());
        } else if let Some(title) = line.strip_prefix("## ") {
            part = title.to_owned();
        } else if part == "head" && is_counting(line) {
            facts.count(line);
        } else if part == "Further stories" && line.starts_with("- ") {
            // The last one only says how many more there are.
            if let Some(found) = of_rest.captures(line) {
                facts
                    .rest
                    .extend(linked(line).map(|url| (found[1].to_owned(), url)));
            }
        } else if part == "Near misses" && line.starts_with("- ") {
            facts.misses.extend(linked(line));
        } else if part == "story" {
            let mut words = line.split(" · ");
            part = words.nth(1).unwrap_or(&part).to_owned();
            if let Some(severity) = line.split(" · ").next().filter(|_| part != "story") {
                let story = facts.stories.entry(part.clone()).or_default();
                (story.severity, story.label) = (severity.to_owned(), label.clone());
            }
        } else if let Some(story) = facts.stories.get_mut(&part) {
            if let Some(watch) = line.strip_prefix("Why: watch ") {
                story.watch = unescaped(watch.split([' ', ',']).next().expect("a name"));
            } else if let Some(found) = quote.captures(line) {
                story.sentences.insert(squeezed(&unescaped(&found[1])));
            } else if line.starts_with("- ") && line.contains(" UTC ") {
                story.urls.extend(linked(line));
            }
        }
    }
    facts
}

fn select<'a>(of: &ElementRef<'a>, selector: &str) -> Vec<ElementRef<'a>> {
    of.select(&Selector::parse(selector).expect("a selector"))
        .collect()
}

fn words(of: &ElementRef<'_>) -> String {
    of.text().collect::<Vec<_>>().concat()
}

fn hrefs(of: &ElementRef<'_>, selector: &str) -> BTreeSet<String> {
    let links = select(of, selector);
    links
        .iter()
        .filter_map(|link| link.attr("href"))
        .map(str::to_owned)
        .collect()
}

/// A page of HTML.
pub fn of_html(html: &str) -> Facts {
    let mut facts = Facts::default();
    let page = Html::parse_document(html);
    for line in select(&page.root_element(), "main > p") {
        if is_counting(&words(&line)) {
            facts.count(&words(&line));
        }
    }
    for section in select(&page.root_element(), "section") {
        let label = select(&section, "p.label");
        let title = words(&select(&section, "h2")[0]);
        match (label.first(), title.as_str()) {
            (Some(label), _) => {
                html_story(&mut facts, &words(label), &section);
            }
            (None, "Further stories") => html_rest(&mut facts, &section),
            (None, "Near misses") => facts.misses = hrefs(&section, "li > a"),
            _ => {}
        }
    }
    facts
}

fn html_story(facts: &mut Facts, label: &str, section: &ElementRef<'_>) {
    let label: Vec<&str> = label.split(" · ").collect();
    let paragraphs = select(section, "p");
    let why = paragraphs
        .iter()
        .map(words)
        .find(|text| text.starts_with("Why: watch "));
    let why = why.expect("it says why");
    let watch = why["Why: watch ".len()..].split([' ', ',']).next();
    let sentences = select(section, "blockquote");
    let sentences = sentences.iter().map(|quote| words(&select(quote, "p")[0]));
    let story = Story {
        label: label[0].to_owned(),
        severity: label[1].to_owned(),
        watch: watch.expect("a name").to_owned(),
        urls: hrefs(section, "li > a"),
        sentences: sentences.map(|sentence| squeezed(&sentence)).collect(),
    };
    facts.stories.insert(label[2].to_owned(), story);
}

fn html_rest(facts: &mut Facts, section: &ElementRef<'_>) {
    for line in select(section, "li") {
        let text = words(&line);
        let Some(id) = text.split(" · ").nth(2) else {
            continue;
        };
        let id = id.split_whitespace().next().expect("an id").to_owned();
        facts
            .rest
            .extend(hrefs(&line, "a").into_iter().map(|url| (id.clone(), url)));
    }
}

/// An Atom feed, as feed readers read it.
pub fn of_atom(xml: &str) -> Facts {
    let mut facts = Facts::default();
    let feed = feed_rs::parser::parse(xml.as_bytes()).expect("a feed");
    let subtitle = feed.description.expect("a subtitle").content;
    for line in subtitle.split(". ").filter(|line| is_counting(line)) {
        facts.count(line);
    }
    for entry in feed.entries {
        let content = entry
            .content
            .and_then(|content| content.body)
            .expect("a content");
        let content = Html::parse_fragment(&content);
        let content = content.root_element();
        let first = words(&select(&content, "p")[0]);
        let is_story = first.matches(" · ").count() >= 2;
        if is_story && select(&content, "ul").is_empty() {
            let id = first
                .split(" · ")
                .nth(2)
                .and_then(|rest| rest.split_whitespace().next());
            let id = id.expect("an id").to_owned();
            facts.rest.extend(
                hrefs(&content, "a")
                    .into_iter()
                    .map(|url| (id.clone(), url)),
            );
        } else if is_story {
            html_story(&mut facts, &first, &content);
        } else {
            facts.misses = hrefs(&content, "li > a");
        }
    }
    facts
}

/// The model: everything, of which forms for people show as much as `shown` says beside it.
pub fn of_json(json: &str) -> Facts {
    let digest: Digest = serde_json::from_str(json).expect("a digest");
    let mut facts = Facts::default();
    let counts = &digest.counts;
    for (what, number) in [
        ("new", counts.new),
        ("updated", counts.updated),
        ("corrected", counts.corrected),
        ("ended", counts.ended),
        ("article", counts.articles),
        ("language", counts.languages),
        ("feeds", digest.health.feeds),
        (
            if digest.health.feeds == 1 {
                "feed polled"
            } else {
                "feeds polled"
            },
            digest.health.polled,
        ),
        ("failing", digest.health.failing.len() as u64),
    ] {
        facts.counts.insert(what.to_owned(), number);
    }
    facts.stories = digest.items.iter().map(json_story).collect();
    facts.rest = digest
        .rest
        .iter()
        .map(|item| {
            (
                item.alert.id.to_string(),
                item.alert.articles[0].url.clone(),
            )
        })
        .collect();
    facts.misses = digest
        .near_misses
        .iter()
        .map(|miss| miss.url.clone())
        .collect();
    facts
}

fn json_story(item: &DigestItem) -> (String, Story) {
    let label = match item.kind.name() {
        "new" => "NEW",
        "update" => "UPDATED",
        "correction" => "CORRECTED",
        _ => "ENDED",
    };
    let alert = &item.alert;
    let independent = |article: &&AlertArticle| {
        let mut urls = alert.articles.iter().map(|article| &article.url);
        !article
            .copy_of
            .as_ref()
            .is_some_and(|original| urls.any(|url| url == original))
    };
    let is_news = |article: &&AlertArticle| {
        let Some(news) = &item.news else { return true };
        let fresh = |url: &String| news.urls.contains(url);
        let has_fresh_copy = alert
            .articles
            .iter()
            .any(|copy| fresh(&copy.url) && copy.copy_of.as_ref() == Some(&article.url));
        fresh(&article.url)
            || has_fresh_copy
            || item.changes.iter().any(|change| change.url == article.url)
    };
    let told = alert.articles.iter().filter(independent).filter(is_news);
    let sentences = alert.evidence.iter();
    let story = Story {
        label: label.to_owned(),
        severity: alert.severity.name().to_owned(),
        watch: alert.watch.clone(),
        urls: told.map(|article| article.url.clone()).collect(),
        sentences: sentences
            .map(|evidence| squeezed(&evidence.sentence))
            .collect(),
    };
    (alert.id.to_string(), story)
}
