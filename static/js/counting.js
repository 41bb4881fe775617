// Words with braces or of several lines may be several prompts: their price is asked for, and the
// answer offers to look at what they make.

const PAUSE_MS = 500;
const form = () => document.querySelector("[data-composer]");
const options = () => form()?.querySelector("[data-quote]");
const isMany = () => /[{}\n]/.test(form().elements.words.value);

let timer = null;
let wasMany = false;

function quote() {
  wasMany = isMany();
  htmx.trigger(options(), "change");
}

document.addEventListener("input", ({ target }) => {
  if (!form() || target !== form().elements.words || !(isMany() || wasMany)) return;
  clearTimeout(timer);
  timer = setTimeout(() => form() && quote(), PAUSE_MS);
});

// Words may be longer than an address can be.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt !== options() || detail.verb !== "get" || !isMany()) return;
  detail.verb = "post";
  detail.useUrlParams = false;
  detail.parameters.words = form().elements.words.value;
});
