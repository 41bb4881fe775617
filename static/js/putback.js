// What was typed in the composer when a take's words took its place can be put back: by a notice's
// button, or by Ctrl Z until something else is typed.

const WORDS = "What you were writing made room. ";
const field = () => document.querySelector("[data-composer]").elements.words;
let undo = null;

export function offer(putBack) {
  withdraw();
  const notice = Object.assign(document.createElement("p"), { className: "notice", textContent: WORDS });
  const button = Object.assign(document.createElement("button"), { type: "button", className: "notice__act", textContent: "Put it back" });
  button.addEventListener("click", () => {
    withdraw();
    putBack();
  });
  notice.append(button);
  document.getElementById("notices").append(notice);
  undo = { button, notice, isNear: true };
}

function withdraw() {
  undo?.notice.remove();
  undo = null;
}

document.addEventListener("keydown", (event) => {
  if (!undo?.isNear || event.target !== field() || event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
  event.preventDefault();
  undo.button.click();
});
// What is typed since has an undo of the browser's own.
document.addEventListener("input", ({ target }) => undo && target === field() && (undo.isNear = false));
