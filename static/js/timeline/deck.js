// A video that holds a clip: loaded, sought and paused until it is shown. Two of them play a whole
// sequence: while one plays, the other waits on the first frame of the next clip.

import { FPS } from "./cut.js";
import { setLoudness } from "./loudness.js";

// A frame is sought in the middle of its time, and played from its beginning.
const MIDDLE = 0.5 / FPS;
const BEGIN = 0.004;

export class Deck {
  constructor(video) {
    this.video = video;
    this.clip = null;
    this.wanted = 0; // seconds
    this.seen = 0; // the frame of the take that is on its screen
    this.seenAt = 0; // when that came there
    this.isPlaying = false;
    this.isFresh = false; // it has shown no frame since it was sought
    video.addEventListener("seeked", () => this.arrive());
    video.addEventListener("loadedmetadata", () => this.arrive());
    this.watch();
  }

  watch() {
    const note = (now, { mediaTime }) => {
      this.seen = Math.floor(mediaTime * FPS + 0.02);
      this.seenAt = now;
      this.isFresh = false;
      this.video.requestVideoFrameCallback(note);
    };
    if (this.video.requestVideoFrameCallback) this.video.requestVideoFrameCallback(note);
    else
      this.video.addEventListener("timeupdate", () => {
        this.seen = Math.floor(this.video.currentTime * FPS + 0.02);
        this.seenAt = performance.now();
      });
  }

  // Has a frame of a clip on its screen soon.
  cue(clip, frame, { toPlay = false } = {}) {
    this.clip = clip;
    if (!clip.src) return this.pause();
    if (this.video.getAttribute("src") !== clip.src) this.video.src = clip.src;
    this.pause();
    this.wanted = frame / FPS + (toPlay ? BEGIN : MIDDLE);
    this.seek();
  }

  seek() {
    if (this.video.seeking || this.video.readyState < 1) {
      if (this.video.readyState < 1) this.video.currentTime = this.wanted;
      return;
    }
    if (Math.abs(this.video.currentTime - this.wanted) < 0.002) return;
    this.isFresh = true;
    this.video.currentTime = this.wanted;
  }

  // One seek at a time: the last that was asked for while another ran comes next.
  arrive() {
    if (!this.isPlaying && Math.abs(this.video.currentTime - this.wanted) >= 0.002) this.seek();
  }

  get isReady() {
    const there = Math.abs(this.video.currentTime - this.wanted) < 0.002;
    return !this.clip?.src || (this.video.readyState >= 2 && !this.video.seeking && (there || this.isPlaying));
  }

  play(rate) {
    if (this.isPlaying || !this.clip?.src) return;
    this.isPlaying = true;
    this.seen = this.clip.in;
    this.video.playbackRate = rate;
    this.video.play().catch((error) => error.name === "AbortError" || (this.isPlaying = false));
  }

  pause() {
    this.isPlaying = false;
    this.video.pause();
  }

  // Has the clip be as loud as its gain says, and as much of that as is its share in a crossfade.
  sound(isHushed, share = 1) {
    this.video.muted = isHushed || Boolean(this.clip?.isMuted);
    setLoudness(this.video, Math.max(10 ** ((this.clip?.gain ?? 0) / 20) * share, 0));
  }
}
