// Compiles the kernels: `node src/kernels/assembly/build.mjs` writes strict.ts and relaxed.ts, which are kept in git so
// that the sources run without a build.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const here = fileURLToPath(new URL(".", import.meta.url));
const builds = {
  strict: ["--use", "FUSED=0", "--enable", "simd"],
  relaxed: ["--use", "FUSED=1", "--enable", "simd,relaxed-simd"],
};

/**
 * Bytes as a text: the character 35 + b for a byte b below 56; for 56 q + b, 92 + q comes before it. A byte is a whole
 * number of characters, so gzip finds what repeats: it makes less of this than of hexadecimal (by 7 %) or base64 (35 %).
 */
const textOf = (bytes) =>
  Array.from(bytes, (byte) => String.fromCharCode(...(byte < 56 ? [] : [92 + Math.floor(byte / 56)]), 35 + (byte % 56))).join("");

/** The text of strict.ts or relaxed.ts. */
export async function build(name) {
  let bytes;
  const options = ["-O3", "--noAssert", "--runtime", "stub", "--importMemory", "--noExportMemory", ...builds[name]];
  const { error, stderr } = await asc.main(["run.ts", "--outFile", "out.wasm", "--baseDir", here, ...options], {
    writeFile: (_, contents) => (bytes = contents),
  });
  if (error) throw new Error(stderr.toString());
  return `// Compiled from assembly/run.ts by assembly/build.mjs.\nexport const ${name} =\n  "${textOf(bytes)}";\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of Object.keys(builds)) writeFileSync(`${here}../${name}.ts`, await build(name));
}
