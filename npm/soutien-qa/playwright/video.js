// When Playwright films a test, and when it keeps the film, by the option `video`. Persistent contexts are filmed by whoever starts them.

/** The mode of the option. */
export const modeOf = (video) => {
  const mode = typeof video === "string" ? video : (video?.mode ?? "off");
  return mode === "retry-with-video" ? "on-first-retry" : mode;
};

/** Whether a test is filmed. */
export const isWanted = (mode, { retry }) =>
  ["on", "retain-on-failure", "retain-on-failure-and-retries"].includes(mode) ||
  (mode === "on-first-retry" && retry === 1) ||
  (mode === "on-all-retries" && retry > 0) ||
  (mode === "retain-on-first-failure" && retry === 0);

/** Whether the film of a test that has ended is kept. */
export const isKept = (mode, { expectedStatus, retry, status }) => {
  const hasFailed = status !== expectedStatus;
  if (["retain-on-failure", "retain-on-first-failure"].includes(mode)) return hasFailed;
  return mode === "retain-on-failure-and-retries" ? hasFailed || retry > 0 : true;
};
