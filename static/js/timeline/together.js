// What goes along with the pictures while they play: titles over them, music and voices beside them.

import { FPS, lanes } from "./cut.js";
import { open, setLoudness } from "./loudness.js";
import { pieces } from "./pieces.js";
import { player } from "./player.js";

const DRIFT_S = 0.12; // a sound that is further off than this is sought

const stage = document.querySelector("[data-stage]");
const titles = [...stage.querySelectorAll("[data-title-shown]")];
const playing = new Map(); // by the key of a sound, its audio element

const isAt = (piece, frame) => frame >= piece.begins && frame < piece.ends;

// --- titles -----------------------------------------------------------------------------------------

// In the same steps as in the finished film (studio/editing/rendering.py).
function presence({ begins, ends, fadeIn, fadeOut }, frame) {
  return Math.min((frame - begins + 1) / (fadeIn + 1), (ends - frame) / (fadeOut + 1), 1);
}

function letter(frame) {
  for (const shown of titles) {
    const title = pieces.find((piece) => piece.words !== undefined && piece.stands === shown.dataset.titleShown && isAt(piece, frame));
    const [words, more] = shown.children;
    if (shown.hidden !== !title) shown.hidden = !title;
    if (!title) continue;
    shown.style.opacity = presence(title, frame);
    if (words.textContent !== title.words) words.textContent = title.words;
    if (more.textContent !== title.moreWords) more.textContent = title.moreWords;
  }
}

// --- sounds -----------------------------------------------------------------------------------------

// The same curve as in the finished film: two that cross are together as loud as either.
const curve = (along) => Math.sin((Math.min(Math.max(along, 0), 1) * Math.PI) / 2);

// By how many dB music is lowered: as in the finished film (studio/editing/hearing.py), but for a
// whole voice, also where that is silent.
const AHEAD = 3; // frames
const HOLD = 10;
const RISE_DB = 1; // a frame

function lowered(voices, frame) {
  const duck = Number(lanes().dataset.duckDb ?? 0);
  const each = voices.map(({ begins, ends }) => {
    const early = Math.max(begins - AHEAD - frame, 0) * (-duck / AHEAD);
    const late = Math.max(frame - (ends - 1 + HOLD), 0) * RISE_DB;
    return duck + early + late;
  });
  return Math.min(...each, 0);
}

function loudness(piece, frame, voices) {
  let share = 10 ** (piece.gain / 20);
  if (piece.fadeIn) share *= curve((frame - piece.begins + 0.5) / piece.fadeIn);
  if (piece.fadeOut) share *= curve((piece.ends - frame - 0.5) / piece.fadeOut);
  if (piece.role === "music") share *= 10 ** (lowered(voices, frame) / 20);
  return share;
}

function audioOf(piece) {
  if (!playing.has(piece.key)) playing.set(piece.key, Object.assign(new Audio(), { preload: "auto" }));
  const audio = playing.get(piece.key);
  if (audio.getAttribute("src") !== piece.src) audio.src = piece.src;
  return audio;
}

function hear(frame) {
  const sounds = pieces.filter((piece) => piece.src && piece.role);
  if (player.rate > 0 && sounds.some(({ gain }) => gain > 0)) open();
  const voices = sounds.filter(({ role }) => role === "voice");
  const heard = new Set();
  for (const piece of sounds) {
    // It is loaded a second before it is due.
    if (player.rate <= 0 || frame < piece.begins - FPS || frame >= piece.ends) continue;
    const audio = audioOf(piece);
    heard.add(piece.key);
    if (!isAt(piece, frame)) continue;
    const wanted = (piece.in + frame - piece.begins) / FPS;
    audio.playbackRate = player.rate;
    audio.muted = player.isHushed;
    setLoudness(audio, loudness(piece, frame, voices));
    if (Math.abs(audio.currentTime - wanted) > DRIFT_S) audio.currentTime = wanted;
    if (audio.paused) audio.play().catch((error) => console.warn("a sound can't be played", error));
  }
  for (const [key, audio] of playing) if (!heard.has(key) && !audio.paused) audio.pause();
}

stage.addEventListener("frame", () => {
  letter(player.at);
  hear(player.at);
});
document.addEventListener("cut", () => {
  for (const [key, audio] of playing) {
    if (pieces.some((piece) => piece.key === key)) continue;
    audio.pause();
    playing.delete(key);
  }
  letter(player.at);
});
