import { writeFileSync } from "node:fs";
import { fail, Phrase } from "../core/errors.js";
import { visible } from "../core/visible.js";
import { type RenderOptions, toHtml, toLatex, toMarkdown, toText, type Trace } from "../trace/index.js";
import { type Given, type Option, wholeNumber } from "./command.js";
import { colour, print, width } from "./terminal.js";

const documents: Readonly<Record<string, (trace: Trace, options: RenderOptions) => string>> = {
  latex: toLatex,
  markdown: toMarkdown,
  json: (trace) => JSON.stringify(trace, null, 2),
};

/** Options of what shows a trace. */
export const outputOptions: Readonly<Record<string, Option>> = {
  html: { argument: "FILE", help: "write a page to step through, or to print; - prints it here" },
  latex: { help: "print it as LaTeX (with amsmath)" },
  markdown: { help: "print it as Markdown" },
  json: { help: "print it as JSON" },
  digits: { argument: "N", help: "decimals, from 1 to 17; 9 if not given" },
  all: { help: "leave nothing out of large layers" },
  elements: { help: "without the equations of matrices" },
};

/** What a form of output has no use for. */
const without: Readonly<Record<string, readonly string[]>> = {
  html: ["updates"],
  latex: ["updates"],
  markdown: ["updates"],
  json: ["updates", "digits", "all", "elements"],
};

/** Shows a trace in the form that is asked for; in the terminal with a few lines more. */
export function show(trace: Trace, given: Given, title: string, more: string): 0 {
  const { html, all, elements } = given.values;
  const options: RenderOptions = {
    title,
    digits: wholeNumber(given, "digits", 9, 17),
    matrices: !elements,
    ...(all ? { lines: Infinity, terms: Infinity } : {}),
  };
  const asked = Object.keys(without).filter((name) => given.values[name]);
  if (asked.length > 1)
    fail("option", "output", "one form of output", new Phrase(`--${asked.join(" and --")}`), `take --${asked[0]!}`);
  const [form = "text"] = asked;
  const useless = without[form]?.find((name) => given.values[name]);
  if (useless) fail("option", `--${form}`, "options that it has a use for", new Phrase(`--${useless}`), "leave it out");
  if (html === "-") return print(toHtml(trace, options));
  if (typeof html === "string") {
    try {
      writeFileSync(html, toHtml(trace, options));
    } catch (error) {
      fail(
        "value",
        "--html",
        "a file that can be written",
        new Phrase((error as Error).message),
        "write --html step.html",
      );
    }
    return print(`Written to ${visible(html)}`);
  }
  if (asked.length) return print(documents[asked[0]!]!(trace, options));
  return print(`${toText(trace, { ...options, colour, width: Math.max(40, width) })}${more && `\n${more}`}`);
}
