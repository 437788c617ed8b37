// Rows on what judges of what was seen on a page: npm/soutien-qa/findings/judge.js.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { judge } from "../../../npm/soutien-qa/findings/judge.js";

const PAGE = "https://journal.example/une";

const element = (key, more = {}) => ({ key, kind: "text", where: key, name: key, box: [0, 0, 300, 40], shown: true, ...more });
const button = (key, more = {}) => element(key, { kind: "button", answers: ["click"], targets: [], covered: false, plain: false, ...more });
const page = (more = {}) => ({ address: PAGE, elements: [], errors: [], failures: [], resources: [], hits: [], hiders: [], refused: [], soutien: [], ...more });
const refused = (what, request = "script", rule = "/rule") => ({ action: "blocked", what, request, rule, list: "List", line: 7 });
const error = (message, script = `${PAGE}.js`) => ({ message, script, line: 3 });
const hidden = (key, selector, more = {}) => element(key, { shown: false, hider: { where: key, name: key, selectors: [selector], source: "" }, ...more });
const hit = (selector) => ({ action: "hidden", what: selector, request: "", rule: `##${selector}`, list: "List", line: 9 });

// What is found, each as its kind, what it is and the rule; `second` is the second visit without a blocker, the first unless it is given.
const check = (name, first, blocked, expected, second = first) =>
  test(name, () => {
    const found = judge(page(first), page(second), page(blocked));
    assert.deepEqual(
      found.map(({ kind, what, rule }) => [kind, what, rule]),
      expected,
    );
  });

check("nothing is found where nothing differs", { elements: [element("a")] }, { elements: [element("a")] }, []);

check("what differs by itself is left out", { elements: [element("a"), element("b")] }, {}, [["element-gone", "a", ""]], { elements: [element("a")] });
check("an error of one visit without a blocker is no news", { errors: [error("Error: one")] }, { errors: [error("Error: one")] }, [], {});
check("numbers and tokens make no other error", { errors: [error("Error: at 1732890000")] }, { errors: [error("Error: at 1732899999")] }, []);

check("own requests are told, those of others are not", {}, { hits: [refused("https://journal.example/ads.js"), refused("https://ads.example/a.js")] }, [
  ["request-refused", "/ads.js", "/rule"],
]);
check("a subdomain is of the site", {}, { hits: [refused("https://cdn.journal.example/ads.js")] }, [
  ["request-refused", "https://cdn.journal.example/ads.js", "/rule"],
]);
check("what Soutien asks for itself is left out", {}, { soutien: ["/soutien/"], hits: [refused("https://journal.example/soutien/ads/show.js")] }, []);

check(
  "a script that misses what another leaves is told with that one",
  {},
  { hits: [refused("https://ads.example/pixel.js"), refused("https://www.googletagmanager.com/gtag/js?id=G-1")], errors: [error("ReferenceError: gtag is not defined")] },
  [["request-refused", "https://www.googletagmanager.com/gtag/js", "/rule"]],
);
check(
  "in Firefox's words as well",
  {},
  { hits: [refused("https://connect.facebook.net/en_US/fbevents.js")], errors: [error("TypeError: fbq is undefined")] },
  [["request-refused", "https://connect.facebook.net/en_US/fbevents.js", "/rule"]],
);
check("an error without a cause is told alone", {}, { errors: [error("Error: alone")] }, [["script-error", "Error: alone", ""]]);

check("what a rule hides is told with the rule", { elements: [element("a")] }, { elements: [hidden("a", ".ad")], hits: [hit(".ad")] }, [
  ["element-hidden", "a", "##.ad"],
]);
check(
  "a rule that the page's own names do not tell is found among all",
  { elements: [element("a")] },
  { elements: [hidden("a", "div[id^=ad]")], hiders: [{ selector: "div[id^=ad]", rule: "##div[id^=ad]", list: "List", line: 3 }] },
  [["element-hidden", "a", "##div[id^=ad]"]],
);
check("an ad that is hidden is none of our business", { elements: [element("a", { ad: true })] }, { elements: [hidden("a", ".ad")], hits: [hit(".ad")] }, []);
check(
  "a form is no ad, whatever is around it",
  { elements: [element("a", { ad: true }), element("f", { kind: "form" })] },
  {
    elements: [hidden("a", ".ad"), { ...hidden("f", ".ad"), hider: { where: "a", name: "a", selectors: [".ad"], source: "" } }],
    hits: [hit(".ad")],
  },
  [["element-hidden", "f", "##.ad"]],
);
check(
  "a page that waits for a dialog that is hidden is the worst",
  { isLocked: true, elements: [element("d", { kind: "dialog", consent: true }), button("b")] },
  { isLocked: true, elements: [hidden("d", "#cookie", { kind: "dialog", consent: true }), button("b")], hits: [hit("#cookie"), refused("https://journal.example/ads.js")] },
  [
    ["page-locked", "d", "###cookie"],
    ["request-refused", "/ads.js", "/rule"],
  ],
);

check("a button that lost its handler is dead", { elements: [button("b")] }, { elements: [button("b", { answers: [] })] }, [["control-dead", "b", ""]]);
check(
  "a link that leads somewhere lives without its handler",
  { elements: [button("b", { kind: "link", plain: true })] },
  { elements: [button("b", { kind: "link", plain: true, answers: [] })] },
  [],
);
check("a button under something else is told", { elements: [button("b")] }, { elements: [button("b", { covered: true })] }, [["control-covered", "b", ""]]);

const form = (kind) => element("f", { kind: "form", answers: [], targets: [{ address: "https://journal.example/track/a", kind }] });
const source = (kind) => ({ address: "https://journal.example/track/a", kind, rule: "/track/*", list: "List", line: 2 });
check("a form that a script sends is refused", { elements: [form("xmlhttprequest")] }, { elements: [form("xmlhttprequest")], refused: [source("xmlhttprequest")] }, [
  ["target-refused", "f → /track/a", "/track/*"],
]);
check("a form that the browser sends is at risk", { elements: [form("main_frame")] }, { elements: [form("main_frame")], refused: [source("xmlhttprequest")] }, [
  ["target-at-risk", "f → /track/a", "/track/*"],
]);

check("a new status is told", {}, { resources: [{ address: "https://journal.example/api", type: "fetch", status: 401 }] }, [["request-failed", "/api", ""]]);
check("what moves up is no other layout", { elements: [element("a")] }, { elements: [element("a", { box: [0, -200, 300, 40] })] }, []);
check("what moves aside is", { elements: [element("a")] }, { elements: [element("a", { box: [200, 0, 300, 40] })] }, [["layout-moved", "a", ""]]);

test("every kind and every piece of advice has words in both languages", () => {
  const read = (file) => readFileSync(new URL(`../../../npm/soutien-qa/findings/${file}`, import.meta.url), "utf8");
  const { kinds, advice } = JSON.parse(read("words.json"));
  const pairs = [...read("causes.js").matchAll(/^  "([a-z-]+)": "([a-z-]+)",$/gm)];
  assert.ok(pairs.length > 5);
  const told = { kinds: ["request-refused", "scriptlet"], advice: ["guard", "measuring", "rename-file", "scriptlet"] };
  for (const [, kind, what] of pairs) {
    told.kinds.push(kind);
    told.advice.push(what);
  }
  assert.deepEqual(Object.keys(kinds).sort(), [...new Set(told.kinds)].sort());
  assert.deepEqual(Object.keys(advice).sort(), [...new Set(told.advice)].sort());
  for (const { en, fr } of [...Object.values(kinds), ...Object.values(advice)]) assert.ok(en && fr);
});
