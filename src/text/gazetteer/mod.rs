//! Names of countries in many languages.

/// What a form says of its country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FormKind {
    /// A name of the country.
    Name,
    /// An adjective, or a word for its people.
    Adjective,
    /// Its capital.
    Capital,
    /// A word that stands for its government ("Kremlin").
    Metonym,
}

/// One way to write a country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The form as written, not folded; may be more than one word.
    pub text: String,
    /// Language (shortest BCP 47 tag), `*` for any.
    pub lang: String,
    /// What it says.
    pub kind: FormKind,
    /// The text must be written exactly like this, case and marks included.
    pub cased: bool,
}
