// The retake over the review room: its words are next when it comes, Escape goes on without one.

const retake = () => document.querySelector("#retake [data-retake-on]")?.closest("#retake");

function begin() {
  const words = retake()?.querySelector("[name=words]");
  if (!words) return;
  words.focus({ preventScroll: true });
  words.setSelectionRange(words.value.length, words.value.length);
}

// What opens over the page closes first; a note that is being written is left first.
const isBusy = () => document.querySelector("dialog[open], [data-menu][open], [data-picks]:not([hidden])") || document.activeElement.id === "note-words";

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || event.defaultPrevented || !retake() || isBusy()) return;
  event.preventDefault();
  retake().querySelector("[data-retake-on]").click();
}, true);
document.addEventListener("htmx:oobAfterSwap", ({ target }) => target.id === "retake" && begin());
document.addEventListener("htmx:afterSwap", ({ target }) => target.id === "room" && begin());
begin();
