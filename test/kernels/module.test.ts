import { readFileSync } from "node:fs";
import { Network, dense } from "chainrule";
import { describe, expect, test, vi } from "vitest";
// @ts-expect-error a script without types
import { build } from "../../src/kernels/assembly/build.mjs";
import { compiled } from "../../src/kernels/backends.js";
import { strict } from "../../src/kernels/compiled/strict.js";

describe("the modules in git are what their sources compile to", () => {
  test.each(["strict", "relaxed", "decoder"])("%s", async (name) => {
    const file = readFileSync(new URL(`../../src/kernels/compiled/${name}.ts`, import.meta.url), "utf8");
    expect((await build(name)) === file).toBe(true);
  });
});

describe("where there are no kernels to be had, the reference computes", () => {
  const backendOf = (text: string): string => {
    const network = new Network([dense(1, 1, { weight: [[2]] })], { backend: compiled("kernels", text) });
    expect(network.predict([3])).toEqual([6]);
    return network.backend;
  };

  test("with kernels, and with bytes that are none", () => {
    expect(backendOf(strict)).toBe("kernels");
    expect(backendOf("")).toBe("reference");
  });

  test.each(["Module", "Memory", "Instance"] as const)("WebAssembly.%s is refused", (part) => {
    const refusal = vi.spyOn(WebAssembly, part).mockImplementation(function () {
      throw new WebAssembly.CompileError("refused by a policy");
    });
    try {
      expect(backendOf(strict)).toBe("reference");
      expect(refusal).toHaveBeenCalled();
    } finally {
      refusal.mockRestore();
    }
  });

  test("there is no WebAssembly at all", () => {
    vi.stubGlobal("WebAssembly", undefined);
    try {
      expect(backendOf(strict)).toBe("reference");
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
