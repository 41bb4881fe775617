// What is typed in a shot is never lost: a form that holds more than the server knows is left alone
// by every answer, until an answer to its own words comes. [data-shot-write] is a shot's form,
// [data-kept-back] says beside it why something wasn't kept.

const forms = () => document.querySelectorAll("[data-shot-write]");
const written = (form) => new URLSearchParams([...new FormData(form)].filter(([name]) => name !== "version" && name !== "csrfmiddlewaretoken")).toString();
const sent = new WeakMap();

document.addEventListener("input", ({ target }) => {
  target.closest?.("[data-shot-write]")?.setAttribute("data-dirty", "");
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
  if (old.matches(".frame[data-playing]")) return fresh.dataset?.preview !== old.dataset.preview;
  return true;
};

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt.matches("[data-shot-write]")) sent.set(detail.elt, written(detail.elt));
});

// The answer to a form's own words: kept, or kept back with the reason.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const form = detail.requestConfig?.elt;
  if (!form?.matches?.("[data-shot-write]") || detail.xhr.status !== 200) return;
  const answer = new DOMParser().parseFromString(detail.serverResponse, "text/html");
  const said = answer.getElementById(form.id.replace("write", "said"));
  if (!said || said.hasAttribute("data-kept-back")) return;
  form.elements.version.value = answer.getElementById(form.id)?.elements.version.value ?? "";
  document.getElementById(said.id)?.removeAttribute("data-kept-back");
  if (written(form) === sent.get(form)) form.removeAttribute("data-dirty");
});

document.addEventListener("click", ({ target }) => {
  const theirs = target instanceof Element && target.closest("[data-take-theirs]");
  if (theirs) document.getElementById(`write-${theirs.dataset.takeTheirs}`)?.removeAttribute("data-dirty");
});

// What couldn't be sent any more is sent while the page goes.
addEventListener("pagehide", () => {
  for (const form of forms()) {
    if (form.hasAttribute("data-dirty")) navigator.sendBeacon(form.action, new FormData(form));
  }
});

// A shot that was added or moved has the focus.
document.addEventListener("shot", ({ detail, target }) => {
  if (target.matches?.("[data-shot-add]") && document.querySelector("[data-shots]")) return; // the next is written there
  document.addEventListener("htmx:afterSettle", () => {
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
  if (form.matches("[data-shot-add]") && detail.successful && !document.getElementById("shot-add-error")) form.elements.words.value = "";
});
