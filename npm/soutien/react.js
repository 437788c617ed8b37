"use client";

// Soutien in React: started where the page is, and its verdicts as values to render. Nothing happens on a server.

import { useEffect, useSyncExternalStore } from "react";

import { start } from "./index.js";

// A page has one Soutien. React mounts components again whenever it likes, under strict mode at once.
let started = false;

const begin = async (options) => {
  if (started) return;
  started = true;
  try {
    await start(options);
  } catch (error) {
    // The next component that is mounted tries again.
    started = false;
    console.warn(error.message);
  }
};

// What to render is read from the page at each such event.
const subscribed = (name) => (changed) => {
  document.addEventListener(name, changed);
  return () => document.removeEventListener(name, changed);
};

const onReady = subscribed("soutien:ready");
const onVerdict = subscribed("soutien:verdict");
const soutien = () => window.Soutien ?? null;
const verdict = () => window.Soutien?.verdict ?? null;
const onServer = () => null;

/** Starts Soutien once, with the options of the first that calls it, and gives `window.Soutien` once it is there. */
export const useSoutien = (options) => {
  useEffect(() => {
    begin(options);
    // Options that change later change nothing, as attributes of a tag do not.
  }, []);
  return useSyncExternalStore(onReady, soutien, onServer);
};

/** Gives the last verdict, and renders again with the next. */
export const useVerdict = () => useSyncExternalStore(onVerdict, verdict, onServer);

/** The same as `useSoutien`, as a component that shows nothing. */
export const Soutien = (options) => {
  useSoutien(options);
  return null;
};
