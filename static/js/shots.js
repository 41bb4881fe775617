// What is typed in a shot is never lost: a form that holds more than the server knows is left alone
// by every answer, until an answer to its own words comes. [data-shot-write] is a shot's form,
// [data-kept-back] says beside it why something wasn't kept.

const forms = () => document.querySelectorAll("[data-shot-write]");
const written = (form) => new URLSearchParams([...new FormData(form)].filter(([name]) => name !== "version" && name !== "csrfmiddlewaretoken")).toString();
const seen = (form) => form.querySelector("input[name=version]"); // Keep mine is another of that name
const sent = new WeakMap();

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("[data-shot-write]");
  form?.setAttribute("data-dirty", "");
  form?.removeAttribute("data-given-up");
});
document.addEventListener("change", ({ target }) => {
  target.closest?.("[data-shot-write]")?.setAttribute("data-dirty", "");
});

// A playing frame and a form with unsaved words stay; so does what was said about them.
const callbacks = Idiomorph.defaults.callbacks;
callbacks.beforeNodeMorphed = (old, fresh) => {
  if (!(old instanceof Element)) return true;
  if (old.matches("[data-shot-write][data-dirty]")) return false;
  if (old.matches("[data-kept-back]") && document.getElementById(old.id.replace("said", "write"))?.hasAttribute("data-dirty")) return fresh.matches?.("[data-kept-back]") ?? false;
  // Words of a shot that isn't added yet stay in their box, whatever else is said beside them.
  if (old.matches("[data-shot-add] textarea")) fresh.value = old.value;
  if (old.matches(".frame[data-playing]")) return fresh.dataset?.preview !== old.dataset.preview;
  return true;
};

document.addEventListener("htmx:configRequest", (event) => {
  const { detail } = event;
  if (detail.elt.matches("[data-given-up]")) return event.preventDefault();
  if (detail.elt.matches("[data-shot-write], [data-shot-add]")) sent.set(detail.elt, written(detail.elt));
});

// The answer to a form's own words: kept, or kept back with the reason.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const form = detail.requestConfig?.elt;
  if (!form?.matches?.("[data-shot-write]") || detail.xhr.status !== 200) return;
  const answer = new DOMParser().parseFromString(detail.serverResponse, "text/html");
  const said = answer.getElementById(form.id.replace("write", "said"));
  if (!said || said.hasAttribute("data-kept-back")) return;
  const kept = answer.getElementById(form.id);
  seen(form).value = kept ? seen(kept).value : "";
  document.getElementById(said.id)?.removeAttribute("data-kept-back");
  if (written(form) === sent.get(form)) form.removeAttribute("data-dirty");
});

// Of two who changed the same, the second decides, having seen what the first wrote.
document.addEventListener("click", ({ target }) => {
  const mine = target instanceof Element && target.closest("[data-keep-mine]");
  if (mine) seen(mine.form).value = mine.value;
  const theirs = target instanceof Element && target.closest("[data-take-theirs]");
  if (!theirs) return;
  // What was typed isn't sent once more on the way: the answer replaces it, and takes the mark off.
  const form = document.getElementById(`write-${theirs.dataset.takeTheirs}`);
  htmx.trigger(form, "htmx:abort");
  form.removeAttribute("data-dirty");
  form.setAttribute("data-given-up", "");
});

// What couldn't be sent any more is sent while the page goes.
addEventListener("pagehide", () => {
  for (const form of forms()) {
    if (form.hasAttribute("data-dirty")) navigator.sendBeacon(form.action, new FormData(form));
  }
});

// A shot that was added or moved has the focus; behind the last one the next is written.
document.addEventListener("shot", ({ detail, target }) => {
  const isNext = target.matches?.("[data-shot-add]") && document.querySelector("[data-shots]");
  document.addEventListener("htmx:afterSettle", () => {
    if (isNext) return document.getElementById("shot-add")?.scrollIntoView({ block: "nearest" });
    const shot = document.getElementById(detail.id);
    const words = shot?.querySelector("textarea");
    (words && !words.value ? words : shot?.querySelector(".shot__card"))?.focus({ preventScroll: true });
    shot?.scrollIntoView({ block: "nearest" });
  }, { once: true });
});

// Ctrl Enter adds the next shot, or leaves the words of one.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target.closest?.("[data-shot-add], [data-shot-write]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = detail.elt;
  if (!form.matches("[data-shot-add]") || !detail.successful || document.getElementById("shot-add-error")) return;
  if (written(form) === sent.get(form)) form.elements.words.value = "";
});
