// The strip: pictures that are pinned to frames of the clip. They are dropped, dragged, moved with
// the arrow keys, taken out and put back; a press on an empty place chooses one for it. Loaded where
// there is a strip; without this script each pin is a row with a number.

import { added, CARRIED, drop, goTo, pick, upload } from "./adding.js";
import { changed, forget, isTaken, move, putBack, takeOut } from "./changing.js";
import { at, choose, chooseAgain, clamp, field, FPS, handle, judge, last, makeRoom, next, numberOf, pins, point, rule, showNext, showPin, strip, within } from "./line.js";

const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -FPS, PageUp: FPS };
const CLICK_PX = 3;

// Without this script these go to the server; htmx would go there too with the next order.
function takeOver() {
  for (const button of strip().querySelectorAll("[data-pin-out], [data-strip-back]")) {
    button.type = "button";
    for (const name of ["name", "formaction", "formenctype"]) button.removeAttribute(name);
  }
}

function ready() {
  if (!strip() || strip().hasAttribute("data-ready")) return;
  strip().setAttribute("data-ready", "");
  forget();
  makeRoom();
  rule();
  pins().forEach(showPin);
  showNext();
  takeOver();
  chooseAgain();
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
  if ((ctrlKey || metaKey) && key === "z" && isTaken() && !target.matches("input")) {
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
  } else if (target.matches("[data-pin-of]") && key === "Enter") {
    event.preventDefault();
    pin.querySelector("[data-pin-choose]").click();
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
  if (target.matches("[data-pin-file]") && target.files.length) return upload([...target.files], clamp(numberOf(next()) ?? 0));
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
  if (detail.target?.id === "composer") added();
});
ready();
