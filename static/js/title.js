// The tab's title: how many takes are being made and, until it is looked at, which are ready.
// What ends is told to other scripts by the event "ended": the cards, and a sentence about them.

const title = document.title;
// The take in the drawer is on the board too.
const unfinished = () => [...document.querySelectorAll("[data-unfinished]:not([data-drawer] *)")];
const ids = () => unfinished().flatMap((each) => (each.matches("[data-take], [data-film]") ? [each.id] : []));

let before = ids();
let unseen = [];

// A take on its own page: the server tells of it (studio/announcing.py).
function endOfFilm(film) {
  const words = document.getElementById("announcer").textContent.trim().replace(/\.$/, "");
  return words ? [{ card: film, isReady: film.querySelector("[data-player]") !== null, words }] : [];
}

function endOf(card) {
  if (card.matches("[data-film]")) return endOfFilm(card);
  const isReady = card.querySelector(".frame__open") !== null;
  return isReady || card.querySelector(".dream--failed") ? [{ card, isReady, number: Number(card.dataset.take) }] : [];
}

// The same words as studio/announcing.py.
function about(ends, one, many) {
  const numbers = ends.map(({ number }) => number).sort((a, b) => a - b);
  if (!numbers.length) return [];
  const last = numbers.pop();
  return [numbers.length ? `Takes ${numbers.join(", ")} and ${last} ${many}` : `Take ${last} ${one}`];
}

function sentence(ends) {
  if (ends.some(({ words }) => words)) return ends.at(-1).words;
  const ready = ends.filter(({ isReady }) => isReady);
  const failed = ends.filter(({ isReady }) => !isReady);
  return [...about(ready, "is ready", "are ready"), ...about(failed, "was not generated", "were not generated")].join(". ");
}

function write() {
  const count = unfinished().length;
  const mark = unseen.some(({ isReady }) => isReady) ? "✓ " : "";
  document.title = `${count ? `(${count}) ` : ""}${unseen.length ? `${mark}${sentence(unseen)} · ` : ""}${title}`;
}

function look() {
  const now = ids();
  const gone = before.filter((id) => !now.includes(id)).map((id) => document.getElementById(id));
  const ended = gone.flatMap((card) => (card ? endOf(card) : []));
  before = now;
  if (document.hidden) unseen.push(...ended);
  write();
  if (ended.length) document.dispatchEvent(new CustomEvent("ended", { detail: { cards: ended.map(({ card }) => card), words: sentence(ended) } }));
}

document.addEventListener("htmx:afterSettle", look);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unseen = [];
  write();
});
write();
