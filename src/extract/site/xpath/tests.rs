use scraper::Html;

use super::XPath;

const PAGE: &str = r#"<html><head><meta property="og:title" content="Harbour opens"></head><body>
<h1>One</h1>
<div id="main" class="story big"><p>First.</p><p class="note">Second.</p><div><p>Deep.</p></div></div>
<div class="story-foot"><p>Foot.</p><a href="/2" title="Next">Next page</a></div>
<ul><li>a</li><li>b</li><li>c</li></ul>
</body></html>"#;

fn found(expression: &str) -> Vec<String> {
    let html = Html::parse_document(PAGE);
    let xpath: XPath = expression.parse().expect(expression);
    let nodes = xpath.find(&html);
    nodes
        .iter()
        .map(|node| node.text(&html).trim().to_owned())
        .collect()
}

#[test]
fn the_forms_that_site_rules_use_find_what_they_should() {
    for (expression, expected) in [
        ("//h1", &["One"][..]),
        ("//div[@id='main']/p", &["First.", "Second."]),
        ("//div[@id=\"main\"]//p", &["First.", "Second.", "Deep."]),
        ("//*[contains(@class,'note')]", &["Second."]),
        (
            "//div[contains(concat(' ',normalize-space(@class),' '),' story ')]/p[1]",
            &["First."],
        ),
        ("//meta[@property='og:title']/@content", &["Harbour opens"]),
        ("//h1 | //p[@class='note']", &["One", "Second."]),
        ("//p[1]", &["First.", "Deep.", "Foot."]),
        ("(//p)[1]", &["First."]),
        ("(//p)[last()]", &["Foot."]),
        ("//li[position()>1]", &["b", "c"]),
        ("//li[position() = 1 or last() = position()]", &["a", "c"]),
        ("//a[contains(text(), 'Next')]/@href", &["/2"]),
        ("//a[@title='Next' and not(@rel)]", &["Next page"]),
        ("//p[starts-with(., 'Sec')]", &["Second."]),
        ("//p[@class='note']/following-sibling::div/p", &["Deep."]),
        ("//p[@class='note']/preceding-sibling::p", &["First."]),
        ("//a/ancestor::div/p", &["Foot."]),
        ("//a/../p", &["Foot."]),
        ("//ul/li[2]/text()", &["b"]),
        ("//div[@id='main'][count(p) = 2]/p[2]", &["Second."]),
        ("/html/body/h1", &["One"]),
        ("//h1[//ul]", &["One"]),
        ("(//h1)[//ol]", &[]),
        ("//DIV[@ID='main']/P[1]", &["First."]),
        ("descendant::p[string-length(.) > 6]", &["Second."]),
        ("//p[translate(., 'F', 'f') = 'first.']", &["First."]),
        ("//div[not(@id) and p != 'x']/a", &["Next page"]),
    ] {
        assert_eq!(found(expression), expected, "{expression}");
    }
}

#[test]
fn what_is_not_understood_is_told() {
    for (expression, why) in [
        ("//div[@id='x'", "`]` is missing"),
        ("//div[", "the end stands where a name should"),
        (
            "//div[matches(., 'x')]",
            "the function `matches` is not known",
        ),
        ("//div[contains(.)]", "`contains` does not take 1 arguments"),
        ("//div[@id='x]", "a text has no end"),
        ("//namespace::x", "the axis `namespace` is not known"),
        ("//div)", "`)` is not expected there"),
        ("//$x", "`$` has no meaning"),
        ("'text'", "it finds no part of a page"),
        ("", "the end stands where a name should"),
    ] {
        let error = expression.parse::<XPath>().expect_err(expression);
        assert_eq!(error.to_string(), why, "{expression}");
    }
    let deep = format!("{}//p{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(deep.parse::<XPath>().is_err());
    let deep = format!("{}//p{}", "(".repeat(1_000), ")".repeat(1_000));
    assert_eq!(
        deep.parse::<XPath>().expect_err("deep").to_string(),
        "it is nested too deeply"
    );
}

#[test]
fn an_expression_that_looks_at_too_much_finds_nothing() {
    let page = format!("<body>{}", "<div><p>x</p>".repeat(400));
    let html = Html::parse_document(&page);
    let xpath: XPath = "//div[.//div[.//div[.//div//p = 'y']]]"
        .parse()
        .expect("an expression");
    assert_eq!(xpath.find(&html), []);
    let cheap: XPath = "//div//p".parse().expect("an expression");
    assert_eq!(cheap.find(&html).len(), 400);
}
