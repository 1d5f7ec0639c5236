// Counts the fingers that a hand shows to a camera, in the browser and nowhere else.
//
//   import { Counter } from "./fingercount.js";
//   const counter = await Counter.load("model/");
//   for await (const { count, label, confidence } of counter.watch(video)) console.log(count);
//
// `count` is null for "none" (no hand), "not sure" and labels that are no numbers.

import { Steady, readingOf } from "./decide.js";
import { Network } from "./network.js";
import { Square, pixelsOf } from "./square.js";

export { Square, Steady };

export class Counter {
  /**
   * Loads a model.
   * @param folder address of the folder that `export --web` wrote, relative to the page
   * @param options.runtime address of the folder with onnxruntime-web's files
   * @param options.threads how many the network may use, where the page may have any
   */
  static async load(folder = "model/", options = {}) {
    const base = new URL(folder, document.baseURI);
    const answer = await fetch(new URL("model.json", base));
    if (!answer.ok) throw new Error(`There is no model at ${base} (${answer.status}).`);
    const about = await answer.json();
    const runtime = new URL(options.runtime ?? new URL("ort/", import.meta.url), document.baseURI);
    const network = await Network.open({
      model: new URL(about.file, base).href,
      runtime: runtime.href,
      threads: options.threads,
    });
    return new Counter(about, network);
  }

  /** Use `Counter.load`. */
  constructor(about, network) {
    this.about = about;
    this.network = network;
  }

  get classes() {
    return this.about.classes;
  }

  /**
   * Returns what one still picture shows: {label, count, confidence, words, probabilities}.
   * @param picture an image, a canvas, a video, or pixels {rgb, height, width}
   * @param square where to look; without one, at all of it
   */
  async predict(picture, square = null) {
    const photo = picture.rgb ? picture : pixelsOf(picture, square);
    const views = Array.from({ length: this.about.views }, (_, n) => n);
    return readingOf(await this.network.ask(photo, views), this.about);
  }

  /**
   * Yields each change of the count that is held: {time, count, label, confidence}.
   * @param video a playing <video>
   * @param settings {square, smooth, hold, threshold, signal}; see `readings`
   */
  async *watch(video, settings = {}) {
    let told = null;
    for await (const reading of this.readings(video, settings)) {
      if (reading.committed === null || reading.committed === told) continue;
      told = reading.committed;
      const count = this.about.counts[told] ?? null;
      yield { time: reading.time, count, label: told, confidence: reading.confidence };
    }
  }

  /**
   * Yields what every frame shows that there was time for, made steady.
   * @param settings.square where the hand is held; may be a function that says it for each frame
   * @param settings.smooth, settings.hold seconds, as `watch` of the terminal
   * @param settings.threshold confidence under which the answer is "not sure"
   * @param settings.signal an AbortSignal that ends it
   * @param settings.steady a Steady of one's own, to change settings on the way
   */
  async *readings(video, settings = {}) {
    const { square = new Square(), signal, steady = new Steady(this.about, settings) } = settings;
    const began = performance.now();
    for (let n = 0; ; n++) {
      const at = await nextFrame(video, signal);
      if (at === null) return;
      const place = typeof square === "function" ? square() : square;
      // Frames are averaged anyway, so each is looked at in one view, and the views take turns.
      const row = await this.network.ask(pixelsOf(video, place), [n % this.about.views]);
      if (signal?.aborted) return;
      const live = Boolean(video.srcObject);
      yield steady.update(row, live ? (performance.now() - began) / 1000 : at);
    }
  }

  /** Frees the memory. */
  close() {
    this.network.close();
  }
}

// Waits for a frame that was not there before; returns its time in the video in seconds, null where
// no more will come.
function nextFrame(video, signal) {
  return new Promise((done) => {
    const end = () => finish(null);
    const finish = (value) => {
      video.removeEventListener("ended", end);
      signal?.removeEventListener("abort", end);
      done(value);
    };
    if (signal?.aborted || video.ended) return done(null);
    video.addEventListener("ended", end);
    signal?.addEventListener("abort", end);
    if (video.requestVideoFrameCallback) {
      video.requestVideoFrameCallback((_, { mediaTime }) => finish(mediaTime));
    } else {
      const before = video.currentTime;
      const look = () => {
        const there = video.videoWidth && video.currentTime !== before;
        there ? finish(video.currentTime) : requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    }
  });
}
