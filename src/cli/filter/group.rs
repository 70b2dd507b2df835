//! `wirewatch group`: articles to stories.

use std::collections::VecDeque;
use std::io;
use std::process::ExitCode;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{FilterArgs, FilterError, PANICKED, each_in_turn, error_line, text, write_line};
use crate::model::{ArticleId, StoryId};
use crate::story::{Fingerprint, Index, StoryOptions, StoryText};

/// Puts articles into stories, in order of arrival
///
/// Reads JSON Lines `{"id","title","body","lang"?,"published"?}` on standard input and writes
/// `{"id","story","near_duplicate_of"}`: the story's name, and the id of the article whose text this
/// one repeats (or null). An article can show that two stories are one: an answer is given when no
/// later line can change it, a week later in the stream or at its end. A time that cannot be read counts as that of the line before;
/// before the first that can be read, only the same text makes a story.
#[derive(Debug, Clone, clap::Args)]
pub struct GroupArgs {
    /// Threads; the answer is the same for every number of them.
    #[command(flatten)]
    pub filter: FilterArgs,
}

/// Runs the filter over standard input.
///
/// # Errors
/// When the input is not JSON Lines, or reading or writing fails.
pub fn run(args: &GroupArgs) -> anyhow::Result<ExitCode> {
    let input = io::BufReader::new(io::stdin());
    let output = io::BufWriter::new(io::stdout().lock());
    group(input, output, args.filter.threads())?;
    Ok(ExitCode::SUCCESS)
}

fn group(
    input: impl io::BufRead + Send,
    mut output: impl io::Write,
    threads: usize,
) -> Result<(), FilterError> {
    let mut stream = Stream::new();
    each_in_turn(input, threads, fingerprint, |line, fingerprint| {
        match fingerprint {
            Some(fingerprint) => stream.take(line, fingerprint),
            None => stream.refuse(error_line(line, PANICKED)),
        }
        stream.write_ready(&mut output)
    })?;
    stream.settle_all();
    stream.write_ready(&mut output)?;
    Ok(output.flush()?)
}

fn fingerprint(line: &Value) -> Fingerprint {
    Fingerprint::of(StoryText {
        title: text(line, "title"),
        body: text(line, "body"),
        lang: Some(text(line, "lang")).filter(|lang| !lang.is_empty()),
    })
}

/// The articles so far.
struct Stream {
    index: Index,
    /// Answers that are not written yet, in input order: those of the articles that the index holds, and a few more.
    waiting: VecDeque<Waiting>,
    /// What to write before them.
    refused: Vec<Value>,
    /// The stories of those that are ready.
    settled: VecDeque<StoryId>,
    /// Number of the first article among them.
    first: ArticleId,
    /// Time of the line before; none until one could be read.
    now: Option<Timestamp>,
}

/// The answer of an article that a later one may change.
struct Waiting {
    id: Value,
    /// Id of the article whose text it repeats.
    original: Value,
    /// Lines that could not be worked on and came behind it.
    refused: Vec<Value>,
}

impl Stream {
    fn new() -> Self {
        Self {
            index: Index::new(StoryOptions::default()),
            waiting: VecDeque::new(),
            refused: Vec::new(),
            settled: VecDeque::new(),
            first: ArticleId(0),
            now: None,
        }
    }

    fn take(&mut self, line: &Value, fingerprint: Fingerprint) {
        self.now = published(text(line, "published")).or(self.now);
        let added = self.index.add(fingerprint, self.now);
        let original = added
            .copy_of
            .and_then(|article| self.article(article))
            .map_or(Value::Null, |original| original.id.clone());
        let id = line["id"].clone();
        for copy in added.copies {
            if let Some(copy) = self.article(copy) {
                copy.original = id.clone();
            }
        }
        self.waiting.push_back(Waiting {
            id,
            original,
            refused: Vec::new(),
        });
        let settled = added.settled.into_iter().map(|(_, story)| story);
        self.settled.extend(settled);
    }

    fn refuse(&mut self, error: Value) {
        match self.waiting.back_mut() {
            Some(last) => last.refused.push(error),
            None => self.refused.push(error),
        }
    }

    /// An article that waits.
    fn article(&mut self, article: ArticleId) -> Option<&mut Waiting> {
        let place = usize::try_from(article.0 - self.first.0).ok()?;
        self.waiting.get_mut(place)
    }

    /// Nothing more comes.
    fn settle_all(&mut self) {
        let stories = self.index.stories().map(|(_, story)| story);
        self.settled.extend(stories);
    }

    /// Writes the answers up to the first that is not ready.
    fn write_ready(&mut self, output: &mut impl io::Write) -> Result<(), FilterError> {
        for error in self.refused.drain(..) {
            write_line(output, &error)?;
        }
        for story in self.settled.drain(..) {
            let Some(ready) = self.waiting.pop_front() else {
                break;
            };
            self.first.0 += 1;
            let answer = json!({
                "id": ready.id,
                "story": story.to_string(),
                "near_duplicate_of": ready.original,
            });
            write_line(output, &answer)?;
            for error in ready.refused {
                write_line(output, &error)?;
            }
        }
        Ok(())
    }
}

/// An instant, a date with time in UTC, or a bare date (its first instant, UTC).
fn published(written: &str) -> Option<Timestamp> {
    let written = written.trim();
    let utc = |wall: DateTime| wall.to_zoned(TimeZone::UTC).ok().map(|z| z.timestamp());
    written
        .parse::<Timestamp>()
        .ok()
        .or_else(|| written.parse::<DateTime>().ok().and_then(utc))
        .or_else(|| written.parse::<Date>().ok().and_then(|d| utc(d.into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grouped(input: &str, threads: usize) -> Vec<Value> {
        let mut output = Vec::new();
        group(input.as_bytes(), &mut output, threads).unwrap();
        let output = String::from_utf8(output).unwrap();
        output
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn line(id: u32, words: std::ops::Range<u32>, published: &str) -> String {
        let body: String = words.map(|n| format!("kata{n} ")).collect();
        let title = format!("Judul {id}");
        let line = json!({"id": id, "title": title, "body": body, "published": published});
        format!("{line}\n")
    }

    #[test]
    fn copies_name_their_original_and_the_answer_is_the_same_for_every_number_of_threads() {
        let input: String = (0..60)
            .map(|n| line(n, n % 5 * 1000..n % 5 * 1000 + 200, "2026-11-22"))
            .collect();
        let answers = grouped(&input, 1);
        assert_eq!(answers[3]["near_duplicate_of"], Value::Null);
        assert_eq!(answers[8]["near_duplicate_of"], 3);
        assert_eq!(answers[8]["story"], answers[3]["story"]);
        assert_ne!(answers[8]["story"], answers[4]["story"]);
        for threads in [2, 7] {
            assert_eq!(grouped(&input, threads), answers);
        }
    }

    #[test]
    fn a_time_that_cannot_be_read_is_that_of_the_line_before() {
        let input = [
            line(1, 0..200, ""),
            line(2, 0..200, "2026-11-01"),
            line(3, 0..200, "2026-11-06 12:00"),
            line(4, 0..200, "the day before yesterday"),
            line(5, 0..200, "2026-11-20T07:00:00+07:00"),
            line(6, 0..200, "2026-11-22T00:00"),
        ];
        let answers = grouped(&input.concat(), 2);
        let originals: Vec<_> = answers
            .iter()
            .map(|a| a["near_duplicate_of"].clone())
            .collect();
        let none = Value::Null;
        assert_eq!(
            originals,
            [
                none.clone(),
                none.clone(),
                json!(2),
                json!(2),
                none,
                json!(5)
            ]
        );
    }

    #[test]
    fn empty_documents_are_stories_of_their_own() {
        let answers = grouped("{}\n{\"id\":null,\"title\":null,\"body\":7}\n", 1);
        assert_ne!(answers[0]["story"], answers[1]["story"]);
        assert_eq!(answers[1]["near_duplicate_of"], Value::Null);
    }
}
