//! Any text is a date, or none, in any language.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirewatch::feed::dates;

fuzz_target!(|input: (&str, &str)| {
    let (text, language) = input;
    let _ = dates::parse(text, Some(language));
    let _ = dates::parse(text, None);
});
