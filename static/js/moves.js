// The camera moves: their chip names what is chosen, and Enter and the arrows work in their list.

const NONE = "Camera";
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function nameThem() {
  for (const list of document.querySelectorAll("[data-moves]")) {
    const [first, ...others] = list.querySelectorAll("input:checked");
    const words = first ? first.parentElement.textContent.trim() : NONE;
    list.querySelector("[data-moves-chosen]").textContent = others.length ? `${words} +${others.length}` : words;
  }
}

document.addEventListener("change", nameThem);
document.addEventListener("htmx:afterSettle", nameThem);
// Enter would send the order.
document.addEventListener("keydown", (event) => {
  const box = event.target instanceof Element && event.target.matches("[data-moves] input") && event.target;
  if (!box || event.ctrlKey || event.metaKey || !(event.key === "Enter" || event.key in STEPS)) return;
  event.preventDefault();
  if (event.key === "Enter") return event.repeat || box.click();
  const boxes = [...box.closest("[data-moves]").querySelectorAll("input")];
  boxes.at((boxes.indexOf(box) + STEPS[event.key]) % boxes.length).focus();
});
