//! Repairs that the tokenizer needs: it stops at the first construct that is no XML, so these are
//! made into XML before it sees them. A document without faults is not copied.

use std::borrow::Cow;
use std::collections::HashMap;

/// Bounds of a document type's own entities: enough for every honest feed, too small for a bomb.
const DECLARED_MAX: usize = 256;
const DECLARED_BYTES_MAX: usize = 1024;

/// Faults that need a look at the whole rest; after so many the document is taken as it is.
const FAULTS_MAX: usize = 64;
/// A document type is no longer.
const DOCUMENT_TYPE_BYTES_MAX: usize = 64 * 1024;

const CDATA_OPEN: &str = "<![CDATA[";
const CDATA_CLOSE: &str = "]]>";

/// A document ready for the tokenizer.
#[derive(Debug)]
pub(super) struct Repaired<'a> {
    /// The document without XML declaration and document type.
    pub text: Cow<'a, str>,
    /// Entities that the document type declares.
    pub declared: HashMap<String, String>,
    /// What was repaired, in words.
    pub notes: Vec<String>,
}

/// Drops declarations, closes what is left open, escapes `<` where no markup begins.
pub(super) fn repair(document: &str) -> Repaired<'_> {
    let mut repaired = Repaired {
        text: Cow::Borrowed(""),
        declared: HashMap::new(),
        notes: Vec::new(),
    };
    let start = document.find('<').unwrap_or(document.len());
    if !document[..start].trim().is_empty() {
        repaired
            .notes
            .push("text before the first tag was dropped".to_owned());
    }
    let document = &document[start..];
    let mut copy = Copy::new(document);
    let mut at = 0;
    // The name of the last start tag: an unclosed CDATA section ends where that element does.
    let mut element = "";
    while let Some(found) = document[at..].find('<') {
        if copy.faults > FAULTS_MAX {
            break;
        }
        at += found;
        let rest = &document[at..];
        at = match rest.as_bytes().get(1) {
            Some(b'!') => at + bang(rest, at, element, &mut copy, &mut repaired),
            Some(b'?') => at + instruction(rest, at, &mut copy),
            Some(b'/') => at + 2,
            Some(&byte) if byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':' | 0x80..) => {
                element = name_of(&rest[1..]);
                at + 1 + element.len()
            }
            _ => {
                copy.replace(at, 1, "&lt;");
                at + 1
            }
        };
    }
    repaired.text = copy.finish();
    repaired
}

fn name_of(text: &str) -> &str {
    let end = text
        .find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '<'))
        .unwrap_or(text.len());
    &text[..end]
}

/// Handles `<?...?>`; answers how many bytes it takes.
fn instruction(rest: &str, at: usize, copy: &mut Copy<'_>) -> usize {
    match rest.find("?>") {
        Some(end) => {
            copy.replace(at, end + 2, "");
            end + 2
        }
        None => {
            copy.faults += 1;
            copy.replace(at, 1, "&lt;");
            1
        }
    }
}

/// Handles comments, CDATA sections and document types; answers how many bytes it takes.
fn bang(
    rest: &str,
    at: usize,
    element: &str,
    copy: &mut Copy<'_>,
    repaired: &mut Repaired<'_>,
) -> usize {
    if rest.starts_with(CDATA_OPEN) {
        return cdata(rest, at, element, copy, repaired);
    }
    let length = if rest.starts_with("<!--") {
        match rest.find("-->") {
            Some(end) => end + 3,
            // A comment that never ends hides nothing but its mark.
            None => {
                copy.faults += 1;
                4
            }
        }
    } else {
        copy.faults += 1;
        let length = declaration_length(rest);
        declared_entities(&rest[..length], &mut repaired.declared);
        length
    };
    copy.replace(at, length, "");
    length
}

fn cdata(
    rest: &str,
    at: usize,
    element: &str,
    copy: &mut Copy<'_>,
    repaired: &mut Repaired<'_>,
) -> usize {
    let inside = &rest[CDATA_OPEN.len()..];
    let close = inside.find(CDATA_CLOSE);
    let upto = &inside[..close.unwrap_or(inside.len())];
    if let Some(close) = close
        && !upto.contains(CDATA_OPEN)
    {
        return CDATA_OPEN.len() + close + CDATA_CLOSE.len();
    }
    // The section swallowed its own end tag: it ends there.
    let end_tag = upto
        .match_indices("</")
        .find(|(end, _)| name_of(&upto[end + 2..]) == element)
        .map(|(end, _)| end);
    let Some(end) = end_tag.or(close.is_none().then_some(upto.len())) else {
        // A section quoted within a section.
        return CDATA_OPEN.len() + upto.len() + CDATA_CLOSE.len();
    };
    repaired
        .notes
        .push("a CDATA section was not closed".to_owned());
    copy.faults += 1;
    copy.replace(at + CDATA_OPEN.len() + end, 0, CDATA_CLOSE);
    CDATA_OPEN.len() + end
}

/// Bytes of `<!DOCTYPE ... [ ... ]>`.
fn declaration_length(rest: &str) -> usize {
    let rest = &rest[..rest.floor_char_boundary(DOCUMENT_TYPE_BYTES_MAX)];
    let bracket = rest.find('[');
    let close = rest.find('>').map_or(rest.len(), |end| end + 1);
    match bracket {
        Some(open) if open < close => rest[open..]
            .find(']')
            .and_then(|subset| {
                rest[open + subset..]
                    .find('>')
                    .map(|end| open + subset + end + 1)
            })
            .unwrap_or(close),
        _ => close,
    }
}

/// Reads `<!ENTITY name "value">`; values are text, never expanded again.
fn declared_entities(declaration: &str, declared: &mut HashMap<String, String>) {
    for part in declaration.split("<!ENTITY").skip(1).take(DECLARED_MAX) {
        let mut pieces = part.trim_start().splitn(2, char::is_whitespace);
        let (Some(name), Some(value)) = (pieces.next(), pieces.next()) else {
            continue;
        };
        let value = value.trim_start();
        let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            continue;
        };
        if let Some(value) = value[1..].split(quote).next()
            && value.len() <= DECLARED_BYTES_MAX
        {
            declared.insert(name.to_owned(), value.to_owned());
        }
    }
}

/// A copy of the document that begins to exist with the first replacement.
struct Copy<'a> {
    document: &'a str,
    out: String,
    copied: usize,
    /// Faults found so far.
    faults: usize,
}

impl<'a> Copy<'a> {
    fn new(document: &'a str) -> Self {
        Self {
            document,
            out: String::new(),
            copied: 0,
            faults: 0,
        }
    }

    fn replace(&mut self, at: usize, length: usize, with: &str) {
        self.out.push_str(&self.document[self.copied..at]);
        self.out.push_str(with);
        self.copied = at + length;
    }

    fn finish(mut self) -> Cow<'a, str> {
        let rest = &self.document[self.copied..];
        // Declarations at the head need no copy: the document just begins later.
        if self.out.trim().is_empty() {
            return Cow::Borrowed(rest);
        }
        self.out.push_str(rest);
        Cow::Owned(self.out)
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::repair;

    #[test]
    fn a_sound_document_is_not_copied() {
        let sound = "<?xml version='1.0'?>\n<!DOCTYPE rss>\n<rss><![CDATA[a < b]]></rss>";
        let repaired = repair(sound);
        assert!(matches!(repaired.text, Cow::Borrowed(_)));
        assert_eq!(repaired.text.trim(), "<rss><![CDATA[a < b]]></rss>");
    }

    #[test]
    fn faults_are_made_into_xml() {
        for (broken, expected) in [
            ("junk <a>1 < 2</a>", "<a>1 &lt; 2</a>"),
            ("<a><![CDATA[x</a>", "<a><![CDATA[x]]></a>"),
            (
                "<i><a><![CDATA[x</a><b><![CDATA[y]]></b></i>",
                "<i><a><![CDATA[x]]></a><b><![CDATA[y]]></b></i>",
            ),
            ("<a><![CDATA[x", "<a><![CDATA[x]]>"),
            ("<a>b<!-- c</a>", "<a>b c</a>"),
            ("<a>b<? c</a>", "<a>b&lt;? c</a>"),
            ("<a>b<", "<a>b&lt;"),
        ] {
            assert_eq!(repair(broken).text, expected, "{broken}");
        }
    }

    #[test]
    fn declared_entities_are_read_and_bounded() {
        let repaired = repair("<!DOCTYPE rss [<!ENTITY a \"b\"><!ENTITY c SYSTEM 'd'>]><rss/>");
        assert_eq!(repaired.declared.len(), 1);
        assert_eq!(repaired.declared["a"], "b");
        assert_eq!(repaired.text, "<rss/>");
    }
}
