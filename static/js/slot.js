// A slot for a frame: choose, drop or paste a picture; it is shown before it is sent. What the
// server would refuse by its size or type is refused here in the server's words.

const slotOf = (target) => target instanceof Element && target.closest("[data-slot]");
const fileOf = (slot) => slot.querySelector("input[type=file]");

function name(slot) {
  slot.querySelector("[data-where]").textContent = `${slot.dataset.title} `;
  slot.querySelector("[data-caption]").textContent = slot.dataset.slot.startsWith("ref") ? "" : "frame";
}

function problem(slot, file) {
  const { maxBytes, tooLarge, unreadable } = slot.closest("[data-max-bytes]").dataset;
  if (!fileOf(slot).accept.split(",").includes(file.type)) return unreadable;
  return file.size > Number(maxBytes) ? tooLarge : "";
}

const errorOf = (slot) => document.getElementById(`${slot.dataset.slot}-error`);

function refuse(slot, words) {
  accept(slot);
  const id = `${slot.dataset.slot}-error`;
  const error = Object.assign(document.createElement("p"), { id, className: "error", role: "alert" });
  document.getElementById("composer-errors").append(error);
  error.textContent = words; // a change is what a screen reader tells
  slot.toggleAttribute("data-refused", true);
  fileOf(slot).setAttribute("aria-invalid", "true");
  fileOf(slot).setAttribute("aria-describedby", id);
}

function accept(slot) {
  errorOf(slot)?.remove();
  slot.removeAttribute("data-refused");
  for (const name of ["aria-invalid", "aria-describedby"]) fileOf(slot).removeAttribute(name);
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
  accept(slot);
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
  const words = problem(slot, file);
  if (words) return refuse(slot, words);
  const carrier = new DataTransfer();
  carrier.items.add(file);
  fileOf(slot).files = carrier.files;
  fileOf(slot).dispatchEvent(new Event("change", { bubbles: true }));
}

const pictureIn = ({ files }) => [...files].find((file) => file.type.startsWith("image/")) ?? files[0];

// Without this script the button asks the server for the composer without the frame. htmx would
// go there too, with the next submit after the button had the focus.
function takeOver() {
  for (const button of document.querySelectorAll("[data-clear]")) {
    button.type = "button";
    for (const name of ["name", "formaction", "formenctype"]) button.removeAttribute(name);
  }
}

takeOver();
document.addEventListener("htmx:afterSwap", takeOver);

document.addEventListener("change", ({ target }) => {
  const slot = target.type === "file" && slotOf(target);
  if (!slot || !target.files.length) return;
  const words = problem(slot, target.files[0]);
  if (!words) {
    accept(slot);
    return show(slot, target.files[0]);
  }
  // A picture that was only chosen here went with the choice; one that the server keeps stays.
  if (slot.querySelector("img[src^='blob:']")) clear(slot);
  target.value = "";
  refuse(slot, words);
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
  if (!event.target.closest?.("[data-composer]") || event.clipboardData.types.includes("text/plain")) return;
  const file = pictureIn(event.clipboardData);
  const free = document.querySelector("[data-slot]:not(.slot--full)");
  if (!file || !free) return;
  event.preventDefault();
  put(free, file);
});

// The server kept what was sent, so the file is let go; what wasn't sent stays chosen. An answer
// settles once for every element that it brings.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const sent = detail.requestConfig?.elt.matches("[data-composer]");
  for (const slot of document.querySelectorAll("[data-slot]")) {
    const input = fileOf(slot);
    if (!input.files.length) continue;
    const isUnsent = input.hasAttribute("data-unsent"); // chosen after the order went (sending.js)
    if (sent && !isUnsent) input.value = "";
    else if (!slot.classList.contains("slot--full")) show(slot, input.files[0]);
  }
});
