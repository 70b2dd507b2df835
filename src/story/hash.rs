//! A hash that stays the same for ever: fingerprints are stored and compared over releases.

/// FNV-1a, then the finaliser of MurmurHash3, since a sketch orders by the whole value.
pub(super) fn of_bytes(bytes: impl IntoIterator<Item = u8>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in bytes {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    mix(hash)
}

/// Hash of a string.
pub(super) fn of_str(text: &str) -> u64 {
    of_bytes(text.bytes())
}

/// Hash of a sequence of hashes.
pub(super) fn of_hashes(hashes: impl IntoIterator<Item = u64>) -> u64 {
    hashes
        .into_iter()
        .fold(0, |all, next| mix(all.rotate_left(21) ^ next))
}

/// The upper half, the better mixed one.
pub(super) fn short(hash: u64) -> u32 {
    (hash >> 32) as u32
}

fn mix(mut hash: u64) -> u64 {
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_never_change() {
        assert_eq!(of_str(""), 0xefd0_1f60_ba99_2926);
        assert_eq!(of_str("moskow"), of_bytes(*b"moskow"));
        assert_ne!(of_hashes([1, 2]), of_hashes([2, 1]));
    }
}
