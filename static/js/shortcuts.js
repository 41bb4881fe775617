// "?" shows the shortcuts over the page, and so does the rail's link, a page of its own without this.

const sheet = document.querySelector("[data-shortcuts]");
const isWriting = (element) => element.matches?.("input, textarea, select, [contenteditable]");

function toggle(event) {
  event.preventDefault();
  sheet.open ? sheet.close() : sheet.showModal();
}

if (sheet) {
  document.addEventListener("keydown", (event) => {
    const isAsked = event.key === "?" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
    if (isAsked && !isWriting(event.target)) toggle(event);
  });
  document.addEventListener("click", (event) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (isPlain && event.target.closest?.("[data-shortcuts-open]")) toggle(event);
    else if (event.target === sheet) sheet.close(); // beside it
  });
  // Behind it no key does anything.
  sheet.addEventListener("keydown", (event) => event.key === "?" || event.stopPropagation());
}
