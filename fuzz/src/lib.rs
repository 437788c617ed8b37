//! What every fuzz target is made of. With cargo-fuzz a target is a fuzzer; without, it tries the files that it is given.

/// The text that bytes begin with.
pub fn text(bytes: &[u8]) -> &str {
    let end = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    std::str::from_utf8(&bytes[..end]).unwrap_or_default()
}

/// Makes a target of what is done with each text, which panics where something is wrong.
#[macro_export]
macro_rules! target {
    (|$text:ident: &str| $body:block) => {
        fn attempt($text: &str) $body

        #[cfg(fuzzing)]
        libfuzzer_sys::fuzz_target!(|bytes: &[u8]| attempt($crate::text(bytes)));

        #[cfg(not(fuzzing))]
        fn main() {
            for path in std::env::args().skip(1) {
                let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("cannot read {path}: {error}"));
                attempt($crate::text(&bytes));
            }
        }
    };
}
