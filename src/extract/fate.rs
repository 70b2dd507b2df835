//! What became of each line of a page, and why.

use std::fmt;

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fate {
    /// It is of the story.
    Kept,
    /// It is not.
    LeftOut(Reason),
}

impl Fate {
    /// It is of the story.
    #[must_use]
    pub fn is_kept(self) -> bool {
        self == Self::Kept
    }
}

/// Why a line is not of the story. Shown in words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reason {
    /// The classifier's opinion, 0 to 1.
    Unlikely(f32),
    /// It was told before.
    ToldBefore,
    /// It has no letter and no digit.
    NoWords,
    /// The whole line is a label.
    Label,
    /// A label that leads to other articles.
    ReadAlso,
    /// A link below such a label.
    UnderLabel,
    /// It begins as no sentence of news does.
    Furniture,
    /// Who took the picture, who holds the rights.
    Credit,
    /// It is a link.
    Link,
    /// Somebody's address.
    Contact,
    /// The headline again.
    Headline,
    /// The authors again.
    Byline,
    /// The date again.
    Date,
    /// A heading with nothing below it.
    LastHeading,
    /// Something stands in place of the article, and this is its text.
    Wall,
    /// The text of the JSON-LD was taken in place of the page's.
    JsonLd,
    /// The text that a script holds is taken instead.
    Script,
    /// `remove` of the rule for the site.
    Removed,
    /// Outside of `body` of the rule for the site.
    OutsideBody,
    /// In an element of navigation.
    Navigation,
    /// In an element that holds no running text: a form, a button.
    NoRunningText,
    /// No reader sees it.
    Hidden,
    /// A remark inside of a paragraph that leads to another article.
    Insertion,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unlikely(probability) => {
                return write!(f, "not likely of the story ({probability:.2})");
            }
            Self::ToldBefore => "told before",
            Self::NoWords => "no words",
            Self::Label => "label",
            Self::ReadAlso => "read-also label",
            Self::UnderLabel => "link below a read-also label",
            Self::Furniture => "begins like furniture",
            Self::Credit => "credit",
            Self::Link => "link list",
            Self::Contact => "contact",
            Self::Headline => "repeats the headline",
            Self::Byline => "repeats the authors",
            Self::Date => "date line",
            Self::LastHeading => "heading with nothing below it",
            Self::Wall => "stands in place of the article",
            Self::JsonLd => "the text of the JSON-LD is taken instead",
            Self::Script => "the text that a script of the page holds is taken instead",
            Self::Removed => "removed by [[site]]",
            Self::OutsideBody => "outside of `body` of [[site]]",
            Self::Navigation => "navigation",
            Self::NoRunningText => "form or control",
            Self::Hidden => "hidden",
            Self::Insertion => "read-also inside of a paragraph",
        })
    }
}
