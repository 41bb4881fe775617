// A producer's keys: J and K (or the arrows) walk through the requests, A approves, D asks why not.

const all = () => [...document.querySelectorAll("[data-request]")];
const current = () => document.activeElement.closest?.("[data-request]");

function step(by) {
  const list = all();
  const at = list.indexOf(current());
  const next = list[at < 0 ? 0 : Math.min(Math.max(at + by, 0), list.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

const KEYS = {
  j: () => step(1),
  ArrowDown: () => step(1),
  k: () => step(-1),
  ArrowUp: () => step(-1),
  a: () => current()?.querySelector("[data-approve]").click(),
  d: () => current()?.querySelector("[data-why]").focus(),
};

document.addEventListener("keydown", (event) => {
  if (event.target.closest("[data-why]") && event.key === "Escape") return current().focus();
  if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = !event.repeat && KEYS[event.key];
  if (!act || !all().length) return;
  event.preventDefault();
  act();
});

// What was decided is gone from the list: the keys go on with the one that took its place.
let place = 0;
document.addEventListener("htmx:beforeRequest", () => (place = Math.max(all().indexOf(current()), 0)));
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id !== "requests") return;
  const refused = document.querySelector("#requests [aria-invalid]");
  (refused ?? all()[Math.min(place, all().length - 1)])?.focus();
});
if (!location.hash) all()[0]?.focus();
else document.querySelector(location.hash)?.focus();
