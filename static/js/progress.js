// Moves the bars of takes that are being made between two answers of the server.
// progress[data-elapsed-s] was that old when it was rendered; [data-expected-s] is the estimate.

const EVERY_MS = 500;
const seen = new WeakMap();

function elapsedSeconds(bar) {
  const rendered = bar.dataset.elapsedS;
  if (seen.get(bar)?.rendered !== rendered) {
    seen.set(bar, { rendered, at: performance.now() - Number(rendered) * 1000 });
  }
  return (performance.now() - seen.get(bar).at) / 1000;
}

// The same words as studio/cards.py, whose numbers these are.
const span = (seconds) => (seconds < 100 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`);

function words(elapsed, expected) {
  if (!expected) return `${span(elapsed)} so far`;
  const left = expected - elapsed;
  return left < 1 ? `longer than usual, ${span(elapsed)} so far` : `about ${span(left)} left`;
}

function tick() {
  for (const bar of document.querySelectorAll("progress[data-elapsed-s]")) {
    const elapsed = elapsedSeconds(bar);
    const expected = Number(bar.dataset.expectedS);
    if (expected) bar.value = Math.min(elapsed, expected);
    bar.parentElement.querySelector("[data-estimate]").textContent = words(elapsed, expected);
  }
}

setInterval(tick, EVERY_MS);
