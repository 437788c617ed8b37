// The numbers by which the module and JavaScript know things. `cargo xtask reference` writes this file from the enums in src/.

export const WAKE_LOOK = 0;
export const WAKE_ANSWER = 1;
export const WAKE_ACT = 2;
export const WAKE_DUE = 3;
export const WAKE_FILES = 4;
export const WAKE_FREE = 5;
export const WAKE_MOVED = 6;
export const WAKE_CHECK = 7;
export const WAKE_HIDE = 8;
export const WAKE_SHOW = 9;
export const WAKE_RETURNED = 10;

export const NAME_CLASS = 0;
export const NAME_ID = 1;
export const NAME_LINK = 2;
export const NAME_STYLED = 3;
export const NAME_SCRIPT = 4;
export const NAME_IMAGE = 5;
export const NAME_FETCH = 6;
export const NAME_SLOT = 7;
export const NAME_TAG = 8;
export const NAME_STAND_IN = 9;
export const NAME_HOST = 10;
export const NAME_BRAVE = 11;
export const NAME_FIREFOX = 12;
export const NAME_OPERA = 13;
export const NAME_SMART_BLOCK = 14;
export const NAME_CRAWLER = 15;
export const NAME_OFFLINE = 16;
export const NAME_SAVE_DATA = 17;
export const NAME_REFUSED = 18;
export const NAME_PROTECTED = 19;

export const TURN_BAIT = 0;
export const TURN_TWIN = 1;
export const TURN_AGAIN = 2;

export const ANSWER_FAILS = 0;
export const ANSWER_WORKS = 1;
export const ANSWER_ANSWERED = 2;
export const ANSWER_UNASKED = 3;
export const ANSWER_FORBIDDEN = 4;
export const ANSWER_DOUBTFUL = 5;

export const TAGS_ABSENT = 0;
export const TAGS_ALIVE = 1;
export const TAGS_MISSING = 2;
export const TAGS_STAND_IN = 3;
export const TAGS_SMART_BLOCK = 4;

export const SIGHT_SLOT = 12;
export const SIGHT_TAGS = 16;

export const LOT_SHIFT = 3;

export const OPTION_LANG = 0;
export const OPTION_VIEW = 1;
export const OPTION_POLICY = 2;
export const OPTION_AFTER_VIEWS = 3;
export const OPTION_SNOOZE = 4;
export const OPTION_DELAY = 5;
export const OPTION_DISMISS = 6;
export const OPTION_SUPPORT_URL = 7;
export const OPTION_EXEMPT = 8;
export const OPTION_SHARE = 9;
export const OPTION_REVISION = 10;
export const OPTION_CONSENT = 11;
export const OPTION_ENDPOINT = 12;
export const OPTION_COUNT = 13;
export const OPTION_ANALYTICS = 14;
export const OPTION_IMAGES = 15;
export const OPTION_TITLE = 16;
export const OPTION_TEXT = 17;
export const OPTION_LOGO = 18;
export const OPTION_PROBE = 19;
export const OPTION_PROBE_TWIN = 20;
export const OPTION_TOP = 21;
export const OPTION_CONTROLS = 22;

export const CONSENT_AUTO = 0;
export const CONSENT_TCF = 1;
export const CONSENT_GCM = 2;
export const CONSENT_EVENT = 3;
export const CONSENT_WP = 4;
export const CONSENT_GIVEN = 5;

export const ACT_BUTTON = 0;
export const ACT_ESCAPE = 1;
export const ACT_BACKDROP = 2;
export const ACT_NEVER = 3;
export const ACT_LEAVE = 4;
export const ACT_STEPS = 5;
export const ACT_BACK = 6;
export const ACT_RECHECK = 7;
export const ACT_RELOAD = 8;
export const ACT_SUPPORT = 9;
export const ACT_ELSEWHERE = 10;
export const ACT_STORED = 11;
export const ACT_LOOK_AGAIN = 12;

export const SCENE_ASK = 0;
export const SCENE_STEPS = 1;
export const SCENE_CHECKING = 2;
export const SCENE_STILL = 3;
export const SCENE_RELOAD = 4;

export const BLOCKER_DNS = 0;
export const BLOCKER_BRAVE = 1;
export const BLOCKER_OPERA = 2;
export const BLOCKER_UBLOCK_ORIGIN = 3;
export const BLOCKER_OTHER = 4;

export const VIEWS = ["modal", "banner", "inline"];
