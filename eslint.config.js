import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** Results of these differ between engines (sqrt, abs, floor and the like are exact), and randomness is seeded. */
const inexact =
  "acos acosh asin asinh atan atan2 atanh cbrt cos cosh exp expm1 hypot log log10 log1p log2 pow random sin sinh tan tanh".split(
    " ",
  );

export default defineConfig(
  { ignores: ["dist", "docs/api", "coverage", "src/kernels/assembly"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  tseslint.configs.recommended,
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "no-undef": "off", // TypeScript's own check
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["bench/*.js"],
    languageOptions: {
      globals: { console: false, performance: false, process: false, structuredClone: false, URL: false },
    },
  },
  {
    files: ["src/**"],
    rules: {
      "no-console": "error",
      "no-eval": "error",
      "no-new-func": "error",
      "@typescript-eslint/no-implied-eval": "error",
      "no-restricted-globals": ["error", "Buffer", "global", "process", "require"],
      "no-restricted-imports": ["error", { patterns: ["node:*"] }],
      "no-restricted-properties": [
        "error",
        ...inexact.map((property) => ({
          object: "Math",
          property,
          message: "Use src/core: the same bits on every engine.",
        })),
        {
          object: "Array",
          property: "isArray",
          message: "Use isArray of src/core/errors: this throws for a revoked proxy.",
        },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "BinaryExpression[operator='**'], AssignmentExpression[operator='**=']",
          message: "Multiply: ** differs between engines.",
        },
      ],
    },
  },
  { files: ["src/cli/**", "src/node/**"], rules: { "no-restricted-globals": "off", "no-restricted-imports": "off" } }, // Node only
);
