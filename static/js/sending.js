// Sends what the composer holds, one order after the other, while the person goes on typing.
// An order pressed while another is under way waits here as it stood; what was typed or chosen
// after the press outlives the answer.

const form = () => document.querySelector("[data-composer]");
const KEPT = "textarea, select, [type=checkbox], [type=number]";

let waiting = []; // orders that were pressed and aren't sent yet
let next = null; // the one of them that is being sent
let current = null; // the one that is under way

const read = (control) => (control.type === "checkbox" ? control.checked : control.value);
const write = (control, value) => (control[control.type === "checkbox" ? "checked" : "value"] = value);
// A name is enough, but for the boxes of one list.
const nameOf = (control) => (control.type === "checkbox" ? `${control.name} ${control.value}` : control.name);
const controls = () => [...form().querySelectorAll(KEPT)];
const held = () => new Map(controls().map((control) => [nameOf(control), read(control)]));
const framed = () => [...form().querySelectorAll("[data-kept]")].map((control) => control.value).join();
const picked = () => new Map([...form().querySelectorAll("[type=file]")].map((input) => [input.name, input.files[0]]));
const order = () => ({ data: new FormData(form()), path: form().getAttribute("hx-post"), words: form().elements.words.value, held: held(), framed: framed(), picked: picked() });
const isSubmit = ({ elt }) => elt === form();
const tell = (what) => document.dispatchEvent(new Event(what)); // sent.js shows it

function changes() {
  return [...held()].filter(([name, value]) => current.held.get(name) !== value);
}

function pressed() {
  form().setAttribute("data-sent", "");
  form().elements.words.select(); // the next idea is typed over what was sent
}

function count() {
  if (waiting.length) form().dataset.waiting = `${waiting.length} more to send`;
  else form().removeAttribute("data-waiting");
}

document.addEventListener("submit", (event) => {
  if (event.target !== form() || event.submitter?.hasAttribute("formaction") || next) return;
  const isRepeated = form().hasAttribute("data-sent");
  if (isRepeated || current) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  if (isRepeated) return;
  if (current) waiting.push(order());
  tell("ordered");
  count();
  pressed();
}, true);

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (!isSubmit(detail) || detail.triggeringEvent?.submitter?.hasAttribute("formaction")) return;
  current = next ?? order();
  if (!next) return;
  next.data.set("key", form().elements.key.value);
  detail.parameters = next.data;
  detail.path = next.path;
  next = null;
});

// The answer empties the composer, except for what isn't the order's.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!current || !isSubmit(detail.requestConfig)) return;
  const answer = new DOMParser().parseFromString(detail.serverResponse, "text/html").querySelector("[data-composer]");
  if (!answer) return;
  const { words, key } = form().elements;
  current.isRefused = !answer.hasAttribute("data-fresh");
  current.after = { changed: changes(), isSent: form().hasAttribute("data-sent"), caret: [words.selectionStart, words.selectionEnd] };
  if (current.isRefused || current.framed === framed()) return;
  detail.swapOverride = "none"; // another take was put in the composer meanwhile
  key.value = answer.elements.key.value;
  if (words.value === current.words) words.value = "";
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const after = detail.requestConfig && isSubmit(detail.requestConfig) && current?.after;
  if (!after) return;
  current.after = null; // it is told once for every element
  const { elements } = form();
  const changed = new Map(after.changed);
  for (const control of controls()) if (changed.has(nameOf(control))) write(control, changed.get(nameOf(control)));
  for (const input of form().querySelectorAll("[type=file]")) {
    input.toggleAttribute("data-unsent", input.files[0] !== current.picked.get(input.name));
  }
  if (after.changed.length) elements.words.setSelectionRange(...after.caret);
  if (after.changed.some(([name]) => name !== "words")) elements.model.dispatchEvent(new Event("change", { bubbles: true }));
  form().toggleAttribute("data-sent", after.isSent || !after.changed.length);
  if (current.isRefused) giveBack();
  count();
});

// What can't be sent is in the words again, before what was typed since: nothing of it is lost.
function giveBack() {
  tell("given-back");
  const { words } = form().elements;
  const all = [current, ...waiting].map((each) => each.words);
  words.value = [...new Set([...all, words.value])].filter((each) => each.trim()).join("\n\n");
  form().removeAttribute("data-sent");
  const pictures = waiting.flatMap((each) => [...each.picked]);
  waiting = [];
  count();
  for (const [name, file] of pictures) if (file) pickAgain(name, file);
}

// One picture fits in a slot: the first that waited, unless another was chosen since.
function pickAgain(name, file) {
  const input = form().querySelector(`[type=file][name="${name}"]`);
  if (!input || input.files.length || input.closest(".slot--full")) return;
  const carrier = new DataTransfer();
  carrier.items.add(file);
  input.files = carrier.files;
  input.toggleAttribute("data-unsent", true); // the answer lets go of what was sent (slot.js)
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function unsent({ detail }) {
  if (!current || !isSubmit(detail.requestConfig)) return;
  giveBack();
  current = null;
}
for (const trouble of ["sendError", "responseError", "timeout", "sendAbort"]) document.addEventListener(`htmx:${trouble}`, unsent);

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (!current || !detail.requestConfig || !isSubmit(detail.requestConfig)) return;
  const answered = current;
  queueMicrotask(() => {
    if (current !== answered) return;
    if (!answered.isRefused) tell("answered");
    current = null;
    next = waiting.shift() ?? null;
    count();
    if (next) form().requestSubmit();
  });
});

addEventListener("beforeunload", (event) => waiting.length && event.preventDefault());
