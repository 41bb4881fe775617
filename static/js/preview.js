// Plays a take in its card: under the pointer, with the keyboard's focus, or at the first tap.
// Moving the pointer scrubs. The video element is made when it is first needed. For those who ask
// for stillness only a tap plays.

const RESUME_MS = 250;
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

class Preview {
  static of = new WeakMap();

  static in(frame) {
    if (!Preview.of.has(frame)) Preview.of.set(frame, new Preview(frame));
    return Preview.of.get(frame);
  }

  constructor(frame) {
    this.frame = frame;
    this.time = frame.querySelector("[data-time]");
    this.bar = frame.querySelector("[data-scrub] progress");
    this.whole = this.time.textContent;
    this.video = document.createElement("video");
    Object.assign(this.video, { className: "frame__video", muted: true, loop: true, playsInline: true, tabIndex: -1 });
    this.video.setAttribute("aria-hidden", "true");
    this.video.src = frame.dataset.preview;
    frame.querySelector("a").append(this.video);
  }

  get playing() {
    return this.frame.hasAttribute("data-playing");
  }

  play({ asked = false } = {}) {
    this.frame.setAttribute("data-playing", "");
    this.moves = asked || !stillness.matches;
    this.resume();
    this.follow();
  }

  resume() {
    if (!this.moves) return;
    // Leaving the card before the first frame is there aborts play(): nothing to do about it.
    this.video.play().catch((error) => error.name === "AbortError" || this.stop());
  }

  stop() {
    clearTimeout(this.rest);
    this.frame.removeAttribute("data-playing");
    this.video.pause();
    this.video.currentTime = 0;
    this.time.textContent = this.whole;
  }

  scrub(fraction) {
    if (!this.video.duration) return;
    this.video.pause();
    this.video.currentTime = Math.min(Math.max(fraction, 0), 0.999) * this.video.duration;
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.resume(), RESUME_MS);
  }

  follow() {
    if (!this.playing) return;
    const { currentTime, duration } = this.video;
    this.bar.value = duration ? currentTime / duration : 0;
    this.time.textContent = `${clock(currentTime)} / ${this.whole}`;
    requestAnimationFrame(() => this.follow());
  }
}

const frameOf = (event) => event.target instanceof Element && event.target.closest("[data-preview]");

// What moves away under a pointer that rests, as when a take comes in on top, goes on playing.
let pointed = null;
let last = {};

function point(frame) {
  if (pointed && pointed !== frame) Preview.in(pointed).stop();
  pointed = frame;
}

document.addEventListener("pointermove", (event) => {
  const { clientX, clientY } = event;
  if (event.pointerType !== "mouse" || (last.clientX === clientX && last.clientY === clientY)) return;
  const isAlong = last.clientX !== clientX;
  last = { clientX, clientY };
  const frame = frameOf(event) || null;
  point(frame);
  if (frame && !Preview.in(frame).playing) Preview.in(frame).play();
  else if (frame && isAlong && !event.target.closest(".tool")) {
    const { left, width } = frame.getBoundingClientRect();
    Preview.in(frame).scrub((clientX - left) / width);
  }
});
document.documentElement.addEventListener("pointerleave", () => point(null));
addEventListener("scroll", () => pointed?.matches(":hover") === false && point(null), { passive: true });
document.addEventListener("focusin", (event) => {
  const frame = frameOf(event);
  if (frame && event.target.matches(":focus-visible")) Preview.in(frame).play();
});
document.addEventListener("focusout", (event) => {
  const frame = frameOf(event);
  if (frame && !frame.contains(event.relatedTarget)) Preview.in(frame).stop();
});
document.addEventListener("click", (event) => {
  const frame = event.pointerType === "touch" && frameOf(event);
  if (!frame || event.target.closest(".tool") || frame.hasAttribute("data-playing")) return;
  event.preventDefault();
  for (const other of document.querySelectorAll("[data-playing]")) Preview.in(other).stop();
  Preview.in(frame).play({ asked: true });
});
