// The camera moves: their chip names what is chosen, typing finds one, and Enter and the arrows work
// in their list.

const NONE = "Camera";
const isBox = (element) => element instanceof Element && element.matches("[data-moves] [type=checkbox]");
const find = (list) => list.querySelector("[data-moves-find]");
const shown = (list) => [...list.querySelectorAll("[type=checkbox]")].filter((box) => !box.parentElement.hidden);
const wordsOf = (box) => box.parentElement.textContent.trim();

function nameThem() {
  for (const list of document.querySelectorAll("[data-moves]")) {
    const [first, ...others] = list.querySelectorAll("input:checked");
    const words = first ? wordsOf(first) : NONE;
    list.querySelector("[data-moves-chosen]").textContent = others.length ? `${words} +${others.length}` : words;
  }
}

function narrow(list) {
  const sought = find(list).value.trim().toLowerCase();
  for (const box of list.querySelectorAll("[type=checkbox]")) box.parentElement.hidden = !wordsOf(box).toLowerCase().includes(sought);
}

function step(list, from, by) {
  const boxes = shown(list);
  if (boxes.length) boxes.at((boxes.indexOf(from) + by) % boxes.length).focus();
}

// Up and down go by a row of the grid.
function steps(list) {
  const boxes = shown(list);
  const row = boxes.filter((box) => box.parentElement.offsetTop === boxes[0].parentElement.offsetTop).length;
  return { ArrowRight: 1, ArrowLeft: -1, ArrowDown: row, ArrowUp: -row };
}

document.addEventListener("change", nameThem);
document.addEventListener("htmx:afterSettle", nameThem);
// What is sought is no part of the order: nothing else hears of it.
for (const type of ["input", "change"]) {
  document.addEventListener(type, (event) => {
    if (!event.target.matches("[data-moves-find]")) return;
    event.stopPropagation();
    narrow(event.target.closest("[data-moves]"));
  }, true);
}
// The event doesn't bubble. On a phone the keyboard would cover the list.
document.addEventListener("toggle", ({ target }) => {
  if (!target.matches?.("[data-moves]")) return;
  find(target).value = "";
  narrow(target);
  if (target.open && matchMedia("(hover: hover)").matches) find(target).focus();
}, true);
// Enter would send the order.
document.addEventListener("keydown", (event) => {
  const list = event.target instanceof Element && event.target.closest("[data-moves]");
  if (!list || event.ctrlKey || event.metaKey) return;
  const box = isBox(event.target) && event.target;
  if (event.target === find(list) && (event.key === "Enter" || event.key === "ArrowDown")) {
    event.preventDefault();
    return shown(list)[0]?.focus();
  }
  if (!box) return;
  const by = steps(list)[event.key];
  if (event.key === "Enter" || by) event.preventDefault();
  if (event.key === "Enter") return event.repeat || box.click();
  if (by) return step(list, box, by);
  if (/^[a-z]$/i.test(event.key)) find(list).focus(); // and what is typed goes there
});
