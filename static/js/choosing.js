// Chooses takes: by their boxes, a whole run of them with shift, all that are loaded with Ctrl A.
// What is chosen stays so while takes come, change and go (paging.js). The bar, [data-chosen], asks
// the server what can be done with it. Of more than [data-most], [data-too-many] is said.

import { STEPS, linkOf } from "./steps.js";

const ASK_AFTER_MS = 150;

const takes = document.querySelector("[data-takes]");
const bar = document.querySelector("[data-chosen]");
const chosen = new Set();
let anchor = ""; // where a run begins
let run = []; // what the run that begins there has chosen
let place = 0; // of the first that is chosen
let asking = 0;

const boxes = () => [...takes.querySelectorAll("[data-choose]")];
const boxOf = (card) => card?.querySelector("[data-choose]");
const cardAt = (element) => element?.closest?.("[data-take]");

function show() {
  const here = new Set(boxes().map((box) => ((box.checked = chosen.has(box.value)), box.value)));
  place = Math.max(boxes().findIndex(({ checked }) => checked), 0);
  const away = [...chosen].filter((id) => !here.has(id));
  bar.toggleAttribute("data-any", chosen.size > 0);
  document.body.toggleAttribute("data-choosing", chosen.size > 0);
  bar.querySelector("[data-count]").textContent = chosen.size ? `${chosen.size} chosen` : "";
  bar.querySelector("[data-away]").replaceChildren(
    ...away.map((value) => Object.assign(document.createElement("input"), { type: "hidden", name: "away", value })),
  );
  clearTimeout(asking);
  if (chosen.size) asking = setTimeout(() => htmx.trigger("#chosen-verbs", "chosen"), ASK_AFTER_MS);
}

function choose(box, isChosen) {
  chosen[isChosen ? "add" : "delete"](box.value);
  anchor = box.value;
  run = [];
  note(isChosen && keepToMost([box.value]));
  show();
}

// Lets go of the last of what was added, where that is more than can be; returns what is to be said.
function keepToMost(added) {
  const over = Math.max(chosen.size - Number(bar.dataset.most), 0);
  for (const value of added.slice(-over || added.length)) chosen.delete(value);
  return over ? bar.dataset.tooMany : "";
}

const note = (words) => (bar.querySelector("[data-note]").textContent = words || "");

// From the anchor to a box, instead of what the run had chosen before.
function chooseUpTo(box) {
  const all = boxes();
  const to = all.indexOf(box);
  const from = Math.max(all.findIndex(({ value }) => value === anchor), 0);
  const [first, last] = [Math.min(from, to), Math.max(from, to)];
  for (const value of run) chosen.delete(value);
  run = all.slice(first, last + 1).map(({ value }) => value).filter((value) => value === anchor || !chosen.has(value));
  for (const value of run) chosen.add(value);
  anchor ||= box.value;
  const isWhole = all[from].value === anchor && !hasBlank(cardAt(all[first]), cardAt(all[last]));
  const words = keepToMost(run);
  run = run.filter((value) => chosen.has(value));
  note(words || (isWhole ? "" : "Takes between that aren't loaded are left out."));
  show();
}

function hasBlank(first, last) {
  for (let each = first; each && each !== last; each = each.nextElementSibling) {
    if (each.matches("[data-blank]")) return true;
  }
  return false;
}

// The bar goes with the focus that is in it: the first that was chosen gets it, or what is in its place.
function clear() {
  const first = boxes().find(({ checked }) => checked) ?? boxes()[Math.min(place, boxes().length - 1)];
  if (first && bar.contains(document.activeElement)) linkOf(cardAt(first)).focus({ preventScroll: true });
  chosen.clear();
  anchor = "";
  run = [];
  note("");
  show();
}

// --- pointer --------------------------------------------------------------------------------------

function press(event) {
  const box = boxOf(cardAt(event.target));
  if (!box || event.target.closest("button, summary, .frame__tools, form")) return;
  if (event.target === box) return event.shiftKey && anchor ? chooseUpTo(box) : choose(box, box.checked);
  if (!event.shiftKey || !chosen.size) return;
  event.preventDefault();
  chooseUpTo(box);
}

// --- keys -----------------------------------------------------------------------------------------

const isWriting = (element) => element.closest?.("textarea, select, [contenteditable], dialog, input:not([data-choose])");

function key(event) {
  const card = cardAt(document.activeElement);
  const isInTakes = takes.contains(document.activeElement);
  const isAlone = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (isWriting(event.target) || document.querySelector("[data-menu][open], dialog[open]")) return false;
  if (event.key === "Escape") return chosen.size > 0 && (clear(), true);
  if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) return isInTakes && chooseAll();
  const box = boxOf(card);
  if (!box || !isAlone) return false;
  if (event.target === box && event.key === "Enter") return true; // it would send the form
  if (event.key === " " && event.target.matches("a")) {
    event.shiftKey && anchor ? chooseUpTo(box) : choose(box, !box.checked);
    return true;
  }
  const next = event.shiftKey && STEPS[event.key]?.(card);
  if (!next || !boxOf(next)) return false;
  if (!anchor) choose(box, true);
  chooseUpTo(boxOf(next));
  linkOf(next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function chooseAll() {
  const added = boxes().map(({ value }) => value).filter((value) => !chosen.has(value));
  for (const value of added) chosen.add(value);
  run = [];
  note(keepToMost(added));
  show();
  return true;
}

if (takes && bar) {
  takes.addEventListener("click", press, true);
  document.addEventListener("keydown", (event) => !event.defaultPrevented && key(event) && event.preventDefault());
  bar.querySelector("[data-clear]").addEventListener("click", clear);
  document.body.addEventListener("chosen-done", () => {
    const words = bar.querySelector("[data-words]");
    if (words) words.value = "";
    clear();
  });
  // A card that came in, or anew, shows whether it is chosen; what can be done with it has changed.
  const catchUp = () => boxes().some((box) => box.checked !== chosen.has(box.value)) && show();
  new MutationObserver(catchUp).observe(takes, { childList: true });
  document.addEventListener("htmx:afterSettle", catchUp);
}
