// Lies over the page while something is dragged: a browser then needn't look for what is under the
// pointer among hundreds of clips, and every place shows the same pointer.

const veil = Object.assign(document.createElement("div"), { className: "veil" });

export function draw(cursor) {
  veil.dataset.cursor = cursor;
  document.body.append(veil);
}

export const lift = () => veil.remove();
