//! Any bytes are a feed, or are said to be none.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirewatch::feed::{self, Hints};

fuzz_target!(|bytes: &[u8]| {
    let hints = Hints { base_url: Some("https://example.org/feed".to_owned()), ..Hints::default() };
    if let Ok(parsed) = feed::parse(bytes, &hints) {
        assert!(parsed.entries.iter().all(|entry| !entry.key.is_empty()), "an entry without identity");
    }
});
