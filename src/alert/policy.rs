//! What a channel may be sent, and when: the keys that every `[channel.NAME]` may have.

use jiff::{SignedDuration, Timestamp};

use super::quiet::QuietHours;
use crate::model::{AlertKind, Cap, SendPlan};

/// How fast a channel may be sent to: a token bucket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Messages a second, on the long run.
    pub per_second: f64,
    /// Messages that may follow one another at once.
    pub burst: u32,
}

impl From<Cap> for Pace {
    /// `20/min` may be sent at once, and then one every three seconds.
    fn from(cap: Cap) -> Self {
        Self {
            per_second: cap.most as f64 / cap.within.as_secs_f64(),
            burst: u32::try_from(cap.most).unwrap_or(u32::MAX),
        }
    }
}

/// When a channel is sent what.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SendPolicy {
    /// When it is left alone.
    pub quiet: Option<QuietHours>,
    /// How many messages it may be sent; what is more is told in one.
    pub cap: Option<Cap>,
    /// How fast.
    pub pace: Option<Pace>,
    /// What is said through it; `None` = what its kind is for.
    pub tell: Option<Vec<AlertKind>>,
}

impl SendPolicy {
    /// What holds at `now`.
    #[must_use]
    pub fn plan(&self, channel: &str, watch_caps: &[(String, Cap)], now: Timestamp) -> SendPlan {
        SendPlan {
            channel: channel.to_owned(),
            quiet_until: self.quiet.as_ref().and_then(|quiet| quiet.until(now)),
            cap: self.cap,
            watch_caps: watch_caps.to_vec(),
        }
    }

    /// True when something of this kind is said through the channel. `resolves` says that its kind has a way to take
    /// back what was said; an end is told to no other channel unless it is asked for.
    #[must_use]
    pub fn tells(&self, kind: AlertKind, resolves: bool) -> bool {
        match (&self.tell, kind) {
            (_, AlertKind::Digest | AlertKind::Health | AlertKind::Test) => true,
            (Some(told), kind) => told.contains(&kind),
            (None, AlertKind::Ended) => resolves,
            (None, _) => true,
        }
    }
}

/// Messages in hand of a token bucket.
#[derive(Debug, Clone, Copy)]
pub struct Bucket {
    tokens: f64,
    at: Timestamp,
}

impl Bucket {
    /// A full one.
    #[must_use]
    pub fn full(pace: Pace, now: Timestamp) -> Self {
        Self {
            tokens: f64::from(pace.burst),
            at: now,
        }
    }

    /// How many messages may be sent now. A clock that went back gives nothing and takes nothing.
    pub fn allowance(&mut self, pace: Pace, now: Timestamp) -> usize {
        let passed = now.duration_since(self.at).max(SignedDuration::ZERO);
        self.at = now;
        let filled = self.tokens + passed.as_secs_f64() * pace.per_second;
        self.tokens = filled.min(f64::from(pace.burst));
        // A whole number of at most `burst`.
        self.tokens as usize
    }

    /// Takes what was sent.
    pub fn take(&mut self, messages: usize) {
        self.tokens -= messages as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_pace() {
        let pace = Pace {
            per_second: 0.5,
            burst: 3,
        };
        let start = Timestamp::UNIX_EPOCH;
        let at = |seconds: i64| start + SignedDuration::from_secs(seconds);
        let mut bucket = Bucket::full(pace, start);
        assert_eq!(bucket.allowance(pace, start), 3);
        bucket.take(3);
        for (seconds, allowed) in [(0, 0), (1, 0), (2, 1), (-5, 1), (3, 3)] {
            assert_eq!(
                bucket.allowance(pace, at(seconds)),
                allowed.min(3),
                "{seconds}"
            );
            if seconds == -5 {
                // The clock was set back; from here on it runs again.
                assert_eq!(bucket.allowance(pace, at(-1)), 3);
            }
        }
    }

    #[test]
    fn an_end_is_told_where_it_takes_something_back() {
        let open = SendPolicy::default();
        assert!(open.tells(AlertKind::Update, false));
        assert!(!open.tells(AlertKind::Ended, false));
        assert!(open.tells(AlertKind::Ended, true));
        let first = SendPolicy {
            tell: Some(vec![AlertKind::New]),
            ..SendPolicy::default()
        };
        assert!(first.tells(AlertKind::New, false) && !first.tells(AlertKind::Update, false));
        assert!(first.tells(AlertKind::Health, false) && first.tells(AlertKind::Digest, false));
    }
}
