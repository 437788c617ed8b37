//! The lists that the user has pasted: makes rules of them, and stores both; and what the browser leaves out of any list's rules.

use std::collections::{BTreeMap, BTreeSet};

use wasm_bindgen::prelude::*;

use super::js::{from_js, to_js};
use super::rules::RULES;
use super::state::{LISTS, Worker};
use super::{database, files, platform};
use crate::dnr::format::Expression;
use crate::pasted::Pasted;

impl Worker {
    /// Makes rules of a text of lists, and stores both. An empty text takes the lists away.
    pub async fn take_lists(&self, text: &str) -> Result<(), JsValue> {
        let mut pasted = match Pasted::read(self.built.browser, text) {
            Ok(pasted) => pasted,
            Err(refused) => {
                self.settings.borrow_mut().lists = refused;
                return self.keep().await;
            }
        };
        // The browser has the last word about expressions.
        let expressions: Vec<Expression> = pasted.rules.iter().filter_map(|rule| rule.condition.expression()).collect();
        let refused: Vec<Expression> = from_js(platform::refused_expressions(to_js(&expressions)?).await?)?;
        let lists = pasted.refuse(&refused);
        database::put(RULES, &to_js(&pasted.rules)?).await?;
        database::put(LISTS, &text.into()).await?;
        self.settings.borrow_mut().lists = lists;
        self.filter.replace(None);
        self.keep().await?;
        self.apply(true).await
    }

    /// How many of the rules of each group of profiles the browser leaves out, because it does not take their expressions.
    pub async fn n_refused(&self) -> Result<BTreeMap<String, usize>, JsValue> {
        if let Some(known) = &*self.n_refused.borrow() {
            return Ok(known.clone());
        }
        let text = files::text("expressions.json").await?;
        let groups: BTreeMap<String, Vec<Expression>> = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let all: BTreeSet<&Expression> = groups.values().flatten().collect();
        let refused: BTreeSet<Expression> = from_js(platform::refused_expressions(to_js(&all)?).await?)?;
        let count = |(name, expressions): (String, Vec<Expression>)| {
            let refused = expressions.iter().filter(|expression| refused.contains(expression));
            (name, refused.count())
        };
        let counted: BTreeMap<String, usize> = groups.into_iter().map(count).collect();
        self.n_refused.replace(Some(counted.clone()));
        Ok(counted)
    }
}
