/** The style sheet of a report: light and dark, narrow and wide, on screen and on paper. */
export const style = `
:root { --ink: #1c2024; --paper: #fff; --soft: #55606a; --line: #c3cad1; --box: #f3f6f9; --one: #0a5c9e; --other: #a8480a; color-scheme: light; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ec; --paper: #14181c; --soft: #a9b3bc; --line: #49535c; --box: #1e242a; --one: #7cc0f5; --other: #f0a66b; color-scheme: dark; }
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--paper); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .5rem; }
p { margin: .5rem 0; overflow-wrap: anywhere; }
figure { margin: 0; }
figcaption, .note { color: var(--soft); font-size: .9rem; }
.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 2px solid var(--one); outline-offset: 2px; }
table { border-collapse: collapse; min-width: 17rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); font-size: .9rem; padding-bottom: .3rem; }
th, td { padding: .3rem .7rem .3rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
.figures td, .figures thead th:not(:first-child) { text-align: right; padding-left: .5rem; white-space: nowrap; }
.confusion td, .confusion th { padding: .3rem .6rem; }
.s1 { background: color-mix(in srgb, var(--one) 8%, transparent); }
.s2 { background: color-mix(in srgb, var(--one) 16%, transparent); }
.s3 { background: color-mix(in srgb, var(--one) 24%, transparent); }
.s4 { background: color-mix(in srgb, var(--one) 32%, transparent); }
.right { font-weight: 700; }
ul { padding-left: 1.2rem; }
li { margin: .3rem 0; overflow-wrap: anywhere; }
svg { display: block; width: 100%; max-width: 36rem; height: auto; font: 11px system-ui, sans-serif; }
svg text { fill: var(--ink); }
svg .axis { stroke: var(--line); fill: none; }
svg .one { stroke: var(--one); fill: none; stroke-width: 1.8; }
svg .other { stroke: var(--other); fill: none; stroke-width: 1.8; stroke-dasharray: 5 3; }
svg .best { stroke: var(--soft); stroke-dasharray: 2 3; }
svg .dot { fill: var(--one); fill-opacity: .45; }
svg .end { text-anchor: end; }
svg .middle { text-anchor: middle; }
svg.bar { width: clamp(3rem, 18vw, 8rem); height: .8em; margin-top: .35em; }
svg.bar rect { fill: var(--one); }
@media (max-width: 30rem) {
  table { font-size: .85rem; }
  th, td { padding-right: .4rem; }
}
@media print {
  :root { --ink: #000; --paper: #fff; --soft: #333; --line: #999; --one: #0a5c9e; --other: #a8480a; color-scheme: light; }
  * { print-color-adjust: exact; }
  main { padding: 0; max-width: none; }
  body { font-size: 10.5pt; }
  .scroll { overflow: visible; }
  h2 { break-after: avoid; }
  figure, tr { break-inside: avoid; }
}
`;
