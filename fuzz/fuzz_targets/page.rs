//! Any bytes are a page, with or without an article.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirewatch::extract::{self, Page};

fuzz_target!(|bytes: &[u8]| {
    let _ = extract::extract(bytes, &Page { url: "https://example.org/a", content_type: None });
});
