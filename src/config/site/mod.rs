//! `[[site]]` and `[extract] site_rules`: rules for the pages of some sites, the most specific one for each.

mod folder;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use url::Url;

use super::problem::{Level, Problems};
use super::source::{Located, Reader};
use super::tables::{ExtractToml, OneOrMany, SiteToml, texts};
use crate::extract::SiteRule;
use crate::extract::site::{Alternative, Finder};
use crate::fetch::HostPattern;
use crate::text::CssSelector;

use folder::Folder;
pub use folder::Survey;

/// The rules for sites. The default has none.
#[derive(Debug, Clone, Default)]
pub struct Sites {
    /// Of the config, the most specific ones first.
    own: Vec<(HostPattern, Arc<SiteRule>)>,
    /// Of a folder of ftr-site-config.
    imported: Option<Arc<Folder>>,
}

impl Sites {
    /// The rule for a page: the most specific `[[site]]`, else a file of the folder, which is read now.
    #[must_use]
    pub fn rule_for(&self, url: &Url) -> Option<Arc<SiteRule>> {
        let own = self.own.iter().find(|(pattern, _)| pattern.matches(url));
        if let Some((_, rule)) = own {
            return Some(Arc::clone(rule));
        }
        self.imported.as_ref()?.rule_for(url.host_str()?)
    }

    /// The same for an address as a text; what is no address has no rule.
    #[must_use]
    pub fn rule_for_text(&self, url: &str) -> Option<Arc<SiteRule>> {
        self.rule_for(&Url::parse(url).ok()?)
    }

    /// How many `[[site]]` there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.own.len()
    }

    /// There is no rule at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.own.is_empty() && self.imported.is_none()
    }

    /// Reads all files of the folder, which takes a while, and counts what is not understood.
    #[must_use]
    pub fn survey(&self) -> Option<Survey> {
        self.imported.as_ref().map(|folder| folder.survey())
    }

    /// The rules of a file with `[[site]]` tables, or of a folder of ftr-site-config.
    ///
    /// # Errors
    /// All mistakes of the file.
    pub fn load(path: &Path) -> Result<Self, Problems> {
        if path.is_dir() {
            return Ok(Self {
                own: Vec::new(),
                imported: Some(Arc::new(Folder::new(path))),
            });
        }
        let mut reader = Reader::default();
        let mut sites = Self::default();
        if let Some(file) = reader.read(path) {
            let table = reader.parse(&file);
            reader.check_top_level(&file, true, &table);
            let extract = table
                .get("extract")
                .and_then(|value| reader.located(&file, value));
            let located = reader.array(&file, &table, "site");
            sites = resolve(
                &mut reader,
                path.parent().unwrap_or(Path::new("")),
                located,
                extract,
            );
        }
        match reader.problems.has_errors() {
            true => Err(reader.problems),
            false => Ok(sites),
        }
    }
}

/// Makes rules of the tables.
pub(super) fn resolve(
    reader: &mut Reader,
    base: &Path,
    located: Vec<Located<SiteToml>>,
    extract: Option<Located<ExtractToml>>,
) -> Sites {
    let mut own: Vec<(HostPattern, Arc<SiteRule>)> = Vec::new();
    for Located { value, file, at } in located {
        let pattern: HostPattern = match value.r#match.get_ref().parse() {
            Ok(pattern) => pattern,
            Err(error) => {
                reader.error(&file, value.r#match.span(), format!("{error}"), None);
                continue;
            }
        };
        if own.iter().any(|(other, _)| *other == pattern) {
            let message = "this site stands here twice; the first table counts";
            reader.report(
                Level::Warning,
                &file,
                Some(value.r#match.span()),
                message,
                None,
            );
            continue;
        }
        let mut table = Table {
            reader,
            file: &file,
        };
        let rule = table.rule(&value);
        if is_idle(&rule) {
            let message = "this [[site]] says nothing of its pages";
            let help =
                "give it body, title, date, author, remove, next_page or alternative".to_owned();
            reader.error(&file, at, message, Some(help));
        }
        own.push((pattern, Arc::new(rule)));
    }
    // A stable sort: of two that say as much, the first in the file wins.
    own.sort_by_key(|(pattern, _)| std::cmp::Reverse(pattern.precision()));
    let imported = extract.and_then(|extract| folder(reader, base, &extract));
    Sites { own, imported }
}

/// The folder that `site_rules` names.
fn folder(reader: &mut Reader, base: &Path, extract: &Located<ExtractToml>) -> Option<Arc<Folder>> {
    let named = extract.value.site_rules.as_ref()?;
    let path = base.join(named.get_ref());
    if !path.is_dir() {
        let message = format!("`{}` is no folder", named.get_ref());
        let help = "a folder of HOST.txt files, as github.com/fivefilters/ftr-site-config has them"
            .to_owned();
        reader.error(&extract.file, named.span(), message, Some(help));
        return None;
    }
    Some(Arc::new(Folder::new(&path)))
}

fn is_idle(rule: &SiteRule) -> bool {
    let parts = [
        &rule.body,
        &rule.title,
        &rule.date,
        &rule.author,
        &rule.remove,
        &rule.next_page,
    ];
    parts.iter().all(|finders| finders.is_empty()) && rule.alternative.is_none()
}

/// One table on its way to a rule.
struct Table<'a> {
    reader: &'a mut Reader,
    file: &'a Path,
}

impl Table<'_> {
    fn rule(&mut self, site: &SiteToml) -> SiteRule {
        SiteRule {
            name: format!("[[site]] {}", site.r#match.get_ref()),
            body: self.finders(site.body.as_ref()),
            title: self.finders(site.title.as_ref()),
            date: self.finders(site.date.as_ref()),
            author: self.finders(site.author.as_ref()),
            remove: self.finders(site.remove.as_ref()),
            next_page: self.finders(site.next_page.as_ref()),
            alternative: self.alternative(site),
            ..SiteRule::default()
        }
    }

    fn finders(&mut self, selectors: Option<&Spanned<OneOrMany>>) -> Vec<Finder> {
        texts(selectors)
            .iter()
            .filter_map(|selector| self.finder(selector))
            .collect()
    }

    fn finder(&mut self, selector: &Spanned<String>) -> Option<Finder> {
        match selector.get_ref().parse::<CssSelector>() {
            Ok(selector) => Some(Finder::Css(selector)),
            Err(error) => {
                self.reader
                    .error(self.file, selector.span(), error.to_string(), None);
                None
            }
        }
    }

    fn alternative(&mut self, site: &SiteToml) -> Option<Alternative> {
        let print = site.print.as_ref();
        let Some(kind) = &site.alternative else {
            if let Some(print) = print {
                let help = "write alternative = \"print\" too".to_owned();
                self.reader.error(
                    self.file,
                    print.span(),
                    "`print` has no effect here",
                    Some(help),
                );
            }
            return None;
        };
        match (kind.get_ref().as_str(), print) {
            ("amp", None) => Some(Alternative::Amp),
            ("print", Some(_)) => Some(Alternative::Link(self.finders(print))),
            ("amp", Some(_)) => {
                self.refuse(kind, "`print` belongs to alternative = \"print\"", None)
            }
            ("print", None) => {
                let help = "for example: print = \"a.print\"";
                self.refuse(
                    kind,
                    "the version for printing needs `print`: a CSS selector of its link",
                    Some(help),
                )
            }
            (other, _) => {
                let message = format!("`{other}` is no version of a page");
                self.refuse(kind, &message, Some("\"amp\" or \"print\""))
            }
        }
    }

    fn refuse(
        &mut self,
        kind: &Spanned<String>,
        message: &str,
        help: Option<&str>,
    ) -> Option<Alternative> {
        self.reader
            .error(self.file, kind.span(), message, help.map(str::to_owned));
        None
    }
}
