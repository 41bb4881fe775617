// The keys of the board's cards: arrows, Home and End walk among them, a letter does what its button
// does. They mean the card that has the focus, else the one under the pointer. [data-verb] marks
// what a key presses; what costs money is only gone to, and Enter pays.

const VERBS = { e: "extend", r: "remix", d: "download", f: "favourite", c: "cancel", delete: "delete", backspace: "delete" };
const PAID = { t: "retry" };
const STEPS = { ArrowLeft: beside(-1), ArrowRight: beside(1), ArrowUp: row(-1), ArrowDown: row(1), Home: () => cards()[0], End: () => cards().at(-1) };
// Without a card these scroll the page.
const NEEDS_CARD = ["ArrowUp", "ArrowDown", "Home", "End"];

const takes = document.querySelector("[data-takes]");
const cards = () => [...takes.querySelectorAll("[data-take]")];
const linkOf = (card) => card.querySelector(".frame__open, .take__words a");
const focused = () => document.activeElement?.closest?.("[data-take]");
const current = () => focused() ?? (document.activeElement === document.body ? takes.querySelector("[data-take]:hover") : null);
const isElsewhere = ({ target }) => target.closest?.("input, textarea, select, [contenteditable], [data-menu][open], dialog");

function beside(by) {
  return (card) => (card ? cards()[cards().indexOf(card) + by] : cards().find((each) => each.getBoundingClientRect().top >= 0));
}

// The card above or below: of the nearest row that way, the one nearest in its column.
function row(way) {
  return (card) => {
    const here = card.getBoundingClientRect();
    const there = cards().map((each) => ({ each, box: each.getBoundingClientRect() })).filter(({ box }) => way * (box.top - here.top) > 1);
    const top = way * Math.min(...there.map(({ box }) => way * box.top));
    const [nearest] = there.filter(({ box }) => Math.abs(box.top - top) < 1).sort((a, b) => Math.abs(a.box.left - here.left) - Math.abs(b.box.left - here.left));
    return nearest?.each;
  };
}

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

// A card that was put in anew keeps the focus that its old self had.
let held = "";

if (takes) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (isElsewhere(event) || document.querySelector("dialog[open]") || (event.repeat && !(event.key in STEPS))) return;
    if (act(event)) event.preventDefault();
  });
  document.addEventListener("focusin", () => (held = focused()?.id ?? ""));
  document.addEventListener("htmx:afterSettle", () => {
    const card = held && document.activeElement === document.body && document.getElementById(held);
    if (card) linkOf(card).focus({ preventScroll: true });
  });
}
