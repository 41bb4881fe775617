// "Tell me when takes are ready": a notification, where nobody looks at the page. The browser is
// asked for leave at the switch alone. [data-tell] is the switch, [data-blocked] says it is refused.

const KEY = "tell";
const shown = document.querySelector("[data-tell]");
const box = shown?.querySelector("input");
const isOn = () => localStorage.getItem(KEY) === "yes" && Notification.permission === "granted";

function remember(isWanted) {
  localStorage.setItem(KEY, isWanted ? "yes" : "no");
  box.checked = isOn();
}

function goTo(card) {
  focus();
  card.scrollIntoView({ block: "center" });
  card.querySelector(".frame__open, .take__words a, [data-player] video")?.focus();
}

function tell({ detail: { cards, words } }) {
  if (!document.hidden || !isOn()) return;
  const picture = cards[0].querySelector(".frame img, .film__screen img")?.src ?? cards[0].querySelector("video")?.poster;
  try {
    const note = new Notification(words, { body: shown.dataset.about, tag: cards[0].dataset.film ?? cards[0].id, icon: picture });
    note.addEventListener("click", () => {
      note.close();
      goTo(document.getElementById(cards[0].id));
    });
  } catch {
    remember(false); // some phones only let a service worker do it
    shown.hidden = true;
  }
}

async function change() {
  const answer = box.checked && Notification.permission !== "granted" ? await Notification.requestPermission() : Notification.permission;
  const isRefused = box.checked && answer !== "granted";
  remember(box.checked && !isRefused);
  if (!isRefused) return;
  const notice = Object.assign(document.createElement("p"), { className: "notice", textContent: shown.dataset.blocked });
  document.getElementById("notices").append(notice);
}

if (shown && "Notification" in globalThis && isSecureContext) {
  shown.hidden = false;
  box.checked = isOn();
  box.addEventListener("change", change);
  document.addEventListener("ended", tell);
}
