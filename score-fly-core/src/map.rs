//! Maps and sets that are sorted vectors.
//!
//! They take a fraction of the code of [`BTreeMap`], which is made anew for
//! every pair of types, and going through them is going through a slice. What they are bad at is growing
//! in the middle, so they are made in one go: collect the entries, or [`extend`](Extend) by many.

use alloc::borrow::{Borrow, Cow};
use alloc::collections::BTreeMap;
use core::cmp::Ordering;
use core::ops::Index;
use core::{fmt, mem, slice};

use crate::prelude::*;

/// A map that is asked while it grows, in whatever order. There is one kind of it for all that must be.
pub(crate) type Growing<'k> = BTreeMap<Cow<'k, str>, usize>;

/// A map whose entries are in the order of their keys.
///
/// It is collected from entries in any order; of two with one key the later wins.
///
/// ```
/// use score_fly_core::map::SortedMap;
///
/// let map: SortedMap<_, _> = [("b", 1), ("a", 2), ("b", 3)].into_iter().collect();
/// assert_eq!(map.get("b"), Some(&3));
/// assert!(map.keys().eq(&["a", "b"]));
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SortedMap<K, V>(Vec<(K, V)>);

impl<K, V> SortedMap<K, V> {
    /// A map without entries.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// How many entries there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes out all entries.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The entries, in the order of their keys.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter(self.0.iter())
    }

    /// The keys, in their order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator + Clone {
        self.0.iter().map(|(key, _)| key)
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.0.iter().map(|(_, value)| value)
    }

    /// The values, to change them.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> + ExactSizeIterator {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// The keys themselves.
    pub fn into_keys(self) -> impl DoubleEndedIterator<Item = K> + ExactSizeIterator {
        self.0.into_iter().map(|(key, _)| key)
    }

    /// The values themselves.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = V> + ExactSizeIterator {
        self.0.into_iter().map(|(_, value)| value)
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.get_key_value(key).map(|(_, value)| value)
    }

    /// The entry of a key.
    pub fn get_key_value<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        self.0.get(self.position(key).ok()?).map(|(key, value)| (key, value))
    }

    /// The value of a key, to change it.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let position = self.position(key).ok()?;
        self.0.get_mut(position).map(|(_, value)| value)
    }

    /// Whether there is an entry of a key.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.position(key).is_ok()
    }

    /// Puts in an entry, and gives the value that the key had before.
    ///
    /// It moves all entries that come after it: for many that are in no order, [`extend`](Extend).
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.position(&key) {
            Ok(position) => self.0.get_mut(position).map(|(_, old)| mem::replace(old, value)),
            Err(position) => {
                self.0.insert(position, (key, value));
                None
            }
        }
    }

    /// Takes out the entry of a key. It moves all entries that come after it.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.position(key).ok().map(|position| self.0.remove(position).1)
    }

    /// Takes out all entries but those that are to be kept.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        self.0.retain_mut(|(key, value)| keep(key, value));
    }

    fn position<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.0.binary_search_by(|(own, _)| own.borrow().cmp(key))
    }
}

impl<K: Ord, V> SortedMap<K, Vec<V>> {
    /// All values of each key, in the order in which they come.
    pub fn grouped(entries: impl IntoIterator<Item = (K, V)>) -> Self {
        let mut groups = Self::new();
        let mut entries: Vec<(K, V)> = entries.into_iter().collect();
        sort(&mut entries);
        for (key, value) in entries {
            match groups.0.last_mut() {
                Some((last, values)) if *last == key => values.push(value),
                _ => groups.0.push((key, vec![value])),
            }
        }
        groups
    }
}

/// Brings entries into the order of their keys, and leaves those of one key as they come.
///
/// Sorting is a lot of code, so it is there once and not once for each type: it sorts positions.
fn sort<K: Ord, V>(entries: &mut [(K, V)]) {
    let key = |position: usize| entries.get(position).map(|(key, _)| key);
    let places = places(entries.len(), &|a, b| key(a).cmp(&key(b)));
    arrange(places, &mut |a, b| entries.swap(a, b));
}

/// Sorts as [`slice::sort_by`] does, with the code of [`sort`]: for short lists, and those of large items.
pub(crate) fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let places = places(items.len(), &|a, b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    });
    arrange(places, &mut |a, b| items.swap(a, b));
}

/// Where each of `count` items belongs.
fn places(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut sorted: Vec<usize> = (0..count).collect();
    sorted.sort_by(|a, b| compare(*a, *b));
    let mut places = vec![0; count];
    for (place, position) in sorted.into_iter().enumerate() {
        places.get_mut(position).into_iter().for_each(|to| *to = place);
    }
    places
}

/// Brings items to their places: each exchange brings one of them there.
fn arrange(mut places: Vec<usize>, exchange: &mut dyn FnMut(usize, usize)) {
    for position in 0..places.len() {
        while let Some(place) = places.get(position).copied().filter(|place| *place != position) {
            exchange(position, place);
            places.swap(position, place);
        }
    }
}

impl<K: Ord, V> Extend<(K, V)> for SortedMap<K, V> {
    /// Adds entries in any order, in the time that it takes to sort them all. If their keys are in order
    /// and come after those that are there, they are only put behind them.
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        let last = self.0.len().saturating_sub(1);
        self.0.extend(entries);
        if self.0.get(last..).is_none_or(|new| new.is_sorted_by(|(a, _), (b, _)| a < b)) {
            return;
        }
        sort(&mut self.0);
        self.0.dedup_by(|later, kept| {
            let is_same = later.0 == kept.0;
            if is_same {
                mem::swap(later, kept);
            }
            is_same
        });
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for SortedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

impl<K: Ord, V, const N: usize> From<[(K, V); N]> for SortedMap<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<K: Ord + Borrow<Q>, Q: Ord + ?Sized, V> Index<&Q> for SortedMap<K, V> {
    type Output = V;

    #[allow(clippy::expect_used, reason = "whoever writes `map[key]` says that it is there, as with any other map")]
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("no entry has this key")
    }
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for SortedMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl<K, V> IntoIterator for SortedMap<K, V> {
    type Item = (K, V);
    type IntoIter = alloc::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, K, V> IntoIterator for &'a SortedMap<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The entries of a [`SortedMap`], in the order of their keys.
#[derive(Debug)]
pub struct Iter<'a, K, V>(slice::Iter<'a, (K, V)>);

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(key, value)| (key, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(|(key, value)| (key, value))
    }
}

impl<K, V> ExactSizeIterator for Iter<'_, K, V> {}

/// A set whose items are in their order: the keys of a [`SortedMap`].
///
/// ```
/// use score_fly_core::map::SortedSet;
///
/// let set: SortedSet<_> = ["b", "a", "b"].into_iter().collect();
/// assert!(set.contains("b") && set.len() == 2);
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SortedSet<T>(SortedMap<T, ()>);

impl<T> SortedSet<T> {
    /// A set without items.
    pub const fn new() -> Self {
        Self(SortedMap::new())
    }

    /// How many items there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The items, in their order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator + Clone {
        self.0.keys()
    }
}

impl<T: Ord> SortedSet<T> {
    /// Whether an item is in it.
    pub fn contains<Q: Ord + ?Sized>(&self, item: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.contains_key(item)
    }

    /// The items from this one on, in their order.
    pub(crate) fn starting_at<Q: Ord + ?Sized>(&self, item: &Q) -> impl Iterator<Item = &T>
    where
        T: Borrow<Q>,
    {
        let (Ok(position) | Err(position)) = self.0.position(item);
        self.0.0.get(position..).unwrap_or_default().iter().map(|(item, ())| item)
    }

    /// Puts in an item, and tells whether it was not there. It moves all that come after it.
    pub fn insert(&mut self, item: T) -> bool {
        self.0.insert(item, ()).is_none()
    }
}

impl<T: Ord> Extend<T> for SortedSet<T> {
    /// As [`SortedMap::extend`].
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        self.0.extend(items.into_iter().map(|item| (item, ())));
    }
}

impl<T: Ord> FromIterator<T> for SortedSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().map(|item| (item, ())).collect())
    }
}

impl<T: Ord, const N: usize> From<[T; N]> for SortedSet<T> {
    fn from(items: [T; N]) -> Self {
        items.into_iter().collect()
    }
}

impl<T> Default for SortedSet<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for SortedSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl<T> IntoIterator for SortedSet<T> {
    type Item = T;
    type IntoIter = core::iter::Map<alloc::vec::IntoIter<(T, ())>, fn((T, ())) -> T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter().map(|(item, ())| item)
    }
}

impl<'a, T> IntoIterator for &'a SortedSet<T> {
    type Item = &'a T;
    type IntoIter = core::iter::Map<Iter<'a, T, ()>, fn((&'a T, &'a ())) -> &'a T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(item, ())| item)
    }
}

/// As those of the standard library's map and set are written, read and described.
mod serial {
    use core::fmt;
    use core::marker::PhantomData;

    use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
    use serde::ser::{Serialize, Serializer};

    use super::{SortedMap, SortedSet};
    use crate::prelude::*;

    impl<K: Serialize, V: Serialize> Serialize for SortedMap<K, V> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_map(self)
        }
    }

    impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Deserialize<'de> for SortedMap<K, V> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_map(Entries(PhantomData))
        }
    }

    struct Entries<K, V>(PhantomData<(K, V)>);

    impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Visitor<'de> for Entries<K, V> {
        type Value = SortedMap<K, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
            let mut entries = Vec::new();
            while let Some(entry) = access.next_entry()? {
                entries.push(entry);
            }
            Ok(entries.into_iter().collect())
        }
    }

    impl<T: Serialize> Serialize for SortedSet<T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(self)
        }
    }

    impl<'de, T: Deserialize<'de> + Ord> Deserialize<'de> for SortedSet<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            Ok(Vec::deserialize(deserializer)?.into_iter().collect())
        }
    }

    #[cfg(feature = "schema")]
    mod schema {
        use alloc::borrow::Cow;
        use alloc::collections::{BTreeMap, BTreeSet};

        use schemars::{JsonSchema, Schema, SchemaGenerator};

        use super::{SortedMap, SortedSet};

        macro_rules! as_in_alloc {
            ($([$($param:ident),*] $own:ty, $theirs:ty;)*) => {
                $(impl<$($param: JsonSchema),*> JsonSchema for $own {
                    fn inline_schema() -> bool {
                        <$theirs>::inline_schema()
                    }

                    fn schema_name() -> Cow<'static, str> {
                        <$theirs>::schema_name()
                    }

                    fn schema_id() -> Cow<'static, str> {
                        <$theirs>::schema_id()
                    }

                    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                        <$theirs>::json_schema(generator)
                    }
                })*
            };
        }

        as_in_alloc! {
            [K, V] SortedMap<K, V>, BTreeMap<K, V>;
            [T] SortedSet<T>, BTreeSet<T>;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Entries in no order, with keys that come again.
    fn entries(count: u32, step: u32) -> Vec<(u32, u32)> {
        (0..count).map(|index| (index.wrapping_mul(step) % 1_000_003 % (count.div_ceil(2) + 1), index)).collect()
    }

    #[test]
    fn is_what_the_standard_map_is() {
        for count in [0, 1, 2, 3, 10, 1000] {
            for step in [0, 1, 7919, 999_983] {
                let entries = entries(count, step);
                let expected: BTreeMap<u32, u32> = entries.iter().copied().collect();
                let collected: SortedMap<u32, u32> = entries.iter().copied().collect();
                assert!(collected.iter().eq(&expected), "{count} {step}");
                let (first, second) = entries.split_at(entries.len() / 3);
                let mut extended: SortedMap<u32, u32> = first.iter().copied().collect();
                extended.extend(second.iter().copied());
                assert_eq!(extended, collected, "{count} {step}");
                let mut inserted = SortedMap::new();
                let mut reference = BTreeMap::new();
                for (key, value) in &entries {
                    assert_eq!(inserted.insert(*key, *value), reference.insert(*key, *value));
                }
                assert_eq!(inserted, collected, "{count} {step}");
                for key in 0..count {
                    assert_eq!(collected.get(&key), expected.get(&key));
                    assert_eq!(inserted.remove(&key), reference.remove(&key));
                    assert!(inserted.iter().eq(&reference));
                }
            }
        }
    }

    #[test]
    fn groups_keep_the_order_of_their_values() {
        let groups = SortedMap::grouped([("b", 2), ("a", 9), ("b", 1), ("a", 3)]);
        assert_eq!(groups, SortedMap::from([("a", vec![9, 3]), ("b", vec![2, 1])]));
    }

    #[test]
    fn many_entries_in_the_worst_order_take_no_time() {
        let map: SortedMap<u32, u32> = (0..300_000).rev().map(|key| (key, key)).collect();
        assert!(map.iter().map(|(key, _)| *key).eq(0..300_000));
        let mut map: SortedMap<u32, u32> = (0..300_000).map(|index| (2 * index, index)).collect();
        map.extend((0..300_000).map(|index| (2 * index + 1, index)));
        assert!(map.keys().copied().eq(0..600_000));
    }

    #[test]
    fn json_is_in_order_and_the_last_of_a_key_counts() {
        let map: SortedMap<String, u8> = serde_json::from_str(r#"{"b": 1, "a": 2, "b": 3}"#).unwrap();
        assert_eq!(serde_json::to_string(&map).unwrap(), r#"{"a":2,"b":3}"#);
        let set: SortedSet<String> = serde_json::from_str(r#"["b", "a", "b"]"#).unwrap();
        assert_eq!(serde_json::to_string(&set).unwrap(), r#"["a","b"]"#);
    }
}
