//! The article as HTML: `article show --html` and `extract --html`.

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::bed::{Bed, MORE, RULE, RULE_BEFORE, story};
use crate::program::wirewatch;

fn expected(bed: &Bed) -> String {
    let lake = bed.site.url("/lake?a=1&amp;b=2");
    format!(
        "<article lang=\"en\" dir=\"auto\">\n<p>A bright <em>meteor</em> was seen over the <a href=\"{lake}\" \
         rel=\"noopener noreferrer nofollow\">northern lake</a> on Monday evening, and hundreds of people came to \
         the shore to look for pieces of it.</p>\n<h2>What is known</h2>\n<p>The stone weighed about 12 \
         kilograms when it reached the ground, said the observatory in the town, and it broke into three parts.</p>\n\
         <p>Nobody was hurt, and the police have closed the road along the water until the end of the week.</p>\n\
         </article>\n"
    )
}

#[test]
fn the_stored_text_is_shown_as_its_page_has_it() {
    let bed = Bed::new(RULE);
    bed.page("1", &story("Meteor over the lake", MORE));
    bed.feed(&[("1", "Meteor over the lake")]);
    bed.pass();
    let show = || bed.run(&["article", "show", &bed.url("1"), "--html"]);
    let output = show();
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected(&bed));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");

    bed.tamper("delete from kept");
    let output = show();
    let html = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        html.contains("<p>A bright meteor was seen over the northern lake on Monday"),
        "{html}"
    );
    assert!(html.contains("<p>What is known</p>"), "{html}");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("the page is no longer kept"), "{told}");
}

#[test]
fn the_text_is_the_stored_one_whatever_the_present_rules_say() {
    let bed = Bed::new(RULE);
    bed.page("1", &story("Meteor over the lake", MORE));
    bed.feed(&[("1", "Meteor over the lake")]);
    bed.pass();
    bed.configure(RULE_BEFORE);
    let html = bed.said(&["article", "show", &bed.url("1"), "--html"]);
    assert_eq!(html, expected(&bed));
}

#[test]
fn the_filter_adds_it_when_asked() {
    let bed = Bed::new(RULE);
    let page = story("Meteor over the lake", MORE);
    std::fs::write(bed.path("page.html"), page).expect("a file");
    let extracted = |more: &[&str]| -> Value {
        let root = bed.dir.path().to_str().expect("UTF-8").to_owned();
        let arguments = [&["extract", "--root", &root], more].concat();
        let mut child = wirewatch(&bed.path("config.toml"), &arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let line = json!({ "id": 1, "file": "page.html", "url": bed.url("1") });
        let mut input = child.stdin.take().expect("its input");
        writeln!(input, "{line}").expect("it reads");
        drop(input);
        let output = child.wait_with_output().expect("it ends");
        serde_json::from_slice(&output.stdout).expect("JSON")
    };
    let plain = extracted(&[]);
    assert_eq!(plain.get("html"), None);
    let with = extracted(&["--html"]);
    assert_eq!(with["html"], expected(&bed));
    assert_eq!(with["body"], plain["body"]);
}
