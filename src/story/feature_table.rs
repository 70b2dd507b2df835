//! A place for each feature of the reports at hand.

/// Numbers features from 0 in the order in which they are first asked for.
///
/// Made for one comparison and thrown away. Ids are hashes, well mixed in all their bits, so that they need no other:
/// the lower ones say where to look, and what stands there already makes way by one slot.
#[derive(Debug)]
pub(super) struct FeatureTable {
    /// Id and place; [`EMPTY`] as place where there is none. A power of two of them.
    slots: Vec<(u32, u32)>,
    mask: usize,
    places: u32,
}

const EMPTY: u32 = u32::MAX;

/// Fewest slots.
const SLOTS_MIN: usize = 16;

impl FeatureTable {
    /// For at most so many features. Two thirds of its slots are filled at most.
    pub fn for_features(features: usize) -> Self {
        let slots = (features + features / 2).next_power_of_two().max(SLOTS_MIN);
        Self {
            slots: vec![(0, EMPTY); slots],
            mask: slots - 1,
            places: 0,
        }
    }

    /// The place of a feature, the next free one when it is new.
    pub fn place_of(&mut self, id: u32) -> u32 {
        let mut at = id as usize & self.mask;
        loop {
            let (there, place) = self.slots[at];
            if place == EMPTY {
                self.slots[at] = (id, self.places);
                self.places += 1;
                return self.places - 1;
            }
            if there == id {
                return place;
            }
            at = (at + 1) & self.mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_feature_keeps_its_place_even_where_all_want_one_slot() {
        let mut table = FeatureTable::for_features(100);
        for round in 0..2 {
            for n in 0..100 {
                assert_eq!(table.place_of(n << 20), n, "round {round}");
            }
        }
    }

    #[test]
    fn it_holds_as_many_as_it_is_made_for() {
        for features in [0, 1, 2, 3, 10, 11, 12, 63, 64, 65] {
            let mut table = FeatureTable::for_features(features as usize);
            for n in 0..features {
                assert_eq!(table.place_of(n), n);
            }
        }
    }
}
