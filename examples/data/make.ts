import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { exp } from "../../src/core/exp.js";
import { uniform } from "../../src/core/random.js";

// Writes the tables of examples 09, 10 and 12: npx tsx examples/data/make.ts. They are made up, with gaps, ids and noise as
// in real ones; nobody in them has lived. The same seed gives the same bytes on every machine.

/** Random numbers in their order, from a seed. */
function createRandom(seed: number) {
  let index = 0;
  const random = (): number => uniform(seed, 0, index++, 0);
  /** From a normal distribution, nearly: a sum of twelve. */
  const normal = (mean = 0, deviation = 1): number => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += random();
    return mean + deviation * sum;
  };
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const whole = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1));
  return { random, normal, one, whole, happens: (share: number): boolean => random() < share };
}

const clamped = (x: number, least: number, most: number): number => Math.min(most, Math.max(least, x));
const logistic = (z: number): number => 1 / (1 + exp(-z));

type Field = string | number;
const quoted = (field: Field): string => (/[",\n]/.test(String(field)) ? `"${field}"` : String(field));
/** The text of a table, of which nothing holds a quote. */
const csv = (rows: readonly Readonly<Record<string, Field>>[]): string =>
  [Object.keys(rows[0]!), ...rows.map(Object.values<Field>)].map((row) => row.map(quoted).join(",") + "\n").join("");

/** 900 passengers of a ship that never was. Women, children and the first class are saved before others. */
function passengers(seed: number) {
  const { random, normal, one, whole, happens } = createRandom(seed);
  const [first, second] = ["Bram Cor Dun Els Fal Gar Hol Ister Kel Lum Mar Nor Os Pell Quen Ros", "by dale"].map(
    (words) => words.split(" "),
  ) as [string[], string[]];
  second.push(..."ford garth holt ley mere more ney rick sted ton wick worth".split(" "));
  const women = "Ada Berta Clara Dora Edith Flora Greta Hilda Ida Johanna Klara Lena Maud Nora Olga Rosa".split(" ");
  const men = "Albert Bruno Conrad David Emil Franz Gustav Hugo Ivan Jakob Karl Ludvig Max Nils Oskar Piet".split(" ");
  const ports = { S: "1909-05-10", C: "1909-05-11", Q: "1909-05-12" };
  return Array.from({ length: 900 }, (_, i) => {
    const pclass = one([1, 1, 2, 2, 3, 3, 3, 3, 3]);
    const isWoman = happens(0.36);
    const age = happens(0.09) ? whole(1, 12) : Math.round(clamped(normal([38, 31, 26][pclass - 1], 12), 13, 78));
    const title = isWoman ? (age < 22 || happens(0.3) ? "Miss." : "Mrs.") : age < 13 ? "Master." : "Mr.";
    const fare = exp(normal([4.1, 2.9, 2.3][pclass - 1], [0.7, 0.4, 0.4][pclass - 1]));
    const hasCabin = happens([0.75, 0.08, 0.02][pclass - 1]!);
    const port = one([..."SSSSSSSCCQ"]) as keyof typeof ports;

    const isChild = age < 13;
    const asWoman = [3.4, 2.6, port === "S" ? -0.5 : 0.9][pclass - 1]!;
    const asMan = [-0.7, -2.5, -2.3][pclass - 1]!;
    const asChild = [3, 3.2, -0.4][pclass - 1]!;
    const odds = (isChild ? asChild : isWoman ? asWoman : asMan) - 0.025 * (age - 30);
    return {
      PassengerId: i + 1,
      Name: `${one(first)}${one(second)}, ${title} ${one(isWoman ? women : men)} ${one(first)[0]}.`,
      Sex: isWoman ? "female" : "male",
      Age: happens(0.2) ? "" : age,
      Pclass: pclass,
      Ticket: happens(0.2) ? `PC ${whole(100, 160)}` : whole(2000, 399999),
      Fare: (Math.round(fare * 20) / 20).toFixed(2),
      Cabin: hasCabin ? `${one([..."ABCDE"])}${whole(1, 120)}` : "",
      Embarked: i === 61 || i === 829 ? "" : port,
      Boarded: ports[port],
      Survived: Number(random() < logistic(odds)),
    };
  });
}

/** 2,000 payments, of which 80 are frauds: at night, of large sums, far from home, by those who have seldom paid before. */
function payments(seed: number) {
  const { random, normal, one, whole, happens } = createRandom(seed);
  let frauds = 80;
  return Array.from({ length: 2000 }, (_, i) => {
    const isFraud = random() < frauds / (2000 - i); // as many as there are to be, each row with the same chance
    if (isFraud) frauds--;
    const atNight = happens(isFraud ? 0.85 : 0.08);
    return {
      amount: exp(normal(isFraud ? 4.2 : 3.4, 0.9)).toFixed(2),
      hour: (atNight ? whole(21, 27) : whole(6, 22)) % 24,
      kilometres: exp(normal(isFraud ? 3.4 : 2, 1.3)).toFixed(1),
      "payments before": Math.floor(exp(normal(isFraud ? 1.2 : 2.4, 0.9))),
      device: isFraud ? one(["desktop", "desktop", "phone", "tablet"]) : one(["desktop", "phone", "phone", "tablet"]),
      fraud: isFraud ? "yes" : "no",
    };
  });
}

/** The visitors of two years, day by day: more each month, most at the weekend, and a busy day is followed by another. */
function visitors(seed: number) {
  const { normal } = createRandom(seed);
  const week = [1.25, 0.8, 0.85, 0.9, 1, 1.1, 1.4]; // from Sunday
  const start = Date.UTC(2023, 0, 1); // a Sunday
  let mood = 0;
  return Array.from({ length: 730 }, (_, day) => {
    mood = 0.5 * mood + normal(0, 0.05);
    return {
      date: new Date(start + day * 86_400_000).toISOString().slice(0, 10),
      visitors: Math.round((200 + 0.25 * day) * week[day % 7]! * (1 + mood)),
    };
  });
}

/** The tables, by their names. */
export const tables = (): Readonly<Record<string, string>> => ({
  "titanic-like.csv": csv(passengers(1)),
  "payments.csv": csv(payments(2)),
  "visitors.csv": csv(visitors(3)),
});

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [name, text] of Object.entries(tables())) writeFileSync(new URL(name, import.meta.url), text);
