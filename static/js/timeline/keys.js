// The keys. They work wherever no words are being typed and nothing is open over the page.

import { act } from "./acts.js";
import { chosen } from "./choosing.js";
import { picked } from "./pieces.js";

const PLAIN = {
  " ": "toggle", k: "toggle", j: "backwards", l: "forwards", i: "markIn", o: "markOut", x: "unmark",
  ArrowLeft: "back", ArrowRight: "on", ArrowUp: "previous", ArrowDown: "next", Home: "start", End: "end",
  s: "split", d: "duplicate", Delete: "remove", Backspace: "remove", "[": "trimIn", "]": "trimOut",
  n: "snap", "+": "zoomIn", "=": "zoomIn", "-": "zoomOut", f: "fit", m: "hush", g: "safe",
};
const SHIFTED = { ArrowLeft: "secondBack", ArrowRight: "secondOn", "+": "zoomIn" };
const WITH_ALT = { ArrowLeft: "earlier", ArrowRight: "later" };
const WITH_CTRL = { z: "undo", y: "redo", a: "chooseAll" };
const CTRL_SHIFTED = { z: "redo" };

const isWriting = (element) => element.matches?.("input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const isOver = () => document.querySelector("dialog[open], [data-menu][open]");
const acts = (element) => element.matches?.("button, summary, label, a:not(.clip__open)");
const moves = (element) => element.matches?.("input[type=range], [role=slider], input[type=radio]");

function nameOf(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isCtrl = event.ctrlKey || event.metaKey;
  if (isCtrl && event.altKey) return "";
  if (isCtrl) return (event.shiftKey ? CTRL_SHIFTED : WITH_CTRL)[key];
  if (event.altKey) return event.shiftKey ? "" : WITH_ALT[key];
  return event.shiftKey ? SHIFTED[key] : PLAIN[key];
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || isWriting(event.target) || isOver()) return;
  if (event.key === "Escape" && (chosen.size || picked())) return act("chooseNone");
  const name = nameOf(event);
  if (!name || (event.key === " " && acts(event.target))) return;
  if (moves(event.target) && /^(Arrow|Home|End)/.test(event.key) && !event.altKey) return;
  if (event.repeat && !/^(Arrow|\+|-|=)/.test(event.key)) return event.preventDefault();
  if (act(name)) event.preventDefault();
});
