//! Lines and their looks, written down.

use super::allow::{PART, escape};
use super::inline::{Kind, Mark, Run};
use super::shape::{Container, Leaf, Shape, Tongue, common, tag};
use super::{ElementId, Line, Look};

/// The whole of it. `lang` is the text's own language, for pages that name none.
pub(super) fn html(lines: &[Line], lang: Option<&str>) -> String {
    let looks = || lines.iter().filter_map(|line| line.look.as_ref());
    let first = looks().map(|look| look.shape.tongue.clone()).next();
    let mut tongue = first.unwrap_or_default();
    tongue.lang = tongue.lang.or_else(|| lang.and_then(tag));
    tongue.dir = tongue.dir.or(Some("auto"));
    let mut writer = Writer {
        out: String::new(),
        around: common(looks().map(|look| &look.shape)),
        open: Vec::new(),
        begun_item: false,
        tongue: tongue.clone(),
    };
    writer.begin("article", &tongue, None);
    writer.out.push('\n');
    for line in lines.iter().filter(|line| !line.text.trim().is_empty()) {
        writer.line(line);
    }
    writer.close_to(0);
    writer.out.push_str("</article>\n");
    writer.out
}

struct Writer {
    out: String,
    /// Containers that are around all lines.
    around: usize,
    open: Vec<(Container, ElementId)>,
    /// The innermost open item has text already.
    begun_item: bool,
    /// Of the whole.
    tongue: Tongue,
}

impl Writer {
    fn line(&mut self, line: &Line) {
        let look = line.look.as_ref();
        let plain = [Run {
            text: line.text.clone(),
            marks: Vec::new(),
        }];
        let runs: &[Run] = look.map_or(&plain, |look| &look.runs);
        let tongue = look.map(|look| self.differs(&look.shape));
        let tongue = tongue.unwrap_or_default();
        if line.opens_story {
            self.close_to(0);
            self.out.push_str("<hr>\n");
            return self.block("h2", &tongue, Some(PART), runs);
        }
        let path = look.map_or(&[][..], |look: &Look| {
            &look.shape.path[self.around.min(look.shape.path.len())..]
        });
        self.enter(path);
        let leaf = look.map_or(Leaf::Paragraph, |look| look.shape.leaf);
        let in_item = self
            .open
            .last()
            .is_some_and(|(last, _)| *last == Container::Item);
        match leaf {
            Leaf::Heading => self.block("h2", &tongue, None, runs),
            Leaf::Subheading => self.block("h3", &tongue, None, runs),
            Leaf::Paragraph if in_item => self.in_item(&tongue, runs),
            Leaf::Paragraph => self.block("p", &tongue, None, runs),
        }
    }

    /// Language and direction of a line, where they are not those of the whole.
    fn differs(&self, shape: &Shape) -> Tongue {
        let Tongue { lang, dir } = shape.tongue.clone();
        Tongue {
            lang: lang.filter(|lang| Some(lang) != self.tongue.lang.as_ref()),
            dir: dir.filter(|dir| Some(*dir) != self.tongue.dir),
        }
    }

    /// Closes and opens lists and quotations as far as needed.
    fn enter(&mut self, path: &[(Container, ElementId)]) {
        let same = self.open.iter().zip(path).take_while(|(a, b)| a == b);
        self.close_to(same.count());
        for place in &path[self.open.len()..] {
            if place.0 != Container::Item && !self.out.ends_with('\n') {
                self.out.push('\n');
            }
            self.out.push_str(&format!("<{}>", place.0.name()));
            if place.0 != Container::Item {
                self.out.push('\n');
            }
            self.open.push(*place);
            self.begun_item = false;
        }
    }

    fn close_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            if let Some((container, _)) = self.open.pop() {
                self.out.push_str(&format!("</{}>\n", container.name()));
                self.begun_item = true;
            }
        }
    }

    fn block(&mut self, name: &str, tongue: &Tongue, class: Option<&str>, runs: &[Run]) {
        if self.begun_item && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.begin(name, tongue, class);
        self.runs(runs);
        self.out.push_str(&format!("</{name}>\n"));
        self.begun_item = true;
    }

    /// A line of a list is no paragraph of its own; a second one of the same item begins on a new line.
    fn in_item(&mut self, tongue: &Tongue, runs: &[Run]) {
        if self.begun_item && !self.out.ends_with('\n') {
            self.out.push_str("<br>\n");
        }
        self.begun_item = true;
        if tongue.is_empty() {
            return self.runs(runs);
        }
        self.begin("span", tongue, None);
        self.runs(runs);
        self.out.push_str("</span>");
    }

    fn begin(&mut self, name: &str, tongue: &Tongue, class: Option<&str>) {
        self.out.push('<');
        self.out.push_str(name);
        self.attribute("class", class);
        self.attribute("lang", tongue.lang.as_deref());
        self.attribute("dir", tongue.dir);
        self.out.push('>');
    }

    fn attribute(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.out.push_str(&format!(" {name}=\""));
            escape(value, &mut self.out);
            self.out.push('"');
        }
    }

    fn runs(&mut self, runs: &[Run]) {
        let mut open: Vec<&Mark> = Vec::new();
        for (number, run) in runs.iter().enumerate() {
            // White space between two pieces stands in what is around both.
            let is_space = run.text.trim().is_empty();
            let wanted = match runs.get(number + 1) {
                Some(next) if is_space => &next.marks,
                _ => &run.marks,
            };
            let same = open.iter().zip(wanted).take_while(|(a, b)| **a == *b);
            let same = same.count();
            self.end_marks(&mut open, same);
            if !is_space {
                for mark in &run.marks[same..] {
                    self.begin_mark(&mark.kind);
                    open.push(mark);
                }
            }
            escape(&run.text, &mut self.out);
        }
        self.end_marks(&mut open, 0);
    }

    fn begin_mark(&mut self, kind: &Kind) {
        match kind {
            Kind::Link(href) => {
                self.out.push_str("<a");
                self.attribute("href", Some(href));
                self.out.push('>');
            }
            Kind::Emphasis => self.out.push_str("<em>"),
            Kind::Strong => self.out.push_str("<strong>"),
            Kind::Tongue(tongue) => self.begin("span", tongue, None),
        }
    }

    fn end_marks(&mut self, open: &mut Vec<&Mark>, depth: usize) {
        while open.len() > depth {
            if let Some(mark) = open.pop() {
                self.out.push_str(match mark.kind {
                    Kind::Link(_) => "</a>",
                    Kind::Emphasis => "</em>",
                    Kind::Strong => "</strong>",
                    Kind::Tongue(_) => "</span>",
                });
            }
        }
    }
}
