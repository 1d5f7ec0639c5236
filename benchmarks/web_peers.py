"""The exported page beside what others run in a browser, on the same frames, in one run.

    npm install --prefix PEERS @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-layers@4.22.0 \
        @tensorflow/tfjs-backend-cpu@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0 \
        @tensorflow/tfjs-backend-webgl@4.22.0 @mediapipe/hands@0.4.1675469240
    python -m fingercount export --web page --ort node_modules/onnxruntime-web
    python benchmarks/web_peers.py page --peers PEERS

*teachable machine* is the network that its models are made of, MobileNet v2 with 0.35 of the
channels at 224 pixels and two dense layers, built here with random weights: their values do not
change the time. *mediapipe hands* finds 21 points of a hand and counts nothing by itself.

Each row has a browser of its own that has loaded nothing before. A frame is a picture of 640x480 on
a canvas; its time goes from there to the answer. *First answer* is from the empty page, with all
that is loaded from this machine. WebGL and WebGPU run in software where there is no graphics card.
"""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Error, Playwright, sync_playwright

from fingercount.synthetic import clip
from fingercount.web.browser import find_browser, served

SECONDS = 10  # of a row's turn at most, for what is very slow
HANDS = (
    ("fingercount", "wasm"),
    ("teachable machine", "wasm"),
    ("teachable machine", "cpu"),
    ("teachable machine", "webgl"),
    ("mediapipe hands", "webgl"),
)
RUN = """async ({ address, what, by, frames, n, seconds }) => {
  const began = performance.now();
  const script = (name) => new Promise((done, fail) => {
    const tag = Object.assign(document.createElement("script"), { onload: done, onerror: fail });
    tag.src = `${address}peers/${name}`;
    document.head.append(tag);
  });
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  // Bytes that are not loaded here; frames that were shown, and those in which a hand was found.
  let extra = 0, shown = 1, found = 0;

  async function fingercount() {
    const { Counter, Square } = await import(`${address}page/fingercount.js`);
    const { pixelsOf } = await import(`${address}page/square.js`);
    const counter = await Counter.load(`${address}page/model/`, { threads: 2 });
    const { views } = counter.about;
    return (i) => counter.network.ask(pixelsOf(canvas, [new Square()]), [i % views]);
  }

  async function teachableMachine() {
    await script("@tensorflow/tfjs-core/dist/tf-core.min.js");
    await script("@tensorflow/tfjs-layers/dist/tf-layers.min.js");
    // Also without WebGL the operations themselves come with the processor's backend.
    await script(`@tensorflow/tfjs-backend-${by}/dist/tf-backend-${by}.min.js`);
    if (by === "wasm") {
      tf.wasm.setWasmPaths(`${address}peers/@tensorflow/tfjs-backend-wasm/dist/`);
      tf.wasm.setThreadsCount(2);
    }
    if (!(await tf.setBackend(by))) throw new Error(`no ${by} here`);
    await tf.ready();
    const model = mobileNet(0.35, 7);
    extra = 4 * model.countParams();
    return async () => {
      const out = tf.tidy(() => {
        const photo = tf.slice(tf.browser.fromPixels(canvas), [0, 80, 0], [480, 480, 3]);
        const small = tf.image.resizeBilinear(tf.expandDims(photo), [224, 224]);
        return model.predict(tf.sub(tf.div(small, 127.5), 1));
      });
      await out.data();
      out.dispose();
    };
  }

  function mobileNet(alpha, classes) {
    const l = tf.layers;
    const channels = (c) => {
      const near = Math.max(8, Math.floor((c * alpha + 4) / 8) * 8);
      return near < 0.9 * c * alpha ? near + 8 : near;
    };
    const then = (x, layer) => layer.apply(x);
    const norm = (x, relu = true) => {
      x = then(x, l.batchNormalization({ epsilon: 1e-3 }));
      return relu ? then(x, l.reLU({ maxValue: 6 })) : x;
    };
    const conv = (x, filters, size, strides, relu) => norm(then(x, l.conv2d(
      { filters, kernelSize: size, strides, padding: "same", useBias: false })), relu);
    const input = tf.input({ shape: [224, 224, 3] });
    let x = conv(input, channels(32), 3, 2), width = channels(32);
    for (const [t, c, repeats, stride] of [[1, 16, 1, 1], [6, 24, 2, 2], [6, 32, 3, 2],
        [6, 64, 4, 2], [6, 96, 3, 1], [6, 160, 3, 2], [6, 320, 1, 1]]) {
      for (let i = 0; i < repeats; i++) {
        const before = x, strides = i ? 1 : stride;
        if (t > 1) x = conv(x, t * width, 1, 1);
        x = norm(then(x, l.depthwiseConv2d(
          { kernelSize: 3, strides, padding: "same", useBias: false })));
        x = conv(x, channels(c), 1, 1, false);
        if (strides === 1 && width === channels(c)) x = l.add().apply([before, x]);
        width = channels(c);
      }
    }
    x = then(conv(x, 1280, 1, 1), l.globalAveragePooling2d({}));
    x = then(x, l.dense({ units: 100, activation: "relu" }));
    x = then(x, l.dense({ units: classes, useBias: false, activation: "softmax" }));
    return tf.model({ inputs: input, outputs: x });
  }

  async function mediapipe() {
    await script("@mediapipe/hands/hands.js");
    const hands = new Hands({ locateFile: (file) => `${address}peers/@mediapipe/hands/${file}` });
    hands.setOptions({ maxNumHands: 1, modelComplexity: 1 });
    hands.onResults(({ multiHandLandmarks }) => (found += multiHandLandmarks?.length ? 1 : 0));
    await hands.initialize();
    return () => hands.send({ image: canvas });
  }

  const answer = await { fingercount, "teachable machine": teachableMachine,
    "mediapipe hands": mediapipe }[what]();
  const pictures = [];
  for (const frame of frames) {
    pictures.push(await createImageBitmap(await (await fetch(`${address}frames/${frame}`)).blob()));
  }
  const show = (i) => pen.drawImage(pictures[i % pictures.length], 0, 0, 640, 480);
  show(0);
  await answer(0);
  const first = performance.now() - began, times = [];
  for (let i = 0; i < n + 5 && performance.now() - began - first < 1000 * seconds; i++) {
    show(i);
    shown++;
    const start = performance.now();
    await answer(i);
    if (i >= 5 || performance.now() - start > 1000) times.push(performance.now() - start);
    await new Promise((done) => setTimeout(done));
  }
  return { first, times, extra, found: found / shown };
}"""


def write_frames(folder: Path, source: Path | None) -> list[str]:
    """Write frames of 640x480 as JPEG; return their names."""
    folder.mkdir()
    if source is None:
        drawn = [rgb for rgb, _ in clip(1, [2, 5, 3, 1], 0.5, 15)]
    else:
        photos = sorted(source.glob("*.jpg"))
        drawn = [np.asarray(Image.open(p).convert("RGB").resize((640, 480))) for p in photos]
    for n, rgb in enumerate(drawn):
        Image.fromarray(rgb).save(folder / f"{n:03}.jpg", quality=92)
    return sorted(path.name for path in folder.iterdir())


def run(playwright: Playwright, address: str, given: dict) -> dict:
    """Return {first, times: ms, bytes, found} of one row in a new browser."""
    browser = playwright.chromium.launch(
        executable_path=find_browser(playwright.chromium.executable_path),
        args=["--no-sandbox", "--enable-unsafe-swiftshader"],
    )
    page, loaded = browser.new_page(), list[int]()
    page.set_default_timeout(120_000)
    page.on("response", lambda r: loaded.append(int(r.headers.get("content-length", 0)))
            if "/frames/" not in r.url else None)  # fmt: skip
    page.goto(f"{address}empty.html")
    result = page.evaluate(RUN, {"address": address, **given})
    browser.close()
    return {**result, "bytes": sum(loaded) + result["extra"]}


def rows(playwright: Playwright, address: str, given: dict, turns: int) -> Iterator[str]:
    """Yield a line of the table for each way."""
    said: dict[tuple[str, str], list[dict]] = {row: [] for row in HANDS}
    for turn in range(turns):
        for what, by in HANDS if turn % 2 == 0 else HANDS[::-1]:
            try:
                said[what, by].append(run(playwright, address, {**given, "what": what, "by": by}))
            except Error as error:
                print(f"{what} by {by}: {str(error).splitlines()[0]}", flush=True)
    for (what, by), results in said.items():
        if results:
            times = np.concatenate([result["times"] for result in results])
            median, late = np.percentile(times, [50, 95])
            first = np.median([result["first"] for result in results]) / 1000
            size = results[0]["bytes"] / 1e6
            found = f", a hand found in {results[0]['found']:.0%}" if "mediapipe" in what else ""
            yield (
                f"| {what}{found} | {by} | {median:.1f} ms | {late:.1f} ms | {1000 / median:.1f} "
                f"| {size:.1f} MB | {first:.1f} s |"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("page", type=Path)
    parser.add_argument("--peers", type=Path, required=True, help="where npm installed them")
    parser.add_argument("--frames", type=Path, help="a folder of photos (default: rendered hands)")
    parser.add_argument("--photos", type=int, default=60, metavar="N", help="in each turn")
    parser.add_argument("--turns", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch)
        (folder / "empty.html").write_text("<!doctype html>")
        shutil.copytree(options.page, folder / "page")
        (folder / "peers").symlink_to((options.peers / "node_modules").resolve())
        names = write_frames(folder / "frames", options.frames)
        given = {"frames": names, "n": options.photos, "seconds": SECONDS}
        print("| what | by | median | 95 % | a second | loaded | first answer |")
        print("|---|---|--:|--:|--:|--:|--:|", flush=True)
        with served(folder) as address:
            for line in rows(playwright, address, given, options.turns):
                print(line, flush=True)


if __name__ == "__main__":
    main()
