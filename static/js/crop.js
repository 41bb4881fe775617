// Shows on the picture what a crop keeps: dragged with the pointer, or moved with the arrow keys.
// Without this script the form's three places say where.

const form = document.querySelector("[data-crop]");
const stage = document.querySelector("[data-crop-stage]");
const picture = stage?.querySelector("img");
const field = form?.querySelector("[data-crop-share]");
const SHARES = { start: 0, middle: 0.5, end: 1 };
const STEPS = { ArrowLeft: -0.02, ArrowUp: -0.02, ArrowRight: 0.02, ArrowDown: 0.02, PageUp: -0.1, PageDown: 0.1, Home: -1, End: 1 };

const box = document.createElement("div");
Object.assign(box, { className: "crop__box", tabIndex: 0, hidden: true });
for (const [name, value] of Object.entries({ role: "slider", "aria-label": "The part that is kept", "aria-valuemin": 0, "aria-valuemax": 100 })) box.setAttribute(name, value);

const ratio = () => form.elements.ratio.value;

function kept() {
  const [across, down] = ratio().split(":").map(Number);
  const width = Number(picture.getAttribute("width"));
  const height = Number(picture.getAttribute("height"));
  return { width: Math.min(1, (height * across) / down / width), height: Math.min(1, (width * down) / across / height) };
}

function show() {
  if (!ratio()) return;
  const { width, height } = kept();
  const share = Number(field.value);
  const percent = (part) => `${(part * 100).toFixed(3)}%`;
  Object.assign(box.style, { width: percent(width), height: percent(height), left: percent((1 - width) * share), top: percent((1 - height) * share) });
  const words = width < 1 ? "from the left" : "from the top";
  box.setAttribute("aria-valuenow", Math.round(share * 100));
  box.setAttribute("aria-valuetext", `${Math.round(share * 100)} % ${words}`);
  box.setAttribute("aria-orientation", width < 1 ? "horizontal" : "vertical");
  box.hidden = false;
  form.querySelector("[data-crop-words]").hidden = false;
}

function place(share) {
  field.value = Math.min(Math.max(share, 0), 1).toFixed(4);
  show();
}

if (form) {
  stage.append(box);
  if (!field.value) field.value = SHARES[form.elements.place.value] ?? 0.5;
  form.addEventListener("change", ({ target }) => (target.name === "place" ? place(SHARES[target.value]) : show()));
  box.addEventListener("keydown", (event) => {
    if (!(event.key in STEPS)) return;
    event.preventDefault();
    place(Number(field.value) + STEPS[event.key]);
  });
  box.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    box.focus();
    box.setPointerCapture(event.pointerId);
    const from = { x: event.clientX, y: event.clientY, share: Number(field.value) };
    const { width, height } = picture.getBoundingClientRect();
    const left = { x: (1 - kept().width) * width, y: (1 - kept().height) * height };
    const move = ({ clientX, clientY }) => {
      const by = left.x > left.y ? (clientX - from.x) / left.x : (clientY - from.y) / left.y;
      if (Number.isFinite(by)) place(from.share + by);
    };
    box.addEventListener("pointermove", move);
    box.addEventListener("lostpointercapture", () => box.removeEventListener("pointermove", move), { once: true });
  });
  show();
}
