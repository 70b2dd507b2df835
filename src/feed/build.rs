//! A tolerant tree over quick-xml's tokens: what is open is closed, what does not fit is left out,
//! and the entries before and after a fault survive.
//!
//! An entry is handed over when it closes and forgotten, so memory grows with the largest entry and
//! not with the document.

use std::borrow::Cow;
use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::model::Cut;

use super::entity;
use super::namespace::{self, Vocabulary};
use super::repair::Repaired;
use super::tree::{Child, Node, NodeId, Tree};

/// Elements deeper than this are left out, their text stays.
const DEPTH_MAX: usize = 256;
/// Elements alive at once; more are left out, their text stays.
const NODES_MAX: usize = 50_000;
/// Elements around the entries; more are left out, so that there is always room for an entry.
const NODES_AROUND_MAX: usize = NODES_MAX / 2;
/// Attributes of one element that are looked at.
const ATTRIBUTES_MAX: usize = 64;
/// Prefixes that are remembered; an honest feed declares a dozen.
const PREFIXES_MAX: usize = 256;
/// Attributes that a field is read from; others are not kept.
const ATTRIBUTES: [&str; 14] = [
    "href",
    "ispermalink",
    "label",
    "lastmod",
    "mode",
    "rdf:about",
    "rel",
    "src",
    "term",
    "text",
    "type",
    "url",
    "xml:base",
    "xml:lang",
];

/// Fields that hold text only: a start tag of another field ends them.
const TEXT_FIELDS: [&str; 6] = ["title", "link", "guid", "pubdate", "category", "author"];
/// Start tags that end an open text field.
const FIELDS: [&str; 14] = [
    "title",
    "link",
    "guid",
    "pubdate",
    "category",
    "description",
    "encoded",
    "enclosure",
    "creator",
    "updated",
    "published",
    "summary",
    "content",
    "comments",
];

/// Whether an attribute declares a namespace.
fn is_declaration(name: &str) -> bool {
    let start = name.as_bytes().get(.."xmlns".len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(b"xmlns"))
}

/// Whether anything is read from an attribute: most are not, and cost no memory then.
fn is_read(name: &str) -> bool {
    is_declaration(name)
        || ATTRIBUTES
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
}

/// What is left when the document ends.
#[derive(Debug)]
pub(super) struct Remains<'a> {
    /// What is around the entries.
    pub tree: Tree<'a>,
    /// What was amiss, in words.
    pub notes: Vec<String>,
    /// Some elements were left out because they are nested too deep.
    pub too_deep: bool,
    /// Where the document breaks off, when it does.
    pub cut: Option<Cut>,
}

/// Builds the tree and hands every entry to `on_entry` when it closes, while it is still in the tree.
pub(super) fn read<'a>(
    repaired: &'a Repaired<'_>,
    on_entry: &mut dyn FnMut(&Tree<'a>, NodeId),
) -> Remains<'a> {
    let mut reader = Reader::from_str(&repaired.text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut builder = Builder {
        tree: Tree::default(),
        open: Vec::new(),
        too_deep: false,
        entry: None,
        prefixes: HashMap::new(),
        declared: &repaired.declared,
        notes: Vec::new(),
        on_entry,
    };
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => builder.start(&start, false),
            Ok(Event::Empty(start)) => builder.start(&start, true),
            Ok(Event::End(end)) => builder.end(end.name().0),
            Ok(Event::Text(text)) => builder.text(text.into_inner()),
            Ok(Event::CData(text)) => builder.text(text.into_inner()),
            Ok(Event::GeneralRef(name)) => builder.reference(&name.into_inner()),
            Ok(Event::Eof) => break,
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
            Err(error) => {
                builder.note(&format!("the document ends at a fault: {error}"));
                break;
            }
        }
    }
    let cut = match (builder.open.is_empty(), builder.entry) {
        (true, _) => None,
        (false, None) => Some(Cut::BetweenEntries),
        (false, Some(_)) => Some(Cut::InsideEntry),
    };
    builder.close_down_to(0);
    Remains {
        cut,
        tree: builder.tree,
        notes: builder.notes,
        too_deep: builder.too_deep,
    }
}

struct Builder<'a, 'r> {
    tree: Tree<'a>,
    open: Vec<NodeId>,
    /// Start tags were left out because of their depth.
    too_deep: bool,
    /// The entry that is open.
    entry: Option<NodeId>,
    prefixes: HashMap<String, Vocabulary>,
    declared: &'a HashMap<String, String>,
    notes: Vec<String>,
    on_entry: &'r mut dyn FnMut(&Tree<'a>, NodeId),
}

impl<'a> Builder<'a, '_> {
    fn start(&mut self, start: &BytesStart<'a>, empty: bool) {
        let attributes = self.attributes(start);
        let name = start.name().0;
        let (prefix, written) = name.split_once(':').unwrap_or(("", name));
        let local = written.to_ascii_lowercase();
        let vocabulary = self.vocabulary(prefix, &attributes);
        let is_entry = vocabulary == Vocabulary::Core && self.is_entry(&local);
        if is_entry && let Some(entry) = self.entry {
            self.note("an entry was not closed");
            self.close_node(entry);
        }
        self.close_text_field(&local);
        if !self.has_room(is_entry) {
            return;
        }
        let id = self.tree.nodes.len();
        let parent = self.open.last().copied();
        let default = self.default_vocabulary(prefix, &attributes, vocabulary, parent);
        let mut attributes = attributes;
        attributes.retain(|(name, _)| !is_declaration(name));
        if let Some(parent) = parent {
            self.tree.nodes[parent].children.push(Child::Element(id));
        }
        self.tree.nodes.push(Node {
            vocabulary,
            capitals: local != written,
            local,
            attributes,
            children: Vec::new(),
            parent,
            default,
        });
        self.open.push(id);
        if is_entry {
            self.entry = Some(id);
        }
        if empty {
            self.close_down_to(self.open.len() - 1);
        }
    }

    /// Whether an element of this name holds an entry. `url` is an everyday word anywhere but in a sitemap.
    fn is_entry(&self, local: &str) -> bool {
        let root = || self.tree.nodes.first().map(|root| root.local.as_str());
        match local {
            "item" | "entry" => true,
            "url" => root() == Some("urlset"),
            "sitemap" => root() == Some("sitemapindex"),
            _ => false,
        }
    }

    /// Notes what is amiss, once.
    fn note(&mut self, note: &str) {
        if !self.notes.iter().any(|known| known == note) {
            self.notes.push(note.to_owned());
        }
    }

    /// Whether the bounds let one more element in; notes what is left out.
    fn has_room(&mut self, is_entry: bool) -> bool {
        if self.open.len() >= DEPTH_MAX {
            self.too_deep = true;
            self.note("nested too deep: some elements were left out");
            return false;
        }
        let most = match is_entry || self.entry.is_some() {
            true => NODES_MAX,
            false => NODES_AROUND_MAX,
        };
        if self.tree.nodes.len() >= most {
            self.note("too many elements: some were left out");
            return false;
        }
        true
    }

    fn attributes(&self, start: &BytesStart<'_>) -> Vec<(String, String)> {
        start
            .html_attributes()
            .with_checks(false)
            .filter_map(Result::ok)
            .take(ATTRIBUTES_MAX)
            .filter(|attribute| is_read(attribute.key.0))
            .map(|attribute| {
                let name = attribute.key.0.to_ascii_lowercase();
                (name, entity::decode(&attribute.value).into_owned())
            })
            .collect()
    }

    fn vocabulary(&mut self, prefix: &str, attributes: &[(String, String)]) -> Vocabulary {
        for (name, value) in attributes {
            if let Some(prefix) = name.strip_prefix("xmlns:")
                && self.prefixes.len() < PREFIXES_MAX
                && let Some(known) =
                    namespace::by_name(value).or_else(|| namespace::by_prefix(prefix))
            {
                self.prefixes.insert(prefix.to_owned(), known);
            }
        }
        let is_root = self.open.is_empty();
        if prefix.is_empty() {
            let declared = attributes.iter().find(|(name, _)| name == "xmlns");
            return match (declared, self.open.last()) {
                // Whatever a root element calls its namespace, its fields are the feed's.
                _ if is_root => Vocabulary::Core,
                (Some((_, name)), _) => namespace::by_name(name).unwrap_or(Vocabulary::Other),
                (None, Some(&parent)) => self.tree.nodes[parent].default,
                (None, None) => Vocabulary::Core,
            };
        }
        let prefix = prefix.to_ascii_lowercase();
        let known = self.prefixes.get(&prefix).copied();
        let known = known.or_else(|| namespace::by_prefix(&prefix));
        if is_root && known.is_none() {
            self.prefixes.insert(prefix, Vocabulary::Core);
            return Vocabulary::Core;
        }
        known.unwrap_or(Vocabulary::Other)
    }

    /// What unprefixed elements inside belong to.
    fn default_vocabulary(
        &self,
        prefix: &str,
        attributes: &[(String, String)],
        own: Vocabulary,
        parent: Option<NodeId>,
    ) -> Vocabulary {
        let inherited = parent.map_or(Vocabulary::Core, |parent| self.tree.nodes[parent].default);
        match attributes.iter().find(|(name, _)| name == "xmlns") {
            None => inherited,
            Some(_) if prefix.is_empty() => own,
            Some((_, name)) => namespace::by_name(name).unwrap_or(inherited),
        }
    }

    /// `<title>A<link>`: the missing end tag costs the title nothing and the link nothing.
    fn close_text_field(&mut self, local: &str) {
        let Some(&top) = self.open.last() else { return };
        let node = &self.tree.nodes[top];
        let ends = node.vocabulary == Vocabulary::Core
            && TEXT_FIELDS.contains(&&*node.local)
            && FIELDS.contains(&local)
            && !node.children.is_empty();
        if ends {
            let note = format!("<{}> was not closed", node.local);
            self.note(&note);
            self.close_node(top);
        }
    }

    fn end(&mut self, name: &str) {
        let local = name.rsplit(':').next().unwrap_or(name).trim();
        let namesake = self
            .open
            .iter()
            .rposition(|&id| self.tree.nodes[id].local.eq_ignore_ascii_case(local));
        if let Some(depth) = namesake {
            self.close_down_to(depth);
        }
    }

    fn close_node(&mut self, id: NodeId) {
        if let Some(depth) = self.open.iter().rposition(|&open| open == id) {
            self.close_down_to(depth);
        }
    }

    fn close_down_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            let Some(id) = self.open.pop() else { return };
            if self.entry == Some(id) {
                (self.on_entry)(&self.tree, id);
                self.entry = None;
                self.tree.nodes.truncate(id);
                if let Some(&parent) = self.open.last() {
                    self.tree.nodes[parent].children.pop();
                }
            }
        }
    }

    fn text(&mut self, text: Cow<'a, str>) {
        let Some(&top) = self.open.last() else { return };
        let children = &mut self.tree.nodes[top].children;
        // One child for neighbouring pieces: a million references must not become a million children.
        match children.last_mut() {
            Some(Child::Text(before)) => before.to_mut().push_str(&text),
            _ => children.push(Child::Text(text)),
        }
    }

    fn reference(&mut self, name: &str) {
        let text = match self.declared.get(name) {
            Some(value) => entity::decode(value),
            None => entity::reference(name).unwrap_or_else(|| Cow::Owned(format!("&{name};"))),
        };
        self.text(text);
    }
}
