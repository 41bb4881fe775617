// Pictures from the disk in a mode of the composer that is left: only this page has them, and they
// are put back when the mode is there again. With what changes the mode goes which slots hold one.

import { pick, picked } from "./slot.js";

const away = new Map(); // by the slot's name

export const picturesAway = () => [...away.keys()];

const isOrder = ({ elt }) => elt.matches("[data-composer]");
const isForComposer = ({ target }) => target?.id === "composer";

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (isForComposer(detail) && detail.verb === "post" && !isOrder(detail)) detail.parameters.picked = [...picked().keys()].join();
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (isForComposer(detail) && !isOrder(detail.requestConfig)) for (const [name, file] of picked()) away.set(name, file);
});
document.addEventListener("htmx:afterSettle", () => {
  for (const [name, file] of [...away]) if (pick(name, file)) away.delete(name);
});
