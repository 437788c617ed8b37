//! Sizes in words and as tables, for documents and terminals.

use crate::parts::Loads;

/// Thousands of bytes with one decimal, rounded up, so that a budget never looks kept when it is not.
pub fn kilobytes(bytes: usize) -> String {
    let tenths = bytes.div_ceil(100);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Both sizes in words. Where a document names one, it names the other by this.
pub fn words(loads: &Loads) -> String {
    format!(
        "every reader downloads {} kB in {} requests, and a reader with a blocker {} kB besides, once a notice is due",
        kilobytes(loads.first.bytes),
        loads.first.requests,
        kilobytes(loads.notice.bytes)
    )
}

/// The same in French.
pub fn words_in_french(loads: &Loads) -> String {
    let kilobytes = |bytes| kilobytes(bytes).replace('.', ",");
    format!(
        "tout lecteur télécharge {} ko en {} requêtes, et qui bloque {} ko de plus, quand un message est dû",
        kilobytes(loads.first.bytes),
        loads.first.requests,
        kilobytes(loads.notice.bytes)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::Load;

    #[test]
    fn says_both_sizes_in_two_languages() {
        let load = |requests, bytes| Load { requests, bytes };
        let loads = Loads {
            first: load(5, 19_150),
            notice: load(2, 5_200),
            ..Loads::default()
        };
        assert!(words(&loads).starts_with("every reader downloads 19.2 kB in 5 requests, and"));
        assert!(words_in_french(&loads).starts_with("tout lecteur télécharge 19,2 ko en 5 requêtes, et"));
    }

    #[test]
    fn rounds_sizes_up() {
        assert_eq!(kilobytes(0), "0.0");
        assert_eq!(kilobytes(1), "0.1");
        assert_eq!(kilobytes(19_999), "20.0");
        assert_eq!(kilobytes(20_001), "20.1");
    }
}
