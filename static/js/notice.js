// Says when the server can't be reached or refuses, and takes it back when it answers again.

const notices = () => document.getElementById("notices");

function say(words) {
  let notice = notices().querySelector("[data-trouble]");
  if (!notice) {
    notice = Object.assign(document.createElement("p"), { className: "notice" });
    notice.setAttribute("data-trouble", "");
    notices().append(notice);
  }
  if (notice.textContent !== words) notice.textContent = words;
}

const WORDS = {
  403: "Your role in this team doesn't allow that.",
  404: "That isn't here any more. Reload the page.",
  413: "That file is too large. A picture may have 20 MB.",
};

// A message is read and goes, later where it offers something; trouble stays until it is over.
const STAY_MS = 6000;
const looks = (notice) => Number(notice.dataset.looks ?? 0);
const most = (notice) => (notice.querySelector("button") ? 4 : 1);
setInterval(() => {
  for (const notice of notices().querySelectorAll("p:not([data-trouble])")) {
    if (notice.matches(":hover, :focus-within")) continue;
    looks(notice) >= most(notice) ? notice.remove() : (notice.dataset.looks = looks(notice) + 1);
  }
}, STAY_MS);

// Ctrl Z is nearer than what is offered at the end of the page; it would undo words elsewhere, too.
// A timeline has an undo of its own.
document.addEventListener("keydown", (event) => {
  if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
  if (document.querySelector("[data-tracks]") || event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  const act = [...notices().querySelectorAll(".notice__act")].at(-1);
  if (act) event.preventDefault(), act.click();
});

// A request that is cut off because the page is being left is no trouble.
let leaving = false;
addEventListener("beforeunload", () => (leaving = true));

// A poll is tried again, a form isn't: what is said of one stays until the next is sent.
let unsent = false;
const isForm = ({ requestConfig }) => requestConfig.elt instanceof HTMLFormElement;
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (isForm(detail)) unsent = false;
});

document.addEventListener("htmx:sendError", ({ detail }) => {
  if (leaving) return;
  // What was sent may have arrived all the same, and a take costs money.
  if (isForm(detail)) unsent = true;
  if (isForm(detail) || !unsent) say(isForm(detail)
    ? "Dailies can't be reached. Nothing typed is lost; look whether it arrived before you send it again."
    : "Dailies can't be reached. Trying again…");
});

// The person signed in again since: what the page holds stays, and is sent when it is pressed again.
let stale = "";
document.addEventListener("stale", ({ detail: { token, words } }) => {
  for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = token;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  stale = words;
  unsent = true;
});
document.addEventListener("htmx:responseError", ({ detail }) => {
  if (stale) say(stale);
  else say(WORDS[detail.xhr.status] ?? "Dailies couldn't do that. Try again in a moment.");
  stale = "";
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful && !unsent) notices().querySelector("[data-trouble]")?.remove();
});
