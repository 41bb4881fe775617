// The wall: one take after another or many at once, without controls until the pointer moves. It asks
// seldom whether there are others, and what is new comes next.

import { keepAwake } from "./awake.js";
import { Grid } from "./grid.js";
import { One } from "./one.js";

const ASK_MS = 10000;
const REST_MS = 3000;

const wall = document.querySelector("[data-wall]");
const find = (name) => wall.querySelector(`[data-wall-${name}]`);
const button = (name) => wall.querySelector(`[data-wall-do=${name}]`);
const tell = (take) => {
  find("name").textContent = take.name;
  find("words").textContent = take.words;
};
const shows = { one: new One(find("one"), tell), grid: new Grid(find("grid"), tell) };
const known = new Set();
let isGoing = true;
let isFull = false;
let leavesFull = false;

const current = () => shows[wall.dataset.wall];
const takesOf = (list) =>
  [...list.querySelectorAll("[data-wall-take]")].map(({ dataset }) => ({ ...dataset, id: dataset.wallTake }));

function renew() {
  const takes = takesOf(find("list"));
  const fresh = takes.map(({ id }) => id).filter((id) => !known.has(id));
  const isFirst = !known.size;
  for (const id of fresh) known.add(id);
  find("empty").hidden = takes.length > 0;
  for (const show of Object.values(shows)) show.renew(takes, isFirst ? [] : fresh);
  if (isFirst && takes.length && isGoing) current().start();
}

async function ask() {
  if (document.hidden) return;
  const version = encodeURIComponent(find("list").dataset.version);
  const answer = await fetch(`${wall.dataset.liveFrom}&version=${version}`).catch(() => null);
  if (!answer || answer.status !== 200) return;
  if (answer.redirected) return location.reload(); // signed out: to the sign-in, and back here
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  const list = template.content.querySelector("[data-wall-list]");
  if (!list) return;
  for (const each of list.querySelectorAll("noscript")) each.remove(); // here its picture would load
  find("list").replaceWith(list);
  renew();
}

function tellGoing() {
  wall.toggleAttribute("data-going", isGoing);
  button("toggle").setAttribute("aria-label", isGoing ? "Pause" : "Play");
}

function choose(name) {
  current().stop();
  if (name === "one") shows.grid.clear();
  wall.dataset.wall = name;
  find("one").hidden = name !== "one";
  find("grid").hidden = name !== "grid";
  button("grid").setAttribute("aria-pressed", name === "grid");
  button("sound").disabled = name === "grid";
  const address = new URL(location);
  name === "grid" ? address.searchParams.set("show", "grid") : address.searchParams.delete("show");
  history.replaceState(history.state, "", address);
  isGoing = true;
  current().start();
  tellGoing();
}

const acts = {
  toggle() {
    isGoing = !isGoing;
    if (!isGoing) current().stop();
    else if (current() === shows.one) shows.one.press();
    else shows.grid.resume();
    tellGoing();
  },
  next: () => current().next(),
  before: () => shows.one === current() && shows.one.before(),
  sound() {
    const isLoud = button("sound").getAttribute("aria-pressed") !== "true";
    button("sound").setAttribute("aria-pressed", isLoud);
    shows.one.isLoud = isLoud;
  },
  grid: () => choose(wall.dataset.wall === "grid" ? "one" : "grid"),
  full() {
    leavesFull = Boolean(document.fullscreenElement);
    if (leavesFull) document.exitFullscreen();
    else wall.requestFullscreen?.()?.catch(() => {});
  },
};
const leave = () => find("out").click();
const KEYS = { " ": acts.toggle, k: acts.toggle, ArrowRight: acts.next, ArrowLeft: acts.before, m: acts.sound, g: acts.grid, f: acts.full, Escape: leave };

let resting = 0;
function wake() {
  wall.removeAttribute("data-idle");
  clearTimeout(resting);
  resting = setTimeout(() => wall.toggleAttribute("data-idle", !find("bar").matches(":focus-within")), REST_MS);
}

wall.addEventListener("click", ({ target }) => {
  const name = target.closest("[data-wall-do]")?.dataset.wallDo;
  if (name) acts[name]();
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " " && event.target.matches("button, a")) return;
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
// Escape leaves the full screen by itself: then it leaves the wall, too.
document.addEventListener("fullscreenchange", () => {
  const was = isFull;
  isFull = Boolean(document.fullscreenElement);
  if (was && !isFull && !leavesFull) leave();
  leavesFull = false;
});
for (const name of ["pointermove", "pointerdown", "focusin"]) document.addEventListener(name, wake);

wall.setAttribute("data-idle", "");
button("sound").disabled = wall.dataset.wall === "grid";
tellGoing();
renew();
keepAwake();
setInterval(ask, ASK_MS);
