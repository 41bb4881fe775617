// How an answer of the server becomes the lanes. What scripts put there isn't the server's to take
// away. Clips, titles and sounds are told by their keys, and of hundreds only those are gone through
// of which the server says something else than before: a sequence that changes is one short task.

const OURS = ["style", "role", "aria-pressed", "tabindex", "data-chosen"];
const LISTS = "[data-clips], [data-pieces]";
const NEAR = 8; // so many clips that went elsewhere are passed by, before one is moved up to its place

const callbacks = Idiomorph.defaults.callbacks;
const { beforeAttributeUpdated: otherAttributes, beforeNodeMorphed: otherNodes } = callbacks;
const known = new WeakMap(); // by a clip or a piece, as the server sent it last
const keyOf = ({ dataset: { clip, piece } }) => clip ?? piece;

callbacks.beforeAttributeUpdated = (name, element, how) => {
  if (OURS.includes(name) && element.closest?.("[data-tracks]")) return false;
  return otherAttributes ? otherAttributes(name, element, how) : true;
};

callbacks.beforeNodeMorphed = (old, fresh) => {
  if (!old.matches?.(LISTS)) return otherNodes ? otherNodes(old, fresh) : true;
  order(old, [...fresh.children]);
  return false;
};

function order(list, clips) {
  const left = new Map([...list.children].map((clip) => [keyOf(clip), clip]));
  let at = list.firstElementChild;
  for (const fresh of clips) {
    const key = keyOf(fresh);
    const clip = left.get(key) ?? fresh;
    left.delete(key);
    renew(clip, fresh);
    const next = ahead(at, clip);
    if (!next) put(list, clip, at);
    else at = next.nextElementSibling;
  }
  for (const clip of left.values()) clip.remove();
}

// The clip itself, where it is at a place or shortly after it.
function ahead(at, clip) {
  let found = at;
  for (let steps = 0; found && found !== clip && steps < NEAR; steps += 1) found = found.nextElementSibling;
  return found === clip ? clip : null;
}

// A move keeps the focus where the browser has one; an insertion loses it, and it is put back.
function put(list, clip, before) {
  if (clip.isConnected && list.moveBefore) list.moveBefore(clip, before);
  else list.insertBefore(clip, before);
}

const numberOf = (clip) => clip.querySelector(".clip__name b")?.firstChild;

// What every clip says of those before it.
function place(clip, fresh) {
  const [{ begins }, number] = [fresh.dataset, numberOf(fresh)];
  if (!number) return;
  if (clip.dataset.begins !== begins) clip.dataset.begins = begins;
  if (numberOf(clip).data !== number.data) numberOf(clip).data = number.data;
}

function renew(clip, fresh) {
  const before = known.get(clip);
  if (before) place(before, fresh);
  if (before?.isEqualNode(fresh)) return place(clip, fresh);
  known.set(clip, fresh.cloneNode(true));
  if (clip !== fresh) Idiomorph.morph(clip, fresh);
}

// Copies that load nothing.
const aside = document.implementation.createHTMLDocument();
for (const clip of document.querySelectorAll(`:is(${LISTS}) > *`)) known.set(clip, aside.importNode(clip, true));
