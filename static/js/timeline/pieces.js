// Titles and sounds on their lanes: chosen, dragged along, trimmed at their edges, drawn and nudged
// by keys. What is chosen is shown by the inspector, as a clip is.

import * as asking from "./asking.js";
import { cut, lanes, say, timecode } from "./cut.js";
import { choose, inspector } from "./choosing.js";
import { player, seek } from "./player.js";
import { hold, letGo, save } from "./saving.js";
import { snap, view } from "./view.js";

const FAR_ENOUGH = 4; // pixels

export const pieces = [];
let chosen = ""; // the server says which, with every answer
let drag = null;

const pieceBy = (key) => pieces.find((piece) => piece.key === key);

function pieceOf(element) {
  const { piece: key, at, frames, words, moreWords, stands, role, in: from, most, gain, fadeIn, fadeOut, src = "", peaks = "" } = element.dataset;
  const [begins, long] = [Number(at), Number(frames)];
  return {
    key, element, begins, frames: long, ends: begins + long, words, moreWords, stands, role, src, peaks,
    in: Number(from ?? 0), most: Number(most ?? 0), gain: Number(gain ?? 0), fadeIn: Number(fadeIn ?? 0), fadeOut: Number(fadeOut ?? 0),
    link: element.querySelector(".piece__open"),
  };
}

function read() {
  const found = [...lanes().querySelectorAll("[data-piece]")].map(pieceOf);
  pieces.splice(0, pieces.length, ...found);
  chosen = document.querySelector("[data-piece-chosen]")?.value ?? "";
  show();
  if (view.scale) lay();
}

function show() {
  for (const { key, element, link } of pieces) {
    element.toggleAttribute("data-chosen", key === chosen);
    link.setAttribute("role", "button");
    link.setAttribute("aria-pressed", String(key === chosen));
  }
}

function lay() {
  for (const { element, begins, frames } of pieces) {
    element.style.left = `${begins * view.scale}px`;
    element.style.width = `${Math.max(frames * view.scale, 3)}px`;
  }
  for (const piece of pieces) if (piece.peaks) draw(piece);
}

// --- the waveform: a byte for each frame of the file, fetched once for each sound ------------------

const known = new Map();
const colours = new Map(); // by what a sound is: asking makes the browser work out the page's styles

function colourOf(role, canvas) {
  if (!colours.has(role)) colours.set(role, getComputedStyle(canvas).color);
  return colours.get(role);
}

async function peaksOf(url) {
  if (!known.has(url)) known.set(url, fetch(url).then((answer) => (answer.ok ? answer.json() : { peaks: [] })).catch(() => ({ peaks: [] })));
  return (await known.get(url)).peaks;
}

async function draw(piece) {
  const canvas = piece.element.querySelector("[data-wave]");
  const peaks = await peaksOf(piece.peaks);
  const width = Math.min(Math.max(Math.round(piece.frames * view.scale), 3), 4000);
  const look = `${width} ${piece.in} ${piece.frames}`;
  if (canvas.dataset.drawn === look || !peaks.length) return;
  canvas.dataset.drawn = look;
  const height = 44;
  const colour = colourOf(piece.role, canvas);
  Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  pen.fillStyle = colour;
  for (let at = 0; at < width; at += 3) {
    const from = piece.in + Math.floor((at / width) * piece.frames);
    const to = Math.max(piece.in + Math.floor(((at + 3) / width) * piece.frames), from + 1);
    const tall = Math.max((Math.max(0, ...peaks.slice(from, to)) / 255) * height, 1);
    pen.fillRect(at, (height - tall) / 2, 2, tall);
  }
}

// --- choosing ---------------------------------------------------------------------------------------

function now(key) {
  chosen = key;
  const said = document.querySelector("[data-piece-chosen]");
  if (said) said.value = key; // that of the server may be read again before it has answered
}

export const picked = () => pieceBy(chosen);

export function unpick() {
  now("");
  show();
}

function pick(key) {
  now(key);
  choose([], { isSilent: true });
  show();
  asking.show(inspector(), "GET", `${cut.base}inspect/?clip=${key}`);
}

function change(piece, verb, values) {
  chosen = piece.key;
  return save(`pieces/${verb}/`, { piece: piece.key, ...values });
}

document.addEventListener("click", (event) => {
  const element = event.target.closest?.("[data-piece]");
  if (element && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    pick(element.dataset.piece);
  }
});
document.addEventListener("chosen", () => {
  if (document.querySelector("[data-clip][data-chosen]")) unpick();
});
// A refresh shows what is chosen anew, and not the sequence instead.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (chosen && detail.elt.matches("[data-live]")) detail.parameters.clip = [...[detail.parameters.clip ?? []].flat(), chosen];
});

document.addEventListener("keydown", (event) => {
  const piece = pieceBy(event.target.closest?.("[data-piece]")?.dataset.piece);
  if (!piece || !cut.mayCut || event.ctrlKey || event.metaKey) return;
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step && event.altKey) nudge(piece, step * (event.shiftKey ? 24 : 1));
  else if (event.key === "Delete" || event.key === "Backspace") remove(piece);
  else return;
  event.preventDefault();
}, true);

function nudge(piece, by) {
  const at = Math.max(piece.begins + by, 0);
  change(piece, "shift", { at }).then(() => {
    pieceBy(piece.key)?.link.focus({ preventScroll: true });
    say(`Begins at ${timecode(at)}`);
  });
}

export function remove(piece) {
  const next = pieces[pieces.indexOf(piece) + 1] ?? pieces[pieces.indexOf(piece) - 1];
  save("pieces/remove/", { piece: piece.key }).then(() => (pieceBy(next?.key)?.link ?? document.querySelector(".clip__open[tabindex='0']"))?.focus());
}

// --- dragging: the whole, or an edge --------------------------------------------------------------

const places = (piece) => [0, player.at, cut.frames, ...cut.clips.map(({ begins }) => begins), ...pieces.filter((each) => each !== piece).flatMap(({ begins, ends }) => [begins, ends])];

function goal() {
  const by = (drag.x - drag.startX + view.left - drag.startLeft) / view.scale;
  const { piece, edge } = drag;
  if (edge === "begins") return { begins: Math.min(Math.max(snap(piece.begins + by, places(piece)), 0), piece.ends - 1), ends: piece.ends };
  if (edge === "ends") return { begins: piece.begins, ends: Math.max(snap(piece.ends + by, places(piece)), piece.begins + 1) };
  const begins = Math.max(snap(piece.begins + by, places(piece)), 0);
  return { begins, ends: begins + piece.frames };
}

function carry() {
  if (!drag?.isMoving) return;
  const { begins, ends } = goal();
  const { element } = drag.piece;
  element.style.left = `${begins * view.scale}px`;
  element.style.width = `${Math.max((ends - begins) * view.scale, 3)}px`;
  requestAnimationFrame(carry);
}

function move(event) {
  drag.x = event.clientX;
  if (drag.isMoving || Math.abs(drag.x - drag.startX) < FAR_ENOUGH) return;
  drag.isMoving = true;
  hold(drag);
  drag.piece.element.toggleAttribute("data-lifted", true);
  requestAnimationFrame(carry);
}

function end() {
  for (const [name, does] of [["pointermove", move], ["pointerup", drop], ["pointercancel", cancel]]) document.removeEventListener(name, does);
  document.removeEventListener("keydown", escape, true);
  const ended = drag;
  drag = null;
  letGo(ended);
  ended.piece.element.removeAttribute("data-lifted");
  return ended;
}

function drop() {
  const { begins, ends } = goal();
  const { piece, edge, isMoving } = end();
  if (!isMoving) return;
  const swallow = (event) => (event.preventDefault(), event.stopPropagation());
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, true));
  if (begins === piece.begins && ends === piece.ends) return lay();
  const saved = edge ? change(piece, "reach", { begins, ends }) : change(piece, "shift", { at: begins });
  saved.then(lay);
}

function cancel() {
  end();
  lay();
}

function escape(event) {
  if (event.key !== "Escape") return;
  event.preventDefault();
  event.stopPropagation();
  cancel();
}

document.addEventListener("pointerdown", (event) => {
  const element = event.target.closest?.("[data-piece]");
  if (!element || event.button || !cut.mayCut) return;
  if (event.pointerType === "touch" && !element.hasAttribute("data-chosen")) return;
  const edge = event.target.closest("[data-edge]")?.dataset.edge ?? "";
  drag = { piece: pieceBy(element.dataset.piece), edge, startX: event.clientX, x: event.clientX, startLeft: view.left, isMoving: false };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", cancel);
  document.addEventListener("keydown", escape, true);
});

// --- what is added is added where the playhead is ---------------------------------------------------

document.addEventListener("submit", ({ target: form }) => {
  const at = form.querySelector("[data-playhead-at]");
  if (at) at.value = String(player.at);
}, true);

document.addEventListener("cut", read);
document.addEventListener("laid", lay);
document.addEventListener("dblclick", (event) => {
  const piece = pieceBy(event.target.closest?.("[data-piece]")?.dataset.piece);
  if (piece) seek(piece.begins);
});
