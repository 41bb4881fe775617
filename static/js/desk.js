// The tools beside the composer open in a dialog, [data-desk], when htmx has brought one. What is
// chosen there, [data-put], and what a tool answers, [data-put-words], become the composer's words.
// What was typed in it and not used is there again when its tool is opened again, after a reload or
// a session that ended too; a tool that was open then opens again. composer.js brings this file when
// the first tool is asked for, or where something is kept.

const desk = document.querySelector("[data-desk]");
const words = () => document.querySelector("[data-composer]").elements.words;

export function put(text) {
  const field = words();
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

let given = new Map(); // what the fields held when the tool was opened
let isUsed = false;
let tool = ""; // the address of the one that is open
const whose = document.querySelector("[data-draft]")?.dataset.draft;
const stored = JSON.parse(sessionStorage.desk || "{}"); // by whose it is
const before = stored[whose] ?? {};
const kept = new Map(before.kept);
const nameOf = (field) => `${field.form?.getAttribute("action")} ${field.name}`;
const fields = () => [...desk.querySelectorAll("textarea, select, [type=text], input:not([type])")];

// The composer's own words, which an offer brings, are meant as they are.
const isAsked = ({ requestConfig: { elt } }) => !elt.closest(".composer__offer");

function bringBack() {
  for (const field of fields()) {
    const name = nameOf(field);
    if (!kept.has(name)) continue;
    field.value = kept.get(name);
    kept.delete(name);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function keep() {
  const typed = fields().filter((field) => field.value !== (given.get(nameOf(field)) ?? ""));
  for (const field of typed) kept.set(nameOf(field), field.value);
  return typed.length > 0;
}

// For the page that comes next: its tool opens again where something was typed in it.
function remember() {
  const isOpen = desk.open && keep();
  if (kept.size) stored[whose] = { kept: [...kept], tool: isOpen ? tool : "" };
  else delete stored[whose];
  sessionStorage.desk = Object.keys(stored).length ? JSON.stringify(stored) : "";
}

const openerOf = (address) => address && document.querySelector(`.composer__tools [formaction="${address}"]`);
const reopen = () => openerOf(before.tool)?.click();

function leave() {
  isUsed = true;
  desk.close();
}

function done(text) {
  put(text);
  leave();
}

if (desk) {
  const content = desk.firstElementChild;

  function show() {
    const answer = content.querySelector("[data-put-words]");
    if (answer) return done(answer.value);
    const { tool: address } = content.querySelector(".desk__head").dataset;
    if (openerOf(address)) tool = address;
    if (!desk.open) given = new Map(fields().map((field) => [nameOf(field), field.value]));
    if (!desk.open) desk.showModal();
    content.querySelector("[data-list-drop-words]")?.removeAttribute("hidden");
    const wrong = content.querySelector("[aria-invalid]");
    (wrong ?? content.querySelector("[autofocus], input:not([type=hidden]), textarea"))?.focus();
  }

  if (content.firstElementChild) show(); // it was faster
  document.addEventListener("htmx:afterSwap", ({ detail }) => detail.target === content && show());

  document.addEventListener("htmx:afterSettle", ({ detail }) => detail.target === content && isAsked(detail) && bringBack());

  // A selection that begins in it may end beside it.
  let isBeside = false;
  desk.addEventListener("mousedown", ({ target }) => (isBeside = target === desk));
  desk.addEventListener("mouseup", ({ target }) => (isBeside &&= target === desk));

  document.addEventListener("click", (event) => {
    const choice = event.target.closest?.("[data-put]");
    const isLeft = desk.contains(event.target) && event.target.closest("[data-desk-close]");
    if (isLeft) event.preventDefault();
    if (isLeft || (event.target === desk && isBeside)) return desk.close();
    if (!choice || !desk.contains(choice) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    done(choice.dataset.put);
  });

  // The arrows move among the choices, from the search field too.
  desk.addEventListener("keydown", (event) => {
    event.stopPropagation(); // behind it no key does anything
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const choices = [...desk.querySelectorAll("[data-choices] .desk__choice")];
    if (!step || !choices.length || event.target.matches("textarea, select, [list]")) return;
    event.preventDefault();
    const at = choices.indexOf(document.activeElement) + step;
    (choices[at] ?? (at < 0 ? desk.querySelector("[type=search]") ?? choices[0] : choices.at(-1))).focus();
  });

  // A file that is dropped on a list is the list's: as if it had been chosen.
  const listAt = ({ target }) => target.closest?.("[data-list-drop]");
  desk.addEventListener("dragover", (event) => listAt(event) && event.dataTransfer.types.includes("Files") && event.preventDefault());
  desk.addEventListener("drop", (event) => {
    const input = listAt(event)?.querySelector("[type=file]");
    if (!input || !event.dataTransfer.files.length) return;
    event.preventDefault();
    const carrier = new DataTransfer();
    carrier.items.add(event.dataTransfer.files[0]);
    input.files = carrier.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  document.addEventListener("desk-done", leave);
  desk.addEventListener("close", () => {
    if (!isUsed) keep();
    isUsed = false;
    content.replaceChildren();
    words().focus();
  });

  addEventListener("pagehide", remember);
  // The composer that the tool is asked with may be on its way, too.
  if (document.body.matches(".htmx-request")) document.addEventListener("htmx:afterSettle", reopen, { once: true });
  else reopen();
}
