// Takes in one go: two videos take turns, the next is fetched while one plays. A picture stands for
// some seconds. Where the list changes, what plays goes on. data-from and data-to, in seconds, are
// for what shows a part of its file.

const PICTURE_MS = 4000;

const reel = document.querySelector("[data-reel]");
const listed = () => [...document.querySelectorAll("[data-reel-take]")];
let takes = listed();
let [front, back] = document.querySelectorAll("[data-reel-deck]");
let at = 0;
let isMoving = false;
let standing = 0;

const begins = (take) => Number(take?.dataset.from ?? 0);
const isOver = (video) => video.currentTime >= Number(takes[at]?.dataset.to ?? Infinity) - 0.02;
const isPicture = (take) => take?.hasAttribute("data-picture");

function put(video, take) {
  if (!take || video.dataset.holds === take.href) return;
  video.dataset.holds = take.href;
  if (isPicture(take)) {
    video.removeAttribute("src");
    video.load();
    video.poster = take.href;
    return;
  }
  video.removeAttribute("poster");
  video.src = take.href;
  video.preload = "auto";
}

function tell() {
  const take = takes[at];
  reel.querySelector("[data-reel-name]").textContent = take.dataset.name;
  reel.querySelector("[data-reel-words]").textContent = take.dataset.words;
  reel.querySelector("[data-reel-place]").textContent = at + 1;
  reel.querySelector("[data-reel-count]").textContent = takes.length;
  for (const each of takes) each.toggleAttribute("aria-current", each === take);
  take.setAttribute("aria-current", "true");
  reel.querySelector("[data-reel-do=before]").disabled = at === 0;
  reel.querySelector("[data-reel-do=next]").disabled = at === takes.length - 1;
  front.controls = !isPicture(take);
}

function tellMoving() {
  reel.toggleAttribute("data-moving", isMoving);
  reel.querySelector("[data-reel-do=toggle]").setAttribute("aria-label", isMoving ? "Pause" : "Play");
}

function play() {
  isMoving = true;
  clearTimeout(standing);
  if (isPicture(takes[at])) standing = setTimeout(goOn, PICTURE_MS);
  else {
    if (isOver(front)) front.currentTime = begins(takes[at]);
    front.play().catch((error) => error.name === "AbortError" || pause());
  }
  tellMoving();
}

function pause() {
  isMoving = false;
  clearTimeout(standing);
  front.pause();
  tellMoving();
}

function show(index) {
  if (!takes[index]) return pause();
  const wasMoving = isMoving;
  clearTimeout(standing);
  front.pause();
  at = index;
  put(back, takes[at]);
  [front, back] = [back, front];
  front.hidden = false;
  back.hidden = true;
  back.controls = false;
  if (!isPicture(takes[at])) front.currentTime = begins(takes[at]);
  put(back, takes[at + 1]);
  tell();
  takes[at].scrollIntoView({ block: "nearest" });
  if (wasMoving) play();
}

const goOn = () => (at + 1 < takes.length ? show(at + 1) : pause());

// The list came anew: what plays stays in front, at its new place.
function catchUp() {
  const found = listed();
  if (!found.length) return;
  takes = found;
  const place = takes.findIndex(({ href }) => href === front.dataset.holds);
  if (place < 0) return show(Math.min(at, takes.length - 1));
  at = place;
  put(back, takes[at + 1]);
  tell();
}

const acts = { toggle: () => (isMoving ? pause() : play()), next: () => show(at + 1), before: () => at && show(at - 1) };
const KEYS = { " ": "toggle", k: "toggle", ArrowRight: "next", ArrowLeft: "before" };

document.querySelector("[data-reel-narrow] select")?.addEventListener("change", ({ target }) => target.form.requestSubmit());

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
    if (event.key === " " && event.target.matches("button, a, summary")) return;
    const act = acts[KEYS[event.key]];
    if (!act) return;
    event.preventDefault();
    act();
  });
  for (const video of [front, back]) {
    video.addEventListener("ended", () => video === front && goOn());
    video.addEventListener("timeupdate", () => video === front && isMoving && isOver(video) && goOn());
    video.addEventListener("play", () => video === front && ((isMoving = true), tellMoving()));
    video.addEventListener("pause", () => video === front && !video.ended && !(isMoving && isOver(video)) && video.hasAttribute("src") && ((isMoving = false), tellMoving()));
  }
  for (const name of ["htmx:afterSettle", "htmx:oobAfterSwap"]) document.addEventListener(name, catchUp);
  put(front, takes[0]);
  put(back, takes[1]);
  tell();
}
