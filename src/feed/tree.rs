//! The elements of a document that are alive while it is read: those around the entries, and the one
//! entry that is open. [`build`](super::build) makes it.

use std::borrow::Cow;

use super::namespace::Vocabulary;

/// Index of an element in the [`Tree`].
pub(super) type NodeId = usize;

/// What an element holds, in order.
#[derive(Debug)]
pub(super) enum Child<'a> {
    Text(Cow<'a, str>),
    Element(NodeId),
}

/// An element.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub vocabulary: Vocabulary,
    /// Local name, lower case.
    pub local: String,
    /// Whether the name is written in capitals.
    pub capitals: bool,
    /// Names in lower case with their prefix, values with references resolved.
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Child<'a>>,
    pub parent: Option<NodeId>,
    /// What an element without prefix belongs to.
    pub default: Vocabulary,
}

/// The elements that are alive.
#[derive(Debug, Default)]
pub(super) struct Tree<'a> {
    pub nodes: Vec<Node<'a>>,
}

impl<'a> Tree<'a> {
    pub(super) fn node(&self, id: NodeId) -> &Node<'a> {
        &self.nodes[id]
    }

    /// The first element, if there is one.
    pub(super) fn root(&self) -> Option<NodeId> {
        (!self.nodes.is_empty()).then_some(0)
    }

    /// The first element alive with this local name.
    pub(super) fn find(&self, local: &str) -> Option<NodeId> {
        self.nodes.iter().position(|node| node.local == local)
    }

    /// Child elements in order.
    pub(super) fn elements(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.nodes[id]
            .children
            .iter()
            .filter_map(|child| match child {
                Child::Element(id) => Some(*id),
                Child::Text(_) => None,
            })
    }

    /// An attribute's value; `name` is lower case.
    pub(super) fn attribute(&self, id: NodeId, name: &str) -> Option<&str> {
        self.nodes[id]
            .attributes
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.trim())
    }

    /// The element and those around it, innermost first.
    pub(super) fn ancestry(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(Some(id), |&id| self.nodes[id].parent)
    }
}
