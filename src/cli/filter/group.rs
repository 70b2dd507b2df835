//! `wirewatch group`: articles to stories.

use std::collections::VecDeque;
use std::io;
use std::process::ExitCode;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{FilterArgs, FilterError, run_in_turn, text};
use crate::story::{Fingerprint, Index, StoryOptions, StoryText};

/// Puts articles into stories, in order of arrival
///
/// Reads JSON Lines `{"id","title","body","lang"?,"published"?}` on standard input and writes
/// `{"id","story","near_duplicate_of"}`: the story's name, and the id of the article whose text this
/// one repeats (or null). A time that cannot be read counts as that of the line before;
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
    output: impl io::Write,
    threads: usize,
) -> Result<(), FilterError> {
    let mut stream = Stream::new();
    run_in_turn(input, output, threads, fingerprint, |line, fingerprint| {
        stream.answer(line, fingerprint)
    })
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
    /// Ids of the articles that the index holds.
    ids: VecDeque<Value>,
    /// Time of the line before; none until one could be read.
    now: Option<Timestamp>,
}

impl Stream {
    fn new() -> Self {
        Self {
            index: Index::new(StoryOptions::default()),
            ids: VecDeque::new(),
            now: None,
        }
    }

    fn answer(&mut self, line: &Value, fingerprint: Fingerprint) -> Value {
        self.now = published(text(line, "published")).or(self.now);
        let before = self.index.oldest();
        let (story, copy_of) = self.index.add(fingerprint, self.now);
        let forgotten = self.index.oldest().0 - before.0;
        self.ids
            .drain(..usize::try_from(forgotten).unwrap_or_default());
        self.ids.push_back(line["id"].clone());
        let original = copy_of
            .and_then(|article| usize::try_from(article.0 - self.index.oldest().0).ok())
            .and_then(|place| self.ids.get(place));
        json!({
            "id": line["id"],
            "story": story.to_string(),
            "near_duplicate_of": original,
        })
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
