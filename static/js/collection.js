// A collection's takes in another order: dragged by their number, or with Alt and an arrow. The
// buttons do the same without it.

import { letDrag, moveByKey } from "./sorting.js";

const TAKES = {
  list: "[data-collected]",
  things: "[data-collected-take]",
  verbs: ".collection__verbs",
  ghost: "collection--ghost",
};

const makeSortable = () => letDrag(TAKES);

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  moveByKey(event, document.activeElement?.closest?.("[data-collected-take]"));
});

// A button that can go no further lets go of the focus: its take has it then.
let held = "";
document.addEventListener("focusin", ({ target }) => (held = target.closest("[data-collected-take]")?.id ?? ""));

function keepFocus() {
  const take = held && document.activeElement === document.body && document.getElementById(held);
  if (take) take.querySelector("[data-reel-take]").focus({ preventScroll: true });
}

addEventListener("load", makeSortable);
document.addEventListener("htmx:afterSettle", keepFocus);
document.addEventListener("htmx:afterSettle", makeSortable);
document.addEventListener("htmx:oobAfterSwap", makeSortable);
