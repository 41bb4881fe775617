// The queue's keys: J and K (or the arrows) walk through the takes, Shift and an arrow reorder,
// P pauses or lets go on. [data-row] is a take, [data-key] the button that a key presses.

const rows = () => [...document.querySelectorAll("[data-row]")];
const current = () => document.activeElement.closest?.("[data-row]");

function step(by) {
  const list = rows();
  const at = list.indexOf(current());
  const next = list[at < 0 ? 0 : Math.min(Math.max(at + by, 0), list.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

const press = (name) => current()?.querySelector(`[data-key="${name}"]`)?.click();

const KEYS = { j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1), p: () => press("pause") };
const SHIFTED = { ArrowUp: () => press("up"), ArrowDown: () => press("down") };

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = !event.repeat && (event.shiftKey ? SHIFTED : KEYS)[event.key];
  if (!act || !rows().length) return;
  event.preventDefault();
  act();
});

// The take that was moved stays the one that the keys are about.
let held = "";
document.addEventListener("htmx:beforeRequest", () => (held = current()?.id ?? ""));
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id === "queue" && held) document.getElementById(held)?.focus();
});
