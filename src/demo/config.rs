//! The demo's `config.toml`: what a user would write to watch the demo site.

use std::fmt::Write;

use toml::Value;

use super::Site;

impl Site {
    /// The text of a config that polls every feed of the site once a second and keeps its database
    /// beside itself. `watch_toml` (the `[watch.china-russia]` table with its lists) stands in it as given.
    #[must_use]
    pub fn config_toml(&self, watch_toml: &str) -> String {
        let mut text =
            String::from("# The demo's config: the built-in news site, one watch, one terminal.\n");
        table(&mut text, "[store]", &[("path", "wirewatch.db".into())]);
        let allow: Vec<Value> = self.addrs().map(|addr| addr.to_string().into()).collect();
        table(
            &mut text,
            "[fetch]",
            &[
                ("contact", "mailto:demo@wirewatch.invalid".into()),
                ("host_delay", "0s".into()),
                ("allow", allow.into()),
            ],
        );
        for feed in self.feeds() {
            let tags: Vec<Value> = feed.tags.into_iter().map(Value::from).collect();
            table(
                &mut text,
                "[[feed]]",
                &[
                    ("url", feed.url.into()),
                    ("lang", feed.lang.into()),
                    ("tags", tags.into()),
                    ("interval", "1s".into()),
                ],
            );
        }
        text.push('\n');
        text.push_str(watch_toml.trim_end());
        text.push('\n');
        table(
            &mut text,
            "[channel.terminal]",
            &[("kind", "stdout".into())],
        );
        table(
            &mut text,
            "[digest.china-russia]",
            &[
                ("schedule", "weekdays 07:30".into()),
                ("timezone", "UTC".into()),
                ("watches", vec![Value::from("china-russia")].into()),
                ("channels", vec![Value::from("terminal")].into()),
            ],
        );
        text
    }
}

fn table(text: &mut String, header: &str, keys: &[(&str, Value)]) {
    text.push('\n');
    text.push_str(header);
    text.push('\n');
    for (key, value) in keys {
        // Writing into a string cannot fail.
        writeln!(text, "{key} = {value}").ok();
    }
}
