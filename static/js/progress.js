// Moves the bars of takes that are being made between two answers of the server.
// progress[data-elapsed-s] was that old when it was rendered; [data-expected-s] is how long the last
// of its kind needed, and eight of ten were ready between [data-from-s] and [data-to-s].

const EVERY_MS = 500;
const seen = new WeakMap();

function elapsedSeconds(bar) {
  const rendered = bar.dataset.elapsedS;
  if (seen.get(bar)?.rendered !== rendered) {
    seen.set(bar, { rendered, at: performance.now() - Number(rendered) * 1000 });
  }
  return (performance.now() - seen.get(bar).at) / 1000;
}

// The same words as studio/estimates.py, whose numbers these are; a test compares them.
const span = (seconds) => (seconds < 100 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`);

function between(from, to) {
  const [[low, lowUnit], [high, highUnit]] = [from, to].map((seconds) => span(seconds).split(" "));
  if (lowUnit !== highUnit) return `${low} ${lowUnit} to ${high} ${highUnit}`;
  return low === high ? `${high} ${highUnit}` : `${low} to ${high} ${highUnit}`;
}

const isLate = (elapsed, expected, to) => Boolean(expected) && elapsed > (to || expected - 1);

export function words(elapsed, expected, from, to) {
  const soFar = `${span(Math.floor(elapsed))} so far`;
  const usually = to && `usually ${between(from, to)}`;
  if (!expected) return soFar;
  if (isLate(elapsed, expected, to)) return `longer than usual, ${soFar}${usually ? ` (${usually})` : ""}`;
  const left = expected - elapsed;
  const said = left < 1 ? `up to ${span(Math.max((to || expected) - elapsed, 1))} left` : `about ${span(left)} left`;
  return usually ? `${said}, ${usually}` : said;
}

export const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

function tick() {
  for (const bar of document.querySelectorAll("progress[data-elapsed-s]")) {
    const elapsed = elapsedSeconds(bar);
    const [expected, from, to] = [bar.dataset.expectedS, bar.dataset.fromS, bar.dataset.toS].map((said) => Number(said ?? 0));
    const shown = bar.closest("[data-progress]");
    if (expected) bar.value = Math.min(elapsed, bar.max);
    bar.toggleAttribute("data-late", isLate(elapsed, expected, to));
    if (expected) shown.querySelector("[data-clock]").textContent = clock(elapsed);
    shown.querySelector("[data-estimate]").textContent = words(elapsed, expected, from, to);
  }
}

setInterval(tick, EVERY_MS);
