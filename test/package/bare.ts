import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { compileFunction, createContext } from "node:vm";

/** A place where programs run: what it has beside the language itself. */
export interface Place {
  readonly globals: Readonly<Record<string, unknown>>;
  /** Whether WebAssembly may be made of bytes. Default true. */
  readonly wasm?: boolean;
}

/**
 * Loads a CommonJS file, and what it requires, in a realm of its own that has the language, `WebAssembly` and what is
 * given: nothing of Node's.
 */
export function loadIn(
  { globals, wasm = true }: Place,
  entry: string,
  packages: Readonly<Record<string, string>>,
): unknown {
  const context = createContext({ ...globals }, { codeGeneration: { strings: false, wasm } });
  const loaded = new Map<string, { exports: unknown }>();
  const load = (file: string): unknown => {
    const known = loaded.get(file);
    if (known) return known.exports;
    const module = { exports: {} as unknown };
    loaded.set(file, module);
    const body = compileFunction(readFileSync(file, "utf8"), ["module", "exports", "require"], {
      parsingContext: context,
      filename: file,
    }) as (...args: unknown[]) => void;
    body(module, module.exports, (name: string) => load(packages[name] ?? join(dirname(file), name)));
    return module.exports;
  };
  return load(entry);
}
