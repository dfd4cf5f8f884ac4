// Compiles the kernels: `node src/kernels/assembly/build.mjs` writes strict.ts and relaxed.ts, which are kept in git so
// that the sources run without a build. The bytes are written in hexadecimal, since gzip finds their repetitions there
// (in base64 they'd be half as large again).
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const here = fileURLToPath(new URL(".", import.meta.url));
const builds = {
  strict: ["--use", "FUSED=0", "--enable", "simd"],
  relaxed: ["--use", "FUSED=1", "--enable", "simd,relaxed-simd"],
};

/** The text of strict.ts or relaxed.ts. */
export async function build(name) {
  let bytes;
  const options = ["-O3", "--noAssert", "--runtime", "stub", "--importMemory", "--noExportMemory", ...builds[name]];
  const { error, stderr } = await asc.main(["run.ts", "--outFile", "out.wasm", "--baseDir", here, ...options], {
    writeFile: (_, contents) => (bytes = contents),
  });
  if (error) throw new Error(stderr.toString());
  return `// Compiled from assembly/run.ts by assembly/build.mjs.\nexport const ${name} =\n  "${Buffer.from(bytes).toString("hex")}";\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of Object.keys(builds)) writeFileSync(`${here}../${name}.ts`, await build(name));
}
