// The player's buttons, its slider and its clock.

import { cut, timecode } from "./cut.js";
import * as player from "./player.js";
import { follow, move } from "./view.js";

const stage = document.querySelector("[data-stage]");
const slider = stage.querySelector("[data-scrub-all]");
const now = stage.querySelector("[data-time-now]");
const all = stage.querySelector("[data-time-all]");
const rate = stage.querySelector("[data-rate]");
const button = (name) => stage.querySelector(`[data-do=${name}]`);

function tell() {
  const { at, rate: speed, isHushed } = player.player;
  const time = timecode(at);
  now.textContent = time;
  slider.value = at;
  slider.setAttribute("aria-valuetext", time);
  slider.style.setProperty("--done", cut.frames > 1 ? at / (cut.frames - 1) : 0);
  const words = Math.abs(speed) > 1 || speed < 0 ? `${speed < 0 ? "◀ " : ""}${Math.abs(speed)}×` : "";
  if (rate.textContent !== words) rate.textContent = words;
  const label = speed ? "Pause" : "Play";
  if (button("toggle").getAttribute("aria-label") !== label) button("toggle").setAttribute("aria-label", label);
  button("hush").setAttribute("aria-pressed", isHushed);
  move();
  if (speed) follow();
}

stage.addEventListener("frame", tell);
slider.addEventListener("input", () => {
  player.seek(Number(slider.value));
  follow();
});
document.addEventListener("cut", () => {
  slider.max = Math.max(cut.frames - 1, 0);
  all.textContent = timecode(cut.frames);
  tell();
});
stage.querySelector("[data-screen]").addEventListener("click", () => player.toggle());
