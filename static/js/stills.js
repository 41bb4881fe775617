// A still is dragged as what it is: its name goes along, under a type that only Dailies knows.

const TYPE = "application/x-dailies-still";

document.addEventListener("dragstart", (event) => {
  const still = event.target.closest?.("[data-still]");
  if (!still) return;
  event.dataTransfer.setData(TYPE, still.dataset.still);
  event.dataTransfer.effectAllowed = "copy";
});
