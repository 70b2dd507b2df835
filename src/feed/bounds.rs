//! How long the fields of an entry may be. Everything behind the reader costs a multiple of their length.

use crate::model::ParsedEntry;

/// Longest title, in bytes.
const TITLE_BYTES_MAX: usize = 8 * 1024;
/// Longest summary or content, in bytes; a book of 300 pages is about as long.
const TEXT_BYTES_MAX: usize = 512 * 1024;
/// Most addresses, names or categories of one kind.
const LIST_MAX: usize = 256;

/// Cuts what is longer than any honest field; says in words what was cut.
pub(super) fn cut(entries: &mut [ParsedEntry]) -> Option<String> {
    let cut = entries.iter_mut().map(cut_entry).filter(|cut| *cut).count();
    (cut > 0).then(|| {
        format!("{cut} entries have fields beyond all bounds: the rest of them is left out")
    })
}

fn cut_entry(entry: &mut ParsedEntry) -> bool {
    let texts = [
        (&mut entry.title, TITLE_BYTES_MAX),
        (&mut entry.summary, TEXT_BYTES_MAX),
        (&mut entry.content, TEXT_BYTES_MAX),
    ];
    let mut cut = false;
    for (text, max) in texts {
        if let Some(text) = text.as_mut().filter(|text| text.len() > max) {
            text.truncate(text.floor_char_boundary(max));
            text.shrink_to_fit();
            cut = true;
        }
    }
    for list in [
        &mut entry.links,
        &mut entry.authors,
        &mut entry.categories,
        &mut entry.enclosures,
    ] {
        cut |= list.len() > LIST_MAX;
        list.truncate(LIST_MAX);
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_beyond_all_bounds_is_cut() {
        let honest = ParsedEntry {
            title: Some("A title".to_owned()),
            content: Some("word ".repeat(1_000)),
            ..ParsedEntry::default()
        };
        let mut entries = [honest.clone()];
        assert_eq!(cut(&mut entries), None);
        assert_eq!(entries, [honest]);
        let mut entries = [ParsedEntry {
            title: Some("é".repeat(TITLE_BYTES_MAX)),
            categories: vec!["x".to_owned(); 1_000],
            ..ParsedEntry::default()
        }];
        assert!(cut(&mut entries).is_some());
        assert_eq!(
            entries[0].title.as_ref().map(String::len),
            Some(TITLE_BYTES_MAX)
        );
        assert_eq!(entries[0].categories.len(), LIST_MAX);
    }
}
