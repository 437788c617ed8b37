// The bait elements: what lists hide, beside twins that nobody hides.

import { document } from "./document.js";
import { attempt, bits, find, important, make } from "./platform.js";

// How a bait element looks: as an advertisement that is there, and not as what lists make exceptions for (off-screen, tiny or empty). `all` keeps
// every rule of the page's from it, layered or not, where the style is important; that loses to the user style sheets that blockers hide elements
// with, and to nothing else. Some blockers hide with a style sheet in the page, of which only important rules win over this style as it is.
const SHOWN = "all:initial;display:block;width:300px;height:75px;";

// What of a bait's style is compared with its twin's: whatever elements are hidden by.
const HIDING = "display visibility opacity position width height maxWidth maxHeight transform clipPath".split(" ");

// Writes the bait elements and their twins, each bait in the order of `Sight` in `src/sight.rs`.
//
// They stand in <head>, in an element that is not displayed: so they make no box, are no first, last or only child of anything that a page
// styles, and frameworks that take a document over leave the tail of its head alone. A style is computed for them all the same.
let container;
let baits;
let marks;
export const insert = (classes, id, link, styled, twin) => {
  const strong = important(SHOWN);
  // A name that the page has itself is its own: its scripts would find our element in place of theirs, which comes later.
  const free = (names) => names.replace(/\S+/g, (name) => (find(`.${name},#${name}`) ? "" : name));
  // Lists exempt empty elements.
  const bait = ([name, value, style, tag = "div"]) => make(tag, { [name]: value, style }, "\u00a0");
  const twinOfAll = bait(["class", twin, strong]);
  // A page may style whatever has a word in its class; then it styles the twin as well, whose class begins and ends as that of the bait.
  const weak = free(styled).split(" ").map((name) => [name, `${name}-page page-${name}`]);
  baits = [
    [["class", free(classes), strong], twinOfAll],
    [["id", free(id), strong], twinOfAll],
    [["href", link, strong, "a"], twinOfAll],
    ...weak.map(([name, other]) => [["class", name, SHOWN], bait(["class", other, SHOWN])]),
  ].map(([of, twin]) => [bait(of), twin]);
  container = make("div", { style: "display:none!important" });
  container.append(...new Set(baits.flat()));
  marks = baits.flat().map(({ outerHTML }) => outerHTML);
  (find("head") ?? document.documentElement).append(container);
};

// Whether each bait looks as its twin does, and whether both are still as we made them, a bit each. What a script of the page took away or
// changed says nothing: ad managers do that to whatever looks like an advertisement.
export const sights = () => {
  const looks = (element) => HIDING.map((property) => getComputedStyle(element)[property]).join();
  const isOurs = (element, index) => element.parentNode === container && element.outerHTML === marks[index];
  const areOurs = ([bait, twin], index) => container.isConnected && isOurs(bait, index * 2) && isOurs(twin, index * 2 + 1);
  return bits(...baits.map(([bait, twin]) => looks(bait) === looks(twin)), ...baits.map(areOurs));
};

// Takes them away.
export const remove = () => container.remove();
