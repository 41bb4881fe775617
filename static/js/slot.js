// A slot for a frame: choose, drop or paste a picture; it is shown before it is sent. What the
// server would refuse by its size or type is refused here in the server's words. A take or a still
// that is dragged here brings its name, and the server puts it in. A slot whose picture a reload took
// asks for it again, and nothing is sent before it is chosen or taken out.

const CARRIED = { "application/x-dailies-take": "take", "application/x-dailies-still": "still" };
const VIDEO = /^video\/|\.(mp4|m4v|mov|webm|mkv|avi)$/i;
const LIST = /\.([ct]sv|txt)$/i;
const HEIC = /^image\/hei[cf]|\.hei[cf]$/i;

const slotOf = (target) => target instanceof Element && target.closest("[data-slot]");
const fileOf = (slot) => slot.querySelector("input[type=file]");
const kept = (slot) => [...slot.querySelectorAll("[data-kept]")]; // names what the server put in it

function name(slot) {
  slot.querySelector("[data-where]").textContent = `${slot.dataset.title} `;
  slot.querySelector("[data-caption]").textContent = slot.dataset.emptyCaption;
}

export function problem(slot, file) {
  const { maxBytes, tooLarge, unreadable, emptyFile, heic, video, list } = slot.closest("[data-max-bytes]").dataset;
  if (!file.size) return emptyFile;
  if (VIDEO.test(file.type) || VIDEO.test(file.name)) return video;
  if (LIST.test(file.name)) return list;
  if (HEIC.test(file.type) || HEIC.test(file.name)) return heic;
  if (!fileOf(slot).accept.split(",").includes(file.type)) return unreadable;
  return file.size > Number(maxBytes) ? tooLarge : "";
}

const errorOf = (slot) => document.getElementById(`${slot.dataset.slot}-error`);

function refuse(slot, words) {
  say(slot, words);
  slot.toggleAttribute("data-refused", true);
  fileOf(slot).setAttribute("aria-invalid", "true");
}

// Says something at a slot, and moves the focus there.
function say(slot, words) {
  write(slot, words);
  fileOf(slot).focus();
}

// Says what is no wrong: it goes with the next thing that is done.
function tell(slot, words) {
  say(slot, words);
  errorOf(slot).setAttribute("data-told", "");
}

function write(slot, words) {
  accept(slot);
  const id = `${slot.dataset.slot}-error`;
  const error = Object.assign(document.createElement("p"), { id, className: "error", role: "alert" });
  document.getElementById("composer-errors").append(error);
  error.textContent = words; // a change is what a screen reader tells
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
  fileOf(slot).setCustomValidity("");
  if (picture.src.startsWith("blob:")) URL.revokeObjectURL(picture.src);
  // Its name may promise what it isn't; a picture that the server keeps is none of this.
  picture.onerror = () => picture.src.startsWith("blob:") && fileOf(slot).files[0] === file && letGo(slot, slot.closest("[data-unreadable]").dataset.unreadable);
  picture.src = URL.createObjectURL(file);
  slot.classList.add("slot--full");
  slot.querySelector("[data-clear]").hidden = false;
  slot.querySelector("[data-empty]")?.toggleAttribute("hidden", true);
  name(slot);
  for (const each of kept(slot)) each.value = "";
}

function clear(slot) {
  accept(slot);
  fileOf(slot).setCustomValidity("");
  fileOf(slot).value = "";
  for (const each of kept(slot)) each.value = "";
  slot.querySelector("img")?.remove();
  slot.classList.remove("slot--full");
  slot.querySelector("[data-clear]").hidden = true;
  slot.querySelector("[data-empty]")?.toggleAttribute("hidden", false);
  name(slot);
  fileOf(slot).dispatchEvent(new Event("change", { bubbles: true }));
}

// A picture that was only chosen here went with the choice; one that the server keeps stays.
function letGo(slot, words) {
  if (slot.querySelector("img[src^='blob:']")) clear(slot);
  fileOf(slot).value = "";
  refuse(slot, words);
}

function put(slot, file) {
  const words = problem(slot, file);
  if (words) return refuse(slot, words);
  choose(slot, file);
}

function choose(slot, file) {
  const carrier = new DataTransfer();
  carrier.items.add(file);
  fileOf(slot).files = carrier.files;
  fileOf(slot).dispatchEvent(new Event("change", { bubbles: true }));
}

const all = () => [...document.querySelectorAll("[data-slot]")];
const isLost = (slot) => fileOf(slot).validity.customError;

// The names of the slots that ask for a picture which only the page had before it was loaded anew.
export const asking = () => all().filter(isLost).map((slot) => slot.dataset.slot);

function ask(slot) {
  if (!errorOf(slot)) write(slot, fileOf(slot).validationMessage);
  slot.toggleAttribute("data-refused", true);
  fileOf(slot).setAttribute("aria-invalid", "true");
  slot.querySelector("[data-clear]").hidden = false;
}

const isTaken = (slot) => slot.matches(".slot--full") || fileOf(slot).files.length > 0;

// As long as it has words of its own the browser sends no form. False where there is no such slot.
export function askAgain(name) {
  const slot = document.getElementById(`slot-${name}`);
  if (!slot) return false;
  if (isTaken(slot)) return true;
  const title = slot.dataset.title;
  fileOf(slot).setCustomValidity(`${title}: choose the picture again. It came from your disk, and a page that is loaded anew can't keep it. Or take it out.`);
  ask(slot);
  return true;
}

// The files that are chosen, by their slots' names.
export const picked = () => new Map(all().filter((slot) => fileOf(slot).files.length).map((slot) => [slot.dataset.slot, fileOf(slot).files[0]]));

// Chooses a file again, in a slot that holds nothing by now. Whether there is one with a file then.
export function pick(name, file) {
  const slot = document.getElementById(`slot-${name}`);
  if (slot && !isTaken(slot)) choose(slot, file);
  return Boolean(slot && fileOf(slot).files.length);
}

const free = () => all().filter((slot) => !slot.matches(".slot--full"));

// Nothing more goes in, and what is there is no wrong.
function full() {
  const [slot, ...others] = all();
  if (!slot) return;
  tell(slot, others.length ? `${others.length > 1 ? "All" : "Both"} places are taken; take one out first.` : "The place is taken; take out what is in it first.");
}

// Each reason once, with the files that it is true of.
function reasons(files, slot) {
  const of = (why) => files.filter((file) => problem(slot, file) === why).map((file) => file.name);
  const names = (all) => all.slice(0, 3).join(", ") + (all.length > 3 ? ` and ${all.length - 3} more` : "");
  return [...new Set(files.map((file) => problem(slot, file)))].map((why) => ` ${names(of(why))}: ${why}`).join("");
}

// As many as there are places for, from the first that can be one; what is left out is said.
function putAll(slot, files) {
  const places = [slot, ...free().filter((each) => each !== slot)];
  const good = files.filter((file) => !problem(slot, file)).slice(0, places.length);
  good.forEach((file, place) => put(places[place], file));
  const bad = files.filter((file) => problem(slot, file));
  if (good.length < files.length) tell(slot, `${files.length} files came and ${good.length || "none"} found a place; the others are left out.${reasons(bad, slot)}`);
}

function take(slot, { files }) {
  if (files.length > 1) putAll(slot, [...files]);
  else if (files.length) put(slot, files[0]);
}

function carry(slot, transfer) {
  const type = Object.keys(CARRIED).find((each) => transfer.getData(each));
  if (!type) return take(slot, transfer);
  const button = document.querySelector("[data-put-still]");
  button.value = `${slot.dataset.slot}.${CARRIED[type]}.${transfer.getData(type)}`;
  button.click();
}

// Beside the slots, the composer's first free one is meant.
const isBeside = ({ target }) => target.closest?.("[data-composer]");
const aim = (event) => slotOf(event.target) || (isBeside(event) && free()[0]);
const isCarried = ({ types }) => types.includes("Files") || types.some((type) => type in CARRIED);

// Without this script the button asks the server for the composer without the frame. htmx would
// go there too, with the next submit after the button had the focus.
function takeOver() {
  for (const button of document.querySelectorAll("[data-slot] [data-clear]")) {
    button.type = "button";
    for (const name of ["name", "formaction", "formenctype"]) button.removeAttribute(name);
  }
}

takeOver();
document.addEventListener("htmx:afterSwap", takeOver);

document.addEventListener("change", ({ target }) => {
  if (target.closest("[data-composer]")) all().filter((each) => errorOf(each)?.matches("[data-told]")).forEach(accept);
  const slot = target.type === "file" && slotOf(target);
  if (!slot || !target.files.length) return;
  const words = problem(slot, target.files[0]);
  if (!words) {
    accept(slot);
    return show(slot, target.files[0]);
  }
  letGo(slot, words);
});
document.addEventListener("click", ({ target }) => {
  const button = target instanceof Element && target.closest("[data-slot] [data-clear]");
  if (button) clear(slotOf(button));
});
document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.("[data-take]");
  if (!card?.querySelector(".frame__open")) return;
  event.dataTransfer.setData("application/x-dailies-take", card.id.replace("take-", ""));
  event.dataTransfer.effectAllowed = "copyLink";
});
// What nothing else in the page takes: a field would write a take's address, the browser go to a file.
const isStray = (event) => !event.defaultPrevented && isCarried(event.dataTransfer);

document.addEventListener("dragover", (event) => {
  const slot = isCarried(event.dataTransfer) && aim(event);
  if (isStray(event)) {
    event.preventDefault();
    const isAnswered = isBeside(event) || (event.dataTransfer.types.includes("Files") && !event.target.closest?.("dialog"));
    if (!isAnswered) event.dataTransfer.dropEffect = "none";
  }
  for (const each of document.querySelectorAll("[data-slot]")) each.toggleAttribute("data-over", each === slot);
});
document.addEventListener("drop", (event) => {
  const slot = aim(event);
  for (const each of document.querySelectorAll("[data-slot]")) each.removeAttribute("data-over");
  if (!isStray(event)) return;
  event.preventDefault();
  if (slot) carry(slot, event.dataTransfer);
  else if (isBeside(event)) full();
  else if (all().length) tell(all()[0], "Pictures go in the composer: drop them on it.");
});
document.addEventListener("paste", (event) => {
  if (!event.target.closest?.("[data-composer]") || event.clipboardData.types.includes("text/plain")) return;
  const [slot] = free();
  if (!event.clipboardData.files.length) return;
  event.preventDefault();
  slot ? take(slot, event.clipboardData) : full();
});

document.addEventListener("invalid", (event) => {
  const slot = slotOf(event.target);
  if (!slot || !isLost(slot)) return;
  event.preventDefault(); // the words stand in the page
  ask(slot);
  all().find(isLost).querySelector("input").focus();
}, true);

// The server kept what was sent, or put something else in its place, so the file is let go; what
// wasn't sent stays chosen. An answer settles once for every element that it brings.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const sent = detail.requestConfig?.elt.matches("[data-composer]");
  for (const slot of all()) {
    const input = fileOf(slot);
    if (isLost(slot)) slot.matches(".slot--full") ? input.setCustomValidity("") : ask(slot);
    if (!input.files.length) continue;
    const isUnsent = input.hasAttribute("data-unsent"); // chosen after the order went (sending.js)
    if (!isUnsent && (sent || kept(slot).some(({ value }) => value))) input.value = "";
    else if (!slot.classList.contains("slot--full")) show(slot, input.files[0]);
  }
});
