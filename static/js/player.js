// A player that knows frames: [data-player] holds a video and its controls, [data-player-do] says
// what a button does. A refresh of the page leaves it alone while it plays the same file.

const STEPS = { back: -1, on: 1 };
const KEYS = { " ": "toggle", ",": "back", ".": "on", j: "rewind", k: "toggle", l: "wind", Home: "start", End: "end" };
const FASTEST = 8;
const pad = (number) => String(number).padStart(2, "0");

class Player {
  static of = new WeakMap();

  static in(box) {
    if (!Player.of.has(box)) Player.of.set(box, new Player(box));
    return Player.of.get(box);
  }

  constructor(box) {
    this.box = box;
    this.video = box.querySelector("video");
    this.fps = Number(box.dataset.fps);
    this.last = Number(box.dataset.frames) - 1;
    this.speed = 1; // what is chosen; J and L wind faster than that
    this.rate = 0; // what it winds at now: below 0 is backwards
    this.seen = 0; // the frame that is on the screen while it plays
    this.video.removeAttribute("controls");
    box.toggleAttribute("data-ready", true);
    const tell = () => this.tell();
    for (const event of ["play", "seeked", "volumechange", "loadedmetadata", "timeupdate"]) this.video.addEventListener(event, tell);
    this.video.addEventListener("pause", () => this.rest());
    box.addEventListener("go", ({ detail }) => (this.pause(), this.seek(detail.frame)));
    this.watch();
    this.tell();
  }

  // The frame on the screen, from 0. One that is sought is sought in the middle of its time.
  get frame() {
    return this.video.paused ? this.bound(Math.floor(this.video.currentTime * this.fps + 0.001)) : this.seen;
  }

  get isMoving() {
    return this.rate < 0 || !this.video.paused;
  }

  bound(frame) {
    return Math.min(Math.max(frame, 0), this.last);
  }

  seek(frame) {
    this.video.currentTime = (this.bound(frame) + 0.5) / this.fps;
    this.seen = this.bound(frame);
    this.tell();
  }

  watch() {
    if (!this.video.requestVideoFrameCallback) return this.video.addEventListener("timeupdate", () => (this.seen = this.bound(Math.floor(this.video.currentTime * this.fps))));
    const note = (_, { mediaTime }) => {
      this.seen = this.bound(Math.round(mediaTime * this.fps));
      if (!this.video.paused) this.tell();
      this.video.requestVideoFrameCallback(note);
    };
    this.video.requestVideoFrameCallback(note);
  }

  // Its clock may be a frame ahead of the screen. One that was sent elsewhere meanwhile goes there.
  rest() {
    if (this.rate > 0) this.rate = 0;
    if (this.video.ended || this.video.seeking) this.tell();
    else this.seek(this.seen);
  }

  go(rate) {
    this.rate = rate;
    if (rate < 0) return this.goBack();
    if (!rate) return this.video.paused ? this.tell() : this.video.pause();
    if (this.frame === this.last) this.video.currentTime = 0;
    this.video.playbackRate = rate;
    this.video.play().catch((error) => error.name === "AbortError" || this.tell());
    this.tell();
  }

  // No browser plays backwards: it is sought from frame to frame.
  goBack() {
    const { rate } = this;
    this.video.pause();
    const from = this.frame;
    const began = performance.now();
    const step = (now) => {
      if (this.rate !== rate || !this.video.isConnected) return;
      const frame = from + Math.round(((now - began) / 1000) * this.fps * rate);
      if (!this.video.seeking || frame <= 0) this.seek(frame);
      if (frame > 0) return requestAnimationFrame(step);
      this.rate = 0;
      this.tell();
    };
    requestAnimationFrame(step);
  }

  pause() {
    this.go(0);
  }

  toggle() {
    this.go(this.isMoving ? 0 : this.speed);
  }

  wind() {
    this.go(this.rate > 0 ? Math.min(this.rate * 2, FASTEST) : this.speed);
  }

  rewind() {
    this.go(this.rate < 0 ? Math.max(this.rate * 2, -FASTEST) : -this.speed);
  }

  step(by) {
    this.pause();
    this.seek(this.frame + by);
  }

  back() {
    this.step(STEPS.back);
  }

  on() {
    this.step(STEPS.on);
  }

  start() {
    this.pause();
    this.seek(0);
  }

  end() {
    this.pause();
    this.seek(this.last);
  }

  loop() {
    this.video.loop = !this.video.loop;
    this.tell();
  }

  mute() {
    this.video.muted = !this.video.muted;
  }

  fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.box.requestFullscreen) this.box.requestFullscreen();
    else this.video.webkitEnterFullscreen?.(); // on an iPhone only a video fills the screen
  }

  choose(speed) {
    this.speed = speed;
    if (this.rate > 0) this.go(speed);
  }

  // The same as studio/timecode.py, whose number stands there first.
  timecode(frame) {
    const perSecond = Math.max(Math.round(this.fps), 1);
    const seconds = Math.floor(frame / perSecond);
    return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, frame % perSecond].map(pad).join(":");
  }

  tell() {
    const { frame, box } = this;
    const time = this.timecode(frame);
    const scrub = box.querySelector("[data-player-scrub]");
    scrub.value = frame;
    scrub.setAttribute("aria-valuetext", time);
    scrub.style.setProperty("--done", this.last ? frame / this.last : 0);
    box.querySelector("[data-player-time]").textContent = time;
    box.querySelector("[data-player-rate]").textContent = Math.abs(this.rate) > this.speed || this.rate < 0 ? `${this.rate < 0 ? "◀ " : ""}${Math.abs(this.rate)}×` : "";
    const asked = box.querySelector("[data-player-frame]");
    if (asked) asked.value = frame;
    box.dispatchEvent(new CustomEvent("frame", { bubbles: true, detail: { frame, isMoving: this.isMoving } }));
    box.toggleAttribute("data-moving", this.isMoving);
    this.button("toggle").setAttribute("aria-label", this.isMoving ? "Pause" : "Play");
    box.toggleAttribute("data-muted", this.video.muted);
    this.button("mute").setAttribute("aria-pressed", this.video.muted);
    this.button("loop").setAttribute("aria-pressed", this.video.loop);
  }

  button(name) {
    return this.box.querySelector(`[data-player-do=${name}]`);
  }
}

const boxes = () => document.querySelectorAll("[data-player]");
const attach = () => boxes().forEach((box) => Player.in(box));
const playerOf = (target, what) => target instanceof Element && target.closest(what) && Player.in(target.closest("[data-player]"));
const isWriting = (element) => element.matches?.("input:not([type=range]), textarea, select, [contenteditable]");
const acts = (element) => element.matches?.("button, a, summary, label");

// Behind an open dialog no key does anything.
function inReach(target) {
  const layer = target.closest?.("dialog") ?? document.querySelector("dialog[open]");
  return [...boxes()].find((box) => box.closest("dialog") === layer);
}

document.addEventListener("click", ({ target }) => {
  const player = playerOf(target, "[data-player-do]");
  if (player) player[target.closest("[data-player-do]").dataset.playerDo]();
  else if (target.matches?.("[data-player] video")) Player.in(target.closest("[data-player]")).toggle();
});
document.addEventListener("input", ({ target }) => {
  const player = playerOf(target, "[data-player-scrub]");
  if (!player) return;
  const frame = Number(target.value); // before it is told where it stands
  player.pause();
  player.seek(frame);
});
document.addEventListener("change", ({ target }) => playerOf(target, "[data-player-speed]")?.choose?.(Number(target.value)));
document.addEventListener("keydown", (event) => {
  const name = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!name || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
  if (event.key === " " && acts(event.target)) return;
  const box = inReach(event.target);
  if (!box) return;
  event.preventDefault();
  Player.in(box)[name]();
}, true);

// A video that plays, or the same file, stays the element that it is.
const { callbacks } = Idiomorph.defaults;
const { beforeNodeMorphed: otherNodes } = callbacks;
callbacks.beforeNodeMorphed = (old, fresh) => {
  if (!(old instanceof Element) || !old.matches("[data-player]") || !(fresh instanceof Element)) return otherNodes?.(old, fresh) ?? true;
  return !(Player.in(old).isMoving || old.dataset.player === fresh.dataset.player);
};

for (const event of ["htmx:afterSwap", "htmx:oobAfterSwap"]) document.addEventListener(event, attach);
attach();
