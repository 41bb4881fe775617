// A card that goes into the trash takes the focus with it: the next one gets it.

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const card = detail.target;
  if (detail.xhr.getResponseHeader("HX-Reswap") !== "delete" || !card.matches("[data-take]")) return;
  const next = [card.nextElementSibling, card.previousElementSibling].find((each) => each?.matches("[data-take]"));
  next?.querySelector("a")?.focus();
});
