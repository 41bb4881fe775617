// The composer's keys: Ctrl or ⌘ with Enter sends it; after Extend or Remix the words are next.

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

function nameTheKey() {
  if (isApple) for (const key of document.querySelectorAll("[data-submit-key]")) key.textContent = "⌘ ↵";
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-composer]");
  if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  }
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  nameTheKey();
  const form = document.querySelector("[data-composer]");
  if (detail.target !== form && detail.elt !== form) return;
  const wrong = form.querySelector("[aria-invalid]");
  (wrong ?? form.elements.words).focus();
});

nameTheKey();
