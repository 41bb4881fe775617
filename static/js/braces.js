// The prompts that words with braces make, in their order, as studio/prompting/wildcards.py reads
// them. Of more than a hundred, which are refused, it makes no more.

const MOST = 100;
const MARKS = /\\[{}|]|[^]/g; // what is behind a backslash is itself

function read(marks, isInside) {
  const before = [];
  let these = [""];
  while (marks.length) {
    const mark = marks.shift();
    if (isInside && mark === "}") break;
    if (isInside && mark === "|") {
      before.push(...these);
      these = [""];
    } else {
      const next = mark === "{" ? read(marks, true) : [mark.slice(-1)];
      these = these.flatMap((begun) => next.map((way) => begun + way)).slice(0, MOST);
    }
  }
  return [...before, ...these];
}

export const prompts = (words) => read(words.match(MARKS) ?? [], false).slice(0, MOST);
