//! Documents in each of which one node is broken.

use std::borrow::Cow;

use score_fly_core::document::{Mapping, Node, Number, Value};

/// Every document that is `root` with one node taken away, put in another's place, or replaced by
/// a value of another kind.
pub(crate) fn mutants<'s>(root: &Node<'s>) -> Vec<Node<'s>> {
    let mut places = Vec::new();
    visit(root, &mut Vec::new(), &mut places);
    let mut mutants = Vec::new();
    for (number, place) in places.iter().enumerate() {
        mutants.extend(without(root, place));
        for value in replacements() {
            mutants.push(with(root, place, value));
        }
        let other = &places[(number * 7 + 3) % places.len()];
        mutants.push(with(root, place, at(root, other).value.clone()));
    }
    mutants
}

/// Where a node is: the number of its entry or item on each level.
type Place = Vec<usize>;

fn visit(node: &Node<'_>, place: &mut Place, places: &mut Vec<Place>) {
    places.push(place.clone());
    for (index, child) in children(node).enumerate() {
        place.push(index);
        visit(child, place, places);
        place.pop();
    }
}

fn children<'n, 's>(node: &'n Node<'s>) -> Box<dyn Iterator<Item = &'n Node<'s>> + 'n> {
    match &node.value {
        Value::Sequence(items) => Box::new(items.iter()),
        Value::Mapping(mapping) => Box::new(mapping.entries.iter().map(|entry| &entry.value)),
        _ => Box::new(std::iter::empty()),
    }
}

fn at<'n, 's>(root: &'n Node<'s>, place: &[usize]) -> &'n Node<'s> {
    place.iter().fold(root, |node, index| children(node).nth(*index).expect("the place is in the document"))
}

fn at_mut<'n, 's>(root: &'n mut Node<'s>, place: &[usize]) -> &'n mut Node<'s> {
    place.iter().fold(root, |node, index| match &mut node.value {
        Value::Sequence(items) => &mut items[*index],
        Value::Mapping(mapping) => &mut mapping.entries[*index].value,
        _ => panic!("the place is in the document"),
    })
}

fn with<'s>(root: &Node<'s>, place: &[usize], value: Value<'s>) -> Node<'s> {
    let mut mutant = root.clone();
    at_mut(&mut mutant, place).value = value;
    mutant
}

fn without<'s>(root: &Node<'s>, place: &[usize]) -> Option<Node<'s>> {
    let (last, parent) = place.split_last()?;
    let mut mutant = root.clone();
    match &mut at_mut(&mut mutant, parent).value {
        Value::Sequence(items) => drop(items.remove(*last)),
        Value::Mapping(mapping) => drop(mapping.entries.remove(*last)),
        _ => {}
    }
    Some(mutant)
}

fn replacements() -> [Value<'static>; 11] {
    let text = |text| Value::String(Cow::Borrowed(text));
    [
        Value::Null,
        Value::Bool(true),
        Value::Number(Number::Int(-1)),
        Value::Number(Number::UInt(u64::MAX)),
        Value::Number(Number::Float(0.5)),
        text(""),
        text("/ Ä~\u{1F600}\n"),
        text("${resources.db.password} ${metadata.name} ${"),
        text("123456789012345678901234567890"),
        Value::Sequence(Vec::new()),
        Value::Mapping(Mapping::default()),
    ]
}
