//! Names across alphabets: a consonant skeleton that survives transliteration.
//!
//! "Putin", "Путин" and "Πούτιν" have the skeleton `PTN`. Vowels go, voiced and voiceless sounds fall
//! together, double letters count once. Coarse by intent: two names of one article are compared with
//! two of another, never one alone.

/// Consonants that a skeleton must have to tell one name from another.
const CONSONANTS_MIN: usize = 3;

/// The skeleton of a folded word, `None` when it is too short to say anything or its script is not
/// one that is transliterated here.
pub(super) fn skeleton(folded: &str) -> Option<String> {
    let mut skeleton = String::new();
    let mut last = None;
    let mut letters = folded.chars().peekable();
    while let Some(letter) = letters.next() {
        let sound = match (letter, letters.peek()) {
            // Pairs of letters that write one sound.
            ('s' | 'c' | 'z', Some('h' | 'z')) => {
                letters.next();
                "S"
            }
            ('k' | 'g', Some('h')) => {
                letters.next();
                "K"
            }
            ('p', Some('h')) => {
                letters.next();
                "F"
            }
            ('t', Some('s' | 'z')) => {
                letters.next();
                "S"
            }
            ('c', Some('e' | 'i' | 'y')) => "S",
            ('c', _) => "K",
            _ => sound(letter)?,
        };
        if !sound.is_empty() && last != Some(sound) {
            skeleton.push_str(sound);
        }
        last = Some(sound);
    }
    (skeleton.len() >= CONSONANTS_MIN).then_some(skeleton)
}

/// The sound of a letter; empty for vowels and for what different alphabets write or leave out.
fn sound(letter: char) -> Option<&'static str> {
    Some(match letter {
        'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h' | 'w' | 'j' | '\'' | '’' | '-' => "",
        'а' | 'е' | 'ё' | 'и' | 'й' | 'о' | 'у' | 'ы' | 'э' | 'ю' | 'я' | 'ь' | 'ъ' | 'і' | 'ї'
        | 'є' | 'ў' | 'ј' => "",
        'α' | 'ε' | 'η' | 'ι' | 'ο' | 'υ' | 'ω' => "",
        'b' | 'p' | 'б' | 'п' | 'β' | 'π' => "P",
        'v' | 'f' | 'в' | 'ф' | 'φ' => "F",
        'd' | 't' | 'д' | 'т' | 'δ' | 'τ' | 'θ' | 'ћ' | 'ђ' => "T",
        'g' | 'k' | 'q' | 'г' | 'ґ' | 'к' | 'х' | 'γ' | 'κ' | 'χ' => "K",
        's' | 'z' | 'с' | 'з' | 'ц' | 'ч' | 'ш' | 'щ' | 'ж' | 'σ' | 'ς' | 'ζ' | 'џ' => {
            "S"
        }
        'x' | 'ξ' => "KS",
        'l' | 'л' | 'λ' | 'ł' | 'љ' => "L",
        'r' | 'р' | 'ρ' => "R",
        'm' | 'м' | 'μ' => "M",
        'n' | 'н' | 'ν' | 'њ' => "N",
        'ψ' => "PS",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_skeleton_in_every_alphabet() {
        for names in [
            &["putin", "путин", "πουτιν"][..],
            &["lavrov", "лавров"],
            &["zelensky", "зеленскии"],
            &["macron", "макрон"],
            &["merkel", "меркель"],
            &["shoigu", "szoigu"],
        ] {
            let skeletons: Vec<_> = names.iter().map(|name| skeleton(name)).collect();
            assert!(
                skeletons.windows(2).all(|pair| pair[0] == pair[1]),
                "{names:?} {skeletons:?}"
            );
        }
    }

    #[test]
    fn short_words_and_other_scripts_have_none() {
        for word in ["wang", "yi", "", "王毅", "42"] {
            assert_eq!(skeleton(word), None, "{word}");
        }
    }
}
