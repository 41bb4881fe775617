// The line of frames: what stands on it, and where. See main.js.

export const FPS = 24;

export const strip = () => document.querySelector("[data-strip]");
export const within = (target, what) => (target instanceof Element ? target.closest(`[data-strip] ${what}`) : null);
export const last = () => Number(strip().dataset.last);
export const pins = () => [...strip().querySelectorAll("[data-pin]")];
export const field = (pin) => pin.querySelector(".pin__number");
export const handle = (pin) => pin.querySelector("[data-pin-picture]");
export const at = () => strip().querySelector("[data-strip-at]");
export const next = () => document.getElementById("pin-at");
export const isFull = () => strip().hasAttribute("data-full");
export const numberOf = (input) => (input && /^\d+$/.test(input.value.trim()) ? Number(input.value) : null);
export const clamp = (number) => Math.min(Math.max(Math.round(number), 0), last());
export const seconds = (number) => (number === null ? "" : `${(number / FPS).toFixed(2)} s`);
const said = (number) => `Frame ${number}, ${seconds(number)}`;

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

export function showPin(pin) {
  const number = numberOf(field(pin));
  stand(`#${pin.id}`, number);
  asSlider(handle(pin), number, "Pinned picture");
  pin.querySelector("[data-seconds]").textContent = seconds(number);
  pin.querySelector("[data-pin-out]").setAttribute("aria-label", `Take the picture at frame ${number ?? "?"} out`);
}

// What two share or lies outside is marked at once; the words come with the price.
export function judge() {
  const numbers = pins().map((pin) => numberOf(field(pin)));
  pins().forEach((pin, place) => {
    const number = numbers[place];
    const isWrong = number === null || number > last() || numbers.filter((each) => each === number).length > 1;
    pin.classList.toggle("pin--wrong", isWrong);
    for (const [name, value] of [["aria-invalid", "true"], ["aria-describedby", "keyframes-error"]]) isWrong ? field(pin).setAttribute(name, value) : field(pin).removeAttribute(name);
  });
}

export function point(number) {
  stand(".strip__at", number);
  at().dataset.says = `${number} · ${seconds(number)}`;
}

export function showNext() {
  if (!next()) return;
  const number = clamp(numberOf(next()) ?? 0);
  point(number);
  asSlider(at(), number, "Frame to pin a picture at. Enter chooses one");
  strip().querySelector(".strip__add [data-seconds]").textContent = seconds(number);
}

export function rule() {
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

// The one that is chosen shows its fields.
let chosen = "";

export function choose(pin) {
  chosen = pin?.id ?? "";
  for (const each of pins()) each.toggleAttribute("data-chosen", each === pin);
}

export const chooseAgain = () => choose(document.getElementById(chosen));

// As long as there is room the line is one place to press.
export function makeRoom() {
  strip().toggleAttribute("data-full", pins().length >= Number(strip().dataset.most));
  at().hidden = isFull();
}
