// Where keys lead from a card of the board to another, as the eye sees the cards in rows.

export const cards = () => [...document.querySelectorAll("[data-takes] [data-take]")];

export const linkOf = (card) => card.querySelector(".frame__open, .take__words a");

function beside(by) {
  return (card) => (card ? cards()[cards().indexOf(card) + by] : cards().find((each) => each.getBoundingClientRect().top >= 0));
}

// The card above or below: of the nearest row that way, the one nearest in its column.
function row(way) {
  return (card) => {
    const here = card.getBoundingClientRect();
    const there = cards().map((each) => ({ each, box: each.getBoundingClientRect() })).filter(({ box }) => way * (box.top - here.top) > 1);
    const top = way * Math.min(...there.map(({ box }) => way * box.top));
    const [nearest] = there.filter(({ box }) => Math.abs(box.top - top) < 1).sort((a, b) => Math.abs(a.box.left - here.left) - Math.abs(b.box.left - here.left));
    return nearest?.each;
  };
}

export const STEPS = { ArrowLeft: beside(-1), ArrowRight: beside(1), ArrowUp: row(-1), ArrowDown: row(1), Home: () => cards()[0], End: () => cards().at(-1) };
