// Many takes at once: as many cells as the screen has room for. One cell at a time changes, and what
// comes plays once; for those who ask for stillness nothing plays or fades, and cells change seldom.

const CHANGE_MS = 4000;
const SELDOM_MS = 12000;
const CELL_PX = 420;
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

export class Grid {
  constructor(room, tell) {
    this.room = room;
    this.tell = tell;
    this.takes = [];
    this.fresh = [];
    this.cells = [];
    this.at = 0;
    this.turn = 0;
    addEventListener("resize", () => this.isGoing && this.start());
  }

  renew(takes, fresh) {
    this.takes = takes;
    this.fresh = [...fresh, ...this.fresh];
    const there = new Set(takes.map(({ id }) => id));
    const isOut = this.cells.some(({ take }) => !there.has(take.id));
    if (this.isGoing && (isOut || this.cells.length < this.room_for)) this.start();
  }

  get columns() {
    return Math.max(Math.round(innerWidth / CELL_PX), 1);
  }

  get room_for() {
    const rows = Math.max(Math.round(innerHeight / (CELL_PX * 0.6)), 1);
    return Math.min(this.columns * rows, this.takes.length);
  }

  start() {
    this.isGoing = true;
    clearInterval(this.ticking);
    const columns = Math.min(this.columns, Math.max(Math.ceil(Math.sqrt(this.takes.length)), 1));
    this.room.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
    this.cells = this.takes.slice(0, this.room_for).map((take) => {
      const element = document.createElement("figure");
      element.className = "wall__cell";
      const cell = { element, take };
      this.put(cell, take);
      return cell;
    });
    this.at = this.cells.length;
    this.room.replaceChildren(...this.cells.map(({ element }) => element));
    if (this.cells[0]) this.tell(this.cells[0].take);
    this.resume();
  }

  resume() {
    this.isGoing = true;
    clearInterval(this.ticking);
    this.ticking = setInterval(() => this.next(), stillness.matches ? SELDOM_MS : CHANGE_MS);
  }

  stop() {
    this.isGoing = false;
    clearInterval(this.ticking);
    for (const video of this.room.querySelectorAll("video")) video.remove();
  }

  clear() {
    this.stop();
    this.cells = [];
    this.room.replaceChildren();
  }

  next() {
    if (!this.cells.length) return;
    const cell = this.cells[this.turn++ % this.cells.length];
    const take = this.following() ?? cell.take;
    if (take !== cell.take) this.put(cell, take);
    this.play(cell);
    this.tell(take);
  }

  // The next that no cell shows: what came meanwhile first.
  following() {
    const shown = new Set(this.cells.map(({ take }) => take.id));
    while (this.fresh.length) {
      const id = this.fresh.shift();
      const take = this.takes.find((each) => each.id === id);
      if (take && !shown.has(id)) return take;
    }
    for (let step = 0; step < this.takes.length; step++) {
      const take = this.takes[this.at++ % this.takes.length];
      if (!shown.has(take.id)) return take;
    }
    return null;
  }

  put(cell, take) {
    const picture = Object.assign(document.createElement("img"), { src: take.poster, alt: "", decoding: "async" });
    picture.addEventListener("load", () => picture.previousElementSibling?.remove());
    picture.addEventListener("error", () => picture.remove());
    for (const video of cell.element.querySelectorAll("video")) video.remove();
    cell.take = take;
    cell.element.dataset.shows = take.id;
    cell.element.append(picture);
  }

  play(cell) {
    if (!cell.take.preview || stillness.matches) return;
    const video = document.createElement("video");
    Object.assign(video, { muted: true, playsInline: true, src: cell.take.preview });
    for (const name of ["ended", "error"]) video.addEventListener(name, () => video.remove());
    cell.element.append(video);
    video.play().catch(() => video.remove());
  }
}
