// Pictures from the disk in a mode of the composer that is left, or in whose place a take's frame
// came: only this page has them, and puts them back when one comes to the mode again with what is being
// written, in whose place no take's words came. What changes the mode tells which slots hold one.

import { pick, picked } from "./slot.js";

const away = new Map(); // by the slot's name

export const picturesAway = () => [...away.keys()];

const isOrder = ({ elt }) => elt.matches("[data-composer]");
const modeOf = () => document.querySelector("[data-composer]").elements.kind.value;
const isForComposer = ({ target }) => target?.id === "composer";

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (isForComposer(detail) && detail.verb === "post" && !isOrder(detail)) detail.parameters.picked = [...picked().keys()].join();
});
// What the answer that comes in follows: how it was asked for, in which mode, and what was chosen.
let left = null;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!isForComposer(detail) || isOrder(detail.requestConfig)) return;
  const { verb, elt } = detail.requestConfig;
  left = { isSent: verb === "post", isPutBack: elt === document.body, mode: modeOf(), chosen: picked() };
  for (const [name, file] of left.chosen) away.set(name, file);
});
document.addEventListener("htmx:afterSettle", () => {
  if (!left) return;
  const { isSent, isPutBack, mode, chosen } = left; // draft.js asks for what is put back
  left = null;
  const isBack = isSent && (isPutBack || mode !== modeOf());
  for (const [name, file] of [...away]) if ((isBack || chosen.has(name)) && pick(name, file)) away.delete(name);
});
