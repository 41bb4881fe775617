// Keeps what is typed in the composer, so that a reload loses nothing. [data-draft] names it;
// [data-fresh] marks a composer that the server didn't fill, [data-partial] one in which a link put
// a take: its address is asked once more, with what is being typed. A picture from the disk can't be
// kept; that it was there is, and its slot asks for it again.

import { picturesAway } from "./picked.js";
import { offer } from "./putback.js";
import { askAgain, asking, picked } from "./slot.js";

const form = () => document.querySelector("[data-draft]");
const key = () => `draft:${form().dataset.draft}`;
const FRAME = /^(start|end|source|first|ref\d+|pin\d+)_(take|still|as_is)$/;
const hasFrames = (draft) => Object.keys(draft).some((name) => FRAME.test(name) && draft[name]);

let given = ""; // the words of a take that were put in, and nobody typed
let lost = []; // slots that are to ask, once they are there: another mode has some

function values() {
  const data = new FormData(form());
  data.delete("csrfmiddlewaretoken");
  const texts = [...data].filter(([, value]) => typeof value === "string");
  return { ...Object.fromEntries(texts), concepts: data.getAll("concepts"), unkept: [...new Set([...lost, ...asking(), ...picked().keys(), ...picturesAway()])], given };
}

const isReload = () => performance.getEntriesByType("navigation")[0].type === "reload";
const save = () => sessionStorage.setItem(key(), JSON.stringify(values()));

const forget = () => sessionStorage.removeItem(key());

const compose = ({ unkept: _, given: __, ...draft }, url = form().dataset.composeUrl) => htmx.ajax("POST", url, { target: "#composer", swap: "morph", values: draft }).then(ask);

const isOther = ({ words }, { elements }) => words?.trim() && words !== elements.words.value;

// What only asks for a take's words brings nothing of what is typed.
function keepTyped({ requestConfig, serverResponse }) {
  if (requestConfig.verb !== "get") return;
  const answer = new DOMParser().parseFromString(serverResponse, "text/html").querySelector("[data-composer]");
  const typed = values();
  if (!answer) return;
  if (typed.words !== given && isOther(typed, answer)) offer(() => compose(typed));
  given = answer.elements.words.value;
}

function ask() {
  lost = lost.filter((name) => !askAgain(name));
  save();
}

function restore() {
  const draft = JSON.parse(sessionStorage.getItem(key()) ?? "null");
  const isFresh = form().hasAttribute("data-fresh");
  given = isFresh ? draft?.given ?? "" : form().elements.words.value;
  if (!draft) return;
  // A link that fills the whole composer replaces the draft; the same page again is the same draft.
  if (form().matches("[data-fresh], [data-partial]") || isReload()) lost = draft.unkept ?? [];
  lost.forEach(askAgain); // before anything is sent; the others once they are there
  if (form().hasAttribute("data-partial") && (draft.words || hasFrames(draft))) return compose(draft, location.pathname);
  if (!isFresh) {
    if (draft.words !== draft.given && isOther(draft, form()) && !isReload()) offer(() => compose(draft));
    return ask();
  }
  const { elements } = form();
  // Another kind or model offers other choices.
  if (["kind", "model"].some((name) => draft[name] && draft[name] !== elements[name].value)) return compose(draft);
  for (const name of ["words", "ratio", "duration_s", "resolution", "image_format", "quality", "count", "wishes", "aside", "parent", "key", ...Object.keys(draft).filter((name) => FRAME.test(name))]) {
    if (name in draft && elements[name]) elements[name].value = draft[name];
  }
  for (const name of ["loop", "hdr", "exr"]) if (elements[name]) elements[name].checked = name in draft;
  for (const box of form().querySelectorAll("[name=concepts]")) box.checked = [draft.concepts].flat().includes(box.value);
  if (draft.editing || hasFrames(draft)) {
    compose(draft);
  } else {
    ask();
    elements.model.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

if (form()) {
  document.addEventListener("input", ({ target }) => form().contains(target) && save());
  document.addEventListener("change", ({ target }) => form().contains(target) && save());
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id !== "composer") return;
    lost = [...new Set([...lost, ...asking()])];
    keepTyped(detail);
  });
  document.addEventListener("htmx:afterSettle", ask);
  // A change that was kept or left is over: another page follows, and the next composer is empty.
  document.addEventListener("click", ({ target }) => target.closest?.("[data-leave]") && forget());
  document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
    const left = form().querySelector("[data-leave]")?.getAttribute("href"); // not the sign-in
    if (left && detail.elt === form() && detail.xhr.getResponseHeader("HX-Redirect") === left) forget();
  });
  document.addEventListener("DOMContentLoaded", restore);
  if (document.readyState === "complete") restore();
}
