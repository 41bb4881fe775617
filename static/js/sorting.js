// A list whose things are put in another order: dragged by their grip, or with Alt and an arrow. What
// is moved says its new place to the server by its own form, and the buttons do the same without it.

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function put(thing, all, verbs) {
  const form = thing.querySelector(verbs);
  const to = form?.querySelector("[data-move-to]");
  if (!to) return;
  to.disabled = false;
  to.value = [...document.querySelectorAll(all)].indexOf(thing) + 1;
  form.querySelector("[data-move]").click();
}

// Lets the things of a list be dragged, now or, where it comes later, when this is asked again.
export function letDrag({ list, things, verbs, ghost }) {
  const element = document.querySelector(list);
  if (!element || element.sortable || !element.querySelector("[data-grip]")) return;
  element.sortable = Sortable.create(element, {
    handle: "[data-grip]",
    draggable: things,
    animation: calm() ? 0 : 160,
    ghostClass: ghost,
    onEnd: ({ item, oldIndex, newIndex }) => oldIndex !== newIndex && put(item, things, verbs),
  });
}

// Moves a thing one place up or down where Alt and an arrow ask for it; true where they did.
export function moveByKey(event, thing) {
  const name = { ArrowUp: "up", ArrowDown: "down" }[event.key];
  if (!name || !thing) return false;
  event.preventDefault();
  thing.querySelector(`[data-key="${name}"]:not([disabled])`)?.click();
  return true;
}
