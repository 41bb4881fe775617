// Shots in another order: dragged by their number, or with Alt and an arrow. J and K go from shot to
// shot. The buttons do the same without it.

const list = () => document.querySelector("[data-shots]");
const shots = () => [...document.querySelectorAll("[data-shot]")];
const current = () => document.activeElement?.closest?.("[data-shot]");

function put(shot) {
  const form = shot.querySelector(".shot__verbs");
  const to = form?.querySelector("[data-move-to]");
  if (!to) return;
  to.disabled = false;
  to.value = shots().indexOf(shot) + 1;
  form.querySelector("[data-move]").click();
}

function makeSortable() {
  const element = list();
  if (!element || element.sortable || !element.querySelector("[data-grip]")) return;
  element.sortable = Sortable.create(element, {
    handle: "[data-grip]",
    draggable: "[data-shot]",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 160,
    ghostClass: "shot--ghost",
    onEnd: ({ item, oldIndex, newIndex }) => oldIndex !== newIndex && put(item),
  });
}

function step(by) {
  const all = shots();
  const at = all.indexOf(current());
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  next?.querySelector(".shot__card").focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || document.querySelector("dialog[open]")) return;
  if (event.altKey) {
    const name = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (!name || !current()) return;
    event.preventDefault();
    return current().querySelector(`[data-key="${name}"]:not([disabled])`)?.click();
  }
  if (event.target.closest("input, textarea, select, [data-menu][open]")) return;
  const by = { j: 1, k: -1 }[event.key];
  if (!by || !shots().length) return;
  event.preventDefault();
  step(by);
});

addEventListener("load", makeSortable);
document.addEventListener("htmx:afterSettle", makeSortable);
