//! Metrics as text: OpenMetrics for servers that ask for it, and the older text format of Prometheus for the others
//! and for the textfile collector, which reads nothing else.

use std::fmt::Write;

/// Labels of a sample: names and values.
pub type Labels<'a> = &'a [(&'a str, &'a str)];

/// Which of the two formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// OpenMetrics 1.0.
    OpenMetrics,
    /// Prometheus' text format 0.0.4.
    Text,
}

impl Format {
    /// The format for an `Accept` header.
    #[must_use]
    pub fn accepted(accept: &str) -> Self {
        match accept.contains("application/openmetrics-text") {
            true => Self::OpenMetrics,
            false => Self::Text,
        }
    }

    /// The `Content-Type` of it.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// A text in the making. Families come one after the other, each with all of its samples.
#[derive(Debug)]
pub struct Exposition {
    format: Format,
    text: String,
}

impl Exposition {
    /// An empty one.
    #[must_use]
    pub fn new(format: Format) -> Self {
        let text = String::new();
        Self { format, text }
    }

    /// Numbers that only grow. `name` is without the `_total` that its samples end with.
    pub fn counters<L: AsRef<[(&'static str, String)]>>(
        &mut self,
        name: &str,
        help: &str,
        samples: impl IntoIterator<Item = (L, u64)>,
    ) {
        let total = format!("{name}_total");
        let family = match self.format {
            Format::OpenMetrics => name,
            Format::Text => &total,
        };
        self.head(family, "counter", help);
        for (labels, value) in samples {
            self.sample(&total, &borrowed(labels.as_ref()), value as f64);
        }
    }

    /// A number that only grows, without labels.
    pub fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.counters(name, help, [([], value)]);
    }

    /// Numbers that go up and down.
    pub fn gauges<L: AsRef<[(&'static str, String)]>>(
        &mut self,
        name: &str,
        help: &str,
        samples: impl IntoIterator<Item = (L, f64)>,
    ) {
        self.head(name, "gauge", help);
        for (labels, value) in samples {
            self.sample(name, &borrowed(labels.as_ref()), value);
        }
    }

    /// A number that goes up and down, without labels.
    pub fn gauge(&mut self, name: &str, help: &str, value: f64) {
        self.gauges(name, help, [([], value)]);
    }

    /// How often a value fell below each of some bounds. `counts` has one more than `bounds`: what lies beyond the last.
    pub fn histogram(&mut self, name: &str, help: &str, bounds: &[f64], counts: &[u64], sum: f64) {
        self.head(name, "histogram", help);
        let bucket = format!("{name}_bucket");
        let mut so_far = 0;
        for (index, count) in counts.iter().enumerate() {
            so_far += count;
            let le = bounds
                .get(index)
                .map_or_else(|| "+Inf".to_owned(), |bound| format!("{bound:?}"));
            self.sample(&bucket, &[("le", &le)], so_far as f64);
        }
        self.sample(&format!("{name}_sum"), &[], sum);
        self.sample(&format!("{name}_count"), &[], so_far as f64);
    }

    /// The whole text.
    #[must_use]
    pub fn finish(mut self) -> String {
        if self.format == Format::OpenMetrics {
            self.text.push_str("# EOF\n");
        }
        self.text
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let help = escaped(help);
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: Labels<'_>, value: f64) {
        self.text.push_str(name);
        for (index, (label, value)) in labels.iter().enumerate() {
            let open = if index == 0 { '{' } else { ',' };
            let _ = write!(self.text, "{open}{label}=\"{}\"", escaped(value));
        }
        if !labels.is_empty() {
            self.text.push('}');
        }
        let _ = writeln!(self.text, " {value}");
    }
}

fn borrowed<'a>(labels: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    labels
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('\n', "\\n")
        .replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(format: Format) -> String {
        let mut text = Exposition::new(format);
        text.counters(
            "polls",
            "Polls.",
            [([("result", "a\"b\n\\".to_owned())], 3)],
        );
        text.histogram("lag_seconds", "Lag.", &[0.5, 60.0], &[1, 2, 4], 1.5);
        text.finish()
    }

    #[test]
    fn both_formats_are_written_as_their_readers_want_them() {
        let buckets = "# HELP lag_seconds Lag.\n# TYPE lag_seconds histogram\n\
            lag_seconds_bucket{le=\"0.5\"} 1\nlag_seconds_bucket{le=\"60.0\"} 3\n\
            lag_seconds_bucket{le=\"+Inf\"} 7\nlag_seconds_sum 1.5\nlag_seconds_count 7\n";
        let sample = "polls_total{result=\"a\\\"b\\n\\\\\"} 3\n";
        assert_eq!(
            example(Format::OpenMetrics),
            format!("# HELP polls Polls.\n# TYPE polls counter\n{sample}{buckets}# EOF\n")
        );
        assert_eq!(
            example(Format::Text),
            format!("# HELP polls_total Polls.\n# TYPE polls_total counter\n{sample}{buckets}")
        );
    }

    #[test]
    fn who_does_not_ask_for_openmetrics_gets_the_older_format() {
        let prometheus = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.1";
        assert_eq!(Format::accepted(prometheus), Format::OpenMetrics);
        assert_eq!(Format::accepted("*/*"), Format::Text);
    }
}
