// Drags clips to another place, and takes from the bin to theirs. While one drags, only transforms
// change: the lanes are laid anew when the server has answered.

import { ask, choose, chooseUpTo, chosen, toggle } from "./choosing.js";
import { clipBy, cut } from "./cut.js";
import { player, seek } from "./player.js";
import { hold, letGo, save } from "./saving.js";
import * as veil from "./veil.js";
import { frameAt, scroller, snap, view, x } from "./view.js";

const FAR_ENOUGH = 5; // pixels
const EDGE = 48; // from here on the lanes scroll along

const marker = document.querySelector("[data-insert]");
let drag = null;

// Before which clip something would come in.
function placeAt(frame) {
  const place = cut.clips.findIndex(({ begins, frames }) => frame < begins + frames / 2);
  return place < 0 ? cut.clips.length : place;
}

export function mark(place) {
  marker.hidden = place === null;
  if (place === null) return;
  const clip = cut.clips[place];
  marker.style.transform = `translateX(${x(clip ? clip.begins : cut.frames) - 2}px)`;
}

const isOverLanes = ({ x: left, y: top }) => {
  const { left: from, right, top: above, bottom } = view.box;
  return left >= from && left <= right && top >= above && top <= bottom;
};

function begin(event, what) {
  drag = { ...what, startX: event.clientX, startY: event.clientY, x: event.clientX, y: event.clientY, startLeft: view.left, isMoving: false, place: null };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", cancel);
  document.addEventListener("keydown", escape, true);
}

function move(event) {
  Object.assign(drag, { x: event.clientX, y: event.clientY });
  if (!drag.isMoving) {
    if (Math.hypot(drag.x - drag.startX, drag.y - drag.startY) < FAR_ENOUGH) return;
    drag.isMoving = true;
    veil.draw("grabbing");
    hold(drag);
    drag.lift();
    requestAnimationFrame(frame);
  }
}

function frame() {
  if (!drag?.isMoving) return;
  const { left, right } = view.box;
  const isOver = isOverLanes(drag);
  if (isOver && drag.x > right - EDGE) scroller.scrollLeft += 14;
  if (isOver && drag.x < left + EDGE + view.gutter) scroller.scrollLeft -= 14;
  drag.carry();
  drag.place = isOver ? placeAt(frameAt(drag.x)) : null;
  mark(drag.place);
  requestAnimationFrame(frame);
}

function end() {
  const ended = drag;
  drag = null;
  for (const [name, does] of [["pointermove", move], ["pointerup", drop], ["pointercancel", cancel]]) document.removeEventListener(name, does);
  document.removeEventListener("keydown", escape, true);
  veil.lift();
  mark(null);
  letGo(ended);
  return ended;
}

async function drop() {
  const ended = end();
  if (!ended.isMoving) return;
  // The click that follows is of the drag.
  const swallow = (event) => (event.preventDefault(), event.stopPropagation());
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, true));
  if (ended.place !== null) await ended.done(ended.place);
  ended.settle();
}

function cancel() {
  const ended = end();
  if (ended.isMoving) ended.settle();
}

function escape(event) {
  if (event.key !== "Escape") return;
  event.preventDefault();
  event.stopPropagation();
  cancel();
}

// --- clips ------------------------------------------------------------------------------------------

function clips(key) {
  if (!chosen.has(key)) choose([key], { isSilent: true });
  const moved = cut.clips.filter((clip) => chosen.has(clip.key)).map(({ element }) => element);
  return {
    lift: () => moved.forEach((element) => element.toggleAttribute("data-lifted", true)),
    carry() {
      const by = this.x - this.startX + view.left - this.startLeft;
      for (const element of moved) element.style.transform = `translateX(${by}px)`;
    },
    done: (place) => {
      const places = [...chosen].map((each) => clipBy(each)?.index);
      const isSame = places.every((each) => each !== undefined) && Math.max(...places) - Math.min(...places) === places.length - 1 && place >= Math.min(...places) && place <= Math.max(...places) + 1;
      return isSame ? null : save("move/", { place });
    },
    settle: () => {
      for (const element of moved) {
        element.removeAttribute("data-lifted");
        element.style.transform = "";
      }
      ask();
    },
  };
}

document.addEventListener("pointerdown", (event) => {
  const element = event.target.closest?.("[data-clip]");
  if (!element || event.button || !cut.mayCut || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  // A finger scrolls, until it holds a clip that is chosen.
  if (event.pointerType === "touch" && !chosen.has(element.dataset.clip)) return;
  const { clip: key } = element.dataset;
  begin(event, {
    lift() {
      Object.assign(this, clips(key));
      this.lift();
    },
  });
});
document.addEventListener("dragstart", (event) => event.target.closest?.("[data-clip], [data-bin-take]") && event.preventDefault());

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".clip__open");
  if (!link || event.defaultPrevented) return;
  event.preventDefault();
  const { clip: key } = link.closest("[data-clip]").dataset;
  if (event.ctrlKey || event.metaKey) toggle(key);
  else if (event.shiftKey) chooseUpTo(key);
  else choose([key]);
});

// --- the bin ----------------------------------------------------------------------------------------

document.addEventListener("pointerdown", (event) => {
  const item = event.target.closest?.("[data-bin-take]");
  if (!item || event.button || event.pointerType === "touch" || event.target.closest("a, button")) return;
  const { binTake: take } = item.dataset;
  let ghost = null;
  begin(event, {
    lift() {
      const { width } = item.getBoundingClientRect();
      ghost = item.cloneNode(true);
      ghost.className = "ghost";
      ghost.removeAttribute("data-bin-take");
      ghost.style.width = `${width}px`;
      document.body.append(ghost);
    },
    carry() {
      ghost.style.transform = `translate(${this.x + 8}px, ${this.y + 8}px)`;
    },
    done: (place) => save("add/", { take, place }),
    settle: () => ghost.remove(),
  });
});

// --- the ruler --------------------------------------------------------------------------------------

function scrub(event) {
  const cuts = [...cut.clips.map(({ begins }) => begins), player.range.from, player.range.to];
  seek(snap(Math.max(frameAt(event.clientX), 0), event.altKey ? [] : cuts));
}

document.querySelector("[data-inside]").addEventListener("pointerdown", (event) => {
  const isEmpty = event.target.matches("[data-inside], [data-ruler], .lane, [data-clips], [data-lanes]");
  if (!isEmpty || event.button || (event.pointerType === "touch" && !event.target.matches("[data-ruler]"))) return;
  if (!event.target.matches("[data-ruler]") && event.clientY > view.box.bottom - 14) return; // the scroll bar
  event.preventDefault();
  const { currentTarget } = event;
  currentTarget.setPointerCapture(event.pointerId);
  veil.draw("resizing");
  scrub(event);
  const end = () => {
    veil.lift();
    currentTarget.removeEventListener("pointermove", scrub);
    for (const name of ["pointerup", "pointercancel"]) currentTarget.removeEventListener(name, end);
  };
  currentTarget.addEventListener("pointermove", scrub);
  for (const name of ["pointerup", "pointercancel"]) currentTarget.addEventListener(name, end);
});

