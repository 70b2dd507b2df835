//! Until when: `--for 8h`, `--until 17:00`, `--until next-digest`.

use clap::Args;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::config::{Config, Period, system_zone};
use crate::store::{Queries, SqliteStore};

/// When something ends.
#[derive(Debug, Clone, Args)]
pub(super) struct UntilArgs {
    /// For so long, such as 8h or 3d
    #[arg(long = "for", value_name = "PERIOD", conflicts_with = "until")]
    period: Option<Period>,
    /// Until then: next-digest, 17:00, 2026-12-01, "2026-12-01 17:00" (local time), or with a zone as RFC 3339
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

/// The word for the next digest that tells of the watch.
const NEXT_DIGEST: &str = "next-digest";

impl UntilArgs {
    /// When it ends, for what concerns this watch (`None` = any); `None` when nothing was said.
    pub(super) async fn end(
        &self,
        config: &Config,
        store: &SqliteStore,
        watch: Option<&str>,
        now: Timestamp,
    ) -> anyhow::Result<Option<Timestamp>> {
        if let Some(period) = &self.period {
            return Ok(Some(now.saturating_add(period.0)?));
        }
        let Some(written) = self.until.as_deref() else {
            return Ok(None);
        };
        if written == NEXT_DIGEST {
            return Ok(Some(next_digest(config, store, watch).await?));
        }
        let Some(end) = instant(written, now, &system_zone().0) else {
            anyhow::bail!(
                "--until {written} is no time: next-digest, 17:00, 2026-12-01, \"2026-12-01 17:00\" or RFC 3339"
            );
        };
        if end <= now {
            anyhow::bail!("--until {written} is over already");
        }
        Ok(Some(end))
    }

    /// Nothing was said.
    pub(super) fn is_missing(&self) -> bool {
        self.period.is_none() && self.until.is_none()
    }
}

async fn next_digest(
    config: &Config,
    store: &SqliteStore,
    watch: Option<&str>,
) -> anyhow::Result<Timestamp> {
    let tells = |name: &str| {
        let digest = config.digests.iter().find(|digest| digest.name == name);
        digest.is_some_and(|digest| {
            let watches = digest.watch_filter();
            watches.is_empty() || watch.is_some_and(|watch| watches.iter().any(|w| w == watch))
        })
    };
    let next = store.next_digests().await?;
    let next = next.into_iter().filter(|(name, _)| tells(name));
    let next = next.map(|(_, at)| at).min();
    next.ok_or_else(|| anyhow::anyhow!("no digest tells of it; say --for 8h or --until TIME"))
}

/// A point in time as people write it. A time of day is the next one, a date its beginning.
fn instant(written: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(at) = written.parse::<Timestamp>() {
        return Some(at);
    }
    let of = |civil: DateTime| Some(civil.to_zoned(zone.clone()).ok()?.timestamp());
    if written.contains('-') {
        // A date alone is its beginning.
        return of(written.parse::<DateTime>().ok()?);
    }
    let time: Time = written.parse().ok()?;
    let today = now.to_zoned(zone.clone()).date();
    let at = of(today.to_datetime(time))?;
    match at > now {
        true => Some(at),
        false => of(today.checked_add(1.day()).ok()?.to_datetime(time)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let now: Timestamp = "2026-11-30T10:00:00Z".parse().expect("a time");
        let jakarta = TimeZone::get("Asia/Jakarta").expect("a zone");
        for (written, expected) in [
            ("18:30", Some("2026-11-30T11:30:00Z")),
            ("07:00", Some("2026-12-01T00:00:00Z")),
            ("2026-12-02", Some("2026-12-01T17:00:00Z")),
            ("2026-12-02 08:00", Some("2026-12-02T01:00:00Z")),
            ("2026-12-02T08:00:00Z", Some("2026-12-02T08:00:00Z")),
            ("tomorrow", None),
        ] {
            let expected: Option<Timestamp> = expected.map(|at| at.parse().expect("a time"));
            assert_eq!(instant(written, now, &jakarta), expected, "{written}");
        }
    }
}
