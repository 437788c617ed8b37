//! What the background knows while it runs, and how what the user has chosen changes.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::js::{from_js, to_js};
use super::{database, files, platform};
use crate::built::Built;
use crate::filter::Filter;
use crate::messages::Tab;
use crate::pasted;
use crate::profile::{Hiding, Profile, Profiles, YOUR_LISTS};
use crate::scope::Scope;
use crate::settings::Settings;

/// The key of the text of the user's own lists in the database.
pub const LISTS: &str = "lists";

/// What the background knows while it runs.
pub struct Worker {
    pub profiles: Profiles,
    pub built: Built,
    pub settings: RefCell<Settings>,
    /// The filter in use, and its name.
    pub filter: RefCell<Option<(String, Rc<Filter>)>>,
    pub tabs: RefCell<HashMap<i32, Tab>>,
    /// How many rules of each group of profiles the browser leaves out, once it was asked.
    pub n_refused: RefCell<Option<BTreeMap<String, usize>>>,
}

impl Worker {
    /// Begins with what is in the extension's files, and what was stored.
    pub async fn new() -> Result<Worker, JsValue> {
        let profiles = Profiles::read(&files::text("profiles.json").await?)?;
        let built = Built::read(&files::text("build.json").await?)?;
        let settings: Settings = from_js(platform::get("local", "kept").await?).unwrap_or_default();
        let tabs: HashMap<String, Tab> = from_js(platform::get("session", "").await?).unwrap_or_default();
        let tabs = tabs
            .into_iter()
            .filter_map(|(key, tab)| Some((key.strip_prefix("tab:")?.parse().ok()?, tab)));
        Ok(Worker {
            settings: RefCell::new(settings.completed(&profiles)),
            filter: RefCell::default(),
            tabs: RefCell::new(tabs.collect()),
            n_refused: RefCell::default(),
            profiles,
            built,
        })
    }

    /// The profile that is played.
    pub fn played(&self) -> Profile {
        let found = self
            .profiles
            .find(&self.settings.borrow().profile)
            .or(self.profiles.profiles.first());
        found.cloned().expect("profiles.json has a profile, which its tests check")
    }

    /// Whether blockers act on a page.
    pub fn acts_on(&self, address: &str) -> bool {
        self.scope().has(address)
    }

    /// On which pages blockers act.
    pub fn scope(&self) -> Scope {
        if self.built.everywhere {
            Scope::Everywhere
        } else {
            Scope::Hosts {
                hosts: self.settings.borrow().hosts.clone(),
            }
        }
    }

    /// Stores what the user has chosen.
    pub async fn keep(&self) -> Result<(), JsValue> {
        let kept = to_js(&*self.settings.borrow())?;
        platform::set("local", "kept", kept).await?;
        Ok(())
    }

    /// Plays another profile from now on.
    pub async fn select(&self, name: &str) -> Result<(), JsValue> {
        let profile = self.profiles.named(name)?;
        if profile.redirects && !self.has_access().await? {
            return Err(format!("the profile {name} redirects, which takes access to every site").into());
        }
        name.clone_into(&mut self.settings.borrow_mut().profile);
        self.filter.replace(None);
        self.keep().await?;
        self.apply(false).await
    }

    /// Whether the extension may act on every site.
    pub async fn has_access(&self) -> Result<bool, JsValue> {
        Ok(self.built.everywhere || platform::has_access_everywhere().await?.is_truthy())
    }

    /// Plays another profile because a page asked for it, and has the page begin anew under it.
    pub async fn choose(&self, tab: i32, name: &str) -> Result<(), JsValue> {
        if self.settings.borrow().profile == name {
            return Ok(());
        }
        self.select(name).await?;
        platform::reload(tab).await?;
        Ok(())
    }

    /// Has blockers act on a host from now on, or no longer.
    pub async fn allow(&self, host: &str, is_allowed: bool) -> Result<(), JsValue> {
        self.settings.borrow_mut().allow(host, is_allowed)?;
        self.keep().await?;
        self.apply(false).await
    }

    /// The filter of the profile; none where it has no lists.
    pub async fn filter(&self) -> Result<Option<Rc<Filter>>, JsValue> {
        let profile = self.played();
        let name = profile.filter(&self.profiles).to_owned();
        let known = || {
            let known = self.filter.borrow();
            known.as_ref().filter(|(of, _)| *of == name).map(|(_, filter)| filter.clone())
        };
        if let Some(filter) = known() {
            return Ok(Some(filter));
        }
        let mut texts = BTreeMap::new();
        for list in &profile.lists {
            texts.insert(list.clone(), files::text(&format!("lists/{list}.txt")).await?);
        }
        let pasted = match profile.name.as_str() {
            YOUR_LISTS => database::get(LISTS).await?.as_string(),
            _ => None,
        };
        // Another event may have had it made while these came.
        if let Some(filter) = known() {
            return Ok(Some(filter));
        }
        let mut lists = profile.read_lists(&self.profiles, self.built.browser, &texts);
        lists.extend(pasted.map(|text| pasted::read(&text)));
        if lists.is_empty() {
            return Ok(None);
        }
        let filter = Rc::new(Filter::new(&lists, profile.hiding == Hiding::Sheet));
        self.filter.replace(Some((name, filter.clone())));
        Ok(Some(filter))
    }
}
