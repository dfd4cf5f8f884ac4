/**
 * The script of the page, as it stands in it. A step is a line of the derivation; the drawing shows what is known by
 * then, with the numbers that the line is made of marked.
 */
export const script = `
(() => {
  const stepper = document.getElementById("stepper");
  const find = (selector, root = document) => [...root.querySelectorAll(selector)];
  const lines = find("[data-step]");
  const steps = new Map(lines.map((line, i) => [line.dataset.line, i + 1]));
  const numbers = find("[data-quantity]", stepper).map((element) => ({ element, since: steps.get(element.dataset.quantity) ?? 0 }));
  const [count, where, formula] = ["count", "where", "formula"].map((id) => document.getElementById(id));
  const figure = stepper.querySelector(".scroll");
  const panel = stepper.querySelector("aside");
  let at = 0;

  function show(step) {
    at = Math.min(lines.length, Math.max(0, step));
    const line = lines[at - 1];
    const now = line ? [line.dataset.line, ...JSON.parse(line.dataset.uses)] : [];
    for (const { element, since } of numbers) {
      element.classList.toggle("unknown", since > at);
      element.classList.toggle("now", now.includes(element.dataset.quantity));
    }
    for (const edge of find(".edge", stepper)) {
      const isNew = edge.querySelector(".new:not(.unknown)") !== null;
      edge.querySelector(".old")?.classList.toggle("unknown", isNew);
      edge.classList.toggle("now", edge.querySelector(".now:not(.unknown)") !== null);
    }
    for (const unit of find(".unit", stepper)) unit.classList.toggle("now", unit.querySelector(".now") !== null);
    for (const each of lines) each.classList.toggle("now", each === line);
    count.textContent = "Step " + at + " of " + lines.length;
    where.textContent = line ? line.closest("section").querySelector("h2").textContent : "Before the step: what is given";
    formula.replaceChildren(...(line ? line.cloneNode(true).childNodes : []));
    for (const button of find("button", stepper)) button.disabled = targets[button.dataset.go]() === at;
    const marked = find("svg .now:not(.unknown)", stepper).map((element) => element.getBoundingClientRect());
    if (marked.length) bringIntoView(marked);
  }

  /** Scrolls the drawing sideways and, as far as it must, the page; the panel may lie over the drawing. */
  function bringIntoView(boxes) {
    const edge = (side, pick) => pick(...boxes.map((box) => box[side]));
    const box = { left: edge("left", Math.min), right: edge("right", Math.max), top: edge("top", Math.min), bottom: edge("bottom", Math.max) };
    const frame = figure.getBoundingClientRect();
    figure.scrollLeft += (box.left + box.right - frame.left - frame.right) / 2;
    const cover = panel.getBoundingClientRect();
    const bottom = cover.left < frame.right ? Math.min(cover.top, innerHeight) : innerHeight;
    if (box.bottom > bottom) scrollBy(0, box.bottom - bottom + 8);
    else if (box.top < 0) scrollBy(0, box.top - 8);
  }

  const targets = {
    first: () => 0,
    back: () => Math.max(0, at - 1),
    forward: () => Math.min(lines.length, at + 1),
    last: () => lines.length,
  };
  const keys = { ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last" };
  for (const button of find("button", stepper)) button.addEventListener("click", () => show(targets[button.dataset.go]()));
  document.addEventListener("keydown", (event) => {
    const go = keys[event.key];
    if (!go || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(targets[go]());
  });
  panel.hidden = false;
  stepper.classList.add("live");
  show(0);
})();
`;

/** Its hash, by which the page's policy knows it; a test says what it must be when the script changes. */
export const scriptHash = "sha256-B99VpqdS827CzYXGTyHYJC7GN28ILHURLXDgBKGfPHQ=";
