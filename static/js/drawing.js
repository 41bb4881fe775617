// Drawing on the frame: strokes in thousandths of the picture's width and height, kept in the
// note's form until it is left. What others drew is shown while their frame is on the screen.

const UNIT = 1000;
const POINTS_MAX = 400;
const STROKES_MAX = 60;
const svg = () => document.querySelector("[data-drawn]");
const field = () => document.querySelector("[data-drawing-field]");
const stage = () => svg()?.closest("[data-player]") ?? svg()?.parentElement;
const size = () => svg().viewBox.baseVal;

let stroke = null; // what is being drawn
let frame = 0;

const mine = () => JSON.parse(field()?.value || "[]");

function keep(strokes) {
  field().value = strokes.length ? JSON.stringify(strokes) : "";
  field().dispatchEvent(new Event("input", { bubbles: true })); // it is kept as what is typed is
  show();
}

function pointAt(event) {
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg().getScreenCTM().inverse());
  const within = (value, all) => Math.round(Math.min(Math.max(value / all, 0), 1) * UNIT);
  return [within(at.x, size().width), within(at.y, size().height)];
}

function line(points) {
  const { width, height } = size();
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
  const pairs = [];
  for (let at = 0; at < points.length; at += 2) pairs.push(`${(points[at] * width) / UNIT},${(points[at + 1] * height) / UNIT}`);
  drawn.setAttribute("points", pairs.join(" "));
  return drawn;
}

// A drawing on the whole take, or on a picture, is always seen; one on a frame when that is.
function others() {
  const notes = [...document.querySelectorAll("#notes-list [data-drawing]")];
  const seen = notes.filter(({ dataset }) => !("frame" in dataset) || Number(dataset.frame) === frame);
  return seen.flatMap(({ dataset }) => JSON.parse(dataset.drawing));
}

function show() {
  for (const each of document.querySelectorAll("[data-drawing-told], [data-drawing-undo]")) each.hidden = !mine().length;
  if (!svg()) return;
  const all = [...others(), ...mine(), ...(stroke ? [stroke] : [])];
  svg().replaceChildren(...all.map(line));
}

function setDrawing(isOn) {
  stage()?.toggleAttribute("data-drawing-now", isOn);
  document.querySelector("[data-draw]")?.setAttribute("aria-pressed", isOn);
  if (isOn && stage().hasAttribute("data-moving")) stage().querySelector("[data-player-do=toggle]").click();
}

const isDrawing = () => stage()?.hasAttribute("data-drawing-now") ?? false;

document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-draw]")) setDrawing(!isDrawing());
  if (target.closest?.("[data-drawing-undo]")) keep(mine().slice(0, -1));
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isDrawing()) return setDrawing(false);
  if (event.target.closest?.("input:not([type=range]), textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.toLowerCase() === "d" && !event.repeat && svg()) setDrawing(!isDrawing());
});

document.addEventListener("pointerdown", (event) => {
  if (!isDrawing() || event.target !== svg() || event.button) return;
  event.preventDefault();
  svg().setPointerCapture(event.pointerId);
  const [x, y] = pointAt(event);
  stroke = [x, y, x, y];
  show();
});
document.addEventListener("pointermove", (event) => {
  if (!stroke) return;
  const [x, y] = pointAt(event);
  if (Math.hypot(x - stroke.at(-2), y - stroke.at(-1)) < 4 || stroke.length >= 2 * POINTS_MAX) return;
  stroke.push(x, y);
  show();
});
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    if (!stroke) return;
    const strokes = [...mine(), stroke];
    stroke = null;
    keep(strokes.slice(0, STROKES_MAX));
  });
}

document.addEventListener("frame", ({ detail }) => {
  frame = detail.frame;
  if (detail.isMoving && isDrawing()) setDrawing(false);
  show();
});
for (const event of ["htmx:afterSwap", "htmx:oobAfterSwap"]) document.addEventListener(event, show);
show();
