// The cut as the page has it: read off the lanes, which the server renders. Every place and length
// is in frames. "cut" tells the other modules that it is another one now.

export const FPS = 24;
const pad = (number) => String(number).padStart(2, "0");

// The same as studio/timecode.py.
export function timecode(frame) {
  const whole = Math.max(Math.round(frame), 0);
  const seconds = Math.floor(whole / FPS);
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, whole % FPS].map(pad).join(":");
}

// The same as the template filter timecode_typed.
export const typed = (frame) => timecode(frame).replace(/^00:0?/, "");

export const cut = { frames: 0, version: 0, base: "", mayCut: false, clips: [] };

export const lanes = () => document.getElementById("lanes");

function clipOf(element, index) {
  const { clip: key, begins, in: from, out, most, overlap, join, joinFrames, gain, src = "", slate = "", moreWords = "" } = element.dataset;
  const [start, first, end] = [begins, from, out].map(Number);
  return {
    key, index, element, link: element.querySelector(".clip__open"), src, slate, moreWords, join,
    begins: start, in: first, out: end, ends: start + end - first, frames: end - first,
    most: Number(most), overlap: Number(overlap), joinFrames: Number(joinFrames),
    isMuted: "muted" in element.dataset, gain: Number(gain), isCard: element.matches(".clip--card"),
  };
}

export function read() {
  const { base, frames, mayCut } = lanes().dataset;
  Object.assign(cut, { base, frames: Number(frames), mayCut: mayCut !== undefined });
  cut.version = Number(document.getElementById("version").value);
  cut.clips = [...lanes().querySelectorAll("[data-clip]")].map(clipOf);
  document.dispatchEvent(new CustomEvent("cut"));
}

export const clipBy = (key) => cut.clips.find((clip) => clip.key === key);

// The clip that a frame shows: of two in a crossfade the earlier one.
export function clipAt(frame) {
  let [low, high] = [0, cut.clips.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    cut.clips[middle].ends > frame ? (high = middle) : (low = middle + 1);
  }
  return cut.clips[low];
}

export const after = (clip) => clip && cut.clips[clip.index + 1];

// Says something to those who don't see it.
export function say(words) {
  document.getElementById("announcer").textContent = words;
}
