//! The names of hosts.

/// Whether a text is the name of a host, in the letters that travel.
pub fn is_host(text: &str) -> bool {
    let is_of_hosts = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    !text.is_empty()
        && text.len() <= 253
        && text.chars().all(is_of_hosts)
        && !text.starts_with(['.', '-'])
        && !text.ends_with(['.', '-'])
}
