// A guest's note is of the moment that was on the screen when it was begun.

const form = document.querySelector("[data-guest]");
const video = document.querySelector("video");
const at = form?.elements.at_s;

form?.elements.words?.addEventListener("focus", () => {
  if (video && at && !at.value && video.currentTime > 0) at.value = (Math.floor(video.currentTime * 10) / 10).toFixed(1);
});
