// Asks for what changed while something is unfinished: every two seconds while the page is seen,
// seldom while it isn't, so that its title can say what is ready. One poll per page: [data-live]
// carries the request; [data-unfinished] marks what may change.

const EVERY_MS = 2000;
const UNSEEN_EVERY_MS = 15000;
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

// The page above a card that a take of this number belongs to, where its takes are out (paging.js).
function outAbove(card, number) {
  let isOut = false;
  for (let each = card.previousElementSibling; each?.matches("[data-page], [data-blank]"); each = each.previousElementSibling) {
    if (each.matches("[data-blank]")) isOut = true;
    else if (isOut && (!each.dataset.page || Number(each.dataset.page) > number)) return each;
  }
  return null;
}

// Where a new take belongs: a submit's answer and a poll's may each bring it, in any order.
function put(card) {
  const html = card.outerHTML;
  const shown = document.getElementById(card.id);
  if (shown) return htmx.swap(shown, html, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 });
  const older = [...document.querySelectorAll("[data-take]")].find((each) => Number(each.dataset.take) < Number(card.dataset.take));
  if (!older) return false;
  const page = outAbove(older, Number(card.dataset.take));
  if (page) {
    if (card.matches("[data-unfinished]")) older.parentElement.dispatchEvent(new CustomEvent("missed", { detail: { page } }));
    return true;
  }
  if (!older.previousElementSibling) return false;
  htmx.swap(older, html, { swapStyle: "beforebegin", swapDelay: 0, settleDelay: 0 });
}

// What a person opened stays open, whatever the server sends.
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, element) => !(name === "open" && element.matches("details"));

if (poller) {
  setInterval(() => !document.hidden && unfinished() && ask(), EVERY_MS);
  setInterval(() => document.hidden && unfinished() && ask(), UNSEEN_EVERY_MS);
  document.addEventListener("visibilitychange", () => !document.hidden && ask());

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.elt !== poller || !document.querySelector("[data-takes]")) return;
    const { first, last } = numbersOnPage();
    detail.parameters.first = Number.isFinite(first) ? first : 0;
    detail.parameters.last = last;
  });

  // What is out of the page, or was never on it, has nothing to be swapped.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.requestConfig.elt !== poller) return;
    const answer = document.createElement("template");
    answer.innerHTML = detail.serverResponse;
    for (const each of answer.content.querySelectorAll('[hx-swap-oob="true"], [hx-swap-oob="morph"]')) {
      if (!document.getElementById(each.id)) each.remove();
    }
    detail.serverResponse = answer.innerHTML;
  });

  // A card that hasn't changed stays: it may be playing, or have come by another answer already.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const card = event.detail.fragment.querySelector("[data-version]");
    if (!card) return;
    const isNew = event.detail.target.matches("[data-takes]");
    if (isKnown(card) || (isNew && put(card) !== false)) event.detail.shouldSwap = false;
  });
}
