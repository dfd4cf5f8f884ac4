/** The page's style sheet: light and dark, narrow and wide, on screen and on paper. */
export const style = `
:root { --ink: #1c2024; --paper: #fff; --soft: #5b6670; --line: #c3cad1; --box: #f3f6f9; --now: #0a5c9e; --mark: #dcebf8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ec; --paper: #14181c; --soft: #a3adb6; --line: #49535c; --box: #1e242a; --now: #7cc0f5; --mark: #1d3a52; }
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--paper); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.05rem; margin: 2rem 0 .4rem; }
p { margin: .4rem 0; }
.note, figcaption, .hint, #count { color: var(--soft); font-size: .9rem; }
math { font-size: 1.08em; math-style: normal; }
.mathit { font-style: italic; }
.mathbf { font-weight: bold; }
ul { list-style: none; margin: 0; padding: 0; }
li { display: flex; flex-wrap: wrap; align-items: center; gap: 0 .5em; padding: .3rem .4rem; border-radius: 4px; }
li.now { background: var(--mark); }
.given { display: flex; flex-wrap: wrap; }
.piece { display: inline-block; white-space: nowrap; }
li, #formula { max-width: 100%; overflow: auto hidden; }
.value { font-weight: 600; }
.matrices { padding: .2rem .4rem; color: var(--soft); }
.matrices ul { display: flex; flex-wrap: wrap; gap: 0 1.5rem; }
.matrices li { padding: .2rem 0; flex-wrap: nowrap; }
figure { margin: 0; }
.scroll { overflow: auto hidden; }
svg { display: block; min-width: min(100%, 60rem); height: auto; font: 10.5px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
svg text { fill: var(--ink); text-anchor: middle; }
svg .head { font-weight: 700; font-size: 12px; }
svg .key { text-anchor: start; fill: var(--soft); }
svg .end { text-anchor: end; }
svg rect { fill: var(--box); stroke: var(--line); }
svg path { fill: none; stroke: var(--line); }
svg .partial { fill: var(--soft); }
.unknown, svg .new:not(.live *) { display: none; }
.unit.now rect, .edge.now path { stroke: var(--now); stroke-width: 2; }
text.now, .now > text { fill: var(--now); font-weight: 700; }
aside { position: sticky; bottom: .5rem; margin-top: .5rem; padding: .6rem .8rem; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; }
#where { font-weight: 600; min-height: 1.5em; }
#formula { display: flex; flex-wrap: wrap; align-items: center; gap: .2rem .5em; min-height: 7.5rem; }
.buttons { display: flex; gap: .5rem; }
button { min-width: 3rem; min-height: 2.75rem; font-size: 1.05rem; color: var(--ink); background: var(--box); border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
button:disabled { opacity: .4; cursor: default; }
button:focus-visible { outline: 3px solid var(--now); outline-offset: 1px; }
@media (min-width: 64rem) {
  #stepper.live:not(.wide) { display: grid; grid-template-columns: minmax(0, 1fr) 21rem; gap: 1rem; align-items: start; }
  :not(.wide) > aside { position: sticky; top: 1rem; bottom: auto; margin-top: 0; }
}
@media print {
  :root { --ink: #000; --paper: #fff; --soft: #333; --line: #999; --box: #fff; --now: #000; --mark: #fff; }
  aside { display: none; }
  #stepper.live:not(.wide) { display: block; }
  .unknown { display: inline; }
  svg .new { display: none; }
  main { padding: 0; max-width: none; }
  body { font-size: 10.5pt; }
  h2 { break-after: avoid; }
  li, figure { break-inside: avoid; overflow: visible; }
}
`;

/** Its hash, by which the page's policy knows it; a test says what it must be when the style changes. */
export const styleHash = "sha256-Rhsum2V0b77B0+Ym2R7JgGtIvYKURl/qVmKXrQSqNzk=";
