//! States in the index of terms: every form of their names, in every language.

use std::sync::Arc;

use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHashSet};

use super::compounds;
use super::pattern::{
    Form, Meaning, NO_TERM, PatternId, PlaceForms, StemUse, TermId, number, written,
};
use super::term_index::{Sought, TermIndex, folds_of};
use crate::text;
use crate::text::gazetteer::{self, FormKind};

/// What of a state is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::rules) enum Aspect {
    /// Everything that newspapers write for it.
    Country,
    Capital,
    /// Its capital, the words that stand for its government, its leaders and offices.
    Gov,
}

/// Whether a text that holds rules may name a state, a region or a group. Sometimes yes where it is not so.
#[must_use]
pub fn names_states(rules: &str) -> bool {
    let signs = ["country:", "capital:", "gov:", "region:", "group:"];
    signs.iter().any(|sign| rules.contains(sign))
}

/// Makes what the first rule that names a state needs, and would else wait for: 30 ms of work.
pub fn prepare_states() {
    compounds::all();
}

impl TermIndex {
    /// The number of a state, by its code; `None` where no form of it is known. Its leaders are those of a day.
    pub fn add_place(&mut self, aspect: Aspect, code: &str, day: Option<Date>) -> Option<TermId> {
        let sought = Sought::Place(aspect, code.to_owned());
        if let Some(id) = self.ids.get(&sought) {
            return Some(*id);
        }
        let begun = number(self.rows.len());
        let label: Arc<str> = format!("{}:{code}", aspect.sign()).into();
        // A form that several languages share is one pattern.
        let mut known: FxHashMap<(Vec<Arc<str>>, Option<String>), PatternId> = FxHashMap::default();
        let mut forms = gazetteer::forms(code);
        if aspect == Aspect::Gov {
            forms.extend(gazetteer::government(code, day));
        }
        for form in forms.into_iter().filter(|form| aspect.has(form.kind)) {
            let analysis = text::analyse(&form.text, Some(&form.lang));
            if analysis.tokens.is_empty() {
                continue;
            }
            let folds = analysis.tokens.iter().map(|t| t.fold.clone()).collect();
            let key = (folds, form.cased.then(|| form.text.clone()));
            if let Some(pattern) = known.get(&key) {
                self.details[*pattern as usize].also(&form);
                continue;
            }
            let stems = match form.cased || form.lang == "*" {
                true => StemUse::Never,
                false => StemUse::In(vec![form.lang.clone()]),
            };
            let how = match form.cased {
                true => Form::Cased(written(&form.text, &analysis)),
                false => Form::Row,
            };
            let place = PlaceForms::new(Arc::clone(&label), &form);
            let meaning = Meaning::Place(Box::new(place));
            let pattern = self.add_pattern(folds_of(&analysis.tokens), how, stems, meaning);
            known.insert(key, pattern);
        }
        (!known.is_empty()).then(|| self.next_id(sought, begun))
    }

    /// Adds the names of other countries that hold a name of a country (Belarus in Chinese holds Russia), so that
    /// the longer one is seen to stand in a text.
    pub(super) fn add_compounds(&mut self) {
        let sought = self.ids.keys().filter_map(Sought::country);
        let countries: FxHashSet<String> = sought.map(str::to_owned).collect();
        self.end_terms();
        for compound in compounds::all() {
            if countries.contains(compound.code) {
                continue;
            }
            let meaning = Meaning::Place(Box::new(PlaceForms::mask()));
            let (form, stems) = match &compound.cased {
                Some(text) => {
                    let analysis = text::analyse(text, Some(&compound.lang));
                    (Form::Cased(written(text, &analysis)), StemUse::Never)
                }
                None => {
                    let langs = vec![compound.lang.clone()];
                    (Form::Row, StemUse::In(langs))
                }
            };
            let pattern = self.add_pattern(compound.folds(), form, stems, meaning);
            self.rows[pattern as usize].term = NO_TERM;
        }
    }
}

impl Sought {
    fn country(&self) -> Option<&str> {
        match self {
            Self::Place(Aspect::Country, code) => Some(code),
            Self::Place(..) | Self::Term(_) | Self::Name(_) => None,
        }
    }
}

impl Aspect {
    fn sign(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Capital => "capital",
            Self::Gov => "gov",
        }
    }

    /// Whether a form of this kind counts.
    fn has(self, kind: FormKind) -> bool {
        match self {
            Self::Country => true,
            Self::Capital => kind == FormKind::Capital,
            Self::Gov => !matches!(kind, FormKind::Name | FormKind::Adjective),
        }
    }
}
