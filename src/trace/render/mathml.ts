import { accents, letters, operators, spaces } from "./symbols.js";

/** Text as HTML shows it. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)!};`);

/**
 * A formula of LaTeX in MathML, which browsers show by themselves: letters, numbers, operators, scripts, fractions,
 * roots, accents, words, brackets that grow, and matrices. A command that is none of these is shown as it is written.
 *
 * @example
 * mathml("w_5"); // "<math><msub><mi>w</mi><mn>5</mn></msub></math>"
 */
export function mathml(latex: string): string {
  const tokens: readonly string[] = latex.match(/\\char"[\dA-F]+ ?|\\[a-zA-Z]+|\\[^]|\d+(?:\.\d+)?|\s+|[^]/gu) ?? [];
  let at = 0;
  return `<math>${unwrapped(row())}</math>`;

  function skipSpace(): void {
    while (/^\s/.test(tokens[at] ?? "")) at++;
  }

  /** What comes before one of `ends`, or the end; the end itself is taken. */
  function row(...ends: readonly string[]): string {
    const parts: string[] = [];
    for (skipSpace(); at < tokens.length; skipSpace()) {
      if (ends.includes(tokens[at]!)) break;
      parts.push(scripted());
    }
    at++;
    return parts.length === 1 ? parts[0]! : `<mrow>${parts.join("")}</mrow>`;
  }

  function scripted(): string {
    const base = atom();
    const scripts: Partial<Record<"_" | "^", string>> = {};
    for (skipSpace(); tokens[at] === "_" || tokens[at] === "^" || tokens[at] === "'"; skipSpace()) {
      const sign = tokens[at++]!;
      if (sign === "'") scripts["^"] = operator("′");
      else scripts[sign as "_" | "^"] = atom();
    }
    const { _: below, "^": above } = scripts;
    if (below && above) return `<msubsup>${base}${below}${above}</msubsup>`;
    if (below) return `<msub>${base}${below}</msub>`;
    return above ? `<msup>${base}${above}</msup>` : base;
  }

  function atom(): string {
    skipSpace();
    const token = tokens[at++];
    if (token === undefined) return "<mrow></mrow>";
    if (token === "{") return row("}");
    if (/^\d/.test(token)) return `<mn>${token}</mn>`;
    if (token.startsWith("\\") && token.length > 1) return command(token.slice(1));
    if (/^\p{L}$/u.test(token)) return `<mi>${token}</mi>`;
    return operator(token === "-" ? "−" : token === "*" ? "∗" : token);
  }

  function command(name: string): string {
    if (letters.has(name)) return `<mi>${letters.get(name)!}</mi>`;
    if (operators.has(name)) return operator(operators.get(name)!);
    if (spaces.has(name)) return `<mspace width="${spaces.get(name)!}em"/>`;
    if (accents.has(name)) return `<mover accent="true">${atom()}${operator(accents.get(name)!)}</mover>`;
    if (/^[dt]?frac$/.test(name)) return `<mfrac>${atom()}${atom()}</mfrac>`;
    if (name === "sqrt") return `<msqrt>${unwrapped(atom())}</msqrt>`;
    if (/^(?:mathrm|operatorname)$/.test(name)) return `<mi mathvariant="normal">${words()}</mi>`;
    if (/^math(?:it|bf)$/.test(name)) return `<mi class="${name}">${words()}</mi>`;
    if (/^text(?:rm|it|bf)?$/.test(name)) return `<mtext>${words()}</mtext>`;
    if (name === "left") return fenced();
    if (name === "begin") return matrix();
    return name.length === 1 ? operator(name) : `<mtext>${escapeHtml(`\\${name}`)}</mtext>`;
  }

  /** The text in a pair of braces, letter for letter. */
  function words(): string {
    skipSpace();
    const open = tokens[at];
    if (open !== "{") return escapeHtml(tokens[at++] ?? "");
    const end = tokens.indexOf("}", at);
    const inside = tokens.slice(at + 1, end < 0 ? tokens.length : end).map(letterOf);
    at = end < 0 ? tokens.length : end + 1;
    return escapeHtml(inside.join(""));
  }

  function fenced(): string {
    const fence = (): string => {
      skipSpace();
      const token = tokens[at++] ?? "";
      return token === "." ? "" : operator(operators.get(token.slice(1)) ?? token.replace(/^\\/, ""), true);
    };
    const left = fence();
    const inside = row("\\right");
    return `<mrow>${left}${inside}${fence()}</mrow>`;
  }

  function matrix(): string {
    const kind = words();
    const rows: string[][] = [[]];
    for (let end = "&"; end === "&" || end === "\\\\";) {
      if (end === "\\\\") rows.push([]);
      rows.at(-1)!.push(row("&", "\\\\", "\\end"));
      end = tokens[at - 1] ?? "";
    }
    words();
    const cells = rows.map((row) => `<mtr>${row.map((cell) => `<mtd>${cell}</mtd>`).join("")}</mtr>`);
    const [left, right] = FENCES[kind] ?? ["", ""];
    return `<mrow>${left && operator(left, true)}<mtable>${cells.join("")}</mtable>${right && operator(right, true)}</mrow>`;
  }
}

const FENCES: Readonly<Record<string, readonly [left: string, right: string]>> = {
  bmatrix: ["[", "]"],
  pmatrix: ["(", ")"],
  cases: ["{", ""],
};

/** A character of text: as it is, after a backslash, or by its code. */
const letterOf = (token: string): string =>
  token.startsWith("\\char")
    ? String.fromCodePoint(parseInt(token.slice(6), 16))
    : token.replace(/^\\([^a-zA-Z])/, "$1");

const operator = (sign: string, grows = false): string =>
  `<mo${grows ? ' stretchy="true"' : ""}>${escapeHtml(sign)}</mo>`;

/** Without the row around it, where one is understood. */
const unwrapped = (piece: string): string => {
  const inside = /^<mrow>((?:(?!<\/?mrow>)[^])*)<\/mrow>$/.exec(piece);
  return inside ? inside[1]! : piece;
};
