import { toMarkdown, trace } from "chainrule/trace";
import { articleModel } from "../../src/cli/article.js";

/** Comments of docs/article.md between which its generated part stands. */
const [begin, end] = ["<!-- generated -->\n\n", "\n<!-- end of what is generated -->"];

/** The article's step as `npx chainrule article --markdown --elements` prints it, a level of headings lower. */
function derivation(): string {
  const { network, input, target } = articleModel({ values: {}, files: [] });
  const [, ...sections] = toMarkdown(trace(network, input, target), { matrices: false }).split("\n\n## ");
  return sections.map((section) => `### ${section}`).join("\n\n");
}

/** The page with its generated part made again. */
export function renewed(page: string): string {
  const [before, rest] = page.split(begin);
  const [, after] = rest!.split(end);
  return `${before}${begin}${derivation()}${end}${after}`;
}
