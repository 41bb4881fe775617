// A picture is pinned: one of the project, which the server puts in, or files, which go up one after
// the other.

import { problem } from "../slot.js";
import { clamp, FPS, handle, isFull, last, next, pins, showNext, strip } from "./line.js";

export const CARRIED = { "application/x-dailies-take": "take", "application/x-dailies-still": "still" };

let adding = null; // the pins that were there before
let waiting = []; // files that go up one after the other

export function goTo(number) {
  next().value = clamp(number);
  showNext();
}

export const pick = () => strip().querySelector("[data-strip-picks]").click();

function tell(words) {
  document.getElementById("keyframes-error").textContent = words;
}

function send(file, number) {
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
  if (!isFull() && first.number <= last()) return send(first.file, first.number);
  const left = [first, ...others].map(({ file }) => file.name);
  waiting = [];
  tell(`There is no room for ${left.slice(0, 3).join(", ")}${left.length > 3 ? ` and ${left.length - 3} more` : ""}.`);
}

export function drop(transfer, number) {
  const type = Object.keys(CARRIED).find((each) => transfer.getData(each));
  if (isFull()) return tell("No more can be pinned. Take one out first.");
  if (type) {
    goTo(number);
    const button = document.querySelector("[data-put-still]");
    button.value = `pin.${CARRIED[type]}.${transfer.getData(type)}`;
    return button.click();
  }
  upload([...transfer.files], number);
}

// Several are pinned a second apart; none of them, where one isn't a picture.
export function upload(files, number) {
  const slot = document.querySelector("[data-slot]");
  const words = files.map((file) => problem(slot, file)).find(Boolean);
  if (words) {
    strip().querySelector("[data-pin-file]").value = ""; // or the order would bring it along
    return tell(words);
  }
  waiting.push(...files.map((file, place) => ({ file, number: number + place * FPS })));
  if (!adding) sendNext();
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const put = String(detail.parameters.put ?? "");
  // One that shows another picture is as a new one.
  if (put.startsWith("pin")) adding = strip() && pins().map((pin) => pin.id).filter((id) => id !== put.split(".")[0]);
});

// What couldn't be sent is said by the page.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!adding || !detail.failed) return;
  adding = null;
  waiting = [];
});

// Once a picture is there it has the focus, and the next file goes up.
export function added() {
  if (!adding || !strip()) return;
  strip().querySelector("[data-pin-file]").value = "";
  const pin = pins().find((each) => !adding.includes(each.id));
  adding = null;
  if (pin) handle(pin).focus();
  sendNext();
}
