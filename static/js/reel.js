// The day's takes in one go: two videos take turns, the next is fetched while one plays.

const reel = document.querySelector("[data-reel]");
const takes = [...document.querySelectorAll("[data-reel-take]")];
let [front, back] = document.querySelectorAll("[data-reel-deck]");
let at = 0;
let isMoving = false;

function put(video, take) {
  if (take && video.getAttribute("src") !== take.href) {
    video.src = take.href;
    video.preload = "auto";
  }
}

function tell() {
  const take = takes[at];
  reel.querySelector("[data-reel-name]").textContent = take.dataset.name;
  reel.querySelector("[data-reel-words]").textContent = take.dataset.words;
  reel.querySelector("[data-reel-place]").textContent = at + 1;
  for (const each of takes) each.toggleAttribute("aria-current", each === take);
  take.setAttribute("aria-current", "true");
  take.scrollIntoView({ block: "nearest" });
  reel.querySelector("[data-reel-do=before]").disabled = at === 0;
  reel.querySelector("[data-reel-do=next]").disabled = at === takes.length - 1;
}

function tellMoving() {
  reel.toggleAttribute("data-moving", isMoving);
  reel.querySelector("[data-reel-do=toggle]").setAttribute("aria-label", isMoving ? "Pause" : "Play");
}

function play() {
  isMoving = true;
  front.play().catch((error) => error.name === "AbortError" || pause());
  tellMoving();
}

function pause() {
  isMoving = false;
  front.pause();
  tellMoving();
}

function show(index) {
  if (!takes[index]) return pause();
  const wasMoving = isMoving;
  front.pause();
  at = index;
  put(back, takes[at]);
  [front, back] = [back, front];
  front.hidden = false;
  back.hidden = true;
  front.controls = true;
  back.controls = false;
  front.currentTime = 0;
  put(back, takes[at + 1]);
  tell();
  if (wasMoving) play();
}

const acts = { toggle: () => (isMoving ? pause() : play()), next: () => show(at + 1), before: () => at && show(at - 1) };
const KEYS = { " ": "toggle", k: "toggle", ArrowRight: "next", ArrowLeft: "before" };

document.querySelector("[data-reel-narrow] select").addEventListener("change", ({ target }) => target.form.requestSubmit());

if (reel) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-reel-do]");
    if (button) return acts[button.dataset.reelDo]();
    const take = event.target.closest?.("[data-reel-take]");
    if (!take || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(takes.indexOf(take));
    play();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, input") || document.querySelector("dialog[open]")) return;
    if (event.key === " " && event.target.matches("button, a")) return;
    const act = acts[KEYS[event.key]];
    if (!act) return;
    event.preventDefault();
    act();
  });
  for (const video of [front, back]) {
    video.addEventListener("ended", () => video === front && (at + 1 < takes.length ? show(at + 1) : pause()));
    video.addEventListener("play", () => video === front && ((isMoving = true), tellMoving()));
    video.addEventListener("pause", () => video === front && !video.ended && ((isMoving = false), tellMoving()));
  }
  put(front, takes[0]);
  put(back, takes[1]);
  tell();
}
