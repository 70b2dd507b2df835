//! The pages of one article made one.

use rustc_hash::FxHashSet;

use crate::extract::lines::weight;
use crate::extract::{BODY_CHARS_MIN, Extracted};

/// Puts the bodies of further pages behind that of the first one. Lines that every page repeats at its top (headline,
/// teaser) are told once, at the first place; those that it repeats at its bottom (credits) at the last place.
///
/// False when the further page says nothing that was not said: it is not the next one.
pub fn join(first: &mut Extracted, further: &Extracted) -> bool {
    let said: Vec<&str> = first.article.body.lines().collect();
    let known: FxHashSet<&str> = said.iter().copied().collect();
    let lines: Vec<&str> = further.article.body.lines().collect();
    let top = lines
        .iter()
        .take_while(|line| known.contains(*line))
        .count();
    let new = &lines[top..];
    if new.iter().all(|line| known.contains(line)) {
        return false;
    }
    let bottom = said
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(|(one, other)| one == other)
        .count();
    let mut joined = said[..said.len() - bottom].to_vec();
    joined.extend(new);
    first.article.body = joined.join("\n");
    let is_short = |note: &String| note == "the body is short";
    if weight(&first.article.body) >= BODY_CHARS_MIN && first.article.notes.iter().any(is_short) {
        first.article.notes.retain(|note| !is_short(note));
        first.confidence = first.confidence.max(further.confidence);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Article;

    fn page(body: &str) -> Extracted {
        Extracted {
            article: Article {
                body: body.to_owned(),
                ..Article::default()
            },
            ..Extracted::default()
        }
    }

    #[test]
    fn lines_that_every_page_repeats_are_told_once() {
        let mut whole = page("Teaser\nOne.\nTwo.\nEditor: A");
        assert!(join(&mut whole, &page("Teaser\nThree.\nEditor: A")));
        assert!(join(&mut whole, &page("Teaser\nTwo.\nFour.\nEditor: A")));
        assert_eq!(
            whole.article.body,
            "Teaser\nOne.\nTwo.\nThree.\nFour.\nEditor: A"
        );
        assert!(
            !join(&mut whole, &page("Teaser\nOne.\nTwo.\nEditor: A")),
            "the first page again"
        );
        assert!(!join(&mut whole, &page("")));
    }

    #[test]
    fn a_short_first_page_is_made_up_for() {
        let mut whole = page("Short.");
        whole.article.notes.push("the body is short".to_owned());
        let mut further = page(&"Long enough. ".repeat(30));
        further.confidence = 0.9;
        assert!(join(&mut whole, &further));
        assert!(whole.is_confident());
        assert!(whole.article.notes.is_empty());
    }
}
