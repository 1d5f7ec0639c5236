// Puts what the page needs of onnxruntime-web into ort/, the large file packed.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const from = new URL("node_modules/onnxruntime-web/dist/", import.meta.url);
const to = new URL("ort/", import.meta.url);
mkdirSync(to, { recursive: true });
for (const name of ["ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs"]) {
  copyFileSync(new URL(name, from), new URL(name, to));
}
const wasm = readFileSync(new URL("ort-wasm-simd-threaded.wasm", from));
writeFileSync(new URL("ort-wasm-simd-threaded.wasm.gz", to), gzipSync(wasm, { level: 9 }));
