// The review room by keyboard: A and R judge and go on, X opens the retake where one may be made, and
// T opens it again, U undoes, N writes a note, the arrows walk along the reel. A note is of the frame that was on the screen when it was
// begun; the marks on the scrubber and the times of the notes go to their frames.

const room = () => document.querySelector("[data-room]");
const box = () => room()?.querySelector("[data-player]");
const note = () => document.getElementById("note-words");
const frameField = () => document.querySelector("[data-note-frame]");
const drawingField = () => document.querySelector("[data-drawing-field]");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

// The same as `moment` in studio/templatetags/dailies.py.
function moment(frame) {
  const tenths = Math.floor((frame / Number(box().dataset.fps)) * 10 + 1e-6);
  return `${Math.floor(tenths / 600)}:${String(Math.floor(tenths / 10) % 60).padStart(2, "0")}.${tenths % 10}`;
}

const isBegun = () => note().value.trim() !== "" || document.activeElement === note() || drawingField().value !== "";

function tellFrame(frame) {
  if (note() && !isBegun()) writeFrame(frame);
}

function writeFrame(frame) {
  if (!frameField() || !box()) return;
  frameField().value = frame;
  note().placeholder = `Note at ${moment(frame)}`;
  document.querySelector("[data-note-label]").textContent = note().placeholder;
}

// A note that is begun stays with its take until it is left: over other takes, and a reload.
const draftKey = () => note().form.dataset.draft;

const typed = () => ({ words: note().value, frame: frameField()?.value ?? "", drawing: drawingField().value });

function keepDraft() {
  const draft = typed();
  if (draft.words.trim() || draft.drawing) sessionStorage.setItem(draftKey(), JSON.stringify(draft));
  else sessionStorage.removeItem(draftKey());
}

function beginNote() {
  if (!note()) return;
  const draft = JSON.parse(sessionStorage.getItem(draftKey()) ?? "null");
  if (draft && !note().value && !drawingField().value) {
    [note().value, drawingField().value] = [draft.words, draft.drawing];
    if (frameField()) frameField().value = draft.frame;
  }
  nameFrame(0);
}

// Names the frame that the note is of, or that it would be of.
function nameFrame(frame) {
  if (note().value === "" && drawingField().value === "") writeFrame(frame);
  else if (frameField()?.value) writeFrame(Number(frameField().value));
}

function go(frame) {
  box()?.dispatchEvent(new CustomEvent("go", { detail: { frame: Number(frame) } }));
}

function placeMarks() {
  const last = Number(box()?.dataset.frames) - 1;
  for (const mark of document.querySelectorAll(".mark")) mark.style.setProperty("--at", last > 0 ? Number(mark.dataset.go) / last : 0);
}

function step(by) {
  const reel = [...document.querySelectorAll("#reel a")];
  const at = reel.findIndex((each) => each.matches("[aria-current]"));
  const next = at < 0 ? reel[0] : reel[at + by];
  next?.click();
}

const press = (key) => room()?.querySelector(`[data-key=${key}]:not([disabled])`)?.click();

const KEYS = {
  a: () => press("a"),
  x: () => press("x"),
  r: () => press("r"),
  u: () => press("u"),
  t: () => press("t"),
  c: () => press("c"),
  n: () => note()?.focus(),
  ArrowLeft: () => step(-1),
  ArrowRight: () => step(1),
};
// Beside an open retake (retake.js) no key judges or leaves the take.
const isRetaking = () => room()?.querySelector("[data-retake-on]");
const BESIDE_A_RETAKE = ["u", "n"];
export const isWriting = (element) => element.matches?.("input:not([type=range], [type=radio]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.target === note()) {
    if (event.key === "Escape") note().blur();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) note().form.requestSubmit();
    return;
  }
  const isArrow = event.key.startsWith("Arrow");
  if (isWriting(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.repeat || document.querySelector("dialog[open]")) return;
  if (isArrow && event.target.matches("input")) return; // a score, or the scrubber
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const act = isRetaking() && !BESIDE_A_RETAKE.includes(key) ? null : KEYS[key];
  if (!act || !room()) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", ({ target }) => {
  const there = target.closest?.("[data-go]");
  if (there) go(there.dataset.go);
});
document.addEventListener("frame", ({ detail }) => tellFrame(detail.frame));
document.addEventListener("focusin", ({ target }) => {
  if (target === note() && box()?.hasAttribute("data-moving")) box().querySelector("[data-player-do=toggle]").click();
});

// What was asked of one take is not for the next: its buttons would judge the wrong one.
let arrivals = 0;
const askedAt = new WeakMap();
document.addEventListener("htmx:beforeRequest", ({ detail }) => detail.elt.matches("[data-live]") && askedAt.set(detail.xhr, arrivals));
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (askedAt.has(detail.xhr) && askedAt.get(detail.xhr) !== arrivals) detail.shouldSwap = false;
});
// The page doesn't hear of a note that is answered after its take was left: it is no draft any more.
function settleLate({ currentTarget, detail }) {
  if (currentTarget.isConnected) return;
  const { elt, parameters } = detail.requestConfig;
  const isLeft = detail.xhr.status === 200 && !detail.serverResponse.includes('role="alert"');
  const kept = JSON.parse(sessionStorage.getItem(elt.dataset.draft) ?? "null");
  if (isLeft && kept?.words === parameters.words) sessionStorage.removeItem(elt.dataset.draft);
}
document.addEventListener("htmx:beforeSend", ({ detail: { elt, target } }) => elt.matches("[data-note-form]") && target.addEventListener("htmx:beforeSwap", settleLate));

// A half-typed reply stays, whatever the server says of the notes meanwhile; what was said is gone
// from its field, unless more was typed since or it was refused.
const callbacks = Idiomorph.defaults.callbacks;
const otherAttributes = callbacks.beforeAttributeUpdated;
callbacks.beforeAttributeUpdated = (name, element, how) => {
  if (name === "value" && element.closest("#notes-list") && element.value !== element.defaultValue) return false;
  return otherAttributes(name, element, how);
};
document.addEventListener("htmx:beforeSwap", ({ detail: { requestConfig, serverResponse, xhr } }) => {
  const words = xhr.status === 200 && requestConfig.elt.matches("#notes form") && requestConfig.elt.elements.words;
  if (!words || words.value !== requestConfig.parameters.words || serverResponse.includes('role="alert"')) return;
  words.value = words.defaultValue;
});

// A person who judged goes on: the next take plays, and a reader is told which it is.
function arrive() {
  arrivals += 1;
  placeMarks();
  beginNote();
  document.querySelector("#reel [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  const take = room().dataset.takeName;
  if (take) document.title = document.title.replace(/^.*?(?=, review)/, take[0].toUpperCase() + take.slice(1));
  room().querySelector("[data-room-title]").focus({ preventScroll: true });
  if (take && !calm.matches) box()?.querySelector("[data-player-do=toggle]").click();
}

// The live refresh answers out of band; only an answer of the room itself brings another take.
// The event comes once for everything that was swapped in: only the room itself is an arrival.
document.addEventListener("htmx:afterSwap", ({ target, detail }) => {
  if (target.id === "room") return arrive();
  placeMarks();
  if (detail.target.id !== "notes-all") return;
  nameFrame(Number(box()?.querySelector("[data-player-scrub]")?.value ?? 0));
  keepDraft();
});
// What is typed of a note while its verdict is on its way is no part of what was said. What a morph
// brings isn't told by its own event: the next one is after it.
let said = null;
let since = null;
document.addEventListener("htmx:beforeSend", ({ detail: { elt } }) => elt.matches("[data-verdicts]") && note() && (said = typed()));
document.addEventListener("htmx:oobBeforeSwap", ({ target }) => {
  if (target.id !== "note-form") return;
  const isDrawn = typed().drawing !== said.drawing;
  since = { ...typed(), isDrawn, isTyped: isDrawn || typed().words !== said.words, caret: [note().selectionStart, note().selectionEnd] };
});

function putNote({ words, frame, drawing, isDrawn, caret }) {
  note().value = words;
  note().setSelectionRange(...caret);
  if (frameField()) frameField().value = frame;
  if (isDrawn) drawingField().value = drawing;
  keepDraft();
}

document.addEventListener("htmx:oobAfterSwap", () => {
  placeMarks();
  if (!since) return; // a verdict was refused for what its note says, or kept it
  if (since.isTyped) putNote(since);
  since = null;
  nameFrame(0);
  if (note().matches("[aria-invalid]") && !isWriting(document.activeElement)) note().focus();
});
document.addEventListener("input", ({ target }) => target.form && target.form === note()?.form && keepDraft());
document.addEventListener("htmx:beforeSwap", ({ detail: { requestConfig, xhr } }) => {
  const isJudged = requestConfig.elt.matches("[data-verdicts]") && xhr.getResponseHeader("HX-Replace-Url");
  if (isJudged && note()?.value === requestConfig.parameters.words) sessionStorage.removeItem(draftKey());
});
placeMarks();
beginNote();
