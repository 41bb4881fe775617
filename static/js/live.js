// Asks for what changed: every two seconds while something is unfinished and the page is seen;
// seldom while it isn't seen, for its title, and while all is finished, for what others do. One poll
// per page: [data-live] carries it; [data-unfinished] marks what may change by itself.

import { arrive, placeOf } from "./order.js";

const EVERY_MS = 2000;
const SELDOM_MS = 15000;
const poller = document.querySelector("[data-live]");
const unfinished = () => document.querySelectorAll("[data-unfinished]").length;
const ask = () => htmx.trigger(poller, "live");

function numbersOnPage() {
  const numbers = [...document.querySelectorAll("[data-take]")].map((take) => Number(take.dataset.take));
  return { first: Math.min(...numbers, Infinity), last: Math.max(...numbers, 0) };
}

const age = (card) => parseInt(card.dataset.version, 10);

// An answer on its way for long is older than what the page got meanwhile.
function isKnown(card) {
  const shown = document.getElementById(card.id);
  return shown && (shown.dataset.version === card.dataset.version || age(shown) > age(card));
}

// What a target's extensions know, as "morph", is known only where it is named as the context.
const swap = (target, html, swapStyle) => htmx.swap(target, html, { swapStyle, swapDelay: 0, settleDelay: 0 }, { contextElement: target });

// Where a new take belongs: a submit's answer and a poll's may each bring it, in any order. False
// where it is on top, which is where the server puts it.
function put(card) {
  const html = card.outerHTML;
  const shown = document.getElementById(card.id);
  if (shown) return swap(shown, html, "morph"); // what is typed in it, and the focus, stay
  const { takes, next, page, isLoaded } = placeOf(card);
  if (page && card.matches("[data-unfinished]")) takes.dispatchEvent(new CustomEvent("missed", { detail: { page } }));
  if (!card.closest("[data-known]")) arrive(card);
  if (page || !isLoaded) return true;
  if (next ? !next.previousElementSibling : !takes.querySelector("[data-take]")) return false;
  return next ? swap(next, html, "beforebegin") : swap(takes, html, "beforeend");
}

// What a person opened stays open, whatever the server sends, and what is half typed at a take is
// left alone until its own form is answered.
const { callbacks } = Idiomorph.defaults;
const stays = (name, element) => name === "open" && element.matches("details");
callbacks.beforeAttributeUpdated = (name, element) => !stays(name, element);
let asker = null;
document.addEventListener("htmx:beforeSwap", ({ detail }) => (asker = detail.requestConfig.elt));
callbacks.beforeNodeMorphed = (old) => !old.matches?.("[data-film] :read-write, [data-take] :read-write") || old.value === old.defaultValue || old.form?.contains(asker);

// A video that plays would stop if its card were put in anew: what is around it is changed.
function putAround(card) {
  const shown = document.getElementById(card.id);
  const playing = shown?.querySelector("[data-playing]");
  if (!playing || card.querySelector("[data-preview]")?.dataset.preview !== playing.dataset.preview) return false;
  Idiomorph.morph(shown, card.outerHTML, {
    callbacks: {
      beforeNodeRemoved: (node) => node.nodeName !== "VIDEO",
      beforeAttributeUpdated: (name, element) => name !== "data-playing" && !stays(name, element),
    },
  });
  htmx.process(shown);
  return true;
}

// A star is each person's own, and no event of the take: a tab hands it to the others.
function starsIn(html) {
  const answer = new DOMParser().parseFromString(html, "text/html");
  return [...answer.querySelectorAll(".star")].map((star) => (star.removeAttribute("hx-swap-oob"), star.outerHTML));
}

function putStar(html) {
  const star = new DOMParser().parseFromString(html, "text/html").querySelector(".star");
  const button = `#${CSS.escape(star.querySelector("button").id)}`;
  for (const other of document.querySelectorAll(`.star:has(${button})`)) {
    if (other.getAttribute("action") !== star.getAttribute("action")) htmx.swap(other, html, { swapStyle: "outerHTML" });
  }
}

if (poller) {
  setInterval(() => !document.hidden && unfinished() && ask(), EVERY_MS);
  setInterval(() => (document.hidden ? unfinished() : !unfinished()) && ask(), SELDOM_MS);
  document.addEventListener("visibilitychange", () => !document.hidden && ask());

  // What is done in one tab is seen at once in the others.
  const tabs = new BroadcastChannel("dailies");
  tabs.addEventListener("message", ({ data }) => {
    data.stars?.forEach(putStar);
    if (!document.hidden) ask();
  });
  document.addEventListener("htmx:afterRequest", ({ detail: { successful, requestConfig, xhr } }) => {
    if (!successful || requestConfig.verb !== "post") return;
    tabs.postMessage({ stars: /favourite/.test(requestConfig.path) ? starsIn(xhr.responseText) : [] });
  });

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.elt !== poller || !document.querySelector("[data-takes]")) return;
    const { first, last } = numbersOnPage();
    detail.parameters.first = Number.isFinite(first) ? first : 0;
    detail.parameters.last = last;
  });

  // What is out of the page, or was never on it, has nothing to be swapped.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.requestConfig.elt !== poller && !detail.requestConfig.elt.matches("[data-takes-away]")) return;
    const answer = document.createElement("template");
    answer.innerHTML = detail.serverResponse;
    for (const each of answer.content.querySelectorAll('[hx-swap-oob="true"], [hx-swap-oob="morph"], [hx-swap-oob="delete"]')) {
      if (!document.getElementById(each.id)) each.remove();
    }
    detail.serverResponse = answer.innerHTML;
  });

  // A card that hasn't changed stays: it may be playing, or have come by another answer already.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const card = event.detail.fragment.querySelector("[data-version]");
    if (!card) return;
    const isNew = event.detail.target.matches("[data-takes]");
    if (isKnown(card) || putAround(card) || (isNew && put(card) !== false)) event.detail.shouldSwap = false;
  });
}
