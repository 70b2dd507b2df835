//! Telling of an alert: the event, how far people have been told, and the deliveries.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, named_params, params};

use super::alerts::{Stored, sources};
use super::rows::{ms, to_json};
use crate::model::{AlertKind, Correction, Severity};

/// Late deliveries wait so long for others, to be told in one message.
const LATE_COLLECT: SignedDuration = SignedDuration::from_secs(60);

/// Something that happened to an alert; digests tell it.
pub(super) struct Event<'a> {
    pub(super) alert: i64,
    pub(super) revision: i64,
    pub(super) kind: AlertKind,
    pub(super) article: i64,
    pub(super) at: Timestamp,
    pub(super) correction: Option<&'a Correction>,
    pub(super) note: Option<&'a str>,
}

impl Event<'_> {
    pub(super) fn write(&self, conn: &Connection) -> rusqlite::Result<usize> {
        conn.prepare_cached(
            "insert into alert_event (alert_id, revision, kind, article_id, at, correction, note)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict (alert_id, revision) do nothing",
        )?
        .execute(params![
            self.alert,
            self.revision,
            self.kind.name(),
            self.article,
            ms(self.at),
            self.correction.map(to_json).transpose()?,
            self.note,
        ])
    }
}

/// How far people have been told now.
pub(super) struct Reached {
    pub(super) at: Timestamp,
    pub(super) severity: Severity,
    pub(super) updates: u32,
    /// Marks are counted from here on.
    pub(super) begins: bool,
    pub(super) due_at: Option<Timestamp>,
}

impl Reached {
    pub(super) fn write(&self, conn: &Connection, alert: i64) -> rusqlite::Result<()> {
        let (sources, languages) = sources(conn, alert)?;
        conn.prepare_cached(
            "update alert set news = 0, settles_at = null, told_at = :at, told_sources = :sources,
                 told_languages = :languages, told_severity = :severity, updates = :updates,
                 base_sources = iif(:begins, max(:sources - 1, 0), base_sources),
                 due_at = coalesce(:due_at, due_at)
             where id = :id",
        )?
        .execute(named_params! {
            ":id": alert,
            ":at": ms(self.at),
            ":sources": sources.cast_signed(),
            ":languages": to_json(&languages)?,
            ":severity": self.severity.name(),
            ":updates": self.updates,
            ":begins": self.begins,
            ":due_at": self.due_at.map(ms),
        })?;
        Ok(())
    }
}

/// What is promised of an alert.
pub(super) struct Promised {
    pub(super) kind: AlertKind,
    pub(super) severity: Severity,
    /// It waits for others that are late too.
    pub(super) late: bool,
    pub(super) at: Timestamp,
    /// It is not to be told before.
    pub(super) not_before: Option<Timestamp>,
}

impl Promised {
    /// Writes the delivery of one channel; a channel that is named twice gets one.
    pub(super) fn through(
        &self,
        conn: &Connection,
        alert: &Stored,
        channel: &str,
    ) -> rusqlite::Result<u64> {
        let collected = match self.late {
            true => self
                .at
                .saturating_add(LATE_COLLECT)
                .unwrap_or(Timestamp::MAX),
            false => self.at,
        };
        let due_at = self.not_before.map_or(collected, |at| at.max(collected));
        let story = alert.story.to_string();
        let created = alert.created_at.to_string();
        let revision = alert.revision.to_string();
        let key = delivery_key(&[
            &alert.watch,
            &story,
            // A database that was made anew counts its stories from one again.
            &created,
            channel,
            self.kind.name(),
            &revision,
        ]);
        let inserted = conn
        .prepare_cached(
            "insert into delivery (key, alert_id, revision, channel, kind, state, late, created_at,
                 due_at, severity)
             values (:key, :alert, :revision, :channel, :kind, 'pending', :late, :at, :due_at,
                 :severity)
             on conflict (alert_id, revision, channel) do nothing",
        )?
        .execute(named_params! {
            ":key": key,
            ":alert": alert.id,
            ":revision": alert.revision,
            ":channel": channel,
            ":kind": self.kind.name(),
            ":late": self.late,
            ":at": ms(self.at),
            ":due_at": ms(due_at),
            ":severity": self.severity.name(),
        })?;
        Ok(inserted as u64)
    }
}

/// The key of a delivery: 32 hex digits of blake3 over what makes it the one it is.
pub(super) fn delivery_key(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex()[..32].to_owned()
}
