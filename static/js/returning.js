// Comes back to the board where one left it: the same takes at the same height. What was loaded is
// remembered by its cursors, and only what is seen of it is asked for again.

import { countOf, fill, layBlanks, load, older, pageBehind, pages, visibleCard } from "./paging.js";

const name = `takes ${globalThis.navigation?.currentEntry?.key ?? location.href}`;
const takes = document.querySelector("[data-takes]");
const arrived = performance.getEntriesByType("navigation")[0]?.type;

function pageOf(card) {
  const before = (page) => page.compareDocumentPosition(card) & Node.DOCUMENT_POSITION_FOLLOWING;
  return Math.max(pages().findLastIndex(before), 0);
}

function keep() {
  const card = visibleCard();
  const place = {
    from: pages()[0].dataset.from,
    pages: pages().map((page) => [page.dataset.page, countOf(page)]),
    older: older() && [older().dataset.older, older().getAttribute("href")],
    y: scrollY,
    card: card?.id,
    page: card ? pageOf(card) : 0,
    top: card?.getBoundingClientRect().top,
  };
  sessionStorage.setItem(name, JSON.stringify(place));
}

// Beside the page that the server sends anew, as blanks at first.
function putBack(place) {
  const [begins, ...rest] = place.pages;
  const link = older();
  const first = pages()[0];
  if (rest.length && link && link.dataset.older !== rest[0][0]) rest.unshift([link.dataset.older, begins[1]]);
  const end = link ?? null;
  for (const [cursor, count] of rest) takes.insertBefore(pageBehind(first, cursor, count), end);
  if (link && !place.older) link.remove();
  else if (link) Object.assign(link, { href: place.older[1] }).dataset.older = place.older[0];
  layBlanks();
}

async function comeBack(place) {
  if (pages()[0].dataset.from !== place.from || pages()[0].dataset.page !== place.pages[0][0]) return;
  if (place.pages.length > 1 && pages().length === 1) putBack(place);
  scrollTo({ top: place.y, behavior: "instant" });
  const page = pages().find((each) => each.dataset.page === place.pages[place.page][0]);
  if (page && !document.getElementById(place.card)) await load(page);
  const card = document.getElementById(place.card);
  if (card) scrollBy({ top: card.getBoundingClientRect().top - place.top, behavior: "instant" });
  await fill();
}

if (takes) {
  history.scrollRestoration = "manual";
  addEventListener("pagehide", keep);
  const place = JSON.parse(sessionStorage.getItem(name));
  if (place && (arrived === "back_forward" || arrived === "reload")) comeBack(place);
}
