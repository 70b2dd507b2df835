//! The worst rules on articles of 100 kB: counted in steps, which are the same on every machine.

use wirewatch::rules::{Document, RuleSet};

#[allow(dead_code, reason = "the benches need all of it")]
#[path = "../../benches/rule_sets/worst.rs"]
mod worst;

/// What a watch may take, and what the last step before it is given up may add to that: to look up one term, or to
/// join two rows of places, is never cut short.
const STEPS_MAX: u64 = 100_000;
const LAST_STEP_MAX: u64 = 400_000;

#[test]
fn no_rule_takes_more_than_its_steps() {
    let (mut counted, mut given_up) = (0, 0);
    let articles = worst::articles().into_iter();
    // The others are for the bench: here they would only take time.
    let few = ["one paragraph", "one word", "Chinese"];
    for (article, input) in articles.filter(|(name, _)| few.contains(name)) {
        let words = worst::frequent_words(&input);
        let document = Document::new(input);
        for (name, source) in worst::rules(&words) {
            // Some ask for what cannot be in this script.
            let Ok(rules) = RuleSet::compile(&source) else {
                continue;
            };
            let steps = rules.steps("w", &document).expect("the watch is there");
            assert!(
                steps <= STEPS_MAX + LAST_STEP_MAX,
                "{name} on {article}: {steps} steps"
            );
            let misses = rules.judge(&document).near_misses;
            let is_given_up = misses.iter().any(|miss| miss.why.starts_with("given up"));
            assert!(!is_given_up || steps > STEPS_MAX, "{name} on {article}");
            counted += 1;
            given_up += usize::from(is_given_up);
        }
    }
    assert!(counted > 45, "only {counted} rules compiled");
    assert!(given_up > 0, "they are not the worst");
}
