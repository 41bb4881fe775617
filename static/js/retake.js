// The retake over the review room: its words are next when it comes, Escape goes on without one. What
// is typed or chosen in it is kept until it is ordered, under [data-draft], and is there again
// whenever it opens; of a picture from the disk it is kept that it was there, and its slot asks.

import { isWriting } from "./review.js";
import { asking, askAgain, picked } from "./slot.js";

const retake = () => document.querySelector("#retake [data-retake-on]")?.closest("#retake");
const form = () => retake()?.querySelector("[data-composer]");
const key = () => form().dataset.draft;
const kept = () => JSON.parse(sessionStorage.getItem(key()) ?? "null");
const isElsewhere = (field) => isWriting(field) && !retake().contains(field);

function values() {
  const data = new FormData(form());
  for (const name of ["csrfmiddlewaretoken", "shown_usd", "draft"]) data.delete(name);
  const texts = [...data].filter(([, value]) => typeof value === "string");
  return { ...Object.fromEntries(texts), concepts: data.getAll("concepts") };
}

const keep = () => sessionStorage.setItem(key(), JSON.stringify({ values: values(), unkept: [...new Set([...asking(), ...picked().keys()])] }));

// Another model offers other choices, and a picture has its slot: the server fills those in.
async function putBack({ values: typed, unkept }) {
  const { words, key: once } = form().elements;
  [words.value, once.value] = [typed.words, typed.key];
  if (JSON.stringify(values()) !== JSON.stringify(typed)) await htmx.ajax("POST", form().dataset.composeUrl, { target: "#composer", swap: "morph", values: typed });
  if (!form()) return;
  unkept.forEach(askAgain);
  form().elements.words.dispatchEvent(new Event("input", { bubbles: true })); // their price
}

async function begin() {
  if (!form()) return;
  const draft = kept();
  if (draft) await putBack(draft);
  const words = form()?.elements.words;
  if (!words || isElsewhere(document.activeElement)) return;
  words.focus({ preventScroll: true });
  words.setSelectionRange(words.value.length, words.value.length);
}

// What opens over the page closes first, and a drawing ends; another field is left first.
const isBusy = () => document.querySelector("dialog[open], [data-menu][open], [data-picks]:not([hidden]), [data-drawing-now]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || event.defaultPrevented || !retake() || isBusy()) return;
  event.preventDefault();
  if (isElsewhere(document.activeElement)) document.activeElement.blur();
  else retake().querySelector("[data-retake-on]").click();
}, true);
// On a phone the list of camera moves opens within it, and may be below what is seen of it.
document.addEventListener("toggle", ({ target }) => target.open && retake()?.contains(target) && target.scrollIntoView({ block: "nearest" }), true);

for (const type of ["input", "change"]) document.addEventListener(type, ({ target }) => form()?.contains(target) && keep());
document.addEventListener("htmx:afterSettle", ({ detail }) => form()?.contains(detail.requestConfig?.elt) && keep());
// An answer may be lost on its way: what is ordered again under the same key is one.
document.addEventListener("htmx:beforeSend", ({ detail }) => detail.elt === form() && keep());
// A price that comes once its retake was left has no place.
document.addEventListener("htmx:beforeSend", ({ detail: { elt } }) => {
  if (elt.matches("[data-quote]")) elt.addEventListener("htmx:beforeOnLoad", (event) => elt.isConnected || event.preventDefault(), { once: true });
});
document.addEventListener("htmx:oobAfterSwap", ({ target }) => target.id === "retake" && begin());
document.addEventListener("htmx:afterSwap", ({ target, detail }) => {
  if (target.id !== "room") return;
  const { elt } = detail.requestConfig;
  if (elt.matches("[data-composer]")) sessionStorage.removeItem(elt.dataset.draft); // it is ordered
  begin();
});
document.addEventListener("DOMContentLoaded", begin);
