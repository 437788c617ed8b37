// The questions that are asked by requests.

import { ANSWER_ANSWERED, ANSWER_DOUBTFUL, ANSWER_FAILS, ANSWER_UNASKED, NAME_FETCH, NAME_HOST, NAME_IMAGE, NAME_SCRIPT, TURN_AGAIN, WAKE_ANSWER } from "../abi.js";
import { consentIsKnown, mayAskHosts, missManager } from "./consent-managers.js";
import { problem } from "./events.js";
import { address, fetchModule } from "./files.js";
import { attempt, isElsewhere } from "./platform.js";
import { Promise } from "./promise.js";
import { wake } from "./wake.js";

// Fetches and returns the response, or `ANSWER_ANSWERED` where the server refused or led to another address of the web. A blocker's redirect leads
// to its own.
const status = async (url) => {
  const response = await fetch(url, { cache: "no-store" });
  return !response.ok || (response.redirected && /^http/.test(response.url)) ? ANSWER_ANSWERED : response;
};

// Asks for something once. Each gives an answer, or whether what we asked for came, and rejects where nothing came. `WORD` is what our file
// says, see `src/baits.rs`.
const WORD = "soutien";
const asks = {
  // Not a `<script>`, because Trusted Types refuse to set its address; blockers see the same request, of the type "script".
  [NAME_SCRIPT]: (url) => import(url).then((module) => module.default === WORD),
  // Our image is seven pixels wide, as no blocker's stand-in is; those of uBlock Origin are 1, 2, 3 and 32.
  [NAME_IMAGE]: (url) =>
    new Promise((resolve, reject) => {
      const image = new Image();
      image.onload = () => resolve(image.naturalWidth === 7);
      image.onerror = reject;
      image.src = url;
    }),
  [NAME_FETCH]: (url) => status(url).then((response) => response === ANSWER_ANSWERED ? response : response.text().then((text) => text.includes(WORD))),
  // Nothing leaves the site before the reader has consented. What asks ad hosts is a file of its own, for sites that name some.
  [NAME_HOST]: (urls, turn) =>
    consentIsKnown.then(async () => {
      if (!mayAskHosts()) return missManager(), ANSWER_UNASKED;
      const answer = await fetchModule("hosts.js", (askHosts) => askHosts(urls, turn, problem, isNative), "nothing");
      return answer ?? ANSWER_UNASKED;
    }),
};

// Whether a function is the browser's own. Consent managers and the like put functions of theirs in its place, which refuse names as blockers do. What
// stands for another function has no name here.
export const isNative = (call) => /^function \w[^]+\[native/.test(Function.prototype.toString.call(call));

// What asks for something. `import()` is no function, and nothing can take its place.
const askerOf = (name) => (name === NAME_IMAGE ? Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src").set : name === NAME_FETCH && fetch);

// Asks for a bait or a twin, and wakes us with the answer. `rest` is how the address of our file ends, or that of ad hosts. Browsers
// remember a script that failed, so each turn of each check has an address of its own. When asked again, the server must not be what
// refuses the name. What fails on another host than the page's is third-party there, and what a function of the page's asks for fails for
// reasons of its own: neither is proof.
export const ask = async (name, turn, token, rest) => {
  const file = `probe.${name === NAME_IMAGE ? "gif" : "js"}`;
  const url = name === NAME_HOST ? rest || address("probe.js") : `${address(file)}&${token}${rest}`;
  let answer;
  try {
    const refusal = turn === TURN_AGAIN && name !== NAME_HOST && (await status(url).catch(() => {}));
    answer = refusal === ANSWER_ANSWERED ? refusal : await asks[name](url, turn);
  } catch {}
  const isDoubtful = name !== NAME_HOST && (isElsewhere(url) || attempt(() => !isNative(askerOf(name))));
  wake(WAKE_ANSWER, token, +answer || (isDoubtful ? ANSWER_DOUBTFUL : ANSWER_FAILS));
};
