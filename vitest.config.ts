import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    maxWorkers: "100%",
    testTimeout: 60_000,
    // Another order each time. The seed is printed: npm test -- --sequence.seed=1764531302 repeats it.
    sequence: { shuffle: { files: true, tests: true } },
    coverage: {
      include: ["src/**/*.ts"],
      exclude: ["src/kernels/assembly/**"],
      reporter: ["text"],
      reportOnFailure: true,
      // What was reached by all random cases. It may rise.
      thresholds: { statements: 99, branches: 98, functions: 99, lines: 99 },
    },
    projects: [
      {
        extends: true,
        test: {
          name: "fast",
          include: ["test/**/*.test.ts"],
          exclude: ["test/package/**"],
          globalSetup: "test/support/announce.ts",
          // Files share two processes, so that the library is loaded twice, not eighty times. What counts the memory of a
          // process, or changes it, takes one of its own (test/laws/*.program.ts).
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "package",
          include: ["test/package/*.test.ts"],
          globalSetup: "test/package/pack.ts",
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
