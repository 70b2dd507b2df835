//! The story of a page that is compared, where the page tells several.

use super::fingerprint::StoryText;

impl<'a> StoryText<'a> {
    /// One story of a page. `parts` are the numbers of the lines of the body at which a further story begins, ascending, as
    /// in [`Article::parts`](crate::model::Article::parts); `number` counts from 1. The first has the page's title, a
    /// further one the line that it begins with. A number that is not there gives the first.
    #[must_use]
    pub fn of_part(
        title: &'a str,
        body: &'a str,
        lang: Option<&'a str>,
        parts: &[usize],
        number: u32,
    ) -> Self {
        let place = (number as usize).saturating_sub(1);
        let is_there = place >= 1 && place <= parts.len();
        let begin = match is_there {
            true => offset_of_line(body, parts[place - 1]),
            false => 0,
        };
        let next = if is_there { place } else { 0 };
        let end = parts
            .get(next)
            .map_or(body.len(), |line| offset_of_line(body, *line));
        let text = body.get(begin..end.max(begin)).unwrap_or_default();
        if !is_there {
            return Self {
                title,
                body: text,
                lang,
            };
        }
        let (headline, rest) = text.split_once('\n').unwrap_or((text, ""));
        Self {
            title: headline,
            body: rest,
            lang,
        }
    }
}

/// Where a line begins; the end of the text when there is none.
fn offset_of_line(text: &str, line: usize) -> usize {
    if line == 0 {
        return 0;
    }
    let ends = text.match_indices('\n');
    ends.map(|(at, _)| at + 1)
        .nth(line - 1)
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "One.\nTwo.\nSecond headline\nThree.\nThird headline\nFour.";

    fn part(number: u32) -> (&'static str, &'static str) {
        let text = StoryText::of_part("Title", BODY, None, &[2, 4], number);
        (text.title, text.body)
    }

    #[test]
    fn each_story_of_a_page_has_its_headline_and_its_lines() {
        assert_eq!(part(1), ("Title", "One.\nTwo.\n"));
        assert_eq!(part(2), ("Second headline", "Three.\n"));
        assert_eq!(part(3), ("Third headline", "Four."));
        assert_eq!(part(9), part(1));
        assert_eq!(part(0), part(1));
    }

    #[test]
    fn a_page_of_one_story_is_compared_whole_and_wrong_numbers_do_no_harm() {
        let whole = StoryText::of_part("Title", BODY, None, &[], 1);
        assert_eq!(whole.body, BODY);
        let beyond = StoryText::of_part("Title", BODY, None, &[99], 2);
        assert_eq!((beyond.title, beyond.body), ("", ""));
        let first = StoryText::of_part("Title", BODY, None, &[99], 1);
        assert_eq!(first.body, BODY);
    }
}
