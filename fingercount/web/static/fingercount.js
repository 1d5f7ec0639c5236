// Counts the fingers that a hand shows to a camera, in the browser and nowhere else.
//
//   import { Counter } from "./fingercount.js";
//   const counter = await Counter.load("model/");
//   for await (const { count, label, confidence } of counter.watch(video)) console.log(count);
//
// `count` is null for "none" (no hand), "not sure" and labels that are no numbers. With
// { twoHands: true } it is the sum of a hand in the left and one in the right half of the picture.

import { Steady, readingOf } from "./decide.js";
import { Frames } from "./frames.js";
import { Network } from "./network.js";
import { Square, pixelsOf, sizeOf } from "./square.js";
import { labelOfSum, sumOf } from "./sums.js";
import { TwoHands } from "./two_hands.js";
import { TwoSquares, squaresIn } from "./two_squares.js";

export { Square, Steady, TwoHands, TwoSquares };

export class Counter {
  /**
   * Loads a model.
   * @param folder address of the folder that `export --web` wrote, relative to the page
   * @param options.runtime address of the folder with onnxruntime-web's files
   * @param options.threads how many the network may use, where the page may have any
   * @param options.backend "webgpu" to use the graphics card; `counter.network.backend` says whether
   *   it does, and `counter.network.why` why not
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
      backend: options.backend,
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
    const photo = picture.rgb ? picture : pixelsOf(picture, [square]);
    const views = Array.from({ length: this.about.views }, (_, n) => n);
    const [{ probabilities }] = await this.network.ask(photo, views);
    return readingOf(probabilities, this.about);
  }

  /**
   * Yields each change of the count that is held: {time, count, label, confidence}, and for two
   * hands what each shows, left to right: hands: [{count, label, confidence}, ...].
   * @param video a playing <video>
   * @param settings {twoHands, square, smooth, hold, threshold, signal}; see `readings`
   */
  async *watch(video, settings = {}) {
    let told = null;
    for await (const { time, committed, confidence, hands } of this.readings(video, settings)) {
      if (committed === null || String(committed) === told) continue;
      told = String(committed);
      if (!hands) {
        yield { time, count: this.#countOf(committed), label: committed, confidence };
        continue;
      }
      const each = committed.map((label, n) => {
        return { count: this.#countOf(label), label, confidence: hands[n].confidence };
      });
      const count = sumOf(...committed, this.about);
      yield { time, count, label: labelOfSum(...committed), confidence, hands: each };
    }
  }

  #countOf(label) {
    return this.about.counts[label] ?? null;
  }

  /**
   * Yields what every frame shows that there was time for, made steady. Of one hand, `secondHand`
   * says whether another one has been in the square for a while, so that only one of two is counted.
   * @param settings.twoHands whether to count a hand in each of two squares and add them up
   * @param settings.square where the hand is held, a Square, or for two hands TwoSquares or a list of
   *   the left and the right Square; may be a function that says it for each frame
   * @param settings.smooth, settings.hold seconds, as `watch` of the terminal
   * @param settings.threshold confidence under which the answer is "not sure"
   * @param settings.signal an AbortSignal that ends it
   * @param settings.steady a Steady or TwoHands of one's own, to change settings on the way
   */
  async *readings(video, settings = {}) {
    const { twoHands = false, signal } = settings;
    const steady = settings.steady ?? new (twoHands ? TwoHands : Steady)(this.about, settings);
    const square = settings.square ?? new (twoHands ? TwoSquares : Square)();
    const began = performance.now(), frames = new Frames(video, signal);
    try {
      for (let n = 0; ; n++) {
        const at = await frames.next();
        if (at === null) return;
        const place = typeof square === "function" ? square() : square;
        const photos = pixelsOf(video, squaresIn(place, ...sizeOf(video)));
        // Frames are averaged anyway, so each is looked at in one view, and the views take turns.
        const seen = await this.network.ask(photos, [n % this.about.views]);
        if (signal?.aborted) return;
        const now = video.srcObject ? (performance.now() - began) / 1000 : at;
        const rows = seen.map(({ probabilities }) => probabilities);
        yield twoHands ? steady.update(rows, now) : steady.update(rows[0], now, seen[0].secondHand);
      }
    } finally {
      frames.close();
    }
  }

  /** Frees the memory. */
  close() {
    this.network.close();
  }
}
