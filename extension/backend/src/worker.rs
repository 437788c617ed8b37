//! The extension's background: takes in what happens in the browser, and has the browser do what the profile says.
//!
//! `worker.js` registers the listeners and calls the functions below. Between two calls everything may be gone, since browsers stop a
//! background that rests: what has to last is in the browser's storage.

mod platform;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::rc::Rc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use crate::dnr::{self, Requests};
use crate::element::Element;
use crate::filter::{Decision, Filter, Sight, Source};
use crate::host::is_host;
use crate::list::{self, Dialect, LONGEST_LIST, List};
use crate::messages::{Explanation, Hit, Lists, Offer, PageAnswer, PageMessage, PopupMessage, State, Survey, Tab};
use crate::profile::{Hiding, Profile, Profiles};

/// The parameter of an address that asks for a profile.
const PARAMETER: &str = "soutien-profile";

/// The profile that plays the reader's own lists.
const YOUR_LISTS: &str = "your-lists";

/// How many hits are kept of a tab, and how many of the rules that could not be carried over are shown.
const MOST_HITS: usize = 200;
const MOST_LEFT: usize = 50;

/// What Chromium says of a request that an extension blocked.
const BLOCKED_IN_CHROMIUM: &str = "net::ERR_BLOCKED_BY_CLIENT";

/// When names are looked at for the record alone, because what hides is on the page from its beginning.
const RECORD: Survey = Survey {
    wait: 100,
    at_most: 1_000,
};

/// What the build says of itself, as `build.json`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Build {
    /// `chromium` or `firefox`.
    browser: String,
    /// Whether blockers act on every site: the variant for machines.
    everywhere: bool,
    /// The rules of each group of profiles, by name.
    rules: HashMap<String, Rules>,
}

/// What lists became.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Rules {
    rulesets: Vec<String>,
    carried: u32,
    left: u32,
}

/// What lasts until the browser is closed.
struct Worker {
    profiles: Profiles,
    build: Build,
    /// The name of the profile that is played.
    profile: RefCell<String>,
    /// The hosts on which blockers act.
    hosts: RefCell<Vec<String>>,
    lists: RefCell<Lists>,
    /// The filter in use, and its name.
    filter: RefCell<Option<(String, Rc<Filter>)>>,
    /// The selectors that each frame was offered.
    offered: RefCell<HashMap<(i32, i32), HashSet<String>>>,
    tabs: RefCell<HashMap<i32, Tab>>,
}

thread_local! {
    static WORKER: RefCell<Option<Rc<Worker>>> = const { RefCell::new(None) };
}

/// What lasts longer than the browser runs.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    profile: String,
    hosts: Vec<String>,
    lists: Lists,
}

/// The hosts on which blockers act from the beginning.
const FIRST_HOSTS: [&str; 2] = ["localhost", "127.0.0.1"];

/// Who sent a message, of what browsers say.
#[derive(Deserialize)]
struct Sender {
    #[serde(default)]
    url: String,
    tab: Option<SenderTab>,
    #[serde(default, rename = "frameId")]
    frame: i32,
}

#[derive(Deserialize)]
struct SenderTab {
    id: i32,
}

/// A request, of what `webRequest` says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Seen {
    tab_id: i32,
    url: String,
    #[serde(rename = "type")]
    kind: String,
    /// The origin that asks, in Chromium, or the page that does, in Firefox.
    #[serde(default)]
    initiator: String,
    #[serde(default)]
    document_url: String,
    /// Why it failed; empty where it was redirected.
    #[serde(default)]
    error: String,
    #[serde(default)]
    redirect_url: String,
}

/// Starts, or starts again. `profiles` and `build` are the texts of the files of these names.
///
/// # Errors
/// When a file is not what it should be, or the browser refuses something.
#[wasm_bindgen]
pub async fn start(profiles: &str, build: &str) -> Result<(), JsValue> {
    let profiles = Profiles::read(profiles)?;
    let build: Build = serde_json::from_str(build).map_err(|error| format!("build.json: {error}"))?;
    let kept: Kept = from_js(platform::get("local", "kept").await?).unwrap_or_default();
    let tabs: HashMap<String, Tab> = from_js(platform::get("session", "").await?).unwrap_or_default();
    let tabs = tabs
        .into_iter()
        .filter_map(|(key, tab)| Some((key.strip_prefix("tab:")?.parse().ok()?, tab)));
    let is_known = profiles.find(&kept.profile).is_some();
    let worker = Rc::new(Worker {
        profile: RefCell::new(if is_known { kept.profile } else { "none".into() }),
        hosts: RefCell::new(if kept.hosts.is_empty() {
            FIRST_HOSTS.map(str::to_owned).into()
        } else {
            kept.hosts
        }),
        lists: RefCell::new(kept.lists),
        filter: RefCell::default(),
        offered: RefCell::default(),
        tabs: RefCell::new(tabs.collect()),
        profiles,
        build,
    });
    worker.apply(false).await?;
    WORKER.with(|cell| cell.replace(Some(worker)));
    Ok(())
}

/// Answers the content script of a page.
///
/// # Errors
/// When the message is not one of the schema or too large, or the browser refuses something; with what was found.
#[wasm_bindgen(unchecked_return_type = "PageAnswer")]
pub async fn page(
    #[wasm_bindgen(unchecked_param_type = "PageMessage")] message: JsValue,
    sender: JsValue,
) -> Result<JsValue, JsValue> {
    let worker = worker()?;
    let message: PageMessage = from_js(message)?;
    message.hold_limits()?;
    let sender: Sender = from_js(sender)?;
    let tab = sender.tab.as_ref().ok_or("the message comes from no tab")?.id;
    if !worker.acts_on(&sender.url) {
        return to_js(&PageAnswer::default());
    }
    let frame = (tab, sender.frame);
    let answer = match message {
        PageMessage::Page => worker.begin(frame, &sender.url).await?,
        PageMessage::Names { classes, ids, links } => {
            worker.note_links(tab, &sender.url, &links).await?;
            worker.hide_names(frame, &sender.url, &classes, &ids).await?
        }
        PageMessage::Hide { selectors } => {
            let offered = worker.offered.borrow().get(&frame).cloned().unwrap_or_default();
            let selectors: Vec<String> = selectors.into_iter().filter(|selector| offered.contains(selector)).collect();
            worker.hide(frame, &sender.url, &selectors).await?;
            PageAnswer::default()
        }
        PageMessage::Verdict { verdict } => {
            worker.record(tab, |tab| tab.verdict = Some(verdict)).await?;
            PageAnswer::default()
        }
        PageMessage::Problem { problem } => {
            worker
                .record(tab, |tab| {
                    if tab.problems.len() < MOST_HITS {
                        tab.problems.push(problem);
                    }
                })
                .await?;
            PageAnswer::default()
        }
        PageMessage::Choose { profile } => {
            worker.choose(tab, &profile).await?;
            PageAnswer::default()
        }
        PageMessage::State if worker.build.everywhere => {
            let known = worker.tabs.borrow().get(&tab).cloned().unwrap_or_default();
            return to_js(&known);
        }
        PageMessage::State => return Err("only the variant for machines tells pages of itself".into()),
    };
    to_js(&answer)
}

/// Answers the popup with everything that it shows.
///
/// # Errors
/// When the message is not one of the schema, or what it asks for cannot be done; with what was found.
#[wasm_bindgen(unchecked_return_type = "State")]
pub async fn popup(#[wasm_bindgen(unchecked_param_type = "PopupMessage")] message: JsValue) -> Result<JsValue, JsValue> {
    let worker = worker()?;
    let mut wanted = None;
    match from_js(message)? {
        PopupMessage::Explain { address, from, request } => return to_js(&worker.explain(&address, &from, &request).await?),
        PopupMessage::ExplainElement { element, from } => return to_js(&worker.explain_element(&element, &from).await?),
        PopupMessage::State { tab } => wanted = tab,
        PopupMessage::Select { profile } => worker.select(&profile).await?,
        PopupMessage::Site { host, is_allowed } => worker.allow(&host, is_allowed).await?,
        PopupMessage::Lists { text } => worker.take_lists(&text).await?,
    }
    to_js(&worker.state(wanted).await?)
}

/// A frame of a tab has begun to show another page. Styles and scriptlets have to be there before anything of it runs.
///
/// # Errors
/// When the browser refuses something.
#[wasm_bindgen]
pub async fn committed(tab: i32, frame: i32, address: String) -> Result<(), JsValue> {
    let worker = worker()?;
    worker.offered.borrow_mut().remove(&(tab, frame));
    if frame == 0 {
        let profile = worker.profile.borrow().clone();
        let begun = Tab {
            id: tab,
            address: address.clone(),
            profile,
            ..Tab::default()
        };
        worker.tabs.borrow_mut().insert(tab, begun);
        worker.record(tab, |_| {}).await?;
    }
    if worker.acts_on(&address) {
        worker.dress(tab, frame, &address).await?;
    }
    Ok(())
}

/// A request has failed or was redirected. Tells the rule behind it where a rule of the profile is.
///
/// # Errors
/// When the browser refuses something.
#[wasm_bindgen]
pub async fn seen(details: JsValue) -> Result<(), JsValue> {
    let worker = worker()?;
    let seen: Seen = from_js(details)?;
    let action = match (seen.error.as_str(), seen.redirect_url.as_str()) {
        (BLOCKED_IN_CHROMIUM | "NS_ERROR_ABORT" | "NS_ERROR_BLOCKED_BY_POLICY", _) => "blocked",
        // Chromium shows pages, and us, another origin than our own, so that no page recognises us by it.
        ("", to)
            if to
                .split_once("-extension://")
                .is_some_and(|(_, path)| path.contains("/surrogates/")) =>
        {
            "redirected"
        }
        _ => return Ok(()),
    };
    let from = if seen.document_url.is_empty() {
        &seen.initiator
    } else {
        &seen.document_url
    };
    if seen.tab_id < 0 || !worker.acts_on(from) {
        return Ok(());
    }
    let source = match worker.filter().await? {
        Some(filter) => match filter.decide(&seen.url, from, &seen.kind) {
            Decision::Blocked(source) => Some(source),
            Decision::Through | Decision::Excepted(..) => None,
        },
        None => None,
    };
    // Firefox tells of a request that was given up, as when the reader leaves, in the same words.
    if source.is_none() && !matches!(seen.error.as_str(), "" | BLOCKED_IN_CHROMIUM) {
        return Ok(());
    }
    let source = source.unwrap_or_default();
    let hit = Hit {
        action: action.into(),
        signals: signals_of_request(&seen.url, from, &seen.kind, action),
        request: seen.kind,
        what: seen.url,
        rule: source.rule,
        list: source.list,
        line: source.line,
    };
    worker.record(seen.tab_id, |tab| tab.add(hit)).await
}

/// The user has given access to these sites, as match patterns. A pattern for one host is one that the popup asked for, so that
/// blockers act there from now on.
///
/// # Errors
/// When the browser refuses something.
#[wasm_bindgen]
pub async fn permitted(origins: Vec<String>) -> Result<(), JsValue> {
    let worker = worker()?;
    for origin in origins {
        let host = origin
            .split_once("://")
            .and_then(|(_, rest)| rest.strip_suffix("/*"))
            .unwrap_or_default();
        if is_host(host) {
            worker.allow(host, true).await?;
        }
    }
    Ok(())
}

/// A tab was closed.
///
/// # Errors
/// When the browser refuses something.
#[wasm_bindgen]
pub async fn closed(tab: i32) -> Result<(), JsValue> {
    let worker = worker()?;
    worker.tabs.borrow_mut().remove(&tab);
    worker.offered.borrow_mut().retain(|frame, _| frame.0 != tab);
    platform::remove("session", &format!("tab:{tab}")).await?;
    Ok(())
}

/// Makes a filter of lists, given as JSON, and gives it as bytes. The build calls this, see `make-filter.js`.
///
/// # Errors
/// When it is not such JSON.
#[wasm_bindgen]
pub fn make_filter(lists: &str, with_sheet: bool) -> Result<Vec<u8>, JsValue> {
    let lists: Vec<List> = serde_json::from_str(lists).map_err(|error| error.to_string())?;
    Ok(Filter::new(&lists, with_sheet).store())
}

fn worker() -> Result<Rc<Worker>, JsValue> {
    WORKER
        .with(|cell| cell.borrow().clone())
        .ok_or_else(|| "the backend has not started".into())
}

fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value).map_err(|error| JsValue::from(error.to_string()))
}

fn to_js<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    value
        .serialize(&Serializer::json_compatible())
        .map_err(|error| JsValue::from(error.to_string()))
}

/// The host of an address of the web; empty of any other.
fn host_of(address: &str) -> &str {
    let rest = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"))
        .unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit('@').next().unwrap_or_default();
    match authority.rfind(':') {
        Some(colon) if !authority.ends_with(']') => &authority[..colon],
        _ => authority,
    }
}

/// The signals of Soutien that a request which did not get through explains: a bait on the page's own origin, one on an ad host, or
/// an ad tag of the page.
fn signals_of_request(address: &str, from: &str, kind: &str, action: &str) -> Vec<String> {
    let is_own = host_of(address) == host_of(from);
    let signals: &[&str] = match (is_own, kind, action) {
        (true, "script", _) => &["request/script"],
        (true, "image", _) => &["request/image"],
        (true, "xmlhttprequest", _) => &["request/fetch"],
        (false, "xmlhttprequest", _) => &["host/host"],
        (false, "script", "redirected") => &["slot/stand-in", "browser/smart-block"],
        (false, "script", _) => &["slot/tag", "slot/slot"],
        _ => &[],
    };
    signals.iter().map(|signal| (*signal).to_owned()).collect()
}

/// The signals of Soutien that a hidden element with such a selector explains.
fn signals_of_selector(selector: &str) -> Vec<String> {
    let signals: &[&str] = match selector.chars().next() {
        Some('.') => &["element/class", "element/styled"],
        Some('#') => &["element/id"],
        _ if selector.contains("[href") => &["element/link"],
        _ => &[],
    };
    signals.iter().map(|signal| (*signal).to_owned()).collect()
}

impl Tab {
    fn add(&mut self, hit: Hit) {
        if self.hits.contains(&hit) {
            return;
        }
        if self.hits.len() < MOST_HITS {
            self.hits.push(hit);
        } else {
            self.n_more += 1;
        }
    }
}

impl Worker {
    fn played(&self) -> Profile {
        let found = self.profiles.find(&self.profile.borrow()).or(self.profiles.profiles.first());
        found.cloned().expect("profiles.json has a profile, which its tests check")
    }

    fn rules(&self, profile: &Profile) -> Option<&Rules> {
        self.build.rules.get(profile.rules(&self.profiles))
    }

    /// Whether blockers act on a page.
    fn acts_on(&self, address: &str) -> bool {
        let host = host_of(address);
        let is_below =
            |allowed: &String| host == allowed || host.strip_suffix(allowed.as_str()).is_some_and(|rest| rest.ends_with('.'));
        !host.is_empty() && (self.build.everywhere || self.hosts.borrow().iter().any(is_below))
    }

    /// Has the browser apply the rules of the profile that is played. The reader's own lists may be new.
    async fn apply(&self, are_lists_new: bool) -> Result<(), JsValue> {
        let profile = self.played();
        let rulesets = self.rules(&profile).map(|rules| rules.rulesets.clone()).unwrap_or_default();
        platform::enable_rulesets(to_js(&rulesets)?).await?;
        platform::play_lists(profile.name == YOUR_LISTS, are_lists_new).await?;
        let hosts = if self.build.everywhere {
            Vec::new()
        } else {
            self.hosts.borrow().clone()
        };
        platform::set_scope(to_js(&hosts)?, profile.poses_as_brave).await?;
        platform::show_profile(&profile.plays.en, profile.name == "none");
        Ok(())
    }

    async fn keep(&self) -> Result<(), JsValue> {
        let kept = Kept {
            profile: self.profile.borrow().clone(),
            hosts: self.hosts.borrow().clone(),
            lists: self.lists.borrow().clone(),
        };
        platform::set("local", "kept", to_js(&kept)?).await?;
        Ok(())
    }

    async fn select(&self, name: &str) -> Result<(), JsValue> {
        let profile = self.profiles.find(name).ok_or_else(|| {
            let names: Vec<_> = self.profiles.profiles.iter().map(|profile| profile.name.as_str()).collect();
            format!("there is no profile {name:?}, expected one of {}", names.join(", "))
        })?;
        if self.lacks_access(profile).await? {
            return Err(format!("the profile {name} redirects, which takes access to every site").into());
        }
        name.clone_into(&mut self.profile.borrow_mut());
        self.filter.replace(None);
        self.keep().await?;
        self.apply(false).await
    }

    async fn lacks_access(&self, profile: &Profile) -> Result<bool, JsValue> {
        Ok(profile.redirects && !self.build.everywhere && !platform::has_access_everywhere().await?.is_truthy())
    }

    /// Plays another profile because a page asked for it, and has the page begin anew under it.
    async fn choose(&self, tab: i32, name: &str) -> Result<(), JsValue> {
        if *self.profile.borrow() != name {
            self.select(name).await?;
            platform::reload(tab).await?;
        }
        Ok(())
    }

    async fn allow(&self, host: &str, is_allowed: bool) -> Result<(), JsValue> {
        if !is_host(host) {
            return Err(format!("found {host:?}, expected the name of a host").into());
        }
        self.hosts.borrow_mut().retain(|known| known != host);
        if is_allowed {
            self.hosts.borrow_mut().push(host.to_owned());
        }
        self.keep().await?;
        self.apply(false).await
    }

    /// The filter of the profile; none where it has no lists.
    async fn filter(&self) -> Result<Option<Rc<Filter>>, JsValue> {
        let profile = self.played();
        let name = profile.filter(&self.profiles).to_owned();
        if let Some((of, filter)) = &*self.filter.borrow()
            && *of == name
        {
            return Ok(Some(filter.clone()));
        }
        let bytes = if profile.name == YOUR_LISTS {
            platform::stored_filter().await?
        } else if profile.lists.is_empty() {
            JsValue::UNDEFINED
        } else {
            platform::file(&format!("filters/{name}.bin")).await?
        };
        if bytes.is_undefined() {
            return Ok(None);
        }
        let filter = Rc::new(Filter::restore(&js_sys::Uint8Array::new(&bytes).to_vec())?);
        self.filter.replace(Some((name, filter.clone())));
        Ok(Some(filter))
    }

    /// The page has begun: whether the content script is to look at its names.
    async fn begin(&self, frame: (i32, i32), address: &str) -> Result<PageAnswer, JsValue> {
        let wanted = address
            .split(['?', '&', '#'])
            .find_map(|part| part.strip_prefix(PARAMETER)?.strip_prefix('='));
        if let Some(wanted) = wanted
            && frame.1 == 0
        {
            self.choose(frame.0, wanted).await?;
        }
        let survey = match self.played().hiding {
            Hiding::Nothing => None,
            Hiding::Sheet => Some(RECORD),
            Hiding::Survey { wait, at_most, .. } => Some(Survey { wait, at_most }),
        };
        Ok(PageAnswer {
            survey,
            ..PageAnswer::default()
        })
    }

    /// Puts on a page what does not depend on its content.
    async fn dress(&self, tab: i32, frame: i32, address: &str) -> Result<(), JsValue> {
        let profile = self.played();
        if profile.hiding == Hiding::Nothing && !profile.scriptlets {
            return Ok(());
        }
        let Some(filter) = self.filter().await? else {
            return Ok(());
        };
        let page = filter.page(address);
        if profile.hiding != Hiding::Nothing {
            let mut css = hiding_style(&page.selectors);
            for (selector, style) in &page.styles {
                let _ = writeln!(css, "{selector} {{ {style} }}");
            }
            if !css.is_empty() {
                platform::insert_style(tab, frame, &css).await?;
            }
        }
        if profile.scriptlets && !page.scriptlets.is_empty() {
            platform::run_scriptlets(tab, frame, to_js(&page.scriptlets)?).await?;
            self.record(tab, |tab| {
                for call in page.scriptlets {
                    let source = filter.scriptlet(&call, address);
                    tab.add(Hit {
                        action: "scriptlet".into(),
                        request: String::new(),
                        what: call.join(", "),
                        rule: source.rule,
                        list: source.list,
                        line: source.line,
                        signals: Vec::new(),
                    });
                }
            })
            .await?;
        }
        Ok(())
    }

    /// Hides what the profile hides for these names, or offers the selectors to the content script.
    async fn hide_names(
        &self,
        frame: (i32, i32),
        address: &str,
        classes: &[String],
        ids: &[String],
    ) -> Result<PageAnswer, JsValue> {
        let profile = self.played();
        if profile.hiding == Hiding::Nothing {
            return Ok(PageAnswer::default());
        }
        let Some(filter) = self.filter().await? else {
            return Ok(PageAnswer::default());
        };
        let page = filter.page(address);
        let mut answer = PageAnswer::default();
        if let Hiding::Survey { spares_first_party, .. } = profile.hiding
            && !page.is_spared
        {
            let selectors = filter.names(classes, ids, &page.exceptions);
            if spares_first_party {
                let mut offered = self.offered.borrow_mut();
                offered.entry(frame).or_default().extend(selectors.iter().cloned());
                answer.selectors = selectors;
            } else {
                self.hide(frame, address, &selectors).await?;
            }
        }
        // The others are on the page from its beginning.
        self.note_hidden(frame.0, address, &page.named(classes, ids)).await?;
        Ok(answer)
    }

    async fn hide(&self, frame: (i32, i32), address: &str, selectors: &[String]) -> Result<(), JsValue> {
        if selectors.is_empty() {
            return Ok(());
        }
        platform::insert_style(frame.0, frame.1, &hiding_style(selectors)).await?;
        self.note_hidden(frame.0, address, selectors).await
    }

    /// Notes what is hidden on the page at `address`, with the rules behind it.
    async fn note_hidden(&self, tab: i32, address: &str, selectors: &[String]) -> Result<(), JsValue> {
        if selectors.is_empty() {
            return Ok(());
        }
        let Some(filter) = self.filter().await? else {
            return Ok(());
        };
        self.record(tab, |tab| {
            for selector in selectors {
                let source = filter.hider(selector, address);
                tab.add(Hit {
                    action: "hidden".into(),
                    request: String::new(),
                    what: selector.clone(),
                    rule: source.rule,
                    list: source.list,
                    line: source.line,
                    signals: signals_of_selector(selector),
                });
            }
        })
        .await
    }

    /// Notes which links the page's style sheet hides for where they lead.
    async fn note_links(&self, tab: i32, address: &str, links: &[String]) -> Result<(), JsValue> {
        if links.is_empty() || self.played().hiding == Hiding::Nothing {
            return Ok(());
        }
        let Some(filter) = self.filter().await? else {
            return Ok(());
        };
        let leads_there = |selector: &String| {
            let (_, test) = selector.split_once("[href^=\"")?;
            let (start, rest) = test.split_once("\"]")?;
            Some(rest.is_empty() && links.iter().any(|link| link.starts_with(start)))
        };
        let mut selectors = filter.page(address).selectors;
        selectors.retain(|selector| leads_there(selector) == Some(true));
        self.note_hidden(tab, address, &selectors).await
    }

    /// Changes what is known of a tab, and stores it.
    async fn record(&self, id: i32, change: impl FnOnce(&mut Tab)) -> Result<(), JsValue> {
        let changed = {
            let mut tabs = self.tabs.borrow_mut();
            let tab = tabs.entry(id).or_default();
            change(tab);
            to_js(tab)?
        };
        platform::set("session", &format!("tab:{id}"), changed).await?;
        Ok(())
    }

    /// Takes the reader's own lists: makes rules and a filter of them.
    async fn take_lists(&self, text: &str) -> Result<(), JsValue> {
        let mut lists = Lists {
            n_lines: text.lines().count() as u32,
            ..Lists::default()
        };
        if text.len() > LONGEST_LIST {
            lists.problem = format!("found {} bytes, expected {LONGEST_LIST} at most", text.len());
            self.lists.replace(lists);
            return self.keep().await;
        }
        let mut read = [list::read("your lists", text, Dialect::Ublock, &[])];
        list::unite(&mut read);
        let compiled = dnr::compile(&read, Requests::Rules, &HashMap::new(), &|_| false);
        let (rules, n_over) = dnr::fit(compiled.rules);
        // The browser has the last word about expressions.
        let refused: Vec<u32> = from_js(platform::set_rules(to_js(&rules)?).await?)?;
        platform::store_filter(&Filter::new(&read, false).store()).await?;
        lists.n_left = (compiled.left.len() + n_over + refused.len()) as u32;
        lists.n_carried = (compiled.n_carried - n_over - refused.len()) as u32;
        let left = compiled
            .left
            .iter()
            .map(|left| format!("{}: {}: {}", left.line, left.rule, left.why));
        let too_many = (n_over > 0).then(|| format!("{n_over} rules are more than a browser takes"));
        let by_browser = refused.iter().filter_map(|id| {
            let rule = rules.iter().find(|rule| rule.id == *id)?;
            Some(format!("the browser refuses the expression {}", rule.condition.regex_filter))
        });
        lists.left = too_many.into_iter().chain(by_browser).chain(left).take(MOST_LEFT).collect();
        self.lists.replace(lists);
        self.filter.replace(None);
        self.keep().await?;
        self.apply(true).await
    }

    async fn state(&self, wanted: Option<i32>) -> Result<State, JsValue> {
        let mut profiles = Vec::new();
        for profile in &self.profiles.profiles {
            let expected = profile.expected.as_ref().map(|expected| match self.build.browser.as_str() {
                "firefox" => &expected.firefox,
                _ => &expected.chromium,
            });
            let rules = self.rules(profile);
            profiles.push(Offer {
                name: profile.name.clone(),
                plays: profile.plays.clone(),
                about: profile.about.clone(),
                lacks_access: self.lacks_access(profile).await?,
                n_carried: rules.map_or(0, |rules| rules.carried),
                n_left: rules.map_or(0, |rules| rules.left),
                expected: expected
                    .map(|expected| format!("{}, {}", expected.kind, expected.cause))
                    .unwrap_or_default(),
            });
        }
        let shown: Option<(i32, String)> = from_js(platform::tab(wanted.unwrap_or(-1)).await?)?;
        let tab = shown.map(|(id, address)| {
            let known = self.tabs.borrow().get(&id).cloned().unwrap_or_default();
            Tab {
                id,
                host: host_of(&address).to_owned(),
                is_allowed: self.acts_on(&address),
                address,
                ..known
            }
        });
        Ok(State {
            profile: self.profile.borrow().clone(),
            profiles,
            hosts: if self.build.everywhere {
                Vec::new()
            } else {
                self.hosts.borrow().clone()
            },
            tab,
            lists: self.lists.borrow().clone(),
            memory: memory_bytes(),
        })
    }

    async fn explain(&self, address: &str, from: &str, kind: &str) -> Result<Explanation, JsValue> {
        let decision = match self.filter().await? {
            Some(filter) => filter.decide(address, from, kind),
            None => Decision::Through,
        };
        let (word, rule, exception) = match decision {
            Decision::Through => ("through", Source::default(), Source::default()),
            Decision::Blocked(rule) => ("blocked", rule, Source::default()),
            Decision::Excepted(rule, exception) => ("excepted", rule, exception),
        };
        Ok(explanation(word, rule, exception))
    }

    async fn explain_element(&self, element: &str, from: &str) -> Result<Explanation, JsValue> {
        let element = Element::read(element)?;
        let sight = match self.filter().await? {
            Some(filter) if self.played().hiding != Hiding::Nothing => filter.element(&element, from),
            _ => Sight::default(),
        };
        let (hidden_by, shown_by) = (sight.hidden_by.into_iter().next(), sight.shown_by.into_iter().next());
        Ok(match (hidden_by, shown_by) {
            (Some(rule), _) => explanation("hidden", rule, Source::default()),
            (None, Some((rule, exception))) => explanation("excepted", rule, exception),
            (None, None) => explanation("shown", Source::default(), Source::default()),
        })
    }
}

fn explanation(decision: &str, rule: Source, exception: Source) -> Explanation {
    Explanation {
        decision: decision.into(),
        rule: rule.rule,
        list: rule.list,
        line: rule.line,
        exception: exception.rule,
        exception_list: exception.list,
        exception_line: exception.line,
    }
}

fn memory_bytes() -> f64 {
    let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    let buffer: js_sys::ArrayBuffer = memory.buffer().unchecked_into();
    buffer.byte_length().into()
}

/// The style that hides selectors. One that a browser does not understand must not take the others along, and none may end its rule.
fn hiding_style(selectors: &[String]) -> String {
    selectors
        .iter()
        .filter(|selector| !selector.contains(['{', '}']))
        .map(|selector| format!("{selector} {{ display: none !important; }}\n"))
        .collect()
}
