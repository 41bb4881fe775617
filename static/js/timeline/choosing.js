// Which clips are chosen: by a click, more of them with Ctrl and Shift. The inspector shows them.

import * as asking from "./asking.js";
import { clipBy, cut } from "./cut.js";

export const chosen = new Set([...document.querySelectorAll("#state [name=clip]")].map(({ value }) => value));
let anchor = [...chosen][0] ?? "";
let soon = 0;
let choices = 0;

// How many choices were made: an answer to what was asked before the last of them is late.
export const count = () => choices;
export const inspector = () => document.getElementById("inspector");

export function show() {
  for (const key of [...chosen]) if (!clipBy(key)) chosen.delete(key);
  const tabbed = clipBy(anchor) ? anchor : (cut.clips[0]?.key ?? "");
  for (const { key, element, link } of cut.clips) {
    const [pressed, index] = [String(chosen.has(key)), key === tabbed ? "0" : "-1"];
    // Only what differs: there may be hundreds.
    if (link.getAttribute("aria-pressed") !== pressed) {
      element.toggleAttribute("data-chosen", chosen.has(key));
      link.setAttribute("role", "button");
      link.setAttribute("aria-pressed", pressed);
    }
    if (link.getAttribute("tabindex") !== index) link.setAttribute("tabindex", index);
  }
  document.body.toggleAttribute("data-one-chosen", chosen.size === 1);
  document.dispatchEvent(new CustomEvent("chosen"));
}

export function ask() {
  clearTimeout(soon);
  soon = setTimeout(() => {
    const query = [...chosen].map((key) => `clip=${key}`).join("&");
    asking.show(inspector(), "GET", `${cut.base}inspect/?${query}`);
  }, 60);
}

export function choose(keys, { isSilent = false } = {}) {
  choices += 1;
  chosen.clear();
  for (const key of keys) chosen.add(key);
  anchor = keys.at(-1) ?? anchor;
  show();
  if (!isSilent) ask();
}

export function toggle(key) {
  choices += 1;
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
  clip?.link.focus({ preventScroll: true });
}

export const one = () => (chosen.size === 1 ? clipBy([...chosen][0]) : null);

// What the server chose after a change, such as the second half of a split.
document.addEventListener("cut", () => {
  // The inspector came with it, for what is chosen now.
  clearTimeout(soon);
  asking.drop(inspector());
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
