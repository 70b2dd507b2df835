//! The members of a JSON Feed, one item after the other: what was read before a fault is kept, and what
//! nobody asks for is passed over without being built.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::ENTRIES_MAX;

/// Members of the feed that are read.
const FEED: [&str; 9] = [
    "author",
    "authors",
    "description",
    "feed_url",
    "home_page_url",
    "hubs",
    "language",
    "next_url",
    "title",
];
/// Members of an item that are read.
const ITEM: [&str; 13] = [
    "attachments",
    "author",
    "authors",
    "content_html",
    "content_text",
    "date_modified",
    "date_published",
    "external_url",
    "id",
    "summary",
    "tags",
    "title",
    "url",
];

/// What a document holds.
#[derive(Debug, Default)]
pub(super) struct Members {
    /// Members of the feed.
    pub feed: Map<String, Value>,
    /// Members of each item, in order.
    pub items: Vec<Map<String, Value>>,
    /// There is a list of items, if only an empty one.
    pub has_list: bool,
    /// What ended the reading early, in words.
    pub fault: Option<String>,
    left_out: usize,
}

impl Members {
    /// Whether the fault is nesting without end.
    pub(super) fn too_deep(&self) -> bool {
        let fault = self.fault.as_deref().unwrap_or_default();
        fault.starts_with("recursion limit")
    }

    /// What was amiss, in words.
    pub(super) fn notes(&self) -> Vec<String> {
        let fault = self.fault.iter();
        let mut notes: Vec<String> = fault
            .map(|fault| format!("the document ends at a fault: {fault}"))
            .collect();
        if self.left_out > 0 {
            notes.push(format!("{} more entries were left out", self.left_out));
        }
        notes
    }
}

/// Reads a document as far as it goes.
pub(super) fn read(document: &str) -> Members {
    let mut found = Members::default();
    let mut deserializer = serde_json::Deserializer::from_str(document);
    // What follows the feed does no harm.
    let result = Document(&mut found).deserialize(&mut deserializer);
    found.fault = result.err().map(|error| error.to_string());
    found
}

/// The whole document.
struct Document<'m>(&'m mut Members);

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON Feed")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            if name == "items" {
                members.next_value_seed(Items(self.0))?;
            } else if FEED.contains(&name.as_str()) {
                self.0.feed.insert(name, members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// The list of items.
struct Items<'m>(&'m mut Members);

impl<'de> DeserializeSeed<'de> for Items<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.0.has_list = true;
        while let Some(item) = items.next_element_seed(Item)? {
            if self.0.items.len() < ENTRIES_MAX {
                self.0.items.extend(item);
            } else {
                self.0.left_out += 1;
            }
        }
        Ok(())
    }
}

/// One item; `None` if something else than an object stands in the list.
struct Item;

impl<'de> DeserializeSeed<'de> for Item {
    type Value = Option<Map<String, Value>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Item {
    type Value = Option<Map<String, Value>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an item")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut item = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if ITEM.contains(&name.as_str()) {
                item.insert(name, members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Some(item))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Self::Value, A::Error> {
        while values.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn items_before_a_fault_are_kept_and_unknown_members_passed_over() {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        for (document, items, has_fault) in [
            (r#"{"items":[{"id":1},{"id":2}]}"#.to_owned(), 2, false),
            (r#"{"items":[{"id":1},{"id":2"#.to_owned(), 1, true),
            (
                r#"{"items":[{"id":1},null,3,"x",[4],true]}"#.to_owned(),
                1,
                false,
            ),
            (r#"{"items":[{"id":1}]} and more"#.to_owned(), 1, false),
            (format!(r#"{{"items":[{{"id":1,"x":{deep}}}]}}"#), 1, false),
            (format!(r#"{{"x":{deep},"items":[{{"id":1}}]}}"#), 1, false),
            (
                format!(r#"{{"items":[{{"id":1}},{{"id":{deep}}}]}}"#),
                1,
                true,
            ),
            (r#"{"items":{}}"#.to_owned(), 0, true),
        ] {
            let found = read(&document);
            let start: String = document.chars().take(60).collect();
            assert_eq!(found.items.len(), items, "{start}");
            assert_eq!(
                found.fault.is_some(),
                has_fault,
                "{start}: {:?}",
                found.fault
            );
        }
    }
}
