// Keeps the screen from going dark while the wall is seen, where the browser can.

async function keep() {
  if (document.hidden || !navigator.wakeLock) return;
  try {
    await navigator.wakeLock.request("screen");
  } catch {
    // low battery, or it isn't allowed: the screen goes dark as it always does
  }
}

export function keepAwake() {
  document.addEventListener("visibilitychange", keep);
  keep();
}
