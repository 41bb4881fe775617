// A clip's joins and how it can grow: asked for when a clip is chosen, and again when it, or what
// stands beside it, is another one. What is typed stays as long as the same clip is chosen.

import { drop, show } from "./asking.js";
import { cut } from "./cut.js";
import { one } from "./choosing.js";

const panel = () => document.getElementById("growing");
const form = () => panel().querySelector("form[data-grows]");
let shown = "";
let soon = 0;
let asked = 0;

const faceOf = (clip) => (clip ? [clip.key, clip.in, clip.out, clip.src, clip.slate, clip.join].join() : "");
const face = (clip) => (clip ? [cut.clips[clip.index - 1], clip, cut.clips[clip.index + 1]].map(faceOf).join(";") : "");

function typed(key) {
  const fields = form()?.elements;
  if (!fields?.words || fields.clip.value !== key) return {};
  return { words: fields.words.value, model: fields.model.value, duration_s: fields.duration_s.value };
}

async function ask() {
  const clip = one();
  const number = (asked += 1);
  if (clip) await show(panel(), "POST", panel().dataset.url, { clip: clip.key, ...typed(clip.key) });
  else {
    drop(panel());
    panel().replaceChildren();
  }
  if (number === asked) panel().inert = false;
}

function look() {
  const now = face(one());
  if (now === shown) return;
  shown = now;
  // Prices and frames of another clip aren't pressed while this one's are on their way.
  panel().inert = Boolean(form() && form().elements.clip.value !== one()?.key);
  clearTimeout(soon);
  soon = setTimeout(ask, 120);
}

for (const change of ["chosen", "cut"]) document.addEventListener(change, look);
// A press may be refused for what has changed: then that is shown.
document.addEventListener("submit", ({ target }) => target.matches("[data-grows]") && (shown = ""));

// What has become a take, or has failed, has settled its money, and is in the bin.
let dreaming = new Set();
document.addEventListener("cut", () => {
  const now = new Set(cut.clips.filter(({ element }) => element.matches("[data-unfinished]")).map(({ key }) => key));
  const hasSettled = [...dreaming].some((key) => !now.has(key));
  dreaming = now;
  if (hasSettled) for (const told of ["money", "bin"]) htmx.trigger(document.body, told);
});
