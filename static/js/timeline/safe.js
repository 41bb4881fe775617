// The safe margins over the picture, for as long as this browser is told to show them: what happens
// within 93 %, and what is read within 90 %, is seen on every screen (SMPTE ST 2046-1).

const KEY = "dailies.safe";
const stage = document.querySelector("[data-stage]");
const button = stage.querySelector("[data-do=safe]");

function show(isShown) {
  stage.toggleAttribute("data-safe", isShown);
  button.setAttribute("aria-pressed", isShown);
}

export function safe() {
  const isShown = !stage.hasAttribute("data-safe");
  localStorage.setItem(KEY, isShown ? "yes" : "no");
  show(isShown);
}

show(localStorage.getItem(KEY) === "yes");
