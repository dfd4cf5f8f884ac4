/** What a comment says a value is. Numbers are kept as they are written, since their digits count. */
export type Expected =
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "other"; readonly value: string | boolean | null | undefined }
  | { readonly kind: "list"; readonly items: readonly Expected[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [string, Expected])[] };

const NUMBER = /^(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|-?Infinity|NaN)/;

/** Reads a value at the beginning of a text; gives what comes after it. None if the text begins otherwise. */
function take(text: string): [Expected, string] | undefined {
  const [open] = text;
  if (open === "[" || open === "{") return takeAll(text.slice(1).trimStart(), open === "[" ? "]" : "}");
  const number = NUMBER.exec(text)?.[0];
  if (number) return [{ kind: "number", text: number }, text.slice(number.length)];
  const string = /^"(?:[^"\\]|\\.)*"/.exec(text)?.[0];
  if (string) return [{ kind: "other", value: JSON.parse(string) as string }, text.slice(string.length)];
  const word = /^(?:true|false|null|undefined)\b/.exec(text)?.[0];
  if (!word) return undefined;
  return [{ kind: "other", value: { true: true, false: false, null: null }[word] }, text.slice(word.length)];
}

function takeAll(text: string, close: "]" | "}"): [Expected, string] | undefined {
  const items: Expected[] = [];
  const keys: string[] = [];
  let rest = text;
  while (!rest.startsWith(close)) {
    if (close === "}") {
      const key = /^(?:(\w+)|"([^"]+)"):\s*/.exec(rest);
      if (!key) return undefined;
      keys.push((key[1] ?? key[2])!);
      rest = rest.slice(key[0].length);
    }
    const item = take(rest);
    if (!item) return undefined;
    items.push(item[0]);
    rest = item[1].trimStart();
    if (rest.startsWith(",")) rest = rest.slice(1).trimStart();
    else if (!rest.startsWith(close)) return undefined;
  }
  rest = rest.slice(1);
  return [
    close === "]" ? { kind: "list", items } : { kind: "object", entries: items.map((item, i) => [keys[i]!, item]) },
    rest,
  ];
}

/**
 * The value that a comment begins with, if it does: `0.25`, `[0.1, 0.2]: why`, `"text", which …`. A value is followed
 * by nothing, by a comma, colon or semicolon, or by a bracket; else the comment is prose ("2 inputs").
 */
export function expectedIn(comment: string): Expected | undefined {
  const taken = take(comment);
  if (!taken) return undefined;
  const [expected, rest] = taken;
  if (/^(?:$|[,;:](?:\s|$)|\s*\()/.test(rest)) return expected;
  if (expected.kind === "number" && /^\d+$/.test(expected.text)) return undefined;
  if (expected.kind === "other" && typeof expected.value !== "string") return undefined;
  throw new Error(`is this a value, or prose? // ${comment}`);
}

const isNumberAs = (value: number, text: string): boolean => {
  if (String(value) === text) return true;
  const [mantissa, exponent] = text.replace("+", "").split("e");
  const decimals = mantissa!.split(".")[1]?.length ?? 0;
  if (exponent !== undefined) return value.toExponential(decimals).replace("+", "") === text;
  return decimals > 0 && value.toFixed(decimals) === text;
};

/** Whether a value is what the comment says, to the digits that it gives; a whole number must be that very number. */
export function agrees(value: unknown, expected: Expected): boolean {
  switch (expected.kind) {
    case "number":
      return typeof value === "number" && isNumberAs(value, expected.text);
    case "other":
      return value === expected.value;
    case "list": {
      if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return false;
      const items = Array.from(value as ArrayLike<unknown>);
      return items.length === expected.items.length && expected.items.every((item, i) => agrees(items[i], item));
    }
    case "object": {
      if (typeof value !== "object" || value === null) return false;
      const given = value as Readonly<Record<string, unknown>>;
      const keys = expected.entries.map(([key]) => key);
      return (
        Object.keys(given).sort().join() === keys.sort().join() &&
        expected.entries.every(([key, item]) => agrees(given[key], item))
      );
    }
  }
}
