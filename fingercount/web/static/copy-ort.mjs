// Puts what the page needs of onnxruntime-web into ort/, the large files packed.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const from = new URL("node_modules/onnxruntime-web/dist/", import.meta.url);
const to = new URL("ort/", import.meta.url);
mkdirSync(to, { recursive: true });
for (const [module, program] of [
  ["ort.wasm.min.mjs", "ort-wasm-simd-threaded"],
  ["ort.webgpu.min.mjs", "ort-wasm-simd-threaded.asyncify"], // read only where it is asked for
]) {
  for (const name of [module, `${program}.mjs`]) {
    copyFileSync(new URL(name, from), new URL(name, to));
  }
  const wasm = readFileSync(new URL(`${program}.wasm`, from));
  writeFileSync(new URL(`${program}.wasm.gz`, to), gzipSync(wasm, { level: 9 }));
}
