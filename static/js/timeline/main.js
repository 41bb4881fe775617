// The timeline's page: its modules, in the order in which they hear of a cut.

import "./shape.js";
import "./player.js";
import "./view.js";
import "./transport.js";
import "./choosing.js";
import "./saving.js";
import "./acts.js";
import "./keys.js";
import "./dragging.js";
import "./trimming.js";
import "./pieces.js";
import "./together.js";
import "./bin.js";
import "./growing.js";
import "./seams.js";
import { read } from "./cut.js";

// What scripts put on the lanes isn't the server's to take away.
const OURS = ["style", "role", "aria-pressed", "tabindex", "data-chosen"];
const { beforeAttributeUpdated: others } = Idiomorph.defaults.callbacks;
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, element, how) => {
  if (OURS.includes(name) && element.closest?.("[data-tracks]")) return false;
  return others ? others(name, element, how) : true;
};

document.querySelector("[data-tracks]").setAttribute("data-ready", "");
read();
