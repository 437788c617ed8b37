// What the messages of all matchers are made of.

/** The first line of a message, as Playwright's own matchers have it. */
export const headline = ({ isNot, promise, utils }, name, expectation) => `${utils.matcherHint(name, "page", expectation, { isNot, promise }).trimEnd()} failed`;

/** A rule with its list and line; empty where none is known. */
export const sourceOf = ({ rule, list, line }) => (rule && list ? `${rule} (${list}, line ${line})` : (rule ?? ""));
