//! What a situation is: the browser, the page, the server and what is done, as data.

use Engine::{Chromium, Firefox};

/// A browser that a situation can be made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Engine {
    /// Chromium, which alone has the DevTools protocol.
    Chromium,
    /// Firefox.
    Firefox,
}

/// What is really so, and therefore what a detector has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// Nothing blocks ads. To say "blocked" is a false alarm.
    NoBlocker,
    /// A browser's tracking protection blocks trackers, the ad host among them. That is no ad blocker.
    TrackingProtection,
    /// Something in the browser blocks ads.
    Extension,
    /// The network blocks ads.
    Network,
}

impl Truth {
    /// Whether an ad blocker is at work.
    pub fn is_blocked(self) -> bool {
        matches!(self, Truth::Extension | Truth::Network)
    }
}

/// How a browser is started. Environments with the same engine and launch can share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Launch {
    /// As it comes.
    Plain,
    /// With an extension that can zoom.
    Zoom,
    /// With this many device pixels to each CSS pixel.
    PixelRatio(u8),
    /// With forced colours.
    ForcedColours,
    /// With pictures switched off.
    NoImages,
    /// With fonts of pages switched off, and no letter smaller than 24 px; Chromium has the switch for a dark page besides.
    OwnType,
    /// With what keeps pages from knowing a browser again: sizes, times and names that are those of everybody.
    Uniform,
    /// With strict tracking protection, which has the demo's ad host on its list.
    TrackingProtection,
    /// With uBlock Origin and the lists that come with it.
    UblockOrigin,
    /// With an extension that refuses requests by EasyList.
    Requests,
    /// With an extension that hides elements by EasyList, with a style sheet of the user.
    UserStyles,
    /// With an extension that hides elements by EasyList, with a style sheet in the page.
    AuthorStyles,
    /// With a name server that knows every name but those of ad hosts.
    BlockingDns,
    /// With a name server that knows none of the names of the page.
    NoDns,
}

/// The ad host that [`Launch::BlockingDns`] does not know. Nobody can own names below `example`.
pub const AD_HOST: &str = "ads.example";

/// An ad host of another company, which [`Launch::BlockingDns`] does not know either.
pub const SECOND_AD_HOST: &str = "annonces.test";

/// A host that [`Launch::BlockingDns`] leads to the demo server.
pub const OTHER_HOST: &str = "images.example";

/// One situation.
#[derive(Clone, Copy, Debug)]
pub struct Environment {
    /// What it is called in the matrix.
    pub name: &'static str,
    /// The browsers that it is visited with.
    pub engines: &'static [Engine],
    /// What is really so.
    pub truth: Truth,
    /// How the browser is started.
    pub launch: Launch,
    /// The page that is visited.
    pub page: Page,
    /// The origin of the page's ad host; empty for the demo's own. `{{port}}` stands for the server's port.
    pub ad_host: &'static str,
    /// The content security policy, empty for none; `None` is the demo's own, which is strict.
    pub csp: Option<&'static str>,
    /// The origin of our files; empty for the page's own.
    pub files: &'static str,
    /// More attributes of our own tag.
    pub attributes: &'static str,
    /// A style sheet of the page's own.
    pub style: &'static str,
    /// A script of the page's own, which runs first.
    pub script: &'static str,
    /// More elements of the page.
    pub body: &'static str,
    /// What the server answers otherwise than usual: beginnings of paths, and how.
    pub answers: &'static [(&'static str, Deviation)],
    /// What is done while the page is visited.
    pub way: Way,
    /// What has to hold on the page afterwards, in JavaScript; a promise is awaited.
    pub control: &'static str,
    /// Whether our module may say nothing at all, since it cannot run there.
    pub may_be_silent: bool,
}

/// The page that is visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The first page of the demo, with its ad script and three slots.
    Demo,
    /// A short article without ads.
    Short,
    /// A page of frames, whose document has a frame set where others have a body.
    FrameSet,
    /// A page that shows the short article in a frame with these attributes.
    Framing(&'static str),
}

/// How an answer of the server deviates; what [`crate::server::Answer`] is, as a constant.
#[derive(Clone, Copy, Debug)]
pub enum Deviation {
    /// This status and no body.
    Status(u16),
    /// Later, by milliseconds.
    Delay(u64),
    /// A text with this MIME type.
    Body(&'static str, &'static str),
    /// The usual answer with this header.
    Header(&'static str, &'static str),
}

/// What is done while a page is visited.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// Nothing but opening it.
    Open,
    /// It is zoomed, by per cent.
    Zoom(u32),
    /// The window is made this narrow, in CSS pixels.
    Narrow(u32),
    /// CSS media are emulated: the type, and a feature with its value.
    Media(&'static str, &'static str, &'static str),
    /// It is printed while the detector works.
    Print,
    /// It is opened in a tab behind another, and looked at later.
    Background,
    /// The reader leaves it while the detector works, and comes back.
    Return,
    /// The browser renders it before the reader asks for it.
    Prerender,
    /// The network is cut when the page has loaded and the detector is about to begin.
    Offline,
    /// The processor is slowed down, by a factor.
    Slow(f64),
    /// The detector runs in the page's frame.
    Framed,
    /// It is opened twice, so that the page's service worker is at work.
    Worker,
    /// The browser says that it is another one: what it calls itself, and its brands.
    Called(&'static str, &'static [&'static str]),
}

impl Environment {
    /// How a browser of this kind has to be started. What Chromium is told while it runs needs no launch of its own.
    pub fn launch(&self, engine: Engine) -> Launch {
        match (engine, self.launch) {
            (Engine::Chromium, Launch::ForcedColours) => Launch::Plain,
            (_, launch) => launch,
        }
    }
}

/// Either browser.
pub(crate) const BOTH: &[Engine] = &[Chromium, Firefox];

/// Chromium alone.
pub(crate) const CHROMIUM: &[Engine] = &[Chromium];

/// Firefox alone.
pub(crate) const FIREFOX: &[Engine] = &[Firefox];

/// A reader without a blocker on the demo's first page, with nothing unusual.
pub(crate) const PLAIN: Environment = Environment {
    name: "",
    engines: BOTH,
    truth: Truth::NoBlocker,
    launch: Launch::Plain,
    page: Page::Demo,
    ad_host: "",
    csp: Some(""),
    files: "",
    attributes: "",
    style: "",
    script: "",
    body: "",
    answers: &[],
    way: Way::Open,
    control: "",
    may_be_silent: false,
};

/// A script with a name that EasyList blocks is refused, and one with a name of no meaning is not.
pub(crate) const REQUESTS_REFUSED: &str =
    "Promise.all([observed.refuses('ads'), observed.refuses('page')]).then(([bait, twin]) => bait && !twin)";

/// An element with a name that EasyList hides is hidden, and one with a name of no meaning is not.
pub(crate) const ELEMENTS_HIDDEN: &str = "observed.hides('banner-ad') && !observed.hides('headline-row')";

/// The page's ad script failed.
pub(crate) const ADS_FAIL: &str = "observed.failed.some((address) => address.endsWith('/ads/show.js'))";

/// Two ad hosts that [`Launch::BlockingDns`] and [`Launch::NoDns`] do not know, and a twin that only the latter does not.
pub(crate) const UNKNOWN_HOSTS: &str = "data-consent='given' data-probe-twin='http://images.example:{{port}}/favicon.svg'
    data-probe='http://ads.example:{{port}}/ads/show.js http://annonces.test:{{port}}/ads/show.js'";
