// The bin by keys: arrows go from take to take, Enter adds the one that has the focus at the playhead,
// or behind what is chosen.

import { add } from "./acts.js";

const bin = document.querySelector("[data-bin]");
const items = () => [...bin.querySelectorAll("[data-bin-take]")];

function rove(item) {
  for (const each of items()) each.tabIndex = each === item ? 0 : -1;
}

function dress() {
  if (!items().some(({ tabIndex }) => tabIndex === 0)) rove(items()[0]);
  for (const item of items()) {
    item.setAttribute("aria-keyshortcuts", "Enter");
    for (const inner of item.querySelectorAll("a, button")) inner.tabIndex = item.tabIndex;
  }
}

const STEPS = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };

if (bin) {
  bin.addEventListener("keydown", (event) => {
    const item = event.target.closest("[data-bin-take]");
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && event.target === item) {
      event.preventDefault();
      add(item.dataset.binTake);
    } else if (event.key in STEPS) {
      const next = items()[items().indexOf(item) + STEPS[event.key]];
      event.preventDefault();
      if (!next) return;
      rove(next);
      dress();
      next.focus();
    }
  });
  bin.addEventListener("focusin", ({ target }) => {
    const item = target.closest("[data-bin-take]");
    if (item && item.tabIndex) (rove(item), dress());
  });
  // A take that has become ready comes into the bin, where nobody is looking further down in it.
  document.body.addEventListener("takes-moved", () => {
    const list = bin.querySelector("[data-bin-takes]");
    if (!list.scrollTop && !list.contains(document.activeElement)) htmx.trigger(bin.querySelector("form"), "bin");
  });
  for (const event of ["htmx:afterSettle", "cut"]) document.addEventListener(event, dress);
  document.getElementById("bin-find").addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || !items().length) return;
    event.preventDefault();
    items()[0].focus();
  });
}

