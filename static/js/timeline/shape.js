// The picture's frame is as wide and as tall as the film will be: titles and margins lie in it.

import { lanes } from "./cut.js";

const screen = document.querySelector("[data-screen]");

document.addEventListener("cut", () => screen.style.setProperty("--shape", lanes().dataset.shape));
