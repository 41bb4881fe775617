// The timeline's page: its modules, in the order in which they hear of a cut.

import "./morphing.js";
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

document.querySelector("[data-tracks]").setAttribute("data-ready", "");
read();
