// [data-copy] copies the text of the element that it names, and says so for a moment.

const SAID_MS = 2000;

// Without https a browser gives no clipboard, but copies what is selected.
async function copy(element) {
  if (navigator.clipboard) return navigator.clipboard.writeText(element.textContent);
  getSelection().selectAllChildren(element);
  if (!document.execCommand("copy")) throw new Error("the browser copies nothing");
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("[data-copy]");
  if (!button) return;
  const said = await copy(document.getElementById(button.dataset.copy)).then(() => "Copied", () => "Select it and copy it yourself");
  button.textContent = said;
  document.getElementById("announcer").textContent = said;
  setTimeout(() => (button.textContent = "Copy"), SAID_MS);
});
