// What is asked of the review room takes turns. What judges, orders or undoes is answered before
// anything else leaves its take: the answer is of that take, and what it cost is told. What is
// pressed while a note or what fills the retake (a crop, a picture) is on its way waits for it: a
// verdict would bring the note again, and an order would go without the picture.

const saying = new Map(); // which request, and whether it orders the retake
const preparing = new Set();
let waiting = [];

const isNote = ({ elt }) => elt.matches("[data-room] [data-note-form]");
const isRetake = (element) => element.matches("#retake [data-composer]");
const isOrder = ({ elt }, button) => isRetake(elt) && !button?.hasAttribute("formaction");
const isFilling = ({ elt, target }, button) => isRetake(target) && !isOrder({ elt }, button);
const isOfTheRoom = (detail, button) => detail.elt.matches("[hx-sync^='#room']") || (detail.elt.closest("#retake") && isFilling(detail, button));

function tellOrder() {
  const isOrdered = [...saying.values(), ...waiting.map((press) => press.orders)].some(Boolean);
  document.getElementById("retake")?.toggleAttribute("data-ordering", isOrdered);
}

// What is said is what waits until it is answered; of what only leaves the take the last counts.
function wait(press) {
  if (waiting.some(({ says }) => says)) return;
  waiting = [...waiting.filter(({ fills }) => fills), press];
  tellOrder();
}

// htmx sends along the button that has the focus by then, and goes to its address: the one that was
// pressed is pressed anew, which is another element where an answer brought the form.
function press({ elt, name, value }) {
  const there = elt.isConnected ? elt : document.getElementById(elt.id);
  const button = there?.elements && [...there.elements].find((each) => each.type === "submit" && each.name === name && each.value === value);
  (there?.elements ? button : there)?.click();
}

function goOn() {
  while (waiting.length && !saying.size && !preparing.size) press(waiting.shift());
  tellOrder();
}

document.addEventListener("htmx:confirm", (event) => {
  const { elt, path, target, triggeringEvent, verb } = event.detail;
  const button = triggeringEvent?.submitter;
  if (!isOfTheRoom({ elt, target }, button)) return;
  const fills = isFilling({ elt, target }, button);
  const asked = { elt, name: button?.name ?? "", value: button?.value ?? "", fills, says: verb !== "get" && !fills, orders: isOrder({ elt }, button) };
  const isElsewhere = asked.orders && path !== elt.getAttribute("hx-post"); // Ctrl+Enter on a button that crops
  if (!saying.size && !preparing.size && !isElsewhere) return;
  event.preventDefault();
  if (saying.size) return;
  if (preparing.size) wait(asked);
  else press(asked);
});

document.addEventListener("htmx:beforeSend", ({ detail }) => {
  const { elt, requestConfig, xhr } = detail;
  const button = requestConfig.triggeringEvent?.submitter;
  const fills = isFilling(detail, button);
  if (isNote(detail) || fills) preparing.add(xhr);
  else if (isOfTheRoom(detail, button) && requestConfig.verb !== "get") saying.set(xhr, isOrder({ elt }, button));
  else return;
  tellOrder();
  xhr.addEventListener("loadend", () => {
    saying.delete(xhr);
    preparing.delete(xhr);
    if (fills && xhr.status !== 200) waiting = []; // nothing is ordered without what it lacks
    goOn();
  });
});

// What waits was pressed for the take that was shown.
document.addEventListener("htmx:afterSwap", ({ target }) => target.id === "room" && (waiting = []));
