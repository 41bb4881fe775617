// The tools beside the composer open in a dialog, [data-desk], when htmx has brought one. What is
// chosen there, [data-put], and what a tool answers, [data-put-words], become the composer's words.

const desk = document.querySelector("[data-desk]");
const words = () => document.querySelector("[data-composer]").elements.words;

export function put(text) {
  const field = words();
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function done(text) {
  put(text);
  desk.close();
}

if (desk) {
  const content = desk.firstElementChild;

  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target !== content) return;
    const answer = content.querySelector("[data-put-words]");
    if (answer) return done(answer.value);
    if (!desk.open) desk.showModal();
    content.querySelector("[data-list-drop-words]")?.removeAttribute("hidden");
    const wrong = content.querySelector("[aria-invalid]");
    (wrong ?? content.querySelector("[autofocus], input:not([type=hidden]), textarea"))?.focus();
  });

  document.addEventListener("click", (event) => {
    const choice = event.target.closest?.("[data-put]");
    const isLeft = desk.contains(event.target) && event.target.closest("[data-desk-close]");
    if (isLeft) event.preventDefault();
    if (isLeft || event.target === desk) return desk.close(); // beside it too
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

  document.addEventListener("desk-done", () => desk.close());
  desk.addEventListener("close", () => {
    content.replaceChildren();
    words().focus();
  });
}
