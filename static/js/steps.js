// Where the arrow keys lead from a card of the board, as the eye sees the cards in rows.

const cards = () => [...document.querySelectorAll("[data-takes] [data-take]")];

const beside = (by) => (card) => cards()[cards().indexOf(card) + by];

// The card above or below: of the nearest row that way, the one nearest in its column.
const inRow = (way) => (card) => {
  const here = card.getBoundingClientRect();
  const boxes = cards().map((each) => ({ each, box: each.getBoundingClientRect() }));
  const there = boxes.filter(({ box }) => way * (box.top - here.top) > 1);
  const top = way * Math.min(...there.map(({ box }) => way * box.top));
  const row = there.filter(({ box }) => Math.abs(box.top - top) < 1);
  return row.sort((a, b) => Math.abs(a.box.left - here.left) - Math.abs(b.box.left - here.left))[0]?.each;
};

const STEPS = { ArrowLeft: beside(-1), ArrowRight: beside(1), ArrowUp: inRow(-1), ArrowDown: inRow(1) };

export const stepFrom = (card, key) => STEPS[key]?.(card);
