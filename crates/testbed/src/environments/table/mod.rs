//! The table of environments.

mod blockers;
mod browsers;
mod network;
mod pages;

use std::sync::LazyLock;

use crate::environments::environment::Environment;

/// Every environment, in the order of the matrix.
pub static ENVIRONMENTS: LazyLock<Vec<Environment>> =
    LazyLock::new(|| [browsers::ROWS, network::ROWS, pages::ROWS, blockers::ROWS].concat());

/// The environment of this name.
pub fn find(name: &str) -> Option<&'static Environment> {
    ENVIRONMENTS.iter().find(|environment| environment.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_and_every_environment_has_a_control() {
        let names: HashSet<_> = ENVIRONMENTS.iter().map(|environment| environment.name).collect();
        assert_eq!(names.len(), ENVIRONMENTS.len());
        assert!(ENVIRONMENTS.iter().all(|environment| !environment.control.is_empty()));
    }
}
