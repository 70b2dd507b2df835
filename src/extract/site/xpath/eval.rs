//! An expression asked of a page.

use std::cell::Cell;

use ego_tree::NodeRef;
use rustc_hash::FxHashSet;
use scraper::{Html, Node};

use super::value::{Value, XNode};
use super::{Axis, Expr, Function, Operator, Path, Start, Step, Test};

/// Nodes and bytes of text that one expression may look at: a large page has tens of thousands of nodes.
const VISITS_MAX: usize = 1_000_000;

/// It looked at too many nodes.
#[derive(Debug)]
struct TooMuch;

type Answer<T> = Result<T, TooMuch>;

/// What an expression finds; nothing when that takes too long.
pub fn find(expr: &Expr, html: &Html) -> Vec<XNode> {
    let asked = Asked {
        html,
        visits: Cell::new(0),
    };
    let root = Context {
        node: &XNode::Tree(html.tree.root().id()),
        position: 1,
        last: 1,
    };
    match asked.value(expr, root) {
        Ok(Value::Nodes(nodes)) => nodes,
        _ => Vec::new(),
    }
}

/// The node that is looked at, and which of how many it is.
#[derive(Debug, Clone, Copy)]
struct Context<'a> {
    node: &'a XNode,
    position: usize,
    last: usize,
}

struct Asked<'a> {
    html: &'a Html,
    visits: Cell<usize>,
}

impl Asked<'_> {
    fn visit(&self, amount: usize) -> Answer<()> {
        self.visits.set(self.visits.get() + amount);
        if self.visits.get() > VISITS_MAX {
            Err(TooMuch)
        } else {
            Ok(())
        }
    }

    fn value(&self, expr: &Expr, here: Context<'_>) -> Answer<Value> {
        Ok(match expr {
            Expr::Text(text) => Value::Text(text.clone()),
            Expr::Number(number) => Value::Number(*number),
            Expr::Both(operator, sides) => self.both(*operator, &sides.0, &sides.1, here)?,
            Expr::Call(function, arguments) => self.call(*function, arguments, here)?,
            Expr::Path(path) => Value::Nodes(self.path(path, here)?),
        })
    }

    fn text(&self, value: &Value) -> Answer<String> {
        let text = value.text(self.html);
        self.visit(text.len() / 16 + 1)?;
        Ok(text)
    }

    fn both(
        &self,
        operator: Operator,
        left: &Expr,
        right: &Expr,
        here: Context<'_>,
    ) -> Answer<Value> {
        let first = self.value(left, here)?;
        match operator {
            Operator::Or if first.holds() => return Ok(Value::Bool(true)),
            Operator::And if !first.holds() => return Ok(Value::Bool(false)),
            _ => {}
        }
        let second = self.value(right, here)?;
        let numbers = || (first.number(self.html), second.number(self.html));
        Ok(match operator {
            Operator::Or | Operator::And => Value::Bool(second.holds()),
            Operator::Equal => Value::Bool(self.compare(&first, &second, |order| order)?),
            Operator::NotEqual => Value::Bool(self.compare(&first, &second, |order| !order)?),
            Operator::Less => Value::Bool(numbers().0 < numbers().1),
            Operator::More => Value::Bool(numbers().0 > numbers().1),
            Operator::NotMore => Value::Bool(numbers().0 <= numbers().1),
            Operator::NotLess => Value::Bool(numbers().0 >= numbers().1),
            Operator::Plus => Value::Number(numbers().0 + numbers().1),
            Operator::Minus => Value::Number(numbers().0 - numbers().1),
            Operator::Union => {
                let (Value::Nodes(mut all), Value::Nodes(more)) = (first, second) else {
                    return Ok(Value::Nodes(Vec::new()));
                };
                all.extend(more);
                Value::Nodes(each_once(all))
            }
        })
    }

    /// Of nodes it is enough that one compares.
    fn compare(&self, first: &Value, second: &Value, wanted: fn(bool) -> bool) -> Answer<bool> {
        let (nodes, other) = match (first, second) {
            (Value::Nodes(nodes), other) | (other, Value::Nodes(nodes)) => (nodes, other),
            (Value::Number(_), _) | (_, Value::Number(_)) => {
                let (one, two) = (first.number(self.html), second.number(self.html));
                return Ok(wanted((one - two).abs() < f64::EPSILON));
            }
            (Value::Bool(_), _) | (_, Value::Bool(_)) => {
                return Ok(wanted(first.holds() == second.holds()));
            }
            _ => return Ok(wanted(self.text(first)? == self.text(second)?)),
        };
        for node in nodes {
            let node = Value::Text(self.text(&Value::Nodes(vec![node.clone()]))?);
            let equal = match other {
                Value::Bool(_) | Value::Number(_) | Value::Text(_) => {
                    self.compare(&node, other, |equal| equal)?
                }
                // Two sets of nodes: texts in common.
                Value::Nodes(others) => {
                    let text = self.text(&node)?;
                    others.iter().any(|other| other.text(self.html) == text)
                }
            };
            self.visit(1)?;
            if wanted(equal) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn call(&self, function: Function, arguments: &[Expr], here: Context<'_>) -> Answer<Value> {
        let mut texts = Vec::with_capacity(arguments.len());
        match function {
            Function::Not => return Ok(Value::Bool(!self.value(&arguments[0], here)?.holds())),
            Function::Position => return Ok(Value::Number(as_number(here.position))),
            Function::Last => return Ok(Value::Number(as_number(here.last))),
            Function::Count => {
                let Value::Nodes(nodes) = self.value(&arguments[0], here)? else {
                    return Ok(Value::Number(f64::NAN));
                };
                return Ok(Value::Number(as_number(nodes.len())));
            }
            _ => {
                for argument in arguments {
                    texts.push(self.text(&self.value(argument, here)?)?);
                }
                if texts.is_empty() {
                    texts.push(self.text(&Value::Nodes(vec![here.node.clone()]))?);
                }
            }
        }
        Ok(of_texts(function, &texts))
    }

    fn path(&self, path: &Path, here: Context<'_>) -> Answer<Vec<XNode>> {
        let mut nodes = match &path.start {
            Start::Root => vec![XNode::Tree(self.html.tree.root().id())],
            Start::Here => vec![here.node.clone()],
            Start::Found(inner, predicates) => {
                let Value::Nodes(found) = self.value(inner, here)? else {
                    return Ok(Vec::new());
                };
                self.filtered(found, predicates)?
            }
        };
        for step in &path.steps {
            let mut next = Vec::new();
            for node in &nodes {
                let reached = self.reached(node, step)?;
                next.extend(self.filtered(reached, &step.predicates)?);
            }
            nodes = each_once(next);
        }
        Ok(nodes)
    }

    fn filtered(&self, mut nodes: Vec<XNode>, predicates: &[Expr]) -> Answer<Vec<XNode>> {
        for predicate in predicates {
            let last = nodes.len();
            let mut left = Vec::new();
            for (index, node) in nodes.into_iter().enumerate() {
                self.visit(1)?;
                let here = Context {
                    node: &node,
                    position: index + 1,
                    last,
                };
                let holds = match self.value(predicate, here)? {
                    Value::Number(number) => (number - as_number(index + 1)).abs() < f64::EPSILON,
                    other => other.holds(),
                };
                if holds {
                    left.push(node);
                }
            }
            nodes = left;
        }
        Ok(nodes)
    }

    /// What a step leads to from a node, nearest first.
    fn reached(&self, from: &XNode, step: &Step) -> Answer<Vec<XNode>> {
        let Some(node) = self.html.tree.get(from.id()) else {
            return Ok(Vec::new());
        };
        if let XNode::Attribute(id, _) = from {
            let up = matches!(step.axis, Axis::Parent | Axis::Above | Axis::AboveOrItself);
            return Ok(match step.axis {
                Axis::Itself | Axis::BelowOrItself => vec![from.clone()],
                _ if up => vec![XNode::Tree(*id)],
                _ => Vec::new(),
            });
        }
        if step.axis == Axis::Attribute {
            return Ok(attributes(node, &step.test));
        }
        let mut found = Vec::new();
        let mut take = |node: NodeRef<'_, Node>| {
            self.visit(1)?;
            if fits(node, &step.test) {
                found.push(XNode::Tree(node.id()));
            }
            Ok(())
        };
        match step.axis {
            Axis::Child => node.children().try_for_each(&mut take)?,
            Axis::Below => node.descendants().skip(1).try_for_each(&mut take)?,
            Axis::BelowOrItself => node.descendants().try_for_each(&mut take)?,
            Axis::Itself | Axis::Attribute => take(node)?,
            Axis::Parent => node.parent().into_iter().try_for_each(&mut take)?,
            Axis::Above => node.ancestors().try_for_each(&mut take)?,
            Axis::AboveOrItself => std::iter::once(node)
                .chain(node.ancestors())
                .try_for_each(&mut take)?,
            Axis::SiblingsAfter => node.next_siblings().try_for_each(&mut take)?,
            Axis::SiblingsBefore => node.prev_siblings().try_for_each(&mut take)?,
        }
        Ok(found)
    }
}

fn fits(node: NodeRef<'_, Node>, test: &Test) -> bool {
    match (test, node.value()) {
        (Test::Node, Node::Element(_) | Node::Text(_) | Node::Document) => true,
        (Test::Text, Node::Text(_)) | (Test::Any, Node::Element(_)) => true,
        (Test::Name(name), Node::Element(element)) => element.name() == name,
        _ => false,
    }
}

fn attributes(node: NodeRef<'_, Node>, test: &Test) -> Vec<XNode> {
    let Node::Element(element) = node.value() else {
        return Vec::new();
    };
    let fits = |name: &str| match test {
        Test::Name(wanted) => name == wanted,
        Test::Any | Test::Node => true,
        Test::Text => false,
    };
    let names = element
        .attrs()
        .map(|(name, _)| name)
        .filter(|name| fits(name));
    names
        .map(|name| XNode::Attribute(node.id(), name.to_owned()))
        .collect()
}

fn each_once(mut nodes: Vec<XNode>) -> Vec<XNode> {
    let mut seen = FxHashSet::default();
    nodes.retain(|node| seen.insert(node.clone()));
    nodes
}

#[expect(
    clippy::cast_precision_loss,
    reason = "pages have fewer than 2^52 nodes"
)]
fn as_number(count: usize) -> f64 {
    count as f64
}

/// The functions of texts; there is at least one text.
fn of_texts(function: Function, texts: &[String]) -> Value {
    let first = texts[0].as_str();
    let second = texts.get(1).map_or("", String::as_str);
    match function {
        Function::Contains => Value::Bool(first.contains(second)),
        Function::StartsWith => Value::Bool(first.starts_with(second)),
        Function::NormalizeSpace => {
            Value::Text(first.split_whitespace().collect::<Vec<_>>().join(" "))
        }
        Function::Concat => Value::Text(texts.concat()),
        Function::StringLength => Value::Number(as_number(first.chars().count())),
        Function::SubstringBefore => Value::Text(
            first
                .split_once(second)
                .map_or("", |parts| parts.0)
                .to_owned(),
        ),
        Function::SubstringAfter => Value::Text(
            first
                .split_once(second)
                .map_or("", |parts| parts.1)
                .to_owned(),
        ),
        Function::Translate => Value::Text(translated(
            first,
            second,
            texts.get(2).map_or("", String::as_str),
        )),
        Function::True => Value::Bool(true),
        Function::False => Value::Bool(false),
        _ => Value::Text(first.to_owned()),
    }
}

fn translated(text: &str, from: &str, to: &str) -> String {
    let to: Vec<char> = to.chars().collect();
    let replace = |c: char| match from.chars().position(|other| other == c) {
        Some(index) => to.get(index).copied(),
        None => Some(c),
    };
    text.chars().filter_map(replace).collect()
}
