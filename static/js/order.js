// The order of a board's or a gallery's takes: where a take that comes in belongs. In another order
// than the newest first that is often out of sight, or not loaded: then [data-arrived] leads there.

const WAYS = { newest: [-1], oldest: [1], dearest: [-1, -1] };

const takes = document.querySelector("[data-takes]");
const arrived = document.querySelector("[data-arrived]");
const from = () => takes.querySelector("[data-page]").dataset.from;

export const order = () => new URLSearchParams(from().split("?")[1]).get("sort") ?? "newest";

// What a page behind this card names it by, as the server does.
export const cursorOf = ({ dataset: { take, price } }) => (order() === "dearest" ? `${price}~${take}` : take);

function isBefore(one, other) {
  const [ones, others] = [one, other].map((cursor) => cursor.split("~").map(Number));
  const at = ones.findIndex((value, place) => value !== others[place]);
  return at >= 0 && (ones[at] - others[at]) * WAYS[order()][at] < 0;
}

// The page before this place which a take belongs to, where its takes are out (paging.js).
function outBefore(place, cursor) {
  let isOut = false;
  for (let each = place; each?.matches("[data-page], [data-blank]"); each = each.previousElementSibling) {
    if (each.matches("[data-blank]")) isOut = true;
    else if (isOut && (!each.dataset.page || isBefore(each.dataset.page, cursor))) return each;
  }
  return null;
}

// The card that a new one stands before, or the page that it would be in, or neither at the end.
export function placeOf(card) {
  const cursor = cursorOf(card);
  const next = [...takes.querySelectorAll("[data-take]")].find((each) => isBefore(cursor, cursorOf(each)));
  const page = outBefore(next ? next.previousElementSibling : takes.lastElementChild, cursor);
  return { takes, next, page, isLoaded: Boolean(next) || !takes.querySelector("[data-older]") };
}

// --- what came in and wasn't seen yet -------------------------------------------------------------

const unseen = new Set();

export function arrive(card) {
  if (order() === "newest") return;
  unseen.add(card.id);
}

function isSeen(card) {
  const { top, bottom } = card.getBoundingClientRect();
  const composer = document.querySelector(".composer"); // it lies over the page's end
  return bottom > 0 && top < (composer?.getBoundingClientRect().top ?? innerHeight);
}

function tell() {
  for (const id of unseen) {
    const card = document.getElementById(id);
    if (card && isSeen(card)) unseen.delete(id);
  }
  const words = unseen.size ? `${unseen.size} new take${unseen.size > 1 ? "s" : ""}` : "";
  if (arrived.textContent === words) return;
  const link = Object.assign(document.createElement("a"), { href: newestFirst(), className: "button button--primary button--round", textContent: words });
  arrived.replaceChildren(...(words ? [link] : []));
}

// To the first that is here; else to the newest first of what is looked for.
function go(event) {
  const card = [...unseen].map((id) => document.getElementById(id)).find(Boolean);
  if (!card) return;
  event.preventDefault();
  card.scrollIntoView({ block: "center" });
  card.querySelector(".frame__open, .take__words a").focus({ preventScroll: true });
  tell();
}

function newestFirst() {
  const address = new URL(from(), location.href);
  address.searchParams.delete("sort");
  return address.href;
}

if (takes && arrived) {
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target === takes) unseen.clear(); // something else is looked for
    tell();
    arrived.querySelector("a")?.setAttribute("href", newestFirst());
  });
  addEventListener("scroll", () => unseen.size && tell(), { passive: true });
  arrived.addEventListener("click", go);
}
