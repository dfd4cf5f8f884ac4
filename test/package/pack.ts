import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The packed library. */
    tarball: string;
    /** An empty project with nothing but the packed library installed. */
    consumer: string;
  }
}

/** Builds and packs the library once (npm pack runs prepack) and installs the tarball, offline, into an empty project. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "chainrule-"));
  execFileSync("npm", ["pack", "--loglevel=error", "--pack-destination", folder], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const tarball = join(folder, readdirSync(folder)[0]!);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true }));
  execFileSync("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  project.provide("tarball", tarball);
  project.provide("consumer", folder);
  return () => rmSync(folder, { recursive: true });
}
