// Asks for what changed, every two seconds, while something is unfinished and the page is seen.
// One poll per page: [data-live] carries the request; [data-unfinished] marks what may change.

const EVERY_MS = 2000;
const title = document.title;
const poller = document.querySelector("[data-live]");
const unfinished = () => document.querySelectorAll("[data-unfinished]").length;
const ask = () => htmx.trigger(poller, "live");

function numbersOnPage() {
  const numbers = [...document.querySelectorAll("[data-take]")].map((take) => Number(take.dataset.take));
  return { first: Math.min(...numbers, Infinity), last: Math.max(...numbers, 0) };
}

function countInTitle() {
  const count = unfinished();
  document.title = count ? `(${count}) ${title}` : title;
}

const age = (card) => parseInt(card.dataset.version, 10);

// An answer on its way for long is older than what the page got meanwhile.
function isKnown(card) {
  const shown = document.getElementById(card.id);
  return shown && (shown.dataset.version === card.dataset.version || age(shown) > age(card));
}

// Where a new take belongs: a submit's answer and a poll's may each bring it, in any order.
function put(card) {
  const html = card.outerHTML;
  const shown = document.getElementById(card.id);
  if (shown) return htmx.swap(shown, html, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 });
  const older = [...document.querySelectorAll("[data-take]")].find((each) => Number(each.dataset.take) < Number(card.dataset.take));
  if (!older || !older.previousElementSibling) return false;
  htmx.swap(older, html, { swapStyle: "beforebegin", swapDelay: 0, settleDelay: 0 });
}

if (poller) {
  setInterval(() => !document.hidden && unfinished() && ask(), EVERY_MS);
  document.addEventListener("visibilitychange", () => !document.hidden && ask());

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.elt !== poller || !document.querySelector("[data-takes]")) return;
    const { first, last } = numbersOnPage();
    detail.parameters.first = Number.isFinite(first) ? first : 0;
    detail.parameters.last = last;
  });

  // A card that hasn't changed stays: it may be playing, or have come by another answer already.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const card = event.detail.fragment.querySelector("[data-version]");
    if (!card) return;
    const isNew = event.detail.target.matches("[data-takes]");
    if (isKnown(card) || (isNew && put(card) !== false)) event.detail.shouldSwap = false;
  });

  document.addEventListener("htmx:afterSettle", countInTitle);
  countInTitle();
}
