//! Has the browser apply the rules of the profile that is played, and run the scripts that belong to it.

use wasm_bindgen::prelude::*;

use super::js::{from_js, to_js};
use super::state::Worker;
use super::{database, platform};
use crate::profile::{NO_BLOCKER, YOUR_LISTS};
use crate::rulesets::change;
use crate::scope::{self, Registered, Scope};

/// The key of the rules of the user's own lists in the database.
pub const RULES: &str = "rules";

impl Worker {
    /// Has the browser apply the rules of the profile that is played, and makes its filter. The user's own lists may be new.
    pub async fn apply(&self, are_lists_new: bool) -> Result<(), JsValue> {
        let profile = self.played();
        let rules = self.built.rules.get(profile.rules(&self.profiles));
        enable_rulesets(rules.map_or(&[], |rules| &rules.rulesets)).await?;
        play_lists(profile.name == YOUR_LISTS, are_lists_new).await?;
        let scope = self.scope();
        platform::replace_session_rule(
            scope::RULE_ID,
            to_js(&Vec::from_iter(scope::rule(&scope, self.built.browser)))?,
        )
        .await?;
        register_scripts(&scope, profile.poses_as_brave).await?;
        platform::show_profile(&profile.plays.en, profile.name == NO_BLOCKER);
        // What events wait for is there when they come, and is made once.
        self.filter().await?;
        Ok(())
    }
}

async fn enable_rulesets(wanted: &[String]) -> Result<(), JsValue> {
    let enabled: Vec<String> = from_js(platform::enabled_rulesets().await?)?;
    if let Some(change) = change(&enabled, wanted) {
        platform::update_rulesets(to_js(&change)?).await?;
    }
    Ok(())
}

/// Has the browser apply the rules of the user's own lists, or no longer. It keeps what it applies.
async fn play_lists(are_played: bool, are_new: bool) -> Result<(), JsValue> {
    let present: Vec<u32> = from_js(platform::dynamic_rules().await?)?;
    let is_played = !present.is_empty();
    if is_played == are_played && !are_new {
        return Ok(());
    }
    let mut rules = JsValue::UNDEFINED;
    if are_played {
        rules = database::get(RULES).await?;
    }
    if rules.is_undefined() {
        rules = js_sys::Array::new().into();
    }
    platform::update_dynamic_rules(to_js(&present)?, rules).await?;
    Ok(())
}

/// Has the content script run where blockers act, and pages take the browser for Brave where it poses as that.
async fn register_scripts(scope: &Scope, poses_as_brave: bool) -> Result<(), JsValue> {
    let fixed: Vec<String> = from_js(platform::fixed_matches())?;
    let scripts = scope::scripts(scope, &fixed, poses_as_brave);
    let registered: Vec<Registered> = from_js(platform::registered_scripts().await?)?;
    if scope::are_registered(&scripts, &registered) {
        return Ok(());
    }
    if !registered.is_empty() {
        platform::unregister_scripts().await?;
    }
    if !scripts.is_empty() {
        platform::register_scripts(to_js(&scripts)?).await?;
    }
    Ok(())
}
