// One take after another over the whole wall: two videos take turns. The next is fetched in the last
// seconds of the one that plays, and nothing before. A picture stands for some seconds; so does
// everything for those who ask for stillness, until they press play.

const STAND_MS = 8000;
const AHEAD_S = 3;
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

export class One {
  constructor(room, tell) {
    this.tell = tell;
    [this.front, this.back] = room.querySelectorAll("[data-wall-deck]");
    this.takes = [];
    this.fresh = [];
    this.at = -1;
    this.isGoing = false;
    this.mayMove = !stillness.matches;
    for (const video of [this.front, this.back]) {
      video.addEventListener("ended", () => video === this.front && this.next());
      video.addEventListener("error", () => video === this.front && video.hasAttribute("src") && this.stand());
      video.addEventListener("timeupdate", () => this.lookAhead(video));
    }
  }

  // What came meanwhile is shown next.
  renew(takes, fresh) {
    const shown = this.takes[this.at]?.id;
    this.takes = takes;
    this.fresh = [...fresh, ...this.fresh].filter((id) => takes.some((take) => take.id === id));
    this.at = takes.findIndex(({ id }) => id === shown);
  }

  start() {
    this.isGoing = true;
    if (this.at < 0) this.show(0);
    else this.go();
  }

  stop() {
    this.isGoing = false;
    clearTimeout(this.standing);
    this.front.pause();
  }

  // By hand: that is what moves also for those who ask for stillness.
  press() {
    this.mayMove = true;
    if (this.takes[this.at]) this.load(this.front, this.takes[this.at]);
    this.start();
  }

  get following() {
    const fresh = this.takes.findIndex(({ id }) => id === this.fresh[0]);
    return fresh >= 0 ? fresh : (this.at + 1) % this.takes.length;
  }

  next() {
    if (!this.takes.length) return;
    const index = this.following;
    this.fresh = this.fresh.filter((id) => id !== this.takes[index].id);
    this.show(index);
  }

  before() {
    if (this.takes.length) this.show((this.at + this.takes.length - 1) % this.takes.length);
  }

  show(index) {
    clearTimeout(this.standing);
    this.at = Math.max(index, 0);
    const take = this.takes[this.at];
    if (!take) return;
    this.load(this.back, take);
    [this.front, this.back] = [this.back, this.front];
    this.back.pause();
    this.front.setAttribute("data-front", "");
    this.back.removeAttribute("data-front");
    this.front.removeAttribute("aria-hidden");
    this.back.setAttribute("aria-hidden", "true");
    this.front.setAttribute("aria-label", take.name);
    this.back.removeAttribute("aria-label");
    this.tell(take);
    if (this.isGoing) this.go();
  }

  go() {
    clearTimeout(this.standing);
    if (!this.front.hasAttribute("src")) return this.stand();
    this.front.play().catch((error) => error.name === "AbortError" || this.stand());
  }

  stand() {
    clearTimeout(this.standing);
    if (this.isGoing) this.standing = setTimeout(() => this.next(), STAND_MS);
  }

  load(video, take) {
    const moves = take.video && this.mayMove;
    const source = moves ? take.video : take.picture || take.poster;
    if (video.dataset.holds === source) {
      if (moves) video.currentTime = 0;
      return;
    }
    video.dataset.holds = source;
    video.poster = take.picture || take.poster;
    if (moves) video.src = take.video;
    else if (video.hasAttribute("src")) {
      video.removeAttribute("src");
      video.load();
    }
  }

  lookAhead(video) {
    if (video !== this.front || !this.isGoing || this.takes.length < 2) return;
    if (video.duration - video.currentTime < AHEAD_S) this.load(this.back, this.takes[this.following]);
  }

  set isLoud(isLoud) {
    for (const video of [this.front, this.back]) video.muted = !isLoud;
  }
}
