// Trims by the handles of the chosen clip: the stage shows the frame where it would begin or end. The
// arrow keys on a handle move it by a frame, with Shift by ten.

import { one } from "./choosing.js";
import { clipBy, cut, say, timecode, typed } from "./cut.js";
import { peek, player, unpeek } from "./player.js";
import { hold, letGo, save } from "./saving.js";
import * as veil from "./veil.js";
import { lay as layAll, snap, view, x } from "./view.js";

const SAVE_AFTER_MS = 500;
const NARROWEST = 44; // pixels: the handles would cover all of a clip by which it is dragged
const handles = [...document.querySelectorAll("[data-handle]")];
let trim = null; // what is being done: the clip, its edge and its points
let saving = 0;

function lay() {
  const clip = trim?.clip ?? one();
  for (const each of handles) {
    each.hidden = !clip;
    if (!clip) continue;
    each.toggleAttribute("data-narrow", !trim && clip.frames * view.scale < NARROWEST);
    const { dataset: { handle: edge } } = each;
    const points = trim ?? clip;
    each.style.transform = `translateX(${x(edge === "in" ? clip.begins : clip.begins + points.out - points.in) - (edge === "in" ? 0 : 14)}px)`;
    each.setAttribute("aria-valuemin", edge === "in" ? 0 : points.in + 1);
    each.setAttribute("aria-valuemax", edge === "in" ? points.out - 1 : clip.most);
    each.setAttribute("aria-valuenow", points[edge]);
    each.setAttribute("aria-valuetext", timecode(points[edge]));
  }
}

function begin(clip, edge) {
  if (trim?.clip.key === clip.key && trim.edge === edge) return;
  trim = { clip, edge, in: clip.in, out: clip.out };
  hold(handles);
}

// What comes behind moves along, by transforms alone.
function show() {
  const { clip, edge } = trim;
  const frames = trim.out - trim.in;
  clip.element.style.width = `${Math.max(frames * view.scale - 2, 2)}px`;
  const by = (frames - clip.frames) * view.scale;
  for (const { element } of cut.clips.slice(clip.index + 1)) element.style.transform = by ? `translateX(${by}px)` : "";
  const frame = edge === "in" ? trim.in : trim.out - 1;
  peek(clip, frame, `${edge === "in" ? "In" : "Out"} ${timecode(trim[edge])}, ${timecode(frames)} long`);
  write(trim);
  lay();
}

function write(points) {
  for (const point of ["in", "out"]) {
    const field = document.querySelector(`[data-inspector] [data-point=${point}]`);
    if (field) field.value = field.defaultValue = typed(points[point]);
  }
}

function set(frame) {
  const { clip, edge } = trim;
  const most = clip.isCard ? Infinity : clip.most;
  const bounds = edge === "in" ? [0, trim.out - 1] : [trim.in + 1, most];
  const held = Math.min(Math.max(Math.round(frame), bounds[0]), bounds[1]);
  if (held === trim[edge]) return;
  trim[edge] = held;
  show();
}

async function finish() {
  clearTimeout(saving);
  if (!trim) return;
  const { clip, in: from, out } = trim;
  const isChanged = from !== clip.in || out !== clip.out;
  trim = null;
  letGo(handles);
  if (isChanged && clipBy(clip.key)) await save("trim/", { clip: [clip.key], in: from, out });
  settle();
}

function cancel() {
  clearTimeout(saving);
  write(trim.clip);
  trim = null;
  letGo(handles);
  settle();
}

function settle() {
  for (const { element } of cut.clips) element.style.transform = "";
  layAll();
  unpeek();
}

// --- pointer ----------------------------------------------------------------------------------------

function drag(event, edge) {
  const clip = one();
  if (!clip) return;
  event.preventDefault();
  begin(clip, edge);
  const { currentTarget: held, clientX: from } = event;
  const [start, left] = [trim[edge], view.left];
  held.setPointerCapture(event.pointerId);
  veil.draw("resizing");
  let asked = start;
  let drawing = 0;
  const move = ({ clientX }) => {
    asked = start + (clientX - from + view.left - left) / view.scale;
    drawing ||= requestAnimationFrame(() => {
      drawing = 0;
      if (!trim) return;
      // The end snaps to where the playhead is.
      const here = trim.in + player.at - clip.begins;
      set(edge === "out" ? snap(asked, [here, clip.most]) : snap(asked, [clip.in + player.at - clip.begins, 0]));
    });
  };
  const listeners = [[held, "pointermove", move], [held, "pointerup", drop], [held, "pointercancel", giveUp], [document, "keydown", escape]];
  function end() {
    veil.lift();
    for (const [on, name, does] of listeners) on.removeEventListener(name, does, true);
    cancelAnimationFrame(drawing);
    drawing = 0;
  }
  function drop() {
    end();
    finish();
  }
  function giveUp() {
    end();
    cancel();
  }
  function escape(pressed) {
    if (pressed.key !== "Escape") return;
    pressed.preventDefault();
    pressed.stopPropagation();
    giveUp();
  }
  for (const [on, name, does] of listeners) on.addEventListener(name, does, true);
}

// --- keys -------------------------------------------------------------------------------------------

function press(event, edge) {
  const clip = trim?.clip ?? one();
  const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
  if (event.key === "Escape" && trim) {
    event.preventDefault();
    event.stopPropagation();
    return cancel();
  }
  if (!clip || event.altKey || event.ctrlKey || event.metaKey || !(by || event.key === "Enter")) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.key === "Enter") return finish();
  if (trim && trim.edge !== edge) finish();
  begin(clip, edge);
  set(trim[edge] + by * (event.shiftKey ? 10 : 1));
  clearTimeout(saving);
  saving = setTimeout(finish, SAVE_AFTER_MS);
}

for (const each of handles) {
  const { dataset: { handle: edge } } = each;
  each.addEventListener("pointerdown", (event) => event.button || drag(event, edge));
  each.addEventListener("keydown", (event) => press(event, edge));
  each.addEventListener("focus", () => one() && !trim && say(`${edge === "in" ? "In" : "Out"} point of clip ${one().index + 1}`));
  each.addEventListener("blur", () => trim && saving && finish());
}
for (const event of ["laid", "chosen"]) document.addEventListener(event, lay);

// In the fields of the inspector the stage shows the frame that is written there.
document.addEventListener("focusin", ({ target }) => {
  const clip = target.matches?.("[data-point]") && one();
  if (clip) peek(clip, target.dataset.point === "in" ? clip.in : clip.out - 1, target.dataset.point === "in" ? "In" : "Out");
});
document.addEventListener("focusout", ({ target }) => target.matches?.("[data-point]") && unpeek());

