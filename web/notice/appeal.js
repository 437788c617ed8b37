// The notice, as it is fetched: all that it takes here, and then what draws it. Readers without a blocker never fetch it.

import { setDocument } from "./document.js";
import { draw } from "./draw.js";

// Fetches the words of a language and the style sheet, and where they are needed a way to leave, places in the page, and the readable form of the
// site's name. Returns the notice; undefined where something cannot be had, which `problem` is told of. `edge` has what it is
// given of `web/edge/`.
export default async (language, canLeave, hasPlaces, edge) => {
  const { fetchFile, fetchModule, fetchWords, problem } = edge;
  setDocument(edge.document);
  const used = "nothing: no notice";
  const style = (name) => fetchFile(name, "text");
  const part = (name) => fetchModule(name, (part) => part, used);
  const fetched = [
    fetchWords(language),
    style("appeal.css"),
    part("host.js"),
    hasPlaces ? style("places.css") : "",
    hasPlaces && part("places.js"),
    canLeave && part("leaving.js"),
    /xn--/.test(location.hostname) && part("hostname.js"),
  ];
  // One after the other, because a page may have replaced what waits for all of them.
  const parts = [];
  for (const part of fetched) parts.push(await part);
  if (parts.includes(undefined)) return;
  try {
    return draw(parts, edge);
  } catch {
    problem("appeal.js", "a browser that is too old for it", used);
  }
};
