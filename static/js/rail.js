// On a phone the projects open above the bar and may be many: the one that one is in comes into view.

const rest = document.querySelector(".rail__rest");
rest?.addEventListener("toggle", () => {
  rest.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
});
