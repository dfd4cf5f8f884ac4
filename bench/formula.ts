// What an activation from a formula costs beside one of two functions of JavaScript, forward and back: nanoseconds of the
// processor an element, and their ratio. Sides take turns. npx tsx bench/formula.ts
import { activation, type Activation } from "chainrule";

const ROUNDS = 5;
const ELEMENTS = 2e6;

const pairs: readonly (readonly [text: Activation, functions: Activation])[] = [
  [
    activation({ name: "z³", formula: "z³" }),
    activation({ name: "z³", apply: (z) => z * z * z, derivative: (z) => 3 * z * z }),
  ],
  [
    activation({ name: "swish", formula: "z / (1 + exp(−z))" }),
    activation({
      name: "swish",
      apply: (z) => z / (1 + Math.exp(-z)),
      derivative: (z, a) => (1 + a * Math.exp(-z)) / (1 + Math.exp(-z)),
    }),
  ],
];

/** Nanoseconds an element. */
function time({ map, pull }: Activation, n: number): number {
  const z = Float64Array.from({ length: n }, (_, i) => Math.sin(i));
  const [a, da, dz] = [z.slice(), z.slice(), z.slice()];
  const times = Math.round(ELEMENTS / n);
  const start = process.cpuUsage();
  for (let i = 0; i < times; i++) {
    map(n, z, a);
    pull(n, z, a, da, dz);
  }
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1000) / (times * n);
}

const middle = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;

console.log("| activation | elements | formula, ns | functions, ns | formula / functions |\n|---|---:|---:|---:|---:|");
for (const [text, functions] of pairs)
  for (const n of [8, 64, 4096]) {
    const found: [number, number][] = [];
    for (let round = 0; round <= ROUNDS; round++) found.push([time(text, n), time(functions, n)]);
    const kept = found.slice(1);
    const [ours, others] = [middle(kept.map(([x]) => x)), middle(kept.map(([, y]) => y))];
    const ratio = middle(kept.map(([x, y]) => x / y));
    console.log(`| ${text.name} | ${n} | ${ours.toFixed(1)} | ${others.toFixed(1)} | ${ratio.toFixed(2)} |`);
  }
