// How other files of ours are fetched, each when it is needed.

import { problem } from "./events.js";

// Returns the URL of a file of ours.
export let address;
export const setAddress = (find) => (address = find);

// Fetches a script of ours, and starts what it is. Where it cannot be had or started, a problem says what there is instead.
export const fetchModule = (script, start, used) =>
  import(address(script))
    .then(({ default: part }) => start(part))
    .catch((reason) => problem(script, String(reason), used));

// Fetches a file of ours, and returns it as `kind`: `json` or `text`. Where it cannot be had, a problem says so, and it is undefined.
export const fetchFile = async (name, kind) => {
  try {
    const response = await fetch(address(name));
    if (!response.ok) throw response.status;
    return await response[kind]();
  } catch (reason) {
    problem(name, String(reason), "nothing: no notice");
  }
};

// Fetches the words of a language.
export const fetchWords = (language) => fetchFile(`lang/${language}.json`, "json");
