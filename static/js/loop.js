// The loop switch beside a player: input[data-loop] names the video that it switches.

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-loop]")) document.getElementById(target.dataset.loop).loop = target.checked;
});
