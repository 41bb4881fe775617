// Uploads pictures at once: chosen or dropped, each in a request of its own with its progress, a
// few at a time; a refusal stands at its file. Without this script the form sends them together.

const form = document.querySelector("[data-upload]");
const list = form?.querySelector("[data-upload-files]");
const input = form?.querySelector("input[type=file]");
let waiting = [];
let running = 0;
let tally = { kept: 0, refused: 0 };

const isBusy = () => running + waiting.length > 0;
const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

function rowFor(file) {
  const row = form.querySelector("[data-upload-row]").content.firstElementChild.cloneNode(true);
  row.querySelector(".upload__name").textContent = file.name;
  row.querySelector("progress").setAttribute("aria-label", file.name);
  row.querySelector("button").addEventListener("click", () => again(file, row));
  list.append(row);
  return row;
}

function problem(file) {
  const { maxBytes, tooLarge, empty, video } = form.dataset;
  if (file.type.startsWith("video/")) return video;
  if (!file.size) return empty;
  return file.size > Number(maxBytes) ? tooLarge : "";
}

function refuse(row, words, mayTryAgain = false) {
  row.toggleAttribute("data-failed", true);
  row.querySelector("progress").hidden = true;
  row.querySelector("button").hidden = !mayTryAgain;
  row.querySelector(".upload__say").textContent = words;
  tally.refused += 1;
}

function again(file, row) {
  tally.refused -= 1;
  row.removeAttribute("data-failed");
  row.querySelector("progress").hidden = false;
  row.querySelector("button").hidden = true;
  row.querySelector(".upload__say").textContent = "";
  waiting.push([file, row]);
  go();
}

function add(files) {
  if (!isBusy()) tally = { kept: 0, refused: 0 };
  for (const file of files) {
    const row = rowFor(file);
    const words = problem(file);
    words ? refuse(row, words) : waiting.push([file, row]);
  }
  go();
}

function go() {
  while (running < Number(form.dataset.atOnce) && waiting.length) send(...waiting.shift());
  if (isBusy()) return;
  const kept = `${plural(tally.kept, "still")} kept`;
  form.querySelector("[data-upload-said]").textContent = tally.refused ? `${kept}, ${tally.refused} refused.` : `${kept}.`;
}

function send(file, row) {
  running += 1;
  const data = new FormData();
  data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  data.append(input.name, file);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("HX-Request", "true");
  request.upload.addEventListener("progress", ({ loaded, total }) => (row.querySelector("progress").value = loaded / total));
  request.upload.addEventListener("load", () => row.querySelector("progress").removeAttribute("value")); // it is looked at
  request.addEventListener("load", () => answered(request, row));
  request.addEventListener("error", () => refuse(row, "Dailies can't be reached.", true));
  request.addEventListener("loadend", () => {
    running -= 1;
    go();
  });
  request.send(data);
}

function answered(request, row) {
  if (request.getResponseHeader("HX-Redirect")) return refuse(row, "You are signed out. Sign in again and upload it then.");
  const { stale } = JSON.parse(request.getResponseHeader("HX-Trigger") ?? "{}");
  if (stale) {
    htmx.trigger(document, "stale", stale); // notice.js
    return refuse(row, stale.words, true);
  }
  if (request.status === 403) return refuse(row, "Your role in this team doesn't allow that.");
  if (request.status !== 200) return refuse(row, "Dailies couldn't take it.", true);
  const answer = new DOMParser().parseFromString(request.responseText, "text/html");
  const still = answer.querySelector("[data-still]");
  if (!still) return refuse(row, answer.querySelector("[data-refused]").textContent);
  document.querySelector("[data-stills]").prepend(still);
  document.querySelector("main > .empty")?.remove();
  tally.kept += 1;
  row.remove();
}

const hasFiles = (event) => event.dataTransfer.types.includes("Files");

if (form) {
  form.querySelector("[data-upload-go]").hidden = true;
  form.querySelector("[data-drop-words]").hidden = false;
  input.addEventListener("change", () => {
    add([...input.files]);
    input.value = "";
  });
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    form.toggleAttribute("data-over", true);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || form.removeAttribute("data-over"));
  document.addEventListener("drop", (event) => {
    form.removeAttribute("data-over");
    if (!hasFiles(event)) return;
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });
  addEventListener("beforeunload", (event) => isBusy() && event.preventDefault());
}
