// How loud a video or a sound is, of its file. An element can't be louder than its file is: what is
// meant to be goes through Web Audio, from then on for as long as the element is there.

let context = null;
const gains = new WeakMap(); // by element

// Browsers begin an audio context only where a person has done something, such as to press Play.
export function open() {
  if (context || !(navigator.userActivation?.hasBeenActive ?? true)) return;
  context = new AudioContext();
}

function gainOf(element) {
  if (!gains.has(element)) {
    const gain = context.createGain();
    context.createMediaElementSource(element).connect(gain).connect(context.destination);
    gains.set(element, gain);
  }
  return gains.get(element);
}

export function setLoudness(element, share) {
  const isRouted = gains.has(element) || (share > 1 && context?.state === "running");
  element.volume = isRouted ? 1 : Math.min(share, 1);
  if (!isRouted) return;
  const { gain } = gainOf(element);
  const wanted = element.muted ? 0 : share;
  if (gain.value !== wanted) gain.value = wanted;
}
