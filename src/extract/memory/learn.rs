//! How the memory takes in a page, and how it forgets.

use std::cmp::Ordering;

use super::recall::{SeenLine, SeenPath};
use super::{
    ARTICLES_MAX, ARTICLES_MIN, HALF_LIFE_PAGES, HostMemory, Impression, KnownLine, KnownPath,
    LINES_MAX, LOST_PAGES_MAX, PATHS_MAX, Sketch, UNSURE_PAGES, UNSURE_PAGES_MAX, URLS_MAX,
    VERSION,
};

/// Lines of an article that tell a copy of it.
const SKETCH_LINES: usize = 6;
/// New lines taken from one page; the longest are left out first, since they recur least.
const NEW_LINES_MAX: usize = 64;
/// Counts go no higher, so that a change of the site is not outvoted for long.
const COUNT_MAX: u8 = 32;
/// Highest value of `sure`.
const SURE_MAX: u8 = 8;
/// Recurring lines of which the beginning is kept for people.
const SAID_LINES_MAX: usize = 64;
/// Pages that one sighting more is worth when the least useful line is looked for.
const COUNT_IN_PAGES: u32 = 32;

/// What learning from a page changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learnt {
    /// Nothing: the article or a copy of it was known.
    Nothing,
    /// Counts.
    Counts,
    /// From now on another line or path is judged.
    News,
}

impl HostMemory {
    /// Takes in what a page showed.
    pub fn learn(&mut self, page: &Impression) -> Learnt {
        if page.lines.is_empty() || self.urls.contains(&page.url) {
            return Learnt::Nothing;
        }
        self.version = VERSION;
        self.urls.push_back(page.url);
        if self.urls.len() > URLS_MAX {
            self.urls.pop_front();
        }
        let sketch = Sketch::of(page, |line| self.recurs(line));
        if let Some(known) = self
            .articles
            .iter_mut()
            .find(|article| article.is_told_by(page, &sketch))
        {
            // The newest version is the one that the next is like.
            *known = sketch;
            return Learnt::Counts;
        }
        let before = self.verdicts();
        self.note_confidence(page);
        self.pages += 1;
        if self.pages.is_multiple_of(HALF_LIFE_PAGES) {
            self.decay();
        }
        self.learn_lines(page);
        if page.confident {
            self.learn_paths(&page.paths);
        }
        self.note_lost_paths(page);
        self.remember(sketch);
        if self.verdicts() == before {
            Learnt::Counts
        } else {
            Learnt::News
        }
    }

    /// What is judged: numbers that change with it.
    fn verdicts(&self) -> (usize, usize, bool) {
        let recurring = self.lines.iter().filter(|line| line.recurs()).count();
        let paths = self.paths.iter().filter(|path| path.says() != 0.0).count();
        (recurring, paths, self.is_passed_over())
    }

    fn recurs(&self, line: &SeenLine) -> bool {
        self.line(line.hash).is_some_and(KnownLine::recurs)
    }

    /// A host that was sure and no longer is: the pages have changed, or the memory does harm.
    fn note_confidence(&mut self, page: &Impression) {
        if page.confident {
            if self.unsure >= UNSURE_PAGES {
                self.start_over();
            }
            self.unsure = 0;
            self.sure = (self.sure + 1).min(SURE_MAX);
            return;
        }
        if self.sure >= ARTICLES_MIN || self.unsure > 0 {
            self.unsure = self.unsure.saturating_add(1);
        }
        self.sure = self.sure.saturating_sub(1);
        if self.unsure >= UNSURE_PAGES_MAX {
            self.start_over();
        }
    }

    /// Forgets all but which articles were seen.
    fn start_over(&mut self) {
        *self = Self {
            version: VERSION,
            urls: std::mem::take(&mut self.urls),
            articles: std::mem::take(&mut self.articles),
            ..Self::default()
        };
    }

    /// Pages made from another template: after a few of them the old paths are forgotten. The lines stay, since what
    /// was foreign before a redesign is foreign after it; they fade by themselves.
    fn note_lost_paths(&mut self, page: &Impression) {
        let trusted = self.trusted();
        let found = page.found_path
            || page
                .paths
                .iter()
                .any(|path| trusted.contains(&path.signature));
        self.lost = if found || trusted.is_empty() {
            0
        } else {
            self.lost + 1
        };
        if self.lost >= LOST_PAGES_MAX {
            let since = self.pages - u32::from(self.lost);
            self.paths.retain(|path| path.5 > since);
            self.lost = 0;
        }
    }

    fn learn_lines(&mut self, page: &Impression) {
        let mut fresh: Vec<&SeenLine> = Vec::new();
        for (index, seen) in page.lines.iter().enumerate() {
            if page.lines[..index]
                .iter()
                .any(|before| before.hash == seen.hash)
            {
                continue;
            }
            match self.lines.binary_search_by_key(&seen.hash, |line| line.0) {
                Ok(at) => self.see_again(at, seen, page.topics),
                Err(_) => fresh.push(seen),
            }
        }
        fresh.sort_by_key(|line| line.weight);
        fresh.truncate(NEW_LINES_MAX);
        fresh.sort_by_key(|line| line.hash);
        let pages = self.pages;
        let fresh = fresh
            .into_iter()
            .map(|line| KnownLine(line.hash, 1, pages, page.topics, "".into()));
        self.lines.extend(fresh);
        // Two sorted runs, which a stable sort merges at no more than a look at each line.
        self.lines.sort_by_key(|line| line.0);
        self.forget_lines();
    }

    /// Keeps the most useful lines.
    fn forget_lines(&mut self) {
        let Some(mut excess) = self
            .lines
            .len()
            .checked_sub(LINES_MAX)
            .filter(|excess| *excess > 0)
        else {
            return;
        };
        let use_of = |line: &KnownLine| line.2 + COUNT_IN_PAGES * u32::from(line.1);
        let mut uses: Vec<u32> = self.lines.iter().map(use_of).collect();
        let (less, &mut least, _) = uses.select_nth_unstable(excess - 1);
        // Of those that are as little use as the last one to go, only so many go.
        let below = less.iter().filter(|used| **used < least).count();
        excess -= below;
        self.lines.retain(|line| match use_of(line).cmp(&least) {
            Ordering::Less => false,
            Ordering::Equal if excess > 0 => {
                excess -= 1;
                false
            }
            _ => true,
        });
    }

    fn see_again(&mut self, at: usize, seen: &SeenLine, topics: u64) {
        let spoken = self.lines.iter().filter(|line| !line.4.is_empty()).count();
        let line = &mut self.lines[at];
        line.1 = (line.1 + 1).min(COUNT_MAX);
        line.2 = self.pages;
        line.3 &= topics;
        if line.recurs() && line.4.is_empty() && spoken < SAID_LINES_MAX {
            line.4.clone_from(&seen.said);
        }
    }

    fn learn_paths(&mut self, paths: &[SeenPath]) {
        for seen in paths {
            let at = self.paths.iter().position(|path| path.0 == seen.signature);
            let at = at.unwrap_or_else(|| {
                self.paths.push(KnownPath(seen.signature, 0, 0, 0, 0, 0));
                self.paths.len() - 1
            });
            let path = &mut self.paths[at];
            if path.1 >= COUNT_MAX {
                path.halve();
            }
            path.1 += 1;
            path.2 += u8::from(seen.is_main);
            path.3 = path.3.saturating_add(seen.kept);
            path.4 = path.4.saturating_add(seen.left);
            path.5 = self.pages;
        }
        if self.paths.len() > PATHS_MAX {
            let use_of =
                |path: &KnownPath| path.5 + COUNT_IN_PAGES * u32::from(path.2) + u32::from(path.1);
            self.paths
                .sort_by_key(|path| std::cmp::Reverse(use_of(path)));
            self.paths.truncate(PATHS_MAX);
        }
    }

    /// What was not seen of late counts half, and goes when nothing is left of it.
    fn decay(&mut self) {
        let old = self.pages.saturating_sub(HALF_LIFE_PAGES);
        for line in self.lines.iter_mut().filter(|line| line.2 <= old) {
            line.1 /= 2;
            if !line.recurs() {
                line.4 = "".into();
            }
        }
        self.lines.retain(|line| line.1 > 0);
        for path in self.paths.iter_mut().filter(|path| path.5 <= old) {
            path.halve();
        }
        self.paths.retain(|path| path.1 > 0);
    }

    fn remember(&mut self, sketch: Sketch) {
        if !sketch.lines.is_empty() {
            self.articles.push_back(sketch);
        }
        if self.articles.len() > ARTICLES_MAX {
            self.articles.pop_front();
        }
    }
}

impl KnownPath {
    fn halve(&mut self) {
        (self.1, self.2, self.3, self.4) = (self.1 / 2, self.2 / 2, self.3 / 2, self.4 / 2);
    }
}

impl Sketch {
    /// The longest lines of the body, known foreign ones left out.
    fn of(page: &Impression, recurs: impl Fn(&SeenLine) -> bool) -> Self {
        let mut lines: Vec<&SeenLine> = page
            .lines
            .iter()
            .filter(|line| line.kept && !recurs(line))
            .collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.weight));
        lines.truncate(SKETCH_LINES);
        Self {
            lines: lines
                .into_iter()
                .map(|line| (line.hash as u32, line.weight))
                .collect(),
            topics: page.topics,
        }
    }

    /// The page, sketched as `other`, tells most of this article, or this article most of the page: it is a copy or a
    /// new version under another address.
    fn is_told_by(&self, page: &Impression, other: &Self) -> bool {
        let most = |lines: &[(u32, u16)], has: &dyn Fn(u32) -> bool| {
            let mass = |wanted: &dyn Fn(u32) -> bool| -> u32 {
                let lines = lines.iter().filter(|(hash, _)| wanted(*hash));
                lines.map(|(_, weight)| u32::from(*weight)).sum()
            };
            mass(has) * 2 > mass(&|_| true)
        };
        most(&self.lines, &|hash| {
            page.lines.iter().any(|line| line.hash as u32 == hash)
        }) || most(&other.lines, &|hash| {
            self.lines.iter().any(|(known, _)| *known == hash)
        })
    }
}
