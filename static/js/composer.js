// The composer's keys: Ctrl or ⌘ with Enter sends it; after Extend or Remix, or where something is
// refused, the words are next.

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

function nameTheKey() {
  if (isApple) for (const key of document.querySelectorAll("[data-submit-key]")) key.textContent = "⌘ ↵";
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-composer]");
  if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  if (!event.repeat && !form.hasAttribute("data-sent")) form.requestSubmit();
});

// The first ↑ at the start of the words brings what walks the earlier ones.
let isWalked = false;
document.addEventListener("keydown", (event) => {
  const { target: field, key, ctrlKey, metaKey, altKey, shiftKey, isComposing } = event;
  if (isWalked || key !== "ArrowUp" || ctrlKey || metaKey || altKey || shiftKey || isComposing) return;
  if (field.name !== "words" || field.selectionEnd || !field.closest("[data-composer]")) return;
  event.preventDefault();
  isWalked = true;
  import("./history.js").then(({ back }) => back(field), () => (isWalked = false));
});

// The tools' dialog comes with the first of them.
document.addEventListener("htmx:beforeRequest", ({ detail }) => detail.target.id === "desk-content" && import("./desk.js").catch(() => {}));

// What is chosen while a model's options are on their way asks for them anew, with the choice.
document.addEventListener("change", (event) => {
  const model = document.getElementById("composer-model");
  if (event.target === model || !model?.matches(".htmx-request") || !event.target.closest("#options")) return;
  event.stopImmediatePropagation();
  model.dispatchEvent(new Event("change", { bubbles: true }));
}, true);

// What was sent isn't sent again (sending.js) before a change. Typing takes what was said of it.
function change({ target, type, isTrusted }) {
  const form = target.closest("[data-composer]");
  if (!form) return;
  form.removeAttribute("data-sent");
  if (isTrusted && type === "change") return;
  document.getElementById(`${target.name}-error`)?.remove();
  target.removeAttribute("aria-invalid");
}
document.addEventListener("input", change);
document.addEventListener("change", change);
document.addEventListener("click", (event) => {
  if (event.detail > 1 && event.target.closest?.("#generate")) event.preventDefault();
});

// So does what pins pictures to frames.
const strip = () => document.querySelector("[data-strip]") && import("./strip/main.js").catch(() => {});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  nameTheKey();
  strip();
  const form = document.querySelector("[data-composer]");
  if ((detail.target !== form && detail.elt !== form) || detail.requestConfig?.elt.name === "model") return;
  // The answer to an order takes the focus from nowhere: what follows is being done already.
  const isOrder = detail.requestConfig?.elt === form && form.hasAttribute("data-fresh");
  if (isOrder && document.activeElement !== document.body) return;
  const wrong = form.querySelector("[aria-invalid]");
  (wrong ?? form.elements.words).focus();
});

// Where a field doesn't grow by itself; how far it may is the stylesheet's.
function grow({ target }) {
  if (target.name !== "words" || !target.closest("[data-composer]")) return;
  target.rows = 2;
  target.rows = Math.ceil(target.scrollHeight / parseFloat(getComputedStyle(target).lineHeight));
}
if (!CSS.supports("field-sizing", "content")) document.addEventListener("input", grow);

nameTheKey();
strip();

// What was chosen before htmx listened, or was kept by the browser, has a price of its own.
const isChanged = (select) => [...select.options].some((option) => option.selected !== option.defaultSelected);
document.addEventListener("DOMContentLoaded", () => {
  const changed = [...document.querySelectorAll("[data-composer] select")].find(isChanged);
  changed?.dispatchEvent(new Event("change", { bubbles: true }));
  if (sessionStorage.desk) import("./desk.js").catch(() => {});
});
