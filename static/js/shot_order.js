// Shots in another order: dragged by their number, or with Alt and an arrow. J and K go from shot to
// shot. The buttons do the same without it.

import { letDrag, moveByKey } from "./sorting.js";

const SHOTS = { list: "[data-shots]", things: "[data-shot]", verbs: ".shot__verbs", ghost: "shot--ghost" };

const shots = () => [...document.querySelectorAll("[data-shot]")];
const current = () => document.activeElement?.closest?.("[data-shot]");
const makeSortable = () => letDrag(SHOTS);

function step(by) {
  const all = shots();
  const at = all.indexOf(current());
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  next?.querySelector(".shot__card").focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || document.querySelector("dialog[open]")) return;
  if (event.altKey) return moveByKey(event, current());
  if (event.target.closest("input, textarea, select, [data-menu][open]")) return;
  const by = { j: 1, k: -1 }[event.key];
  if (!by || !shots().length) return;
  event.preventDefault();
  step(by);
});

addEventListener("load", makeSortable);
document.addEventListener("htmx:afterSettle", makeSortable);
