// The strip: pictures that are pinned to frames of the clip. They are dropped, dragged, moved with
// the arrow keys, taken out and put back; a press on an empty place chooses one for it. Loaded where
// there is a strip; without this script each pin is a row with a number.

import { problem } from "./slot.js";

const FPS = 24;
const CARRIED = { "application/x-dailies-take": "take", "application/x-dailies-still": "still" };
const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -FPS, PageUp: FPS };
const PAUSE_MS = 300;
const CLICK_PX = 3;

const strip = () => document.querySelector("[data-strip]");
const within = (target, what) => (target instanceof Element ? target.closest(`[data-strip] ${what}`) : null);
const last = () => Number(strip().dataset.last);
const pins = () => [...strip().querySelectorAll("[data-pin]")];
const field = (pin) => pin.querySelector(".pin__number");
const handle = (pin) => pin.querySelector("[data-pin-picture]");
const at = () => strip().querySelector("[data-strip-at]");
const next = () => document.getElementById("pin-at");
const numberOf = (input) => (input && /^\d+$/.test(input.value.trim()) ? Number(input.value) : null);
const clamp = (number) => Math.min(Math.max(Math.round(number), 0), last());
const seconds = (number) => (number === null ? "" : `${(number / FPS).toFixed(2)} s`);
const said = (number) => `Frame ${number}, ${seconds(number)}`;

// --- showing it ---------------------------------------------------------------------------------

// Where things stand is in a sheet of its own: the policy forbids styles in elements that are copied.
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
const shares = new Map();

function stand(selector, number) {
  shares.set(selector, last() ? clamp(number ?? 0) / last() : 0);
  sheet.replaceSync([...shares].map(([each, share]) => `${each} { --share: ${share}; }`).join("\n"));
}

function asSlider(element, number, words) {
  const values = { role: "slider", tabindex: 0, "aria-label": words, "aria-valuemin": 0, "aria-valuemax": last(), "aria-valuenow": clamp(number ?? 0), "aria-valuetext": said(number ?? 0) };
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
}

function showPin(pin) {
  const number = numberOf(field(pin));
  stand(`#${pin.id}`, number);
  asSlider(handle(pin), number, "Pinned picture");
  pin.querySelector("[data-seconds]").textContent = seconds(number);
  pin.querySelector("[data-pin-out]").setAttribute("aria-label", `Take the picture at frame ${number ?? "?"} out`);
}

// What two share or lies outside is marked at once; the words come with the price.
function judge() {
  const numbers = pins().map((pin) => numberOf(field(pin)));
  pins().forEach((pin, place) => {
    const number = numbers[place];
    const isWrong = number === null || number > last() || numbers.filter((each) => each === number).length > 1;
    pin.classList.toggle("pin--wrong", isWrong);
    for (const [name, value] of [["aria-invalid", "true"], ["aria-describedby", "keyframes-error"]]) isWrong ? field(pin).setAttribute(name, value) : field(pin).removeAttribute(name);
  });
}

function point(number) {
  stand(".strip__at", number);
  at().dataset.says = `${number} · ${seconds(number)}`;
}

function showNext() {
  if (!next()) return;
  const number = clamp(numberOf(next()) ?? 0);
  point(number);
  asSlider(at(), number, "Frame to pin a picture at. Enter chooses one");
  strip().querySelector(".strip__add [data-seconds]").textContent = seconds(number);
}

function rule() {
  const line = strip().querySelector("[data-strip-line]");
  line.querySelector("[data-strip-ruler]")?.remove();
  const ruler = Object.assign(document.createElement("div"), { className: "strip__ruler" });
  ruler.setAttribute("aria-hidden", "true");
  ruler.setAttribute("data-strip-ruler", "");
  for (let second = 0; second * FPS <= last(); second++) {
    const tick = Object.assign(document.createElement("span"), { textContent: second ? `${second} s` : "0" });
    stand(`.strip__ruler span:nth-child(${second + 1})`, second * FPS);
    ruler.append(tick);
  }
  line.prepend(ruler);
}

// Without this script these go to the server; htmx would go there too with the next order.
function takeOver() {
  for (const button of strip().querySelectorAll("[data-pin-out], [data-strip-back]")) {
    button.type = "button";
    for (const name of ["name", "formaction", "formenctype"]) button.removeAttribute(name);
  }
}

let chosen = "";
let taken = null; // what was taken out last, and what stood behind it

function choose(pin) {
  chosen = pin?.id ?? "";
  for (const each of pins()) each.toggleAttribute("data-chosen", each === pin);
}

function ready() {
  if (!strip() || strip().hasAttribute("data-ready")) return;
  strip().setAttribute("data-ready", "");
  taken = null; // what comes from the server is without
  at().hidden = strip().hasAttribute("data-full");
  rule();
  pins().forEach(showPin);
  showNext();
  takeOver();
  choose(document.getElementById(chosen));
}

// --- changing it --------------------------------------------------------------------------------

let timer = null;

// The draft hears of it, and the price.
function changed() {
  judge();
  clearTimeout(timer);
  timer = setTimeout(() => strip() && htmx.trigger(document.getElementById("options"), "change"), PAUSE_MS);
  strip().dispatchEvent(new Event("input", { bubbles: true }));
}

function move(pin, number) {
  field(pin).value = clamp(number);
  showPin(pin);
  changed();
}

function takeOut(pin) {
  const others = pins();
  const beside = others[others.indexOf(pin) + 1] ?? others[others.indexOf(pin) - 1];
  taken = { pin, before: pin.nextElementSibling };
  const words = `The picture at frame ${field(pin).value} is out.`;
  pin.remove();
  choose(null);
  const undo = strip().querySelector("[data-strip-undo]");
  undo.hidden = false;
  undo.querySelector("[data-strip-undo-words]").textContent = words;
  (beside ? handle(beside) : at()).focus();
  changed();
}

function putBack() {
  if (!taken) return;
  const { pin, before } = taken;
  strip().querySelector(".strip__pins").insertBefore(pin, before?.isConnected ? before : null);
  taken = null;
  strip().querySelector("[data-strip-undo]").hidden = true;
  showPin(pin);
  handle(pin).focus();
  changed();
}

// --- adding -------------------------------------------------------------------------------------

let adding = null; // the pins that were there before
let waiting = []; // files that go up one after the other

function goTo(number) {
  next().value = clamp(number);
  showNext();
}

const pick = () => strip().querySelector("[data-strip-picks]").click();

function tell(words) {
  document.getElementById("keyframes-error").textContent = words;
}

function send(file, number) {
  const words = problem(document.querySelector("[data-slot]"), file);
  if (words) return tell(words);
  goTo(number);
  const carrier = new DataTransfer();
  carrier.items.add(file);
  strip().querySelector("[data-pin-file]").files = carrier.files;
  strip().querySelector("[data-pin-send]").click();
}

function sendNext() {
  const [first, ...others] = waiting;
  waiting = others;
  if (!first) return;
  if (next() && first.number <= last()) return send(first.file, first.number);
  const left = [first, ...others].map(({ file }) => file.name);
  waiting = [];
  tell(`There is no room for ${left.slice(0, 3).join(", ")}${left.length > 3 ? ` and ${left.length - 3} more` : ""}.`);
}

function drop(transfer, number) {
  const type = Object.keys(CARRIED).find((each) => transfer.getData(each));
  if (!next()) return tell(`No more can be pinned. Take one out first.`);
  if (type) {
    goTo(number);
    const button = document.querySelector("[data-put-still]");
    button.value = `pin.${CARRIED[type]}.${transfer.getData(type)}`;
    return button.click();
  }
  waiting = [...transfer.files].map((file, place) => ({ file, number: number + place * FPS })); // a second apart
  sendNext();
}

// --- the pointer --------------------------------------------------------------------------------

function frameAt(x) {
  const { left, width } = at().hidden ? strip().querySelector("[data-strip-ruler]").getBoundingClientRect() : at().getBoundingClientRect();
  const pad = parseFloat(getComputedStyle(strip()).getPropertyValue("--pad")) * parseFloat(getComputedStyle(document.documentElement).fontSize);
  return clamp(((x - left - pad) / (width - 2 * pad)) * last());
}

function drag(event, pin) {
  const from = event.clientX;
  const began = clamp(numberOf(field(pin)) ?? 0);
  const grip = handle(pin);
  const offset = frameAt(from) - began;
  let isMoved = false;
  grip.setPointerCapture(event.pointerId);
  const follow = ({ clientX }) => {
    isMoved ||= Math.abs(clientX - from) >= CLICK_PX;
    if (isMoved) move(pin, frameAt(clientX) - offset);
  };
  grip.addEventListener("pointermove", follow);
  grip.addEventListener("lostpointercapture", () => grip.removeEventListener("pointermove", follow), { once: true });
}

document.addEventListener("pointerdown", (event) => {
  const pin = within(event.target, "[data-pin-picture]")?.closest("[data-pin]");
  if (!pin || event.button) return;
  event.preventDefault(); // no picture is dragged out
  handle(pin).focus();
  drag(event, pin);
});
document.addEventListener("pointermove", (event) => {
  if (within(event.target, "[data-strip-at]") && event.pointerType === "mouse") point(frameAt(event.clientX));
});
document.addEventListener("pointerout", ({ target }) => within(target, "[data-strip-at]") && next() && showNext());

document.addEventListener("click", (event) => {
  const { target } = event;
  if (within(target, "[data-pin-out]")) return takeOut(target.closest("[data-pin]"));
  if (within(target, "[data-strip-back]")) return putBack();
  if (!within(target, "[data-strip-at]")) return;
  choose(null);
  if (event.detail) goTo(frameAt(event.clientX)); // from the keyboard it stands there already
  pick();
});

const isCarried = ({ types }) => types.includes("Files") || types.some((type) => type in CARRIED);
const over = (event) => within(event.target, "[data-strip-line]") ?? (event.target instanceof Element && event.target.closest("[data-strip]"));

// Before the slots, which take what is dropped anywhere else in the composer.
document.addEventListener("dragover", (event) => {
  strip()?.toggleAttribute("data-over", false);
  if (!isCarried(event.dataTransfer) || !over(event)) return;
  event.preventDefault();
  event.stopPropagation();
  for (const slot of document.querySelectorAll("[data-slot][data-over]")) slot.removeAttribute("data-over");
  strip().toggleAttribute("data-over", true);
  point(frameAt(event.clientX));
}, true);
document.addEventListener("drop", (event) => {
  strip()?.toggleAttribute("data-over", false);
  if (!isCarried(event.dataTransfer) || !over(event)) return;
  event.preventDefault();
  event.stopPropagation();
  drop(event.dataTransfer, frameAt(event.clientX));
}, true);

// --- keys and fields ----------------------------------------------------------------------------

function step(event, number, to) {
  const { key, shiftKey } = event;
  const by = STEPS[key] * (shiftKey && key.startsWith("Arrow") ? FPS : 1);
  const wanted = { Home: 0, End: last() }[key] ?? number + by;
  if (Number.isNaN(wanted)) return false;
  event.preventDefault();
  to(wanted);
  return true;
}

document.addEventListener("keydown", (event) => {
  const { key, ctrlKey, metaKey, altKey, target } = event;
  if (!within(target, "*")) return;
  if ((ctrlKey || metaKey) && key === "z" && taken && !target.matches("input")) {
    event.preventDefault();
    return putBack();
  }
  if (ctrlKey || metaKey || altKey) return;
  const pin = target.closest("[data-pin]");
  if (target.matches("[data-pin-picture]")) {
    if (key === "Delete" || key === "Backspace") {
      event.preventDefault();
      return takeOut(pin);
    }
    step(event, numberOf(field(pin)) ?? 0, (number) => move(pin, number));
  } else if (target.matches("[data-strip-at]")) {
    step(event, clamp(numberOf(next()) ?? 0), goTo);
  } else if (target.matches(".pin__number") && key === "Enter") {
    event.preventDefault(); // it would send the order
    pin ? handle(pin).focus() : pick();
  }
});

document.addEventListener("focusin", ({ target }) => {
  const pin = within(target, "[data-pin]");
  if (pin) choose(pin);
  else if (within(target, "[data-strip-at]")) choose(null);
});

document.addEventListener("input", ({ target }) => {
  if (!within(target, ".pin__number")) return;
  const pin = target.closest("[data-pin]");
  if (!pin) return showNext();
  showPin(pin);
  judge();
});
document.addEventListener("change", ({ target }) => {
  if (!strip()) return;
  if (target.matches("[data-pin-file]") && target.files.length && !waiting.length) {
    waiting = [...target.files].map((file) => ({ file, number: clamp(numberOf(next()) ?? 0) }));
    return sendNext();
  }
  if (within(target, ".pin__number")) return target.closest("[data-pin]") && changed();
  if (target.name !== "duration_s" || !target.closest("[data-composer]")) return;
  strip().dataset.last = Number(target.value) * FPS;
  rule();
  pins().forEach(showPin);
  showNext();
  judge();
});

// --- the server ---------------------------------------------------------------------------------

// Sixty-four pictures are more than fits in an address.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (String(detail.parameters.put ?? "").startsWith("pin.")) adding = strip() && pins().map((pin) => pin.id);
  if (!strip() || detail.verb !== "get" || !detail.elt.matches("[data-quote]")) return;
  detail.verb = "post";
  detail.useUrlParams = false;
});
document.addEventListener("htmx:afterSwap", ready);
document.addEventListener("htmx:oobAfterSwap", ready);
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  ready();
  // What was refused is hidden until it is chosen.
  const wrong = detail.requestConfig?.elt.matches("[data-composer]") && strip()?.querySelector(".pin--wrong");
  if (wrong) {
    choose(wrong);
    field(wrong).focus();
  }
  if (!adding || detail.target.id !== "composer" || !strip()) return;
  const file = strip().querySelector("[data-pin-file]");
  if (file) file.value = "";
  const added = pins().find((pin) => !adding.includes(pin.id));
  adding = null;
  if (added) handle(added).focus();
  sendNext();
});
ready();
