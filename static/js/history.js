// ↑ at the start of the composer's words walks what the person asked for earlier, newest first, and
// ↓ back to what was being typed. The words are fetched when they are first asked for, and this file
// when the key is first pressed (composer.js).

import { put } from "./desk.js";

const link = () => document.querySelector("[data-history]");
const isWords = (element) => element instanceof HTMLTextAreaElement && element.name === "words" && element.closest("[data-composer]");

let earlier = null; // what was fetched so far
let onward = null; // the address of what comes after it
let at = -1; // the one that is shown; -1 is what was being typed
let typed = "";
let isPutting = false;

async function fetchMore(address) {
  const answer = await fetch(address, { headers: { "HX-Request": "true", "HX-Target": "earlier" } });
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  earlier = [...new Set([...(earlier ?? []), ...[...page.querySelectorAll("[data-put]")].map((each) => each.dataset.put)])];
  onward = page.querySelector("[data-onward]")?.getAttribute("href") ?? null;
}

function say(text) {
  document.getElementById("announcer").textContent = text;
}

function show(field, place) {
  at = place;
  isPutting = true;
  put(at < 0 ? typed : earlier[at]);
  isPutting = false;
  field.setSelectionRange(0, 0); // so that the next ↑ goes on
  say(at < 0 ? `What you were typing: ${typed}` : `${at + 1} back: ${earlier[at]}`);
}

export async function back(field) {
  if (at < 0) typed = field.value;
  const before = field.value;
  try {
    if (!earlier) await fetchMore(link().href);
    else if (at + 1 === earlier.length && onward) await fetchMore(onward);
  } catch {
    return say("Your earlier prompts can't be fetched. Try again in a moment.");
  }
  if (field.value !== before) return; // typed meanwhile
  const next = earlier.findIndex((words, place) => place > at && words !== field.value);
  if (next < 0) return say(earlier.length ? "There is no earlier prompt of yours here." : "You haven't asked for anything here yet.");
  show(field, next);
}

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!isWords(field) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing) return;
  const isAtStart = field.selectionStart === 0 && field.selectionEnd === 0;
  if (event.key === "ArrowUp" && isAtStart && link()) {
    event.preventDefault();
    back(field);
  } else if (event.key === "ArrowDown" && at >= 0 && isAtStart) {
    event.preventDefault();
    show(field, at - 1);
  }
});

// Whoever changes what is shown types anew; after an order there is one more to go back to.
document.addEventListener("input", ({ target }) => {
  if (isWords(target) && !isPutting) at = -1;
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!detail.elt.matches?.("[data-composer]")) return;
  earlier = onward = null;
  at = -1;
});
