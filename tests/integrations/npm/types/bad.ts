// What strict TypeScript refuses. A line that it took would be an error of its own.
import { start } from "soutien";

// @ts-expect-error: no view has this name
start({ view: "popup" });
// @ts-expect-error: options are written in camel case
start({ "after-views": 2 });
// @ts-expect-error: a number as a text is for attributes
start({ share: "50" });
// @ts-expect-error: no option has this name
start({ colour: "red" });
// @ts-expect-error: options are an object
start("modal");
// @ts-expect-error: it may not be there yet
window.Soutien.show();
// @ts-expect-error: nobody but Soutien sets it
window.Soutien = undefined;

document.addEventListener("soutien:verdict", ({ detail }) => {
  // @ts-expect-error: no verdict has this name
  if (detail.kind === "maybe") console.log(detail);
});
