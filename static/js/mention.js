// Whom a note or a reply may name: behind an @ the people who see the take are offered below the
// words. The arrows move, Enter and Tab put a name in, Escape leaves it.

const BEGUN = /(?:^|[^\w@.])@([^@\n]{0,40})$/;
let list; // what is offered, below the field that it is for
let field;
let at; // which of them, from 0

const people = () => [...(document.getElementById("mention-people")?.options ?? [])];
const options = () => [...list.children];

function begun(area) {
  if (area.selectionStart !== area.selectionEnd) return null;
  return BEGUN.exec(area.value.slice(0, area.selectionStart))?.[1] ?? null;
}

// A name, or a word of it, begins with what was said; it isn't said whole.
const fits = ({ value }, said) => value.length > said.length && ` ${value}`.toLowerCase().includes(` ${said.toLowerCase()}`);

function leave() {
  field?.removeAttribute("aria-activedescendant");
  list?.remove();
  list = field = undefined;
}

function point(place) {
  at = (place + options().length) % options().length;
  options().forEach((each, number) => each.setAttribute("aria-selected", number === at));
  options()[at].scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", options()[at].id);
}

function offer(area) {
  const said = begun(area);
  const found = said === null ? [] : people().filter((person) => fits(person, said)).slice(0, 8);
  leave();
  if (!found.length) return;
  field = area;
  list = document.createElement("ul");
  list.className = "mentions";
  list.role = "listbox";
  list.ariaLabel = "People to tell";
  found.forEach((person, number) => {
    const option = document.createElement("li");
    Object.assign(option, { id: `mention-${number}`, role: "option", textContent: person.value });
    option.dataset.name = person.value;
    list.append(option);
  });
  area.closest("label").after(list);
  point(0);
}

function put(name) {
  const area = field;
  const end = area.selectionStart;
  const from = end - begun(area).length;
  area.setRangeText(`${name} `, from, end, "end");
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
  leave(); // one name may begin another
}

const KEYS = {
  ArrowDown: () => point(at + 1),
  ArrowUp: () => point(at - 1),
  Enter: () => put(options()[at].dataset.name),
  Tab: () => put(options()[at].dataset.name),
  Escape: leave,
};

const isWithAnother = ({ ctrlKey, metaKey, altKey, shiftKey }) => ctrlKey || metaKey || altKey || shiftKey;

document.addEventListener("input", ({ target }) => target.matches?.("textarea[data-mentions]") && offer(target));
// Before the room's own keys: Escape would leave the note, and an arrow the take.
addEventListener("keydown", (event) => {
  const act = list?.isConnected && event.target === field && !isWithAnother(event) && !event.isComposing && KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}, true);
// The field keeps the focus; a finger that only moves the list clicks nothing.
document.addEventListener("mousedown", (event) => event.target.closest?.(".mentions") && event.preventDefault());
document.addEventListener("click", ({ target }) => {
  const option = target.closest?.(".mentions [role=option]");
  if (option && list?.contains(option)) put(option.dataset.name);
});
document.addEventListener("focusout", ({ target }) => target === field && leave());
