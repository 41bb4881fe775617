// A collection's takes in another order: dragged by their number, or with Alt and an arrow. The
// buttons do the same without it.

const takes = () => [...document.querySelectorAll("[data-collected-take]")];

function put(take) {
  const form = take.querySelector(".collection__verbs");
  const to = form.querySelector("[data-move-to]");
  to.disabled = false;
  to.value = takes().indexOf(take) + 1;
  form.querySelector("[data-move]").click();
}

function makeSortable() {
  const list = document.querySelector("[data-collected]");
  if (!list || list.sortable) return;
  list.sortable = Sortable.create(list, {
    handle: "[data-grip]",
    draggable: "[data-collected-take]",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 160,
    ghostClass: "collection--ghost",
    onEnd: ({ item, oldIndex, newIndex }) => oldIndex !== newIndex && put(item),
  });
}

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const name = { ArrowUp: "up", ArrowDown: "down" }[event.key];
  const take = document.activeElement?.closest?.("[data-collected-take]");
  if (!name || !take) return;
  event.preventDefault();
  take.querySelector(`[data-key="${name}"]:not([disabled])`)?.click();
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
