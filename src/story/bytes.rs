//! Fingerprints as stored: a version byte, then counted lists, little-endian. Under 2 kB.

use super::features::{Bag, Features};
use super::fingerprint::Fingerprint;
use super::names::Writing;
use super::shingles::Sketch;

/// Version of the layout and of everything that the hashes depend on.
const VERSION: u8 = 2;

/// Stored bytes that are no fingerprint of this version; the article is then compared with nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FingerprintError {
    /// Written by another version of wirewatch.
    #[error("a fingerprint of version {0}, this program reads version {VERSION}")]
    Version(u8),
    /// Cut short or not a fingerprint.
    #[error("not a fingerprint")]
    Malformed,
}

impl Fingerprint {
    /// The stored form.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.push(u8::try_from(self.sketch.hashes.len()).expect("a sketch has at most 160"));
        for hash in &self.sketch.hashes {
            bytes.extend(hash.to_le_bytes());
        }
        let features = &self.features;
        bytes.extend(features.lang.to_le_bytes());
        bytes.push(features.writing.to_byte());
        for bag in [
            &features.words,
            &features.names,
            &features.merged_names,
            &features.numbers,
            &features.countries,
        ] {
            bytes.push(u8::try_from(bag.len()).expect("a bag has at most 60"));
            for (id, weight) in bag {
                bytes.extend(id.to_le_bytes());
                bytes.push(*weight);
            }
        }
        bytes
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// When the bytes are of another version or no fingerprint at all.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FingerprintError> {
        let mut reader = Reader(bytes);
        match reader.byte() {
            Some(VERSION) => {}
            Some(other) => return Err(FingerprintError::Version(other)),
            None => return Err(FingerprintError::Malformed),
        }
        let fingerprint = reader.fingerprint().ok_or(FingerprintError::Malformed)?;
        match reader.0 {
            [] => Ok(fingerprint),
            _ => Err(FingerprintError::Malformed),
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<u32> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*first))
    }

    /// Lists are searched by bisection and merging: one out of order is refused.
    fn hashes(&mut self) -> Option<Vec<u32>> {
        let count = self.byte()?;
        let hashes: Vec<u32> = (0..count).map(|_| self.number()).collect::<Option<_>>()?;
        hashes.is_sorted_by(|a, b| a < b).then_some(hashes)
    }

    fn bag(&mut self) -> Option<Bag> {
        let count = self.byte()?;
        let pair = |reader: &mut Self| Some((reader.number()?, reader.byte()?));
        let bag: Bag = (0..count).map(|_| pair(self)).collect::<Option<_>>()?;
        bag.is_sorted_by(|a, b| a.0 < b.0).then_some(bag)
    }

    fn fingerprint(&mut self) -> Option<Fingerprint> {
        Some(Fingerprint {
            sketch: Sketch {
                hashes: self.hashes()?,
            },
            features: Features {
                lang: self.number()?,
                writing: Writing::from_byte(self.byte()?)?,
                words: self.bag()?,
                names: self.bag()?,
                merged_names: self.bag()?,
                numbers: self.bag()?,
                countries: self.bag()?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::StoryText;

    fn fingerprint(words: usize) -> Fingerprint {
        let body: String = (0..words).map(|n| format!("Word{n} of {n}. ")).collect();
        Fingerprint::of(StoryText {
            title: "Wang Yi visits Moscow on 24 November",
            body: &body,
            lang: Some("en"),
        })
    }

    #[test]
    fn what_is_written_is_read_and_stays_small() {
        for words in [0, 10, 5000] {
            let fingerprint = fingerprint(words);
            let bytes = fingerprint.to_bytes();
            assert!(bytes.len() < 2048, "{} bytes", bytes.len());
            assert_eq!(Fingerprint::from_bytes(&bytes), Ok(fingerprint));
        }
    }

    #[test]
    fn what_is_no_fingerprint_is_refused_without_harm() {
        let bytes = fingerprint(100).to_bytes();
        for end in 0..bytes.len() {
            assert!(Fingerprint::from_bytes(&bytes[..end]).is_err());
        }
        let mut later = bytes.clone();
        later[0] = 9;
        assert_eq!(
            Fingerprint::from_bytes(&later),
            Err(FingerprintError::Version(9))
        );
        let mut longer = bytes;
        longer.push(0);
        assert_eq!(
            Fingerprint::from_bytes(&longer),
            Err(FingerprintError::Malformed)
        );
    }
}
