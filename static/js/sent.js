// Shows what was asked for at once, on top of the takes, from the template [data-sending]. A card
// that the server sends takes its place; what is refused, or couldn't be sent, is taken out again.
// In another order than the newest first it goes as its take comes to its place.
// sending.js tells what becomes of an order: "ordered", "answered", "given-back".

import { order } from "./order.js";

const template = document.querySelector("template[data-sending]");
const form = () => document.querySelector("[data-composer]");
const plain = (words) => words.replace(/\s+/g, " ").trim();
const dollars = (amount) => `$${(Math.ceil(amount * 100 - 1e-6) / 100).toFixed(2)}`;

let orders = []; // of each that isn't answered yet its cards, the lowest first
let isAnswering = false;

function draw(words) {
  const { kind, model, resolution, ratio, duration_s: seconds, shown_usd: price } = form().elements;
  const card = template.content.firstElementChild.cloneNode(true);
  const fill = (name, text) => (card.querySelector(`[data-${name}]`).textContent = text);
  const isPicture = kind.value.includes("image");
  card.dataset.words = plain(words);
  fill("title", words);
  fill("model", model.value);
  fill("size", (isPicture ? ratio : resolution)?.value ?? "");
  fill("length", isPicture ? "Picture" : seconds ? `${seconds.value} s` : "");
  fill("price", price ? dollars(price.value / price.dataset.takes) : "");
  return card;
}

function show() {
  const { words, kind, count } = form().elements;
  const cards = [];
  orders.push(cards);
  // What is changed has its card, and a version none: it plays in its take's.
  if (form().querySelector("[data-leave]") || kind.value === "reframe") return;
  const add = (prompts) => {
    for (const each of prompts) for (let n = count?.value || 1; n; n -= 1) cards.push(draw(each));
    for (const card of cards) document.querySelector("[data-takes]").prepend(card);
  };
  if (kind.value === "modify" || !words.value.includes("{")) return add([words.value]);
  const typed = words.value;
  import("./braces.js").then(({ prompts }) => orders.includes(cards) && add(prompts(typed)), () => {});
}

const remove = (order) => order?.forEach((card) => card.hasAttribute("data-sending") && card.remove());

// A poll may be faster than the answer: its take is known by the words.
function placeOf(card) {
  const waiting = isAnswering ? orders[0] ?? [] : orders.flat();
  const title = plain(card.querySelector(".take__words a").lastChild.textContent);
  const [begin] = title.split("…");
  const isThis = ({ dataset: { words } }) => words && (words === title || (title.endsWith("…") && words.startsWith(begin)));
  return waiting.filter((each) => each.isConnected && each.hasAttribute("data-sending")).find((each) => isAnswering || isThis(each));
}

if (template && form()) {
  document.addEventListener("ordered", show);
  document.addEventListener("answered", () => remove(orders.shift()));
  document.addEventListener("given-back", () => {
    orders.forEach(remove);
    orders = [];
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => (isAnswering = detail.requestConfig.elt === form()));
  // With the id of the new card it is what live.js replaces.
  document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    const card = detail.target.matches("[data-takes]") && detail.fragment.querySelector("[data-take]");
    const place = card && order() === "newest" && !document.getElementById(card.id) && placeOf(card);
    if (!place) return;
    place.id = card.id;
    place.removeAttribute("data-sending");
  });
}
