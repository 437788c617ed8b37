import { start, type Soutien } from "soutien";

declare global {
  interface Window {
    start: typeof start;
    started?: Soutien;
  }
}

// What the tests call by themselves.
window.start = start;

if (location.search !== "?later") window.started = await start({ policy: "silent", afterViews: 2, title: null });
