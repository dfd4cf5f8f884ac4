import { readFileSync, writeFileSync } from "node:fs";
import { renewed } from "../test/support/article-page.js";

// The derivation in docs/article.md.
const page = new URL("../docs/article.md", import.meta.url);
writeFileSync(page, renewed(readFileSync(page, "utf8")));
