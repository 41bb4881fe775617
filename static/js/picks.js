// The takes and stills for a slot: the first has the focus once they are there, the arrows move,
// Escape closes and goes back to the slot's button.

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const picks = () => document.getElementById("picks");
const choices = () => [...picks().querySelectorAll("button")];
let opener = "";

function close() {
  picks().hidden = true;
  picks().replaceChildren();
  document.querySelector(`[data-picks-open][value="${opener}"]`)?.focus();
}

document.addEventListener("click", ({ target }) => {
  const button = target instanceof Element && target.closest("[data-picks-open], [data-picks-close]");
  if (button?.matches("[data-picks-close]")) close();
  else if (button) opener = button.value;
  else if (picks() && !picks().hidden && !picks().contains(target)) close();
});
document.addEventListener("htmx:afterSettle", ({ detail }) => detail.elt.id === "picks" && choices()[0]?.focus());
// Before the cards' own keys, which mean something else.
document.addEventListener("keydown", (event) => {
  if (!picks() || picks().hidden) return;
  const at = event.key in STEPS ? choices().indexOf(document.activeElement) : -1;
  if (event.key !== "Escape" && at < 0) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.key === "Escape") return close();
  choices().at((at + STEPS[event.key]) % choices().length).focus();
}, true);
