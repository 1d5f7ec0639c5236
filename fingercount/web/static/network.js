// The network, run by onnxruntime-web in a worker, so that the page never waits for it.

import { deviation } from "./deviation.js";

const FILES = { // of onnxruntime-web, which has a program of its own for each
  wasm: ["ort.wasm.min.mjs", "ort-wasm-simd-threaded.wasm.gz"],
  webgpu: ["ort.webgpu.min.mjs", "ort-wasm-simd-threaded.asyncify.wasm.gz"],
};
const THREADS = 4; // more are no faster for a network of this size
const SAME = 0.05; // of a probability; another rounding makes less of a difference

let ort, session;

/**
 * Reads the model and gets ready to answer; returns {threads, backend, why}: "wasm" or "webgpu", and
 * why not by WebGPU, if that was wanted.
 * @param model address of the .onnx file
 * @param runtime address of the folder with onnxruntime-web's files
 * @param backend "webgpu" to use the graphics card, where it gives the same answers
 */
export async function open({ model, runtime, threads, backend = "wasm" }) {
  if (!FILES[backend]) throw new Error(`The backend is "wasm" or "webgpu", not "${backend}".`);
  const bytes = new Uint8Array(await read(model));
  // Only pages with the headers that sw.js and serve.json add may share memory between threads.
  const most = self.crossOriginIsolated ? threads ?? cores() : 1;
  let why = null;
  if (backend === "webgpu") {
    try {
      session = await onGraphicsCard(bytes, runtime, most);
      return { threads: most, backend, why };
    } catch (error) {
      why = error.message;
    }
  }
  await start("wasm", runtime, most);
  session = await sessionOf(bytes, "wasm");
  return { threads: most, backend: "wasm", why };
}

async function start(backend, runtime, threads) {
  const missing = "onnxruntime-web is not here yet: run npm install in the folder of this page.";
  const [module, program] = FILES[backend];
  const packed = await read(new URL(program, runtime), missing);
  ort = await import(new URL(module, runtime));
  ort.env.wasm.wasmPaths = runtime;
  ort.env.wasm.wasmBinary = await unpacked(packed);
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = "error"; // it warns that the card leaves some work to the processor
}

const sessionOf = (bytes, provider) =>
  ort.InferenceSession.create(bytes, { executionProviders: [provider] });

// Some cards and drivers answer nonsense without an error, so both are asked about the same pictures.
async function onGraphicsCard(bytes, runtime, threads) {
  if (!(await navigator.gpu?.requestAdapter())) throw new Error("This browser has no WebGPU here.");
  await start("webgpu", runtime, threads);
  const [processor, card] = [await sessionOf(bytes, "wasm"), await sessionOf(bytes, "webgpu")];
  const apart = await deviation((photos, by) => ask(photos, [0], by), processor, card);
  await processor.release();
  if (!(apart <= SAME)) {
    await card.release();
    throw new Error(`This graphics card answers differently, by ${apart.toFixed(2)}.`);
  }
  return card;
}

/**
 * Returns {probabilities, secondHand} of each photo: the mean over some of the model's views, and how
 * probable a second hand in it is, or null where the model cannot tell.
 * @param photos {rgb, height, width}: the pixels of one photo, or of several one after the other
 * @param views their numbers
 */
export async function ask({ rgb, height, width }, views, by = session) {
  const photos = rgb.length / (3 * height * width);
  const { probabilities, hand, second_hand: second } = await by.run({
    photos: new ort.Tensor("uint8", rgb, [photos, height, width, 3]),
    views: new ort.Tensor("int32", Int32Array.from(views), [views.length]),
  });
  const classes = probabilities.dims[1];
  return Array.from({ length: photos }, (_, n) => {
    const row = probabilities.data.slice(n * classes, (n + 1) * classes);
    return {
      probabilities: row.map((p) => p * (hand?.data[n] ?? 1)),
      secondHand: second?.data[n] ?? null,
    };
  });
}

const cores = () => Math.max(1, Math.min(THREADS, navigator.hardwareConcurrency || 1));

async function read(address, missing) {
  const answer = await fetch(address);
  if (answer.status === 404 && missing) throw new Error(missing);
  if (!answer.ok) throw new Error(`${address} cannot be read (${answer.status}).`);
  return answer.arrayBuffer();
}

// Some servers unpack a .gz on the way.
async function unpacked(bytes) {
  const head = new Uint8Array(bytes, 0, 2);
  if (head[0] !== 0x1f || head[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

// The other end of `Network`, where this file is a worker.
if (typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope) {
  const does = { open, ask };
  self.onmessage = async ({ data: { id, what, given } }) => {
    try {
      self.postMessage({ id, result: await does[what](...given) });
    } catch (error) {
      self.postMessage({ id, error: error.message });
    }
  };
}

/** The network in a worker, or in the page itself where the page may not have that worker; threads,
 * backend and why are what `open` returned. */
export class Network {
  static async open(options) {
    const network = new Network();
    try {
      network.#start();
    } catch {
      // Another site's module may not start a worker here.
    }
    return Object.assign(network, await network.#call("open", options));
  }

  /** As `ask` above. */
  ask(photos, views) {
    return this.#call("ask", photos, views);
  }

  close() {
    this.#worker?.terminate();
  }

  #worker = null;
  #waiting = new Map();
  #last = 0;

  #start() {
    this.#worker = new Worker(import.meta.url, { type: "module" });
    this.#worker.onmessage = ({ data: { id, result, error } }) => {
      const { done, fail } = this.#waiting.get(id);
      this.#waiting.delete(id);
      error === undefined ? done(result) : fail(new Error(error));
    };
    this.#worker.onerror = (event) => {
      for (const { fail } of this.#waiting.values()) {
        fail(new Error(event.message || "The network did not start in this browser."));
      }
      this.#waiting.clear();
    };
  }

  #call(what, ...given) {
    if (!this.#worker) return { open, ask }[what](...given);
    return new Promise((done, fail) => {
      const id = ++this.#last;
      this.#waiting.set(id, { done, fail });
      this.#worker.postMessage({ id, what, given });
    });
  }
}
