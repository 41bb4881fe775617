// A take over the board: [data-drawer] is the dialog, and links to takes in [data-takes] and in it
// open there. Its address is the take's, so that Back closes it and a reload shows its page.

const drawer = document.querySelector("[data-drawer]");
const inside = drawer?.querySelector("[data-drawer-inside]");
const TAKE = /^\/generations\/[0-9a-f-]{36}\/$/;

let opener = null; // what has the focus again when it closes
let shown = null; // the path of the take in it

const isTake = (link) => TAKE.test(link.pathname) && !link.target && !link.hasAttribute("download");
const cards = () => [...document.querySelectorAll("[data-takes] [data-take]")];
const pageOf = (card) => [...(card?.querySelectorAll("a[href]") ?? [])].find(isTake);
const place = () => cards().findIndex((card) => pageOf(card)?.pathname === shown);
const neighbour = (step) => (place() < 0 ? null : (cards()[place() + step] ?? null));
const depth = () => history.state?.drawer ?? 0; // how many entries of the history are the drawer's

// What is told while it is open is told in it: everything behind a modal dialog is inert.
function bring(home) {
  for (const id of ["announcer", "notices"]) home.append(document.getElementById(id));
}

async function show({ pathname, search }) {
  if (!drawer.open) {
    opener = document.activeElement;
    inside.replaceChildren(drawer.querySelector("[data-drawer-closed]").content.cloneNode(true));
    drawer.showModal();
    bring(drawer);
  }
  const held = document.activeElement?.dataset.drawerStep;
  shown = pathname;
  // A board is lighter without; the browser's controls work, and times are in UTC.
  for (const module of [import("./player.js"), import("./local.js"), import("./copy.js")]) module.catch(() => {});
  await htmx.ajax("GET", pathname + search, { source: inside, target: inside, swap: "innerHTML" });
  if (shown !== pathname || !drawer.open) return;
  if (!inside.querySelector("[data-film]")) return close(); // it isn't there; the notice says so
  drawer.scrollTop = 0;
  focusAgain(held);
}

function focusAgain(step) {
  const button = step && inside.querySelector(`[data-drawer-step="${step}"]:not([disabled])`);
  (button || inside.querySelector("h2")).focus();
}

function open(url) {
  if (!depth()) history.replaceState({ drawer: 0 }, ""); // htmx would fetch the board anew on Back
  history.pushState({ drawer: depth() + 1 }, "", url.pathname + url.search);
  return show(url);
}

function step(by) {
  const page = pageOf(neighbour(by));
  if (!page) return;
  history.replaceState({ drawer: depth() }, "", page.pathname);
  show(page);
}

function hide() {
  if (!drawer.open) return;
  const back = pageOf(cards()[place()]) ?? opener;
  drawer.close();
  back?.focus();
}

// A person closes it: the history goes back to the board, and the drawer with it.
const close = () => (depth() ? history.go(-depth()) : hide());

function nameSteps() {
  if (!drawer.open) return;
  for (const button of inside.querySelectorAll("[data-drawer-step]")) {
    button.disabled = !pageOf(neighbour(Number(button.dataset.drawerStep)));
  }
  // The last one on the page: those that follow are brought.
  if (place() >= 0 && !neighbour(1)) document.querySelector("[data-takes] > .older")?.click();
}

// What was swapped may have held the focus, which is never to leave the drawer.
let held = "";
function keepFocus() {
  if (!drawer.open || document.activeElement !== document.body) return;
  const same = held && inside.querySelector(`#${CSS.escape(held)}`);
  (same || inside.querySelector("h2")).focus();
}

// The take's star is also on its card, which no event refreshes: it is each person's own.
function copyStar() {
  const [star, other] = [inside, cards()[place()]].map((where) => where?.querySelector(".star"));
  if (!star || !other || star.action === other.action) return;
  other.replaceWith(star.cloneNode(true));
  htmx.process(cards()[place()].querySelector(".star"));
}

function listen() {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest?.("[data-takes] a[href], [data-drawer] a[href]");
    if (!link || !isTake(link) || link.matches("[data-drawer-page]")) return;
    event.preventDefault();
    open(link);
  });

  drawer.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-drawer-step], [data-drawer-close]");
    if (event.target === drawer || button?.matches("[data-drawer-close]")) {
      event.preventDefault();
      close();
    } else if (button) step(Number(button.dataset.drawerStep));
  });
  drawer.addEventListener("cancel", (event) => {
    if (event.target !== drawer) return;
    event.preventDefault();
    close();
  });
  drawer.addEventListener("close", (event) => {
    if (event.target !== drawer) return;
    bring(document.body);
    inside.replaceChildren(drawer.querySelector("[data-drawer-closed]").content.cloneNode(true));
    shown = null;
    if (depth()) history.go(-depth());
  });
  document.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const isHere = drawer.contains(event.target) || event.target === document.body;
    if (!by || !drawer.open || !isHere || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.target.closest("input, select, textarea, video, pre")) return;
    event.preventDefault();
    step(by);
  });

  addEventListener("popstate", ({ state }) => (state?.drawer ? show(location) : hide()));

  drawer.addEventListener("focusin", ({ target }) => (held = target.id));
  for (const each of [nameSteps, keepFocus, copyStar]) document.addEventListener("htmx:afterSettle", each);
  // What is put in the composer is shown there; but not the answer to what it asked before the take
  // was opened. A draft that is put back is asked for by the page itself.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const { elt } = detail.requestConfig;
    const isFilled = detail.target.matches("[data-composer]") && (drawer.contains(elt) || elt === document.body);
    if (isFilled && drawer.open) drawer.close();
  });
  // Nor does such an answer change the address, which is the take's until it is closed. htmx puts a
  // state of its own in the history before it tells of it.
  let entry = null;
  document.addEventListener("htmx:beforeSwap", () => (entry = drawer.open ? history.state : null));
  document.addEventListener("htmx:beforeHistoryUpdate", ({ detail }) => {
    if (entry && detail.history.type === "replace") detail.history.path = location.pathname + location.search;
  });
  document.addEventListener("htmx:replacedInHistory", () => entry && history.replaceState(entry, ""));
  // It was deleted: the card beside it is next.
  document.body.addEventListener("take-gone", () => {
    opener = pageOf(neighbour(1)) ?? pageOf(neighbour(-1)) ?? opener;
    close();
  });
  // An answer on its way may be of the take that was open before.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const film = event.detail.fragment.querySelector("[data-film]");
    if (film && event.detail.target.dataset.film !== film.dataset.film) event.detail.shouldSwap = false;
  });
}

if (drawer) listen();
else {
  // A take's page that was reloaded where it had been in the drawer: the board is to be loaded again.
  const { pathname } = location;
  addEventListener("popstate", () => location.pathname !== pathname && location.reload());
}
