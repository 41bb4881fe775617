// Asks for a part of the page, of which only the newest answer counts. htmx would hold a second
// request back until the first is answered, and then forgets it where it sets the part up anew: the
// page would stay at what was chosen before.

export const drop = (part) => htmx.trigger(part, "htmx:abort");

export function show(part, verb, path, values = {}) {
  drop(part);
  // The page says elsewhere what goes wrong; here it is one that a newer one has replaced.
  return htmx.ajax(verb, path, { source: part, target: part, swap: "morph", values }).catch(() => {});
}
