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

// A message is read and goes; trouble stays until it is over.
const STAY_MS = 6000;
setInterval(() => {
  for (const notice of notices().querySelectorAll("p:not([data-trouble])")) {
    if (notice.matches(":hover")) continue;
    notice.dataset.seen ? notice.remove() : (notice.dataset.seen = "yes");
  }
}, STAY_MS);

document.addEventListener("htmx:sendError", () => say("Dailies can't be reached. Trying again…"));
document.addEventListener("htmx:responseError", ({ detail }) => {
  say(WORDS[detail.xhr.status] ?? "Dailies couldn't do that. Try again in a moment.");
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful) notices().querySelector("[data-trouble]")?.remove();
});
