// A slot for a frame: choose, drop or paste a picture; it is shown before it is sent.

const slotOf = (target) => target instanceof Element && target.closest("[data-slot]");
const fileOf = (slot) => slot.querySelector("input[type=file]");

function name(slot) {
  slot.querySelector("[data-where]").textContent = slot.dataset.slot === "start" ? "Start " : "End ";
  slot.querySelector("[data-caption]").textContent = "frame";
}

function show(slot, file) {
  let picture = slot.querySelector("img");
  if (!picture) {
    picture = Object.assign(document.createElement("img"), { className: "slot__picture", alt: "" });
    fileOf(slot).after(picture);
  }
  if (picture.src.startsWith("blob:")) URL.revokeObjectURL(picture.src);
  picture.src = URL.createObjectURL(file);
  slot.classList.add("slot--full");
  slot.querySelector("[data-clear]").hidden = false;
  slot.querySelector("[data-empty]")?.toggleAttribute("hidden", true);
  name(slot);
  for (const kept of slot.querySelectorAll("[data-kept]")) kept.value = "";
}

function clear(slot) {
  fileOf(slot).value = "";
  for (const kept of slot.querySelectorAll("[data-kept]")) kept.value = "";
  slot.querySelector("img")?.remove();
  slot.classList.remove("slot--full");
  slot.querySelector("[data-clear]").hidden = true;
  slot.querySelector("[data-empty]")?.toggleAttribute("hidden", false);
  name(slot);
  fileOf(slot).dispatchEvent(new Event("change", { bubbles: true }));
}

function put(slot, file) {
  const carrier = new DataTransfer();
  carrier.items.add(file);
  fileOf(slot).files = carrier.files;
  fileOf(slot).dispatchEvent(new Event("change", { bubbles: true }));
}

const pictureIn = (transfer) => [...(transfer?.files ?? [])].find((file) => file.type.startsWith("image/"));

document.addEventListener("change", ({ target }) => {
  const slot = target.type === "file" && slotOf(target);
  if (slot && target.files.length) show(slot, target.files[0]);
});
document.addEventListener("click", ({ target }) => {
  const button = target instanceof Element && target.closest("[data-clear]");
  if (button) clear(slotOf(button));
});
document.addEventListener("dragover", (event) => {
  const slot = slotOf(event.target);
  if (slot) event.preventDefault();
  for (const each of document.querySelectorAll("[data-slot]")) each.toggleAttribute("data-over", each === slot);
});
document.addEventListener("drop", (event) => {
  const slot = slotOf(event.target);
  const file = slot && pictureIn(event.dataTransfer);
  for (const each of document.querySelectorAll("[data-slot]")) each.removeAttribute("data-over");
  if (!slot) return;
  event.preventDefault();
  if (file) put(slot, file);
});
document.addEventListener("paste", (event) => {
  const file = event.target.closest?.("[data-composer]") && pictureIn(event.clipboardData);
  const free = document.querySelector("[data-slot]:not(.slot--full)");
  if (!file || !free) return;
  event.preventDefault();
  put(free, file);
});

// The server kept what was sent, so the file is let go; what wasn't sent stays chosen.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const sent = detail.requestConfig?.elt.matches("[data-composer]");
  for (const slot of document.querySelectorAll("[data-slot]")) {
    const input = fileOf(slot);
    if (!input.files.length) continue;
    if (sent) input.value = "";
    else if (!slot.classList.contains("slot--full")) show(slot, input.files[0]);
  }
});
