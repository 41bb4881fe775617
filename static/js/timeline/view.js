// How the lanes lie on the screen: every clip at its place and as wide as it is long, the ruler, the
// playhead, and zooming. Only this writes places and widths; the policy allows no styles in the page.

import { FPS, cut, timecode } from "./cut.js";
import { player } from "./player.js";

const WIDEST = 24; // pixels a frame
const STEPS = [1, 2, 6, 12, 24, 48, 120, 240, 480, 720, 1440, 2880, 7200, 14400, 43200];
const GAP = 84; // between two numbers of the ruler

const scroller = document.querySelector("[data-scroll]");
const inside = document.querySelector("[data-inside]");
const ruler = document.querySelector("[data-ruler]");
const playhead = document.querySelector("[data-playhead]");
const range = document.querySelector("[data-range]");

export const view = { scale: 0, gutter: 0, width: 0, left: 0, isFitted: true, snaps: true };

export const x = (frame) => view.gutter + frame * view.scale;
export const frameAt = (clientX) => (clientX - view.box.left + view.left - view.gutter) / view.scale;

function measure() {
  view.box = scroller.getBoundingClientRect();
  view.width = scroller.clientWidth;
  view.left = scroller.scrollLeft;
  view.gutter = parseFloat(getComputedStyle(inside.querySelector(".lane")).paddingLeft);
}

const fitting = () => Math.min(Math.max((view.width - view.gutter - 64) / Math.max(cut.frames, 10 * FPS), 0.002), WIDEST);

export function lay() {
  if (view.isFitted || !view.scale) view.scale = fitting();
  const width = Math.max(x(cut.frames) + view.width * 0.3, view.width);
  inside.style.width = `${view.isFitted ? view.width : width}px`;
  for (const { element, begins, frames, overlap } of cut.clips) {
    if (overlap) element.querySelector("[data-join-mark]").style.right = `${overlap * view.scale + 2}px`; // not beneath the next
    element.style.left = `${begins * view.scale}px`;
    element.style.width = `${Math.max(frames * view.scale - 2, 2)}px`;
  }
  move();
  drawSoon();
  document.dispatchEvent(new CustomEvent("laid"));
}

let styles = null; // asked for once: asking makes the browser work out the whole page's
function looks() {
  const found = getComputedStyle(ruler);
  return { font: found.fontFamily, line: found.getPropertyValue("--line-strong"), ink: found.getPropertyValue("--ink-3") };
}

function draw() {
  const ratio = devicePixelRatio || 1;
  const height = 26;
  if (ruler.width !== Math.round(view.width * ratio) || ruler.height !== height * ratio) {
    Object.assign(ruler, { width: Math.round(view.width * ratio), height: height * ratio });
    ruler.style.width = `${view.width}px`;
  }
  const pen = ruler.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, view.width, height);
  styles ??= looks();
  pen.font = `11px ${styles.font}`;
  const step = STEPS.find((frames) => frames * view.scale >= GAP) ?? STEPS.at(-1);
  const begin = Math.max(Math.floor((view.left - view.gutter) / view.scale / step) * step, 0);
  const last = (view.left + view.width) / view.scale;
  for (let frame = begin; frame <= last; frame += step) {
    const at = Math.round(x(frame) - view.left) + 0.5;
    pen.fillStyle = styles.line;
    pen.fillRect(at, 6, 1, height - 6);
    pen.fillStyle = styles.ink;
    pen.fillText(numberOf(frame, step), at + 5, 17);
  }
}

function numberOf(frame, step) {
  const [hours, minutes, seconds, frames] = timecode(frame).split(":");
  const clock = `${Number(hours) ? `${Number(hours)}:${minutes}` : Number(minutes)}:${seconds}`;
  return step < FPS ? `${clock}:${frames}` : clock;
}

export function move() {
  playhead.style.transform = `translateX(${x(player.at)}px)`;
  const { from, to } = player.range;
  range.hidden = from === null && to === null;
  if (range.hidden) return;
  range.style.transform = `translateX(${x(from ?? 0)}px)`;
  range.style.width = `${((to ?? cut.frames) - (from ?? 0)) * view.scale}px`;
}

// Keeps the playhead in sight while it moves.
export function follow() {
  const at = x(player.at) - view.left;
  if (at < view.gutter || at > view.width - 24) scroller.scrollLeft = Math.max(x(player.at) - view.gutter - view.width * 0.1, 0);
}

export function reveal(clip) {
  const [from, to] = [x(clip.begins), x(clip.ends)];
  if (from < view.left + view.gutter) scroller.scrollLeft = from - view.gutter - 16;
  else if (to > view.left + view.width) scroller.scrollLeft = Math.min(to - view.width + 32, from - view.gutter - 16);
}

export function zoom(factor) {
  const held = x(player.at) - view.left;
  const seen = held > view.gutter && held < view.width ? held : view.width / 2;
  const frame = (view.left + seen - view.gutter) / view.scale;
  view.isFitted = factor < 1 && view.scale * factor <= fitting();
  view.scale = Math.min(Math.max(view.scale * factor, fitting()), WIDEST);
  lay();
  scroller.scrollLeft = x(frame) - seen;
  view.left = scroller.scrollLeft; // its event is late for who zooms twice
}

export function fit() {
  view.isFitted = true;
  scroller.scrollLeft = 0;
  lay();
}

// The nearest of some frames within a few pixels, else the frame itself.
export function snap(frame, places) {
  if (!view.snaps) return Math.round(frame);
  const near = places.filter((place) => place !== null && Math.abs(place - frame) * view.scale <= 8);
  near.sort((a, b) => Math.abs(a - frame) - Math.abs(b - frame));
  return Math.round(near[0] ?? frame);
}

// A clip that is wider than its picture shows it again and again.
function tile(picture) {
  const clip = picture.closest("[data-clip]");
  const image = `url("${picture.currentSrc || picture.src}")`;
  if (clip && clip.style.backgroundImage !== image) clip.style.backgroundImage = image;
}
inside.addEventListener("load", ({ target }) => target.matches(".clip__picture") && tile(target), true);

// With the frame that shows it: letters on a canvas make the browser work out the page's styles.
let drawing = 0;
function drawSoon() {
  drawing ||= requestAnimationFrame(() => ((drawing = 0), draw()));
}

scroller.addEventListener("scroll", () => {
  view.left = scroller.scrollLeft;
  drawSoon();
}, { passive: true });
new ResizeObserver(() => {
  measure();
  lay();
}).observe(scroller);
addEventListener("scroll", () => (view.box = scroller.getBoundingClientRect()), { passive: true });
document.addEventListener("cut", () => {
  if (!view.width) measure();
  lay();
  for (const picture of inside.querySelectorAll(".clip__picture")) if (picture.complete && picture.naturalWidth) tile(picture);
});

export { scroller };
