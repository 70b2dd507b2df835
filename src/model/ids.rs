//! Row ids, one type each, so that a feed's id never stands where a story's is wanted.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An id text that is neither `<letter><number>` nor a bare number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an id; ids look like `{1}17`")]
pub struct IdError(String, &'static str);

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $letter:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($letter, "{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let digits = text.strip_prefix($letter).unwrap_or(text);
                digits
                    .parse()
                    .map(Self)
                    .map_err(|_| IdError(text.to_owned(), $letter))
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// A feed's row; shown as `f17`.
    FeedId, "f"
);
id!(
    /// An entry's row; shown as `e17`.
    EntryId, "e"
);
id!(
    /// An article's row; shown as `p17` (a page).
    ArticleId, "p"
);
id!(
    /// A story's row; shown as `s17`.
    StoryId, "s"
);
id!(
    /// A mute's row; shown as `m17`.
    MuteId, "m"
);
id!(
    /// An alert's row; shown as `a17`.
    AlertId, "a"
);
id!(
    /// A delivery's row; shown as `d17`.
    DeliveryId, "d"
);
id!(
    /// A digest's row; shown as `g17`.
    DigestId, "g"
);
id!(
    /// A WebSub subscription's row; shown as `w17`.
    SubscriptionId, "w"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_what_they_show_and_bare_numbers() {
        assert_eq!("a17".parse(), Ok(AlertId(17)));
        assert_eq!("17".parse(), Ok(AlertId(17)));
        assert_eq!(AlertId(17).to_string(), "a17");
        let error = "s17"
            .parse::<AlertId>()
            .expect_err("a story is not an alert");
        assert_eq!(error.to_string(), "`s17` is not an id; ids look like `a17`");
    }
}
