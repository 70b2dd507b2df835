//! The stories of a stream in memory, for programs without a store.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::collections::hash_map::Entry;
use std::mem;

use jiff::Timestamp;
use rustc_hash::FxHashMap;

use crate::model::{ArticleId, StoryChoice, StoryId};

use super::choose::{Candidate, StoryOptions, among};
use super::fingerprint::Fingerprint;
use super::holders::Holders;

/// Candidates looked at for one article, those with most shared keys first, of as many the newest.
pub const CANDIDATES_MAX: usize = 64;

/// Articles looked at for one key, the newest first: what very many have in common tells none of them
/// apart, and must not make an article the dearer the longer the window is.
pub const HOLDERS_MAX: usize = CANDIDATES_MAX;

/// Articles and stories of the window. Memory is bounded by the articles of one window.
#[derive(Debug, Default)]
pub struct Index {
    options: StoryOptions,
    /// Articles of the window in order of arrival.
    articles: VecDeque<Indexed>,
    /// Number of the first of `articles`.
    first: usize,
    /// The articles with a key.
    by_key: FxHashMap<u64, Holders>,
    /// Numbers of the articles of each story in the window.
    by_story: FxHashMap<StoryId, Vec<usize>>,
    /// Keys that each article of the window has in common with the one in hand; zeros in between.
    shared: Vec<u8>,
    stories: i64,
    /// Time of the article before.
    latest: Timestamp,
}

#[derive(Debug)]
struct Indexed {
    candidate: Candidate,
    keys: Vec<u64>,
    /// The article whose text it repeats.
    copy_of: Option<ArticleId>,
}

/// What became of an article that was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// Its number: articles are counted in order of arrival from 0.
    pub article: ArticleId,
    /// Its story so far; a story of its own gets the next number.
    pub story: StoryId,
    /// The article whose text it repeats: the one first seen of those that have it.
    pub copy_of: Option<ArticleId>,
    /// Articles that came before and repeat the text of this one, which was first seen before them.
    pub copies: Vec<ArticleId>,
    /// Articles that have left the window, with the story that they stay in, in order of arrival.
    pub settled: Vec<(ArticleId, StoryId)>,
}

impl Index {
    /// An empty index.
    #[must_use]
    pub fn new(options: StoryOptions) -> Self {
        Self {
            options,
            ..Self::default()
        }
    }

    /// Finds the story of an article, and keeps the article. Two stories of the window become one when the article shows that they are.
    ///
    /// Without a time it can join by its text only, among others without one.
    pub fn add(&mut self, fingerprint: Fingerprint, first_seen: Option<Timestamp>) -> Added {
        let options = match first_seen {
            Some(_) => self.options,
            None => self.options.same_text_only(),
        };
        let first_seen = first_seen.unwrap_or(Timestamp::UNIX_EPOCH);
        // One article with a wrong date in the future must not empty the window: it takes two.
        let latest = mem::replace(&mut self.latest, first_seen);
        let settled = self.forget(first_seen.min(latest));
        let keys = fingerprint.keys();
        let chosen = among(&fingerprint, first_seen, self.candidates(&keys), &options);
        let (story, alike) = match chosen.story {
            StoryChoice::Join { story, copy_of } => {
                (self.merged(&chosen.to_merge()).unwrap_or(story), copy_of)
            }
            StoryChoice::New => {
                self.stories += 1;
                (StoryId(self.stories), None)
            }
        };
        let article = ArticleId(self.number() as i64);
        let (copy_of, copies) = match alike {
            Some(alike) => self.original(article, first_seen, alike),
            None => (None, Vec::new()),
        };
        self.keep(Indexed {
            candidate: Candidate {
                article,
                story,
                fingerprint,
                first_seen,
            },
            keys,
            copy_of,
        });
        Added {
            article,
            story,
            copy_of,
            copies,
            settled,
        }
    }

    /// The articles of the window and their stories, in order of arrival.
    pub fn stories(&self) -> impl Iterator<Item = (ArticleId, StoryId)> {
        let candidates = self.articles.iter().map(|article| &article.candidate);
        candidates.map(|candidate| (candidate.article, candidate.story))
    }

    /// Number of the next article.
    fn number(&self) -> usize {
        self.first + self.articles.len()
    }

    /// An article of the window.
    fn of(&mut self, article: ArticleId) -> Option<&mut Indexed> {
        let place = usize::try_from(article.0).ok()?.checked_sub(self.first)?;
        self.articles.get_mut(place)
    }

    /// Makes one story of these; gives the first, which stays, unless there are none.
    fn merged(&mut self, stories: &[StoryId]) -> Option<StoryId> {
        let (into, others) = stories.split_first()?;
        for other in others {
            let moved = self.by_story.remove(other).unwrap_or_default();
            for number in &moved {
                self.articles[number - self.first].candidate.story = *into;
            }
            self.by_story.entry(*into).or_default().extend(moved);
        }
        Some(*into)
    }

    /// Which article an article with the text of `alike` copies; or, when it was first seen before all of them, which
    /// articles copy it.
    fn original(
        &mut self,
        article: ArticleId,
        first_seen: Timestamp,
        alike: ArticleId,
    ) -> (Option<ArticleId>, Vec<ArticleId>) {
        let copied = self.of(alike).and_then(|alike| alike.copy_of);
        let root = copied.filter(|root| self.of(*root).is_some());
        let root = root.unwrap_or(alike);
        // A bare date is its first instant: it says nothing of the hour, and order of arrival counts.
        let is_bare_date = first_seen.as_second() % (24 * 60 * 60) == 0;
        let is_first = !is_bare_date
            && self
                .of(root)
                .is_some_and(|root| first_seen < root.candidate.first_seen);
        if !is_first {
            return (Some(root), Vec::new());
        }
        let mut copies = Vec::new();
        for other in &mut self.articles {
            let candidate = &other.candidate;
            if candidate.article == root || other.copy_of == Some(root) {
                copies.push(candidate.article);
                other.copy_of = Some(article);
            }
        }
        (None, copies)
    }

    fn candidates(&mut self, keys: &[u64]) -> impl Iterator<Item = &Candidate> {
        let shared = &mut self.shared;
        shared.resize(self.articles.len().max(shared.len()), 0);
        let mut found: Vec<u32> = Vec::new();
        for holders in keys.iter().filter_map(|key| self.by_key.get(key)) {
            for number in holders.newest().take(HOLDERS_MAX) {
                let place = number - number_of(self.first);
                let count = &mut shared[place as usize];
                if *count == 0 {
                    found.push(place);
                }
                // An article has fewer keys than this can count.
                *count += 1;
            }
        }
        let chosen = most_shared(&found, shared);
        let articles = &self.articles;
        chosen
            .into_iter()
            .map(move |place| &articles[place as usize].candidate)
    }

    fn keep(&mut self, article: Indexed) {
        let number = number_of(self.number());
        for key in &article.keys {
            self.by_key
                .entry(*key)
                .and_modify(|holders| holders.push(number))
                .or_insert(Holders::One(number));
        }
        let of_story = self.by_story.entry(article.candidate.story).or_default();
        of_story.push(self.first + self.articles.len());
        self.articles.push_back(article);
    }

    /// Drops articles from the front that have left the window. A stream whose times jump back
    /// keeps a few too many; `choose` looks at the window itself.
    fn forget(&mut self, now: Timestamp) -> Vec<(ArticleId, StoryId)> {
        let mut settled = Vec::new();
        while let Some(oldest) = self.articles.front()
            && now.duration_since(oldest.candidate.first_seen) > self.options.window
        {
            for key in &oldest.keys {
                if let Entry::Occupied(mut holders) = self.by_key.entry(*key)
                    && holders.get_mut().take_oldest()
                {
                    holders.remove();
                }
            }
            let (article, story) = (oldest.candidate.article, oldest.candidate.story);
            if let Some(numbers) = self.by_story.get_mut(&story) {
                numbers.retain(|number| *number != self.first);
                if numbers.is_empty() {
                    self.by_story.remove(&story);
                }
            }
            settled.push((article, story));
            self.articles.pop_front();
            self.first += 1;
        }
        settled
    }
}

/// Articles are counted in 32 bits: more fit no memory.
fn number_of(number: usize) -> u32 {
    u32::try_from(number).expect("fewer than four thousand million articles")
}

/// Those of `found` with most keys in common, at most [`CANDIDATES_MAX`]; of as many the newest. Their counts in `shared` are
/// zero afterwards.
fn most_shared(found: &[u32], shared: &mut [u8]) -> Vec<u32> {
    let mut having = [0_usize; 256];
    for place in found {
        having[shared[*place as usize] as usize] += 1;
    }
    // All that have more than `least` are taken, and as many as there is room for of those that have just that.
    let (mut least, mut more) = (u8::MAX, 0);
    while least > 0 && more + having[least as usize] <= CANDIDATES_MAX {
        more += having[least as usize];
        least -= 1;
    }
    let mut chosen = Vec::with_capacity(CANDIDATES_MAX);
    let mut just = Vec::new();
    for place in found {
        match mem::take(&mut shared[*place as usize]).cmp(&least) {
            Ordering::Greater => chosen.push(*place),
            Ordering::Equal => just.push(*place),
            Ordering::Less => {}
        }
    }
    let room = CANDIDATES_MAX - more;
    if just.len() > room {
        just.select_nth_unstable_by(room, |a, b| b.cmp(a));
        just.truncate(room);
    }
    chosen.extend(just);
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::StoryText;

    const WIRE: &str = "Menteri Luar Negeri Tiongkok Wang Yi tiba di Moskow pada hari Sabtu untuk \
        kunjungan dua hari. Ia disambut duta besar di bandara dan akan bertemu mitranya untuk \
        membahas perdagangan, energi dan keamanan kawasan. Kedua pihak berencana menandatangani \
        sejumlah dokumen kerja sama sebelum kunjungan berakhir pada Minggu malam waktu setempat.";

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + hours * 3600).unwrap()
    }

    fn add(
        index: &mut Index,
        title: &str,
        body: &str,
        lang: &str,
        hours: i64,
    ) -> (i64, Option<i64>) {
        let fingerprint = Fingerprint::of(StoryText {
            title,
            body,
            lang: Some(lang),
        });
        let added = index.add(fingerprint, Some(at(hours)));
        (added.story.0, added.copy_of.map(|article| article.0))
    }

    #[test]
    fn a_copy_joins_whatever_was_done_to_it() {
        let mut index = Index::default();
        assert_eq!(
            add(&mut index, "Wang Yi Tiba di Moskow", WIRE, "id", 0),
            (1, None)
        );
        let cut = &WIRE[..WIRE.find("Kedua").unwrap()];
        let dressed =
            format!("KABAR, Jakarta - {WIRE}\nBaca Juga: Harga beras naik lagi\nAdvertisement");
        let local =
            format!("{WIRE} Warga Bandung menyambut baik kabar itu dan berharap harga turun.");
        for (title, body) in [
            ("Menlu Tiongkok ke Rusia", WIRE),
            ("Tiba: Wang Yi", cut),
            ("Wang Yi", &dressed),
            ("Kabar dari Moskow", &local),
        ] {
            assert_eq!(
                add(&mut index, title, body, "id", 1),
                (1, Some(0)),
                "{title}"
            );
        }
        let other = "Harga beras di pasar induk naik lima persen sejak pekan lalu karena pasokan \
            dari daerah berkurang, kata kepala dinas perdagangan kepada wartawan hari ini.";
        assert_eq!(
            add(&mut index, "Harga Beras Naik", other, "id", 2),
            (2, None)
        );
    }

    #[test]
    fn a_copy_after_the_window_is_a_story_of_its_own_and_memory_is_given_back() {
        let mut index = Index::default();
        add(&mut index, "Wang Yi Tiba di Moskow", WIRE, "id", 0);
        assert_eq!(add(&mut index, "Wang Yi", WIRE, "id", 7 * 24).0, 1);
        assert_eq!(add(&mut index, "Wang Yi", WIRE, "id", 30 * 24).0, 2);
        add(&mut index, "Wang Yi", WIRE, "id", 31 * 24);
        assert_eq!(index.first, 2);
        assert_eq!((index.articles.len(), index.by_story.len()), (2, 1));
        assert!(
            index
                .by_key
                .values()
                .all(|holders| holders.newest().all(|number| number >= 2))
        );
    }

    #[test]
    fn the_first_seen_is_the_original_whenever_it_comes() {
        let mut index = Index::default();
        add(&mut index, "Wang Yi", WIRE, "id", 2);
        assert_eq!(add(&mut index, "Menlu", WIRE, "id", 5), (1, Some(0)));
        let fingerprint = Fingerprint::of(StoryText {
            title: "Wang Yi Tiba di Moskow",
            body: WIRE,
            lang: Some("id"),
        });
        let added = index.add(fingerprint, Some(at(0)));
        assert_eq!((added.story, added.copy_of), (StoryId(1), None));
        assert_eq!(added.copies, [ArticleId(0), ArticleId(1)]);
        assert_eq!(add(&mut index, "Kabar", WIRE, "id", 1), (1, Some(2)));
    }

    #[test]
    fn likeness_by_words_fades_with_time() {
        let report = "Wang Yi mendarat di Moskow pada hari Sabtu dan disambut duta besar. Menteri itu akan \
            membahas perdagangan, energi dan keamanan dengan Sergei Lavrov sebelum pulang pada Minggu.";
        let told = |hours: i64| {
            let mut index = Index::default();
            add(&mut index, "Wang Yi Tiba di Moskow", WIRE, "id", 0);
            add(&mut index, "Wang Yi di Moskow", report, "id", hours)
        };
        let half_life = StoryOptions::default().half_life.as_hours();
        assert_eq!(told(1), (1, None), "a day of one visit");
        // A week has more than two half-lives: a quarter of the likeness is left at its end.
        assert_eq!(told(2 * half_life + 12), (2, None), "another visit");
    }

    #[test]
    fn reports_of_one_visit_in_several_languages_are_one_story() {
        let mut index = Index::default();
        let id = "Menteri Luar Negeri Tiongkok Wang Yi bertemu Menteri Luar Negeri Rusia Sergei \
            Lavrov di Moskow, kata juru bicara Maria Zakharova kepada wartawan.";
        let ru = "Министр иностранных дел Китая Ван И встретился в Москве с министром Сергеем \
            Лавровым, сообщила журналистам официальный представитель Мария Захарова.";
        let other = "The Chinese volleyball team beat Russia in Moscow on Sunday; captain Zhu Ting \
            praised coach Cai Bin after the final.";
        let first = add(&mut index, "Wang Yi bertemu Lavrov di Moskow", id, "id", 0);
        let second = add(&mut index, "Ван И встретился с Лавровым", ru, "ru", 3);
        assert_eq!((first.0, second), (1, (1, None)));
        assert_eq!(add(&mut index, "China beat Russia", other, "en", 4).0, 2);
    }

    #[test]
    fn without_a_time_only_the_text_counts() {
        let mut index = Index::default();
        let fingerprint = |title: &str, body: &str| {
            Fingerprint::of(StoryText {
                title,
                body,
                lang: Some("id"),
            })
        };
        let reworded = "Tamu dari Tiongkok sudah mendarat di ibu kota Rusia, kata Wang Yi.";
        index.add(fingerprint("Wang Yi Tiba di Moskow", WIRE), None);
        let added = index.add(fingerprint("Moskow Menyambut Wang Yi", reworded), None);
        assert_eq!(added.story, StoryId(2));
        let added = index.add(fingerprint("Menlu Tiongkok", WIRE), None);
        assert_eq!(
            (added.story, added.copy_of),
            (StoryId(1), Some(ArticleId(0)))
        );
    }

    #[test]
    fn candidates_are_those_with_most_keys_and_of_as_many_the_newest() {
        let mut shared = vec![0; 400];
        let found: Vec<u32> = (0..300).collect();
        for place in &found {
            shared[*place as usize] = if place % 10 == 0 { 7 } else { 2 };
        }
        let mut chosen = most_shared(&found, &mut shared);
        chosen.sort_unstable();
        let by_tens = (0..300).step_by(10);
        let newest = (0..300)
            .rev()
            .filter(|place| place % 10 != 0)
            .take(CANDIDATES_MAX - 30);
        let mut expected: Vec<u32> = by_tens.chain(newest).collect();
        expected.sort_unstable();
        assert_eq!(chosen, expected);
        assert!(shared.iter().all(|count| *count == 0));
        shared[5] = 1;
        assert_eq!(most_shared(&[5], &mut shared), [5]);
    }

    #[test]
    fn one_wrong_date_does_not_empty_the_window() {
        let mut index = Index::default();
        add(&mut index, "Wang Yi Tiba di Moskow", WIRE, "id", 0);
        add(
            &mut index,
            "Ramalan cuaca",
            "Hujan turun di seluruh kota.",
            "id",
            9_000,
        );
        assert_eq!(add(&mut index, "Wang Yi", WIRE, "id", 1), (1, Some(0)));
    }
}
