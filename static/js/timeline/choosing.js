// Which clips are chosen: by a click, more of them with Ctrl and Shift. The inspector shows them.

import { clipBy, cut } from "./cut.js";

export const chosen = new Set([...document.querySelectorAll("#state [name=clip]")].map(({ value }) => value));
let anchor = [...chosen][0] ?? "";
let asking = 0;

const links = () => cut.clips.map(({ element }) => element.querySelector(".clip__open"));

export function show() {
  for (const key of [...chosen]) if (!clipBy(key)) chosen.delete(key);
  const tabbed = clipBy(anchor) ? anchor : (cut.clips[0]?.key ?? "");
  for (const { key, element } of cut.clips) {
    const link = element.querySelector(".clip__open");
    element.toggleAttribute("data-chosen", chosen.has(key));
    link.setAttribute("role", "button");
    link.setAttribute("aria-pressed", chosen.has(key));
    link.tabIndex = key === tabbed ? 0 : -1;
  }
  document.body.toggleAttribute("data-one-chosen", chosen.size === 1);
  document.dispatchEvent(new CustomEvent("chosen"));
}

function ask() {
  clearTimeout(asking);
  asking = setTimeout(() => {
    const query = [...chosen].map((key) => `clip=${key}`).join("&");
    htmx.ajax("GET", `${cut.base}inspect/?${query}`, { source: "#inspector", target: "#inspector", swap: "morph" });
  }, 60);
}

export function choose(keys, { isSilent = false } = {}) {
  chosen.clear();
  for (const key of keys) chosen.add(key);
  anchor = keys.at(-1) ?? anchor;
  show();
  if (!isSilent) ask();
}

export function toggle(key) {
  chosen.delete(key) || chosen.add(key);
  anchor = key;
  show();
  ask();
}

export function chooseUpTo(key) {
  const from = clipBy(anchor)?.index ?? 0;
  const to = clipBy(key).index;
  const run = cut.clips.slice(Math.min(from, to), Math.max(from, to) + 1).map((clip) => clip.key);
  const kept = anchor;
  choose(run);
  anchor = kept;
}

export function focusOn(clip) {
  const link = clip && links()[clip.index];
  if (!link) return;
  link.focus({ preventScroll: true });
}

export const one = () => (chosen.size === 1 ? clipBy([...chosen][0]) : null);

// What the server chose after a change, such as the second half of a split.
document.addEventListener("cut", () => {
  const said = [...document.querySelectorAll("#state [name=clip]")].map(({ value }) => value);
  const hadFocus = document.activeElement?.closest?.("[data-clip]") || (document.activeElement === document.body && lost);
  chosen.clear();
  for (const key of said) chosen.add(key);
  if (!clipBy(anchor) || (said.length && !said.includes(anchor))) anchor = said.at(-1) ?? cut.clips[0]?.key ?? "";
  show();
  if (hadFocus && !document.activeElement?.closest?.("[data-clip]")) focusOn(clipBy(anchor));
  lost = false;
});

// A clip that is removed takes the focus with it.
let lost = false;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id === "lanes") lost = Boolean(document.activeElement?.closest?.("[data-clip]"));
});
