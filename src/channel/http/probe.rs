//! A question that a service answers without telling anybody anything: is it there, is the token accepted?

use std::collections::BTreeMap;

use serde::Deserialize;

use super::preset::Sent;
use crate::channel::ChannelError;
use crate::channel::template::{Context, Syntax, Template};

/// `[probe]` of a preset: a GET that changes nothing.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// Template of the address; it stays on the host of `url`.
    pub address: String,
    /// Templates of the headers; one that turns out empty is not sent.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Template of what a success means, for people.
    #[serde(default = "answers")]
    pub says: String,
}

fn answers() -> String {
    "the service answers".to_owned()
}

/// A probe whose templates are compiled.
pub(super) struct Question {
    address: Template,
    headers: Vec<(String, Template)>,
    says: Template,
}

impl Question {
    pub fn new(probe: &Probe) -> Result<Self, ChannelError> {
        let headers = probe.headers.iter().map(|(name, source)| {
            let template = Template::new("probe.headers", source, Syntax::Header)?;
            Ok((name.clone(), template))
        });
        Ok(Self {
            address: Template::new("probe.address", &probe.address, Syntax::Url)?,
            headers: headers.collect::<Result<_, ChannelError>>()?,
            says: Template::new("probe.says", &probe.says, Syntax::Text)?,
        })
    }

    /// The request.
    ///
    /// # Errors
    /// In words, when a template fails.
    pub fn request(&self, context: &Context) -> Result<Sent, String> {
        let mut headers = Vec::new();
        for (name, template) in &self.headers {
            let value = template.render(context)?;
            if !value.trim().is_empty() {
                headers.push((name.clone(), value));
            }
        }
        Ok(Sent {
            method: "GET".to_owned(),
            address: self.address.render(context)?,
            headers,
            body: String::new(),
        })
    }

    /// What a success means.
    ///
    /// # Errors
    /// In words, when the template fails.
    pub fn says(&self, context: &Context) -> Result<String, String> {
        self.says.render(context)
    }
}
