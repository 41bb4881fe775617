// What can be done, by name: a button's [data-do] and a key say which.

import { after, clipAt, clipBy, cut, say, timecode } from "./cut.js";
import { choose, chosen, focusOn, inspector, one } from "./choosing.js";
import { picked, remove, unpick } from "./pieces.js";
import * as player from "./player.js";
import { safe } from "./safe.js";
import { save } from "./saving.js";
import { fit, follow, move, reveal, view, zoom } from "./view.js";

const at = () => player.player.at;
const under = () => (cut.clips.length ? clipAt(at()) : null);
const keys = () => (chosen.size ? [...chosen] : under() ? [under().key] : []);
const places = () => keys().map((key) => clipBy(key).index);

function goTo(frame) {
  player.seek(frame);
  follow();
}

function trimAt(edge) {
  const inside = (clip) => clip && at() >= clip.begins && at() < clip.ends;
  const clip = inside(one()) ? one() : under();
  if (!clip) return;
  const frame = clip.in + at() - clip.begins;
  choose([clip.key], { isSilent: true });
  if (edge === "in") save("trim/", { in: frame, out: clip.out }).then(() => clipBy(clip.key) && goTo(clipBy(clip.key).begins));
  else save("trim/", { in: clip.in, out: frame + 1 });
}

// Earlier or later by one place, together with what else is chosen.
function shift(by) {
  if (!chosen.size && under()) choose([under().key], { isSilent: true });
  if (!chosen.size) return;
  const place = by < 0 ? Math.min(...places()) - 1 : Math.max(...places()) + 2;
  if (place < 0 || place > cut.clips.length) return say(by < 0 ? "It is the first already." : "It is the last already.");
  const moved = [...chosen];
  save("move/", { place }).then(() => {
    const clip = clipBy(moved[0]);
    if (clip) reveal(clip);
  });
}

function split() {
  const clip = at() > (one()?.begins ?? Infinity) && at() < one().ends ? one() : under();
  if (!clip) return;
  choose([clip.key], { isSilent: true });
  save("split/", { at: at() - clip.begins });
}

function mark(edge) {
  const { range } = player.player;
  range[edge] = edge === "from" ? at() : at() + 1;
  if (range.from !== null && range.to !== null && range.from >= range.to) range[edge === "from" ? "to" : "from"] = null;
  move();
  say(edge === "from" ? `Plays from ${timecode(at())}` : `Plays up to ${timecode(at())}`);
}

// To the cut before or behind, whose clip is chosen.
function edit(by) {
  const clip = under();
  if (!clip) return;
  const target = by > 0 ? after(clip) : at() > clip.begins ? clip : cut.clips[clip.index - 1];
  if (!target) return by > 0 ? goTo(cut.frames - 1) : undefined;
  goTo(target.begins);
  choose([target.key]);
  focusOn(target);
  reveal(target);
}

// Behind what is chosen; else at the cut that is nearest to the playhead.
export function place() {
  if (chosen.size) return Math.max(...places()) + 1;
  const clip = under();
  if (!clip) return 0;
  return at() - clip.begins < clip.frames / 2 ? clip.index : clip.index + 1;
}

export function add(take, where = place()) {
  return save("add/", { take, place: where }).then(() => one() && reveal(one()));
}

function removeChosen() {
  if (picked()) return remove(picked());
  if (!chosen.size) return say("Choose a clip to remove it.");
  save("remove/", {});
}

// The inspector shows the sequence again; a button of it that had the focus is gone then.
function chooseNone() {
  const left = picked()?.link ?? one()?.link ?? cut.clips[0]?.link;
  const hadFocus = inspector().contains(document.activeElement);
  unpick();
  choose([]);
  if (hadFocus) left?.focus({ preventScroll: true });
}

function swap() {
  const find = document.getElementById("bin-find");
  document.querySelector("[data-bin]").scrollIntoView({ block: "nearest" });
  find.focus();
  say("Choose the take to swap in.");
}

function snaps() {
  view.snaps = !view.snaps;
  document.querySelector("[data-do=snap]").setAttribute("aria-pressed", view.snaps);
  say(view.snaps ? "Snapping is on." : "Snapping is off.");
}

const press = (name) => document.querySelector(`#steps [data-do=${name}]`)?.click();

export const watching = {
  toggle: player.toggle,
  pause: player.pause,
  forwards: player.forwards,
  backwards: player.backwards,
  hush: player.hush,
  fullscreen: player.fullscreen,
  safe,
  back: () => goTo(at() - 1),
  on: () => goTo(at() + 1),
  secondBack: () => goTo(at() - 24),
  secondOn: () => goTo(at() + 24),
  start: () => goTo(player.player.range.from ?? 0),
  end: () => goTo((player.player.range.to ?? cut.frames) - 1),
  previous: () => edit(-1),
  next: () => edit(1),
  markIn: () => mark("from"),
  markOut: () => mark("to"),
  unmark: () => ((player.player.range = { from: null, to: null }), move(), say("Plays the whole sequence.")),
  snap: snaps,
  zoomIn: () => zoom(1.5),
  zoomOut: () => zoom(1 / 1.5),
  fit,
  chooseAll: () => choose(cut.clips.map(({ key }) => key)),
  chooseNone,
};

export const changing = {
  undo: () => press("undo"),
  redo: () => press("redo"),
  split,
  duplicate: () => keys().length && (chosen.size || choose(keys(), { isSilent: true }), save("duplicate/", {})),
  remove: removeChosen,
  earlier: () => shift(-1),
  later: () => shift(1),
  trimIn: () => trimAt("in"),
  trimOut: () => trimAt("out"),
  swap,
};

export function act(name) {
  const does = watching[name] ?? (cut.mayCut ? changing[name] : null);
  does?.();
  return Boolean(does);
}

document.addEventListener("add", ({ detail }) => add(detail.take));
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-do]");
  if (!button || button.matches("#steps [data-do]")) return;
  if (act(button.dataset.do)) event.preventDefault();
});

