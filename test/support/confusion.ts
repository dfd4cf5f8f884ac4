import type { Fingerprint } from "chainrule/trace";
import { articleNetwork, input, target } from "../../examples/article.js";
import { known } from "../../src/trace/compare/mistakes/mistakes.js";
import type { Point } from "../../src/trace/compare/predict.js";
import { isVisible, judged, type Known, knownOf, networks, numbersOf } from "./readers.js";

/** What became of the readers who made a mistake: it was named alone, or with others; it did not show; or it was missed. */
interface Count {
  alone: number;
  among: number;
  hidden: number;
  missed: number;
}

/** A row of the table of confusion: a mistake that was made, and what was named for it. */
export interface Row {
  readonly made: string;
  /** On the article's network, by E after updates 1 and 2. */
  readonly article: readonly string[] | null;
  /** On random networks, by E after updates 1 and 2, and by all numbers. */
  readonly errors: Count;
  readonly all: Count;
  /** What was named too, by all numbers, and how often. */
  readonly others: ReadonlyMap<string, number>;
}

const article = knownOf({ network: articleNetwork(), input: [[...input]], target: [[...target]] });

/** The rows of some mistakes, each on the first `count` random networks in which it shows in any number. */
export function confusion(names: readonly string[], count = 100): readonly Row[] {
  return known
    .filter(({ name }) => names.includes(name))
    .map(({ name, change, when }) => {
      const isMade = ({ model }: Known): boolean => !when || when(model);
      const named = (each: Known, points: readonly Point[]): readonly string[] | null => {
        const numbers = numbersOf(each, change, points);
        return isVisible(each, numbers) ? judged(each, numbers).mistakes.map((mistake) => mistake.name) : null;
      };
      const [errors, all] = [0, 1].map((): Count => ({ alone: 0, among: 0, hidden: 0, missed: 0 })) as [Count, Count];
      const others = new Map<string, number>();
      const tally = (counts: Count, found: readonly string[] | null): void =>
        void counts[
          found === null ? "hidden" : !found.includes(name) ? "missed" : found.length > 1 ? "among" : "alone"
        ]++;
      for (const each of networks) {
        const found = isMade(each) ? named(each, each.all) : null;
        if (found === null) continue;
        tally(all, found);
        tally(errors, named(each, each.errors));
        for (const other of found) if (other !== name) others.set(other, (others.get(other) ?? 0) + 1);
        if (all.alone + all.among + all.missed === count) break;
      }
      return { made: name, article: isMade(article) ? named(article, article.errors) : null, errors, all, others };
    });
}

/** A row as the docs have it. */
export function line({ made, article, errors, all, others }: Row): string {
  const onArticle =
    article === null
      ? "does not show"
      : article.length === 1
        ? "named"
        : `or ${article.filter((each) => each !== made).join(", or ")}`;
  const most = [...others]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 2)
    .map(([other, times]) => `${other} (${times})`);
  const cells = [
    made,
    onArticle,
    errors.alone,
    errors.among,
    errors.hidden,
    all.alone,
    all.among,
    errors.missed + all.missed,
    most.join(", ") || "–",
  ];
  return `| ${cells.join(" | ")} |`;
}

/** The rows of the docs' table of fingerprints: of the step without a mistake, and of each mistake that shows. */
export function fingerprintLines(all: readonly Fingerprint[]): readonly string[] {
  const lines = all.map(({ mistake, errors }) => ({
    name: mistake?.name ?? "correct",
    errors: errors.map((error) => error.toFixed(9)).join(" | "),
  }));
  return lines
    .filter(({ errors }, i) => i === 0 || errors !== lines[0]!.errors)
    .map(({ name, errors }) => `| ${name} | ${errors} |`);
}

/** The page with these tables. */
export const page = new URL("../../docs/why-are-my-numbers-different.md", import.meta.url);

/** The rows of the table under a title, without its head. */
export const rowsUnder = (text: string, title: string): string[] => tableUnder(text, title).rows;

/** A text with other rows in the table under a title. */
export function withRows(text: string, title: string, rows: readonly string[]): string {
  const { start, end } = tableUnder(text, title);
  return text.slice(0, start) + rows.map((row) => `${row}\n`).join("") + text.slice(end);
}

function tableUnder(text: string, title: string): { rows: string[]; start: number; end: number } {
  const rule = "|---|\n";
  const start = text.indexOf(rule, text.indexOf(`\n## ${title}\n`)) + rule.length;
  const [table] = /^(?:\|.*\n)*/.exec(text.slice(start))!;
  return { rows: table.split("\n").slice(0, -1), start, end: start + table.length };
}
