//! What the server answers with.

use std::collections::HashMap;
use std::path::PathBuf;

use soutien_project::root;

use super::faults::Situation;

/// The port of the demo, unless another is asked for.
pub const DEFAULT_PORT: u16 = 8010;

/// What the server answers. All but `port` and `root` may be changed while it runs.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port on both names; 0 takes any free one.
    pub port: u16,
    /// The folder that holds www/, dist/site/ and dist/configurator/.
    pub root: PathBuf,
    /// Deviations from the usual answers, applied in order. Such answers are never cached; what a browser cached earlier still
    /// is, so that a test starts a new server, with a new port, rather than reuse one.
    pub situations: Vec<Situation>,
    /// The Content-Security-Policy of the news site; `None` is the strict one of the demo.
    pub csp: Option<String>,
    /// More pages of the news site: path → HTML, in which `{{ad_host}}` is replaced as in files.
    pub pages: HashMap<String, String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: DEFAULT_PORT,
            root: root(),
            situations: Vec::new(),
            csp: None,
            pages: HashMap::new(),
        }
    }
}
