// The finder's keys: "/" goes to its words, Escape empties them and goes back to where one was.

const words = document.getElementById("find");
let before = null;

const isWriting = (element) => element.matches?.("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isWriting(event.target)) {
    event.preventDefault();
    before = document.activeElement;
    words.select();
    words.focus();
  } else if (event.key === "Escape" && event.target === words) {
    if (words.value) {
      words.value = "";
      words.dispatchEvent(new Event("input", { bubbles: true }));
    }
    words.blur();
    before?.focus?.();
  }
});
