// A mark on every join of the lane that is in sight: how far the picture jumps there. All joins in
// sight are asked for together; what needs looking into videos comes a few at a time.

import { cut, lanes } from "./cut.js";
import { scroller } from "./view.js";

const WAIT_MS = 300;
const MOST = 60;
const known = new Map();
const seen = new Set();
const watched = new WeakSet();
let due = 0;
let isAsking = false;

const nameOf = (clip, next) => [clip.src, clip.out, clip.join, next.src, next.in].join();
const nextOf = (clip) => cut.clips[clip.index + 1];
const isJudged = (clip) => Boolean(nextOf(clip)?.src && clip.src && clip.join === "cut");

const sight = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) isIntersecting ? seen.add(target.id) : seen.delete(target.id);
  later();
}, { root: scroller });

function mark() {
  for (const clip of cut.clips) {
    const found = isJudged(clip) && known.get(nameOf(clip, nextOf(clip)));
    const link = clip.element.querySelector(".clip__open");
    const words = found && found.score !== null ? `Into the next clip: ${found.words}, ${found.score} of 100` : "";
    if (words) {
      clip.element.dataset.seam = found.name;
      link.setAttribute("aria-description", words);
      clip.element.title = words;
    } else {
      delete clip.element.dataset.seam;
      link.removeAttribute("aria-description");
      clip.element.removeAttribute("title");
    }
  }
}

function later(ms = WAIT_MS) {
  clearTimeout(due);
  due = setTimeout(ask, ms);
}

async function ask() {
  if (isAsking || document.hidden) return;
  const wanted = cut.clips.filter((clip) => seen.has(clip.element.id) && isJudged(clip) && !known.has(nameOf(clip, nextOf(clip)))).slice(0, MOST);
  if (!wanted.length) return;
  const names = new Map(wanted.map((clip) => [clip.key, nameOf(clip, nextOf(clip))]));
  const query = new URLSearchParams(wanted.map(({ key }) => ["clip", key]));
  isAsking = true;
  let more = 0;
  try {
    const answer = await fetch(`${document.getElementById("growing").dataset.seams}?${query}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { seams, later: left } = await answer.json();
    for (const [key, seam] of Object.entries(seams)) known.set(names.get(key), seam);
    more = left.length;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // the line is down: it is asked again on the next change
  } finally {
    isAsking = false;
  }
  mark();
  if (more) later(50);
}

document.addEventListener("cut", () => {
  for (const { element } of cut.clips) {
    if (watched.has(element)) continue;
    watched.add(element);
    sight.observe(element);
  }
  for (const id of [...seen]) if (!lanes().querySelector(`#${id}`)) seen.delete(id);
  mark();
  later();
});
document.addEventListener("visibilitychange", () => later());
