// What is pinned is moved, taken out, and put back.

import { at, choose, clamp, field, handle, judge, makeRoom, pins, showPin, strip } from "./line.js";

const PAUSE_MS = 300;
let timer = null;
let taken = null; // what was taken out last, and what stood behind it

export const isTaken = () => Boolean(taken);
export const forget = () => (taken = null); // what comes from the server is without

// The draft hears of it, and the price.
export function changed() {
  judge();
  clearTimeout(timer);
  timer = setTimeout(() => strip() && htmx.trigger(document.getElementById("options"), "change"), PAUSE_MS);
  strip().dispatchEvent(new Event("input", { bubbles: true }));
}

export function move(pin, number) {
  field(pin).value = clamp(number);
  showPin(pin);
  changed();
}

export function takeOut(pin) {
  const others = pins();
  const beside = others[others.indexOf(pin) + 1] ?? others[others.indexOf(pin) - 1];
  taken = { pin, before: pin.nextElementSibling };
  const words = `The picture at frame ${field(pin).value} is out.`;
  pin.remove();
  choose(null);
  makeRoom();
  const undo = strip().querySelector("[data-strip-undo]");
  undo.hidden = false;
  undo.querySelector("[data-strip-undo-words]").textContent = words;
  (beside ? handle(beside) : at()).focus();
  changed();
}

export function putBack() {
  if (!taken) return;
  const { pin, before } = taken;
  strip().querySelector(".strip__pins").insertBefore(pin, before?.isConnected ? before : null);
  taken = null;
  strip().querySelector("[data-strip-undo]").hidden = true;
  showPin(pin);
  makeRoom();
  handle(pin).focus();
  changed();
}
