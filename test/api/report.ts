// The public types, so that a review sees when they change: writes a report for each entry of package.json beside this
// file, from the declarations in dist. With --check it compares instead, and shows what differs.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";
import manifest from "../../package.json" with { type: "json" };

const root = fileURLToPath(new URL("../..", import.meta.url));
const kept = `${root}test/api`;
const fresh = mkdtempSync(join(tmpdir(), "api-"));
const isCheck = process.argv.includes("--check");

/** Writes the report of an entry, unless it is a check, and says whether it has changed. */
function hasChanged(entry: string): boolean {
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: `${root}package.json`,
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: `${root}dist/${entry}.d.ts`,
      compiler: { tsconfigFilePath: `${root}tsconfig.json`, skipLibCheck: true },
      apiReport: { enabled: true, reportFolder: kept, reportTempFolder: fresh, reportFileName: entry },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: "lf",
    },
  });
  const { apiReportChanged } = Extractor.invoke(config, {
    localBuild: !isCheck,
    messageCallback: (message) => (message.handled = message.category === "console"),
  });
  return apiReportChanged;
}

const entries = Object.keys(manifest.exports)
  .filter((key) => !key.endsWith(".json"))
  .map((key) => (key === "." ? "index" : key.slice(2)));
const changed = entries.filter(hasChanged).map((entry) => `${entry}.api.md`);
if (isCheck && changed.length) {
  for (const name of changed)
    spawnSync("git", ["diff", "--no-index", `${kept}/${name}`, `${fresh}/${name}`], { stdio: "inherit" });
  console.error(`The public types have changed: if they should, run "npm run api" and commit ${changed.join(", ")}.`);
  process.exitCode = 1;
}
rmSync(fresh, { recursive: true });
