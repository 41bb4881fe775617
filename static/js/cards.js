// The keys of the board's cards: arrows, Home and End walk among them, a letter does what its button
// does. They mean the card that has the focus, else the one under the pointer. [data-verb] marks
// what a key presses; what costs money is only gone to, and Enter pays.

import { STEPS, cards, linkOf } from "./steps.js";

const VERBS = { a: "timeline", e: "extend", r: "remix", d: "download", f: "favourite", c: "cancel", delete: "delete", backspace: "delete" };
const PAID = { t: "retry" };
// Without a card these scroll the page.
const NEEDS_CARD = ["ArrowUp", "ArrowDown", "Home", "End"];

const takes = document.querySelector("[data-takes]");
const focused = () => document.activeElement?.closest?.("[data-take]");
const current = () => focused() ?? (document.activeElement === document.body ? takes.querySelector("[data-take]:hover") : null);
const isElsewhere = ({ target }) => target.closest?.("input, textarea, select, [contenteditable], [data-menu][open], dialog");

function goTo(card) {
  if (!card) return;
  linkOf(card).focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

function act({ key }) {
  const card = current();
  if (key in STEPS) return (card || !NEEDS_CARD.includes(key)) && (goTo(STEPS[key](card)), true);
  if (!card) return false;
  if (key === "Enter") return !focused() && (linkOf(card).click(), true);
  const name = key.toLowerCase();
  const verb = card.querySelector(`[data-verb="${VERBS[name] ?? PAID[name]}"]`);
  if (!verb) return false;
  name in PAID ? verb.focus() : verb.click();
  return true;
}

// A card that was put in anew keeps the focus that its old self had; what came in the place of one
// that is gone has it then.
let held = "";
let place = 0;

if (takes) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (isElsewhere(event) || document.querySelector("dialog[open]") || (event.repeat && !(event.key in STEPS))) return;
    if (act(event)) event.preventDefault();
  });
  // One who has left the cards isn't taken back; a card that is put in anew loses the focus too.
  const leave = () => (held = "");
  document.addEventListener("pointerdown", ({ target }) => target.closest?.("[data-take]") || leave());
  document.addEventListener("focusout", ({ target }) => {
    queueMicrotask(() => target.isConnected && document.hasFocus() && !focused() && leave());
  });
  document.addEventListener("focusin", () => {
    held = focused()?.id ?? "";
    place = held ? cards().indexOf(focused()) : 0;
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!held || document.activeElement !== document.body) return;
    const card = document.getElementById(held) ?? cards()[Math.min(place, cards().length - 1)];
    if (card) linkOf(card).focus({ preventScroll: true });
  });
}
