// Plays a whole sequence without rendering it, and shows any frame of it. The stage's event "frame"
// says where it is whenever that changes, for the playhead and for what else goes along with it.

import { Deck } from "./deck.js";
import { FPS, after, clipAt, clipBy, cut } from "./cut.js";
import { open } from "./loudness.js";

const FRAME_MS = 1000 / FPS;
const FASTEST = 8;
const SOON_MS = 25; // the next is started so long before it is shown: a video takes that to begin
const NOW_MS = 8; // half of what a screen needs for a picture

const stage = document.querySelector("[data-stage]");
const black = stage.querySelector("[data-black]");
const slate = stage.querySelector("[data-slate-shown]");
const slateWords = stage.querySelector("[data-slate-words]");
const peekWords = stage.querySelector("[data-peek]");
const decks = [...stage.querySelectorAll("[data-deck]")].map((video) => new Deck(video));

let [front, back] = decks;
let began = 0; // when a slate began, for it has no clock of its own
let beganFrame = 0;

export const player = { at: 0, rate: 0, isHushed: false, range: { from: null, to: null }, peeked: null };

const first = () => player.range.from ?? 0;
const end = () => Math.min(player.range.to ?? cut.frames, cut.frames);
const bound = (frame) => Math.min(Math.max(Math.round(frame), 0), Math.max(cut.frames - 1, 0));

function tell() {
  stage.toggleAttribute("data-moving", player.rate !== 0);
  stage.dispatchEvent(new CustomEvent("frame", { detail: { at: player.at, rate: player.rate } }));
}

// --- what is seen -----------------------------------------------------------------------------------

// How black a frame is where a clip dips to black and the next comes out of it.
function blackness(clip, at) {
  const before = cut.clips[clip.index - 1];
  let share = 0;
  if (clip.join === "black" && after(clip)) share = 1 - (clip.ends - 1 - at) / Math.ceil(clip.joinFrames / 2);
  if (before?.join === "black") share = Math.max(share, 1 - (at - clip.begins) / Math.max(Math.floor(before.joinFrames / 2), 1));
  return Math.min(Math.max(share, 0), 1);
}

// How far a crossfade into the next clip is, from 0 to 1; 0 outside of it.
function mixture(clip, at) {
  if (!clip.overlap || at < clip.ends - clip.overlap) return 0;
  return (at - (clip.ends - clip.overlap) + 1) / (clip.overlap + 1);
}

// Where a clip is alone on the screen: one that began late in a crossfade doesn't wind the film back.
const opensAt = (clip) => clip.begins + (cut.clips[clip.index - 1]?.overlap ?? 0);

function dress(clip, at) {
  const mixed = mixture(clip, at);
  front.video.style.opacity = clip.src ? 1 : 0;
  front.video.style.zIndex = 1;
  back.video.style.opacity = mixed && back.clip?.src ? mixed : 0;
  back.video.style.zIndex = mixed ? 2 : 0;
  black.style.opacity = blackness(clip, at);
  const words = clip.slate;
  if (slate.hidden !== !words) slate.hidden = !words;
  if (slateWords.textContent !== words) slateWords.textContent = words;
  front.sound(player.isHushed, 1 - mixed);
  back.sound(player.isHushed || !mixed, mixed);
}

function nothing() {
  for (const deck of decks) deck.pause();
  for (const { video } of decks) video.style.opacity = 0;
  slate.hidden = true;
  black.style.opacity = 0;
}

// The next clip on the other deck, on its first frame.
function prepare(clip) {
  const next = after(clip);
  if (next && back.clip?.key !== next.key) back.cue(next, next.in, { toPlay: true });
}

// Shows a frame and stays on it.
function show(frame) {
  player.at = bound(frame);
  const clip = clipAt(player.at);
  if (!clip) return nothing();
  if (front.clip?.key !== clip.key && back.clip?.key === clip.key) [front, back] = [back, front];
  front.cue(clip, clip.in + player.at - clip.begins);
  const mixed = mixture(clip, player.at);
  const next = after(clip);
  if (mixed) back.cue(next, next.in + player.at - next.begins);
  else if (next && (back.clip?.key !== next.key || back.video.currentTime !== next.in / FPS)) back.cue(next, next.in, { toPlay: true });
  dress(clip, player.at);
}

// --- playing ----------------------------------------------------------------------------------------

function startOn(clip, at, now = performance.now()) {
  [began, beganFrame] = [now, clip.in + at - clip.begins];
  if (!clip.src) return;
  const frame = clip.in + at - clip.begins;
  if (!front.isPlaying) {
    front.cue(clip, frame, { toPlay: true });
    front.play(player.rate);
    front.seen = frame;
  }
}

function handOver(clip, next, now) {
  const overlap = clip.overlap;
  front.pause();
  [front, back] = [back, front];
  player.at = next.begins + overlap;
  if (next.src && !front.isPlaying) front.play(player.rate);
  [began, beganFrame] = [now, next.in + overlap];
  dress(next, player.at);
  tell();
  // After the picture is there: loading takes its time from it.
  requestAnimationFrame(() => player.rate > 0 && front.clip === next && prepare(next));
}

// When a clip has been seen to its end: its last frame stays as long as any. A screen that is late
// may show a frame too many, and is then followed at once.
function dueAt(clip, frame, now) {
  if (!clip.src) return began + ((clip.out - beganFrame) * FRAME_MS) / player.rate;
  return frame > clip.out - 1 ? now : front.seenAt + FRAME_MS / player.rate;
}

function step(now) {
  if (player.rate <= 0) return;
  requestAnimationFrame(step);
  const clip = front.clip;
  if (!clip) return stop();
  let frame = clip.src ? front.seen : Math.floor(beganFrame + ((now - began) / FRAME_MS) * player.rate);
  if (clip.src && front.video.ended) frame = clip.out - 1;
  const at = Math.min(Math.max(clip.begins + frame - clip.in, opensAt(clip)), clip.ends - 1);
  if (at >= end() - 1) return finish();
  if (at !== player.at) {
    player.at = at;
    dress(clip, at);
    tell();
  }
  const next = after(clip);
  if (!next) return;
  if (clip.overlap && at >= next.begins && next.src && back.clip === next && back.isReady) back.play(player.rate);
  if (frame < clip.out - 1) return;
  const due = dueAt(clip, frame, now);
  if (back.clip !== next) prepare(clip);
  if (!back.isReady) return; // it stays on the last frame until the next is there
  if (now >= due - SOON_MS && !back.isPlaying) back.play(player.rate);
  if (now >= due - NOW_MS) handOver(clip, next, now);
}

function finish() {
  const last = end() - 1;
  stop();
  show(last);
  tell();
}

function stop() {
  player.rate = 0;
  for (const deck of decks) deck.pause();
}

function run(rate) {
  if (!cut.clips.length) return;
  const wasPlaying = player.rate > 0;
  if (cut.clips.some(({ gain }) => gain > 0)) open();
  if (player.at >= end() - 1) show(first());
  player.rate = rate;
  const clip = clipAt(player.at);
  if (front.clip?.key !== clip.key) show(player.at);
  front.clip = clip;
  if (wasPlaying) {
    [began, beganFrame] = [performance.now(), clip.in + player.at - clip.begins];
    for (const { video, isPlaying } of decks) if (isPlaying) video.playbackRate = rate;
  } else {
    startOn(clip, player.at);
    prepare(clip);
    requestAnimationFrame(step);
  }
  dress(clip, player.at);
  tell();
}

// No browser plays backwards: it is sought from frame to frame.
function runBack(rate) {
  stop();
  player.rate = rate;
  const from = player.at;
  const start = performance.now();
  const go = (now) => {
    if (player.rate !== rate) return;
    const frame = Math.max(from + Math.round(((now - start) / FRAME_MS) * rate), first());
    if (!front.video.seeking || frame <= first()) show(frame);
    if (frame <= first()) player.rate = 0;
    tell();
    if (player.rate) requestAnimationFrame(go);
  };
  requestAnimationFrame(go);
}

// --- what others ask for -----------------------------------------------------------------------------

export function pause() {
  if (!player.rate) return;
  stop();
  show(player.at);
  tell();
}

export const isPlaying = () => player.rate !== 0;
export const toggle = () => (isPlaying() ? pause() : run(1));
export const forwards = () => run(player.rate > 0 ? Math.min(player.rate * 2, FASTEST) : 1);
export const backwards = () => runBack(player.rate < 0 ? Math.max(player.rate * 2, -FASTEST) : -1);

export function seek(frame) {
  if (player.rate) stop();
  show(frame);
  tell();
}

export const stepBy = (frames) => seek(player.at + frames);

// A frame of a take that isn't in the cut yet, as where a clip would be trimmed.
export function peek(clip, frame, words) {
  if (player.rate) stop();
  player.peeked = clip;
  front.cue(clip, Math.min(Math.max(frame, 0), clip.most - 1));
  dress({ ...clip, index: -1, overlap: 0, join: "cut" }, clip.begins);
  black.style.opacity = 0;
  peekWords.hidden = false;
  peekWords.textContent = words;
}

export function unpeek() {
  if (!player.peeked) return;
  player.peeked = null;
  peekWords.hidden = true;
  show(player.at);
  tell();
}

export function hush() {
  player.isHushed = !player.isHushed;
  stage.toggleAttribute("data-hushed", player.isHushed);
  if (front.clip && !player.peeked) dress(front.clip, player.at);
  tell();
}

export function fullscreen() {
  const room = stage.querySelector(".stage__room"); // in which the picture keeps its shape
  if (document.fullscreenElement) document.exitFullscreen();
  else room.requestFullscreen?.();
}

// Another cut: what plays goes on, where its clip is still there.
document.addEventListener("cut", () => {
  const { range } = player;
  if (range.to > cut.frames) range.to = null;
  if (range.from >= cut.frames) range.from = null;
  const playing = front.clip && clipBy(front.clip.key);
  if (player.rate > 0 && playing && playing.src === front.clip.src && playing.in <= front.seen && front.seen < playing.out) {
    front.clip = playing;
    back.clip = null;
    return prepare(playing);
  }
  const rate = player.rate;
  stop();
  back.clip = null;
  front.clip = playing ?? null;
  if (!player.peeked) show(player.at);
  if (rate > 0) run(rate);
  tell();
});
