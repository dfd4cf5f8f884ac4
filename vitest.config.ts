import { readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

/** What changes or measures its process, by what stands in its file. To load the modules anew takes half a second. */
const needsProcess =
  /process of its own|\bvi\.|memoryUsage|resourceUsage|cpuUsage|performance\.now|Object\.prototype as|execFile|spawn/;

const files = readdirSync("test", { recursive: true, encoding: "utf8" })
  .map((file) => `test/${file.replaceAll("\\", "/")}`)
  .filter((file) => file.endsWith(".test.ts") && !file.startsWith("test/package/"));
const alone = files.filter((file) => needsProcess.test(readFileSync(file, "utf8")));
const together = files.filter((file) => !alone.includes(file));

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
          include: together,
          isolate: false,
          globalSetup: "test/support/announce.ts",
        },
      },
      // After the others: a process is kept only while the next file shares it.
      { extends: true, test: { name: "alone", include: alone, sequence: { groupOrder: 1 } } },
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
