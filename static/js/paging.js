// Loads what the eye comes near, and takes out what is far from it: twice what is near may stay, and
// never more than [data-most] cards.
// [data-page] stands before the takes of a page and holds the cursor that they lie behind; where
// takes were taken out, blanks of their size stand in for them. [data-older] leads to more.

import { cursorOf } from "./order.js";

const AHEAD_PX = 1600;
// So few at a time that no frame is late.
const AT_ONCE = 2;
// A page with all that follows it.
const LEAST = 120;
const REST_MS = 4000;

const takes = document.querySelector("[data-takes]");
const away = new WeakMap();
const answers = new WeakMap();
let runs = [];
let laid = null;
let busy = false;

// What is in a card is never gone through: it has fifty elements.
const partsOf = (name) => [...takes.children].filter((each) => each.hasAttribute(name));

export const pages = () => partsOf("data-page");
export const older = () => partsOf("data-older")[0];
export const countOf = (page) => cardsOf(page).length + (away.get(page) ?? 0);

const allCards = () => [...takes.children].filter((each) => each.classList.contains("take"));
// A frame costs by the cards that are there, so that they are few; on a wall of a screen less is near.
const room = ({ across, row } = grid()) => Math.min(takes.dataset.most, Math.max(LEAST, (2 * across * (innerHeight + 2 * AHEAD_PX)) / row));
const ahead = ({ across, row } = grid()) => Math.max(0, Math.min(AHEAD_PX, ((room() * row) / across / 2 - innerHeight) / 2));
const middle = () => innerHeight / 2;
const nextFrame = () => new Promise((go) => (document.hidden ? setTimeout(go) : requestAnimationFrame(() => setTimeout(go))));

// The first card that isn't above what is seen.
export function visibleCard() {
  const cards = allCards();
  let [from, to] = [0, cards.length];
  while (from < to) {
    const half = (from + to) >> 1;
    if (cards[half].getBoundingClientRect().bottom > 0) to = half;
    else from = half + 1;
  }
  return cards[from];
}

// Every page with its cards; what lies before the first page is the first page's, too.
function shelves() {
  const found = new Map();
  let cards = [];
  for (const each of takes.children) {
    if (each.hasAttribute("data-page")) found.set(each, found.size ? (cards = []) : cards);
    else if (each.classList.contains("take")) cards.push(each);
  }
  return found;
}

const cardsOf = (page) => shelves().get(page) ?? [];

// Changes what is in the page while what is seen of it stays where it is.
function steadily(change) {
  const seen = visibleCard();
  const top = seen?.getBoundingClientRect().top;
  change();
  layBlanks();
  const moved = seen?.isConnected ? seen.getBoundingClientRect().top - top : 0;
  if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: "instant" });
}

// --- blanks ---------------------------------------------------------------------------------------

export function layBlanks() {
  for (const blank of partsOf("data-blank")) blank.remove();
  grid();
  let before = 0;
  let run = { pages: [], count: 0 };
  runs = [];
  const close = (next) => {
    if (!run.count) return;
    run.blanks = blanksFor(before, run.count);
    for (const blank of run.blanks) takes.insertBefore(blank, next);
    runs.push(run);
    before += run.count;
    run = { pages: [], count: 0 };
  };
  for (const [page, { length }] of shelves()) {
    if (length) close(page);
    before += length;
    const out = away.get(page) ?? 0;
    if (out) run.pages.push({ page, from: run.count, to: (run.count += out) });
  }
  close(older());
}

// Asked once for a width: the answer needs the layout of what is about to change.
function grid() {
  if (laid) return laid;
  const { gridTemplateColumns, rowGap } = getComputedStyle(takes);
  const space = parseFloat(rowGap) || 0;
  const row = (allCards()[0]?.getBoundingClientRect().height ?? 320) + space;
  return (laid = { across: gridTemplateColumns.split(" ").length, space, row });
}

// What is out begins and ends within a row: the first blank fills that, the last the other.
function blanksFor(before, count) {
  const { across, space, row } = grid();
  const head = Math.min(count, (across - (before % across)) % across);
  const rows = Math.floor((count - head) / across);
  const tail = count - head - rows * across;
  return [[head, ""], [rows && across, `${rows * row - space}px`], [tail, ""]]
    .filter(([wide]) => wide)
    .map(([wide, height]) => {
      const blank = document.createElement("div");
      blank.setAttribute("data-blank", "");
      blank.style.gridColumn = `span ${wide}`;
      blank.style.minHeight = height;
      return blank;
    });
}

// The page that is out and nearest to what is seen, if it is near at all.
function nearest() {
  const near = [];
  const far = ahead();
  for (const run of runs) {
    const top = run.blanks[0].getBoundingClientRect().top;
    const height = run.blanks.at(-1).getBoundingClientRect().bottom - top;
    for (const { page, from, to } of run.pages) {
      const [start, end] = [from, to].map((count) => top + (height * count) / run.count);
      if (end > -far && start < innerHeight + far) near.push({ page, far: Math.abs((start + end) / 2 - middle()) });
    }
  }
  return near.sort((one, other) => one.far - other.far)[0]?.page;
}

// --- taking out -----------------------------------------------------------------------------------

// Where the person is: those cards stay.
const held = () => new Set([document.activeElement, ...takes.querySelectorAll("[data-playing], [open]")].map((each) => each?.closest(".take")));
const isUnfinished = (cards) => cards.some((card) => card.matches("[data-unfinished]"));

// A page to which takes keep coming is parted, so that what is far away of it can go.
function part() {
  const half = Math.min(30, Math.ceil(room() / 8));
  for (const [page, cards] of shelves()) {
    if (away.get(page) || cards.length <= 2 * half) continue;
    for (let at = cards.length - half; at >= half; at -= half) cards[at].before(pageBehind(page, cursorOf(cards[at - 1]), 0));
  }
}

function farthest() {
  const found = [];
  const stay = held();
  const near = ahead();
  for (const [page, cards] of shelves()) {
    if (!cards.length || cards.some((card) => stay.has(card))) continue;
    const [start, end] = [cards[0].getBoundingClientRect().top, cards.at(-1).getBoundingClientRect().bottom];
    if (end > 0 && start < innerHeight) continue;
    // What is on its way is told of here; what is near would come again at once.
    const isNear = end > -near && start < innerHeight + near;
    found.push({ page, far: Math.abs((start + end) / 2 - middle()) - (isUnfinished(cards) ? 1e9 : 0) - (isNear ? 2e9 : 0) });
  }
  return found.sort((one, other) => other.far - one.far)[0]?.page;
}

function makeRoom(coming) {
  const most = room();
  if (allCards().length + coming > most) part();
  for (let page; allCards().length + coming > most && (page = farthest()); ) {
    steadily(() => {
      const cards = cardsOf(page);
      away.set(page, countOf(page));
      for (const card of cards) card.remove();
    });
  }
}

// --- putting in -----------------------------------------------------------------------------------

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const asker = detail.requestConfig.elt;
  if (!asker.matches("[data-page], [data-older]")) return;
  const answer = document.createElement("template");
  answer.innerHTML = detail.serverResponse;
  answers.set(asker, answer.content);
  detail.shouldSwap = false;
});

async function ask(asker, url) {
  await htmx.ajax("GET", url, { source: asker, target: takes, swap: "none" }).catch(() => {});
  return asker.isConnected ? answers.get(asker) : null;
}

async function place(page, cards) {
  await nextFrame(); // the answer was just parsed
  if (!page.isConnected) return;
  makeRoom(cards.filter((card) => !document.getElementById(card.id)).length);
  let last = page;
  for (let at = 0; at < cards.length; at += AT_ONCE) {
    await nextFrame(); // the first ones, too: others just made room
    if (!page.isConnected) return;
    steadily(() => {
      for (const card of cards.slice(at, at + AT_ONCE)) {
        const shown = document.getElementById(card.id);
        if (!shown) {
          (document.getElementById(last.id) ?? page).after(card);
          htmx.process(card);
          away.set(page, Math.max((away.get(page) ?? 0) - 1, 0));
        }
        last = shown ?? card;
      }
    });
  }
  steadily(() => away.set(page, 0));
}

export async function load(page) {
  const next = pages()[pages().indexOf(page) + 1]?.dataset.page ?? older()?.dataset.older ?? "";
  const query = new URLSearchParams({ after: page.dataset.page, until: next });
  const answer = await ask(page, page.dataset.from + query);
  if (!answer) return false;
  // More than one page's takes may lie there by now.
  const rest = answer.querySelector("[data-older]");
  if (rest) page.after(pageBehind(page, rest.dataset.older, 1));
  await place(page, [...answer.querySelectorAll(".take")]);
  return true;
}

export function pageBehind(page, cursor, count) {
  const behind = page.cloneNode();
  behind.dataset.page = cursor;
  away.set(behind, count);
  return behind;
}

async function loadOlder(link) {
  const answer = await ask(link, link.href);
  if (!answer) return false;
  const page = answer.querySelector("[data-page]");
  const next = answer.querySelector("[data-older]");
  link.before(page);
  next ? link.replaceWith(next) : link.remove();
  await place(page, [...answer.querySelectorAll(".take")]);
  return true;
}

export async function fill() {
  if (busy) return;
  busy = true;
  for (let went = true; went; ) {
    const page = nearest();
    const link = older();
    if (page) went = await load(page);
    else if (link && link.getBoundingClientRect().top < innerHeight + ahead()) went = await loadOlder(link);
    else break;
    if (!went) await new Promise((go) => setTimeout(go, REST_MS));
  }
  busy = false;
}

let due = false;
function look() {
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    fill();
  });
}

if (takes) {
  addEventListener("scroll", look, { passive: true });
  let width = takes.clientWidth;
  new ResizeObserver(() => {
    if (takes.clientWidth === width) return;
    width = takes.clientWidth;
    laid = null;
    requestAnimationFrame(() => {
      if (runs.length) steadily(() => {});
      look();
    });
  }).observe(takes);
  takes.addEventListener("click", (event) => {
    if (!event.target.matches("[data-older]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    look();
  });
  // A take that is put where others were taken out belongs among them.
  takes.addEventListener("missed", ({ detail }) => load(detail.page));
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target === takes) layBlanks();
    look();
  });
  // Only when all of an answer is in its place: it may tell of what has to leave.
  document.addEventListener("htmx:afterOnLoad", () => makeRoom(0));
  look();
}
