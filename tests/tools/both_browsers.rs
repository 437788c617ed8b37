//! A profile does the same in both browsers, request by request and element by element, by the same rules.

use anyhow::ensure;
use soutien_backend::built::Browser as Kind;
use soutien_backend::profile::Hiding;
use soutien_lists::{profiles, sources};
use soutien_project::extension::Target;
use support::browsers::run;

use crate::agreement;
use crate::extension::{browser, select, turn};
use crate::fidelity::{selectors, visit};

/// How many requests and how many elements are compared under each profile.
const N_REQUESTS: usize = 200;
const N_ELEMENTS: usize = 400;

/// Why the browsers do not do the same about what was drawn from a line; none where they should.
fn mechanism(line: &str, in_both: bool) -> Option<&'static str> {
    (!in_both).then_some("its list has it for one of the browsers alone").or(line
        .starts_with('/')
        .then_some("Chromium takes expressions up to 2 kB of a compiled program, Firefox all"))
}

#[test]
fn each_profile_does_the_same_in_both_browsers() {
    run(async {
        let profiles = profiles::read()?;
        let _turns = (turn(Target::Chromium).await, turn(Target::Firefox).await);
        let (chromium, firefox) = (browser(Target::Chromium).await?, browser(Target::Firefox).await?);
        let mut unexplained = Vec::new();
        for profile in &profiles.profiles {
            let name = profile.name.as_str();
            if profile.lists.is_empty() || name != profile.rules(&profiles) && name != profile.filter(&profiles) {
                continue;
            }
            let lists = sources::lists_of(Kind::Chromium, profile, &profiles)?;
            let in_firefox = sources::lists_of(Kind::Firefox, profile, &profiles)?;
            let in_firefox: Vec<&String> = in_firefox.iter().flat_map(|list| &list.lines).collect();
            let samples = agreement::requests_of_pages(&lists, N_REQUESTS);
            let selectors = selectors(&lists, N_ELEMENTS);
            for (browser, target) in [(&chromium, Target::Chromium), (&firefox, Target::Firefox)] {
                select(browser, target, name).await?;
            }
            // The short lists hide nothing, or names that are not drawn.
            let hides_any = profile.hiding != Hiding::Nothing && selectors.len() > N_ELEMENTS;
            let (here, there) = tokio::try_join!(
                visit(&chromium, &samples, &selectors, hides_any),
                visit(&firefox, &samples, &selectors, hides_any)
            )?;
            let mut explained = Vec::new();
            for (index, (line, sample)) in samples.iter().enumerate() {
                if here.0[index] == there.0[index] {
                    continue;
                }
                let told = format!(
                    "{name}: {} ({}) drawn from {line}: came in Chromium {}, in Firefox {}",
                    sample.address, sample.kind, here.0[index], there.0[index]
                );
                match mechanism(line, in_firefox.contains(&line)) {
                    Some(why) => explained.push(format!("{told}; {why}")),
                    None => unexplained.push(told),
                }
            }
            for (index, selector) in selectors.iter().enumerate() {
                if here.1[index] != there.1[index] {
                    unexplained.push(format!(
                        "{name}: {selector}: hidden in Chromium {}, in Firefox {}",
                        here.1[index], there.1[index]
                    ));
                }
            }
            let n_refused = here.0.iter().filter(|came| **came == false).count();
            let n_hidden = here.1.iter().filter(|hidden| **hidden == true).count();
            println!(
                "{name}: {} requests, {n_refused} of them refused; {} elements, {n_hidden} of them hidden; {} differences with a reason: {explained:#?}",
                samples.len(),
                selectors.len(),
                explained.len()
            );
            // The short lists have surrogates come, or are about other sites' pages.
            ensure!(
                n_refused > 0 || samples.len() < N_REQUESTS,
                "{name} refuses none of the requests that its rules are about"
            );
        }
        for (browser, target) in [(&chromium, Target::Chromium), (&firefox, Target::Firefox)] {
            select(browser, target, "none").await?;
        }
        ensure!(unexplained.is_empty(), "{} differences: {unexplained:#?}", unexplained.len());
        Ok(())
    });
}
