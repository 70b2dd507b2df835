//! Which script a character is written in, as far as cutting words and guessing languages need it.

/// A writing system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Script {
    /// Latin, also full width.
    Latin,
    /// Cyrillic.
    Cyrillic,
    /// Greek.
    Greek,
    /// Arabic, with the letters of Persian, Urdu and others.
    Arabic,
    /// Hebrew.
    Hebrew,
    /// Armenian.
    Armenian,
    /// Georgian.
    Georgian,
    /// Ethiopic.
    Ethiopic,
    /// Devanagari: Hindi, Marathi, Nepali.
    Devanagari,
    /// Bengali.
    Bengali,
    /// Gurmukhi: Punjabi.
    Gurmukhi,
    /// Gujarati.
    Gujarati,
    /// Odia.
    Odia,
    /// Tamil.
    Tamil,
    /// Telugu.
    Telugu,
    /// Kannada.
    Kannada,
    /// Malayalam.
    Malayalam,
    /// Sinhala.
    Sinhala,
    /// Thai.
    Thai,
    /// Lao.
    Lao,
    /// Burmese.
    Myanmar,
    /// Khmer.
    Khmer,
    /// Hangul: Korean.
    Hangul,
    /// Hiragana and katakana, also half width.
    Kana,
    /// Han: Chinese, and the kanji of Japanese.
    Han,
    /// Everything else: digits, marks, signs, rarer scripts.
    Other,
}

impl Script {
    /// The script of a character.
    #[must_use]
    pub fn of(c: char) -> Self {
        match u32::from(c) {
            0x41..=0x5A | 0x61..=0x7A | 0xAA | 0xBA | 0xC0..=0xD6 | 0xD8..=0xF6 => Self::Latin,
            0xF8..=0x2AF | 0x1E00..=0x1EFF | 0xFB00..=0xFB06 => Self::Latin,
            0xFF21..=0xFF3A | 0xFF41..=0xFF5A => Self::Latin,
            0x370..=0x3FF | 0x1F00..=0x1FFF => Self::Greek,
            0x400..=0x52F | 0x1C80..=0x1C8F => Self::Cyrillic,
            0x531..=0x58F => Self::Armenian,
            0x591..=0x5F4 | 0xFB1D..=0xFB4F => Self::Hebrew,
            0x620..=0x65F | 0x66E..=0x6EF | 0x6FA..=0x6FF => Self::Arabic,
            0x750..=0x77F | 0x8A0..=0x8FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFC => Self::Arabic,
            0x900..=0x963 | 0x966..=0x97F => Self::Devanagari,
            0x980..=0x9FF => Self::Bengali,
            0xA00..=0xA7F => Self::Gurmukhi,
            0xA80..=0xAFF => Self::Gujarati,
            0xB00..=0xB7F => Self::Odia,
            0xB80..=0xBFF => Self::Tamil,
            0xC00..=0xC7F => Self::Telugu,
            0xC80..=0xCFF => Self::Kannada,
            0xD00..=0xD7F => Self::Malayalam,
            0xD80..=0xDFF => Self::Sinhala,
            0xE01..=0xE3A | 0xE40..=0xE5B => Self::Thai,
            0xE80..=0xEFF => Self::Lao,
            0x1000..=0x109F | 0xA9E0..=0xA9FF | 0xAA60..=0xAA7F => Self::Myanmar,
            0x10A0..=0x10FF | 0x1C90..=0x1CBF => Self::Georgian,
            0x1100..=0x11FF | 0x3130..=0x318F | 0xAC00..=0xD7FF => Self::Hangul,
            0x1200..=0x139F => Self::Ethiopic,
            0x1780..=0x17FF => Self::Khmer,
            0x3041..=0x30FA | 0x30FC..=0x30FF | 0x31F0..=0x31FF | 0xFF66..=0xFF9F => Self::Kana,
            0x3005..=0x3007 | 0x2E80..=0x2FDF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF => Self::Han,
            0xF900..=0xFAFF | 0x20000..=0x3FFFF => Self::Han,
            _ => Self::Other,
        }
    }

    /// Whether its words are written without spaces between them.
    #[must_use]
    pub const fn is_spaceless(self) -> bool {
        matches!(
            self,
            Self::Han | Self::Kana | Self::Thai | Self::Lao | Self::Khmer | Self::Myanmar
        )
    }
}

/// Whether the character belongs to a script without spaces between words (Han, Kana, Thai, Lao,
/// Khmer, Myanmar).
#[must_use]
pub fn is_spaceless(c: char) -> bool {
    match c {
        // Everything below Thai is written with spaces; most text ends here.
        '\0'..'\u{E00}' => false,
        // Han and Kana.
        '\u{4E00}'..='\u{9FFF}' | '\u{3041}'..='\u{3096}' => true,
        _ => Script::of(c).is_spaceless(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_of_letters() {
        let cases = [
            ('a', Script::Latin),
            ('ß', Script::Latin),
            ('ế', Script::Latin),
            ('Ｗ', Script::Latin),
            ('ё', Script::Cyrillic),
            ('ῆ', Script::Greek),
            ('ی', Script::Arabic),
            ('ﺔ', Script::Arabic),
            ('ש', Script::Hebrew),
            ('ख', Script::Devanagari),
            ('চ', Script::Bengali),
            ('จ', Script::Thai),
            ('중', Script::Hangul),
            ('ー', Script::Kana),
            ('ﾛ', Script::Kana),
            ('俄', Script::Han),
            ('々', Script::Han),
            ('𠮷', Script::Han),
            ('7', Script::Other),
            ('・', Script::Other),
            ('。', Script::Other),
        ];
        for (c, script) in cases {
            assert_eq!(Script::of(c), script, "{c}");
        }
    }

    #[test]
    fn spaceless_scripts() {
        for c in "国ロのจລខမ".chars() {
            assert!(is_spaceless(c), "{c}");
        }
        for c in "aя중۷ी、。 ".chars() {
            assert!(!is_spaceless(c), "{c}");
        }
    }
}
