// Up to four takes that play in step: the longest leads. Whichever strays by half a frame makes it up
// by its speed, which is not seen; where one is far off, all wait for it. Two of them can be wiped, one
// over the other.

const stage = document.querySelector("[data-compare]");
const videos = [...stage.querySelectorAll("video")];
const bar = stage.querySelector("[data-compare-bar]");
const scrub = stage.querySelector("[data-compare-scrub]");
const time = stage.querySelector("[data-compare-time]");
const pad = (number) => String(number).padStart(2, "0");

const seconds = (video) => Number(video.dataset.frames) / Number(video.dataset.fps);
const leader = videos.reduce((longest, each) => (!longest || seconds(each) > seconds(longest) ? each : longest), null);
const fps = Number(leader?.dataset.fps);
const last = Number(leader?.dataset.frames) - 1;

const FAR_S = 0.25;
const MOST = 0.4; // of the speed, to catch up or to wait

let isMoving = false;
let isLooped = true;
let speed = 1;

const frame = () => Math.min(Math.max(Math.floor(leader.currentTime * fps + 0.001), 0), last);

// A shorter one waits on its last frame.
const within = (video, at) => Math.min(at, seconds(video) - 0.5 / Number(video.dataset.fps));

function tell() {
  const at = frame();
  const perSecond = Math.max(Math.round(fps), 1);
  const whole = Math.floor(at / perSecond);
  time.textContent = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60, at % perSecond].map(pad).join(":");
  scrub.value = at;
  scrub.setAttribute("aria-valuetext", time.textContent);
  scrub.style.setProperty("--done", last ? at / last : 0);
  stage.toggleAttribute("data-moving", isMoving);
  stage.querySelector("[data-compare-do=toggle]").setAttribute("aria-label", isMoving ? "Pause" : "Play");
}

function seek(to) {
  const at = (Math.min(Math.max(to, 0), last) + 0.5) / fps;
  for (const video of videos) video.currentTime = within(video, at);
}

function pause() {
  isMoving = false;
  videos.forEach((video) => video.pause());
  tell();
}

function play() {
  if (frame() === last) seek(0);
  isMoving = true;
  for (const video of videos) {
    video.playbackRate = speed;
    if (video.currentTime < seconds(video) - 0.5 / fps) video.play().catch((error) => error.name === "AbortError" || pause());
  }
  tell();
}

const strayOf = (video) => video.currentTime - within(video, leader.currentTime);

// Where one is far off, all wait until it is there: it never catches up with who goes on meanwhile.
let isMeeting = false;

async function meet() {
  isMeeting = true;
  for (const video of videos) video.pause();
  const late = videos.filter((video) => video !== leader && Math.abs(strayOf(video)) > 1 / fps);
  await Promise.all(late.map((video) => new Promise((arrive) => {
    video.addEventListener("seeked", arrive, { once: true });
    video.currentTime = within(video, leader.currentTime);
  })));
  isMeeting = false;
  if (isMoving) play();
}

function keepInStep() {
  if (!isMoving || isMeeting) return;
  for (const video of videos) {
    if (video === leader || video.seeking) continue;
    const stray = strayOf(video);
    if (Math.abs(stray) > FAR_S) return void meet();
    const change = Math.abs(stray) < 0.5 / fps ? 0 : Math.max(-MOST, Math.min(MOST, -2 * stray));
    video.playbackRate = speed * (1 + change);
    if (video.paused && leader.currentTime < seconds(video) - 1 / fps) video.play().catch(() => tell());
  }
}

function end() {
  if (!isLooped) return pause();
  seek(0);
  play();
}

const acts = {
  toggle: () => (isMoving ? pause() : play()),
  back: () => (pause(), seek(frame() - 1)),
  on: () => (pause(), seek(frame() + 1)),
  start: () => (pause(), seek(0)),
  end: () => (pause(), seek(last)),
  loop() {
    isLooped = !isLooped;
    stage.querySelector("[data-compare-do=loop]").setAttribute("aria-pressed", isLooped);
  },
  wipe() {
    const button = document.querySelector("[data-compare-do=wipe]");
    if (!button) return;
    const isOn = stage.toggleAttribute("data-wiping");
    button.setAttribute("aria-pressed", isOn);
    wipe.hidden = !isOn;
    if (isOn) wipe.focus();
  },
};
const KEYS = { " ": "toggle", k: "toggle", ",": "back", ".": "on", Home: "start", End: "end", w: "wipe" };

const wipe = stage.querySelector("[data-wipe]");
wipe?.addEventListener("input", () => stage.style.setProperty("--wipe", wipe.value / 1000));

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-compare-do]");
  if (button) acts[button.dataset.compareDo]();
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || event.target.matches("select")) return;
  if (event.key === " " && event.target.matches("button, a, summary, [type=radio]")) return;
  const isWipe = event.key.toLowerCase() === "w";
  const name = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!name || (!leader && !isWipe)) return;
  if (event.target === wipe && (event.key === "Home" || event.key === "End")) return;
  event.preventDefault();
  acts[name]();
});

if (leader) {
  bar.hidden = false;
  scrub.max = last;
  for (const video of videos) video.removeAttribute("controls");
  for (const event of ["seeked", "timeupdate", "loadedmetadata"]) leader.addEventListener(event, tell);
  leader.addEventListener("timeupdate", keepInStep);
  leader.addEventListener("ended", end);
  scrub.addEventListener("input", () => (pause(), seek(Number(scrub.value))));
  stage.querySelector("[data-compare-speed]").addEventListener("change", ({ target }) => {
    speed = Number(target.value);
    videos.forEach((video) => (video.playbackRate = speed));
  });
  tell();
}
