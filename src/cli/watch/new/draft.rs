//! What was asked for, as the tables of a watch.

use crate::cli::watch::import::key;
use crate::config::{Config, nearest};
use crate::model::Severity;
use crate::rules::{self, Document, DocumentInput, RuleSet, RuleSource, WatchSource};

/// What a new watch is made of.
#[derive(Debug)]
pub(super) struct Draft {
    pub name: Option<String>,
    /// Words and phrases; any of them.
    pub topic: Vec<String>,
    /// Codes in capitals.
    pub countries: Vec<String>,
    pub langs: Vec<String>,
    pub lists: Vec<String>,
    pub severity: Severity,
    pub channels: Vec<String>,
}

/// The tables, and the NAME that they have.
#[derive(Debug)]
pub(super) struct Written {
    pub name: String,
    pub tables: String,
}

impl Draft {
    /// The tables of the watch.
    pub fn written(&self, config: &Config) -> anyhow::Result<Written> {
        let name = self.name(config)?;
        for channel in &self.channels {
            if !config.channels.contains_key(channel) {
                let known = config.channels.keys().map(String::as_str);
                let near = nearest(channel, known).map(|near| format!("; did you mean `{near}`?"));
                anyhow::bail!(
                    "there is no [channel.{channel}]{}",
                    near.unwrap_or_default()
                );
            }
        }
        let expression = self.expression();
        let source = RuleSource {
            watches: vec![WatchSource {
                name: name.clone(),
                expression: expression.clone(),
                ..WatchSource::default()
            }],
            ..config.rules.clone()
        };
        let rules = RuleSet::compile(&source).map_err(|errors| told(&errors, &expression))?;
        let lang = self.langs.first().map(String::as_str);
        let Some(hit) = rules::example(&source, &name, lang) else {
            anyhow::bail!("no article could be thought of that {expression} hits");
        };
        let miss = miss(&rules, &hit, lang);
        let tables = self.tables(&name, &expression, &hit, &miss);
        Ok(Written { name, tables })
    }

    fn name(&self, config: &Config) -> anyhow::Result<String> {
        let name = match &self.name {
            Some(name) => name.clone(),
            None => {
                let parts = self
                    .countries
                    .iter()
                    .chain(self.topic.first())
                    .chain(self.lists.first());
                let joined = parts
                    .map(|part| part.to_lowercase())
                    .collect::<Vec<_>>()
                    .join("-");
                let letters = joined
                    .chars()
                    .map(|c| if c.is_alphanumeric() { c } else { '-' });
                letters.collect::<String>().trim_matches('-').to_owned()
            }
        };
        let is_letter = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || !name.chars().all(is_letter) {
            anyhow::bail!("`{name}` is no name: letters, digits, `-` and `_`");
        }
        if config.rules.watches.iter().any(|watch| watch.name == name) {
            anyhow::bail!("there is a [watch.{name}] already: give another --name");
        }
        Ok(name)
    }

    fn expression(&self) -> String {
        let countries: Vec<String> = self
            .countries
            .iter()
            .map(|code| format!("country:{code}"))
            .collect();
        let place = match countries.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            [one, other] => Some(format!("{one} in-paragraph {other}")),
            many => Some(format!("any({})", many.join(", "))),
        };
        let quoted =
            |word: &String| format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""));
        let words = self.topic.iter().map(quoted);
        let words: Vec<String> = words
            .chain(self.lists.iter().map(|list| format!("${list}")))
            .collect();
        let topic = match words.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            many => Some(format!("any({})", many.join(", "))),
        };
        let langs =
            (!self.langs.is_empty()).then(|| format!("lang in [{}]", self.langs.join(", ")));
        let parts: Vec<String> = [place, topic, langs].into_iter().flatten().collect();
        parts.join(" and ")
    }

    fn tables(&self, name: &str, expression: &str, hit: &str, miss: &str) -> String {
        let text = |text: &str| toml_edit::value(text).to_string().trim().to_owned();
        let quotes = match expression.contains("'''") {
            true => text(expression),
            false => format!("'''{expression}'''"),
        };
        let severity = self.severity.name();
        let mut out = String::new();
        for line in self.comments() {
            out.push_str(&format!("# {line}\n"));
        }
        let title = text(&self.title());
        let name = key(name);
        out.push_str(&format!(
            "[watch.{name}]\ntitle = {title}\nseverity = \"{severity}\"\nmatch = {quotes}\n"
        ));
        if !self.channels.is_empty() {
            let channels: Vec<String> = self.channels.iter().map(|channel| text(channel)).collect();
            out.push_str(&format!("channels = [{}]\n", channels.join(", ")));
        }
        let lang = self
            .langs
            .first()
            .map(|lang| format!("lang = {}\n", text(lang)))
            .unwrap_or_default();
        for (about, title, expect) in [
            ("Words it asks for; put a real headline here.", hit, "match"),
            (
                "Close, but not it; put here what it must never take for one.",
                miss,
                "no-match",
            ),
        ] {
            let title = text(title);
            out.push_str(&format!(
                "\n# {about}\n[[watch.{name}.test]]\ntitle = {title}\n{lang}expect = \"{expect}\"\n"
            ));
        }
        out
    }

    fn title(&self) -> String {
        let topic = self
            .topic
            .iter()
            .chain(&self.lists)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        match (topic.is_empty(), self.countries.is_empty()) {
            (true, _) => self.countries.join(" and "),
            (false, true) => topic,
            (false, false) => format!("{topic}: {}", self.countries.join(", ")),
        }
    }

    /// What the parts of the rule mean, for whoever changes it.
    fn comments(&self) -> Vec<String> {
        let mut lines = Vec::new();
        match self.countries.len() {
            0 => {}
            2 => lines.push("country:XX finds names, adjectives, capital and government in every language; in-sentence is stricter."),
            _ => lines.push("country:XX finds names, adjectives, capital and government in every language."),
        }
        if !self.topic.is_empty() {
            lines.push("Words match by their stem, in the language of the article: write them in every language that counts.");
        }
        if !self.lists.is_empty() {
            lines.push("A list ($name) is any of its terms; score($name) >= 2 asks for more of them. title(...) looks at headlines only.");
        }
        if !self.langs.is_empty() {
            lines.push("lang in [...] leaves out what is written in other languages.");
        }
        lines.push("docs/rules.md has the whole language; `wirewatch check` runs the tests.");
        lines.into_iter().map(str::to_owned).collect()
    }
}

/// The most of a hit that the watch does not hit.
fn miss(rules: &RuleSet, hit: &str, lang: Option<&str>) -> String {
    let words: Vec<&str> = hit.split_whitespace().collect();
    let shorter = (1..words.len())
        .rev()
        .map(|length| words[..length].join(" "));
    let is_miss = |title: &String| {
        let input = DocumentInput {
            title: title.clone(),
            lang: lang.map(str::to_owned),
            ..DocumentInput::default()
        };
        rules.judge(&Document::new(input)).hits.is_empty()
    };
    let mut shorter = shorter.filter(is_miss);
    shorter
        .next()
        .unwrap_or_else(|| "Nothing of the kind".to_owned())
}

fn told(errors: &[rules::RuleError], expression: &str) -> anyhow::Error {
    let told: Vec<String> = errors
        .iter()
        .map(|error| {
            let help = error.help.as_ref().map(|help| format!(" ({help})"));
            format!("{}{}", error.message, help.unwrap_or_default())
        })
        .collect();
    anyhow::anyhow!("{expression}: {}", told.join("; "))
}
