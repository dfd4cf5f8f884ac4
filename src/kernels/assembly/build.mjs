// Compiles the kernels: `node src/kernels/assembly/build.mjs` writes `compiled/strict.ts`, `relaxed.ts` and
// `decoder.ts`, which are kept in git so that the sources run without a build.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const here = fileURLToPath(new URL(".", import.meta.url));
const kernels = ["run.ts", "--importMemory", "--noExportMemory"];
const builds = {
  strict: [...kernels, "--use", "FUSED=0", "--enable", "simd"],
  relaxed: [...kernels, "--use", "FUSED=1", "--enable", "simd,relaxed-simd"],
  decoder: ["decoder.ts", "--initialMemory", "1"],
};

/**
 * Bytes as a text, which decoder.ts reads: the character 39 + b for a byte b from −4 to 83; for 88 q + b, 122 + q comes
 * before it. A byte is a whole number of characters, so gzip finds what repeats: it makes less of this than of hexadecimal
 * (by 8 %) or base64 (35 %).
 */
const textOf = (bytes) =>
  Array.from(bytes, (byte) => {
    const place = (byte + 4) % 256;
    const q = Math.floor(place / 88);
    return String.fromCharCode(...(q ? [122 + q] : []), 35 + (place % 88));
  }).join("") + "~";

/** What is alike for float32 and float64 lies side by side, so that gzip finds it. */
const order = "reorder-functions-by-name";

/** The text of `compiled/strict.ts`, `relaxed.ts` or `decoder.ts`. */
export async function build(name) {
  let bytes;
  const options = [
    "--outFile",
    "out.wasm",
    "--baseDir",
    here,
    "-O3",
    "--noAssert",
    "--runtime",
    "stub",
    "--runPasses",
    order,
  ];
  const { error, stderr } = await asc.main([...builds[name], ...options], {
    writeFile: (_, contents) => (bytes = contents),
  });
  if (error) throw new Error(stderr.toString());
  const text = name === "decoder" ? Buffer.from(bytes).toString("base64") : textOf(bytes);
  return `// Compiled from assembly/${builds[name][0]} by assembly/build.mjs.\nexport const ${name} =\n  ${JSON.stringify(text)};\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of Object.keys(builds)) writeFileSync(`${here}../compiled/${name}.ts`, await build(name));
}
