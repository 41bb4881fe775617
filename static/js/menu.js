// What opens over the page, [data-menu], closes by Escape, by a press elsewhere and by a choice.

const opened = () => document.querySelectorAll("[data-menu][open]");

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && opened()[0];
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", ({ target }) => {
  for (const menu of opened()) {
    const isChoice = target instanceof Element && target.closest("a, li button");
    if (!menu.contains(target) || isChoice) menu.open = false;
  }
});
// What hangs below the screen is brought onto it.
document.addEventListener("toggle", ({ target }) => {
  if (target.open && target.matches("[data-menu]")) target.querySelector(".menu__list")?.scrollIntoView({ block: "nearest" });
}, true);
