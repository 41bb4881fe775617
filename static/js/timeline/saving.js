// Saves: every change is one small request with the version that the page has, one after the other.
// Its answer is the lanes anew. The second of two who change a sequence gets 409: the page shows what
// is there now, and nothing of theirs is sent after it.

import { cut, lanes, read, say } from "./cut.js";
import { chosen, count } from "./choosing.js";

const waiting = [];
let isSaving = false;
let polledAt = 0; // how many choices there were when a refresh was asked for
const pauses = new Set(); // what holds back a refresh: a drag, for one
// The lanes are read and laid in a task of its own: with the answer's swap it is too long for one.
let reading = Promise.resolve();
const soon = () => new Promise((done) => setTimeout(done));

const told = () => document.querySelector("[data-saved]");

export const hold = (why) => pauses.add(why);
export const letGo = (why) => pauses.delete(why);

export function save(verb, values) {
  return send(cut.base + verb, values);
}

function send(path, values) {
  return new Promise((done) => {
    waiting.push({ path, values, done });
    next();
  });
}

async function next() {
  if (isSaving || !waiting.length) return;
  isSaving = true;
  try {
    await reading;
    if (waiting.length) await post(waiting.shift());
  } catch (error) {
    failed();
    reportError(error);
  } finally {
    isSaving = false;
  }
  next();
}

async function post({ path, values, done }) {
  const clip = [...chosen];
  if (told()) told().textContent = "Saving…";
  await htmx.ajax("POST", path, { source: lanes(), target: "#lanes", swap: "morph", values: { clip, ...values, version: cut.version } }).catch(() => waiting.splice(0));
  await reading;
  if ("is_typed" in values) document.querySelector("[data-inspector] [aria-invalid]")?.focus();
  done();
}

function failed(words = "Not saved") {
  waiting.splice(0);
  if (told()) told().textContent = words;
}

// What was answered stands, but what is read of it may be old: the next change is told so.
function unread(error) {
  failed("Not shown; load the page again");
  reportError(error);
}

// A form that shows what wasn't saved is half-typed too. What saves on a change isn't typed.
const isTyped = (input) => (["radio", "checkbox"].includes(input.type) ? input.checked !== input.defaultChecked && !input.matches("[data-saves-on-change]") : input.type !== "hidden" && input.value !== input.defaultValue);
const isHalfTyped = () => Boolean(document.querySelector("[data-inspector] [data-kept]")) || [...document.querySelectorAll("[data-inspector] input")].some(isTyped);
const isPoll = (detail) => detail.requestConfig?.elt?.matches?.("[data-live]");
const isBusy = () => isSaving || pauses.size > 0 || isHalfTyped();

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (!detail.elt.matches("[data-live]")) return;
  detail.parameters.clip = [...chosen];
  polledAt = count();
});
document.addEventListener("htmx:beforeRequest", (event) => isPoll(event.detail) && isBusy() && event.preventDefault());
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "lanes") return;
  if (isPoll(detail) && (isBusy() || polledAt !== count())) return (detail.shouldSwap = false);
  if (detail.xhr.status !== 409) return;
  waiting.splice(0);
  detail.shouldSwap = true;
  detail.isError = false;
});
for (const trouble of ["htmx:sendError", "htmx:responseError"]) document.addEventListener(trouble, ({ detail }) => detail.target?.id === "lanes" && failed());
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id !== "lanes") return;
  reading = soon().then(read).then(() => detail.xhr.status === 409 && warn()).catch(unread);
});

function warn() {
  const words = document.getElementById("announcer").textContent;
  const notice = Object.assign(document.createElement("p"), { className: "notice", textContent: words });
  document.getElementById("notices").append(notice);
  say(words);
}

// Forms that save, and buttons of the form that knows the version.
document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (!form.matches("[data-saves], #state")) return;
  event.preventDefault();
  const values = Object.fromEntries([...new FormData(form, submitter)].filter(([name]) => !["csrfmiddlewaretoken", "version", "since", "clip"].includes(name)));
  if (submitter?.matches("[data-add]")) document.dispatchEvent(new CustomEvent("add", { detail: { take: submitter.value } }));
  else send(new URL(submitter?.hasAttribute("formaction") ? submitter.formAction : form.action).pathname, values);
});
document.addEventListener("change", ({ target }) => target.matches?.("[data-saves-on-change]") && target.form.requestSubmit());
