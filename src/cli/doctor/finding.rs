//! What a check comes to.

use serde::Serialize;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// As it should be.
    Ok,
    /// It was not looked at; the message says why.
    Skipped,
    /// It works, and somebody should look at it.
    Warning,
    /// Something does not work, or soon will not.
    Wrong,
}

/// Which part of the whole a check is about; in the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Group {
    Config,
    Secrets,
    Database,
    Clock,
    Network,
    Channels,
    Service,
}

impl Group {
    pub fn title(self) -> &'static str {
        match self {
            Self::Config => "Config",
            Self::Secrets => "Secrets",
            Self::Database => "Database and disk",
            Self::Clock => "Clock",
            Self::Network => "Network",
            Self::Channels => "Channels",
            Self::Service => "Service",
        }
    }
}

/// One line of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// Which check; the same in every version.
    pub id: &'static str,
    /// What it is about.
    pub group: Group,
    /// How it is.
    pub state: State,
    /// The one of several things that the check looks at: a file, a host, a channel.
    pub about: Option<String>,
    /// What was found, in words.
    pub message: String,
    /// What to do about it.
    pub advice: Option<String>,
}

/// A check: its id and its group.
#[derive(Debug, Clone, Copy)]
pub(super) struct Check(pub Group, pub &'static str);

impl Check {
    pub fn ok(self, message: impl Into<String>) -> Finding {
        self.finding(State::Ok, message.into(), None)
    }

    pub fn skipped(self, why: impl Into<String>) -> Finding {
        self.finding(State::Skipped, why.into(), None)
    }

    pub fn warning(self, message: impl Into<String>, advice: impl Into<String>) -> Finding {
        self.finding(State::Warning, message.into(), Some(advice.into()))
    }

    pub fn wrong(self, message: impl Into<String>, advice: impl Into<String>) -> Finding {
        self.finding(State::Wrong, message.into(), Some(advice.into()))
    }

    fn finding(self, state: State, message: String, advice: Option<String>) -> Finding {
        Finding {
            id: self.1,
            group: self.0,
            state,
            about: None,
            message,
            advice,
        }
    }
}

impl Finding {
    /// The same about one of several things.
    pub fn about(self, what: impl Into<String>) -> Self {
        Self {
            about: Some(what.into()),
            ..self
        }
    }

    /// The same with something to do about it.
    pub fn advise(self, what: impl Into<String>) -> Self {
        Self {
            advice: Some(what.into()),
            ..self
        }
    }
}
